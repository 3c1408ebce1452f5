//! 巡检计划: work orders that are wanted again and again.

use super::{blank, handler_checked, kept};
use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, taken};
use model::alarm::AlarmLevel;
use model::id::{StaffId, StationId};
use model::time::{DAY_MS, Timestamp, Zone};
use model::work_order::WorkOrderKind;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::work_orders::{self, CheckItem, InspectionPlan, WorkOrder, inspection_plan_list};
use utoipa::ToSchema;

const NAME_MAX: usize = 30;
const ITEM_MAX: usize = 60;
const ITEMS_MAX: usize = 40;
const STATIONS_MAX: usize = 200;
const COUNT_MAX: usize = 100;
const EVERY_DAYS: std::ops::RangeInclusive<i64> = 1..=366;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionPlanDraft {
    pub name: String,
    /// 1 to 200 stations.
    pub station_ids: Vec<i64>,
    /// 1 to 40 things to be looked at.
    pub items: Vec<String>,
    /// 1 to 366.
    pub every_days: i64,
    /// When the first work orders are made; null: with the next run.
    pub next_at_ms: Option<i64>,
    pub handler_id: Option<i64>,
    pub level: AlarmLevel,
    pub enabled: bool,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionPlanChange {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub station_ids: Vec<i64>,
    pub items: Vec<String>,
    pub every_days: i64,
    pub next_at_ms: Option<i64>,
    pub handler_id: Option<i64>,
    pub level: AlarmLevel,
    pub enabled: bool,
}

impl InspectionPlanChange {
    fn draft(self) -> (i64, InspectionPlanDraft) {
        let InspectionPlanChange { version, name, station_ids, items, every_days, next_at_ms, .. } = self;
        let (handler_id, level, enabled) = (self.handler_id, self.level, self.enabled);
        let draft = InspectionPlanDraft {
            name,
            station_ids,
            items,
            every_days,
            next_at_ms,
            handler_id,
            level,
            enabled,
        };
        (version, draft)
    }
}

fn no_plan() -> Error {
    Error::not_found(
        "inspection_plan.not_found",
        "没有这个巡检计划，可能已被删除，请刷新列表",
        "There is no such inspection plan, or it was deleted; reload the list.",
    )
}

fn wrong(field: &'static str, most: usize) -> Error {
    Error::invalid(
        field,
        format!("应有 1 到 {most} 项，且不重复"),
        format!("{field} has 1 to {most} entries, each once."),
    )
}

fn checked(draft: InspectionPlanDraft) -> Result<InspectionPlanDraft> {
    let name = named("name", &draft.name, NAME_MAX)?;
    let items: Result<Vec<String>> = draft.items.iter().map(|item| named("items", item, ITEM_MAX)).collect();
    let items = items?;
    let distinct: std::collections::BTreeSet<&String> = items.iter().collect();
    if !(1..=ITEMS_MAX).contains(&items.len()) || distinct.len() != items.len() {
        return Err(wrong("items", ITEMS_MAX));
    }
    let mut station_ids = draft.station_ids;
    station_ids.sort_unstable();
    station_ids.dedup();
    if !(1..=STATIONS_MAX).contains(&station_ids.len()) {
        return Err(wrong("station_ids", STATIONS_MAX));
    }
    if !EVERY_DAYS.contains(&draft.every_days) {
        return Err(Error::invalid(
            "every_days",
            "巡检间隔应为 1 到 366 天",
            "An inspection comes every 1 to 366 days.",
        ));
    }
    Ok(InspectionPlanDraft { name, items, station_ids, ..draft })
}

fn told(one: &InspectionPlan) -> serde_json::Value {
    json!({"name": one.name, "stations": one.station_ids, "items": one.items, "every_days": one.every_days,
        "next_at_ms": one.next_at_ms, "handler_id": one.handler_id, "level": one.level, "enabled": one.enabled})
}

impl Engine {
    pub async fn inspection_plan_create(
        &self,
        actor: &Actor,
        draft: InspectionPlanDraft,
    ) -> Result<InspectionPlan> {
        actor.must_be_platform()?;
        let draft = checked(draft)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = written(tx, &actor, None, draft.clone(), now)?;
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "inspection_plan_create", "inspection_plan", one.id, &detail)?;
                Ok(one)
            })
            .await
    }

    pub async fn inspection_plan_update(
        &self,
        actor: &Actor,
        id: i64,
        change: InspectionPlanChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let (version, draft) = change.draft();
        let draft = checked(draft)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(inspection_plan_list)?;
                let before = all.into_iter().find(|one| one.id == id).ok_or_else(no_plan)?;
                if before.version != version {
                    return Err(Error::conflict(
                        "inspection_plan.version_differs",
                        "该计划刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this plan. Look at it as it is now, then try again.",
                    ));
                }
                let one = written(tx, &actor, Some(&before), draft.clone(), now)?;
                let detail = json!({"before": told(&before), "after": told(&one)});
                actor.record(tx, now, "inspection_plan_update", "inspection_plan", id, &detail)
            })
            .await
    }

    /// What it has wanted already stays.
    pub async fn inspection_plan_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(inspection_plan_list)?;
                let before = all.into_iter().find(|one| one.id == id).ok_or_else(no_plan)?;
                work_orders::plan_delete(tx, id)?;
                let detail = json!({"before": told(&before)});
                actor.record(tx, now, "inspection_plan_delete", "inspection_plan", id, &detail)
            })
            .await
    }
}

