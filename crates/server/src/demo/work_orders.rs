//! Work orders in each state, and the plan of the monthly inspection.

use super::PilePlan;
use crate::app::App;
use engine::audit::Actor;
use engine::work_order::{InspectionPlanDraft, WorkOrderChange, WorkOrderDraft};
use model::Result;
use model::alarm::AlarmLevel;
use model::time::DAY_MS;
use model::work_order::WorkOrderAction;
use std::sync::Arc;

/// What is wrong, at which of the piles, how bad, and how far they are.
const ORDERS: [(&str, &str, usize, AlarmLevel, &[WorkOrderAction]); 5] = [
    (
        "2 号枪锁止机构卡滞",
        "用户反映拔枪困难，需现场检查枪头电子锁",
        3,
        AlarmLevel::Minor,
        &[
            WorkOrderAction::Accept,
            WorkOrderAction::Arrive,
            WorkOrderAction::Finish,
            WorkOrderAction::Confirm,
        ],
    ),
    (
        "充电模块温度偏高，清洗防尘网",
        "近一周三次过温降额",
        8,
        AlarmLevel::Major,
        &[WorkOrderAction::Accept, WorkOrderAction::Arrive, WorkOrderAction::Finish],
    ),
    ("屏幕无显示", "触摸屏黑屏，可远程启动充电", 12, AlarmLevel::Minor, &[WorkOrderAction::Accept]),
    ("急停按钮护罩破损", "巡视发现，需更换护罩", 20, AlarmLevel::Major, &[]),
    ("地面车位线磨损", "影响停车入位，请物业补划", 26, AlarmLevel::Notice, &[]),
];

const CHECKS: [&str; 6] = [
    "枪线与枪头外观",
    "急停按钮动作",
    "接地与漏电保护",
    "防尘网与风扇",
    "消防器材在有效期内",
    "车位与标识清晰",
];

pub async fn write(app: &Arc<App>, actor: &Actor, piles: &[PilePlan]) -> Result<()> {
    for (number, (title, content, pile, level, steps)) in ORDERS.into_iter().enumerate() {
        let Some(plan) = piles.get(pile % piles.len().max(1)) else { return Ok(()) };
        let draft = WorkOrderDraft {
            request_id: format!("demo-work-order-{number}"),
            level,
            title: title.to_owned(),
            content: Some(content.to_owned()),
            station_id: None,
            pile_code: Some(plan.code.clone()),
            connector_no: None,
            alarm_id: None,
            feedback_id: None,
            handler_id: None,
            danger: None,
        };
        let id = app.engine.work_order_create(actor, draft).await?.id;
        for (version, action) in (1..).zip(steps) {
            // Whoever did it does not accept it.
            let by = if *action == WorkOrderAction::Confirm { Actor::local() } else { actor.clone() };
            app.engine.work_order_update(&by, id, step(version, *action)).await?;
        }
    }
    let stations = app.engine.store.read(store::forecasts::stations).await?;
    let plan = InspectionPlanDraft {
        name: "场站月度安全巡检".to_owned(),
        station_ids: stations.into_iter().map(|(station, _)| station.0).collect(),
        items: CHECKS.map(str::to_owned).to_vec(),
        every_days: 30,
        next_at_ms: Some(app.now().plus_ms(3 * DAY_MS).as_ms()),
        handler_id: None,
        level: AlarmLevel::Minor,
        enabled: true,
    };
    app.engine.inspection_plan_create(actor, plan).await.map(drop)
}

fn step(version: i64, action: WorkOrderAction) -> WorkOrderChange {
    let done = action == WorkOrderAction::Finish;
    WorkOrderChange {
        version,
        action,
        text: done.then(|| "已处理，试充一次正常".to_owned()),
        handler_id: None,
        parts: done.then(|| "防尘网 1 片".to_owned()),
        cost_fen: done.then_some(12_800),
        checklist: None,
    }
}
