//! 配置模板: what piles should be set to, key by key.

use crate::site::Protocol;
use serde::{Deserialize, Serialize};

crate::words! {
    /// Whose keys they are: those of 1.6 and the variables of 2.x have different names.
    Edition {
        Ocpp16 = "ocpp1.6",
        Ocpp2 = "ocpp2",
    }
}

impl Edition {
    /// `None`: such a pile has no keys.
    pub fn of(protocol: Protocol) -> Option<Edition> {
        match protocol {
            Protocol::Ocpp16 => Some(Edition::Ocpp16),
            Protocol::Ocpp201 | Protocol::Ocpp21 => Some(Edition::Ocpp2),
            Protocol::Ykc15 | Protocol::Ykc16 => None,
        }
    }
}

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationEntry {
    /// A key of OCPP 1.6, or `Component.Variable`.
    pub key: String,
    pub value: String,
}

/// Whether a pile that says `has` is set to `wished`: piles write numbers, lists and yes and no as they like.
pub fn same_value(wished: &str, has: &str) -> bool {
    let plain = |text: &str| {
        let parts: Vec<String> = text.split(',').map(|part| part.trim().to_ascii_lowercase()).collect();
        parts.join(",")
    };
    let (wished, has) = (plain(wished), plain(has));
    let number = |text: &str| -> Option<String> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        Some(format!("{whole}.{fraction}"))
    };
    wished == has || number(&wished).is_some_and(|wished| number(&has) == Some(wished))
}

#[cfg(test)]
mod tests {
    use super::same_value;

    #[test]
    fn values_are_compared_by_what_they_mean() {
        for (wished, has) in
            [("60", "60"), ("60", "60.0"), ("060", "60"), ("true", "True"), ("A,B", "a, b"), ("", " ")]
        {
            assert!(same_value(wished, has), "{wished:?} {has:?}");
        }
        for (wished, has) in
            [("60", "61"), ("60", ""), ("6.0", "60"), ("true", "false"), ("A,B", "B,A"), ("a", "a.")]
        {
            assert!(!same_value(wished, has), "{wished:?} {has:?}");
        }
    }
}
