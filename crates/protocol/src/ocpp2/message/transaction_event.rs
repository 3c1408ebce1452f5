//! TransactionEvent (OCPP 2.0.1 block E): the beginning, the course and the end of a session.

use super::authorize::{push_id_token_info, token};
use super::connector;
use super::meter_values::{register_at, samples};
use crate::ocpp::json::Node;
use crate::ocpp::sampled_value::Context;
use crate::ocpp::text::{date_time, words};
use model::Text;
use model::connector::ConnectorStatus;
use model::device::{DeviceEvent, SessionPhase, SessionReport, StopReason, TokenAnswer};
use model::id::{SessionKey, SessionName};
use model::money::Fen;
use model::order::StopClass;
use model::time::Timestamp;

words! {
    pub enum Reason {
        "DeAuthorized" => DeAuthorized,
        "EmergencyStop" => EmergencyStop,
        "EnergyLimitReached" => EnergyLimitReached,
        "EVDisconnected" => EvDisconnected,
        "GroundFault" => GroundFault,
        "ImmediateReset" => ImmediateReset,
        "Local" => Local,
        "LocalOutOfCredit" => LocalOutOfCredit,
        "MasterPass" => MasterPass,
        "Other" => Other,
        "OvercurrentFault" => OvercurrentFault,
        "PowerLoss" => PowerLoss,
        "PowerQuality" => PowerQuality,
        "Reboot" => Reboot,
        "Remote" => Remote,
        "ReqEnergyTransferRejected" => ReqEnergyTransferRejected,
        "SOCLimitReached" => SocLimitReached,
        "StoppedByEV" => StoppedByEv,
        "TimeLimitReached" => TimeLimitReached,
        "Timeout" => Timeout,
    }
}

impl Reason {
    fn class(self) -> StopClass {
        match self {
            Reason::DeAuthorized
            | Reason::EnergyLimitReached
            | Reason::EvDisconnected
            | Reason::Local
            | Reason::MasterPass
            | Reason::Remote
            | Reason::SocLimitReached
            | Reason::StoppedByEv
            | Reason::TimeLimitReached => StopClass::Normal,
            Reason::LocalOutOfCredit => StopClass::Balance,
            Reason::EmergencyStop => StopClass::Emergency,
            Reason::GroundFault | Reason::OvercurrentFault => StopClass::Safety,
            Reason::Timeout | Reason::ReqEnergyTransferRejected => StopClass::StartFailed,
            Reason::ImmediateReset | Reason::PowerLoss | Reason::PowerQuality | Reason::Reboot => {
                StopClass::Fault
            }
            Reason::Other => StopClass::Unknown,
        }
    }

    fn text(self) -> Text {
        match self {
            Reason::DeAuthorized => {
                Text::of("鉴权被拒绝或已失效", "The token was refused or is no longer valid")
            }
            Reason::EmergencyStop => Text::of("按下急停按钮", "The emergency stop was pressed"),
            Reason::EnergyLimitReached => Text::of("达到设定电量", "The energy limit was reached"),
            Reason::EvDisconnected => Text::of("车辆拔枪", "The vehicle was unplugged"),
            Reason::GroundFault => Text::of("漏电或接地故障", "Ground fault"),
            Reason::ImmediateReset => Text::of("充电桩立即重启", "The pile was reset at once"),
            Reason::Local => Text::of("在桩上正常停止", "Stopped at the pile"),
            Reason::LocalOutOfCredit => Text::of("余额不足", "The balance was used up"),
            Reason::MasterPass => Text::of("管理卡停止", "Stopped with a master card"),
            Reason::Other => Text::of("其他原因（桩未说明）", "Another reason, which the pile did not name"),
            Reason::OvercurrentFault => Text::of("过流", "Over-current"),
            Reason::PowerLoss => Text::of("充电桩断电", "The pile lost power"),
            Reason::PowerQuality => {
                Text::of("电能质量不合格", "The quality of the grid's power was too poor")
            }
            Reason::Reboot => Text::of("充电桩重启", "The pile restarted"),
            Reason::Remote => Text::of("远程停止", "Stopped remotely"),
            Reason::ReqEnergyTransferRejected => Text::of(
                "桩不支持车辆要求的充电方式",
                "The pile does not offer the transfer that the vehicle asked for",
            ),
            Reason::SocLimitReached => {
                Text::of("达到设定电池电量", "The state of charge that was set was reached")
            }
            Reason::StoppedByEv => Text::of("车辆停止充电", "The vehicle stopped charging"),
            Reason::TimeLimitReached => Text::of("达到设定时长", "The time limit was reached"),
            Reason::Timeout => Text::of("未在限定时间内插枪", "No vehicle was plugged in in time"),
        }
    }
}

