//! 调价计划: stations show a version from a moment on. The moment is in what every writer knows of a
//! station, so that an order that begins a millisecond later has the new version, whether or not the
//! server was there to put the plan into effect.

use crate::Engine;
use crate::audit::Actor;
use crate::feedback::plain;
use model::access::{Permissions, Scope};
use model::id::{StaffId, StationId, TariffId, TariffPlanId};
use model::tariff_plan::{DeliveryState, TariffPlanState, effective_checked};
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::tariff_deliveries::{self, TariffDelivery};
use store::tariff_plans::{self, NewTariffPlan, TariffPlan};
use store::{Tx, tariffs};
use utoipa::ToSchema;

/// Most stations of one plan.
const STATIONS_MAX: usize = 2_000;
/// Most piles named in one retry.
const CODES_MAX: usize = 500;
const REASON_MAX: usize = 200;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffPlanDraft {
    pub tariff_id: i64,
    pub station_ids: Vec<i64>,
    /// At once when null.
    pub effective_ms: Option<i64>,
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffPlanWithdrawal {
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffDeliveryDraft {
    /// All that have not got it when null.
    pub pile_codes: Option<Vec<String>>,
}

/// What came of asking again at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TariffDeliveryStarted {
    /// Told now; the answer is awaited.
    pub sent: i64,
    /// Off line or charging: told by itself when it is ready.
    pub queued: i64,
}

pub(crate) fn no_plan() -> Error {
    Error::not_found(
        "tariff_plan.not_found",
        "没有这个调价计划，或不在您的数据范围内",
        "There is no such plan in your scope.",
    )
}

/// Who puts plans into effect: the clock.
fn clock() -> Actor {
    let caller = model::access::Caller {
        staff: StaffId(0),
        name: "schedule".to_owned(),
        permissions: Permissions::all(),
        scope: Scope::ALL,
    };
    Actor { caller, address: "local".to_owned() }
}

impl Engine {
    pub async fn tariff_plan_create(&self, actor: &Actor, draft: TariffPlanDraft) -> Result<TariffPlanId> {
        let now = self.clock.now();
        let reason = plain("reason", &draft.reason, REASON_MAX)?;
        let effective = effective_checked(draft.effective_ms, now)?;
        let stations: BTreeSet<StationId> = draft.station_ids.into_iter().map(StationId).collect();
        if stations.is_empty() || stations.len() > STATIONS_MAX {
            return Err(Error::invalid(
                "station_ids",
                format!("请选择 1 到 {STATIONS_MAX} 座充电站"),
                format!("Choose 1 to {STATIONS_MAX} stations."),
            ));
        }
        let stations: Vec<StationId> = stations.into_iter().collect();
        let (actor, tariff, changed) = (actor.clone(), TariffId(draft.tariff_id), stations.clone());
        let id = self
            .store
            .write(None, move |tx| {
                let staff = Some(actor.caller.staff).filter(|staff| staff.0 > 0);
                let new = NewTariffPlan { tariff, effective, reason: &reason, staff, stations: &stations };
                insert(tx, &actor, &new, now)
            })
            .await?;
        self.stations_changed(changed).await?;
        Ok(id)
    }

    /// Takes a plan back before its moment.
    pub async fn tariff_plan_cancel(
        &self,
        actor: &Actor,
        id: TariffPlanId,
        withdrawal: TariffPlanWithdrawal,
    ) -> Result<()> {
        let reason = plain("reason", &withdrawal.reason, REASON_MAX)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let stations = self
            .store
            .write(None, move |tx| {
                let plan = tx.read(|conn| tariff_plans::find(conn, &actor.caller.scope, id))?;
                let plan = plan.ok_or_else(no_plan)?;
                let stations = tx.read(|conn| tariff_plans::stations(conn, id))?;
                for station in &stations {
                    let facts = tx.station(*station)?;
                    if !actor.sees_station(&facts) {
                        return Err(Error::refused(
                            "tariff_plan.not_all_yours",
                            "这个计划还包含您数据范围以外的充电站，不能由您撤回，请联系平台管理员",
                            "This plan concerns stations outside your scope too. Ask the platform's administrator to withdraw it.",
                        ));
                    }
                }
                // From its moment on, orders begin with it, whether or not it has been put into effect yet.
                let waiting = plan.state == TariffPlanState::Scheduled && plan.effective > now;
                let staff = Some(actor.caller.staff).filter(|staff| staff.0 > 0);
                if !waiting || !tariff_plans::withdraw(tx, id, staff, &reason, now)? {
                    return Err(too_late(&plan));
                }
                let detail = json!({"before": {"state": "scheduled"}, "after": {"state": "withdrawn", "reason": reason}});
                actor.record(tx, now, "tariff_plan_cancel", "tariff_plan", id, &detail)?;
                Ok(stations)
            })
            .await?;
        self.stations_changed(stations).await
    }

    /// Puts into effect what has become due; how many plans. Run every few seconds, also after the server
    /// was off; doing it twice changes nothing.
    pub async fn tariff_plans_apply(&self, now: Timestamp) -> Result<usize> {
        let due = self.store.device_read(move |conn| tariff_plans::due(conn, now)).await?;
        let mut done = 0;
        for plan in due {
            let stations = self.store.write(None, move |tx| take_effect(tx, &clock(), &plan, now)).await?;
            if let Some(stations) = stations {
                self.stations_changed(stations).await?;
                done += 1;
            }
        }
        Ok(done)
    }

    /// Asks piles of a plan again at once instead of at the time of their next try.
    pub async fn tariff_delivery_start(
        &self,
        actor: &Actor,
        id: TariffPlanId,
        draft: TariffDeliveryDraft,
    ) -> Result<TariffDeliveryStarted> {
        let codes = draft.pile_codes;
        if codes.as_ref().is_some_and(|codes| codes.is_empty() || codes.len() > CODES_MAX) {
            return Err(Error::invalid(
                "pile_codes",
                format!("一次请选择 1 到 {CODES_MAX} 台充电桩，或留空表示全部未完成的桩"),
                format!("Name 1 to {CODES_MAX} piles at a time, or none for all that have not got it."),
            ));
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        let piles = self
            .store
            .write(None, move |tx| {
                let plan = tx.read(|conn| tariff_plans::find(conn, &actor.caller.scope, id))?;
                let plan = plan.ok_or_else(no_plan)?;
                if plan.state != TariffPlanState::Effective {
                    return Err(not_in_effect());
                }
                let scope = actor.caller.scope.clone();
                let piles =
                    tx.read(|conn| tariff_deliveries::retried(conn, &scope, id.0, codes.as_deref()))?;
                for (pile, _) in &piles {
                    let known = tx.read(|conn| tariff_deliveries::get(conn, *pile, plan.effective))?;
                    let model_no = tx.tariff(plan.tariff)?.model_no;
                    let new = || TariffDelivery::new(*pile, plan.effective, plan.tariff, model_no);
                    let one = known.unwrap_or_else(new);
                    if one.state != DeliveryState::Sent {
                        let again = TariffDelivery {
                            state: DeliveryState::Waiting,
                            attempts: 0,
                            next_try: Some(now),
                            message: None,
                            ..one
                        };
                        tariff_deliveries::save(tx, &again)?;
                    }
                }
                let names: Vec<&String> = piles.iter().map(|(_, code)| code).take(20).collect();
                let detail = json!({"piles": piles.len(), "codes": names});
                actor.record(tx, now, "tariff_delivery_start", "tariff_plan", id, &detail)?;
                Ok(piles)
            })
            .await?;
        let mut started = TariffDeliveryStarted::default();
        for (pile, _) in piles {
            match self.tariff_send(pile, now).await? {
                true => started.sent += 1,
                false => started.queued += 1,
            }
        }
        Ok(started)
    }
}

fn too_late(plan: &TariffPlan) -> Error {
    match plan.state {
        TariffPlanState::Withdrawn => Error::conflict(
            "tariff_plan.withdrawn",
            "这个计划已经撤回",
            "This plan has been withdrawn already.",
        ),
        _ => Error::conflict(
            "tariff_plan.in_effect",
            "这个计划已经生效，不能撤回；如需改回原价，请新建一个计划",
            "This plan is in effect and cannot be withdrawn. To go back to the old prices, make a new plan.",
        ),
    }
}

fn not_in_effect() -> Error {
    Error::conflict(
        "tariff_plan.not_in_effect",
        "这个计划没有生效，不需要下发",
        "This plan is not in effect, so there is nothing to send.",
    )
}

fn insert(tx: &mut Tx<'_>, actor: &Actor, new: &NewTariffPlan<'_>, now: Timestamp) -> Result<TariffPlanId> {
    if !tx.read(|conn| tariffs::exists(conn, new.tariff))? {
        return Err(Error::invalid(
            "tariff_id",
            "没有这个计费模型版本，请重新选择",
            "There is no such version of a tariff; choose another.",
        ));
    }
    for station in new.stations {
        may_be_planned(tx, actor, new, *station)?;
    }
    let id = tariff_plans::insert(tx, new, now)?;
    let after = json!({"after": {"tariff_id": new.tariff, "effective_ms": new.effective.as_ms(),
        "stations": new.stations, "reason": new.reason}});
    actor.record(tx, now, "tariff_plan_create", "tariff_plan", id, &after)?;
    if new.effective <= now {
        let plan = TariffPlan {
            id,
            tariff: new.tariff,
            effective: new.effective,
            state: TariffPlanState::Scheduled,
        };
        take_effect(tx, actor, &plan, now)?;
    }
    Ok(id)
}

/// One moment of a station has one plan, and a plan changes something.
fn may_be_planned(tx: &mut Tx<'_>, actor: &Actor, new: &NewTariffPlan<'_>, station: StationId) -> Result<()> {
    let facts = tx.read(|conn| store::stations::find(conn, station))?;
    let facts = facts.filter(|facts| actor.sees_station(facts)).ok_or_else(|| {
        Error::invalid(
            "station_ids",
            format!("没有编号为 {station} 的充电站，或不在您的数据范围内"),
            format!("There is no station {station} in your scope."),
        )
    })?;
    let name = tx.read(|conn| store::stations::fields(conn, station))?.map_or_else(String::new, |f| f.name);
    if let Some(other) = tx.read(|conn| tariff_plans::planned_at(conn, station, new.effective))? {
        return Err(Error::conflict(
            "tariff_plan.overlaps",
            format!("充电站“{name}”在这个时刻已有调价计划 #{other}；请换一个生效时间，或先撤回那个计划"),
            format!(
                "{name} has plan #{other} for this very moment. Choose another moment, or withdraw that plan first."
            ),
        )
        .on_field("station_ids"));
    }
    let before = facts.tariff_now(new.effective);
    let after = facts.planned.iter().find(|(due, _)| *due > new.effective).map(|(_, tariff)| *tariff);
    if before == Some(new.tariff) {
        return Err(Error::conflict(
            "tariff_plan.nothing_new",
            format!("充电站“{name}”届时已经是这个计费模型版本，无需再安排；请去掉这座站"),
            format!("{name} shows this version at that moment anyway. Leave this station out."),
        )
        .on_field("station_ids"));
    }
    if after == Some(new.tariff) {
        return Err(Error::conflict(
            "tariff_plan.twice",
            format!("充电站“{name}”之后的计划也是同一个版本；请先撤回那个计划，或去掉这座站"),
            format!("A later plan of {name} brings the same version. Withdraw that one first, or leave this station out."),
        )
        .on_field("station_ids"));
    }
    Ok(())
}

/// Shows the version of a plan whose moment has come; `None` when that was done already.
fn take_effect(
    tx: &mut Tx<'_>,
    actor: &Actor,
    plan: &TariffPlan,
    now: Timestamp,
) -> Result<Option<Vec<StationId>>> {
    if !tariff_plans::effective_set(tx, plan.id, now)? {
        return Ok(None);
    }
    let stations = tx.read(|conn| tariff_plans::stations(conn, plan.id))?;
    for station in &stations {
        tariff_plans::station_set(tx, plan, *station)?;
        tx.station_changed(*station);
    }
    let detail = json!({"before": {"state": "scheduled"}, "after": {"state": "effective"}});
    actor.record(tx, now, "tariff_plan_apply", "tariff_plan", plan.id, &detail)?;
    Ok(Some(stations))
}
