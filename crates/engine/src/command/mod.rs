//! From a click to the pile: permission, order and command rows, commit, then the link. Every command
//! ends in exactly one state, and the person who gave it can wait for it.

mod merge;
mod request;
mod safety;

pub use request::CommandRequest;
pub(crate) use safety::{Limited, Outgoing, limit_now, serve_now, stop_now};

pub(crate) use self::request::plain_command;
use self::request::{can_ever_go, checked, no_connector, open_place};
use crate::Engine;
use crate::certificate::CERTIFICATE_SET;
use crate::desired::{self, CARDS_FIND, LIST_SET, READ, SET, VERSION_GET};
use crate::device::tariff::{Delivery, behind, commanded, delivered};
use crate::device::{Context, Fresh, NOT_PLUGGED, busy, fail_at, new_order, one_time_tag, trade_no};
use crate::reservation::{self, CANCEL, RESERVE};
use crate::transfer;
use model::access::{Caller, Permission, Place};
use model::card::Token;
use model::curve::Curve;
use model::device::{DeviceCommand, Outcome};
use model::id::{CommandId, ConnectorNo, OrderId, PileId, SessionKey};
use model::money::Fen;
use model::order::{OpenOrder, OrderState, StartMode};
use model::time::{SECOND_MS, Timestamp};
use model::{Error, Result, Text};
use std::sync::Arc;
use std::time::Duration;
use store::certificates::{self, CertificateState};
use store::commands::{CommandRow, CommandState};
use store::ids::Noun;
use store::{HotPile, Tx};

/// After this long without an answer a command has timed out, whatever the link thinks.
pub(crate) const DEADLINE_MS: i64 = 60 * SECOND_MS;

impl Engine {
    /// Gives a command to a pile. Returns once it is kept and on its way; see [`Engine::command_wait`].
    pub async fn command(&self, caller: &Caller, pile: PileId, request: CommandRequest) -> Result<CommandId> {
        if !caller.may(Permission::PileCommand) {
            return Err(Error::new(
                model::error::Kind::Denied,
                "pile.command_denied",
                Text::of(
                    "您没有远程操作充电桩的权限，请联系系统管理员",
                    "You may not operate piles from afar; ask the system administrator.",
                ),
            ));
        }
        let now = self.clock.now();
        let (rules, secrets, caller) = (self.rules(), Arc::clone(&self.secrets), caller.clone());
        let (id, command) = self
            .store
            .write(Some(pile), move |tx| {
                let context = Context { rules: &rules, secrets: &secrets, now };
                tx.with_pile(pile, |tx, hot| prepare(&context, tx, hot, &caller, &request))
            })
            .await?;
        match command {
            Some(command) => self.command_dispatch(pile, id, command).await?,
            None => drop(self.ended.send(id)),
        }
        Ok(id)
    }

    /// Gives a committed command to the pile's link.
    pub(crate) async fn command_dispatch(
        &self,
        pile: PileId,
        id: CommandId,
        command: DeviceCommand,
    ) -> Result<()> {
        if (self.dispatch)(pile, id, command) {
            return Ok(());
        }
        let row = self.command_get(id).await?;
        self.command_close(row, CommandState::LinkLost, Some(link_lost()), None, false).await
    }

    /// The command's row, at once when it has ended, else after at most `wait`.
    pub async fn command_wait(&self, id: CommandId, wait: Duration) -> Result<CommandRow> {
        let mut ended = self.ended.subscribe();
        let patience = tokio::time::sleep(wait);
        tokio::pin!(patience);
        loop {
            let row = self.command_get(id).await?;
            if row.ended_at_ms.is_some() || patience.is_elapsed() {
                return Ok(row);
            }
            loop {
                tokio::select! {
                    told = ended.recv() => match told {
                        Ok(other) if other != id => continue,
                        _ => break,
                    },
                    () = &mut patience => break,
                }
            }
        }
    }

