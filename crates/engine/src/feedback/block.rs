//! 反馈黑名单: somebody who abuses the public door is told so politely, for a time; staff may lift it.

use super::intake::phone_checked;
use super::plain;
use crate::Engine;
use crate::audit::Actor;
use model::customer::phone_masked;
use model::error::{Kind, Text};
use model::id::{FeedbackId, OperatorId};
use model::time::{DAY_MS, MINUTE_MS, Timestamp, Zone};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::feedback_blocks::{self, NewFeedbackBlock};
use store::{Tx, feedback};
use utoipa::ToSchema;

/// What the person reads: a sentence or two.
const REASON_MAX: usize = 200;
/// Nobody is shut out for good.
const DAYS_MAX: i64 = 366;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackBlockDraft {
    /// Whose number; or the feedback that abused it.
    pub phone: Option<String>,
    pub feedback_id: Option<i64>,
    /// The person is told this.
    pub reason: String,
    /// At most 366 days from now.
    pub until_ms: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackBlockLift {
    pub reason: String,
}

fn no_block() -> Error {
    Error::not_found(
        "feedback_block.not_found",
        "没有这条黑名单记录，或不在您的数据范围内",
        "There is no such entry of the blacklist in your scope.",
    )
}

/// Says no to somebody who is on the list, and when that ends.
pub(super) fn must_not_hold(
    tx: &mut Tx<'_>,
    who: (&str, Option<i64>),
    operator: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let Some(held) = tx.read(|conn| feedback_blocks::holding(conn, who, operator, now))? else {
        return Ok(());
    };
    let local = Zone::shanghai().local(held.until);
    let until = format!(
        "{:04}-{:02}-{:02} {:02}:{:02}",
        local.day / 10_000,
        local.day / 100 % 100,
        local.day % 100,
        local.hour,
        local.minute
    );
    Err(Error::new(
        Kind::Refused,
        "feedback.blocked",
        Text::new(
            format!("抱歉，您的在线反馈已暂停至 {until}，原因：{}。如有紧急情况或异议，请拨打客服电话", held.reason),
            format!(
                "We are sorry: feedback from you is not taken until {until} (Beijing time), because: {}. Please call us if it is urgent, or if you disagree.",
                held.reason
            ),
        ),
    )
    .on_field("phone"))
}

/// The number that is meant, its customer, and the feedback.
fn meant(
    tx: &mut Tx<'_>,
    actor: &Actor,
    draft: &FeedbackBlockDraft,
) -> Result<(String, Option<i64>, Option<i64>)> {
    let given = draft.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty());
    let phone = match (given, draft.feedback_id) {
        (Some(phone), None) => phone_checked(phone)?,
        (None, Some(id)) => {
            let wrong = |zh, en| Error::invalid("feedback_id", zh, en);
            let found = tx.read(|conn| feedback::find(conn, &actor.caller.scope, FeedbackId(id)))?;
            let found = found.ok_or_else(|| {
                wrong("没有这条反馈，或不在您的数据范围内", "There is no such feedback in your scope.")
            })?;
            found.phone.ok_or_else(|| {
                wrong(
                    "这条反馈没有留下手机号，无法加入黑名单",
                    "No phone number was left with this feedback.",
                )
            })?
        }
        _ => {
            return Err(Error::invalid(
                "phone",
                "请填写手机号，或从一条反馈加入，二者选一",
                "Give either a phone number or a feedback.",
            ));
        }
    };
    let customer = tx.read(|conn| feedback::customer_of_phone(conn, &phone))?;
    Ok((phone, customer.map(|(id, _)| id), draft.feedback_id))
}

impl Engine {
    /// Staff of an operator close the door for what concerns its piles, the platform's for everything.
    pub async fn feedback_block_create(&self, actor: &Actor, draft: FeedbackBlockDraft) -> Result<i64> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let reason = plain("reason", &draft.reason, REASON_MAX)?;
        let until = Timestamp::from_ms(draft.until_ms);
        let ahead = draft.until_ms.saturating_sub(now.as_ms());
        if !(MINUTE_MS..=DAYS_MAX * DAY_MS).contains(&ahead) {
            return Err(Error::invalid(
                "until_ms",
                format!("截止时间应在 1 分钟后到 {DAYS_MAX} 天内；不能永久限制"),
                format!(
                    "It ends in a minute at least and in {DAYS_MAX} days at most; nobody is shut out for good."
                ),
            ));
        }
        self.store
            .write(None, move |tx| {
                let (phone, customer, feedback) = meant(tx, &actor, &draft)?;
                let operator = actor.caller.scope.operator.map(|OperatorId(id)| id);
                if tx.read(|conn| feedback_blocks::holds(conn, &phone, operator, now))? {
                    return Err(Error::conflict(
                        "feedback_block.exists",
                        "该号码已在黑名单中；如需改变期限或原因，请先解除再加入",
                        "This number is on the list already; lift that first to change its end or reason.",
                    )
                    .on_field(if draft.feedback_id.is_some() {
                        "feedback_id"
                    } else {
                        "phone"
                    }));
                }
                let staff_name = actor.caller.name.as_str();
                let new = NewFeedbackBlock {
                    phone: &phone,
                    customer,
                    operator,
                    feedback,
                    reason: &reason,
                    until,
                    staff_name,
                };
                let id = feedback_blocks::insert(tx, &new, now)?;
                let after = json!({"after": {"phone": phone_masked(&phone), "operator_id": operator,
                    "feedback_id": feedback, "reason": reason, "until_ms": until.as_ms()}});
                actor.record(tx, now, "feedback_block_create", "feedback_block", id, &after)?;
                Ok(id)
            })
            .await
    }

    pub async fn feedback_block_cancel(&self, actor: &Actor, id: i64, lift: FeedbackBlockLift) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let reason = plain("reason", &lift.reason, REASON_MAX)?;
        self.store
            .write(None, move |tx| {
                let scope = actor.caller.scope.clone();
                let one =
                    tx.read(|conn| feedback_blocks::find(conn, &scope, id, now))?.ok_or_else(no_block)?;
                if !feedback_blocks::lift(tx, id, (&actor.caller.name, &reason), now)? {
                    return Err(Error::conflict(
                        "feedback_block.lifted",
                        "这条黑名单记录已经解除，请刷新列表",
                        "This entry was lifted already; reload the list.",
                    ));
                }
                let detail =
                    json!({"phone": one.phone, "before": {"until_ms": one.until_ms}, "reason": reason});
                actor.record(tx, now, "feedback_block_cancel", "feedback_block", id, &detail)
            })
            .await
    }
}
