//! A refund's way through the channel: written down before it is sent, under one number however often, and ended by
//! nothing but the channel's own word.

use super::refunds::step;
use super::{REFUND_ASK_S, RefundSaid, later, no_refund};
use crate::Engine;
use crate::audit::Actor;
use model::Result;
use model::pay::{RefundKind, RefundRoute, RefundState};
use model::time::Timestamp;
use serde_json::json;
use store::Tx;
use store::refunds::{self, Refund};

impl Engine {
    /// Of which the channel is to be told, or asked, now.
    pub async fn refunds_due(&self, most: i64) -> Result<Vec<Refund>> {
        let now = self.clock.now();
        self.store.read(move |conn| refunds::due(conn, now, most)).await
    }

    /// It is about to be sent: from here on the channel may have it. Nothing where somebody else has been there.
    pub async fn refund_submitting(&self, refund: &Refund) -> Result<Option<Refund>> {
        let (now, id, version) = (self.clock.now(), refund.id, refund.version);
        self.store
            .write(refund.pile, move |tx| {
                let mut one = tx.read(|conn| refunds::get(conn, id))?.ok_or_else(no_refund)?;
                let waits = matches!(one.state, RefundState::Approved | RefundState::Submitted);
                if one.version != version || !waits || one.route != RefundRoute::Source {
                    return Ok(None);
                }
                one.state = RefundState::Submitted;
                one.tries += 1;
                one.submitted_at = one.submitted_at.or(Some(now));
                one.next_at = Some(later(&REFUND_ASK_S, one.tries, now));
                refunds::update(tx, &mut one)?;
                step(tx, &one, ("refund_submitted", ""), None, now)?;
                Ok(Some(one))
            })
            .await
    }

    /// What the channel says of it, as an answer, by its call or because we asked. One of another channel is not
    /// there.
    pub async fn refund_learn(&self, channel: i64, no: &str, said: RefundSaid) -> Result<()> {
        let no = no.to_owned();
        let found = self.store.read(move |conn| refunds::by_no(conn, &no)).await?;
        let found = found.filter(|one| one.pay_channel == channel).ok_or_else(no_refund)?;
        let (now, id) = (self.clock.now(), found.id);
        self.store
            .write(found.pile, move |tx| {
                let mut one = tx.read(|conn| refunds::get(conn, id))?.ok_or_else(no_refund)?;
                learn(tx, &mut one, &said, now)
            })
            .await
    }

    /// Somebody has asked the channel.
    pub async fn refund_asked(&self, actor: &Actor, refund: &Refund) -> Result<()> {
        let (now, actor, refund) = (self.clock.now(), actor.clone(), refund.clone());
        self.store
            .write(refund.pile, move |tx| {
                step(tx, &refund, ("refund_asked", ""), Some(&actor), now)?;
                actor.record(tx, now, "refund_check", "refund", refund.id, &json!({"no": refund.no}))
            })
            .await
    }
}

fn learn(tx: &mut Tx<'_>, one: &mut Refund, said: &RefundSaid, now: Timestamp) -> Result<()> {
    match said {
        RefundSaid::Done { channel_no, amount, at } => done(tx, one, (channel_no, amount.0, *at), now),
        _ if !one.state.is_under_way() => Ok(()),
        RefundSaid::Processing { channel_no } => {
            let first = one.state != RefundState::Processing;
            one.state = RefundState::Processing;
            one.channel_no = channel_no.clone().or(one.channel_no.take());
            one.message = None;
            wait(tx, one, now)?;
            if first {
                step(tx, one, ("refund_processing", ""), None, now)?;
            }
            Ok(())
        }
        RefundSaid::Failed(words) => {
            (one.state, one.next_at, one.message) = (RefundState::Failed, None, Some(words.clone()));
            refunds::update(tx, one)?;
            step(tx, one, ("refund_failed", words), None, now)
        }
        // It never arrived there, and is sent once more under its number.
        RefundSaid::Absent => {
            (one.state, one.next_at) = (RefundState::Submitted, Some(now));
            refunds::update(tx, one)
        }
        RefundSaid::Unknown(words) => {
            one.message = Some(words.clone());
            wait(tx, one, now)
        }
    }
}

fn wait(tx: &mut Tx<'_>, one: &mut Refund, now: Timestamp) -> Result<()> {
    // The longer it takes, the more seldom it is asked for.
    let since = one.submitted_at.map_or(0, |at| (now.as_ms() - at.as_ms()) / 60_000);
    let turn = match since {
        0 => 1,
        1..5 => 2,
        5..30 => 3,
        30..120 => 4,
        120..720 => 5,
        _ => 6,
    };
    one.next_at = Some(later(&REFUND_ASK_S, turn, now));
    refunds::update(tx, one)
}

/// The money of an order has left: its coupon may be good again.
pub(super) fn coupon_returned(tx: &mut Tx<'_>, one: &Refund) -> Result<()> {
    match one.order.filter(|_| one.kind == RefundKind::Order) {
        Some(order) => crate::discount::returned(tx, order),
        None => Ok(()),
    }
}

fn done(
    tx: &mut Tx<'_>,
    one: &mut Refund,
    (channel_no, fen, at): (&str, i64, Timestamp),
    now: Timestamp,
) -> Result<()> {
    let ended = matches!(one.state, RefundState::Done | RefundState::Rejected | RefundState::Cancelled);
    if ended || fen != one.amount.0 {
        let known = one.state == RefundState::Done && one.route == RefundRoute::Source;
        if known && fen == one.amount.0 {
            return Ok(());
        }
        // Money has left of which the books say otherwise: a person sees it here and in the reconciliation.
        let words = format!("{fen} fen: {channel_no}");
        if one.message.as_deref() != Some(words.as_str()) {
            one.message = Some(words.clone());
            refunds::update(tx, one)?;
            step(tx, one, ("refund_differs", &words), None, now)?;
        }
        return Ok(());
    }
    (one.state, one.next_at, one.ended_at) = (RefundState::Done, None, Some(at));
    (one.channel_no, one.message) = (Some(channel_no.to_owned()), None);
    tx.refund_complete(one, now)?;
    coupon_returned(tx, one)?;
    refunds::update(tx, one)?;
    step(tx, one, ("refund_done", channel_no), None, now)
}
