//! 综合报表: figures as somebody wants them told apart, their definitions, and the hours of the week.

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::loads::seen;
use super::take::{Id, Query, Who};
use axum::extract::State;
use engine::parameter::{Parameter, ParameterUnit};
use engine::report::success_rule;
use model::order::StartMode;
use model::report::{BuyerKind, KPIS, Kpi, KpiUnit, ReportCompare, ReportGroup, ReportRange, day_after};
use model::site::PileKind;
use model::time::{Timestamp, Zone};
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use store::filter::Page;
use store::report_hours::{self, LoadDuration, ReportHeat};
use store::report_read::ReportFilter;
use store::reports::{self, Report, ReportWanted};
use utoipa::ToSchema;

/// What somebody sees who has chosen nothing.
const USUAL: [&str; 5] = ["order_count", "energy", "receivable", "received", "success_rate"];
const USUAL_DAYS: i64 = 30;
/// More than this nobody reads side by side.
const KPIS_MAX: usize = 20;
const GROUPS_MAX: usize = 3;

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// Codes of figures, joined by commas, at most 20.
    kpis: Option<String>,
    /// What rows are told apart by, joined by commas, at most 3; `none`: one row for everything.
    groups: Option<String>,
    /// 20261123; thirty days when no day is given.
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    compare: Option<ReportCompare>,
    city_code: Option<String>,
    operator_id: Option<i64>,
    station_id: Option<i64>,
    pile_id: Option<i64>,
    /// Maker and model as a report tells them.
    model: Option<String>,
    pile_kind: Option<PileKind>,
    buyer: Option<BuyerKind>,
    start_mode: Option<StartMode>,
}

fn words<'a>(text: Option<&'a str>, usual: &[&'a str]) -> Vec<&'a str> {
    let named: Vec<&str> =
        text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    if named.is_empty() { usual.to_vec() } else { named }
}

fn kpis(text: Option<&str>) -> Result<Vec<&'static Kpi>> {
    let mut all: Vec<&'static Kpi> = Vec::new();
    for code in words(text, &USUAL) {
        let kpi = Kpi::find(code).ok_or_else(|| {
            Error::invalid(
                "kpis",
                format!("没有指标“{code}”，可选的指标见“指标口径”"),
                format!("There is no figure {code:?}; the page of definitions has all of them."),
            )
        })?;
        if !all.iter().any(|one| one.code == kpi.code) {
            all.push(kpi);
        }
    }
    if all.len() > KPIS_MAX {
        return Err(Error::invalid(
            "kpis",
            format!("一份报表最多 {KPIS_MAX} 个指标，请减少选择"),
            format!("A report has at most {KPIS_MAX} figures; choose fewer."),
        ));
    }
    Ok(all)
}

fn groups(text: Option<&str>) -> Result<Vec<ReportGroup>> {
    if text.is_some_and(|text| text.trim() == "none") {
        return Ok(Vec::new());
    }
    let mut all: Vec<ReportGroup> = Vec::new();
    for word in words(text, &["day"]) {
        let group = ReportGroup::parse(word).ok_or_else(|| {
            let known: Vec<&str> = ReportGroup::ALL.iter().map(|group| group.as_str()).collect();
            let known = known.join(", ");
            Error::invalid(
                "groups",
                format!("不能按“{word}”分组；可选：{known}"),
                format!("Rows cannot be told apart by {word:?}; there are: {known}."),
            )
        })?;
        all.push(group);
    }
    let times = all.iter().filter(|group| group.grain().is_some()).count();
    let twice = all.iter().enumerate().any(|(at, group)| all[..at].contains(group));
    if times > 1 || twice || all.len() > GROUPS_MAX {
        return Err(Error::invalid(
            "groups",
            format!("最多选 {GROUPS_MAX} 个不同的分组，其中时间粒度只能选一个"),
            format!("At most {GROUPS_MAX} different groups, and one of them a time."),
        ));
    }
    Ok(all)
}

/// Both days, one of them, or none.
fn range(from_day: Option<i64>, to_day: Option<i64>, now: Timestamp, usual: i64) -> Result<ReportRange> {
    let today = Zone::shanghai().local(now).day;
    let to = to_day.unwrap_or(today);
    // Of a day that is none the range itself says so.
    ReportRange::new(to, to).map_err(|why| Error { field: Some("to_day".into()), ..why })?;
    ReportRange::new(from_day.unwrap_or_else(|| day_after(to, 1 - usual)), to)
}

