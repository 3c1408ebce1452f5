//! The way of a work order: taken, on site, done, accepted by another person.

use super::{TEXT_MAX, handler_checked, no_work_order};
use crate::Engine;
use crate::audit::Actor;
use crate::feedback::plain;
use model::id::StaffId;
use model::time::Timestamp;
use model::work_order::WorkOrderAction;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::work_orders::{self, CheckItem, WorkOrder};
use utoipa::ToSchema;

const PARTS_MAX: usize = 300;
/// A million yuan: more is a slip of the pen.
const COST_MAX_FEN: i64 = 100_000_000;

/// One step. Which fields it needs follows from the action.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkOrderChange {
    /// The version that the page shows: what was changed meanwhile is not overwritten.
    pub version: i64,
    /// `assign`, `accept`, `arrive`, `finish`, `confirm`, `reject`, `cancel` or `note`.
    pub action: WorkOrderAction,
    /// `note`, `reject`, `cancel`: what there is to say. `finish`: what was done.
    pub text: Option<String>,
    /// `assign`: to whom.
    pub handler_id: Option<i64>,
    /// `finish`: what was used.
    pub parts: Option<String>,
    /// `finish`: what it has cost.
    pub cost_fen: Option<i64>,
    /// `finish`: what was found, for each of the checklist in its order.
    pub checklist: Option<Vec<CheckItem>>,
}

impl Engine {
    pub async fn work_order_update(&self, actor: &Actor, id: i64, change: WorkOrderChange) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| step(tx, &actor, id, &change, now)).await
    }
}

fn step(tx: &mut Tx<'_>, actor: &Actor, id: i64, change: &WorkOrderChange, now: Timestamp) -> Result<()> {
    let found = tx.read(|conn| work_orders::find(conn, &actor.caller.scope, id))?;
    let mut one = found.ok_or_else(no_work_order)?;
    if one.version != change.version {
        return Err(Error::conflict(
            "work_order.version_differs",
            "该工单刚被他人处理过，已读取最新内容，请核对后再操作；您填写的内容仍在",
            "Somebody has worked on this work order meanwhile. Look at it as it is now, then try again.",
        ));
    }
    let before = one.state;
    one.state = before.after(change.action)?;
    let text = carried_out(tx, actor, &mut one, change, now)?;
    work_orders::save(tx, &one)?;
    let name = Some(actor.caller.name.as_str());
    work_orders::event_append(tx, id, change.action, name, &text, now)?;
    let detail = json!({"action": change.action, "before": {"state": before}, "after": {"state": one.state,
        "handler_id": one.handler, "cost_fen": one.cost_fen}, "text": text});
    actor.record(tx, now, "work_order_update", "work_order", &one.no, &detail)
}

/// Does the action to `one`; the text of its line in the story.
fn carried_out(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &mut WorkOrder,
    change: &WorkOrderChange,
    now: Timestamp,
) -> Result<String> {
    let given = change.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let text = given.map(|text| plain("text", text, TEXT_MAX)).transpose()?;
    let needed = |text: Option<String>| {
        text.ok_or_else(|| Error::invalid("text", "请填写内容", "Write what there is to say."))
    };
    let own = Some(actor.caller.staff).filter(|staff| staff.0 > 0);
    match change.action {
        WorkOrderAction::Assign => return assigned(tx, actor, one, change, text),
        WorkOrderAction::Accept => {
            must_be_handler(one, own)?;
            (one.handler, one.accepted_at) = (own, one.accepted_at.or(Some(now)));
        }
        WorkOrderAction::Arrive => {
            must_be_handler(one, own)?;
            one.handler = own;
            (one.accepted_at, one.arrived_at) = (one.accepted_at.or(Some(now)), Some(now));
        }
        WorkOrderAction::Finish => {
            must_be_handler(one, own)?;
            return finished(one, change, needed(text)?, own, now);
        }
        WorkOrderAction::Confirm => {
            must_be_another(one, own)?;
            (one.closed_at, one.closed_by) = (Some(now), Some(actor.caller.name.clone()));
        }
        WorkOrderAction::Reject => {
            must_be_another(one, own)?;
            (one.done_at, one.done_by) = (None, None);
            return needed(text);
        }
        WorkOrderAction::Cancel => {
            (one.closed_at, one.closed_by) = (Some(now), Some(actor.caller.name.clone()));
            return needed(text);
        }
        WorkOrderAction::Note => return needed(text),
        WorkOrderAction::Create | WorkOrderAction::Photo | WorkOrderAction::Escalate => {
            return Err(Error::invalid("action", "该动作不能这样执行", "That is not done this way."));
        }
    }
    Ok(text.unwrap_or_default())
}