fn written(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<&InspectionPlan>,
    draft: InspectionPlanDraft,
    now: Timestamp,
) -> Result<InspectionPlan> {
    let all = tx.read(inspection_plan_list)?;
    let id = before.map_or(0, |one| one.id);
    if id == 0 && all.len() >= COUNT_MAX {
        return Err(Error::refused(
            "inspection_plan.too_many",
            "巡检计划最多 100 个，请先删除不用的",
            "There are a hundred plans, the most there can be; delete one first.",
        ));
    }
    if all.iter().any(|other| other.id != id && other.name == draft.name) {
        return Err(taken("name", "inspection_plan.exists", "计划名称", "plan's name"));
    }
    for station in &draft.station_ids {
        let id = StationId(*station);
        if tx.read(|conn| store::stations::find(conn, id))?.is_none() {
            return Err(Error::invalid(
                "station_ids",
                format!("没有编号为 {station} 的充电站，请从列表中重新选择"),
                format!("There is no station {station}; choose again."),
            ));
        }
    }
    let handler = handler_checked(tx, actor, draft.handler_id)?;
    let next = draft.next_at_ms.or(before.map(|one| one.next_at_ms)).unwrap_or(now.as_ms());
    let mut one = InspectionPlan {
        id,
        name: draft.name,
        station_ids: draft.station_ids,
        items: draft.items,
        every_days: draft.every_days,
        next_at_ms: next,
        handler_id: handler.map(|staff| staff.0),
        level: draft.level,
        enabled: draft.enabled,
        version: before.map_or(1, |one| one.version + 1),
        changed_at_ms: now.as_ms(),
        changed_by: actor.caller.name.clone(),
    };
    one.id = work_orders::plan_save(tx, &one)?;
    Ok(one)
}

/// Makes the work orders of plans whose time has come: one for each station and day, however often it runs. What was
/// missed while the server was stopped is made up for once.
pub(super) fn due(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize> {
    let all = tx.read(inspection_plan_list)?;
    let day = Zone::shanghai().local(now).day;
    let mut made = 0;
    for mut plan in all.into_iter().filter(|plan| plan.enabled && plan.next_at_ms <= now.as_ms()) {
        for station in &plan.station_ids {
            let request_id = format!("plan:{}:{station}:{day}", plan.id);
            if tx.read(|conn| work_orders::by_request(conn, &request_id))?.is_some() {
                continue;
            }
            let id = StationId(*station);
            let Some(station) = tx.read(|conn| store::stations::find(conn, id))? else { continue };
            let item = |text: &String| CheckItem { text: text.clone(), good: None, note: None };
            let one = WorkOrder {
                request_id,
                kind: WorkOrderKind::Inspection,
                level: plan.level,
                title: plan.name.clone(),
                operator: station.operator,
                station: station.id,
                plan: Some(plan.id),
                handler: plan.handler_id.map(StaffId),
                checklist: plan.items.iter().map(item).collect(),
                ..blank(now)
            };
            kept(tx, one, now)?;
            made += 1;
        }
        let step = plan.every_days * DAY_MS;
        let behind = (now.as_ms() - plan.next_at_ms) / step;
        plan.next_at_ms += (behind + 1) * step;
        work_orders::plan_save(tx, &plan)?;
    }
    Ok(made)
}
