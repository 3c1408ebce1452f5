//! 检验到期: what staff keep of inspections, and who is reminded of them.

use super::place::placed;
use crate::Engine;
use crate::alarm::{check_due, check_renewed};
use crate::audit::Actor;
use crate::site::named;
use model::device_check::DeviceCheckKind;
use model::id::StationId;
use model::time::{DAY_MS, Timestamp, Zone};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::device_checks::{self, DeviceCheck};
use utoipa::ToSchema;

const AT_ONCE: i64 = 200;
const WORD_MAX: usize = 60;
const NOTE_MAX: usize = 300;
const REMIND_DAYS: std::ops::RangeInclusive<i64> = 0..=366;
const DAYS: std::ops::RangeInclusive<i64> = 20_000_101..=20_991_231;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceCheckDraft {
    /// It never changes.
    pub kind: DeviceCheckKind,
    /// Of this station, or of one pile.
    pub station_id: Option<i64>,
    pub pile_code: Option<String>,
    pub certificate_no: Option<String>,
    pub agency: Option<String>,
    /// When it was done last, 20261123.
    pub done_day: Option<i64>,
    /// Until when it holds, that day included.
    pub due_day: i64,
    /// People are reminded so many days before, 0 to 366.
    pub remind_days: i64,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceCheckChange {
    /// The version that the page shows.
    pub version: i64,
    pub certificate_no: Option<String>,
    pub agency: Option<String>,
    pub done_day: Option<i64>,
    pub due_day: i64,
    pub remind_days: i64,
    pub note: Option<String>,
}

fn no_check() -> Error {
    Error::not_found(
        "device_check.not_found",
        "没有这项检验，或不在您的数据范围内；请刷新列表",
        "There is no such inspection in your scope; reload the list.",
    )
}

fn text(field: &'static str, text: Option<String>, most: usize) -> Result<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    text.map(|text| named(field, &text, most)).transpose()
}

/// A day that is there, as the moment at which it begins in China.
fn day_checked(field: &'static str, day: i64) -> Result<Timestamp> {
    let start = Some(day).filter(|day| DAYS.contains(day)).and_then(|day| Zone::shanghai().day_start(day));
    start.filter(|start| Zone::shanghai().local(*start).day == day).ok_or_else(|| {
        Error::invalid(
            field,
            "日期不正确，请填写 2000 到 2099 年之间的日期，例如 2026-11-23",
            "That is no day between 2000 and 2099; give one such as 20261123.",
        )
    })
}

fn dated(change: DeviceCheckChange, now: Timestamp, one: DeviceCheck) -> Result<DeviceCheck> {
    let due = day_checked("due_day", change.due_day)?;
    if let Some(done) = change.done_day {
        let done = day_checked("done_day", done)?;
        if done > due {
            return Err(Error::invalid(
                "due_day",
                "到期日不能早于检验日",
                "It cannot be due before it was done.",
            ));
        }
        if done > now {
            return Err(Error::invalid(
                "done_day",
                "检验日不能在今天之后",
                "It cannot have been done after today.",
            ));
        }
    }
    if !REMIND_DAYS.contains(&change.remind_days) {
        return Err(Error::invalid(
            "remind_days",
            "提前提醒天数应在 0 到 366 之间",
            "remind_days is between 0 and 366.",
        ));
    }
    let remind_day = Zone::shanghai().local(due.plus_ms(-change.remind_days * DAY_MS)).day;
    Ok(DeviceCheck {
        certificate_no: text("certificate_no", change.certificate_no, WORD_MAX)?,
        agency: text("agency", change.agency, WORD_MAX)?,
        done_day: change.done_day,
        due_day: change.due_day,
        remind_days: change.remind_days,
        remind_day,
        note: text("note", change.note, NOTE_MAX)?,
        ..one
    })
}

fn blank(kind: DeviceCheckKind, actor: &Actor, now: Timestamp) -> DeviceCheck {
    DeviceCheck {
        id: 0,
        kind,
        operator: model::id::OperatorId(0),
        station: StationId(0),
        pile: None,
        certificate_no: None,
        agency: None,
        done_day: None,
        due_day: 0,
        remind_days: 0,
        remind_day: 0,
        note: None,
        version: 1,
        changed_at_ms: now.as_ms(),
        changed_by: actor.caller.name.clone(),
    }
}

impl Engine {
    pub async fn device_check_create(&self, actor: &Actor, draft: DeviceCheckDraft) -> Result<i64> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let change = DeviceCheckChange {
                    version: 0,
                    certificate_no: draft.certificate_no.clone(),
                    agency: draft.agency.clone(),
                    done_day: draft.done_day,
                    due_day: draft.due_day,
                    remind_days: draft.remind_days,
                    note: draft.note.clone(),
                };
                let one = dated(change, now, blank(draft.kind, &actor, now))?;
                let place = (draft.station_id, draft.pile_code.as_deref());
                let (operator, station, pile) = placed(tx, &actor, place)?;
                let one = DeviceCheck { operator, station, pile, ..one };
                let id = device_checks::save(tx, &one)?.ok_or_else(Error::internal)?;
                let detail = json!({"after": one});
                actor.record(tx, now, "device_check_create", "device_check", id, &detail)?;
                Ok(id)
            })
            .await
    }

    /// Done again, or put right. What was before stays in the audit log.
    pub async fn device_check_update(&self, actor: &Actor, id: i64, change: DeviceCheckChange) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| device_checks::find(conn, &actor.caller.scope, id))?;
                let before = before.ok_or_else(no_check)?;
                let stale = || {
                    Error::conflict(
                        "device_check.version_differs",
                        "该检验刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this inspection. Look at it as it is now, then try again.",
                    )
                };
                if before.version != change.version {
                    return Err(stale());
                }
                let after = dated(change.clone(), now, before.clone())?;
                let after = DeviceCheck {
                    version: before.version + 1,
                    changed_at_ms: now.as_ms(),
                    changed_by: actor.caller.name.clone(),
                    ..after
                };
                device_checks::save(tx, &after)?.ok_or_else(stale)?;
                if after.remind_day > Zone::shanghai().local(now).day {
                    check_renewed(tx, id, now)?;
                }
                let detail = json!({"before": before, "after": after});
                actor.record(tx, now, "device_check_update", "device_check", id, &detail)
            })
            .await
    }

    pub async fn device_check_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| device_checks::find(conn, &actor.caller.scope, id))?;
                let before = before.ok_or_else(no_check)?;
                device_checks::delete(tx, id)?;
                check_renewed(tx, id, now)?;
                let detail = json!({"before": before});
                actor.record(tx, now, "device_check_delete", "device_check", id, &detail)
            })
            .await
    }

    /// How many alarms were raised.
    pub(super) async fn device_checks_remind(&self, now: Timestamp) -> Result<usize> {
        let today = Zone::shanghai().local(now).day;
        let due = self.store.device_read(move |conn| device_checks::due(conn, today, AT_ONCE)).await?;
        if due.is_empty() {
            return Ok(0);
        }
        self.store
            .write(None, move |tx| {
                let mut raised = 0;
                for one in &due {
                    raised += usize::from(check_due(tx, one, now)?);
                }
                Ok(raised)
            })
            .await
    }
}
