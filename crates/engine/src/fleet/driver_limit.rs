//! 司机用量上限: set by staff, asked before a session begins, and kept with its payment until it ends.

use super::{no_fleet, places_checked, places_known};
use crate::Engine;
use crate::audit::Actor;
use model::Error;
use model::Result;
use model::card::Card;
use model::driver_limit::{DriverLimits, DriverUse};
use model::fleet::FleetHours;
use model::id::{CustomerId, FleetId};
use model::time::{Timestamp, Zone};
use serde::Deserialize;
use serde_json::{Value, json};
use store::driver_limits::{self, DriverRule, EVERY_DRIVER, FleetDriverLimits};
use store::{Change, Tx, customers, fleets};
use utoipa::ToSchema;

/// Drivers shown at once.
const DRIVERS_MAX: i64 = 200;

/// All of it anew; nothing at all: the limits of every driver hold, or none.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriverLimitChange {
    /// As it was read; 0 when there was none.
    pub version: i64,
    /// Null: every driver who has none of their own.
    pub customer_id: Option<i64>,
    pub limits: DriverLimits,
    /// Where they may charge, of what the fleet lets all of its drivers; null: everywhere there.
    #[serde(default)]
    pub stations: Option<Vec<i64>>,
    /// When; empty: always.
    #[serde(default)]
    pub hours: Vec<FleetHours>,
}

/// When this day and this month began, by the platform's clock.
fn since(now: Timestamp) -> (i64, i64) {
    let zone = Zone::shanghai();
    let day = zone.local(now).day;
    let start = |day: i64| zone.day_start(day).unwrap_or(now).as_ms();
    (start(day), start(day / 100 * 100 + 1))
}

/// What the driver of this card has used of what their fleet lets them charge; nothing where it does not keep them to anything.
pub(crate) fn used(
    tx: &mut Tx<'_>,
    card: &Card,
    now: Timestamp,
) -> Result<Option<(DriverLimits, DriverUse)>> {
    let (Some(limits), Some(fleet), Some(driver)) =
        (card.driver_limits.filter(|_| card.fleet_pays), card.fleet, card.customer)
    else {
        return Ok(None);
    };
    let used = tx.read(|conn| driver_limits::used(conn, (fleet, driver), since(now)))?;
    Ok(Some((limits, used)))
}

fn told(rule: &DriverRule) -> Value {
    json!({"limits": rule.limits, "stations": rule.stations, "hours": rule.hours})
}

impl Engine {
    pub async fn fleet_driver_limit_list(&self, actor: &Actor, id: FleetId) -> Result<FleetDriverLimits> {
        actor.must_be_platform()?;
        let since = since(self.clock.now());
        let read = move |conn: &mut store::Conn| match fleets::get(conn, id)? {
            Some(_) => driver_limits::driver_limit_list(conn, id, since, DRIVERS_MAX).map(Some),
            None => Ok(None),
        };
        self.store.read(read).await?.ok_or_else(no_fleet)
    }

    pub async fn fleet_driver_limit_set(
        &self,
        actor: &Actor,
        id: FleetId,
        change: DriverLimitChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let limits = change.limits.checked()?;
        let (stations, hours) = places_checked(change.stations.as_deref(), &change.hours)?;
        let rule = DriverRule { limits, stations, hours, version: change.version };
        let (actor, now, driver) = (actor.clone(), self.clock.now(), change.customer_id);
        self.store
            .write(None, move |tx| {
                tx.read(|conn| fleets::get(conn, id))?.ok_or_else(no_fleet)?;
                if let Some(driver) = driver {
                    let customer = tx.read(|conn| customers::get(conn, CustomerId(driver)))?;
                    if customer.and_then(|customer| customer.fleet) != Some(id) {
                        return Err(Error::invalid(
                            "customer_id",
                            "该用户不是本车队的司机，请从司机列表中选择",
                            "This customer is no driver of the fleet; choose one of its drivers.",
                        ));
                    }
                }
                places_known(tx, rule.stations.as_deref())?;
                let who = driver.unwrap_or(EVERY_DRIVER);
                let before = tx.read(|conn| driver_limits::get(conn, id, who))?.map(|rule| told(&rule));
                if !driver_limits::set(tx, (id, who), &rule, rule.version)? {
                    return Err(Error::conflict(
                        "fleet.changed",
                        "用量上限已被他人修改，请刷新后重新操作",
                        "Somebody has changed these limits meanwhile; look at them again and repeat your change.",
                    ));
                }
                store::pile_desired::lists_stale(tx)?;
                tx.changed(Change::Noun("fleet"));
                let detail = json!({"before": before, "after": told(&rule), "customer_id": driver});
                actor.record(tx, now, "fleet_driver_limit_set", "fleet", id.0, &detail)
            })
            .await?;
        self.cards_forget(move |card| card.fleet == Some(id)).await
    }
}
