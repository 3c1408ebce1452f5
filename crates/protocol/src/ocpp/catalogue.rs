//! The operations that may be sent to a pile, in people's words: each version has its table of them.

use super::json::Node;
use super::operation::{Direction, Operation as Schemas, Schema};
use super::schema::{Violation, check};
use crate::operation::{CallFault, Operation};
use model::Text;

pub struct Row {
    pub name: &'static str,
    pub label: (&'static str, &'static str),
    pub about: (&'static str, &'static str),
}

pub struct Profile {
    pub key: &'static str,
    pub label: (&'static str, &'static str),
    pub rows: &'static [Row],
}

macro_rules! profiles {
    ($($key:literal $zh:literal / $en:literal { $($name:literal $l_zh:literal / $l_en:literal: $a_zh:literal / $a_en:literal;)* })*) => {
        &[$($crate::ocpp::catalogue::Profile {
            key: $key,
            label: ($zh, $en),
            rows: &[$($crate::ocpp::catalogue::Row { name: $name, label: ($l_zh, $l_en), about: ($a_zh, $a_en) }),*],
        }),*]
    };
}
pub(crate) use profiles;

/// Those of the table that this version has.
pub fn operations(
    profiles: &'static [Profile],
    find: impl Fn(&str) -> Option<&'static Schemas>,
) -> Vec<Operation> {
    let text = |(zh, en): (&'static str, &'static str)| Text::of(zh, en);
    let mut operations = Vec::new();
    for profile in profiles {
        operations.extend(profile.rows.iter().filter_map(|row| {
            Some(Operation {
                name: row.name,
                profile: profile.key,
                profile_label: text(profile.label),
                label: text(row.label),
                about: text(row.about),
                request: find(row.name)?.request.text,
            })
        }));
    }
    operations
}

/// The same check as before sending, for whoever wants to know earlier. `None`: nothing that may be sent.
pub fn call_check(operation: Option<&'static Schemas>, payload: &str) -> Option<Result<(), CallFault>> {
    let operation = operation.filter(|operation| operation.direction != Direction::FromPile)?;
    Some(fits(&operation.request, payload))
}

/// Whether it may be given to a pile as the answer to its call.
pub fn answer_check(operation: Option<&'static Schemas>, payload: &str) -> Option<Result<(), CallFault>> {
    let operation = operation.filter(|operation| operation.direction != Direction::ToPile)?;
    Some(fits(&operation.response, payload))
}

fn fits(schema: &Schema, payload: &str) -> Result<(), CallFault> {
    let broken = match Node::parse(payload) {
        Ok(payload) => check(schema.tree(), &payload, false).err(),
        Err(error) => Some(Violation::unreadable(&error)),
    };
    match broken {
        None => Ok(()),
        Some(violation) => {
            let text = violation.text();
            Err(CallFault { field: violation.field, text })
        }
    }
}
