//! 设备健康 and 电量异常

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Query, Who};
use axum::extract::State;
use model::health::MeterOddityKind;
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::pile_healths::{self, HealthFilter, MeterOddity, PileHealth};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileHealthQuery {
    station_id: Option<i64>,
    station_name: Option<String>,
    /// A part of its code.
    pile: Option<String>,
    /// At most this score.
    score_to: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The worst first.
pub async fn pile_health_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<PileHealthQuery>,
) -> Answer<Given<Page<PileHealth>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = HealthFilter {
        station: query.station_id,
        station_name: query.station_name,
        pile: query.pile,
        most: query.score_to,
        after: paging.key::<2>()?,
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| pile_healths::pile_health_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeterOddityQuery {
    kind: Option<MeterOddityKind>,
}

/// What of piles' energy does not fit, the newest first.
pub async fn meter_oddity_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<MeterOddityQuery>,
) -> Answer<Given<Page<MeterOddity>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| pile_healths::meter_oddity_list(conn, &scope, query.kind);
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}
