//! 预约: keeping a connector for a card, and what becomes of it.

use crate::Engine;
use crate::audit::Actor;
use crate::command::own_command;
use crate::content::target::written;
use model::card::{Card, Token, TokenVerdict};
use model::channel::WebhookEvent;
use model::device::DeviceCommand;
use model::id::{CommandId, CustomerId, OrderId};
use model::reservation::{ReservationEnd, ReservationOrder, ReservationState};
use model::time::{HOUR_MS, MINUTE_MS, Timestamp};
use model::{Error, Result, Text};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use store::change::Change;
use store::commands::{CommandRow, CommandState};
use store::ids::Noun;
use store::reservations::{self, Reservation, ReservationFilter};
use store::{HotPile, Tx};
use utoipa::ToSchema;

/// The kinds of the commands by which piles are told.
pub(crate) const RESERVE: &str = "reservation_create";
pub(crate) const CANCEL: &str = "reservation_cancel";

const SHORTEST_MS: i64 = MINUTE_MS;
const LONGEST_MS: i64 = 24 * HOUR_MS;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservationDraft {
    pub connector_no: u16,
    /// The card that it is kept for; or a customer, who has one.
    pub card_tag: Option<String>,
    pub customer_id: Option<i64>,
    /// At most a day ahead.
    pub until_ms: i64,
    pub note: Option<String>,
}

pub fn no_reservation() -> Error {
    Error::not_found(
        "reservation.not_found",
        "没有这条预约，或不在您的数据范围内",
        "There is no such reservation in your scope.",
    )
}

fn told(text: &Text) -> Option<String> {
    serde_json::to_string(text).ok()
}

impl ReservationDraft {
    fn until(&self, now: Timestamp) -> Result<Timestamp> {
        let ahead = self.until_ms.saturating_sub(now.as_ms());
        if !(SHORTEST_MS..=LONGEST_MS).contains(&ahead) {
            return Err(Error::invalid(
                "until_ms",
                "保留时间应在 1 分钟后到 24 小时内，请重新选择",
                "A connector is kept for at least one minute and at most 24 hours; choose another time.",
            ));
        }
        Ok(Timestamp::from_ms(self.until_ms))
    }

    /// By which card it is kept.
    fn card(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(String, Arc<Card>)> {
        let (tag, field) = self.tag(tx)?;
        let card = tx.card(&tag)?.filter(|card| card.verdict(now) == TokenVerdict::Accepted);
        let card = card.ok_or_else(|| {
            Error::invalid(
                field,
                "该充电卡不存在、已挂失或已过期，不能预约",
                "This card is unknown, blocked or has expired, so nothing can be kept for it.",
            )
        })?;
        Ok((tag, card))
    }

    fn tag(&self, tx: &mut Tx<'_>) -> Result<(String, &'static str)> {
        let given = self.card_tag.as_deref().map(str::trim).filter(|tag| !tag.is_empty());
        if let Some(tag) = given {
            return Ok((Token::card(tag).key(), "card_tag"));
        }
        let Some(customer) = self.customer_id else {
            return Err(Error::invalid(
                "card_tag",
                "请填写充电卡号，或选择用户",
                "Give a card's number, or choose a customer.",
            ));
        };
        let tag = tx.read(|conn| reservations::card_of(conn, CustomerId(customer)))?;
        let tag = tag.ok_or_else(|| {
            Error::invalid(
                "customer_id",
                "该用户没有可用的充电卡，不能预约；请先绑定充电卡",
                "This customer has no card that may charge; bind one first.",
            )
        })?;
        Ok((tag, "customer_id"))
    }
}

/// What must hold for the connector to be kept.
fn can_be_kept(tx: &mut Tx<'_>, hot: &HotPile, connector: u16, now: Timestamp) -> Result<()> {
    let code = &hot.pile.code;
    let Some(known) = hot.connector(connector).filter(|_| connector > 0) else {
        return Err(Error::invalid(
            "connector_no",
            format!("充电桩 {code} 没有 {connector} 号枪，请选择已有的枪号"),
            format!("Pile {code} has no connector {connector}; choose one that it has."),
        ));
    };
    if hot.pile.protocol.is_ykc() {
        return Err(Error::refused(
            "reservation.unsupported",
            format!("充电桩 {code} 使用云快充协议，该协议没有预约指令，不能预约；请选择 OCPP 桩"),
            format!(
                "Pile {code} speaks 云快充, which has no message for a reservation; choose a pile of OCPP."
            ),
        ));
    }
    if !hot.pile.lifecycle.in_service() {
        return Err(Error::refused(
            "pile.out_of_service",
            format!("充电桩 {code} 已停用，不能预约"),
            format!("Pile {code} is out of service and cannot be reserved."),
        ));
    }
    if !hot.pile.online {
        return Err(Error::refused(
            "pile.offline",
            format!("充电桩 {code} 当前离线，不能预约；请待设备上线后重试"),
            format!("Pile {code} is off line and cannot be reserved. Try again once it is back."),
        ));
    }
    if let Some(closure) = tx.station(hot.pile.station)?.closure_at(now) {
        return Err(closure.refusal());
    }
    let taken = hot.open.iter().any(|open| open.order.connector == connector && open.order.state.is_open());
    let kept = hot.kept(connector, now).is_some();
    if taken || kept || !known.status.can_start() {
        return Err(Error::conflict(
            "connector.busy",
            format!("{connector} 号枪正在使用、已被预约或暂不可用，请换一把枪或换个时间"),
            format!("Connector {connector} is in use, reserved or not available; take another one or another time."),
        )
        .on_field("connector_no"));
    }
    Ok(())
}

impl Engine {
    /// Keeps it, and tells the pile. Returns once the pile is asked; see [`Engine::command_wait`].
    pub async fn reservation_create(
        &self,
        actor: &Actor,
        code: &str,
        draft: ReservationDraft,
    ) -> Result<(i64, CommandId)> {
        let pile = self.pile_seen(actor, code).await?;
        let (actor, now, id) = (actor.clone(), self.clock.now(), pile.id);
        let write = self.store.write(Some(id), move |tx| {
            tx.with_pile(id, |tx, hot| {
                // What is wrong with the form is said before what does not go at the moment.
                let until = draft.until(now)?;
                let (tag, card) = draft.card(tx, now)?;
                can_be_kept(tx, hot, draft.connector_no, now)?;
                let command = CommandId(tx.next_id(Noun::Command)?);
                let one = Reservation {
                    id: tx.next_id(Noun::Reservation)?,
                    pile: id,
                    connector: draft.connector_no,
                    tag,
                    group: card.group_told(),
                    customer: card.customer,
                    state: ReservationState::Asked,
                    until,
                    note: written("note", draft.note.as_deref().unwrap_or_default(), 200)?,
                    message: None,
                    order: None,
                    command: Some(command),
                    staff: Some(actor.caller.staff.0).filter(|staff| *staff > 0),
                    created_at: now,
                    ended_at: None,
                };
                let order = reserve(tx, hot, &one, command, now);
                keep(tx, hot, one.clone(), now)?;
                let detail = json!({"after": {"pile_code": hot.pile.code, "connector_no": one.connector,
                    "until_ms": one.until.as_ms()}});
                actor.record(tx, now, "reservation_create", "reservation", one.id, &detail)?;
                Ok((one.id, command, order))
            })
        });
        let (reservation, command, order) = write.await?;
        self.command_dispatch(id, command, order).await?;
        Ok((reservation, command))
    }

