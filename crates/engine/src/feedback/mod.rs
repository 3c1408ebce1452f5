//! 客服反馈: worked to an end by staff.

mod block;
pub mod category;
mod intake;
mod score;
pub mod template;

pub use block::{FeedbackBlockDraft, FeedbackBlockLift};
pub use intake::{FeedbackDraft, FeedbackPhotoReceipt, FeedbackProgress, FeedbackReceipt, caller_phone};
pub use score::FeedbackScoreDraft;

use crate::Engine;
use crate::audit::Actor;
use model::access::Permission;
use model::feedback::{FeedbackAction, FeedbackKind, FeedbackLimit};
use model::field::field_text;
use model::id::{FeedbackId, StaffId};
use model::order::Order;
use model::time::Timestamp;
use model::{Error, Result, Text};
use serde::Deserialize;
use serde_json::json;
use store::feedback::{self, Feedback, NewEvent};
use store::{Change, Tx};
use utoipa::ToSchema;

/// The longest promise that can be set: a quarter of a year.
const LIMIT_MINUTES_MAX: i64 = 90 * 24 * 60;
const TEXT_MAX: usize = 1_000;

/// One step. Which fields it needs follows from the action.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackChange {
    /// The version that the page shows: what was changed meanwhile is not overwritten.
    pub version: i64,
    pub action: FeedbackAction,
    /// `reply`: what the person reads. `note`, `close`, `reopen`, `assign`, `merge`, `escalate`: for ourselves.
    pub text: Option<String>,
    /// `assign`: to whom.
    pub handler_id: Option<i64>,
    /// `link_order`: 18 digits; null takes the link away.
    pub order_no: Option<String>,
    /// `merge`: the number of the feedback in which this one goes on.
    pub into_no: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackLimitChange {
    pub kind: FeedbackKind,
    pub answer_minutes: i64,
    pub close_minutes: i64,
}

pub(crate) fn no_feedback() -> Error {
    Error::not_found(
        "feedback.not_found",
        "没有这条反馈，请核对反馈编号与手机号",
        "There is no such feedback; check its number and the phone number.",
    )
}

/// A text of several lines: trimmed, not empty, bounded, without characters that nobody can see.
pub(crate) fn plain(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    if length == 0 || length > most || text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        let Text { zh, en } = field_text(field);
        return Err(Error::invalid(
            field,
            format!("{zh}应为 1 到 {most} 个字符，且不含控制字符；现为 {length} 个"),
            format!("{en} has 1 to {most} characters and no control characters; it has {length}."),
        ));
    }
    Ok(text)
}

impl Engine {
    pub async fn feedback_update(&self, actor: &Actor, id: FeedbackId, change: FeedbackChange) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| step(tx, &actor, id, &change, now)).await
    }

    /// The whole phone number, for whoever may see personal data; that it was looked at is written down.
    pub async fn feedback_phone_reveal(&self, actor: &Actor, id: FeedbackId) -> Result<String> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let found = tx.read(|conn| feedback::find(conn, &actor.caller.scope, id))?;
                let one = found.ok_or_else(no_feedback)?;
                let phone = one.phone.ok_or_else(|| {
                    Error::not_found(
                        "feedback.no_phone",
                        "这条反馈没有留下手机号",
                        "No phone number was left with this feedback.",
                    )
                })?;
                actor.record(tx, now, "feedback_phone_get", "feedback", &one.no, &json!({}))?;
                Ok(phone)
            })
            .await
    }

    /// Sets what is promised for feedback that comes in from now on.
    pub async fn feedback_limit_set(&self, actor: &Actor, change: FeedbackLimitChange) -> Result<()> {
        actor.must_be_platform()?;
        let FeedbackLimitChange { kind, answer_minutes, close_minutes } = change;
        for (field, minutes) in [("answer_minutes", answer_minutes), ("close_minutes", close_minutes)] {
            if !(1..=LIMIT_MINUTES_MAX).contains(&minutes) {
                return Err(Error::invalid(
                    field,
                    format!("时限应在 1 到 {LIMIT_MINUTES_MAX} 分钟之间"),
                    format!("{field} is between 1 and {LIMIT_MINUTES_MAX} minutes."),
                ));
            }
        }
        if close_minutes < answer_minutes {
            return Err(Error::invalid(
                "close_minutes",
                "办结时限不能短于首次答复时限",
                "The end cannot be promised before the first answer.",
            ));
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| feedback::limit_of(conn, kind))?;
                feedback::limit_save(tx, kind, FeedbackLimit { answer_minutes, close_minutes })?;
                let told =
                    |answer: i64, close: i64| json!({"answer_minutes": answer, "close_minutes": close});
                let detail = json!({"before": told(before.answer_minutes, before.close_minutes),
                    "after": told(answer_minutes, close_minutes)});
                actor.record(tx, now, "feedback_limit_set", "feedback", kind.as_str(), &detail)?;
                tx.changed(Change::Noun("feedback"));
                Ok(())
            })
            .await
    }
}

