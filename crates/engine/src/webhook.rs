//! 回调: what happens is put into the outbox of the webhooks that want to know of it, inside the same
//! transaction; and what becomes of it there. Who sends is the server.
//!
//! No personal data leaves this way: phone numbers and addresses are masked, texts that people wrote
//! stay here.

use crate::Engine;
use crate::audit::Actor;
use crate::channel::{FaultOf, SendFault, no_channel};
use crate::device::Context;
use hmac::{Hmac, KeyInit, Mac};
use model::alarm::AlarmState;
use model::channel::{WEBHOOK_RETRY_S, WEBHOOK_WAIT_MS, WebhookEvent, WebhookState, email_masked};
use model::customer::phone_masked;
use model::id::{InvoiceId, OperatorId, PileCode};
use model::order::{Order, OrderState, StopClass};
use model::site::Pile;
use model::time::{SECOND_MS, Timestamp, Zone};
use model::{Error, Result};
use serde_json::json;
use sha2::Sha256;
use store::alarms::Alarm;
use store::channels::{self, ChannelSend};
use store::deliveries::{self, Delivery, Turn};
use store::feedback::NewFeedback;
use store::work_orders::WorkOrder;
use store::{Tx, invoices, piles};

/// What proves that a delivery comes from us: HMAC-SHA256 over `timestamp.body`, in hexadecimal.
pub fn webhook_signature(secret: &str, timestamp_s: i64, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| Error::internal())?;
    mac.update(timestamp_s.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    Ok(crate::random::hex(&mac.finalize().into_bytes()))
}

/// What is sent. `data` is JSON.
pub fn webhook_body(key: &str, event: &str, created_at_ms: i64, data: &str) -> String {
    format!("{{\"id\":\"{key}\",\"event\":\"{event}\",\"created_at_ms\":{created_at_ms},\"data\":{data}}}")
}

/// An order was billed, or is held. `pile`: its code, where that is known already.
pub fn order_told(tx: &mut Tx<'_>, order: &Order, pile: Option<&PileCode>, now: Timestamp) -> Result<()> {
    let event = match order.state {
        OrderState::Completed => WebhookEvent::OrderCompleted,
        OrderState::Abnormal => WebhookEvent::OrderAbnormal,
        _ => return Ok(()),
    };
    tx.deliver(event, Some(order.operator), now, |tx| {
        let pile = match pile {
            Some(code) => Some(code.to_string()),
            None => tx.read(|conn| piles::get(conn, order.pile))?.map(|pile| pile.code.to_string()),
        };
        let number = Order::number(order.id, Zone::shanghai().local(order.created_at).day);
        let reasons: Vec<_> = order.abnormal.iter().collect();
        let body = json!({"order_no": number, "state": order.state.as_str(), "operator_id": order.operator.0,
            "station_id": order.station.0, "pile_code": pile, "connector_no": order.connector,
            "started_at_ms": order.started_at.as_ms(), "ended_at_ms": order.ended_at.map(Timestamp::as_ms),
            "energy_dwh": order.energy.dwh(), "electricity_fen": order.electricity.0,
            "service_fen": order.service.0, "total_fen": order.total.0,
            "discount_fen": order.discount.0, "occupancy_fen": order.occupancy.0,
            "stop_class": order.stop_class.map(StopClass::as_str), "abnormal": reasons});
        Ok((number, body.to_string()))
    })
}

/// `context`: of the pile's own message, whose time is when it came.
pub(crate) fn order_told_by_pile(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    order: &Order,
    pile: &Pile,
) -> Result<()> {
    order_told(tx, order, Some(&pile.code), context.now)
}

/// A pile has come, or has gone.
pub fn pile_told(tx: &mut Tx<'_>, pile: &Pile, now: Timestamp) -> Result<()> {
    let event = if pile.online { WebhookEvent::PileOnline } else { WebhookEvent::PileOffline };
    tx.deliver(event, Some(pile.operator), now, |_| {
        let code = pile.code.to_string();
        let body = json!({"pile_code": code, "pile_name": pile.name, "operator_id": pile.operator.0,
            "station_id": pile.station.0, "protocol": pile.protocol.as_str(),
            "last_seen_ms": pile.last_seen.map(Timestamp::as_ms)});
        Ok((code, body.to_string()))
    })
}

/// Somebody is to look at it, or it is closed. What a pile says in its own words stays here.
pub(crate) fn alarm_told(tx: &mut Tx<'_>, one: &Alarm, now: Timestamp) -> Result<()> {
    let closed = one.state == AlarmState::Closed;
    let event = if closed { WebhookEvent::AlarmClosed } else { WebhookEvent::AlarmOpened };
    tx.deliver(event, Some(one.operator), now, |tx| {
        let pile = match one.pile {
            Some(id) => tx.read(|conn| piles::get(conn, id))?.map(|pile| pile.code.to_string()),
            None => None,
        };
        let body = json!({"alarm_id": one.id, "source": one.source, "code": one.code, "level": one.level,
            "state": one.state, "operator_id": one.operator.0, "station_id": one.station.0, "pile_code": pile,
            "connector_no": one.connector, "storm": one.storm, "times": one.times,
            "first_at_ms": one.first_at.as_ms(), "last_at_ms": one.last_at.as_ms(),
            "recovered_at_ms": one.recovered_at.map(Timestamp::as_ms)});
        Ok((one.id.to_string(), body.to_string()))
    })
}

