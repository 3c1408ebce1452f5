//! 计费模型

use super::Shared;
use super::error::Answer;
use super::give::{Created, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::pricing::{TariffDays, TariffDraft, year_checked};
use model::Error;
use model::id::TariffId;
use serde::Deserialize;
use store::filter::Page;
use store::pile_tariffs::{self, TariffPile};
use store::tariff_list::{self, TariffStation, TariffView, TariffYear};
use utoipa::ToSchema;

pub async fn tariff_list(State(app): State<Shared>) -> Answer<Given<Page<TariffView>>> {
    let now = app.now();
    Ok(Given(app.engine.store.read(move |conn| tariff_list::tariff_list(conn, now)).await?))
}

/// Which table would hold on each day of a year, before a version is published.
pub async fn tariff_check(
    State(app): State<Shared>,
    Input(days): Input<TariffDays>,
) -> Answer<Given<TariffYear>> {
    Ok(Given(app.engine.tariff_check(days)?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffYearQuery {
    year: i64,
}

/// Which table of a version holds on each day of a year.
pub async fn tariff_year_get(
    State(app): State<Shared>,
    Id(id): Id,
    Query(query): Query<TariffYearQuery>,
) -> Answer<Given<TariffYear>> {
    let year = year_checked(query.year)?;
    let read = move |conn: &mut store::Conn| {
        let there = store::tariffs::exists(conn, TariffId(id))?;
        there.then(|| store::tariffs::version(conn, TariffId(id))).transpose()
    };
    let version = app.engine.store.read(read).await?.ok_or_else(not_found)?;
    Ok(Given(TariffYear::of(&version.calendar, year)))
}

/// Which piles have a version as their own.
pub async fn tariff_pile_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<Page<TariffPile>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| pile_tariffs::tariff_pile_list(conn, &scope, TariffId(id));
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(not_found)?))
}

fn not_found() -> Error {
    Error::not_found(
        "tariff.not_found",
        "没有这个计费模型版本，请从计费模型列表进入",
        "There is no such version of a tariff; choose one from the list of tariffs.",
    )
}

pub async fn tariff_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<TariffDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.tariff_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

/// Which stations use a version for new orders.
pub async fn tariff_station_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<Page<TariffStation>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| tariff_list::tariff_station_list(conn, &scope, TariffId(id));
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(not_found)?))
}
