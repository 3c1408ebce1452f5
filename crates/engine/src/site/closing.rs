//! 暂停营业 of one station: nothing new begins there for a time, and drivers are told why.

use super::named;
use super::station::{changed, seen};
use crate::Engine;
use crate::audit::Actor;
use model::id::StationId;
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::stations::{self, StationClosing};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationStatusChange {
    pub version: i64,
    pub closed: bool,
    /// From when on; now when not given. At most a year ahead.
    pub from_ms: Option<i64>,
    /// When it opens by itself; somebody opens it when not given.
    pub until_ms: Option<i64>,
    /// What drivers are told, 1 to 100 characters.
    pub notice: Option<String>,
}

const AHEAD_DAYS: i64 = 366;

impl StationStatusChange {
    fn checked(&self, before: Option<&StationClosing>, now: Timestamp) -> Result<Option<StationClosing>> {
        if !self.closed {
            return Ok(None);
        }
        let close_notice = named("notice", self.notice.as_deref().unwrap_or_default(), 100)?;
        // What has begun stays begun; nothing else begins in the past, where starts were let in.
        let begun = before.map(|closing| closing.closed_from_ms).filter(|from| self.from_ms == Some(*from));
        let from = self.from_ms.map_or(now, Timestamp::from_ms);
        let from = if begun.is_some() { from } else { from.max(now) };
        let last = now.plus_ms(AHEAD_DAYS * DAY_MS);
        if from > last {
            return Err(Error::invalid(
                "from_ms",
                "开始时间最多提前一年，请选择更近的时间",
                "It begins within a year; choose an earlier moment.",
            ));
        }
        let until = self.until_ms.map(Timestamp::from_ms);
        if until.is_some_and(|until| until <= from.max(now) || until > last.plus_ms(AHEAD_DAYS * DAY_MS)) {
            return Err(Error::invalid(
                "until_ms",
                "恢复时间应晚于开始时间和现在，且在两年之内；不确定时请留空，之后手动恢复",
                "It opens after it has closed, later than now and within two years. Leave it empty when nobody knows, and open it by hand.",
            ));
        }
        let (closed_from_ms, closed_until_ms) = (from.as_ms(), until.map(Timestamp::as_ms));
        Ok(Some(StationClosing { closed_from_ms, closed_until_ms, close_notice }))
    }
}

impl Engine {
    /// Closes a station for a time: what runs there goes on, nothing new begins; or opens it.
    pub async fn station_status_set(
        &self,
        actor: &Actor,
        id: StationId,
        change: StationStatusChange,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                seen(tx, &actor, id)?;
                let before = tx.read(|conn| stations::closing(conn, id))?;
                let closing = change.checked(before.as_ref(), now)?;
                if !stations::closing_set(tx, id, closing.as_ref(), change.version)? {
                    return Err(changed());
                }
                let detail = json!({"before": before, "after": closing});
                actor.record(tx, now, "station_status_set", "station", id, &detail)
            })
            .await?;
        self.stations_changed(vec![id]).await
    }
}
