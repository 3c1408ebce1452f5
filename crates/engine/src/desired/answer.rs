//! What comes back: what a pile tells in its answers, and how each of our commands has ended.

use super::{configuration, list, put_off, settle, told};
use crate::Engine;
use crate::device::tariff;
use model::desired::{DesiredKind, DesiredState, Learned};
use model::device::VariableReport;
use model::id::CommandId;
use model::time::Timestamp;
use model::{Result, Text};
use store::commands::{CommandRow, CommandState};
use store::pile_desired::{self, Desired};
use store::{HotPile, Tx};

/// The kinds of our own commands, beside those that a person gives.
pub(crate) const READ: &str = "desired_read";
pub(crate) const CARDS_FIND: &str = "list_cards_find";
pub(super) const TARIFF_GET: &str = "tariff_get";
pub(crate) const SET: &str = "desired_set";
pub(crate) const VERSION_GET: &str = "list_version_get";
pub(crate) const LIST_SET: &str = "list_set";

impl Engine {
    /// What the pile's answer to this command tells of it. The command's end follows.
    pub async fn pile_learned(&self, command: CommandId, learned: Learned) -> Result<()> {
        let now = self.clock.now();
        let row = self.command_get(command).await?;
        self.store
            .write(Some(row.pile), move |tx| {
                tx.with_pile(row.pile, |tx, hot| learned_of(tx, hot, command, &learned, now))
            })
            .await
    }
}

fn learned_of(
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    command: CommandId,
    learned: &Learned,
    now: Timestamp,
) -> Result<()> {
    let pile = hot.pile.id;
    let all = tx.read(|conn| pile_desired::of_pile(conn, pile))?;
    match learned {
        Learned::Variables { told, unknown } => {
            store::pile_variables::save(tx, &hot.pile, told, now)?;
            // Whoever asked: what the pile says of itself counts.
            for mut one in all {
                if one.kind == DesiredKind::Configuration
                    && variable(&mut one, command, told, unknown, hot, now)
                {
                    pile_desired::save(tx, &one)?;
                }
            }
            Ok(())
        }
        Learned::AfterReboot => {
            let Some(mut one) = all.into_iter().find(|one| one.command == Some(command)) else {
                return Ok(());
            };
            one.turn(DesiredState::AwaitsReboot, now);
            pile_desired::save(tx, &one)
        }
        Learned::Cards { here, gone } => list::cards_heard(tx, hot, here, gone, now),
        Learned::Tariff(model_no) => tariff::heard(now, tx, hot, *model_no).map(drop),
        Learned::ListVersion(version) => {
            let Some(mut one) = all.into_iter().find(|one| one.command == Some(command)) else {
                return Ok(());
            };
            list::heard(tx, &mut one, *version, now)?;
            pile_desired::save(tx, &one)
        }
    }
}

/// Whether something is known now of this key.
fn variable(
    one: &mut Desired,
    command: CommandId,
    told: &[VariableReport],
    unknown: &[String],
    hot: &HotPile,
    now: Timestamp,
) -> bool {
    let ours = one.command == Some(command);
    // While it is being told, the end of that command says more.
    if !ours && (one.command.is_some() || one.state == DesiredState::Refused) {
        return false;
    }
    let of = |name: &str| one.item.eq_ignore_ascii_case(name);
    if let Some(report) = told.iter().find(|report| of(&report.name)) {
        configuration::heard(one, report.value.clone(), hot, now);
        return true;
    }
    if ours && unknown.iter().any(|name| of(name)) {
        let why = Text::of(
            "桩没有这个配置项；请在配置模板中删去，或改为桩支持的名称",
            "The pile has no such key. Take it out of the profile, or write the name that the pile has.",
        );
        (one.reported, one.reported_at, one.last_try) = (None, Some(now), Some(now));
        put_off(one, DesiredState::Refused, now, super::told(&why));
        return true;
    }
    false
}

/// One of our commands has ended.
pub(crate) fn answered(now: Timestamp, tx: &mut Tx<'_>, command: &CommandRow) -> Result<()> {
    let all = tx.read(|conn| pile_desired::of_pile(conn, command.pile))?;
    let id = CommandId(command.id);
    for mut one in all.into_iter().filter(|one| one.command == Some(id)) {
        ended(now, tx, command, &mut one)?;
        pile_desired::save(tx, &one)?;
    }
    Ok(())
}

fn ended(now: Timestamp, tx: &mut Tx<'_>, command: &CommandRow, one: &mut Desired) -> Result<()> {
    let taken = command.state == CommandState::Accepted;
    let refused = matches!(command.state, CommandState::Refused | CommandState::Unsupported);
    let why = command.message.clone();
    if command.kind == LIST_SET {
        return list::taken(tx, one, taken, refused, why, now);
    }
    if command.kind == CARDS_FIND {
        return list::cards_asked(tx, one, now);
    }
    one.command = None;
    match (command.kind.as_str(), taken, refused) {
        (SET, true, _) if one.state == DesiredState::AwaitsReboot => {
            let why = Text::of(
                "桩已接受，重启后生效；可在“远程操作”中重启充电桩",
                "The pile has taken it; it holds after the next restart, which you can order among the remote operations.",
            );
            (one.next_try, one.message) = (None, told(&why));
        }
        (SET, true, _) => {
            (one.reported, one.reported_at) = (Some(one.wished.clone()), Some(now));
            settle(one, now);
        }
        (_, _, true) => {
            one.last_try = Some(now);
            put_off(one, DesiredState::Refused, now, why);
        }
        // It has answered, and said nothing of this one.
        (READ | VERSION_GET, true, _) => {
            one.last_try = Some(now);
            let why = Text::of(
                "桩的应答中没有这一项；请核对名称是否与桩支持的一致",
                "The pile's answer says nothing of this; check that the name is one that the pile knows.",
            );
            put_off(one, DesiredState::Refused, now, told(&why));
        }
        // It was not heard: what it has is not known, and it is asked again.
        _ => {
            one.attempts += i64::from(command.kind != SET);
            let state = if command.kind == SET { DesiredState::Different } else { one.state };
            put_off(one, state, now, why);
        }
    }
    Ok(())
}
