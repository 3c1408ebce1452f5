//! What staff have done for the demo's stations: photos with captions, and works that are announced.

use crate::app::App;
use engine::audit::Actor;
use engine::site::{StationPhotoChange, StationStatusChange};
use model::Result;
use model::id::StationId;
use model::time::DAY_MS;
use std::sync::Arc;

const ENTRANCE: (&[u8], &str) =
    (include_bytes!("photos/station-entrance.jpg"), "站点入口，雨棚下为 1 至 4 号桩");
const ROW: (&[u8], &str) = (include_bytes!("photos/station-row.jpg"), "东侧快充车位");
const GARAGE: (&[u8], &str) = (include_bytes!("photos/station-garage.jpg"), "地下二层充电区，靠近 3 号电梯");
const NIGHT: (&[u8], &str) = (include_bytes!("photos/station-night.jpg"), "夜间照明");

/// The station of which works are announced.
const WORKS: usize = 5;

pub async fn furnish(app: &Arc<App>, actor: &Actor, station: StationId, place: usize) -> Result<()> {
    let chosen: &[(&[u8], &str)] = match place % 4 {
        0 => &[ENTRANCE, ROW, NIGHT],
        1 => &[GARAGE, ENTRANCE],
        2 => &[NIGHT, ROW],
        _ => &[],
    };
    for (turn, (body, caption)) in chosen.iter().enumerate() {
        let id = app.engine.station_photo_create(actor, station, body.to_vec()).await?;
        let place = i64::try_from(turn).unwrap_or(0) + 1;
        let change = StationPhotoChange { version: 1, caption: (*caption).to_owned(), place };
        app.engine.station_photo_update(actor, id, change).await?;
    }
    if place == WORKS {
        let from = app.now().plus_ms(3 * DAY_MS);
        let change = StationStatusChange {
            version: 2,
            closed: true,
            from_ms: Some(from.as_ms()),
            until_ms: Some(from.plus_ms(2 * DAY_MS).as_ms()),
            notice: Some("变压器年检，请到附近的充电站充电".to_owned()),
        };
        app.engine.station_status_set(actor, station, change).await?;
    }
    Ok(())
}
