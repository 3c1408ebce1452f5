//! 期望状态: what a pile should have is compared with what it says, and it is told until both are one.
//!
//! Tariffs have their own way (`device/tariff.rs`; which one a pile of OCPP 2.1 has is asked here), and a pile's clock is set by its link; what is kept
//! here are configuration keys and the list of cards for the time without a link. One step of a pile asks
//! or tells all that is due; its answers come back through the end of each command.

mod answer;
mod configuration;
mod list;

use answer::TARIFF_GET;
pub(crate) use answer::{CARDS_FIND, LIST_SET, READ, SET, VERSION_GET, answered};

use crate::Engine;
use crate::audit::Actor;
use crate::command::own_command;
use crate::device::tariff;
use model::desired::{DesiredState, desired_retry};
use model::device::DeviceCommand;
use model::id::{CommandId, PileId};
use model::time::Timestamp;
use model::{Error, Result, Text};
use serde_json::{Value, json};
use store::commands::CommandRow;
use store::ids::Noun;
use store::pile_desired::{self, Desired};
use store::{HotPile, Tx};

/// What goes out in one step.
type Orders = Vec<(CommandId, DeviceCommand)>;

/// Most that is told to one pile in one step: its link takes a few at a time.
const STEP_MAX: usize = 10;

/// What one step works with.
struct Step<'a, 'b> {
    tx: &'a mut Tx<'b>,
    hot: &'a HotPile,
    now: Timestamp,
    orders: Orders,
}

impl Step<'_, '_> {
    fn room(&self) -> bool {
        self.orders.len() < STEP_MAX
    }

    /// Notes a command; what is asked by it waits for its end.
    fn order(&mut self, kind: &str, body: Value, command: DeviceCommand) -> Result<CommandId> {
        let id = CommandId(self.tx.next_id(Noun::Command)?);
        let row = own_command(id, self.hot.pile.id, kind, self.now);
        self.tx.command_save(&self.hot.pile, CommandRow { body: body.to_string(), ..row });
        self.orders.push((id, command));
        Ok(id)
    }
}

/// It came to nothing, and is tried again later, ever more seldom.
fn put_off(one: &mut Desired, state: DesiredState, now: Timestamp, why: Option<String>) {
    one.turn(state, now);
    one.command = None;
    one.message = why;
    one.next_try = Some(desired_retry(now, state, one.attempts));
}

fn settle(one: &mut Desired, now: Timestamp) {
    one.turn(DesiredState::Same, now);
    (one.command, one.message, one.next_try, one.attempts) = (None, None, None, 0);
}

fn told(text: &Text) -> Option<String> {
    serde_json::to_string(text).ok()
}

impl Engine {
    /// Looks at every connected pile whose turn it is, and tells it what it should have; how many were
    /// told something. Run every few seconds; doing it twice changes nothing.
    pub async fn desired_reconcile(&self, now: Timestamp) -> Result<usize> {
        let due = self.store.device_read(move |conn| pile_desired::due(conn, now)).await?;
        let mut count = 0;
        for (pile, anew) in due {
            count += usize::from(self.desired_step(pile, anew, now).await? > 0);
        }
        Ok(count)
    }

    /// `anew`: what it should have is looked up again, and what it has is asked again.
    async fn desired_step(&self, pile: PileId, anew: bool, now: Timestamp) -> Result<usize> {
        let orders = self
            .store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    if anew {
                        refresh(tx, hot, now)?;
                    }
                    if !hot.pile.online {
                        return Ok(Vec::new());
                    }
                    let mut all = tx.read(|conn| pile_desired::of_pile(conn, pile))?;
                    let asks = anew && tariff::asks(tx, hot, now)?;
                    let mut step = Step { tx, hot, now, orders: Vec::new() };
                    if asks {
                        let body = json!({ "kind": TARIFF_GET });
                        step.order(TARIFF_GET, body, DeviceCommand::TariffGet)?;
                    }
                    configuration::step(&mut step, &mut all)?;
                    list::step(&mut step, &mut all)?;
                    Ok(step.orders)
                })
            })
            .await?;
        let count = orders.len();
        for (id, command) in orders {
            self.command_dispatch(pile, id, command).await?;
        }
        Ok(count)
    }

    /// A person wants it looked at now, also what the pile has refused before.
    pub async fn pile_desired_check(&self, actor: &Actor, code: &str) -> Result<()> {
        let pile = self.pile_seen(actor, code).await?;
        if !pile.online {
            return Err(Error::refused(
                "pile.offline",
                format!("充电桩 {} 当前离线，上线后会自动核对", pile.code),
                format!("Pile {} is off line; it is checked by itself once it is back.", pile.code),
            ));
        }
        let (actor, now, id) = (actor.clone(), self.clock.now(), pile.id);
        self.store
            .write(Some(id), move |tx| {
                for mut one in tx.read(|conn| pile_desired::of_pile(conn, id))? {
                    if one.command.is_none() {
                        (one.attempts, one.next_try) = (0, Some(now));
                        if one.state == DesiredState::Refused {
                            one.turn(DesiredState::Different, now);
                        }
                        pile_desired::save(tx, &one)?;
                    }
                }
                actor.record(tx, now, "pile_desired_check", "pile", &pile.code, &json!({}))
            })
            .await?;
        self.desired_step(id, true, now).await.map(drop)
    }
}

/// What the pile should have as of now; everything it has is asked again.
fn refresh(tx: &mut Tx<'_>, hot: &HotPile, now: Timestamp) -> Result<()> {
    let known = tx.read(|conn| pile_desired::of_pile(conn, hot.pile.id))?;
    configuration::refresh(tx, hot, now, &known)?;
    list::refresh(tx, hot, now, &known)?;
    pile_desired::checked(tx, hot.pile.id, now)
}
