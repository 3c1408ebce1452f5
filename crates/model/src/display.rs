//! 屏显消息, 客户信息 and 厂商消息: what piles show to people, know of them, and say in their vendor's words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A message as a pile shows it. OCPP 2 O, MessageInfoType.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisplayMessage {
    /// The number by which the pile knows it.
    pub no: i64,
    /// The wire's word: `AlwaysFront`, `InFront`, `NormalCycle`.
    pub priority: String,
    /// While the pile is in this state: `Charging`, `Faulted`, `Idle`, `Unavailable`, …
    pub state: Option<String>,
    pub from_ms: Option<i64>,
    pub until_ms: Option<i64>,
    /// The session that it is for, by the pile's name for it.
    pub session: Option<String>,
    /// `ASCII`, `HTML`, `URI`, `UTF8`, `QRCODE`
    pub format: String,
    pub language: Option<String>,
    pub content: String,
}

/// Something that changes what is known of a pile's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisplayChange {
    /// It has taken it from us.
    Set(Box<DisplayMessage>),
    /// It says that it has it.
    Told(Box<DisplayMessage>),
    Gone {
        no: i64,
    },
    /// All of them are told anew.
    Anew,
}

crate::words! {
    /// How what a pile shows compares with what it was given.
    DisplayMatch {
        Same = "same",
        /// It shows something else under this number.
        Different = "different",
        /// It no longer has it.
        Missing = "missing",
        /// It was not given from here.
        Foreign = "foreign",
        /// Its time, or the session that it was for, is over.
        Over = "over",
    }
}

impl DisplayMatch {
    pub fn of(wished: Option<&DisplayMessage>, told: Option<&DisplayMessage>, now_ms: i64) -> DisplayMatch {
        match (wished, told) {
            (None, _) => DisplayMatch::Foreign,
            (Some(wished), Some(told)) if wished == told => DisplayMatch::Same,
            (Some(_), Some(_)) => DisplayMatch::Different,
            (Some(wished), None) if wished.session.is_some() => DisplayMatch::Over,
            (Some(wished), None) if wished.until_ms.is_some_and(|until| until <= now_ms) => {
                DisplayMatch::Over
            }
            (Some(_), None) => DisplayMatch::Missing,
        }
    }
}

/// A piece of what a pile knows of a customer. OCPP 2 NotifyCustomerInformation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerPart {
    /// Of the question.
    pub request_no: i64,
    pub seq_no: i64,
    pub is_last: bool,
    pub content: String,
}

/// A message in a vendor's own words. OCPP DataTransfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorMessage {
    pub vendor: String,
    pub message: Option<String>,
    pub data: Option<String>,
}

/// Whose messages the platform takes: all of a vendor's, or one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorWord {
    pub vendor: String,
    pub message: Option<String>,
}

crate::words! {
    /// What is said to a vendor's message: OCPP DataTransferStatus.
    VendorVerdict {
        Accepted = "Accepted",
        UnknownMessage = "UnknownMessageId",
        UnknownVendor = "UnknownVendorId",
    }
}

impl VendorVerdict {
    /// Vendors are compared without regard to case, as OCPP 2 has it for identifiers; messages as they are.
    pub fn of(known: &[VendorWord], said: &VendorMessage) -> VendorVerdict {
        let mut of_vendor =
            known.iter().filter(|word| word.vendor.eq_ignore_ascii_case(&said.vendor)).peekable();
        if of_vendor.peek().is_none() {
            return VendorVerdict::UnknownVendor;
        }
        if of_vendor.any(|word| word.message.is_none() || word.message == said.message) {
            VendorVerdict::Accepted
        } else {
            VendorVerdict::UnknownMessage
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_is_known_as_a_whole_or_by_its_messages() {
        let word = |vendor: &str, message: Option<&str>| VendorWord {
            vendor: vendor.to_owned(),
            message: message.map(str::to_owned),
        };
        let known = [word("com.a", Some("Parking")), word("com.b", None)];
        let said = |vendor: &str, message: Option<&str>| {
            let said =
                VendorMessage { vendor: vendor.to_owned(), message: message.map(str::to_owned), data: None };
            VendorVerdict::of(&known, &said).as_str()
        };
        assert_eq!(said("COM.A", Some("Parking")), "Accepted");
        assert_eq!(said("com.a", Some("parking")), "UnknownMessageId");
        assert_eq!(said("com.a", None), "UnknownMessageId");
        assert_eq!((said("com.b", None), said("com.b", Some("x"))), ("Accepted", "Accepted"));
        assert_eq!(said("com.c", None), "UnknownVendorId");
    }

    #[test]
    fn a_message_is_compared_with_what_was_given() {
        let one = DisplayMessage {
            no: 1,
            priority: "InFront".to_owned(),
            state: None,
            from_ms: None,
            until_ms: Some(10),
            session: None,
            format: "UTF8".to_owned(),
            language: None,
            content: "欢迎".to_owned(),
        };
        let other = DisplayMessage { content: "再见".to_owned(), ..one.clone() };
        let of = |wished, told, now| DisplayMatch::of(wished, told, now).as_str();
        assert_eq!(of(Some(&one), Some(&one), 0), "same");
        assert_eq!(of(Some(&one), Some(&other), 0), "different");
        assert_eq!((of(Some(&one), None, 9), of(Some(&one), None, 10)), ("missing", "over"));
        assert_eq!(of(None, Some(&one), 0), "foreign");
        let session = DisplayMessage { until_ms: None, session: Some("s".to_owned()), ..one.clone() };
        assert_eq!(of(Some(&session), None, 0), "over");
    }
}