fn step(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: FeedbackId,
    change: &FeedbackChange,
    now: Timestamp,
) -> Result<()> {
    let found = tx.read(|conn| feedback::find(conn, &actor.caller.scope, id))?;
    let mut one = found.ok_or_else(no_feedback)?;
    if one.version != change.version {
        return Err(Error::conflict(
            "feedback.version_differs",
            "该反馈刚被他人处理过，已读取最新内容，请核对后再操作；您填写的内容仍在",
            "Somebody has worked on this feedback meanwhile. Look at it as it is now, then try again.",
        ));
    }
    let before = one.state;
    one.state = one.state.after(change.action)?;
    let text = carried_out(tx, actor, &mut one, change, now)?;
    feedback::save(tx, &one)?;
    let told = matches!(
        change.action,
        FeedbackAction::Reply | FeedbackAction::Accept | FeedbackAction::Close | FeedbackAction::Reopen
    );
    // What we write to ourselves when we close it stays with us.
    let name = Some(actor.caller.name.as_str());
    let is_ours = told && change.action != FeedbackAction::Reply && !text.is_empty();
    let event =
        NewEvent { action: change.action, staff_name: name, text: if is_ours { "" } else { &text }, told };
    feedback::event_append(tx, id, &event, now)?;
    if is_ours {
        let note = NewEvent { action: FeedbackAction::Note, staff_name: name, text: &text, told: false };
        feedback::event_append(tx, id, &note, now)?;
    }
    let detail = json!({"action": change.action, "before": {"state": before}, "after": {"state": one.state,
        "handler_id": one.handler, "order_id": one.order, "merged_into": one.merged_into,
        "escalated_at_ms": one.escalated_at.map(Timestamp::as_ms)}});
    actor.record(tx, now, "feedback_update", "feedback", &one.no, &detail)?;
    tx.changed(Change::Noun("feedback"));
    Ok(())
}

/// Does the action to `one`; the text of its line in the story.
fn carried_out(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &mut Feedback,
    change: &FeedbackChange,
    now: Timestamp,
) -> Result<String> {
    let given = change.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let text = given.map(|text| plain("text", text, TEXT_MAX)).transpose()?;
    let needed =
        || text.clone().ok_or_else(|| Error::invalid("text", "请填写内容", "Write what there is to say."));
    let own = Some(actor.caller.staff).filter(|staff| staff.0 > 0);
    match change.action {
        FeedbackAction::Create => {
            return Err(Error::invalid("action", "已存在的反馈不能再次创建", "It exists already."));
        }
        FeedbackAction::Rate => {
            return Err(Error::invalid(
                "action",
                "评价由用户本人提交",
                "Only the person who wrote rates it.",
            ));
        }
        FeedbackAction::Escalate => {
            if one.escalated_at.is_some() {
                return Err(Error::refused(
                    "feedback.escalated",
                    "该反馈已升级，请刷新后查看",
                    "This feedback was escalated already; reload the page.",
                ));
            }
            one.escalated_at = Some(now);
            return needed();
        }
        FeedbackAction::Accept => one.handler = own,
        FeedbackAction::Assign => return assigned(tx, actor, one, change, text),
        FeedbackAction::Reply => {
            one.answered_at = one.answered_at.or(Some(now));
            one.handler = one.handler.or(own);
            return needed();
        }
        FeedbackAction::Note => return needed(),
        FeedbackAction::LinkOrder => return linked(tx, actor, one, change.order_no.as_deref()),
        FeedbackAction::Merge => return merged(tx, actor, one, change, now),
        FeedbackAction::Close => {
            one.closed_at = Some(now);
            // Closing without a word is an answer too, or nobody could ever say that it was late.
            one.answered_at = one.answered_at.or(Some(now));
            one.handler = one.handler.or(own);
            return needed();
        }
        FeedbackAction::Reopen => {
            one.closed_at = None;
            return needed();
        }
    }
    Ok(text.unwrap_or_default())
}

