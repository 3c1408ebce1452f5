//! What happens because time has passed: orders that are closed by rule, commands that expire, piles
//! that come and go.

use crate::Engine;
use crate::command::timed_out;
use crate::device::{Context, back, doubt_silent, fail_at, give_up_at};
use crate::occupancy;
use crate::payment;
use crate::webhook::pile_told;
use model::Result;
use model::id::PileId;
use model::order::OrderState;
use model::site::{Pile, Protocol};
use model::time::Timestamp;
use std::sync::Arc;
use store::commands::CommandState;
use store::links::LinkRow;
use store::{HotPile, Tx};

impl Engine {
    /// The pile is here; `protocol`: what it has shown that it speaks.
    pub async fn pile_connected(
        &self,
        pile: PileId,
        remote_address: String,
        protocol: Option<Protocol>,
    ) -> Result<Pile> {
        let now = self.clock.now();
        let (rules, secrets) = (self.rules(), Arc::clone(&self.secrets));
        self.store
            .write(Some(pile), move |tx| {
                let context = Context { rules: &rules, secrets: &secrets, now };
                tx.with_pile(pile, |tx, hot| {
                    back(&context, tx, hot);
                    let was_online = std::mem::replace(&mut hot.pile.online, true);
                    if !was_online {
                        occupancy::back(tx, hot, now)?;
                    }
                    hot.pile.connected_at = Some(now);
                    if let Some(protocol) = protocol.filter(|shown| *shown != hot.pile.protocol) {
                        hot.pile.protocol = protocol;
                        store::piles::set_protocol(tx, pile, protocol)?;
                    }
                    hot.pile.last_seen = Some(now);
                    hot.pile.remote_address = Some(remote_address.clone());
                    tx.pile_save(&hot.pile);
                    if !was_online {
                        pile_told(tx, &hot.pile, now)?;
                    }
                    Ok(hot.pile.clone())
                })
            })
            .await
    }

    /// The pile is gone. Its sessions may go on without us; they stay open for a while.
    ///
    /// When the pile has come back on another link by the time this is written, it is here.
    pub async fn pile_gone(&self, ended: LinkRow, last_seen: Timestamp) -> Result<()> {
        let (now, pile) = (self.clock.now(), ended.pile);
        let silence_ms = self.rules().silence_timeout_ms;
        self.store
            .write(Some(pile), move |tx| {
                tx.link_save(ended.clone());
                let gone = tx.with_pile(pile, |tx, hot| {
                    let is_other = |known: &String| *known != ended.remote_address;
                    if hot.pile.remote_address.as_ref().is_some_and(is_other) {
                        return Ok(false);
                    }
                    let was_online = std::mem::replace(&mut hot.pile.online, false);
                    hot.pile.last_seen = Some(last_seen);
                    tx.pile_save(&hot.pile);
                    occupancy::away(tx, hot, (last_seen, now))?;
                    if was_online {
                        pile_told(tx, &hot.pile, now)?;
                    }
                    for open in &mut hot.open {
                        if open.order.deadline.is_none() {
                            open.order.deadline = Some(now.plus_ms(silence_ms));
                            tx.order_save(&open.order);
                        }
                    }
                    Ok(true)
                })?;
                if gone {
                    tx.pile_rest(pile);
                }
                Ok(())
            })
            .await
    }

    /// Keeps that a link has ended whose pile is here on another one. Nobody waits for it.
    pub fn link_keep(&self, ended: LinkRow) {
        self.store.post(Some(ended.pile), move |tx| {
            tx.link_save(ended.clone());
            Ok(())
        });
    }

    /// Closes what is over by rule. Run every few seconds; doing it twice changes nothing.
    pub async fn sweep(&self) -> Result<usize> {
        let now = self.clock.now();
        let (rules, secrets) = (self.rules(), Arc::clone(&self.secrets));
        let closed = self
            .store
            .write_everywhere(move |tx| {
                let mut closed = 0;
                let context = Context { rules: &rules, secrets: &secrets, now };
                let due = payment::due(&context, tx)?;
                for pile in tx.piles_with_deadlines(now) {
                    let (here, now_closed) = tx.with_pile(pile, |tx, hot| {
                        Ok((hot.pile.online, close_overdue(&context, tx, hot)?))
                    })?;
                    closed += now_closed;
                    if !here {
                        tx.pile_rest(pile);
                    }
                }
                Ok((closed, due))
            })
            .await?;
        let mut count = 0;
        for (closed, due) in closed {
            count += closed;
            self.payments_stop(due, now).await?;
        }
        self.commands_expire(now).await?;
        self.transfers_expire().await?;
        self.reservations_expire(now).await?;
        self.occupancies_sweep(now).await?;
        Ok(count)
    }

    /// Commands whose answer can no longer come: the server was stopped while they waited.
    async fn commands_expire(&self, now: Timestamp) -> Result<()> {
        let overdue =
            self.store.device_read(move |conn| store::commands::overdue(conn, now.as_ms() - 5_000)).await?;
        for command in overdue {
            self.command_close(command, CommandState::TimedOut, Some(timed_out()), None, true).await?;
        }
        Ok(())
    }
}

fn close_overdue(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile) -> Result<usize> {
    if !hot.pile.online {
        // The server was stopped while the session ran, and the pile has not come back since.
        for open in hot.open.iter_mut().filter(|open| open.order.deadline.is_none()) {
            open.order.deadline = Some(context.now.plus_ms(context.rules.silence_timeout_ms));
            tx.order_save(&open.order);
        }
    }
    doubt_silent(context, tx, hot);
    let mut closed = 0;
    while let Some(place) = hot.open.iter().position(|o| o.order.deadline.is_some_and(|at| at <= context.now))
    {
        if hot.open[place].order.state == OrderState::Starting {
            fail_at(context, tx, hot, place);
        } else {
            give_up_at(context, tx, hot, place)?;
        }
        closed += 1;
    }
    Ok(closed)
}
