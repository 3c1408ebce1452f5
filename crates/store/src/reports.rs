//! 综合报表: the figures that somebody has chosen, by what they want to tell apart, beside those of another time.

use crate::db::{Conn, DbResult};
use crate::report_read::PEOPLE_DAYS_MAX;
use crate::report_read::{Gathered, Key, ReportFilter, gathered, time_from};
use crate::report_sums::{SuccessRule, stale_count};
use model::Text;
use model::access::Scope;
use model::report::{Family, Grain, Kpi, KpiUnit, Parts, ReportCompare, ReportGroup, ReportRange, buckets};
use model::time::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Most rows of one report: nobody reads more, and a page would not show them.
pub const ROWS_MAX: usize = 5_000;

#[derive(Clone, Debug)]
pub struct ReportWanted {
    pub kpis: Vec<&'static Kpi>,
    pub filter: ReportFilter,
    pub range: ReportRange,
    pub compare: Option<ReportCompare>,
    pub rule: SuccessRule,
    pub now: Timestamp,
}

/// A figure of a report, as its column.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportKpi {
    pub code: String,
    pub name: Text,
    pub unit: KpiUnit,
    pub unit_name: Text,
    /// Digits behind the point of its integers.
    pub places: u8,
    pub definition: Text,
    /// Why it cannot be told here; null: it can.
    pub absent: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportKey {
    /// For filters and links: an id, a code, a day, the hour as 2026112309.
    pub value: String,
    /// The name of what has one.
    pub name: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportRow {
    /// One for each group.
    pub keys: Vec<ReportKey>,
    /// One for each figure; null: there is nothing to divide by, or it cannot be told.
    pub values: Vec<Option<i64>>,
    /// The same of the time compared with.
    pub before: Vec<Option<i64>>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Report {
    pub from_day: i64,
    pub to_day: i64,
    pub before_from_day: Option<i64>,
    pub before_to_day: Option<i64>,
    pub groups: Vec<ReportGroup>,
    pub kpis: Vec<ReportKpi>,
    pub rows: Vec<ReportRow>,
    /// Over all rows, also those that were left out.
    pub total: ReportRow,
    /// There were more rows than a report has.
    pub cut: bool,
    pub made_at_ms: i64,
    /// Days of stations whose sums are being made anew.
    pub waiting_count: i64,
    pub waiting_day: Option<i64>,
    /// Since when it is known what piles were on.
    pub time_from_day: Option<i64>,
}

fn absent(wanted: &ReportWanted, scope: &Scope, kpi: &Kpi, known_from: Option<i64>) -> Option<Text> {
    if !wanted.filter.knows(kpi, scope) {
        return Some(Text::of(
            "该指标不能按所选维度或筛选统计，口径见指标说明",
            "This figure cannot be told by what was chosen; see its definition.",
        ));
    }
    if kpi.needs(Family::People) && wanted.range.days() > PEOPLE_DAYS_MAX {
        return Some(Text::of("该指标最多统计 100 天", "This figure is told for at most 100 days."));
    }
    let from = wanted.range.from_day;
    if kpi.needs(Family::Time) && known_from.is_none_or(|known| known > from) {
        return Some(Text::of(
            "所选日期早于设备时长的最早记录，请缩短日期范围",
            "The range begins before it is known what piles were on; begin it later.",
        ));
    }
    None
}

/// The figures of a report, whoever asks being told what is in their scope.
pub fn report_get(conn: &mut Conn, scope: &Scope, wanted: &ReportWanted) -> DbResult<Report> {
    let (filter, range) = (&wanted.filter, &wanted.range);
    let known_from = time_from(conn)?;
    let missing: Vec<Option<Text>> =
        wanted.kpis.iter().map(|kpi| absent(wanted, scope, kpi, known_from)).collect();
    let told: Vec<&'static Kpi> =
        wanted.kpis.iter().zip(&missing).filter(|(_, why)| why.is_none()).map(|(kpi, _)| *kpi).collect();
    let now = gathered(conn, scope, filter, range, &told, wanted.rule)?;
    let earlier = wanted.compare.map(|compare| range.before(compare));
    let before = match &earlier {
        Some(range) => gathered(conn, scope, filter, range, &told, wanted.rule)?,
        None => Gathered::default(),
    };
    let before_rows = shifted(&filter.groups, range, earlier.as_ref(), before.rows);
    let values = |parts: Option<&Parts>| -> Vec<Option<i64>> {
        let value = |(kpi, why): (&&Kpi, &Option<Text>)| match (why, parts) {
            (None, Some(parts)) => kpi.formula.value(parts),
            // What was not there at all is a sum of nothing, but no share of nothing.
            (None, None) => kpi.formula.value(&Parts::default()),
            _ => None,
        };
        wanted.kpis.iter().zip(&missing).map(value).collect()
    };
    let compared = |parts: Option<&Parts>| if earlier.is_some() { values(parts) } else { Vec::new() };
    let mut keys: Vec<Key> = now.rows.keys().cloned().collect();
    keys.extend(before_rows.keys().filter(|key| !now.rows.contains_key(*key)).cloned());
    keys.sort_by_cached_key(|key| order_of(&filter.groups, key));
    let cut = keys.len() > ROWS_MAX;
    keys.truncate(ROWS_MAX);
    let names = Names::find(conn, &filter.groups)?;
    let rows = keys.iter().map(|key| ReportRow {
        keys: names.told(&filter.groups, key),
        values: values(now.rows.get(key)),
        before: compared(before_rows.get(key)),
    });
    let (waiting_count, waiting_day) = stale_count(conn)?;
    Ok(Report {
        from_day: range.from_day,
        to_day: range.to_day,
        before_from_day: earlier.map(|range| range.from_day),
        before_to_day: earlier.map(|range| range.to_day),
        groups: filter.groups.clone(),
        kpis: wanted.kpis.iter().zip(&missing).map(|(kpi, why)| column(kpi, why.clone())).collect(),
        rows: rows.collect(),
        total: ReportRow {
            keys: Vec::new(),
            values: values(Some(&now.total)),
            before: compared(Some(&before.total)),
        },
        cut,
        made_at_ms: wanted.now.as_ms(),
        waiting_count,
        waiting_day,
        time_from_day: known_from,
    })
}

pub fn column(kpi: &Kpi, absent: Option<Text>) -> ReportKpi {
    ReportKpi {
        code: kpi.code.to_owned(),
        name: kpi.name.clone(),
        unit: kpi.unit,
        unit_name: kpi.unit.label(),
        places: kpi.unit.places(),
        definition: kpi.definition.clone(),
        absent,
    }
}

/// Numbers in the order of numbers, times before all.
fn order_of(groups: &[ReportGroup], key: &Key) -> Vec<(i64, String)> {
    let one = |(group, text): (&ReportGroup, &String)| match group {
        ReportGroup::Period => (
            ["sharp", "peak", "flat", "valley"]
                .iter()
                .position(|name| name == text)
                .map_or(9, |at| at as i64),
            String::new(),
        ),
        _ => (text.parse().unwrap_or(0), text.clone()),
    };
    groups.iter().zip(key).map(one).collect()
}

/// Rows of an earlier time under the keys of this one: its first day stands for the first day, and so on.
fn shifted(
    groups: &[ReportGroup],
    range: &ReportRange,
    earlier: Option<&ReportRange>,
    rows: std::collections::BTreeMap<Key, Parts>,
) -> HashMap<Key, Parts> {
    let Some(earlier) = earlier else { return HashMap::new() };
    let moves = |grain: Grain| -> HashMap<String, String> {
        let (from, to) = (buckets(grain, earlier), buckets(grain, range));
        from.into_iter().zip(to).map(|(from, to)| (from.to_string(), to.to_string())).collect()
    };
    let maps: Vec<Option<HashMap<String, String>>> =
        groups.iter().map(|group| group.grain().map(moves)).collect();
    let mut all: HashMap<Key, Parts> = HashMap::new();
    for (key, parts) in rows {
        let moved: Option<Key> = key
            .iter()
            .zip(&maps)
            .map(|(text, map)| match map {
                Some(map) => map.get(text).cloned(),
                None => Some(text.clone()),
            })
            .collect();
        // A year has a day more than another now and then; it has nothing to be compared with.
        if let Some(moved) = moved {
            all.entry(moved).or_default().add_all(&parts);
        }
    }
    all
}

/// Names of what keys stand for.
struct Names(HashMap<(ReportGroup, String), String>);

impl Names {
    fn find(conn: &mut Conn, groups: &[ReportGroup]) -> DbResult<Names> {
        let mut names = HashMap::new();
        for group in groups {
            let sql = match group {
                ReportGroup::City => "SELECT code, name FROM city",
                ReportGroup::Operator => "SELECT CAST(id AS TEXT), name FROM operator",
                ReportGroup::Station => "SELECT CAST(id AS TEXT), name FROM station",
                ReportGroup::Pile => "SELECT CAST(id AS TEXT), code FROM pile",
                _ => continue,
            };
            names.extend(conn.query(sql, &[], |row| Ok(((*group, row.text(0)?), row.text(1)?)))?);
        }
        Ok(Names(names))
    }

    fn told(&self, groups: &[ReportGroup], key: &Key) -> Vec<ReportKey> {
        let one = |(group, value): (&ReportGroup, &String)| ReportKey {
            name: self.0.get(&(*group, value.clone())).cloned(),
            value: value.clone(),
        };
        groups.iter().zip(key).map(one).collect()
    }
}
