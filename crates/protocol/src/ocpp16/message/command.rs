//! What we ask of a pile: the requests of OCPP 1.6 section 5, as JSON.
//!
//! Whatever is sent was checked against the official schema, so that a person is told which field is
//! wrong instead of a pile being puzzled.

use super::{limit, transfer};
use crate::ocpp::Version;
use crate::ocpp::json::Node;
use crate::ocpp::link::Call;
use crate::ocpp::local_list;
use crate::ocpp::operation::Direction;
use crate::ocpp::schema::{Violation, check};
use crate::ocpp16::schemas;
use model::Text;
use model::device::{DeviceCommand, Outcome, Refusal};
use model::id::SessionKey;
use serde_json::{Map, Value, json};

/// The call for a command, or how the command ends without one.
pub fn call(command: &DeviceCommand) -> Result<Call, Outcome> {
    match command {
        // 5.11; connector 0 leaves the choice to the pile.
        DeviceCommand::Start { connector, token, .. } => {
            let mut payload = Map::new();
            if *connector > 0 {
                payload.insert("connectorId".to_owned(), json!(connector));
            }
            payload.insert("idTag".to_owned(), json!(token));
            typed("RemoteStartTransaction", payload.into())
        }
        // 5.12
        DeviceCommand::Stop { session: SessionKey::Transaction(id), .. } => {
            typed("RemoteStopTransaction", json!({ "transactionId": id }))
        }
        DeviceCommand::Stop { session: SessionKey::Trade(_) | SessionKey::Name(_), .. } => {
            Err(Outcome::Unsupported(Text::of(
                "OCPP 1.6 按事务编号停止充电，该订单没有事务编号",
                "OCPP 1.6 stops a session by its transaction id, and this session has none",
            )))
        }
        // 5.14
        DeviceCommand::Reset { hard } => {
            typed("Reset", json!({ "type": if *hard { "Hard" } else { "Soft" } }))
        }
        // 5.18
        DeviceCommand::Unlock { connector } => typed("UnlockConnector", json!({ "connectorId": connector })),
        // 5.2
        DeviceCommand::Availability { connector, operative } => typed(
            "ChangeAvailability",
            json!({ "connectorId": connector, "type": if *operative { "Operative" } else { "Inoperative" } }),
        ),
        // 5.8; no keys: all of them.
        DeviceCommand::ConfigurationGet { keys } if keys.is_empty() => typed("GetConfiguration", json!({})),
        DeviceCommand::ConfigurationGet { keys } => typed("GetConfiguration", json!({ "key": keys })),
        // 5.3
        DeviceCommand::ConfigurationSet { key, value } => {
            typed("ChangeConfiguration", json!({ "key": key, "value": value }))
        }
        // 5.4
        DeviceCommand::CacheClear => typed("ClearCache", json!({})),
        // 5.17; connectorId must be above 0 there.
        DeviceCommand::Trigger { message, connector } => {
            let mut payload = Map::new();
            payload.insert("requestedMessage".to_owned(), json!(message));
            if let Some(connector) = connector.filter(|connector| *connector > 0) {
                payload.insert("connectorId".to_owned(), json!(connector));
            }
            typed("TriggerMessage", payload.into())
        }
        // 5.13
        DeviceCommand::Reserve(order) => {
            let mut payload = json!({
                "connectorId": order.connector, "expiryDate": order.until.rfc3339(), "idTag": order.tag,
                "reservationId": order.id,
            });
            if let Some(group) = order.group.as_ref().filter(|group| group.len() <= 20) {
                payload["parentIdTag"] = json!(group);
            }
            typed("ReserveNow", payload)
        }
        // 5.1
        DeviceCommand::ReservationCancel { id } => typed("CancelReservation", json!({ "reservationId": id })),
        // 5.15, 5.10
        DeviceCommand::LocalListSet(list) => typed("SendLocalList", local_list::payload(Version::V16, list)),
        DeviceCommand::LocalListGet => typed("GetLocalListVersion", json!({})),
        // Security extension, 5.2
        DeviceCommand::CertificateSet { chain } => {
            typed("CertificateSigned", json!({ "certificateChain": chain }))
        }
        // 5.19 and SignedUpdateFirmware of the security extension.
        DeviceCommand::FirmwareUpdate(order) => transfer::firmware(order),
        // 5.10 and GetLog of the security extension.
        DeviceCommand::LogFetch(order) => transfer::log(order),
        DeviceCommand::LimitSet(order) => limit::call(order),
        DeviceCommand::Call { action, payload } => generic(action, payload),
        other => Err(Outcome::Unsupported(not_here(other))),
    }
}

/// What OCPP 1.6 has no message for, and what to do instead.
fn not_here(command: &DeviceCommand) -> Text {
    match command {
        DeviceCommand::TariffSet(_) | DeviceCommand::TariffGet => Text::of(
            "OCPP 1.6 没有下发计费模型的消息，计费由平台完成，无需下发",
            "OCPP 1.6 has no message for a tariff; the platform does the billing, so none is needed",
        ),
        DeviceCommand::ClockSet { .. } => Text::of(
            "OCPP 1.6 没有对时消息，桩按启动与心跳应答中的时间自行对时",
            "OCPP 1.6 has no message to set the clock; the pile takes it from the answers to boot and heartbeat",
        ),
        DeviceCommand::WorkParameters { .. } => Text::of(
            "OCPP 1.6 没有工作参数；停用请用“可用性”，限功率请用 SetChargingProfile",
            "OCPP 1.6 has no working parameters; use availability, and SetChargingProfile for the power",
        ),
        DeviceCommand::GroundLock { .. } => {
            Text::of("OCPP 1.6 没有地锁指令", "OCPP 1.6 has no message for a ground lock")
        }
        DeviceCommand::MergedStart { .. } => {
            Text::of("OCPP 1.6 没有多枪并充", "OCPP 1.6 cannot charge one car by several connectors")
        }
        DeviceCommand::BalanceUpdate { .. } => Text::of(
            "OCPP 1.6 没有余额更新，计费由平台完成",
            "OCPP 1.6 has no balance to update; the platform does the billing",
        ),
        _ => Text::of(
            "OCPP 1.6 的离线卡是本地授权列表，请用 SendLocalList",
            "OCPP 1.6 has the local authorisation list for this: use SendLocalList",
        ),
    }
}

pub(super) fn typed(name: &'static str, payload: Value) -> Result<Call, Outcome> {
    generic(name, &payload.to_string())
}

fn generic(name: &str, payload: &str) -> Result<Call, Outcome> {
    let operation = schemas::find(name).filter(|operation| operation.direction != Direction::FromPile);
    let Some(operation) = operation else {
        let name: String = name.chars().take(60).collect();
        return Err(Outcome::Unsupported(Text::new(
            format!("OCPP 1.6 没有可由平台发起的操作 {name}，请检查操作名（区分大小写）"),
            format!("OCPP 1.6 has no operation {name} for the platform to call; check its name and case"),
        )));
    };
    let broken = match Node::parse(payload) {
        Ok(payload) => check(operation.request.tree(), &payload, false).err(),
        Err(error) => Some(Violation::unreadable(&error)),
    };
    match broken {
        None => Ok(Call { operation, payload: payload.trim().to_owned() }),
        Some(violation) => {
            let text = violation.text();
            Err(Outcome::Refused(Refusal {
                code: violation.code.as_str().to_owned(),
                text: Text::new(
                    format!("{name} 的参数有误，未发送给桩：{}", text.zh),
                    format!("{name} was not sent to the pile: {}", text.en),
                ),
                detail: None,
            }))
        }
    }
}
