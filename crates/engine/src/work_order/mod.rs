//! 工单: made from an alarm, a feedback, a wish or a plan, and worked to an end that another person accepts.

mod plan;
mod step;

pub use plan::{InspectionPlanChange, InspectionPlanDraft};
pub use step::WorkOrderChange;

use crate::Engine;
use crate::audit::Actor;
use crate::feedback::plain;
use crate::picture;
use crate::site::named;
use model::access::Permission;
use model::alarm::{AlarmAction, AlarmLevel};
use model::feedback::FeedbackAction;
use model::id::{FeedbackId, StaffId, StationId};
use model::time::{Timestamp, Zone};
use model::work_order::{WorkOrderAction, WorkOrderKind, WorkOrderState};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::attachments::{self, NewPicture};
use store::feedback::NewEvent;
use store::work_order_list::PHOTOS;
use store::work_orders::{self, CheckItem, WorkOrder, WorkOrderLimit};
use store::{Change, Tx, alarms, feedback};
use utoipa::ToSchema;

const TITLE_MAX: usize = 60;
pub(super) const TEXT_MAX: usize = 1_000;
const PHOTOS_MAX: usize = 12;
const LIMIT_MINUTES_MAX: i64 = 90 * 24 * 60;
/// Of one run: the next one is soon.
const AT_ONCE: i64 = 100;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkOrderDraft {
    /// 8 to 64 characters that whoever asks makes up: the same again makes no second one.
    pub request_id: String,
    pub level: AlarmLevel,
    /// What is to be done, in a line.
    pub title: String,
    pub content: Option<String>,
    /// Where; taken from the pile, the alarm or the feedback where it is left out.
    pub station_id: Option<i64>,
    pub pile_code: Option<String>,
    pub connector_no: Option<i64>,
    /// It comes from this alarm.
    pub alarm_id: Option<i64>,
    /// It comes from this feedback.
    pub feedback_id: Option<i64>,
    /// Who is to do it; null: whoever takes it.
    pub handler_id: Option<i64>,
    /// 隐患: something that could become dangerous was found.
    pub danger: Option<bool>,
}

/// What was made, or was there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WorkOrderReceipt {
    pub id: i64,
    pub no: String,
    /// There was one that is not over yet: nothing new was made.
    pub existing: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkOrderLimitChange {
    pub level: AlarmLevel,
    pub accept_minutes: i64,
    pub finish_minutes: i64,
}

pub fn no_work_order() -> Error {
    Error::not_found(
        "work_order.not_found",
        "没有这个工单，或不在您的数据范围内；请刷新列表",
        "There is no such work order in your scope; reload the list.",
    )
}

fn request_checked(text: &str) -> Result<String> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if (8..=64).contains(&text.len()) && plain {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        "request_id",
        "请求编号应为 8 到 64 个字母、数字、- 或 _",
        "request_id has 8 to 64 letters, digits, - or _.",
    ))
}

/// Somebody who may do it, in the scope of whoever says so.
pub(super) fn handler_checked(tx: &mut Tx<'_>, actor: &Actor, id: Option<i64>) -> Result<Option<StaffId>> {
    let Some(id) = id else { return Ok(None) };
    let wrong = |zh: &'static str, en: &'static str| Error::invalid("handler_id", zh, en);
    let own = actor.caller.scope.operator;
    let staff = tx.read(|conn| store::staff::get(conn, StaffId(id)))?.filter(|staff| !staff.disabled);
    let staff = staff.filter(|staff| own.is_none() || staff.operator == own).ok_or_else(|| {
        wrong("没有这个账号，请从列表中重新选择", "There is no such account; choose again.")
    })?;
    if !staff.permissions.has(Permission::WorkOrderWrite) {
        return Err(wrong(
            "此人没有处理工单的权限，请选择其他人或先调整其角色",
            "This person may not work on work orders; choose somebody else, or change the role first.",
        ));
    }
    Ok(Some(staff.id))
}

/// Where something is wanted, and why.
struct Wanted {
    kind: WorkOrderKind,
    station: StationId,
    pile: Option<i64>,
    connector_no: Option<i64>,
}