    pub async fn command_get(&self, id: CommandId) -> Result<CommandRow> {
        let row = self.store.device_read(move |conn| store::commands::get(conn, id)).await?;
        row.ok_or_else(|| Error::not_found("command.not_found", "没有这条指令", "There is no such command."))
    }

    /// The pile's answer, or the lack of one. Money and connectors that waited for it are let go.
    pub async fn command_ended(&self, id: CommandId, outcome: Outcome) -> Result<()> {
        let may_begin = match &outcome {
            Outcome::Refused(refusal) => refusal.code == NOT_PLUGGED,
            Outcome::TimedOut | Outcome::LinkLost => true,
            Outcome::Accepted { .. } | Outcome::Unsupported(_) => false,
        };
        let (state, message, detail) = match outcome {
            Outcome::Accepted { detail } => (CommandState::Accepted, None, detail),
            Outcome::Refused(refusal) => (CommandState::Refused, Some(refusal.text), refusal.detail),
            Outcome::Unsupported(text) => (CommandState::Unsupported, Some(text), None),
            Outcome::TimedOut => (CommandState::TimedOut, Some(timed_out()), None),
            Outcome::LinkLost => (CommandState::LinkLost, Some(link_lost()), None),
        };
        let row = self.command_get(id).await?;
        self.command_close(row, state, message, detail, may_begin).await
    }

    /// `may_begin`: the command may have reached the pile, which has not said its last word. A 云快充
    /// pile has 90 s to begin, also over another link: its order waits until its own deadline.
    pub(crate) async fn command_close(
        &self,
        row: CommandRow,
        state: CommandState,
        message: Option<Text>,
        detail: Option<String>,
        may_begin: bool,
    ) -> Result<()> {
        if row.ended_at_ms.is_some() {
            return Ok(());
        }
        let now = self.clock.now();
        let (rules, secrets, pile, id) = (self.rules(), Arc::clone(&self.secrets), row.pile, row.id);
        let written = |text: Text| serde_json::to_string(&text).ok();
        let (message, awaited) = (message.and_then(written), written(start_awaited()));
        let ended = CommandRow { state, message, detail, ended_at_ms: Some(now.as_ms()), ..row };
        self.store
            .write(Some(pile), move |tx| {
                let context = Context { rules: &rules, secrets: &secrets, now };
                tx.with_pile(pile, |tx, hot| {
                    // Another ending may have come first since the row was read; the first one counts.
                    let known = tx.read(|conn| store::commands::get(conn, CommandId(id)))?;
                    if known.is_some_and(|row| row.ended_at_ms.is_some()) {
                        return Ok(());
                    }
                    let mut ended = ended.clone();
                    if state == CommandState::Accepted {
                        await_stop(&context, tx, hot, &ended);
                    } else if !(may_begin && ended.kind == "start" && hot.pile.protocol.is_ykc()) {
                        undo(&context, tx, hot, &ended);
                    } else if state != CommandState::Refused {
                        ended.message.clone_from(&awaited);
                    }
                    match ended.kind.as_str() {
                        "tariff_set" => delivered(now, tx, hot, &ended)?,
                        CERTIFICATE_SET => certificate_answered(now, tx, &ended)?,
                        "transfer" => transfer::commanded(now, tx, &ended)?,
                        RESERVE | CANCEL => reservation::answered(now, tx, hot, &ended)?,
                        READ | SET | VERSION_GET | LIST_SET | CARDS_FIND => {
                            desired::answered(now, tx, &ended)?
                        }
                        _ => {}
                    }
                    tx.command_save(&hot.pile, ended);
                    Ok(())
                })
            })
            .await?;
        let _ = self.ended.send(CommandId(id));
        Ok(())
    }
}

pub(crate) fn timed_out() -> Text {
    Text::of(
        "充电桩在规定时间内没有应答，指令已作废；请确认设备状态后重试",
        "The pile did not answer in time and the command is void. Check the pile, then try again.",
    )
}

