//! Which tariff a pile has that keeps one. A 云快充 pile says so (0x05), asks for it (0x09), or is told (0x58); one
//! of OCPP 2.1 is asked (GetTariffs) and told (SetDefaultTariff). The one that it should have is always the one
//! that its station shows.

use super::{Context, Handled};
use crate::Engine;
use crate::command::own_command;
use model::device::{Answer, DeviceCommand, TariffModel};
use model::id::{CommandId, PileId};
use model::tariff_plan::{DeliveryState, next_try};
use model::time::Timestamp;
use model::{Error, Result, Text};
use std::sync::Arc;
use store::commands::{CommandRow, CommandState};
use store::ids::Noun;
use store::tariff_deliveries::{self, TariffDelivery};
use store::{HotPile, TariffVersion, Tx};

/// What a session beginning now would be billed by: the version, and its table of today.
pub(crate) struct Wanted {
    version: Arc<TariffVersion>,
    place: usize,
    /// Since when the version is shown.
    from: Timestamp,
}

impl Wanted {
    fn model_no(&self) -> u16 {
        self.version.table(self.place).model_no
    }

    fn model(&self) -> TariffModel {
        let table = self.version.table(self.place);
        TariffModel { model_no: table.model_no, tariff: table.table.clone() }
    }
}

pub(crate) fn wanted(tx: &mut Tx<'_>, hot: &HotPile, now: Timestamp) -> Result<Option<Wanted>> {
    let station = tx.station(hot.pile.station)?;
    let (tariff, from) = match hot.pile.tariff {
        Some(own) => (Some(own), hot.pile.tariff_from),
        None => (station.tariff_now(now), station.tariff_since(now)),
    };
    let Some(tariff) = tariff else { return Ok(None) };
    let version = tx.tariff(tariff)?;
    let place = version.calendar.place_at(&station.zone, now);
    Ok(Some(Wanted { version, place, from: from.unwrap_or(now) }))
}

/// 0x05
pub fn checked(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, model_no: u16) -> Result<Handled> {
    let (model_no, same) = heard(context.now, tx, hot, model_no)?;
    Ok(Handled::new(Answer::TariffChecked { model_no, same }))
}

/// The pile says which it has: the one that it should have, and whether that is it.
pub(crate) fn heard(
    now: Timestamp,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    model_no: u16,
) -> Result<(u16, bool)> {
    let version = wanted(tx, hot, now)?;
    let wanted_no = version.as_ref().map_or(0, Wanted::model_no);
    let same = version.is_some() && wanted_no == model_no;
    let before = hot.pile.tariff_model;
    // What has not changed and is right need not be written at each of thousands of log-ins.
    if before != Some(model_no) || !same {
        told(now, tx, hot, model_no);
    }
    match version {
        Some(version) if same && before.is_some_and(|before| before != model_no) => {
            confirm(now, tx, hot, &version)?;
        }
        _ => {}
    }
    Ok((wanted_no, same))
}

/// 0x09: the answer is the model itself, and the pile bills by it from then on.
pub fn asked(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile) -> Result<Handled> {
    let version = wanted(tx, hot, context.now)?;
    if let Some(version) = &version {
        let before = hot.pile.tariff_model;
        told(context.now, tx, hot, version.model_no());
        if before.is_some_and(|before| before != version.model_no()) {
            confirm(context.now, tx, hot, version)?;
        }
    }
    Ok(Handled::new(Answer::Tariff(version.as_ref().map(Wanted::model))))
}

fn told(now: Timestamp, tx: &mut Tx<'_>, hot: &mut HotPile, model_no: u16) {
    hot.pile.tariff_model = Some(model_no);
    hot.pile.tariff_told_at = Some(now);
    tx.pile_save(&hot.pile);
}

/// Keeps that the pile has what its station shows.
fn confirm(now: Timestamp, tx: &mut Tx<'_>, hot: &HotPile, wanted: &Wanted) -> Result<()> {
    let one = delivery(tx, hot, wanted)?;
    if one.state == DeliveryState::Confirmed {
        return Ok(());
    }
    let confirmed = TariffDelivery {
        state: DeliveryState::Confirmed,
        next_try: None,
        message: None,
        ended_at: Some(now),
        ..one
    };
    tariff_deliveries::save(tx, &confirmed)
}

