//! The one error of PileOps.
//!
//! A message names the field, the rule and the way out, in Chinese and in English, where the rule
//! itself is written. `http` turns the kind into a status code in one file; a wire protocol turns
//! it into its own code.

use std::borrow::Cow;
use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A sentence for people, in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Text {
    pub zh: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Text {
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }

    pub const fn of(zh: &'static str, en: &'static str) -> Text {
        Text { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for is not there, or not there for this person.
    NotFound,
    /// Somebody else changed it, or it exists already.
    Conflict,
    /// The rules of the business say no.
    Refused,
    /// A value breaks the rule of its field.
    Invalid,
    /// Not signed in.
    Unauthenticated,
    /// Signed in, but without the permission.
    Denied,
    /// Too many tries from this source or for this account.
    Limited,
    /// A part of ours (database, link) does not answer; trying again later may work.
    Unavailable,
    /// A fault of ours.
    Internal,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    pub kind: Kind,
    /// Stable word for programs, `noun.rule`.
    pub code: &'static str,
    /// The field that the message is about, as the API spells it.
    pub field: Option<Cow<'static, str>>,
    pub text: Text,
}

impl Error {
    pub fn new(kind: Kind, code: &'static str, text: Text) -> Error {
        Error { kind, code, field: None, text }
    }

    pub fn not_found(
        code: &'static str,
        zh: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Error {
        Error::new(Kind::NotFound, code, Text::new(zh, en))
    }

    pub fn conflict(
        code: &'static str,
        zh: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Error {
        Error::new(Kind::Conflict, code, Text::new(zh, en))
    }

    pub fn refused(
        code: &'static str,
        zh: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Error {
        Error::new(Kind::Refused, code, Text::new(zh, en))
    }

    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        zh: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Error {
        Error {
            kind: Kind::Invalid,
            code: "field.invalid",
            field: Some(field.into()),
            text: Text::new(zh, en),
        }
    }

    /// A part of ours does not answer. The cause goes to the log, not to the person.
    pub fn unavailable(part_zh: &'static str, part_en: &'static str) -> Error {
        Error::new(
            Kind::Unavailable,
            "part.unavailable",
            Text::new(
                format!("{part_zh}暂时不可用，您的操作未生效，请稍后重试；若持续出现请联系系统管理员"),
                format!(
                    "The {part_en} is not available at the moment. Nothing was changed. Try again shortly; if it persists, contact the system administrator."
                ),
            ),
        )
    }

    pub fn internal() -> Error {
        Error::new(
            Kind::Internal,
            "server.fault",
            Text::of(
                "系统内部错误，并非您的操作有误；故障已记录，请稍后重试",
                "An internal fault, not a mistake of yours. It has been recorded; please try again later.",
            ),
        )
    }

    pub fn on_field(mut self, field: impl Into<Cow<'static, str>>) -> Error {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{}: {} ({})", field, self.text.en, self.code),
            None => write!(f, "{} ({})", self.text.en, self.code),
        }
    }
}

impl std::error::Error for Error {}