fn link_lost() -> Text {
    Text::of(
        "充电桩已离线，指令没有送达；请待设备上线后重试",
        "The pile is off line and the command did not reach it. Try again once it is back.",
    )
}

fn start_awaited() -> Text {
    Text::of(
        "充电桩尚未确认启动；若90秒内没有开始充电，订单会自动关闭，届时可重新启动",
        "The pile has not confirmed the start. If it does not begin within 90 s its order closes by itself; start again then.",
    )
}

/// The pile has agreed to stop: its record is awaited, not for ever.
fn await_stop(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, command: &CommandRow) {
    let Some(open) = hot.open.iter_mut().find(|o| Some(o.order.id.0) == command.order) else { return };
    if command.kind == "stop" && open.order.state == OrderState::Stopping && open.order.deadline.is_none() {
        open.order.deadline = Some(context.now.plus_ms(context.rules.record_timeout_ms));
        tx.order_save(&open.order);
    }
}

/// What a command that came to nothing had reserved is given back.
fn undo(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, command: &CommandRow) {
    let Some(place) = hot.open.iter().position(|o| Some(o.order.id.0) == command.order) else { return };
    match (command.kind.as_str(), hot.open[place].order.state) {
        ("start", OrderState::Starting) => fail_at(context, tx, hot, place),
        ("stop", OrderState::Stopping) => {
            let OpenOrder { order, curve } = &mut hot.open[place];
            let start_by = order.created_at.plus_ms(context.rules.start_timeout_ms);
            let waits =
                order.meter_start.is_none() && curve.last().is_none() && order.deadline == Some(start_by);
            order.state = if waits { OrderState::Starting } else { OrderState::Charging };
            tx.order_save(order);
        }
        _ => {}
    }
}

/// The row of a command that nobody gave by hand.
pub(crate) fn own_command(id: CommandId, pile: PileId, kind: &str, now: Timestamp) -> CommandRow {
    CommandRow {
        id: id.0,
        pile,
        connector: None,
        order: None,
        kind: kind.to_owned(),
        body: serde_json::json!({ "kind": kind }).to_string(),
        staff: None,
        state: CommandState::Queued,
        message: None,
        detail: None,
        created_at_ms: now.as_ms(),
        deadline_ms: now.as_ms() + DEADLINE_MS,
        ended_at_ms: None,
    }
}

/// The pile has taken the certificate that was sent, or not; a link that was lost leaves it open.
fn certificate_answered(now: Timestamp, tx: &mut Tx<'_>, command: &CommandRow) -> Result<()> {
    let state = match command.state {
        CommandState::Accepted => CertificateState::Installed,
        CommandState::Refused | CommandState::Unsupported => CertificateState::Refused,
        _ => return Ok(()),
    };
    certificates::answered(tx, command.pile, state, now)
}

fn offline(hot: &HotPile) -> Error {
    Error::refused(
        "pile.offline",
        format!("充电桩 {} 当前离线，无法远程操作；请待设备上线后重试", hot.pile.code),
        format!(
            "Pile {} is off line and cannot be operated from afar. Try again once it is back.",
            hot.pile.code
        ),
    )
}

