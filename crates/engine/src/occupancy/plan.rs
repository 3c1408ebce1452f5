//! 占位费方案: what a station asks for a car that stays plugged in, as staff decide it. It counts for charges that
//! end from then on.

use crate::Engine;
use crate::audit::Actor;
use model::id::StationId;
use model::occupancy::OccupancyRule;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::occupancies::{self, OccupancyPlan};
use store::stations;
use utoipa::ToSchema;

/// The whole plan as it shall be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OccupancyPlanChange {
    /// As it was read; 0 when there was none.
    pub version: i64,
    pub enabled: bool,
    pub free_minutes: i64,
    pub fen_per_minute: i64,
    /// At most so much for one order.
    pub cap_fen: i64,
    /// Of the station's day, 0 to 1439.
    pub from_minute: i64,
    /// 1 to 1440, exclusive; on the next day when it is not after the beginning.
    pub to_minute: i64,
}

/// A plan as people see it; of a station that has none, what a form begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OccupancyPlan)]
pub struct OccupancyPlanView {
    pub enabled: bool,
    pub free_minutes: i64,
    pub fen_per_minute: i64,
    pub cap_fen: i64,
    pub from_minute: i64,
    pub to_minute: i64,
    /// 0: there is none yet.
    pub version: i64,
}

impl OccupancyPlanView {
    pub fn of(plan: Option<OccupancyPlan>) -> OccupancyPlanView {
        let first = OccupancyRule {
            free_minutes: 15,
            fen_per_minute: 50,
            cap_fen: 5_000,
            from_minute: 0,
            to_minute: 1_440,
        };
        let plan = plan.unwrap_or(OccupancyPlan { enabled: false, rule: first, version: 0 });
        OccupancyPlanView {
            enabled: plan.enabled,
            free_minutes: plan.rule.free_minutes,
            fen_per_minute: plan.rule.fen_per_minute,
            cap_fen: plan.rule.cap_fen,
            from_minute: plan.rule.from_minute,
            to_minute: plan.rule.to_minute,
            version: plan.version,
        }
    }
}

impl Engine {
    pub async fn occupancy_plan_set(
        &self,
        actor: &Actor,
        station: StationId,
        change: OccupancyPlanChange,
    ) -> Result<()> {
        let rule = OccupancyRule {
            free_minutes: change.free_minutes,
            fen_per_minute: change.fen_per_minute,
            cap_fen: change.cap_fen,
            from_minute: change.from_minute,
            to_minute: change.to_minute,
        };
        let plan = OccupancyPlan {
            enabled: change.enabled,
            rule: rule.checked()?,
            version: change.version.saturating_add(1),
        };
        let (actor, now, known) = (actor.clone(), self.clock.now(), change.version);
        self.store
            .write(None, move |tx| {
                let facts = tx.read(|conn| stations::find(conn, station))?;
                facts.filter(|facts| actor.sees_station(facts)).ok_or_else(crate::load::no_station)?;
                let before = tx.read(|conn| occupancies::plan(conn, station))?;
                if !occupancies::plan_set(tx, station, &plan, known)? {
                    return Err(Error::conflict(
                        "occupancy_plan.changed",
                        "这座充电站的占位费方案刚刚被别人修改过，请刷新后在最新内容上重新修改",
                        "Somebody else has just changed this station's occupation fee. Load it again and repeat your change.",
                    ));
                }
                let detail = json!({"before": before, "after": plan});
                actor.record(tx, now, "occupancy_plan_set", "station", station, &detail)
            })
            .await?;
        self.stations_changed(vec![station]).await
    }
}
