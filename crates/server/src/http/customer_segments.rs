//! 客户分群: what each segment means, how many are in it, and why somebody is in theirs.

use super::Shared;
use super::customers::no_customer;
use super::error::Answer;
use super::give::Given;
use super::reports::KpiParameter;
use super::take::{Id, Who};
use axum::extract::State;
use engine::parameter::Parameter;
use model::Text;
use model::access::Scope;
use model::customer::CustomerMark;
use model::id::CustomerId;
use model::segment::{CustomerSegment, SEGMENTS};
use model::time::DAY_MS;
use serde::Serialize;
use store::customer_segments::{self, SegmentFigures};
use store::{customer_list, customer_marks};
use utoipa::ToSchema;

/// One definition, with what it comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerSegment)]
pub struct CustomerSegmentView {
    pub mark: CustomerMark,
    pub name: Text,
    pub definition: Text,
    /// What can be done with them.
    pub use_for: Text,
    /// One of the eight of recency, frequency and money, which do not overlap.
    pub rfm: bool,
    pub parameters: Vec<KpiParameter>,
    #[serde(flatten)]
    pub figures: SegmentFigures,
    /// Of the customers and of the money of everybody; null without any.
    pub customer_permille: Option<i64>,
    pub money_permille: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerSegments {
    pub items: Vec<CustomerSegmentView>,
    /// Everybody in the reader's scope.
    pub all: SegmentFigures,
    /// Over so many days orders are counted.
    pub days: i64,
    /// Null: no night has passed yet.
    pub made_at_ms: Option<i64>,
    /// Only those who have charged at the reader's stations, and what they have charged there.
    pub partial: bool,
}

fn share(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| part.saturating_mul(1_000) / whole)
}

fn parameters(app: &Shared, one: &CustomerSegment) -> Vec<KpiParameter> {
    let view = |name: &&'static str| {
        let found = Parameter::find(name)?;
        let value = app.engine.segment_number(name)?;
        Some(KpiParameter {
            name: found.name.to_owned(),
            title: found.title.clone(),
            unit: found.unit,
            value,
        })
    };
    one.parameters.iter().filter_map(view).collect()
}

pub async fn customer_segment_list(State(app): State<Shared>, who: Who) -> Answer<Given<CustomerSegments>> {
    let scope = who.scope();
    let partial = !is_whole(&scope);
    let read = move |conn: &mut store::Conn| customer_segments::segment_night(conn, &scope);
    let night = app.engine.store.read(read).await?;
    let view = |one: &CustomerSegment| {
        let figures = night.marks.get(one.mark.as_str()).copied().unwrap_or_default();
        CustomerSegmentView {
            mark: one.mark,
            name: one.mark.label(),
            definition: one.definition.clone(),
            use_for: one.use_for.clone(),
            rfm: one.is_rfm(),
            parameters: parameters(&app, one),
            customer_permille: share(figures.customer_count, night.all.customer_count),
            money_permille: share(figures.total_fen, night.all.total_fen),
            figures,
        }
    };
    Ok(Given(CustomerSegments {
        items: SEGMENTS.iter().map(view).collect(),
        all: night.all,
        days: app.engine.rules().member_days,
        made_at_ms: night.made_at_ms,
        partial,
    }))
}

fn is_whole(scope: &Scope) -> bool {
    scope.operator.is_none() && scope.area == model::access::Area::Everywhere
}

/// Why a customer is in their segments: the numbers that are judged, as they are now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerStanding {
    /// As of the last night.
    pub marks: Vec<CustomerMark>,
    pub days: i64,
    pub order_count: i64,
    pub night_count: i64,
    pub total_fen: i64,
    pub last_charged_ms: Option<i64>,
    /// From one beginning to the next, on average; null with too few orders.
    pub interval_ms: Option<i64>,
}

/// Only for whoever sees the whole platform: the numbers are those of all its stations.
pub async fn customer_segment_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<CustomerStanding>> {
    let (scope, days) = (who.scope(), app.engine.rules().member_days);
    who.actor().must_be_platform()?;
    let since = app.now().plus_ms(-days * DAY_MS);
    let read = move |conn: &mut store::Conn| {
        if !customer_list::customer_visible(conn, &scope, CustomerId(id))? {
            return Ok(None);
        }
        customer_marks::judged_one(conn, id, since)
    };
    let found = app.engine.store.read(read).await?.ok_or_else(no_customer)?;
    Ok(Given(CustomerStanding {
        marks: found.marks,
        days,
        order_count: found.facts.order_count,
        night_count: found.facts.night_count,
        total_fen: found.facts.total_fen,
        last_charged_ms: found.facts.last_charged_ms,
        interval_ms: found.facts.interval_ms(),
    }))
}
