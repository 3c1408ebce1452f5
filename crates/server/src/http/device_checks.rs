//! 检验到期, and the monthly report on 隐患

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::safety::{DeviceCheckChange, DeviceCheckDraft};
use model::device_check::{DeviceCheckKind, DeviceCheckState};
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::Deserialize;
use store::dangers::{self, DangerReport};
use store::device_checks::{self, DeviceCheckFilter, DeviceCheckView};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceCheckQuery {
    kind: Option<DeviceCheckKind>,
    state: Option<DeviceCheckState>,
    station_name: Option<String>,
    /// In the code or the name of a pile.
    pile: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// What is due first comes first.
pub async fn device_check_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DeviceCheckQuery>,
) -> Answer<Given<Page<DeviceCheckView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = DeviceCheckFilter {
        kind: query.kind,
        state: query.state,
        station_name: query.station_name,
        pile: query.pile,
        today: Zone::shanghai().local(app.now()).day,
        after: paging.key::<2>()?.map(|[day, id]| (day, id)),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| device_checks::device_check_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn device_check_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<DeviceCheckDraft>,
) -> Answer<Created<NewId>> {
    Ok(Created(NewId { id: app.engine.device_check_create(&who.actor(), draft).await? }))
}

pub async fn device_check_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<DeviceCheckChange>,
) -> Answer<Done> {
    app.engine.device_check_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn device_check_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.device_check_delete(&who.actor(), id).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DangerReportQuery {
    /// 202611; this month when it is left out.
    month: Option<i64>,
}

/// Begin and end of a month, by the platform's clock.
fn span(month: i64) -> Result<(Timestamp, Timestamp)> {
    let wrong = || {
        Error::invalid(
            "month",
            "月份不正确，请填写 2020 到 2099 年之间的月份，例如 202611",
            "That is no month between 2020 and 2099; give one such as 202611.",
        )
    };
    let (year, no) = (month / 100, month % 100);
    if !(2_020..=2_099).contains(&year) || !(1..=12).contains(&no) {
        return Err(wrong());
    }
    let next = if no == 12 { (year + 1) * 100 + 1 } else { month + 1 };
    let start = |month: i64| Zone::shanghai().day_start(month * 100 + 1).ok_or_else(wrong);
    Ok((start(month)?, start(next)?))
}

pub async fn danger_report_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DangerReportQuery>,
) -> Answer<Given<DangerReport>> {
    let (scope, now) = (who.scope(), app.now());
    let month = query.month.unwrap_or(Zone::shanghai().local(now).day / 100);
    let span = span(month)?;
    let read = move |conn: &mut store::Conn| dangers::danger_report_get(conn, &scope, month, span, now);
    Ok(Given(app.engine.store.read(read).await?))
}