/// What was tried so far to bring the pile to this table. Yesterday's is another one.
fn delivery(tx: &mut Tx<'_>, hot: &HotPile, wanted: &Wanted) -> Result<TariffDelivery> {
    let (pile, tariff, model_no) = (hot.pile.id, wanted.version.id, wanted.model_no());
    let known = tx.read(|conn| tariff_deliveries::get(conn, pile, wanted.from))?;
    let known = known.filter(|known| known.tariff == tariff && known.model_no == model_no);
    Ok(known.unwrap_or_else(|| TariffDelivery::new(pile, wanted.from, tariff, model_no)))
}

/// A tariff is not changed while a car charges.
pub(crate) fn charges(hot: &HotPile) -> bool {
    hot.open.iter().any(|open| open.order.state.is_open())
        || hot.connectors.iter().any(|connector| connector.no > 0 && connector.status.is_charging())
}

/// What happens to a pile that is to get the version of its station.
pub(crate) enum Delivery {
    Now(DeviceCommand),
    /// By itself, once the pile is there and idle.
    Later(Text),
}

/// Begins, or notes for later, what the person or the clock asks for.
pub(crate) fn deliver(
    now: Timestamp,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    wanted: &Wanted,
    command: CommandId,
) -> Result<Delivery> {
    let one = delivery(tx, hot, wanted)?;
    if let Some(why) = beyond(tx, hot, wanted)? {
        let refused = TariffDelivery {
            state: DeliveryState::Refused,
            attempts: one.attempts + 1,
            next_try: Some(next_try(now, one.attempts + 1)),
            message: serde_json::to_string(&why).ok(),
            ended_at: Some(now),
            ..one
        };
        tariff_deliveries::save(tx, &refused)?;
        return Ok(Delivery::Later(why));
    }
    let later = if !hot.pile.online {
        Some(Text::of(
            "充电桩当前离线，计费模型已排队，上线并空闲后自动下发",
            "The pile is off line. The tariff is queued and is sent by itself once the pile is back and idle.",
        ))
    } else if charges(hot) {
        Some(Text::of(
            "充电桩正在充电，计费模型已排队，充电结束后自动下发",
            "The pile is charging. The tariff is queued and is sent by itself when the session has ended.",
        ))
    } else {
        None
    };
    if let Some(why) = later {
        let queued = TariffDelivery {
            state: DeliveryState::Waiting,
            attempts: 0,
            next_try: Some(now),
            message: None,
            ..one
        };
        tariff_deliveries::save(tx, &queued)?;
        return Ok(Delivery::Later(why));
    }
    let sent = TariffDelivery {
        state: DeliveryState::Sent,
        // After a success the count begins anew: the pile has lost it since.
        attempts: if one.state == DeliveryState::Confirmed { 1 } else { one.attempts + 1 },
        next_try: None,
        command: Some(command),
        message: None,
        sent_at: Some(now),
        ended_at: None,
        ..one
    };
    tariff_deliveries::save(tx, &sent)?;
    Ok(Delivery::Now(DeviceCommand::TariffSet(wanted.model())))
}

/// In which of its variables a pile of OCPP 2.1 says how many prices a tariff may have.
const ELEMENTS_MAX: &str = "TariffCostCtrlr.MaxElements(Tariff)";

/// Why the pile cannot be given this table, by what it has said of itself.
fn beyond(tx: &mut Tx<'_>, hot: &HotPile, wanted: &Wanted) -> Result<Option<Text>> {
    if hot.pile.protocol.is_ykc() {
        return Ok(None);
    }
    let pile = hot.pile.id;
    let most = tx.read(|conn| store::pile_lists::told_number(conn, pile, ELEMENTS_MAX))?;
    let has = wanted.version.table(wanted.place).table.stretches().len();
    Ok(most.filter(|most| i64::try_from(has).is_ok_and(|has| has > *most)).map(|most| {
        Text::new(
            format!("该计费模型有 {has} 段不同价格，桩最多保存 {most} 段；请减少价格不同的时段"),
            format!("The tariff has {has} stretches of price and the pile keeps {most} at most; use fewer"),
        )
    }))
}