fn prepare(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    caller: &Caller,
    request: &CommandRequest,
) -> Result<(CommandId, Option<DeviceCommand>)> {
    let station = tx.station(hot.pile.station)?;
    let place = Place { operator: hot.pile.operator, station: hot.pile.station, city: &station.city };
    if !caller.scope.sees(place) {
        return Err(Error::not_found(
            "pile.not_found",
            "没有这台充电桩，请检查电桩编号",
            "There is no such pile; check its number.",
        ));
    }
    // What can never go is said before what does not go at the moment.
    can_ever_go(hot, request)?;
    // A tariff for a pile that keeps one waits until the pile is there.
    let waits = *request == CommandRequest::TariffSet && hot.pile.protocol.takes_tariff();
    if !hot.pile.online && !waits {
        return Err(offline(hot));
    }
    let id = CommandId(tx.next_id(Noun::Command)?);
    let (command, order) = match request {
        CommandRequest::Start { connector } => start(context, tx, hot, caller, *connector)?,
        CommandRequest::MergedStart { connectors } => {
            merge::merged_start(context, tx, hot, caller, connectors)?
        }
        CommandRequest::Stop { order } => stop(tx, hot, *order)?,
        CommandRequest::TariffSet => (commanded(context, tx, hot, id)?, None),
        CommandRequest::Transfer { begin: Some(begin), .. } => {
            (Delivery::Now(transfer::begin(tx, begin, id, context.now)?), None)
        }
        CommandRequest::Transfer { begin: None, .. } => return Err(Error::internal()),
        plain => {
            checked(tx, hot, plain)?;
            (Delivery::Now(plain_command(plain, context.now)), None)
        }
    };
    let connector = match &command {
        Delivery::Now(DeviceCommand::Stop { connector, .. }) => Some(*connector),
        _ => request.connector(),
    };
    let (command, deferred) = match command {
        Delivery::Now(command) => (Some(command), None),
        Delivery::Later(why) => (None, Some(why)),
    };
    let ended_at_ms = deferred.as_ref().map(|_| context.now.as_ms());
    tx.command_save(
        &hot.pile,
        CommandRow {
            id: id.0,
            pile: hot.pile.id,
            connector: connector.map(i64::from),
            order: order.map(|id| id.0),
            kind: request.kind().to_owned(),
            body: serde_json::to_string(request).map_err(|_| Error::internal())?,
            staff: Some(caller.staff.0),
            state: if deferred.is_some() { CommandState::Deferred } else { CommandState::Queued },
            message: deferred.and_then(|why| serde_json::to_string(&why).ok()),
            detail: None,
            created_at_ms: context.now.as_ms(),
            deadline_ms: context.now.as_ms() + DEADLINE_MS,
            ended_at_ms,
        },
    );
    Ok((id, command))
}

fn start(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    caller: &Caller,
    connector: ConnectorNo,
) -> Result<(Delivery, Option<OrderId>)> {
    let known = hot.connector(connector);
    if connector == 0 || known.is_none() {
        return Err(no_connector(hot, connector));
    }
    if !hot.pile.lifecycle.in_service() {
        return Err(Error::refused(
            "pile.out_of_service",
            format!("充电桩 {} 已停用，请先启用再启动充电", hot.pile.code),
            format!("Pile {} is out of service; put it into service first.", hot.pile.code),
        ));
    }
    if let Some(closure) = tx.station(hot.pile.station)?.closure_at(context.now) {
        return Err(closure.refusal());
    }
    if let Some(why) = behind(context, tx, hot)? {
        return Err(why);
    }
    // A car that is merely plugged in waits for this start.
    let waiting = hot.open.iter().any(|open| {
        open.order.connector == connector
            && open.order.state == OrderState::Starting
            && !open.order.awaits_token()
    });
    let startable = known.is_some_and(|c| c.status.can_start());
    if hot.kept(connector, context.now).is_some() {
        return Err(Error::conflict(
            "connector.reserved",
            format!("{connector} 号枪已被预约，只有预约的卡可以启动；如需远程启动，请先取消预约"),
            format!(
                "Connector {connector} is reserved for a card; cancel the reservation before you start it from here."
            ),
        ));
    }
    if waiting || busy(context, hot, connector) || !startable {
        return Err(Error::conflict(
            "connector.busy",
            format!("{connector} 号枪正在使用或暂不可用，不能重复启动；请先结束当前订单或换一把枪"),
            format!(
                "Connector {connector} is in use or not available. End its order first, or take another one."
            ),
        ));
    }
    let fresh = Fresh { connector, mode: StartMode::Console, token: None, begun_at: None };
    let mut order = new_order(context, tx, hot, fresh)?;
    if order.tariff.is_none() {
        return Err(Error::refused(
            "station.no_tariff",
            "该充电站还没有计费模型，无法计费；请先在计费模型中为该站设置价格",
            "This station has no tariff, so nothing could be billed. Set one first.",
        ));
    }
    order.staff = Some(caller.staff);
    order.deadline = Some(context.now.plus_ms(context.rules.start_timeout_ms));
    let mut token = String::new();
    let mut session = None;
    if hot.pile.protocol.is_ykc() {
        let trade = trade_no(tx, hot, connector, context.now, order.id)?;
        order.session = Some(SessionKey::Trade(trade));
        session = Some(trade);
    } else {
        // The pile begins under this one-time tag, and by it we know its start as ours.
        token = one_time_tag(order.id);
        order.token = Some(Token::card(token.clone()));
    }
    let id = order.id;
    tx.order_save(&order);
    hot.open.push(OpenOrder { order, curve: Curve::default() });
    let command = DeviceCommand::Start { connector, token, session, balance: context.rules.credit };
    Ok((Delivery::Now(command), Some(id)))
}