impl ReportQuery {
    pub fn wanted(self, app: &Shared) -> Result<ReportWanted> {
        let now = app.now();
        Ok(ReportWanted {
            kpis: kpis(self.kpis.as_deref())?,
            range: range(self.from_day, self.to_day, now, USUAL_DAYS)?,
            compare: self.compare,
            filter: ReportFilter {
                groups: groups(self.groups.as_deref())?,
                city: self.city_code,
                operator: self.operator_id,
                station: self.station_id,
                pile: self.pile_id,
                model: self.model,
                pile_kind: self.pile_kind,
                buyer: self.buyer,
                start_mode: self.start_mode,
            },
            rule: success_rule(&app.engine.rules()),
            now,
        })
    }
}

pub async fn report_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<ReportQuery>,
) -> Answer<Given<Report>> {
    let (scope, wanted) = (who.scope(), query.wanted(&app)?);
    let read = move |conn: &mut store::Conn| reports::report_get(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

/// A number of the rules that is in a figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KpiParameter {
    pub name: String,
    pub title: Text,
    pub unit: ParameterUnit,
    pub value: i64,
}

/// One definition.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Kpi)]
pub struct KpiView {
    pub code: String,
    pub name: Text,
    pub unit: KpiUnit,
    pub unit_name: Text,
    pub places: u8,
    pub definition: Text,
    pub source: Text,
    pub parameters: Vec<KpiParameter>,
    /// What it can be told apart by.
    pub groups: Vec<ReportGroup>,
}

/// All figures of all reports: what they mean, and what they are made of.
pub async fn kpi_list(State(app): State<Shared>) -> Answer<Given<Page<KpiView>>> {
    let rule = success_rule(&app.engine.rules());
    let parameter = |name: &&'static str| {
        let one = Parameter::find(name)?;
        let value = if one.name == "success_dwh" { rule.energy_dwh } else { rule.charge_ms / 1_000 };
        Some(KpiParameter { name: one.name.to_owned(), title: one.title.clone(), unit: one.unit, value })
    };
    let view = |kpi: &Kpi| KpiView {
        code: kpi.code.to_owned(),
        name: kpi.name.clone(),
        unit: kpi.unit,
        unit_name: kpi.unit.label(),
        places: kpi.unit.places(),
        definition: kpi.definition.clone(),
        source: kpi.source.clone(),
        parameters: kpi.parameters.iter().filter_map(parameter).collect(),
        groups: ReportGroup::ALL.iter().copied().filter(|group| kpi.knows(*group)).collect(),
    };
    Ok(Given(Page::whole(KPIS.iter().map(view).collect())))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportHeatQuery {
    /// 20261123; four weeks when no day is given.
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    city_code: Option<String>,
    operator_id: Option<i64>,
    station_id: Option<i64>,
}

const HEAT_DAYS: i64 = 28;

/// When of the week stations are busy.
pub async fn report_heat_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<ReportHeatQuery>,
) -> Answer<Given<ReportHeat>> {
    let (scope, range) = (who.scope(), range(query.from_day, query.to_day, app.now(), HEAT_DAYS)?);
    let wanted = ReportFilter {
        city: query.city_code,
        operator: query.operator_id,
        station: query.station_id,
        ..ReportFilter::default()
    };
    let read = move |conn: &mut store::Conn| report_hours::report_heat_get(conn, &scope, &wanted, &range);
    Ok(Given(app.engine.store.read(read).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadDurationQuery {
    /// 20261123; thirty days when no day is given.
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
}

/// For which share of the hours a station's load was at least so much.
pub async fn load_duration_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(query): Query<LoadDurationQuery>,
) -> Answer<Given<LoadDuration>> {
    let station = seen(&app, &who, id).await?;
    let (scope, range) = (who.scope(), range(query.from_day, query.to_day, app.now(), USUAL_DAYS)?);
    let read = move |conn: &mut store::Conn| report_hours::load_duration_get(conn, &scope, station.0, &range);
    let missing =
        || Error::not_found("station.not_found", "没有这座充电站，请检查地址", "There is no such station.");
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(missing)?))
}
