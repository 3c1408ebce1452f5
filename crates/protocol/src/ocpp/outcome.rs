//! What a pile's answer to a command means (OCPP 1.6 section 5, the `.conf` messages; OCPP 2 the
//! responses).

use super::Version;
use super::error::Code;
use super::json::Node;
use super::operation::Operation;
use super::schema::{Violation, check};
use model::Text;
use model::device::{Outcome, Refusal};

/// A CALLRESULT. An answer with a field too many is understood all the same: the pile has acted, and
/// to call that a refusal would be untrue. Any other broken rule makes it unintelligible.
pub fn result(version: Version, operation: &Operation, payload: &str) -> Outcome {
    let answer = match Node::parse(payload) {
        Ok(answer) => answer,
        Err(error) => return invalid(version, operation, &Violation::unreadable(&error), payload),
    };
    let status = status_of(&answer);
    if let Err(violation) = check(operation.response.tree(), &answer, false) {
        let extra = violation.code == Code::FormationViolation && status.is_some_and(|word| word.len() <= 40);
        if !extra {
            return invalid(version, operation, &violation, payload);
        }
    }
    if operation.name == "GetDiagnostics" && answer.get("fileName").is_none() {
        // Section 6.26: without a name there is nothing to upload.
        return Outcome::Refused(Refusal {
            code: "NoFile".to_owned(),
            text: Text::of("桩没有可上传的诊断文件", "The pile has no diagnostics to upload"),
            detail: None,
        });
    }
    match status {
        None | Some("Accepted" | "Unlocked" | "Scheduled" | "RebootRequired" | "AcceptedCanceled") => {
            let plain = match (&answer, status) {
                (Node::Object(fields), Some("Accepted")) => fields.len() == 1,
                (Node::Object(fields), None) => fields.is_empty(),
                (Node::Null, None) => true,
                _ => false,
            };
            Outcome::Accepted { detail: (!plain).then(|| payload.to_owned()) }
        }
        Some(word) => Outcome::Refused(Refusal {
            code: word.to_owned(),
            text: status_text(operation.name, word),
            detail: Some(payload.to_owned()),
        }),
    }
}

/// Lists of answers, and where in each the word stands.
const RESULTS: [(&str, &str); 5] = [
    ("setVariableResult", "attributeStatus"),
    ("getVariableResult", "attributeStatus"),
    ("setMonitoringResult", "status"),
    ("clearMonitoringResult", "status"),
    ("clearTariffsResult", "status"),
];

/// The word of the answer. OCPP 2 answers variables and monitors one by one: the first that was refused decides.
fn status_of(answer: &Node) -> Option<&str> {
    let results = RESULTS.iter().find_map(|(name, word)| answer.get(name).zip(Some(word)));
    let Some((results, word)) = results else { return answer.get("status").and_then(Node::text) };
    let mut words = results.list().iter().filter_map(|one| one.get(word).and_then(Node::text));
    words.find(|word| !matches!(*word, "Accepted" | "RebootRequired"))
}

/// A CALLERROR.
pub fn error(operation: &Operation, code: &str, description: &str) -> Outcome {
    let name = operation.name;
    if matches!(code, "NotImplemented" | "NotSupported") {
        return Outcome::Unsupported(Text::new(
            format!("该桩不支持 {name}（{code}）"),
            format!("The pile does not support {name} ({code})"),
        ));
    }
    let code: String = code.chars().take(60).collect();
    let description: String = description.chars().take(255).collect();
    let said_zh =
        if description.is_empty() { String::new() } else { format!("，桩的说明：{description}") };
    let said_en =
        if description.is_empty() { String::new() } else { format!("; the pile says: {description}") };
    Outcome::Refused(Refusal {
        text: Text::new(
            format!("桩返回错误 {code}，{name} 未执行{said_zh}"),
            format!("The pile answered with the error {code}; {name} was not carried out{said_en}"),
        ),
        code,
        detail: Some(serde_json::json!({ "errorDescription": description }).to_string()),
    })
}

