//! 开通城市

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::site::{CitiesOpened, CityChange, CityDraft, CityStatusChange};
use model::time::{Timestamp, Zone};
use serde::Deserialize;
use store::city_list::{self, City, CityFilter, CityStatus};
use store::filter::Page;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CityQuery {
    province: Option<String>,
    name: Option<String>,
    /// `closed` lists the cities that have not been opened; without it all that were.
    status: Option<CityStatus>,
}

impl CityQuery {
    pub fn filter(self, now: Timestamp) -> CityFilter {
        let CityQuery { province, name, status } = self;
        CityFilter { province, name, status, now_ms: now.as_ms(), today: Zone::shanghai().local(now).day }
    }
}

pub async fn city_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<CityQuery>,
) -> Answer<Given<Page<City>>> {
    let (scope, wanted) = (who.scope(), query.filter(app.now()));
    let read = move |conn: &mut store::Conn| city_list::city_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn city_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<CityDraft>,
) -> Answer<Given<CitiesOpened>> {
    Ok(Given(app.engine.city_create(&who.actor(), draft).await?))
}

pub async fn city_update(
    State(app): State<Shared>,
    who: Who,
    Id(code): Id,
    Input(change): Input<CityChange>,
) -> Answer<Done> {
    app.engine.city_update(&who.actor(), &digits(code), change).await?;
    Ok(Done)
}

pub async fn city_status_set(
    State(app): State<Shared>,
    who: Who,
    Id(code): Id,
    Input(change): Input<CityStatusChange>,
) -> Answer<Done> {
    app.engine.city_status_set(&who.actor(), &digits(code), change).await?;
    Ok(Done)
}

/// An administrative code has six digits.
fn digits(code: i64) -> String {
    format!("{code:06}")
}
