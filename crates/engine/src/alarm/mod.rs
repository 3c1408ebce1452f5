//! 告警中心: what is wrong becomes one alarm, however often it is said, and what people do with it.
//!
//! Raised in the transaction of the event that shows it. Nothing is asked as long as nothing is wrong: a
//! connector's fault is compared with the last one in the hot state, and only a difference comes here.

mod due;
mod notice;
mod raise;
mod rule;
mod watch;

pub(crate) use due::{check_due, check_renewed};
pub(crate) use notice::quiet_checked;
pub use notice::{AlarmNoticeChange, AlarmNoticeDraft};
pub(crate) use raise::{
    battery_told, fault_changed, ground_lock_told, order_ended, safety_told, stray_told, variable_told,
};
pub use rule::{AlarmRuleChange, AlarmRuleDraft};

use crate::Engine;
use crate::audit::Actor;
use crate::feedback::plain;
use model::alarm::{AlarmAction, AlarmState};
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use std::sync::OnceLock;
use store::alarms::{self, Alarm};
use store::{Change, Tx};
use utoipa::ToSchema;

const TEXT_MAX: usize = 500;
/// Longer than that is no silence, but a rule.
const SILENCE_DAYS_MAX: i64 = 90;
/// How often it is tried again when somebody else was faster.
const TRIES: usize = 4;

/// What is remembered beside the database.
#[derive(Default)]
pub(crate) struct Alarms {
    /// When the platform's own rules began to look: what was before, nobody could be here for.
    watching_since: OnceLock<Timestamp>,
}

/// One step. Which fields it needs follows from the action.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmChange {
    /// The version that the page shows: what was changed meanwhile is not overwritten.
    pub version: i64,
    /// `acknowledge`, `note`, `silence`, `unsilence` or `close`.
    pub action: AlarmAction,
    /// `note`, `silence`, `close`: what there is to say.
    pub text: Option<String>,
    /// `silence`: until when.
    pub until_ms: Option<i64>,
}

pub fn no_alarm() -> Error {
    Error::not_found(
        "alarm.not_found",
        "没有这条告警，或不在您的数据范围内；请刷新列表",
        "There is no such alarm in your scope; reload the list.",
    )
}

fn stale() -> Error {
    Error::conflict(
        "alarm.version_differs",
        "该告警刚有变化或被他人处理过，已读取最新内容，请核对后再操作；您填写的内容仍在",
        "This alarm has changed meanwhile. Look at it as it is now, then try again.",
    )
}

impl Engine {
    pub async fn alarm_update(&self, actor: &Actor, id: i64, change: AlarmChange) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| step(tx, &actor, id, &change, now)).await
    }
}

fn step(tx: &mut Tx<'_>, actor: &Actor, id: i64, change: &AlarmChange, now: Timestamp) -> Result<()> {
    let mut one = tx.read(|conn| alarms::find(conn, &actor.caller.scope, id))?.ok_or_else(no_alarm)?;
    if one.version != change.version {
        return Err(stale());
    }
    if one.parent.is_some() && !matches!(change.action, AlarmAction::Note) {
        return Err(Error::refused(
            "alarm.member",
            "该告警已并入同站的合并告警，请在合并告警中处理",
            "This alarm is one of a storm at its station; work on that one.",
        ));
    }
    let before = one.state;
    let after = before.after(change.action, one.source)?;
    let text = carried_out(actor, &mut one, change, now)?;
    one.state = after;
    if after == AlarmState::Closed {
        close(tx, &mut one, now)?;
    }
    if !alarms::save(tx, &one)? {
        return Err(stale());
    }
    let name = Some(actor.caller.name.as_str());
    alarms::event_append(tx, id, change.action, name, &text, now)?;
    let detail = json!({"action": change.action, "text": text, "before": {"state": before},
        "after": {"state": after, "silenced_until_ms": one.silenced_until.map(Timestamp::as_ms)}});
    actor.record(tx, now, "alarm_update", "alarm", id, &detail)?;
    tx.changed(Change::Noun("alarm"));
    Ok(())
}

/// Does the action to `one`; the text of its line in the story.
fn carried_out(actor: &Actor, one: &mut Alarm, change: &AlarmChange, now: Timestamp) -> Result<String> {
    let given = change.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let text = given.map(|text| plain("text", text, TEXT_MAX)).transpose()?;
    let needed = |text: Option<String>| {
        text.ok_or_else(|| Error::invalid("text", "请填写原因或说明", "Say why, or what there is to know."))
    };
    match change.action {
        AlarmAction::Acknowledge => {
            one.acknowledged_at = Some(now);
            one.acknowledged_by = Some(actor.caller.name.clone());
            Ok(text.unwrap_or_default())
        }
        AlarmAction::Silence => {
            let until = change.until_ms.map(Timestamp::from_ms);
            let longest = now.plus_ms(SILENCE_DAYS_MAX * DAY_MS);
            let until = until.filter(|until| *until > now && *until <= longest).ok_or_else(|| {
                Error::invalid(
                    "until_ms",
                    format!("屏蔽截止时间应在现在之后、{SILENCE_DAYS_MAX} 天之内"),
                    format!("Silence ends after now and within {SILENCE_DAYS_MAX} days."),
                )
            })?;
            one.silenced_until = Some(until);
            needed(text)
        }
        AlarmAction::Unsilence => {
            one.silenced_until = None;
            Ok(text.unwrap_or_default())
        }
        AlarmAction::Note | AlarmAction::Close => needed(text),
        _ => Ok(text.unwrap_or_default()),
    }
}

/// Makes room for the next one of the same fact; those of a storm close with it.
fn close(tx: &mut Tx<'_>, one: &mut Alarm, now: Timestamp) -> Result<()> {
    one.state = AlarmState::Closed;
    (one.live_key, one.closed_at) = (None, Some(now));
    if one.storm {
        let storm = one.id;
        for mut member in tx.read(|conn| alarms::members(conn, storm))? {
            if member.live_key.take().is_some() {
                (member.state, member.closed_at) = (AlarmState::Closed, Some(now));
                if !alarms::save(tx, &member)? {
                    return Err(stale());
                }
            }
        }
    }
    Ok(())
}