fn invalid(version: Version, operation: &Operation, violation: &Violation, payload: &str) -> Outcome {
    let text = violation.text();
    let (name, edition) = (operation.name, version.name());
    Outcome::Refused(Refusal {
        code: violation.code.word(version).to_owned(),
        text: Text::new(
            format!("桩对 {name} 的应答不符合 {edition}：{}；请以桩的实际状态为准", text.zh),
            format!(
                "The pile's answer to {name} breaks {edition} ({}); check what the pile actually does",
                text.en
            ),
        ),
        detail: Some(payload.to_owned()),
    })
}

/// An answer whose envelope is broken.
pub fn unreadable(version: Version, operation: &Operation, why: &Text) -> Outcome {
    let name = operation.name;
    Outcome::Refused(Refusal {
        code: Code::FormationViolation.word(version).to_owned(),
        text: Text::new(
            format!("桩对 {name} 的应答无法读取：{}；请以桩的实际状态为准", why.zh),
            format!(
                "The pile's answer to {name} cannot be read ({}); check what the pile actually does",
                why.en
            ),
        ),
        detail: None,
    })
}

fn status_text(name: &str, word: &str) -> Text {
    match (name, word) {
        ("RemoteStartTransaction" | "RequestStartTransaction", "Rejected") => Text::of(
            "桩拒绝启动充电；请检查枪是否空闲、已插好、无故障",
            "The pile refused to start; check that the connector is free, plugged in and without a fault",
        ),
        ("RemoteStopTransaction" | "RequestStopTransaction", "Rejected") => Text::of(
            "桩拒绝停止充电；它可能已没有这笔充电",
            "The pile refused to stop; it may no longer know this session",
        ),
        ("UnlockConnector", "UnlockFailed") => Text::of(
            "桩未能解锁枪；请现场检查枪锁",
            "The pile could not unlock the connector; have the lock checked on site",
        ),
        ("UnlockConnector", "NotSupported") => Text::of(
            "该枪没有可解锁的锁，或编号不存在",
            "The connector has no lock, or there is no such connector",
        ),
        ("ChangeConfiguration", "NotSupported") => {
            Text::of("桩没有这个配置项", "The pile has no such configuration key")
        }
        ("ChangeConfiguration", "Rejected") => Text::of(
            "桩拒绝该配置值；配置项可能只读，或取值不允许",
            "The pile refused the value; the key may be read-only or the value not allowed",
        ),
        ("UnlockConnector", "OngoingAuthorizedTransaction") => {
            Text::of("该枪正在充电，请先停止充电", "The connector is charging; stop the session first")
        }
        ("UnlockConnector", "UnknownConnector") => Text::of("桩没有这把枪", "The pile has no such connector"),
        (_, "UnknownComponent") => Text::of("桩没有这个组件", "The pile has no such component"),
        (_, "UnknownVariable") => Text::of("该组件没有这个变量", "The component has no such variable"),
        (_, "NotSupportedAttributeType") => {
            Text::of("该变量没有这种属性", "The variable has no such attribute")
        }
        ("SetVariables", "Rejected") => Text::of(
            "桩拒绝该变量值；变量可能只读，或取值不允许",
            "The pile refused the value; the variable may be read-only or the value not allowed",
        ),
        (_, "EmptyResultSet" | "NoProfiles" | "NoTransaction") => {
            Text::of("桩上没有符合条件的内容", "The pile has nothing that matches")
        }
        ("TriggerMessage" | "ExtendedTriggerMessage", "NotImplemented") => {
            Text::of("桩不能按要求发送该消息", "The pile cannot send this message on request")
        }
        ("DataTransfer", "UnknownVendorId") => {
            Text::of("桩不认识该厂商标识", "The pile does not know this vendor id")
        }
        ("DataTransfer", "UnknownMessageId") => {
            Text::of("桩不认识该消息标识", "The pile does not know this message id")
        }
        ("SendLocalList", "VersionMismatch") => {
            Text::of("名单版本不符，请下发完整名单", "The list version does not fit; send the full list")
        }
        ("SignedUpdateFirmware" | "UpdateFirmware", "InvalidCertificate") => {
            Text::of("桩不认可签名证书", "The pile does not accept the signing certificate")
        }
        ("SignedUpdateFirmware" | "UpdateFirmware", "RevokedCertificate") => {
            Text::of("签名证书已被吊销", "The signing certificate has been revoked")
        }
        _ => watch_text(name, word).or_else(|| tariff_text(word)).unwrap_or_else(|| plain_text(name, word)),
    }
}