/// Stops a running session without anybody having asked for it; nothing where it stops already.
pub(crate) fn stop_by_rule(
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    order: OrderId,
    now: Timestamp,
) -> Result<Option<(CommandId, DeviceCommand)>> {
    let charging = |open: &OpenOrder| open.order.id == order && open.order.state == OrderState::Charging;
    if !hot.pile.online || !hot.open.iter().any(charging) {
        return Ok(None);
    }
    let id = CommandId(tx.next_id(Noun::Command)?);
    let (Delivery::Now(command), _) = stop(tx, hot, order)? else { return Err(Error::internal()) };
    let connector = match &command {
        DeviceCommand::Stop { connector, .. } => Some(i64::from(*connector)),
        _ => None,
    };
    let body = serde_json::to_string(&CommandRequest::Stop { order }).map_err(|_| Error::internal())?;
    let row =
        CommandRow { connector, order: Some(order.0), body, ..own_command(id, hot.pile.id, "stop", now) };
    tx.command_save(&hot.pile, row);
    Ok(Some((id, command)))
}

/// Tells a pile what the payer of a running session has; nothing where the pile is away.
pub(crate) fn balance_update(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    (connector, order): (ConnectorNo, OrderId),
    balance: Fen,
    now: Timestamp,
) -> Result<Option<(CommandId, DeviceCommand)>> {
    if !hot.pile.online {
        return Ok(None);
    }
    let id = CommandId(tx.next_id(Noun::Command)?);
    let request = CommandRequest::BalanceUpdate { connector, balance: balance.0 };
    let body = serde_json::to_string(&request).map_err(|_| Error::internal())?;
    let row = own_command(id, hot.pile.id, request.kind(), now);
    let row = CommandRow { connector: Some(i64::from(connector)), order: Some(order.0), body, ..row };
    tx.command_save(&hot.pile, row);
    Ok(Some((id, DeviceCommand::BalanceUpdate { connector, balance })))
}

fn stop(tx: &mut Tx<'_>, hot: &mut HotPile, order: OrderId) -> Result<(Delivery, Option<OrderId>)> {
    let place = open_place(hot, order)?;
    let open = &mut hot.open[place].order;
    let Some(session) = open.session else {
        return Err(Error::conflict(
            "order.not_begun",
            "充电桩还没有开始充电，请稍候再停止；若90秒内未启动，订单会自动关闭",
            "The pile has not begun yet. Wait a moment; the order closes by itself if it does not begin within 90 s.",
        ));
    };
    if let Some(next) = open.state.to(OrderState::Stopping) {
        open.state = next;
        tx.order_save(open);
    }
    Ok((Delivery::Now(DeviceCommand::Stop { session, connector: open.connector }), Some(order)))
}
