//! A call of OCPP 1.6, read straight from the wire into the type of its message.

use super::message::{Action, Request};
use super::schemas;
use crate::ocpp::Version;
use crate::ocpp::envelope::{self, Rules, short};
use serde::de::SeqAccess;

pub type Message<'a> = envelope::Message<'a, Call<'a>>;

#[derive(Debug)]
pub struct Call<'a> {
    pub action: Action,
    pub request: Request<'a>,
}

impl<'de> envelope::Call<'de> for Call<'de> {
    fn read<A: SeqAccess<'de>>(seq: &mut A) -> Result<Self, A::Error> {
        let action: Action = seq.next_element()?.ok_or_else(short)?;
        let request = seq.next_element_seed(action)?.ok_or_else(short)?;
        Ok(Call { action, request })
    }
}

/// A message of another version is none.
pub fn read(text: &str) -> Option<Message<'_>> {
    envelope::read(text).filter(|message| {
        !matches!(message, envelope::Message::Send { .. } | envelope::Message::ResultError { .. })
    })
}

pub const RULES: Rules = Rules {
    version: Version::V16,
    find: schemas::find,
    takes: |name| Action::parse(name).is_some(),
    loose_times: |name| Action::parse(name).is_some_and(Action::loose_times),
};
