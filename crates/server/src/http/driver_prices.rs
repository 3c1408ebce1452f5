//! 司机价

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::content::ContentStatusChange;
use engine::driver_price::{DriverPriceChange, DriverPriceDraft};
use model::Error;
use model::content::{ContentState, TargetGroup};
use model::driver_price::PriceFee;
use model::id::DriverPriceId;
use serde::Deserialize;
use store::driver_prices::{self, DriverPriceDetail, DriverPriceFilter, DriverPriceView};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriverPriceQuery {
    /// A part of the name.
    name: Option<String>,
    fee: Option<PriceFee>,
    group: Option<TargetGroup>,
    state: Option<ContentState>,
    operator_name: Option<String>,
    fleet_name: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn driver_price_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DriverPriceQuery>,
) -> Answer<Given<Page<DriverPriceView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = DriverPriceFilter {
        id: None,
        name: query.name,
        fee: query.fee,
        group: query.group,
        state: query.state,
        operator_name: query.operator_name,
        fleet_name: query.fleet_name,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| driver_prices::driver_price_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn driver_price_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<DriverPriceDetail>> {
    let (scope, now) = (who.scope(), app.now());
    let read =
        move |conn: &mut store::Conn| driver_prices::driver_price_get(conn, &scope, DriverPriceId(id), now);
    let found = app.engine.store.read(read).await?;
    Ok(Given(found.ok_or_else(|| {
        Error::not_found(
            "driver_price.not_found",
            "没有这条司机价，或不在您的数据范围内",
            "There is no such driver price in your scope.",
        )
    })?))
}

pub async fn driver_price_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<DriverPriceDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.driver_price_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn driver_price_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<DriverPriceChange>,
) -> Answer<Done> {
    app.engine.driver_price_update(&who.actor(), DriverPriceId(id), change).await?;
    Ok(Done)
}

pub async fn driver_price_status_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<ContentStatusChange>,
) -> Answer<Done> {
    app.engine.driver_price_status_set(&who.actor(), DriverPriceId(id), change).await?;
    Ok(Done)
}

pub async fn driver_price_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.driver_price_delete(&who.actor(), DriverPriceId(id)).await?;
    Ok(Done)
}
