//! 备份 and 恢复演练: their record. What makes a backup and what restores it is the server.

use crate::Engine;
use crate::audit::Actor;
use model::time::DAY_MS;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::backups::{self, BackupRow, Drill, DrillKind};
use utoipa::ToSchema;

const YEAR_MS: i64 = 366 * DAY_MS;

/// A drill that was done by hand or by a script, to be kept with the others.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrillDraft {
    pub kind: DrillKind,
    pub passed: bool,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    pub restored_to_ms: Option<i64>,
    /// From the restored state to the loss.
    pub rpo_ms: Option<i64>,
    pub rpo_event_count: Option<i64>,
    /// From the loss until it worked again.
    pub rto_ms: Option<i64>,
    pub order_count: Option<i64>,
    pub audit_count: Option<i64>,
    pub audit_head: Option<String>,
    pub note: String,
}

impl DrillDraft {
    fn check(&self, now_ms: i64) -> Result<String> {
        if self.ended_at_ms > now_ms + 60_000 || self.ended_at_ms < now_ms - YEAR_MS {
            return Err(Error::invalid(
                "ended_at_ms",
                "结束时间应在过去一年之内，且不晚于现在",
                "The end lies within the last year and not in the future.",
            ));
        }
        if self.started_at_ms > self.ended_at_ms || self.started_at_ms < self.ended_at_ms - 7 * DAY_MS {
            return Err(Error::invalid(
                "started_at_ms",
                "开始时间应早于结束时间，且演练不超过 7 天",
                "The beginning lies before the end, and a drill takes no more than 7 days.",
            ));
        }
        let numbers = [
            ("rpo_ms", self.rpo_ms),
            ("rpo_event_count", self.rpo_event_count),
            ("rto_ms", self.rto_ms),
            ("order_count", self.order_count),
            ("audit_count", self.audit_count),
        ];
        for (field, number) in numbers {
            if number.is_some_and(|number| !(0..=1_000_000_000_000).contains(&number)) {
                return Err(Error::invalid(
                    field,
                    "应为不小于 0 的整数，或留空",
                    "This is a number of 0 or more, or nothing.",
                ));
            }
        }
        let head = self.audit_head.as_deref().unwrap_or_default();
        if head.len() > 128 || !head.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::invalid(
                "audit_head",
                "审计末行校验值为十六进制，最多 128 位，或留空",
                "The head of the audit log is hexadecimal, of at most 128 digits, or nothing.",
            ));
        }
        crate::site::named("note", &self.note, 500)
    }
}

impl Engine {
    /// Keeps what a full backup came to.
    pub async fn backup_note(&self, row: BackupRow) -> Result<i64> {
        self.store.write(None, move |tx| backups::insert(tx, &row)).await
    }

    /// Keeps that a backup was restored and looked at.
    pub async fn backup_checked(&self, name: &str, at_ms: i64, passed: bool) -> Result<()> {
        let name = name.to_owned();
        self.store.write(None, move |tx| backups::checked(tx, &name, at_ms, passed)).await
    }

    /// Files that are no longer at the place.
    pub async fn backups_gone(&self, names: Vec<String>) -> Result<()> {
        let fulls: Vec<String> = names.into_iter().filter(|name| name.starts_with("fulls/")).collect();
        self.store.write(None, move |tx| fulls.iter().try_for_each(|name| backups::gone(tx, name))).await
    }

    /// Keeps a drill that the server itself has done.
    pub async fn drill_note(&self, drill: Drill) -> Result<i64> {
        self.store.write(None, move |tx| backups::drill_insert(tx, &drill)).await
    }

    pub async fn drill_create(&self, actor: &Actor, draft: DrillDraft) -> Result<i64> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let note = draft.check(now.as_ms())?;
        let drill = Drill {
            id: 0,
            kind: draft.kind,
            passed: draft.passed,
            started_at_ms: draft.started_at_ms,
            ended_at_ms: draft.ended_at_ms,
            restored_to_ms: draft.restored_to_ms,
            rpo_ms: draft.rpo_ms,
            rpo_event_count: draft.rpo_event_count,
            rto_ms: draft.rto_ms,
            order_count: draft.order_count,
            audit_count: draft.audit_count,
            audit_head: draft.audit_head.filter(|head| !head.is_empty()),
            staff_name: actor.caller.name.clone(),
            note,
            message: None,
        };
        self.store
            .write(None, move |tx| {
                let id = backups::drill_insert(tx, &drill)?;
                let detail = json!({"after": drill});
                actor.record(tx, now, "drill_create", "drill", id, &detail)?;
                Ok(id)
            })
            .await
    }
}
