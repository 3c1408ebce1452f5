//! 首页

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Query, Who};
use axum::extract::State;
use model::id::{OrderId, PileId};
use model::time::Zone;
use model::{Error, Result};
use serde::Deserialize;
use store::backups::DrillKind;
use store::filter::Page;
use store::home::{Home, Running};
use store::home_stations::{self, HomePinned};
use utoipa::ToSchema;

pub async fn home_get(State(app): State<Shared>, who: Who) -> Answer<Given<Home>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| store::home::home_get(conn, &scope, &Zone::shanghai(), now);
    let mut home = app.engine.store.read(read).await?;
    let power = |running: &Running| {
        let (pile, no) = (PileId(running.pile), u16::try_from(running.connector).ok()?);
        app.devices.live_of_order(pile, no, OrderId(running.order))?.power_w
    };
    home.power_w = home.running.iter().filter_map(power).sum();
    if who.actor().must_be_platform().is_ok() {
        let check = |conn: &mut store::Conn| store::backups::drill_last(conn, DrillKind::Restore);
        let last = app.engine.store.read(check).await?;
        let alarms = super::backups::alarms(&app, &app.backup.state(), last.as_ref());
        home.todo.backup_alarm_count = i64::try_from(alarms.len()).unwrap_or(i64::MAX);
    }
    Ok(Given(home))
}

/// Most stations that one person pins.
const PINNED_MAX: usize = 20;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HomeStationQuery {
    /// Ids of stations, joined by commas; at most 20.
    ids: Option<String>,
}

impl HomeStationQuery {
    fn ids(&self) -> Result<Vec<i64>> {
        let text = self.ids.as_deref().unwrap_or_default();
        let ids: Option<Vec<i64>> =
            text.split(',').filter(|id| !id.trim().is_empty()).map(|id| id.trim().parse().ok()).collect();
        ids.filter(|ids| ids.len() <= PINNED_MAX).ok_or_else(|| {
            Error::invalid(
                "ids",
                "应为用逗号分隔的充电站编号，最多 20 个",
                "Ids of stations joined by commas, at most 20.",
            )
        })
    }
}

/// The stations that somebody has pinned, as they are now.
pub async fn home_station_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<HomeStationQuery>,
) -> Answer<Given<Page<HomePinned>>> {
    let (scope, ids, day) = (who.scope(), query.ids()?, Zone::shanghai().local(app.now()).day);
    let read = move |conn: &mut store::Conn| home_stations::home_station_list(conn, &scope, &ids, day);
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}
