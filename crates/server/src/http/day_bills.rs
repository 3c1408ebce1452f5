//! 站日账单 and its months

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::day_bill::no_day_bill;
use engine::reconciliation::ReconciliationDraft;
use model::Result;
use serde::Deserialize;
use store::day_bills::{self, DayBillFilter, DayBillView, MonthBill};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayBillQuery {
    station_id: Option<i64>,
    station_name: Option<String>,
    /// 20261123
    from_day: Option<i64>,
    /// Inclusive.
    to_day: Option<i64>,
    /// Only those that were made more than once.
    restated: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl DayBillQuery {
    pub fn filter(self) -> Result<DayBillFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(DayBillFilter {
            id: None,
            station: self.station_id,
            station_name: self.station_name,
            from_day: self.from_day,
            to_day: self.to_day,
            restated: self.restated.unwrap_or(false),
            before: paging.key::<2>()?,
            limit: paging.limit()?,
        })
    }
}

/// The latest day first.
pub async fn day_bill_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DayBillQuery>,
) -> Answer<Given<Page<DayBillView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| day_bills::day_bill_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn day_bill_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<DayBillView>> {
    let (scope, wanted) = (who.scope(), DayBillFilter { id: Some(id), limit: 1, ..Default::default() });
    let read = move |conn: &mut store::Conn| day_bills::day_bill_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?.items.pop().ok_or_else(no_day_bill)?))
}

/// The latest month first.
pub async fn month_bill_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DayBillQuery>,
) -> Answer<Given<Page<MonthBill>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| day_bills::month_bill_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

/// Makes the bills of a day anew.
pub async fn day_bill_start(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<ReconciliationDraft>,
) -> Answer<Done> {
    app.engine.day_bill_start(&who.actor(), draft).await?;
    Ok(Done)
}