/// The sentence for a stop reason of this protocol, `ocpp:StoppedByEV`.
pub fn stop_text(code: &str) -> Option<Text> {
    code.strip_prefix("ocpp:").and_then(Reason::parse).map(Reason::text)
}

/// `None` only for what the schema does not let in.
pub fn event(payload: &Node) -> Option<DeviceEvent> {
    let info = payload.get("transactionInfo")?;
    let phase = match payload.get("eventType").and_then(Node::text)? {
        "Started" => SessionPhase::Begun,
        "Updated" => SessionPhase::Going,
        _ => SessionPhase::Ended,
    };
    let name = info.get("transactionId").and_then(Node::text).and_then(SessionName::parse)?;
    let evse = payload.get("evse").and_then(|evse| evse.integer("id"));
    let id_token = payload.get("idToken");
    let shown = id_token.and_then(token);
    Some(DeviceEvent::Session(Box::new(SessionReport {
        session: SessionKey::Name(name),
        phase,
        seq: payload.integer("seqNo").unwrap_or(0),
        // A time that does not exist becomes 1970-01-01, which nobody believes: the order is held for a
        // person instead of being lost.
        at: payload
            .get("timestamp")
            .and_then(Node::text)
            .and_then(date_time)
            .unwrap_or(Timestamp::from_ms(0)),
        offline: matches!(payload.get("offline"), Some(Node::Bool(true))),
        connector: evse.map(|evse| connector(Some(evse))),
        unattended: id_token.is_some() && shown.is_none(),
        token: shown,
        remote_start: info.integer("remoteStartId").and_then(|id| i32::try_from(id).ok()),
        status: info.get("chargingState").and_then(Node::text).and_then(status),
        reason: (phase == SessionPhase::Ended).then(|| reason(info)),
        samples: samples(payload),
        begin: register_at(payload, Context::TransactionBegin),
        meter_end: register_at(payload, Context::TransactionEnd).map(|(_, register)| register),
    })))
}

/// An absent reason means `Local`.
fn reason(info: &Node) -> StopReason {
    let reason = info.get("stoppedReason").and_then(Node::text).and_then(Reason::parse);
    let reason = reason.unwrap_or(Reason::Local);
    StopReason { class: reason.class(), code: format!("ocpp:{}", reason.word()) }
}

fn status(charging_state: &str) -> Option<ConnectorStatus> {
    Some(match charging_state {
        "Charging" => ConnectorStatus::Charging,
        "SuspendedEV" => ConnectorStatus::SuspendedEv,
        "SuspendedEVSE" => ConnectorStatus::SuspendedEvse,
        "EVConnected" => ConnectorStatus::Preparing,
        // The car has gone, and the session lasts.
        "Idle" => ConnectorStatus::Finishing,
        _ => return None,
    })
}

/// `total`: what the session costs, in yuan; told when it is known, which is after the end.
pub fn response(token: Option<&TokenAnswer>, total: Option<Fen>) -> Vec<u8> {
    let mut bytes = b"{".to_vec();
    if let Some(Fen(total)) = total {
        let sign = if total < 0 { "-" } else { "" };
        let (yuan, fen) = (total.unsigned_abs() / 100, total.unsigned_abs() % 100);
        bytes.extend_from_slice(format!("\"totalCost\":{sign}{yuan}.{fen:02}").as_bytes());
    }
    if let Some(token) = token {
        if total.is_some() {
            bytes.push(b',');
        }
        push_id_token_info(&mut bytes, token);
    }
    bytes.push(b'}');
    bytes
}