fn no_place(field: &'static str) -> Error {
    Error::invalid(
        field,
        "没有这个地点，或不在您的数据范围内；请从列表中重新选择",
        "There is no such place in your scope; choose again.",
    )
}

fn wanted(tx: &mut Tx<'_>, actor: &Actor, draft: &WorkOrderDraft) -> Result<Wanted> {
    let scope = &actor.caller.scope;
    let mut found = Wanted {
        kind: WorkOrderKind::Manual,
        station: StationId(draft.station_id.unwrap_or(0)),
        pile: None,
        connector_no: draft.connector_no,
    };
    if let Some(id) = draft.alarm_id {
        let alarm = tx.read(|conn| alarms::find(conn, scope, id))?.ok_or_else(|| no_place("alarm_id"))?;
        found = Wanted {
            kind: WorkOrderKind::Alarm,
            station: alarm.station,
            pile: alarm.pile.map(|pile| pile.0),
            connector_no: draft.connector_no.or(alarm.connector.map(i64::from).filter(|no| *no > 0)),
        };
    } else if let Some(id) = draft.feedback_id {
        let of = tx.read(|conn| feedback::find(conn, scope, FeedbackId(id)))?;
        of.ok_or_else(|| no_place("feedback_id"))?;
        found.kind = WorkOrderKind::Feedback;
        let place = tx.read(|conn| feedback::place_of(conn, FeedbackId(id)))?;
        if let Some((station, place)) = place.and_then(|place| Some((place.station?, place))) {
            (found.station, found.pile) = (StationId(station), place.pile);
            found.connector_no = draft.connector_no.or(place.connector_no);
        }
    }
    if let Some(code) = draft.pile_code.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
        let place = tx.read(|conn| feedback::place_of_pile(conn, code))?;
        let (pile, station, _) = place.ok_or_else(|| no_place("pile_code"))?;
        (found.pile, found.station) = (Some(pile), StationId(station));
    } else if let Some(station) = draft.station_id
        && found.station.0 != station
    {
        found = Wanted { station: StationId(station), pile: None, connector_no: None, ..found };
    }
    if draft.danger == Some(true) {
        found.kind = WorkOrderKind::Danger;
    }
    Ok(found)
}

fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    draft: &WorkOrderDraft,
    now: Timestamp,
) -> Result<WorkOrderReceipt> {
    let request_id = format!("{}:{}", actor.caller.staff.0, request_checked(draft.request_id.trim())?);
    let title = named("title", &draft.title, TITLE_MAX)?;
    let content = draft.content.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let content = content.map(|text| plain("content", text, TEXT_MAX)).transpose()?.unwrap_or_default();
    let existing = |one: WorkOrder| WorkOrderReceipt { id: one.id, no: one.no, existing: true };
    if let Some(known) = tx.read(|conn| work_orders::by_request(conn, &request_id))? {
        return Ok(existing(known));
    }
    let place = wanted(tx, actor, draft)?;
    // What is being worked on already is not sent for twice.
    if let Some(known) = tx.read(|conn| work_orders::open_of(conn, draft.alarm_id, draft.feedback_id))? {
        return Ok(existing(known));
    }
    let id = place.station;
    let station = tx.read(|conn| store::stations::find(conn, id))?;
    let field = if draft.pile_code.is_some() { "pile_code" } else { "station_id" };
    let station = station.filter(|station| actor.sees_station(station)).ok_or_else(|| no_place(field))?;
    let handler = handler_checked(tx, actor, draft.handler_id)?;
    let one = WorkOrder {
        request_id,
        kind: place.kind,
        level: draft.level,
        title,
        content,
        operator: station.operator,
        station: station.id,
        pile: place.pile,
        connector_no: place.connector_no,
        alarm: draft.alarm_id,
        feedback: draft.feedback_id.filter(|_| draft.alarm_id.is_none()),
        handler,
        created_by: actor.caller.name.clone(),
        ..blank(now)
    };
    let (id, no) = kept(tx, one, now)?;
    linked(tx, actor, draft, &no, now)?;
    let detail = json!({"no": no, "title": draft.title, "alarm_id": draft.alarm_id,
        "feedback_id": draft.feedback_id, "station_id": station.id.0, "handler_id": draft.handler_id});
    actor.record(tx, now, "work_order_create", "work_order", &no, &detail)?;
    Ok(WorkOrderReceipt { id, no, existing: false })
}

