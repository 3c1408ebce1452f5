//! A report as a file: its groups, then its figures, and beside them those of the time compared with.

use super::column::{Cell, Words};
use super::listing::{Listing, Portion};
use super::sheet::Head;
use super::words::word;
use model::Text;
use model::access::Scope;
use model::report::{Kpi, Part, ReportGroup};
use std::sync::Arc;
use store::Conn;
use store::reports::{Report, ReportKey, ReportWanted, report_get};

pub fn group_name(group: ReportGroup) -> Text {
    match group {
        ReportGroup::Hour => Text::of("小时", "Hour"),
        ReportGroup::Day => Text::of("日期", "Day"),
        ReportGroup::Week => Text::of("周（周一）", "Week from"),
        ReportGroup::Month => Text::of("月份", "Month"),
        ReportGroup::City => Text::of("城市", "City"),
        ReportGroup::Operator => Text::of("运营商", "Operator"),
        ReportGroup::Station => Text::of("充电站", "Station"),
        ReportGroup::Pile => Text::of("充电桩", "Pile"),
        ReportGroup::Model => Text::of("厂商型号", "Maker and model"),
        ReportGroup::PileKind => Text::of("充电类型", "Pile kind"),
        ReportGroup::Period => Text::of("时段", "Period"),
        ReportGroup::Buyer => Text::of("客户类型", "Who charged"),
        ReportGroup::StartMode => Text::of("启动方式", "Started by"),
    }
}

/// 20261123 as 2026-11-23, 2026112309 as 2026-11-23 09:00.
fn time(group: ReportGroup, value: &str) -> Option<String> {
    let number: i64 = value.parse().ok()?;
    let day = |day: i64| format!("{}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100);
    match group {
        ReportGroup::Hour => Some(format!("{} {:02}:00", day(number / 100), number % 100)),
        ReportGroup::Day | ReportGroup::Week => Some(day(number)),
        ReportGroup::Month => Some(format!("{}-{:02}", number / 100, number % 100)),
        _ => None,
    }
}

/// What a key is called.
pub fn key_told(group: ReportGroup, key: &ReportKey, words: &Words) -> String {
    if let Some(time) = time(group, &key.value) {
        return time;
    }
    match group {
        ReportGroup::PileKind => word("pile_kind", &key.value, words),
        ReportGroup::Period if key.value == "other" => words.tell(&Text::of("人工结算", "Settled by hand")),
        ReportGroup::Period => word("period", &key.value, words),
        ReportGroup::StartMode => word("start_mode", &key.value, words),
        ReportGroup::Buyer => word("buyer", &key.value, words),
        ReportGroup::Operator if key.value == "0" => words.tell(&Text::of("平台", "Platform")),
        _ => match &key.name {
            Some(name) => name.clone(),
            None if key.value.is_empty() => "—".to_owned(),
            None => key.value.clone(),
        },
    }
}

/// What may be added up below the rows: customers are not, for the same one is in many rows.
fn is_summed(kpi: &Kpi) -> bool {
    let own = kpi.formula.parts().all(|part| !matches!(part, Part::Customers | Part::CustomersAgain));
    kpi.formula.under.is_empty() && kpi.formula.per == 1 && own
}

pub fn heads(wanted: &ReportWanted, words: &Words) -> Vec<Head> {
    let plain = |label: String| Head { label, summed: false };
    let groups = wanted.filter.groups.iter().map(|group| plain(words.tell(&group_name(*group))));
    let mut all: Vec<Head> = groups.collect();
    if all.is_empty() {
        all.push(plain(words.tell(&Text::of("范围", "Range"))));
    }
    for kpi in &wanted.kpis {
        let unit = words.tell(&kpi.unit.label());
        let name = words.tell(&kpi.name);
        let label = if unit.is_empty() {
            name
        } else if words.english {
            format!("{name} ({unit})")
        } else {
            format!("{name}（{unit}）")
        };
        let before = words.tell(&Text::of("对比期", "before"));
        all.push(Head { label: label.clone(), summed: is_summed(kpi) });
        if wanted.compare.is_some() {
            all.push(Head { label: format!("{label} {before}"), summed: is_summed(kpi) });
        }
    }
    all
}

/// The rows of a report as cells.
pub fn cells(report: &Report, words: &Words) -> Vec<Vec<Cell>> {
    let number =
        |value: Option<i64>, places: u8| value.map_or(Cell::Empty, |value| Cell::Number(value, places));
    let one = |row: &store::reports::ReportRow| {
        let mut all: Vec<Cell> = report
            .groups
            .iter()
            .zip(&row.keys)
            .map(|(group, key)| Cell::Text(key_told(*group, key, words)))
            .collect();
        if all.is_empty() {
            all.push(Cell::Text(words.tell(&Text::of("全部", "Everything"))));
        }
        for (at, kpi) in report.kpis.iter().enumerate() {
            all.push(number(row.values.get(at).copied().flatten(), kpi.places));
            if report.before_from_day.is_some() {
                all.push(number(row.before.get(at).copied().flatten(), kpi.places));
            }
        }
        all
    };
    report.rows.iter().map(one).collect()
}

/// The list that a file is made of: read in one go, for a report has an end.
pub fn listing(scope: Scope, wanted: ReportWanted, words: Words) -> Listing {
    let heads = heads(&wanted, &words);
    let keys = wanted.kpis.iter().map(|kpi| kpi.code.to_owned()).collect();
    let read = move |conn: &mut Conn, _: Option<String>| {
        let report = report_get(conn, &scope, &wanted)?;
        let rows = cells(&report, &words);
        let total = i64::try_from(rows.len()).ok();
        Ok(Portion { rows, next: None, total })
    };
    Listing { keys, heads, read: Arc::new(read) }
}
