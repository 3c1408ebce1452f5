//! What must not stand in a log: passwords that are set from here, and addresses that open a file to
//! whoever knows them.

use crate::ykc::frame::Packet;
use serde_json::Value;

/// What stands in the place of a secret.
pub const HIDDEN: &str = "******";

/// Messages that may carry a secret, by their wire names: only these are looked into.
const KINDS: [&str; 16] = [
    "ChangeConfiguration",
    "GetConfiguration",
    "SetVariables",
    "GetVariables",
    "NotifyReport",
    "SetNetworkProfile",
    "UpdateFirmware",
    "SignedUpdateFirmware",
    "PublishFirmware",
    "GetDiagnostics",
    "GetLog",
    "DataTransfer",
    "CustomerInformation",
    "NotifyCustomerInformation",
    "0x31",
    "0x94",
];

/// Fields whose whole text is a secret.
const SECRETS: [&str; 6] =
    ["basicAuthPassword", "apnPassword", "password", "sharedSecret", "authorizationKey", "privateKey"];
/// Fields that hold an address with a one-time word in it, or with a user's password.
const ADDRESSES: [&str; 4] = ["location", "remoteLocation", "locationURL", "installLocation"];

/// Whether a message of this name is worth a look.
pub fn may_hold_secret(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// The message without its secrets; `None` when there is none in it. It stays a message of its kind, of
/// the same fields, and of the same length where its protocol fixes that.
pub fn secrets_hidden(kind: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    if !may_hold_secret(kind) {
        return None;
    }
    if kind.starts_with("0x") {
        return hidden_ykc(bytes);
    }
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    if kind.ends_with("CustomerInformation") {
        return personal_hidden(&mut value).then(|| value.to_string().into_bytes());
    }
    let mut found = Vec::new();
    hide(&mut value, &mut found);
    if found.is_empty() {
        return None;
    }
    // In the text itself, so that all else stays as it was on the wire.
    let mut text = std::str::from_utf8(bytes).ok()?.to_owned();
    for (secret, shown) in &found {
        let (secret, shown) =
            (Value::from(secret.as_str()).to_string(), Value::from(shown.as_str()).to_string());
        if !text.contains(&secret) {
            return Some(value.to_string().into_bytes());
        }
        text = text.replace(&secret, &shown);
    }
    Some(text.into_bytes())
}

/// Who is asked about, and what the pile tells: it is kept where only those see it who may see personal data.
/// Whether there was any.
fn personal_hidden(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => {
            let mut any = false;
            for item in items {
                any |= personal_hidden(item);
            }
            any
        }
        Value::Object(fields) => fields.iter_mut().fold(false, |any, (name, value)| {
            let personal = matches!(name.as_str(), "data" | "customerIdentifier" | "idToken");
            match value {
                Value::String(text) if personal && text != HIDDEN => {
                    *text = HIDDEN.to_owned();
                    true
                }
                Value::Object(_) | Value::Array(_) => personal_hidden(value) || any,
                _ => any,
            }
        }),
        _ => false,
    }
}

/// Hides within the value, and tells what stood there and what stands there now.
fn hide(value: &mut Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, found)),
        Value::Object(fields) => {
            let named =
                fields.get("key").or_else(|| fields.get("variable").and_then(|named| named.get("name")));
            let is_secret = named.and_then(Value::as_str).is_some_and(is_secret_name);
            for (name, value) in fields.iter_mut() {
                let held = matches!(name.as_str(), "value" | "attributeValue" | "variableAttribute");
                if (is_secret && held) || SECRETS.contains(&name.as_str()) {
                    hide_all(value, found);
                } else if ADDRESSES.contains(&name.as_str()) {
                    if let Value::String(text) = value {
                        replace(text, address_hidden(text), found);
                    }
                } else {
                    hide(value, found);
                }
            }
        }
        _ => {}
    }
}

/// Of an attribute only its value is a secret.
fn hide_all(value: &mut Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if !text.is_empty() => replace(text, HIDDEN.to_owned(), found),
        Value::Array(items) => items.iter_mut().for_each(|item| hide_all(item, found)),
        Value::Object(fields) => {
            if let Some(value) = fields.get_mut("value") {
                hide_all(value, found);
            }
        }
        _ => {}
    }
}

fn replace(text: &mut String, shown: String, found: &mut Vec<(String, String)>) {
    if *text != shown {
        found.push((std::mem::replace(text, shown.clone()), shown));
    }
}

/// `AuthorizationKey`, `BasicAuthPassword`, and what vendors call theirs.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "authorizationkey" || ["password", "passwd", "secret"].iter().any(|word| name.contains(word))
}

/// `https://host:8080/******`: the host is no secret, and says where to look.
fn address_hidden(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = match host.rsplit_once('@') {
        Some((_, host)) => format!("{HIDDEN}@{host}"),
        None => host.to_owned(),
    };
    if path.is_empty() { format!("{scheme}://{host}") } else { format!("{scheme}://{host}/{HIDDEN}") }
}

