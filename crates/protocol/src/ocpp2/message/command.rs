//! What we ask of a pile: the requests of OCPP 2, as JSON, checked against the official schema before
//! they are sent.

use super::{limit, tariff, transfer};
use crate::ocpp::Version;
use crate::ocpp::json::Node;
use crate::ocpp::link::Call;
use crate::ocpp::local_list::{self, token};
use crate::ocpp::operation::Direction;
use crate::ocpp::schema::{Violation, check};
use crate::ocpp2::schemas;
use model::Text;
use model::device::{DeviceCommand, Outcome, Refusal, remote_start_no};
use model::id::{CommandId, ConnectorNo, SessionKey};
use model::reservation::ReservationOrder;
use serde_json::{Value, json};

/// The call for a command, or how the command ends without one.
pub fn call(version: Version, id: CommandId, command: &DeviceCommand) -> Result<Call, Outcome> {
    let typed = |name: &str, payload: Value| generic(version, name, &payload.to_string());
    match command {
        // F01, F02; connector 0 leaves the choice to the pile.
        DeviceCommand::Start { connector, token, .. } => {
            let mut payload = json!({
                "idToken": { "idToken": token, "type": "Central" },
                "remoteStartId": remote_start_no(token),
            });
            if *connector > 0 {
                payload["evseId"] = json!(connector);
            }
            typed("RequestStartTransaction", payload)
        }
        // F03
        DeviceCommand::Stop { session: SessionKey::Name(name), .. } => {
            typed("RequestStopTransaction", json!({ "transactionId": name.as_str() }))
        }
        DeviceCommand::Stop { session: SessionKey::Transaction(_) | SessionKey::Trade(_), .. } => {
            Err(Outcome::Unsupported(Text::of(
                "该订单不是由 OCPP 2 开始的，桩不认识它的编号；请在桩上停止",
                "This session was not begun by OCPP 2 and the pile does not know its number; stop it at the pile",
            )))
        }
        // B11, B12
        DeviceCommand::Reset { hard } => {
            typed("Reset", json!({ "type": if *hard { "Immediate" } else { "OnIdle" } }))
        }
        // F05; an EVSE has one lock unless its pile says otherwise.
        DeviceCommand::Unlock { connector } => {
            typed("UnlockConnector", json!({ "evseId": connector, "connectorId": 1 }))
        }
        // G03, G04
        DeviceCommand::Availability { connector, operative } => {
            let status = if *operative { "Operative" } else { "Inoperative" };
            let payload = with_evse(json!({ "operationalStatus": status }), *connector);
            typed("ChangeAvailability", payload)
        }
        // B07; no keys: all of them, which come with NotifyReport.
        DeviceCommand::ConfigurationGet { keys } if keys.is_empty() => {
            typed("GetBaseReport", json!({ "requestId": id.0 & 0x7fff_ffff, "reportBase": "FullInventory" }))
        }
        // B06
        DeviceCommand::ConfigurationGet { keys } => {
            let asked = keys.iter().map(|key| variable(key)).collect::<Result<Vec<_>, _>>()?;
            typed("GetVariables", json!({ "getVariableData": asked }))
        }
        // B05
        DeviceCommand::ConfigurationSet { key, value } => {
            let mut asked = variable(key)?;
            asked["attributeValue"] = json!(value);
            typed("SetVariables", json!({ "setVariableData": [asked] }))
        }
        // C11
        DeviceCommand::CacheClear => typed("ClearCache", json!({})),
        // F06
        DeviceCommand::Trigger { message, connector } => {
            typed("TriggerMessage", trigger(message, connector.unwrap_or(0)))
        }
        // A02
        DeviceCommand::CertificateSet { chain } => typed(
            "CertificateSigned",
            json!({ "certificateChain": chain, "certificateType": "ChargingStationCertificate" }),
        ),
        // I07, I08
        DeviceCommand::TariffSet(model) if version == Version::V21 => {
            typed("SetDefaultTariff", tariff::payload(model))
        }
        DeviceCommand::TariffGet if version == Version::V21 => typed("GetTariffs", json!({ "evseId": 0 })),
        DeviceCommand::LimitSet(order) => typed("SetChargingProfile", limit::payload(order)),
        // L01, L02, N01
        DeviceCommand::FirmwareUpdate(order) => typed("UpdateFirmware", transfer::firmware(order)),
        DeviceCommand::LogFetch(order) => typed("GetLog", transfer::log(order)),
        // H01
        DeviceCommand::Reserve(order) => typed("ReserveNow", reserve(order)),
        // H02
        DeviceCommand::ReservationCancel { id } => typed("CancelReservation", json!({ "reservationId": id })),
        // D01, D02
        DeviceCommand::LocalListSet(list) => typed("SendLocalList", local_list::payload(version, list)),
        DeviceCommand::LocalListGet => typed("GetLocalListVersion", json!({})),
        DeviceCommand::Call { action, payload } => generic(version, action, payload),
        other => Err(Outcome::Unsupported(unsupported(version, other))),
    }
}

fn reserve(order: &ReservationOrder) -> Value {
    let mut payload = json!({
        "id": order.id, "expiryDateTime": order.until.rfc3339(), "idToken": token(&order.tag),
        "evseId": order.connector,
    });
    if let Some(group) = order.group.as_ref().filter(|group| group.len() <= 36) {
        payload["groupIdToken"] = json!({ "idToken": group, "type": "Central" });
    }
    payload
}

