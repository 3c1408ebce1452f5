//! 开通城市: opening, pausing and resuming them.

use super::named;
use super::operator::phone;
use crate::Engine;
use crate::audit::Actor;
use model::division;
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use store::cities::{self, CityNames, Pause};
use utoipa::ToSchema;

/// How far ahead a pause can be announced.
const AHEAD_MAX_MS: i64 = 366 * DAY_MS;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CityDraft {
    /// 行政区划代码 (GB/T 2260) of one or several cities.
    pub codes: Vec<String>,
}

/// What came of opening them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CitiesOpened {
    pub opened: i64,
    /// Those that were open already and were left as they are.
    pub existing: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CityChange {
    /// As it was read; somebody else's change in between is a conflict.
    pub version: i64,
    pub hotline: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CityStatusChange {
    pub version: i64,
    /// Paused, or open again.
    pub paused: bool,
    /// Why: whoever is refused a start reads it.
    pub reason: Option<String>,
    /// From when on; at once when not given.
    pub from_ms: Option<i64>,
}

fn not_found() -> Error {
    Error::not_found(
        "city.not_found",
        "这个城市还没有开通，请先在“未开通”中开通它",
        "This city has not been opened; open it first.",
    )
}

fn changed() -> Error {
    Error::conflict(
        "city.changed",
        "这个城市刚刚被别人修改过，请刷新后在最新内容上重新操作",
        "Somebody else has just changed this city. Load it again and repeat your change.",
    )
}

fn found(tx: &mut Tx<'_>, code: &str) -> Result<CityNames> {
    tx.read(|conn| cities::find(conn, code))?.ok_or_else(not_found)
}

/// When it begins, and why; `None`: it ends.
fn pause(change: &CityStatusChange, now: Timestamp) -> Result<Option<(Timestamp, String)>> {
    if !change.paused {
        return Ok(None);
    }
    let reason = named("reason", change.reason.as_deref().unwrap_or_default(), 100)?;
    let from = change.from_ms.map_or(now, Timestamp::from_ms);
    if from.since(now) > AHEAD_MAX_MS {
        return Err(Error::invalid(
            "from_ms",
            "暂停时间最多可设在一年之内",
            "A pause begins within a year from now.",
        ));
    }
    // One that began before now would tell of starts that were in fact allowed.
    Ok(Some((from.max(now), reason)))
}

impl Engine {
    pub async fn city_create(&self, actor: &Actor, draft: CityDraft) -> Result<CitiesOpened> {
        actor.must_be_platform()?;
        if draft.codes.is_empty() || draft.codes.len() > division::all().len() {
            return Err(Error::invalid("codes", "请至少选择一个城市", "Choose at least one city."));
        }
        let cities = draft.codes.iter().map(|code| {
            let found = division::find(code.trim()).ok_or_else(|| {
                Error::invalid(
                    "codes",
                    format!("没有代码为 {code} 的地级市；请从列表中选择（GB/T 2260 六位代码）"),
                    format!("No city has the code {code}; choose from the list (six digits, GB/T 2260)."),
                )
            })?;
            let (code, province, name) = (found.code, found.province, found.city);
            Ok(CityNames { code: code.to_owned(), province: province.to_owned(), name: name.to_owned() })
        });
        let cities: Vec<CityNames> = cities.collect::<Result<_>>()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let mut done = CitiesOpened { opened: 0, existing: 0 };
                for city in &cities {
                    if tx.read(|conn| cities::find(conn, &city.code))?.is_some() {
                        done.existing += 1;
                        continue;
                    }
                    cities::save(tx, city, now)?;
                    done.opened += 1;
                    let after = json!({"after": {"province": city.province, "name": city.name}});
                    actor.record(tx, now, "city_create", "city", &city.code, &after)?;
                }
                Ok(done)
            })
            .await
    }

    pub async fn city_update(&self, actor: &Actor, code: &str, change: CityChange) -> Result<()> {
        actor.must_be_platform()?;
        let hotline = phone("hotline", change.hotline.as_deref())?;
        let (code, actor, now) = (code.to_owned(), actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                found(tx, &code)?;
                if !cities::hotline_set(tx, &code, hotline.as_deref(), change.version)? {
                    return Err(changed());
                }
                let detail = json!({"after": {"hotline": hotline}});
                actor.record(tx, now, "city_update", "city", &code, &detail)
            })
            .await
    }

    /// Pauses a city from a moment on: what runs goes on, nothing new begins; or resumes it.
    pub async fn city_status_set(&self, actor: &Actor, code: &str, change: CityStatusChange) -> Result<()> {
        actor.must_be_platform()?;
        let (code, actor, now) = (code.to_owned(), actor.clone(), self.clock.now());
        let pause = pause(&change, now)?;
        self.store
            .write(None, move |tx| {
                found(tx, &code)?;
                let wanted = pause.as_ref().map(|(from, reason)| Pause { from: *from, reason });
                if !cities::pause_set(tx, &code, wanted.as_ref(), change.version)? {
                    return Err(changed());
                }
                let (from, reason) =
                    (wanted.as_ref().map(|p| p.from.as_ms()), wanted.as_ref().map(|p| p.reason));
                let detail = json!({"after": {"paused_from_ms": from, "reason": reason}});
                actor.record(tx, now, "city_status_set", "city", &code, &detail)
            })
            .await?;
        self.places_changed().await
    }
}
