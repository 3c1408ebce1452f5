//! 节假日安排: entering a year as it was announced, and taking that back.

use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use model::error::Text;
use model::holiday::{self, Holiday, HolidayYear};
use model::tariff_calendar::days_from;
use model::time::Local;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::holidays::{self, HolidayYearView, holiday_list};
use utoipa::ToSchema;

const SOURCE_MAX: usize = 60;
const NAME_MAX: usize = 30;
const HOLIDAYS_MAX: usize = 20;
const DAYS_MAX: usize = 20;
const WORKDAYS_MAX: usize = 30;
const YEARS: std::ops::RangeInclusive<i64> = 2000..=2100;

/// One holiday, from its first day off to its last.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidaySpan {
    pub name_zh: String,
    pub name_en: String,
    /// As 20260217.
    pub from: i64,
    pub to: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayYearDraft {
    /// The version that the page shows; 0 for a year that is as delivered, or new.
    pub version: i64,
    /// The notice that says so.
    pub source: String,
    pub holidays: Vec<HolidaySpan>,
    /// 调休上班日, as 20260214.
    pub workdays: Vec<i64>,
}

fn wrong(field: &'static str, zh: String, en: String) -> Error {
    Error::invalid(field, zh, en)
}

/// A day of this year; New Year may begin in the one before.
fn is_day_of(day: i64, year: i64) -> bool {
    days_from(day).next() == Some(day) && (day / 10_000 == year || day / 100 == (year - 1) * 100 + 12)
}

fn span_checked(one: &HolidaySpan, year: i64) -> Result<Holiday> {
    let name = named("holidays", &one.name_zh, NAME_MAX)?;
    let english = named("holidays", &one.name_en, NAME_MAX)?;
    if !is_day_of(one.from, year) || !is_day_of(one.to, year) || one.from > one.to {
        return Err(wrong(
            "holidays",
            format!("「{name}」的起止日期应为 {year} 年（元旦可从上年 12 月起）的有效日期，且开始不晚于结束"),
            format!(
                "{english}: both are days of {year} (New Year may begin in December), the first not after the last."
            ),
        ));
    }
    let days: Vec<i64> = days_from(one.from).take_while(|day| *day <= one.to).take(DAYS_MAX + 1).collect();
    if days.len() > DAYS_MAX {
        return Err(wrong(
            "holidays",
            format!("「{name}」超过 {DAYS_MAX} 天，请核对起止日期"),
            format!("{english} has more than {DAYS_MAX} days; look at its ends."),
        ));
    }
    Ok(Holiday { name: Text::new(name, english), days })
}

fn checked(year: i64, draft: &HolidayYearDraft) -> Result<HolidayYear> {
    if !YEARS.contains(&year) {
        return Err(wrong(
            "year",
            "年份应在 2000 到 2100 之间".to_owned(),
            "The year is between 2000 and 2100.".to_owned(),
        ));
    }
    let source = named("source", &draft.source, SOURCE_MAX)?;
    if !(1..=HOLIDAYS_MAX).contains(&draft.holidays.len()) {
        return Err(wrong(
            "holidays",
            format!("一年应有 1 到 {HOLIDAYS_MAX} 个节假日"),
            format!("A year has 1 to {HOLIDAYS_MAX} holidays."),
        ));
    }
    let holidays: Result<Vec<Holiday>> = draft.holidays.iter().map(|one| span_checked(one, year)).collect();
    let mut holidays = holidays?;
    holidays.sort_by_key(|one| one.days.first().copied());
    let mut off: Vec<i64> = holidays.iter().flat_map(|one| one.days.iter().copied()).collect();
    let all = off.len();
    off.sort_unstable();
    off.dedup();
    if off.len() != all {
        return Err(wrong(
            "holidays",
            "同一天不能属于两个节假日，请核对起止日期".to_owned(),
            "A day belongs to one holiday only; look at their ends.".to_owned(),
        ));
    }
    let mut workdays = draft.workdays.clone();
    workdays.sort_unstable();
    workdays.dedup();
    let is_weekend =
        |day: i64| Local { day, hour: 0, minute: 0, second: 0 }.weekday() >= 6 && is_day_of(day, year);
    if workdays.len() > WORKDAYS_MAX || workdays.iter().any(|day| !is_weekend(*day) || off.contains(day)) {
        return Err(wrong(
            "workdays",
            format!("调休上班日应为 {year} 年的周六或周日、不在假期内，最多 {WORKDAYS_MAX} 天"),
            format!(
                "Days that are worked are weekends of {year} outside of the holidays, {WORKDAYS_MAX} at most."
            ),
        ));
    }
    Ok(HolidayYear { year, source, holidays, workdays })
}

fn stale() -> Error {
    Error::conflict(
        "holiday.version_differs",
        "该年的安排刚被他人修改，已读取最新内容，请核对后再保存",
        "Somebody has just changed this year. Look at it as it is now, then try again.",
    )
}

impl Engine {
    /// Forecasts use it from the next night on; tariffs keep the plain dates that were chosen.
    pub async fn holiday_set(
        &self,
        actor: &Actor,
        year: i64,
        draft: HolidayYearDraft,
    ) -> Result<HolidayYearView> {
        actor.must_be_platform()?;
        let after = checked(year, &draft)?;
        let (actor, now, version) = (actor.clone(), self.clock.now(), draft.version);
        self.store
            .write(None, move |tx| {
                let before = tx.read(holiday_list)?.into_iter().find(|one| one.year.year == year);
                if before.as_ref().map_or(0, |one| one.version) != version {
                    return Err(stale());
                }
                let one = HolidayYearView {
                    year: after.clone(),
                    version: version.saturating_add(1),
                    changed_at_ms: Some(now.as_ms()),
                    changed_by: Some(actor.caller.name.clone()),
                };
                let was = before.map(|one| one.year);
                if was.as_ref() == Some(&after) {
                    return Ok(HolidayYearView { version, ..one });
                }
                holidays::save(tx, &one, was.as_ref())?;
                let detail = json!({"before": was, "after": after});
                actor.record(tx, now, "holiday_set", "holiday", year, &detail)?;
                Ok(one)
            })
            .await
    }

    /// What was entered of a year is taken away; of one that is as delivered there is nothing to take.
    pub async fn holiday_delete(&self, actor: &Actor, year: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(holiday_list)?;
                let found = all.into_iter().find(|one| one.year.year == year && one.version > 0);
                let Some(before) = found else { return Ok(()) };
                let gone = HolidayYearView {
                    changed_at_ms: Some(now.as_ms()),
                    changed_by: Some(actor.caller.name.clone()),
                    ..before.clone()
                };
                holidays::delete(tx, &gone)?;
                let after = holiday::years().iter().find(|one| one.year == year);
                let detail = json!({"before": before.year, "after": after});
                actor.record(tx, now, "holiday_delete", "holiday", year, &detail)
            })
            .await
    }
}