fn with_evse(mut payload: Value, connector: ConnectorNo) -> Value {
    if connector > 0 {
        payload["evse"] = json!({ "id": connector });
    }
    payload
}

/// A person asks by the words of OCPP 1.6 as well.
fn trigger(message: &str, connector: ConnectorNo) -> Value {
    let message = match message {
        "DiagnosticsStatusNotification" => "LogStatusNotification",
        other => other,
    };
    let mut payload = with_evse(json!({ "requestedMessage": message }), connector);
    if message == "StatusNotification" && connector > 0 {
        payload["evse"]["connectorId"] = json!(1);
    }
    payload
}

/// `Component.Variable`, either with an instance in parentheses, the component with its EVSE behind a
/// number sign: `EVSE#1.AvailabilityState`, `SampledDataCtrlr.TxEndedMeasurands`.
fn variable(key: &str) -> Result<Value, Outcome> {
    fn instance(text: &str) -> (&str, Option<&str>) {
        match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
            Some((name, instance)) => (name, Some(instance)),
            None => (text, None),
        }
    }
    let wrong = || {
        Outcome::Refused(Refusal {
            code: "PropertyConstraintViolation".to_owned(),
            text: Text::new(
                format!("“{key}”不是“组件.变量”的形式，例如 OCPPCommCtrlr.HeartbeatInterval；未发送给桩"),
                format!(
                    "\"{key}\" is not of the form Component.Variable, such as OCPPCommCtrlr.HeartbeatInterval; it was not sent"
                ),
            ),
            detail: None,
        })
    };
    let (component, variable) = key.trim().split_once('.').ok_or_else(wrong)?;
    let (component, component_instance) = instance(component.trim());
    let (variable, variable_instance) = instance(variable.trim());
    let (component, evse) = match component.split_once('#') {
        Some((name, evse)) => (name, Some(evse.trim().parse::<u16>().map_err(|_| wrong())?)),
        None => (component, None),
    };
    if component.is_empty() || variable.is_empty() {
        return Err(wrong());
    }
    let mut asked = json!({ "component": { "name": component }, "variable": { "name": variable } });
    if let Some(instance) = component_instance {
        asked["component"]["instance"] = json!(instance);
    }
    if let Some(evse) = evse {
        asked["component"]["evse"] = json!({ "id": evse });
    }
    if let Some(instance) = variable_instance {
        asked["variable"]["instance"] = json!(instance);
    }
    Ok(asked)
}

fn unsupported(version: Version, command: &DeviceCommand) -> Text {
    let name = version.name();
    match command {
        DeviceCommand::TariffSet(_) | DeviceCommand::TariffGet => Text::new(
            format!("{name} 没有下发计费模型的消息；由平台计费，无需下发"),
            format!("{name} has no message for a tariff; the platform does the billing, and none is needed"),
        ),
        DeviceCommand::ClockSet { .. } => Text::new(
            format!("{name} 的桩按启动与心跳应答中的时间自行对时"),
            format!("An {name} pile takes its clock from the answers to boot and heartbeat"),
        ),
        DeviceCommand::WorkParameters { .. } => Text::new(
            format!("{name} 没有工作参数；停用请用“可用性”，限功率请用 SetChargingProfile"),
            format!(
                "{name} has no working parameters; use availability, and SetChargingProfile for the power"
            ),
        ),
        DeviceCommand::GroundLock { .. } => {
            Text::new(format!("{name} 没有地锁指令"), format!("{name} has no message for a ground lock"))
        }
        DeviceCommand::MergedStart { .. } => Text::new(
            format!("{name} 没有多枪并充"),
            format!("{name} cannot charge one car by several connectors"),
        ),
        DeviceCommand::BalanceUpdate { .. } => Text::new(
            format!("{name} 没有余额更新，计费由平台完成"),
            format!("{name} has no balance to update; the platform does the billing"),
        ),
        _ => Text::new(
            format!("{name} 的离线卡是本地授权列表，请用 SendLocalList"),
            format!("{name} has the local authorisation list for this: use SendLocalList"),
        ),
    }
}

fn generic(version: Version, name: &str, payload: &str) -> Result<Call, Outcome> {
    let operation = schemas::find(version, name);
    let Some(operation) = operation.filter(|operation| operation.direction != Direction::FromPile) else {
        let (name, edition): (String, _) = (name.chars().take(60).collect(), version.name());
        return Err(Outcome::Unsupported(Text::new(
            format!("{edition} 没有可由平台发起的操作 {name}，请检查操作名（区分大小写）"),
            format!("{edition} has no operation {name} for the platform to call; check its name and case"),
        )));
    };
    let broken = match Node::parse(payload) {
        Ok(payload) => check(operation.request.tree(), &payload, false).err(),
        Err(error) => Some(Violation::unreadable(&error)),
    };
    let Some(violation) = broken else {
        return Ok(Call { operation, payload: payload.trim().to_owned() });
    };
    let text = violation.text();
    Err(Outcome::Refused(Refusal {
        code: violation.code.word(version).to_owned(),
        text: Text::new(
            format!("{name} 的参数有误，未发送给桩：{}", text.zh),
            format!("{name} was not sent to the pile: {}", text.en),
        ),
        detail: None,
    }))
}
