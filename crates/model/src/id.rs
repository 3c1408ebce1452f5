//! Identifiers. Row ids are 64-bit integers; what people and piles see is derived from them.

use crate::time::Local;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

row_id!(
    /// 运营商
    OperatorId,
    /// 充电站
    StationId,
    /// Internal row of a pile; outside it is known by its [`PileCode`].
    PileId,
    OrderId,
    /// A published version of a tariff. Every version is a row of its own and never changes.
    TariffId,
    CardId,
    CustomerId,
    CarId,
    FleetId,
    StaffId,
    FrameId,
    CommandId,
    FeedbackId,
    InvoiceId,
    SettlementId,
    ContentId,
    CouponId,
    VoucherId,
    DriverPriceId,
    FirmwareId,
    TransferId,
    /// 方言
    DialectId,
    ConfigurationProfileId,
    /// 调价计划
    TariffPlanId,
    /// 批量操作
    PileBatchId,
);

/// 电桩编号: the name under which the pile connects (OCPP identity, 云快充 14 digits).
///
/// 1 to 48 characters of `A-Z a-z 0-9 . _ - : * @`, as in OCPP-J 1.6 section 3.1.1 minus what a URL
/// would have to escape.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct PileCode(String);

impl PileCode {
    pub fn parse(text: &str) -> Option<PileCode> {
        let ok = (1..=48).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:*@".contains(&b));
        ok.then(|| PileCode(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PileCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 枪号. 1 is the first connector; 0 means the pile as a whole.
pub type ConnectorNo = u16;

/// How a pile names a charging session: OCPP 1.6 by the transaction id we gave it, OCPP 2 by a name
/// that the pile has made, 云快充 by the 32-digit 交易流水号.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionKey {
    Transaction(i32),
    Name(SessionName),
    Trade(TradeNo),
}

impl SessionKey {
    /// The text kept with the order; [`SessionKey::parse`] reads it back. A name that looks like a
    /// number of one of the others stands behind an equals sign.
    pub fn parse(text: &str) -> Option<SessionKey> {
        if let Some(name) = text.strip_prefix('=') {
            return SessionName::parse(name).map(SessionKey::Name);
        }
        SessionKey::number(text).or_else(|| SessionName::parse(text).map(SessionKey::Name))
    }

    fn number(text: &str) -> Option<SessionKey> {
        if text.len() == 32 {
            return TradeNo::parse(text).map(SessionKey::Trade);
        }
        text.parse().ok().map(SessionKey::Transaction)
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SessionKey::Transaction(id) => id.fmt(f),
            SessionKey::Name(name) => {
                let text = name.as_str();
                let marked = text.starts_with('=') || SessionKey::number(text).is_some();
                write!(f, "{}{text}", if marked { "=" } else { "" })
            }
            SessionKey::Trade(no) => no.fmt(f),
        }
    }
}

/// The transaction id of OCPP 2, made by the pile: 1 to 36 printable ASCII characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionName {
    bytes: [u8; SessionName::MAX],
    length: u8,
}

impl SessionName {
    pub const MAX: usize = 36;

    pub fn parse(text: &str) -> Option<SessionName> {
        let ok = (1..=SessionName::MAX).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !ok {
            return None;
        }
        let mut bytes = [0; SessionName::MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Some(SessionName { bytes, length: text.len() as u8 })
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl fmt::Debug for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// 交易流水号: 16 BCD bytes, 32 digits = pile 14 + connector 2 + yymmddhhmmss 12 + counter 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TradeNo(pub [u8; 16]);

impl TradeNo {
    pub const ZERO: TradeNo = TradeNo([0; 16]);

    pub fn is_zero(&self) -> bool {
        *self == TradeNo::ZERO
    }

    /// Reads 32 hexadecimal digits: piles are seen that put nibbles A to F into BCD fields, and a
    /// trade number is compared, never computed with.
    pub fn parse(text: &str) -> Option<TradeNo> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return None;
        }
        let mut bytes = [0u8; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        Some(TradeNo(bytes))
    }

    /// The number of a new session: `counter` tells the sessions of one second apart and is used by
    /// its last four digits. `None` unless the pile code is 14 digits and the connector 1 to 99.
    pub fn build(pile_code: &str, connector: ConnectorNo, local: Local, counter: u32) -> Option<TradeNo> {
        let is_code = pile_code.len() == 14 && pile_code.bytes().all(|b| b.is_ascii_digit());
        if !is_code || !(1..=99).contains(&connector) {
            return None;
        }
        let day = local.day.rem_euclid(1_000_000);
        let (hour, minute, second) = (local.hour, local.minute, local.second);
        let counter = counter % 10_000;
        TradeNo::parse(&format!(
            "{pile_code}{connector:02}{day:06}{hour:02}{minute:02}{second:02}{counter:04}"
        ))
    }
}

impl fmt::Display for TradeNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pile_code_takes_identities_and_refuses_url_tricks() {
        for good in ["A", "32010600019236", "CP-01.x_y:z*@"] {
            assert_eq!(PileCode::parse(good).unwrap().as_str(), good);
        }
        let long = "x".repeat(49);
        for bad in ["", "a/b", "a b", "桩1", "a%2e", "../a", "a;x", &long] {
            assert_eq!(PileCode::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn session_key_survives_its_text() {
        let trade = TradeNo::parse("32010600019236012607151030000001").unwrap();
        for key in [SessionKey::Transaction(1), SessionKey::Transaction(i32::MAX), SessionKey::Trade(trade)] {
            assert_eq!(SessionKey::parse(&key.to_string()), Some(key));
        }
        let long = "x".repeat(36);
        let names = ["x", "AB1234", "12345", "-1", "=7", "3201060001923601260715103000000A", &long];
        for name in names {
            let key = SessionKey::Name(SessionName::parse(name).unwrap());
            assert_eq!(SessionKey::parse(&key.to_string()), Some(key), "{name}");
        }
        assert_eq!(SessionKey::parse("a1-b2").unwrap().to_string(), "a1-b2", "shown as the pile says it");
        let longer = "x".repeat(37);
        for bad in ["", "=", "桩", "a\n", &longer] {
            assert_eq!(SessionKey::parse(bad), None, "{bad}");
        }
        assert_eq!(TradeNo::parse("3201060001923601260715103000000é"), None);
    }

    #[test]
    fn a_trade_number_names_pile_connector_time_and_counter() {
        let local = Local { day: 20_260_715, hour: 10, minute: 30, second: 0 };
        let built = TradeNo::build("32010600019236", 1, local, 1).unwrap();
        assert_eq!(built.to_string(), "32010600019236012607151030000001");
        let wrapped = TradeNo::build("32010600019236", 99, local, 1_234_567).unwrap();
        assert_eq!(wrapped.to_string(), "32010600019236992607151030004567");
        for (code, connector) in [
            ("3201060001923", 1),
            ("CP-01", 1),
            ("3201060001923A", 1),
            ("32010600019236", 0),
            ("32010600019236", 100),
        ] {
            assert_eq!(TradeNo::build(code, connector, local, 1), None, "{code} {connector}");
        }
    }
}