fn must_be_handler(one: &WorkOrder, own: Option<StaffId>) -> Result<()> {
    if one.handler.is_none() || own.is_none() || one.handler == own {
        return Ok(());
    }
    Err(Error::refused(
        "work_order.of_another",
        "该工单已派给他人；需要由您处理时，请先改派给自己",
        "It was given to somebody else; assign it to yourself first if you are to do it.",
    ))
}

/// Nobody accepts what they say themselves that they have done.
fn must_be_another(one: &WorkOrder, own: Option<StaffId>) -> Result<()> {
    if own.is_none() || one.done_by != own {
        return Ok(());
    }
    Err(Error::refused(
        "work_order.own",
        "完工人不能验收自己的工单，请由其他人验收",
        "Somebody other than whoever did it accepts it.",
    ))
}

fn assigned(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &mut WorkOrder,
    change: &WorkOrderChange,
    text: Option<String>,
) -> Result<String> {
    let handler = handler_checked(tx, actor, change.handler_id)?;
    let handler = handler.ok_or_else(|| Error::invalid("handler_id", "请选择处理人", "Choose somebody."))?;
    (one.handler, one.accepted_at, one.arrived_at) = (Some(handler), None, None);
    let name = tx.read(|conn| store::staff::get(conn, handler))?.map(|staff| staff.name).unwrap_or_default();
    Ok(text.map_or_else(|| name.clone(), |text| format!("{name}：{text}")))
}

fn finished(
    one: &mut WorkOrder,
    change: &WorkOrderChange,
    text: String,
    own: Option<StaffId>,
    now: Timestamp,
) -> Result<String> {
    let parts = change.parts.as_deref().map(str::trim).filter(|parts| !parts.is_empty());
    one.parts = parts.map(|parts| plain("parts", parts, PARTS_MAX)).transpose()?;
    if change.cost_fen.is_some_and(|cost| !(0..=COST_MAX_FEN).contains(&cost)) {
        return Err(Error::invalid(
            "cost_fen",
            "费用应在 0 到 1000000 元之间",
            "What it has cost is between 0 and 1000000 yuan.",
        ));
    }
    one.cost_fen = change.cost_fen;
    if let Some(found) = &change.checklist {
        checked_off(one, found)?;
    }
    if one.checklist.iter().any(|item| item.good.is_none()) {
        return Err(Error::invalid(
            "checklist",
            "检查项没有全部填写，请逐项选择正常或异常",
            "Say of each thing of the checklist whether it is good.",
        ));
    }
    one.result = Some(text.clone());
    (one.done_at, one.done_by, one.handler) = (Some(now), own, own.or(one.handler));
    Ok(text)
}

/// The same things in the same order, with what was found.
fn checked_off(one: &mut WorkOrder, found: &[CheckItem]) -> Result<()> {
    let same = found.len() == one.checklist.len()
        && found.iter().zip(&one.checklist).all(|(found, item)| found.text == item.text);
    if !same {
        return Err(Error::invalid(
            "checklist",
            "检查项与工单不一致，请刷新后重新填写",
            "The checklist is another one; reload the page.",
        ));
    }
    for (item, found) in one.checklist.iter_mut().zip(found) {
        let note = found.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        let note = note.map(|note| plain("checklist", note, PARTS_MAX)).transpose()?;
        if found.good == Some(false) && note.is_none() {
            let text = &item.text;
            return Err(Error::invalid(
                "checklist",
                format!("“{text}”异常，请填写说明"),
                format!("Say what is wrong with {text:?}."),
            ));
        }
        (item.good, item.note) = (found.good, note);
    }
    Ok(())
}