/// With the time limits of its level, and the first line of its story.
pub(super) fn kept(tx: &mut Tx<'_>, one: WorkOrder, now: Timestamp) -> Result<(i64, String)> {
    let limits = tx.read(work_orders::work_order_limit_list)?;
    let limit = limits.into_iter().find(|limit| limit.level == one.level);
    let (accept_due, finish_due) = limit.ok_or_else(Error::internal)?.dues(now);
    let by = Some(one.created_by.clone()).filter(|name| !name.is_empty());
    let one = WorkOrder { accept_due, finish_due, ..one };
    let (id, no) = work_orders::insert(tx, &one, Zone::shanghai().local(now).day)?;
    work_orders::event_append(tx, id, WorkOrderAction::Create, by.as_deref(), &one.title, now)?;
    Ok((id, no))
}

pub(super) fn blank(now: Timestamp) -> WorkOrder {
    WorkOrder {
        id: 0,
        no: String::new(),
        request_id: String::new(),
        kind: WorkOrderKind::Manual,
        level: AlarmLevel::Minor,
        state: WorkOrderState::Waiting,
        title: String::new(),
        content: String::new(),
        operator: model::id::OperatorId(0),
        station: StationId(0),
        pile: None,
        connector_no: None,
        alarm: None,
        feedback: None,
        plan: None,
        handler: None,
        done_by: None,
        checklist: Vec::<CheckItem>::new(),
        result: None,
        parts: None,
        cost_fen: None,
        accept_due: now,
        finish_due: now,
        created_at: now,
        created_by: String::new(),
        accepted_at: None,
        arrived_at: None,
        done_at: None,
        closed_at: None,
        closed_by: None,
        escalated_at: None,
        version: 1,
    }
}

/// What it comes from says so in its own story.
fn linked(tx: &mut Tx<'_>, actor: &Actor, draft: &WorkOrderDraft, no: &str, now: Timestamp) -> Result<()> {
    let (name, text) = (Some(actor.caller.name.as_str()), format!("→ {no}"));
    if let Some(alarm) = draft.alarm_id {
        alarms::event_append(tx, alarm, AlarmAction::Note, name, &text, now)?;
        tx.changed(Change::Noun("alarm"));
    } else if let Some(id) = draft.feedback_id {
        let event = NewEvent { action: FeedbackAction::Note, staff_name: name, text: &text, told: false };
        feedback::event_append(tx, FeedbackId(id), &event, now)?;
        tx.changed(Change::Noun("feedback"));
    }
    Ok(())
}