/// 0x31: the hash of the password that a person typed. 0x94: the password of the file server.
fn hidden_ykc(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut packet, order) = Packet::parse(bytes)?;
    let place = match packet.kind {
        0x31 => 18..34,
        0x94 => 44..60,
        _ => return None,
    };
    let secret = packet.body.get_mut(place)?;
    if secret.iter().all(|byte| *byte == 0 || *byte == b'*') {
        return None;
    }
    for byte in secret.iter_mut().filter(|byte| **byte != 0) {
        *byte = b'*';
    }
    Some(packet.to_bytes(order.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ykc::frame::CrcOrder;

    fn hidden(kind: &str, text: &str) -> Option<String> {
        secrets_hidden(kind, text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn secrets_go_and_all_else_stays_as_it_was_on_the_wire() {
        let cases = [
            (
                "ChangeConfiguration",
                r#"[2, "a", "ChangeConfiguration", {"value":"00ff","key":"AuthorizationKey"}]"#,
                r#"[2, "a", "ChangeConfiguration", {"value":"******","key":"AuthorizationKey"}]"#,
            ),
            (
                "UpdateFirmware",
                r#"[2,"a","UpdateFirmware",{"retrieveDate":"2026-01-01T00:00:00Z","location":"http://h:8080/files/abc"}]"#,
                r#"[2,"a","UpdateFirmware",{"retrieveDate":"2026-01-01T00:00:00Z","location":"http://h:8080/******"}]"#,
            ),
            (
                "GetLog",
                r#"[2,"a","GetLog",{"log":{"remoteLocation":"ftp://me:word@h/x"}}]"#,
                r#"[2,"a","GetLog",{"log":{"remoteLocation":"ftp://******@h/******"}}]"#,
            ),
            (
                "SetVariables",
                r#"[2,"a","SetVariables",{"setVariableData":[{"attributeValue":"k1","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]"#,
                r#"[2,"a","SetVariables",{"setVariableData":[{"attributeValue":"******","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]"#,
            ),
            (
                "SetNetworkProfile",
                r#"[2,"a","SetNetworkProfile",{"connectionData":{"basicAuthPassword":"p","vpn":{"password":"q","user":"u"}}}]"#,
                r#"[2,"a","SetNetworkProfile",{"connectionData":{"basicAuthPassword":"******","vpn":{"password":"******","user":"u"}}}]"#,
            ),
            (
                "GetConfiguration",
                r#"[3,"a",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"00ff"},{"key":"B","readonly":false,"value":"1"}]}]"#,
                r#"[3,"a",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"******"},{"key":"B","readonly":false,"value":"1"}]}]"#,
            ),
            (
                "NotifyCustomerInformation",
                r#"[2,"a","NotifyCustomerInformation",{"data":"a","requestId":1,"seqNo":0}]"#,
                r#"[2,"a","NotifyCustomerInformation",{"data":"******","requestId":1,"seqNo":0}]"#,
            ),
            (
                "CustomerInformation",
                r#"[2,"a","CustomerInformation",{"idToken":{"idToken":"CARD1","type":"Central"},"requestId":1}]"#,
                r#"[2,"a","CustomerInformation",{"idToken":{"idToken":"******","type":"Central"},"requestId":1}]"#,
            ),
        ];
        for (kind, text, wanted) in cases {
            assert_eq!(hidden(kind, text).as_deref(), Some(wanted));
            assert_eq!(hidden(kind, wanted), None, "nothing is hidden twice");
        }
        // Written with escapes it is hidden all the same.
        let escaped = r#"[2,"a","UpdateFirmware",{"location":"http:\/\/h\/files\/abc"}]"#;
        assert!(!hidden("UpdateFirmware", escaped).unwrap().contains("abc"));
    }

    #[test]
    fn what_has_no_secret_is_left_alone() {
        for (kind, text) in [
            (
                "ChangeConfiguration",
                r#"[2,"a","ChangeConfiguration",{"key":"HeartbeatInterval","value":"60"}]"#,
            ),
            ("StartTransaction", r#"[2,"a","StartTransaction",{"password":"x"}]"#),
            ("UpdateFirmware", "no JSON"),
            ("ChangeConfiguration", r#"[2,"a","ChangeConfiguration",{"key":"AuthorizationKey"}]"#),
        ] {
            assert_eq!(hidden(kind, text), None, "{text}");
        }
    }

    #[test]
    fn a_binary_frame_keeps_its_length_and_a_right_check_sum() {
        for (kind, name, length, place) in [(0x31, "0x31", 51, 18..34), (0x94, "0x94", 94, 44..60)] {
            let body: Vec<u8> = (0..length).map(|n| u8::try_from(n).unwrap() | 1).collect();
            let packet = Packet { sequence: [1, 2], encryption: 0, kind, body: body.clone() };
            let bytes = secrets_hidden(name, &packet.to_bytes(CrcOrder::HighFirst)).unwrap();
            let (shown, order) = Packet::parse(&bytes).unwrap();
            assert_eq!(order, Some(CrcOrder::HighFirst));
            assert!(shown.body[place.clone()].iter().all(|byte| *byte == b'*'));
            assert_eq!(
                (&shown.body[..place.start], &shown.body[place.end..]),
                (&body[..place.start], &body[place.end..])
            );
            assert_eq!(secrets_hidden(name, &bytes), None);
        }
    }
}