    /// The connector is free again, whatever the pile says to it.
    pub async fn reservation_cancel(&self, actor: &Actor, reservation: i64) -> Result<()> {
        let seen = self.reservation_seen(actor, reservation).await?;
        let (actor, now, pile) = (actor.clone(), self.clock.now(), seen.pile);
        let write = self.store.write(Some(pile), move |tx| {
            tx.with_pile(pile, |tx, hot| {
                let known = tx.read(|conn| reservations::get(conn, reservation))?;
                let Some(mut one) = known.filter(|one| one.state.is_open()) else {
                    return Err(Error::conflict(
                        "reservation.over",
                        "该预约已经结束，无需取消",
                        "This reservation is over; there is nothing to cancel.",
                    ));
                };
                let detail = json!({"before": {"state": one.state}, "after": {"state": "cancelled"}});
                one.end(ReservationState::Cancelled, now);
                let order = free_at_pile(tx, hot, &mut one, now)?;
                let id = one.id;
                keep(tx, hot, one, now)?;
                actor.record(tx, now, "reservation_cancel", "reservation", id, &detail)?;
                Ok(order)
            })
        });
        if let Some((command, order)) = write.await? {
            self.command_dispatch(pile, command, order).await?;
        }
        Ok(())
    }

    async fn reservation_seen(&self, actor: &Actor, id: i64) -> Result<Reservation> {
        let scope = actor.caller.scope.clone();
        let read = move |conn: &mut store::Conn| {
            let wanted = ReservationFilter { id: Some(id), limit: 1, ..ReservationFilter::default() };
            if reservations::reservation_list(conn, &scope, &wanted)?.items.is_empty() {
                return Ok(None);
            }
            reservations::get(conn, id)
        };
        self.store.read(read).await?.ok_or_else(no_reservation)
    }

    /// Whose time is over is no longer kept. Run every few seconds; doing it twice changes nothing.
    pub async fn reservations_expire(&self, now: Timestamp) -> Result<usize> {
        let overdue = self.store.device_read(move |conn| reservations::overdue(conn, now)).await?;
        let count = overdue.len();
        for one in overdue {
            let (pile, id) = (one.pile, one.id);
            let work = self.store.write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    let known = tx.read(|conn| reservations::get(conn, id))?;
                    if let Some(mut one) = known.filter(|one| one.state.is_open()) {
                        one.end(ReservationState::Expired, now);
                        keep(tx, hot, one, now)?;
                    }
                    Ok(())
                })
            });
            work.await?;
        }
        Ok(count)
    }
}