impl Engine {
    /// The same request again, and one for something that is being worked on already, is answered with what is there.
    pub async fn work_order_create(&self, actor: &Actor, draft: WorkOrderDraft) -> Result<WorkOrderReceipt> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| create(tx, &actor, &draft, now)).await
    }

    /// Adds a photo; one that is there already is not kept twice.
    pub async fn work_order_photo_create(&self, actor: &Actor, id: i64, body: Vec<u8>) -> Result<()> {
        let photo = picture::checked("photo", body)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let found = tx.read(|conn| work_orders::find(conn, &actor.caller.scope, id))?;
                let one = found.ok_or_else(no_work_order)?;
                one.state.after(WorkOrderAction::Photo)?;
                if tx.read(|conn| attachments::has(conn, PHOTOS, id, &photo.digest))? {
                    return Ok(());
                }
                if tx.read(|conn| attachments::of(conn, PHOTOS, id))?.len() >= PHOTOS_MAX {
                    return Err(Error::invalid(
                        "photo",
                        format!("每个工单最多 {PHOTOS_MAX} 张照片，这张没有保存"),
                        format!("A work order has at most {PHOTOS_MAX} photos; this one was not kept."),
                    ));
                }
                let new = NewPicture {
                    noun: PHOTOS,
                    noun_id: id,
                    kind: photo.kind,
                    digest: &photo.digest,
                    body: &photo.body,
                };
                attachments::insert(tx, &new, now)?;
                let name = Some(actor.caller.name.as_str());
                work_orders::event_append(tx, id, WorkOrderAction::Photo, name, "", now)?;
                actor.record(tx, now, "work_order_photo_create", "work_order", &one.no, &json!({}))?;
                tx.changed(Change::Noun("work_order"));
                Ok(())
            })
            .await
    }

    /// Sets what is promised for work orders that are made from now on.
    pub async fn work_order_limit_set(&self, actor: &Actor, change: WorkOrderLimitChange) -> Result<()> {
        actor.must_be_platform()?;
        let WorkOrderLimitChange { level, accept_minutes, finish_minutes } = change;
        for (field, minutes) in [("accept_minutes", accept_minutes), ("finish_minutes", finish_minutes)] {
            if !(1..=LIMIT_MINUTES_MAX).contains(&minutes) {
                return Err(Error::invalid(
                    field,
                    format!("时限应在 1 到 {LIMIT_MINUTES_MAX} 分钟之间"),
                    format!("{field} is between 1 and {LIMIT_MINUTES_MAX} minutes."),
                ));
            }
        }
        if finish_minutes < accept_minutes {
            return Err(Error::invalid(
                "finish_minutes",
                "完工时限不能短于接单时限",
                "It cannot be done before somebody takes it.",
            ));
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(work_orders::work_order_limit_list)?;
                let before = all.into_iter().find(|one| one.level == level);
                let after = WorkOrderLimit { level, accept_minutes, finish_minutes };
                work_orders::limit_save(tx, &after)?;
                let detail = json!({"before": before, "after": after});
                actor.record(tx, now, "work_order_limit_set", "work_order", level.as_str(), &detail)
            })
            .await
    }

    /// Makes what plans want, and tells a chief of what is later than promised; how many.
    pub async fn work_orders_watch(&self, now: Timestamp) -> Result<usize> {
        let made = self.store.write(None, move |tx| plan::due(tx, now)).await?;
        let late = self
            .store
            .write(None, move |tx| {
                let late = tx.read(|conn| work_orders::overdue(conn, now, AT_ONCE))?;
                let count = late.len();
                for mut one in late {
                    one.escalated_at = Some(now);
                    work_orders::save(tx, &one)?;
                    work_orders::event_append(tx, one.id, WorkOrderAction::Escalate, None, "", now)?;
                    crate::webhook::work_order_told(tx, &one, now)?;
                }
                Ok(count)
            })
            .await?;
        Ok(made + late)
    }
}

/// For an alarm that the platform could not heal; one that somebody works on already is what it is then.
pub(crate) fn made_by_rule(
    tx: &mut Tx<'_>,
    alarm: &alarms::Alarm,
    request_id: &str,
    title: String,
    content: String,
    now: Timestamp,
) -> Result<i64> {
    if let Some(known) = tx.read(|conn| work_orders::by_request(conn, request_id))? {
        return Ok(known.id);
    }
    if let Some(known) = tx.read(|conn| work_orders::open_of(conn, Some(alarm.id), None))? {
        return Ok(known.id);
    }
    let one = WorkOrder {
        request_id: request_id.to_owned(),
        kind: WorkOrderKind::Alarm,
        level: alarm.level,
        title,
        content,
        operator: alarm.operator,
        station: alarm.station,
        pile: alarm.pile.map(|pile| pile.0),
        connector_no: alarm.connector.map(i64::from).filter(|no| *no > 0),
        alarm: Some(alarm.id),
        ..blank(now)
    };
    let (id, no) = kept(tx, one, now)?;
    alarms::event_append(tx, alarm.id, AlarmAction::Note, None, &format!("→ {no}"), now)?;
    tx.changed(Change::Noun("alarm"));
    Ok(id)
}