/// The command by which a version was sent has ended.
pub(crate) fn delivered(
    now: Timestamp,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    command: &CommandRow,
) -> Result<()> {
    let (pile, id) = (hot.pile.id, CommandId(command.id));
    let Some(one) = tx.read(|conn| tariff_deliveries::of_command(conn, pile, id))? else { return Ok(()) };
    let state = match command.state {
        CommandState::Accepted => DeliveryState::Confirmed,
        CommandState::Refused | CommandState::Unsupported => DeliveryState::Refused,
        _ => DeliveryState::Waiting,
    };
    let confirmed = state == DeliveryState::Confirmed;
    if confirmed {
        told(now, tx, hot, one.model_no);
    }
    let ended = TariffDelivery {
        state,
        next_try: (!confirmed).then(|| next_try(now, one.attempts)),
        message: command.message.clone().filter(|_| !confirmed),
        ended_at: Some(now),
        ..one
    };
    tariff_deliveries::save(tx, &ended)
}

impl Engine {
    /// Sends its station's tariff to every connected, idle pile that has another one and whose next try
    /// has come; how many were told. Run every few seconds; doing it twice changes nothing.
    pub async fn tariffs_deliver(&self, now: Timestamp) -> Result<usize> {
        self.tariffs_turn(now).await?;
        let due = self.store.device_read(move |conn| tariff_deliveries::due(conn, now)).await?;
        let mut sent = 0;
        for pile in due {
            sent += usize::from(self.tariff_send(pile, now).await?);
        }
        Ok(sent)
    }

    /// Whether the pile was told. One that has begun to charge meanwhile waits for the next round.
    pub(crate) async fn tariff_send(&self, pile: PileId, now: Timestamp) -> Result<bool> {
        let ready = self
            .store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    let Some(version) = wanted(tx, hot, now)? else { return Ok(None) };
                    let has = hot.pile.tariff_model == Some(version.model_no());
                    if has || !hot.pile.protocol.takes_tariff() || !hot.pile.online || charges(hot) {
                        return Ok(None);
                    }
                    let one = delivery(tx, hot, &version)?;
                    if one.state == DeliveryState::Sent {
                        return Ok(None);
                    }
                    let id = CommandId(tx.next_id(Noun::Command)?);
                    let Delivery::Now(command) = deliver(now, tx, hot, &version, id)? else {
                        return Ok(None);
                    };
                    tx.command_save(&hot.pile, own_command(id, pile, "tariff_set", now));
                    Ok(Some((id, command)))
                })
            })
            .await?;
        let Some((id, command)) = ready else { return Ok(false) };
        self.command_dispatch(pile, id, command).await?;
        Ok(true)
    }
}

/// A person asks for it.
pub(crate) fn commanded(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    command: CommandId,
) -> Result<Delivery> {
    let Some(version) = wanted(tx, hot, context.now)? else {
        return Err(Error::refused(
            "station.no_tariff",
            "该充电站还没有计费模型，请先设置再下发",
            "This station has no tariff; set one before sending it.",
        ));
    };
    if !hot.pile.protocol.takes_tariff() {
        // The session has the word for it: such a pile keeps no tariff.
        return Ok(Delivery::Now(DeviceCommand::TariffSet(version.model())));
    }
    if let Some(why) = beyond(tx, hot, &version)? {
        return Err(Error::new(model::error::Kind::Refused, "tariff.beyond", why));
    }
    deliver(context.now, tx, hot, &version, command)
}

/// Whether the pile is to be asked which it has: it does not say by itself.
pub(crate) fn asks(tx: &mut Tx<'_>, hot: &HotPile, now: Timestamp) -> Result<bool> {
    let protocol = hot.pile.protocol;
    Ok(protocol.takes_tariff() && !protocol.is_ykc() && wanted(tx, hot, now)?.is_some())
}

/// Why nothing may begin at a pile that shows other prices than its station, where that is the rule.
pub(crate) fn behind(context: &Context<'_>, tx: &mut Tx<'_>, hot: &HotPile) -> Result<Option<Error>> {
    if !context.rules.tariff_block || !hot.pile.protocol.takes_tariff() {
        return Ok(None);
    }
    let Some(version) = wanted(tx, hot, context.now)? else { return Ok(None) };
    if hot.pile.tariff_model.is_none_or(|has| has == version.model_no()) {
        return Ok(None);
    }
    Ok(Some(Error::refused(
        "pile.tariff_behind",
        format!(
            "充电桩 {} 还没有更新到站点现行的计费模型，暂不能启动新的充电；空闲后会自动下发，稍候再试",
            hot.pile.code
        ),
        format!(
            "Pile {} does not have the tariff of its station yet, so nothing new can begin. It is sent by itself while the pile is idle; try again shortly.",
            hot.pile.code
        ),
    )))
}