/// Writes it down, and in the hot state what still keeps a connector.
fn keep(tx: &mut Tx<'_>, hot: &mut HotPile, one: Reservation, now: Timestamp) -> Result<()> {
    reservations::save(tx, &one)?;
    hot.reserved.retain(|kept| kept.id != one.id);
    tx.changed(Change::Pile { pile: hot.pile.id, operator: hot.pile.operator });
    if one.state != ReservationState::Asked {
        tx.deliver(WebhookEvent::ReservationChanged, Some(hot.pile.operator), now, |_| {
            let body = json!({"reservation_id": one.id, "state": one.state.as_str(),
                "pile_code": hot.pile.code, "connector_no": one.connector, "operator_id": hot.pile.operator.0,
                "station_id": hot.pile.station.0, "until_ms": one.until.as_ms(),
                "order_id": one.order.map(|order| order.0)});
            Ok((one.id.to_string(), body.to_string()))
        })?;
    }
    if one.state.is_open() {
        hot.reserved.push(one);
    }
    Ok(())
}

fn reserve(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    one: &Reservation,
    command: CommandId,
    now: Timestamp,
) -> DeviceCommand {
    let body = json!({ "kind": RESERVE, "reservation_id": one.id, "connector_no": one.connector,
        "until_ms": one.until.as_ms() });
    command_keep(tx, hot, one, (command, RESERVE), body, now);
    DeviceCommand::Reserve(Box::new(ReservationOrder {
        id: one.id,
        connector: one.connector,
        tag: one.tag.clone(),
        group: one.group.clone(),
        until: one.until,
    }))
}

fn free_at_pile(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    one: &mut Reservation,
    now: Timestamp,
) -> Result<Option<(CommandId, DeviceCommand)>> {
    if !hot.pile.online {
        one.message = told(&unheard());
        return Ok(None);
    }
    let id = CommandId(tx.next_id(Noun::Command)?);
    one.command = Some(id);
    let body = json!({ "kind": CANCEL, "reservation_id": one.id, "connector_no": one.connector });
    command_keep(tx, hot, one, (id, CANCEL), body, now);
    Ok(Some((id, DeviceCommand::ReservationCancel { id: one.id })))
}

fn command_keep(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    one: &Reservation,
    (id, kind): (CommandId, &str),
    body: serde_json::Value,
    now: Timestamp,
) {
    let row = own_command(id, hot.pile.id, kind, now);
    let connector = Some(i64::from(one.connector));
    tx.command_save(&hot.pile, CommandRow { body: body.to_string(), connector, staff: one.staff, ..row });
}

fn unheard() -> Text {
    Text::of(
        "平台已取消，但桩没有确认；桩可能保留该枪到预约到期",
        "Cancelled here, but the pile has not confirmed it; it may keep the connector until the time is over.",
    )
}

fn unsupported() -> Text {
    Text::of(
        "该桩不支持预约，没有保留；请换一台桩",
        "The pile has no reservations, so nothing is kept; choose another pile.",
    )
}

/// One of our commands to the pile has ended.
pub(crate) fn answered(
    now: Timestamp,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    command: &CommandRow,
) -> Result<()> {
    let body: serde_json::Value = serde_json::from_str(&command.body).unwrap_or_default();
    let Some(id) = body["reservation_id"].as_i64() else { return Ok(()) };
    let Some(mut one) = tx.read(|conn| reservations::get(conn, id))? else { return Ok(()) };
    match (command.kind.as_str(), command.state) {
        (CANCEL, CommandState::Accepted) => return Ok(()),
        (CANCEL, _) => {
            one.message = told(&unheard());
            return reservations::save(tx, &one);
        }
        _ if one.state != ReservationState::Asked => return Ok(()),
        (_, CommandState::Accepted) => one.state = ReservationState::Accepted,
        (_, state) => {
            let text = if state == CommandState::Unsupported { told(&unsupported()) } else { None };
            one.message = text.or_else(|| command.message.clone());
            one.end(ReservationState::Refused, now);
        }
    }
    keep(tx, hot, one, now)
}

/// What the pile says of a reservation that is not its own is not believed.
pub(crate) fn ended_by_pile(
    now: Timestamp,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    ended: ReservationEnd,
) -> Result<bool> {
    let Some(mut one) = hot.reserved.iter().find(|one| one.id == ended.id).cloned() else {
        return Ok(false);
    };
    if ended.expired {
        one.end(ReservationState::Expired, now);
    } else {
        one.end(ReservationState::Cancelled, now);
        one.message = told(&Text::of(
            "桩取消了预约（枪故障、停用或被占用）",
            "The pile has given it up (a fault, out of service, or taken).",
        ));
    }
    keep(tx, hot, one, now)?;
    Ok(true)
}

/// An order has begun on the connector that was kept for it.
pub(crate) fn used(
    now: Timestamp,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    kept: i64,
    order: OrderId,
) -> Result<()> {
    let Some(mut one) = hot.reserved.iter().find(|one| one.id == kept).cloned() else { return Ok(()) };
    one.order = Some(order);
    one.end(ReservationState::Used, now);
    keep(tx, hot, one, now)
}
