//! A station of the demo whose transformer is smaller than what its piles could draw, and its last day.

use crate::app::App;
use engine::audit::Actor;
use engine::load::{LoadChange, LoadUnitChange};
use model::Result;
use model::id::StationId;
use model::load::{CapPeriod, LoadStrategy};
use model::time::{DAY_MS, MINUTE_MS, Zone};
use std::sync::Arc;
use store::load_view::{LoadPoint, point_save};

/// Its place among the demo's stations.
pub const SHARES: usize = 6;
const CAP_W: i64 = 700_000;
const EVENING_W: i64 = 560_000;
const RESERVE_W: i64 = 20_000;

/// Of the cap that is used at each hour, per cent.
const HOURS: [i64; 24] =
    [22, 18, 15, 12, 11, 14, 24, 38, 52, 60, 66, 72, 78, 70, 58, 54, 60, 74, 88, 90, 82, 64, 46, 30];

pub async fn write(app: &Arc<App>, actor: &Actor, station: StationId, first: &str) -> Result<()> {
    let change = LoadChange {
        version: 0,
        enabled: true,
        cap_w: CAP_W,
        reserve_w: RESERVE_W,
        periods: vec![CapPeriod { from_minute: 17 * 60, to_minute: 21 * 60, cap_w: EVENING_W }],
        strategy: LoadStrategy::Priority,
        safe_w: 10_000,
        fleets_first: true,
        units: vec![LoadUnitChange { pile_code: first.to_owned(), connector_no: 1, rank: 1, keeps: true }],
    };
    app.engine.load_set(actor, station, change).await?;
    let now = app.now();
    app.engine
        .store
        .write(None, move |tx| {
            let zone = Zone::shanghai();
            let begin = (now.as_ms() - DAY_MS) / MINUTE_MS;
            for minute in (begin..now.as_ms() / MINUTE_MS).step_by(5) {
                let at = model::time::Timestamp::from_ms(minute * MINUTE_MS);
                let local = zone.local(at);
                let hour = usize::try_from(local.hour).unwrap_or(0);
                let cap_w = if (17..21).contains(&hour) { EVENING_W } else { CAP_W } - RESERVE_W;
                // Between the hours the figures move evenly, with a ripple of the cars that come and go.
                let (here, next) = (HOURS[hour], HOURS[(hour + 1) % 24]);
                let percent = here + (next - here) * local.minute / 60;
                let ripple = (minute * 7_919) % 13 - 6;
                let power_w = (cap_w * (percent + ripple) / 100).clamp(0, cap_w * 96 / 100);
                let limit_w = (power_w + cap_w * (8 + ripple / 2) / 100).min(cap_w * 98 / 100);
                let worst_w = (limit_w + cap_w * 3 / 100).min(cap_w);
                point_save(tx, station, &LoadPoint { at_ms: at.as_ms(), cap_w, worst_w, limit_w, power_w })?;
            }
            Ok(())
        })
        .await
}
