//! Configuration keys: asked some at a time, told one by one.

use super::{READ, SET, Step, put_off, settle};
use model::Result;
use model::configuration::{Edition, same_value};
use model::desired::{DesiredKind, DesiredState};
use model::device::DeviceCommand;
use model::time::Timestamp;
use serde_json::json;
use store::pile_desired::{self, Desired};
use store::{HotPile, Tx, configuration_profiles};

/// Keys asked for in one message: piles take a few at once, and say how many only in other words.
const READ_MAX: usize = 10;

pub(super) fn refresh(tx: &mut Tx<'_>, hot: &HotPile, now: Timestamp, known: &[Desired]) -> Result<()> {
    let wished = match Edition::of(hot.pile.protocol) {
        Some(edition) => tx.read(|conn| configuration_profiles::wished(conn, &hot.pile, edition))?,
        None => Vec::new(),
    };
    let known: Vec<&Desired> = known.iter().filter(|one| one.kind == DesiredKind::Configuration).collect();
    for (entry, profile) in &wished {
        let before = known.iter().find(|one| one.item.eq_ignore_ascii_case(&entry.key));
        let mut one = match before {
            Some(before) if before.wished == entry.value => Desired::clone(before),
            // Another wish is another attempt; what the pile said of the key is still what it said.
            Some(before) => Desired {
                wished: entry.value.clone(),
                attempts: 0,
                message: None,
                state: DesiredState::Unknown,
                since: now,
                command: None,
                ..Desired::clone(before)
            },
            None => {
                let kind = DesiredKind::Configuration;
                Desired::new(hot.pile.id, kind, entry.key.clone(), entry.value.clone(), now)
            }
        };
        one.profile = Some(*profile);
        if one.command.is_none() {
            (one.reported_at, one.next_try) = (None, Some(now));
        }
        pile_desired::save(tx, &one)?;
    }
    let gone = |one: &&&Desired| !wished.iter().any(|(entry, _)| entry.key.eq_ignore_ascii_case(&one.item));
    known.iter().filter(gone).try_for_each(|one| pile_desired::delete(tx, one))
}

pub(super) fn step(step: &mut Step<'_, '_>, all: &mut [Desired]) -> Result<()> {
    let now = step.now;
    let due = |one: &&mut Desired| one.kind == DesiredKind::Configuration && one.is_due(now);
    let mut asked: Vec<&mut Desired> =
        all.iter_mut().filter(due).filter(|one| one.reported_at.is_none()).collect();
    for some in asked.chunks_mut(READ_MAX) {
        if !step.room() {
            return Ok(());
        }
        let keys: Vec<String> = some.iter().map(|one| one.item.clone()).collect();
        let body = json!({ "kind": READ, "keys": keys });
        let id = step.order(READ, body, DeviceCommand::ConfigurationGet { keys })?;
        for one in some {
            one.command = Some(id);
            pile_desired::save(step.tx, one)?;
        }
    }
    for one in all.iter_mut().filter(due).filter(|one| one.reported_at.is_some()) {
        if !step.room() {
            return Ok(());
        }
        let (key, value) = (one.item.clone(), one.wished.clone());
        let body = json!({ "kind": SET, "key": key, "value": value });
        one.command = Some(step.order(SET, body, DeviceCommand::ConfigurationSet { key, value })?);
        one.turn(DesiredState::Sent, now);
        (one.last_try, one.attempts) = (Some(now), one.attempts + 1);
        pile_desired::save(step.tx, one)?;
    }
    Ok(())
}

/// The pile has said what it has.
pub(super) fn heard(one: &mut Desired, value: Option<String>, hot: &HotPile, now: Timestamp) {
    let same = value.as_deref().is_some_and(|has| same_value(&one.wished, has));
    (one.reported, one.reported_at, one.command) = (value, Some(now), None);
    if same {
        return settle(one, now);
    }
    match (one.state, one.last_try) {
        // Said no: asked again a day after it did, whoever looks meanwhile.
        (DesiredState::Refused, Some(tried)) => {
            one.next_try = Some(model::desired::desired_retry(tried, DesiredState::Refused, one.attempts));
        }
        // It has not restarted since it took it.
        (DesiredState::AwaitsReboot, Some(tried)) if hot.pile.connected_at.is_none_or(|at| at <= tried) => {
            one.next_try = None;
        }
        (DesiredState::AwaitsReboot, _) => put_off(one, DesiredState::Different, now, None),
        _ => {
            one.turn(DesiredState::Different, now);
            (one.next_try, one.message) = (Some(now), None);
        }
    }
}
