//! What the platform orders by itself when something is dangerous: it asks nobody's permission, and is not kept back
//! by what people may not do by hand.

use super::{CommandRequest, own_command, stop};
use crate::device::tariff::Delivery;
use model::device::DeviceCommand;
use model::id::{CommandId, ConnectorNo, OrderId};
use model::load::{LimitOrder, LimitRate};
use model::order::OpenOrder;
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use serde_json::json;
use store::commands::CommandRow;
use store::ids::Noun;
use store::{HotPile, Tx, loads};

/// A command that is kept and goes out once that is committed.
pub(crate) type Outgoing = (CommandId, DeviceCommand);

/// What 云快充 piles can be held to at least (GB/T 27930 knows no less that makes sense).
const PERCENT_LEAST: i64 = 30;

/// What a limit came to.
pub(crate) enum Limited {
    /// One connector is held for its session.
    Session(Outgoing),
    /// The whole pile gives less until it is told otherwise.
    Pile(Outgoing),
    /// The platform shares the station's power already: another limit would be counted wrongly.
    Managed,
}

fn kept(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    kind: &str,
    body: String,
    (connector, order): (Option<ConnectorNo>, Option<OrderId>),
    now: Timestamp,
) -> Result<CommandId> {
    let id = CommandId(tx.next_id(Noun::Command)?);
    let row = own_command(id, hot.pile.id, kind, now);
    let connector = connector.map(i64::from).filter(|no| *no > 0);
    tx.command_save(&hot.pile, CommandRow { connector, order: order.map(|order| order.0), body, ..row });
    Ok(id)
}

fn written(request: &CommandRequest) -> Result<String> {
    serde_json::to_string(request).map_err(|_| Error::internal())
}

/// Stops a session, also one that was told so before; nothing where there is none.
pub(crate) fn stop_now(
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    order: OrderId,
    now: Timestamp,
) -> Result<Option<Outgoing>> {
    let runs = |open: &OpenOrder| {
        open.order.id == order && open.order.state.is_open() && open.order.session.is_some()
    };
    if !hot.open.iter().any(runs) {
        return Ok(None);
    }
    let (Delivery::Now(command), _) = stop(tx, hot, order)? else { return Err(Error::internal()) };
    let connector = match &command {
        DeviceCommand::Stop { connector, .. } => Some(*connector),
        _ => None,
    };
    let body = written(&CommandRequest::Stop { order })?;
    let id = kept(tx, hot, "stop", body, (connector, Some(order)), now)?;
    Ok(Some((id, command)))
}

/// Takes the whole pile out of service, or puts it back. A 云快充 pile of a station whose power is shared comes back with
/// the least that it can be held to; who shares gives it more.
pub(crate) fn serve_now(tx: &mut Tx<'_>, hot: &HotPile, operative: bool, now: Timestamp) -> Result<Outgoing> {
    let station = hot.pile.station;
    let request = if hot.pile.protocol.is_ykc() {
        let managed = tx.read(|conn| loads::is_managed(conn, station))?;
        let percent = if managed { PERCENT_LEAST } else { 100 };
        let power_percent = u8::try_from(percent).unwrap_or(100);
        CommandRequest::WorkParameters { operative, power_percent }
    } else {
        CommandRequest::Availability { connector: 0, operative }
    };
    let command = super::plain_command(&request, now);
    let id = kept(tx, hot, request.kind(), written(&request)?, (None, None), now)?;
    Ok((id, command))
}

/// Holds a session to a share of the rated power.
pub(crate) fn limit_now(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    (connector, order): (ConnectorNo, OrderId),
    percent: i64,
    now: Timestamp,
) -> Result<Limited> {
    let (pile, station) = (hot.pile.id, hot.pile.station);
    if hot.pile.protocol.is_ykc() {
        if tx.read(|conn| loads::is_managed(conn, station))? {
            return Ok(Limited::Managed);
        }
        let power_percent = u8::try_from(percent.clamp(PERCENT_LEAST, 100)).unwrap_or(100);
        let request = CommandRequest::WorkParameters { operative: true, power_percent };
        let id = kept(tx, hot, request.kind(), written(&request)?, (None, Some(order)), now)?;
        return Ok(Limited::Pile((id, DeviceCommand::WorkParameters { operative: true, power_percent })));
    }
    let open = hot.open.iter().find(|open| open.order.id == order);
    let Some(session) = open.and_then(|open| open.order.session) else { return Ok(Limited::Managed) };
    let told = tx.read(|conn| loads::connectors(conn, station))?;
    let rates = told.into_iter().find(|one| one.pile == pile).and_then(|one| one.rates);
    let rate = LimitRate::of(hot.pile.kind, hot.pile.rated_power_w, rates.as_deref());
    let power_w = hot.pile.rated_power_w * percent / 100;
    let until = now.plus_ms(DAY_MS);
    let body = json!({"kind": crate::load::LIMIT_SET, "power_w": power_w, "standing": false,
        "until_ms": until.as_ms(), "session": session.to_string(), "amperes_da": rate.amperes_da(power_w)});
    let id = kept(tx, hot, crate::load::LIMIT_SET, body.to_string(), (Some(connector), Some(order)), now)?;
    let limit = LimitOrder { connector, power_w, rate, session: Some((session, now, until)) };
    Ok(Limited::Session((id, DeviceCommand::LimitSet(limit))))
}