/// It is later than promised; what people wrote stays here.
pub(crate) fn work_order_told(tx: &mut Tx<'_>, one: &WorkOrder, now: Timestamp) -> Result<()> {
    tx.deliver(WebhookEvent::WorkOrderOverdue, Some(one.operator), now, |_| {
        let body = json!({"work_order_no": one.no, "kind": one.kind, "level": one.level, "state": one.state,
            "operator_id": one.operator.0, "station_id": one.station.0, "alarm_id": one.alarm,
            "accept_due_ms": one.accept_due.as_ms(), "finish_due_ms": one.finish_due.as_ms()});
        Ok((one.no.clone(), body.to_string()))
    })
}

pub(crate) fn feedback_told(
    tx: &mut Tx<'_>,
    no: &str,
    new: &NewFeedback,
    pile: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.deliver(WebhookEvent::FeedbackCreated, new.operator.map(OperatorId), now, |_| {
        let body = json!({"feedback_no": no, "kind": new.kind.as_str(), "category": new.category,
            "source": new.source.as_str(), "operator_id": new.operator, "station_id": new.station,
            "pile_code": new.pile.and(pile), "connector_no": new.connector_no,
            "phone": new.phone.as_deref().map(phone_masked)});
        Ok((no.to_owned(), body.to_string()))
    })
}

pub(crate) fn mail_told(
    tx: &mut Tx<'_>,
    invoice: InvoiceId,
    address: &str,
    tries: i64,
    now: Timestamp,
) -> Result<()> {
    let Some((operator, serial_no)) = tx.read(|conn| invoices::seller(conn, invoice))? else { return Ok(()) };
    tx.deliver(WebhookEvent::MailFailed, Some(operator), now, |_| {
        let body = json!({"invoice_serial_no": serial_no, "operator_id": operator.0,
            "address": email_masked(address), "tries": tries});
        Ok((serial_no, body.to_string()))
    })
}

/// What follows from a try. A receiver that does not work at all holds what came later.
fn turned(delivery: &Delivery, fault: Option<&SendFault>, status: Option<i64>, now: Timestamp) -> Turn {
    let tries = delivery.tries + 1;
    let next = usize::try_from(delivery.tries).ok().and_then(|turn| WEBHOOK_RETRY_S.get(turn));
    let (state, next, holds) = match (fault, next) {
        (None, _) => (WebhookState::Sent, now, false),
        (Some(_), None) => (WebhookState::Failed, now, false),
        (Some(fault), Some(seconds)) => {
            (WebhookState::Waiting, now.plus_ms(seconds * SECOND_MS), fault.of == FaultOf::Channel)
        }
    };
    Turn { state, tries, next, holds, status, message: fault.map(|fault| fault.text.clone()) }
}

impl Engine {
    /// Keeps what came of a try.
    pub async fn delivery_turn(
        &self,
        delivery: Delivery,
        send: ChannelSend,
        fault: Option<SendFault>,
    ) -> Result<()> {
        let now = self.clock.now();
        let turn = turned(&delivery, fault.as_ref(), send.status, now);
        self.store
            .write(None, move |tx| {
                channels::send_append(tx, &send)?;
                deliveries::turn(tx, delivery.id, &turn, now)
            })
            .await
    }

    /// Gives up what has waited too long; how many.
    pub async fn deliveries_expire(&self) -> Result<u64> {
        let now = self.clock.now();
        let before = now.plus_ms(-WEBHOOK_WAIT_MS);
        if !self.store.read(move |conn| deliveries::any_older(conn, before)).await? {
            return Ok(0);
        }
        self.store.write(None, move |tx| deliveries::expire(tx, before, now)).await
    }

    /// Sends once more what has arrived or was given up.
    pub async fn delivery_resend(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let found = tx.read(|conn| deliveries::find(conn, id))?;
                let found = found.ok_or_else(no_delivery)?;
                let channel = found.channel_id;
                let enabled = tx.read(|conn| channels::find(conn, channel))?.ok_or_else(no_channel)?.enabled;
                if !enabled {
                    return Err(Error::refused(
                        "channel.disabled",
                        "该渠道已停用，不会发送；请先启用渠道，再重新发送",
                        "The channel is switched off and sends nothing. Switch it on first, then send again.",
                    ));
                }
                if found.state == WebhookState::Waiting {
                    return Err(Error::refused(
                        "delivery.waiting",
                        "这条投递正在等待发送，无需重新发送",
                        "This delivery waits to be sent already.",
                    ));
                }
                deliveries::again(tx, id, now)?;
                let detail = json!({"delivery": found.key, "event": found.event, "subject": found.subject});
                actor.record(tx, now, "delivery_start", "channel", channel, &detail)
            })
            .await
    }

    /// Forgets what ended long ago.
    pub async fn deliveries_prune(&self) -> Result<u64> {
        let before = self.clock.now().plus_ms(-self.rules().job_runs_kept_ms);
        self.store.write(None, move |tx| deliveries::prune(tx, before)).await
    }
}

pub fn no_delivery() -> Error {
    Error::not_found(
        "delivery.not_found",
        "没有这条投递，可能已过保留期；请刷新列表",
        "There is no such delivery; it may have been kept long enough. Reload the list.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_every_other_hmac() {
        // printf '1795406400.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
        let own = webhook_signature("0123456789abcdef", 1_795_406_400, "{\"a\":1}").unwrap();
        assert_eq!(own, "3ffc4ef2ba5e1c5f79d265f4d4fd097186eda72862db29fe793289744c2df953");
    }
}
