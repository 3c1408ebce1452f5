//! The small pieces that every message is built from: bounded strings, closed word lists, times,
//! and objects that are nothing but objects. They borrow from the message wherever JSON allows.

use model::time::Timestamp;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A string of at most `MAX` characters (OCPP 1.6 section 7, CiString20Type and its sisters).
/// Characters are counted as Unicode code points, as JSON Schema does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Str<'a, const MAX: usize>(pub Cow<'a, str>);

/// A string without a limit of its own.
pub type AnyStr<'a> = Str<'a, { usize::MAX }>;

impl<const MAX: usize> Str<'_, MAX> {
    /// The text as the platform keeps it. NUL, which PostgreSQL cannot store, becomes U+FFFD.
    pub fn keep(&self) -> String {
        if self.0.contains('\0') { self.0.replace('\0', "\u{fffd}") } else { self.0.as_ref().to_owned() }
    }

    /// As [`Str::keep`]; piles say "nothing" by an empty string.
    pub fn keep_some(&self) -> Option<String> {
        (!self.0.trim().is_empty()).then(|| self.keep())
    }

    fn fits(text: &str) -> bool {
        text.len() <= MAX || text.chars().count() <= MAX
    }
}

struct StrVisitor<const MAX: usize>;

impl<'de, const MAX: usize> Visitor<'de> for StrVisitor<MAX> {
    type Value = Str<'de, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a string of at most {MAX} characters")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        if Str::<MAX>::fits(text) { Ok(Str(Cow::Borrowed(text))) } else { Err(E::custom("too long")) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if Str::<MAX>::fits(text) { Ok(Str(Cow::Owned(text.to_owned()))) } else { Err(E::custom("too long")) }
    }
}

impl<'de: 'a, 'a, const MAX: usize> Deserialize<'de> for Str<'a, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(StrVisitor::<MAX>)
    }
}

/// An optional field: absent or a value, but never `null`, which the schemas do not allow.
/// Used as `#[serde(default, deserialize_with = "present")]`.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Reads a `dateTime` (OCPP 1.6 section 3.14): RFC 3339, any offset; without one it is UTC.
pub fn date_time(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text)
}

/// A `dateTime` that must be readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Parsed(date_time)).map(DateTime)
    }
}

/// Whether a text has the form of a `dateTime`, whatever its numbers: `222222017-01-01T…`, month 00.
/// A pile with a broken clock sends such times; a text of another form is no time at all.
pub fn has_form_of_time(text: &str) -> bool {
    let Some((date, _)) = text.split_once(['T', 't', ' ']) else { return false };
    let mut parts = 0;
    date.strip_prefix(['+', '-']).unwrap_or(date).split('-').all(|part| {
        parts += 1;
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    }) && parts == 3
}

/// A `dateTime` in a record of money. The record must not be lost for a broken clock, so any time by
/// its form is taken; `None` is one that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LooseTime(pub Option<Timestamp>);

impl<'de> Deserialize<'de> for LooseTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Parsed(loose_time)).map(LooseTime)
    }
}

fn loose_time(text: &str) -> Option<Option<Timestamp>> {
    let at = date_time(text);
    (at.is_some() || has_form_of_time(text)).then_some(at)
}

/// A string with a meaning: a word of a closed list, a time.
pub struct Parsed<T>(pub fn(&str) -> Option<T>);

impl<T> Visitor<'_> for Parsed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string of a certain form")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).ok_or_else(|| E::custom("not allowed here"))
    }
}

/// A JSON object read into `T`. Without it serde would also take an array of the values.
#[derive(Clone, Debug, PartialEq)]
pub struct Object<T>(pub T);

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// A closed list of words: `words! { pub enum Reason { "EVDisconnected" => EvDisconnected, … } }`.
/// Unlike a derived enum it takes a string only, not `{"EVDisconnected":null}`.
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($word:literal => $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($variant),* }

        #[allow(dead_code, reason = "not every list is read in both directions")]
        impl $name {
            $vis const ALL: &'static [$name] = &[$($name::$variant),*];

            /// As it is on the wire.
            $vis fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            $vis fn parse(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_str($crate::ocpp::text::Parsed($name::parse))
            }
        }
    };
}
pub(crate) use words;