fn assigned(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &mut Feedback,
    change: &FeedbackChange,
    text: Option<String>,
) -> Result<String> {
    let wrong = |zh: &'static str, en: &'static str| Error::invalid("handler_id", zh, en);
    let id = change.handler_id.ok_or_else(|| wrong("请选择处理人", "Choose somebody."))?;
    let staff = tx.read(|conn| store::staff::get(conn, StaffId(id)))?.filter(|staff| !staff.disabled);
    let staff = staff
        .filter(|staff| {
            actor.caller.scope.operator.is_none() || staff.operator == actor.caller.scope.operator
        })
        .ok_or_else(|| {
            wrong("没有这个账号，请从列表中重新选择", "There is no such account; choose again.")
        })?;
    if !staff.permissions.has(Permission::FeedbackWrite) {
        return Err(wrong(
            "此人没有处理投诉建议的权限，请选择其他人或先调整其角色",
            "This person may not handle feedback; choose somebody else, or change the role first.",
        ));
    }
    one.handler = Some(staff.id);
    Ok(text.map_or_else(|| staff.name.clone(), |text| format!("{}：{text}", staff.name)))
}

fn linked(tx: &mut Tx<'_>, actor: &Actor, one: &mut Feedback, number: Option<&str>) -> Result<String> {
    let Some(number) = number.map(str::trim).filter(|number| !number.is_empty()) else {
        one.order = None;
        return Ok(String::new());
    };
    let order = Order::id_of_number(number).ok_or_else(intake::no_order)?;
    if !tx.read(|conn| feedback::order_seen(conn, &actor.caller.scope, order))? {
        return Err(intake::no_order());
    }
    one.order = Some(order);
    Ok(number.to_owned())
}

fn merged(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &mut Feedback,
    change: &FeedbackChange,
    now: Timestamp,
) -> Result<String> {
    let wrong = |zh: &'static str, en: &'static str| Error::invalid("into_no", zh, en);
    let no = change.into_no.as_deref().map(str::trim).filter(|no| !no.is_empty());
    let no = no.ok_or_else(|| wrong("请填写要合并到的反馈编号", "Give the number of the other feedback."))?;
    let other = tx.read(|conn| feedback::by_no(conn, &no.to_ascii_uppercase()))?;
    let other = match other {
        Some(other) => tx.read(|conn| feedback::find(conn, &actor.caller.scope, other.id))?,
        None => None,
    };
    let other = other.ok_or_else(|| wrong("没有这个反馈编号，请核对", "There is no such feedback."))?;
    if other.id == one.id {
        return Err(wrong("不能合并到自己，请填写另一条反馈的编号", "It cannot be merged into itself."));
    }
    if other.merged_into.is_some() {
        return Err(wrong(
            "那条反馈也已被合并，请填写最终那条的编号",
            "That one was merged itself; give the number of the one in which it goes on.",
        ));
    }
    one.merged_into = Some(other.id);
    let text = format!("← {}", one.no);
    let name = Some(actor.caller.name.as_str());
    let event = NewEvent { action: FeedbackAction::Merge, staff_name: name, text: &text, told: false };
    feedback::event_append(tx, other.id, &event, now)?;
    Ok(format!("→ {}", other.no))
}