/// What is said of reservations and monitors.
fn watch_text(name: &str, word: &str) -> Option<Text> {
    Some(match (name, word) {
        ("ReserveNow", "Rejected") => Text::of(
            "桩拒绝了预约；它可能关闭了预约功能",
            "The pile refused the reservation; its reservations may be switched off",
        ),
        ("CancelReservation", "Rejected") => Text::of("桩上没有这条预约", "The pile has no such reservation"),
        ("SetVariableMonitoring", "UnsupportedMonitorType") => {
            Text::of("该变量不支持这种监视条件", "The variable cannot be monitored this way")
        }
        ("SetVariableMonitoring", "Duplicate") => Text::of(
            "该变量已有同样条件与级别的监视器",
            "The variable has a monitor of this kind and severity already",
        ),
        ("SetVariableMonitoring", "Rejected") => Text::of(
            "桩拒绝该监视器；数值可能超出范围，或监视器不可修改",
            "The pile refused the monitor; its value may be out of range, or it cannot be changed",
        ),
        ("ClearVariableMonitoring", "Rejected") => Text::of(
            "桩拒绝清除；内置监视器不能清除",
            "The pile refused; a built-in monitor cannot be cleared",
        ),
        ("ClearVariableMonitoring", "NotFound") => {
            Text::of("桩上已没有这个监视器", "The pile no longer has this monitor")
        }
        _ => return None,
    })
}

/// What is said of tariffs, whichever message it was.
fn tariff_text(word: &str) -> Option<Text> {
    Some(match word {
        "TooManyElements" => Text::of(
            "计费模型的时段太多，桩存不下；请减少价格不同的时段",
            "The tariff has more stretches of price than the pile can keep; use fewer",
        ),
        "ConditionNotSupported" => Text::of(
            "桩不支持按时段定价；只能使用全天一个价格的计费模型",
            "The pile knows no prices by time of day; give it a tariff with one price",
        ),
        "DuplicateTariffId" => Text::of(
            "桩上已有同编号的计费模型；请先用 ClearTariffs 清除，再重新下发",
            "The pile has a tariff of this number already; clear it by ClearTariffs, then send again",
        ),
        "NoTariff" => Text::of("桩上没有计费模型", "The pile has no tariff"),
        "TxNotFound" => Text::of("桩上没有这笔充电", "The pile has no such session"),
        "NoCurrencyChange" => {
            Text::of("充电途中不能更换币种", "The currency of a running session cannot change")
        }
        _ => return None,
    })
}

/// A word that means the same whatever was asked.
fn plain_text(name: &str, word: &str) -> Text {
    match word {
        "NotSupported" => Text::new(format!("桩不支持 {name}"), format!("The pile does not support {name}")),
        "Occupied" => Text::of("枪被占用", "The connector is occupied"),
        "Faulted" => Text::of("枪有故障", "The connector has a fault"),
        "Unavailable" => Text::of("枪已停用", "The connector is out of service"),
        "NotFound" | "Unknown" => Text::of("桩上没有符合条件的内容", "The pile has nothing that matches"),
        "Rejected" => Text::new(format!("桩拒绝了 {name}"), format!("The pile refused {name}")),
        _ => Text::new(
            format!("桩对 {name} 的回答是 {word}"),
            format!("The pile's answer to {name} was {word}"),
        ),
    }
}
