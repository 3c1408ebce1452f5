//! 满意度: what the person who wrote thinks of how it was handled. And what is escalated by the clock.

use super::intake::phone_checked;
use super::{no_feedback, plain};
use crate::Engine;
use model::feedback::{FeedbackAction, FeedbackState};
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use serde::Deserialize;
use store::feedback::{self, Feedback, NewEvent};
use store::{Change, Tx};
use utoipa::ToSchema;

const TEXT_MAX: usize = 200;
/// From the last word on; later nobody remembers, and the figures of a month stay as they are.
const OPEN_MS: i64 = 30 * DAY_MS;
/// In one go of the job.
const AT_ONCE: i64 = 200;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackScoreDraft {
    pub no: String,
    /// The number that was left with the feedback.
    pub phone: String,
    /// 1 (very dissatisfied) to 5 (very satisfied).
    pub score: i64,
    pub text: Option<String>,
}

/// Whether the person may rate it now.
pub(super) fn may_rate(one: &Feedback, now: Timestamp) -> bool {
    matches!(one.state, FeedbackState::Answered | FeedbackState::Closed) && !is_over(one, now)
}

fn is_over(one: &Feedback, now: Timestamp) -> bool {
    one.closed_at.is_some_and(|closed| now.as_ms() - closed.as_ms() > OPEN_MS)
}

impl Engine {
    /// Takes a rating; another one of the same feedback replaces it.
    pub async fn feedback_rate(&self, address: &str, draft: FeedbackScoreDraft) -> Result<()> {
        let now = self.clock.now();
        self.visitors.enter(address, now)?;
        let (no, phone) = (draft.no.trim().to_ascii_uppercase(), phone_checked(&draft.phone)?);
        if !(1..=5).contains(&draft.score) {
            return Err(Error::invalid(
                "score",
                "评分应为 1 到 5 的整数：1 很不满意，5 很满意",
                "The score is an integer from 1 (very dissatisfied) to 5 (very satisfied).",
            ));
        }
        let text = draft.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let text = text.map(|text| plain("text", text, TEXT_MAX)).transpose()?;
        self.store.write(None, move |tx| rate(tx, &no, &phone, draft.score, text.as_deref(), now)).await
    }

    /// What is later than promised by more than the parameter says goes up to a chief; how many did.
    pub async fn feedback_escalate(&self, now: Timestamp) -> Result<usize> {
        let before = now.plus_ms(-self.rules().feedback_escalate_ms);
        let late = self.store.read(move |conn| feedback::long_overdue(conn, before, AT_ONCE)).await?;
        if late.is_empty() {
            return Ok(0);
        }
        self.store
            .write(None, move |tx| {
                // Somebody may have closed one meanwhile: they are read again where they are written.
                let late = tx.read(|conn| feedback::long_overdue(conn, before, AT_ONCE))?;
                let count = late.len();
                for mut one in late {
                    one.escalated_at = Some(now);
                    feedback::save(tx, &one)?;
                    let event = NewEvent {
                        action: FeedbackAction::Escalate,
                        staff_name: None,
                        text: "",
                        told: false,
                    };
                    feedback::event_append(tx, one.id, &event, now)?;
                }
                tx.changed(Change::Noun("feedback"));
                Ok(count)
            })
            .await
    }
}

fn rate(
    tx: &mut Tx<'_>,
    no: &str,
    phone: &str,
    score: i64,
    text: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let found = tx.read(|conn| feedback::by_no(conn, no))?;
    let mut one = found.filter(|one| one.phone.as_deref() == Some(phone)).ok_or_else(no_feedback)?;
    // One that was merged goes on in another of the same person, and is rated there.
    if let Some(into) = one.merged_into {
        let other = tx.read(|conn| feedback::find(conn, &model::access::Scope::ALL, into))?;
        one = other.filter(|other| other.phone.as_deref() == Some(phone)).unwrap_or(one);
    }
    one.state = one.state.after(FeedbackAction::Rate)?;
    if is_over(&one, now) {
        return Err(Error::refused(
            "feedback.score_ended",
            "办结超过 30 天，不能再评价；如问题仍在，请提交新的反馈",
            "It was closed more than 30 days ago and is rated no more. If it troubles you still, send new feedback.",
        ));
    }
    if one.score == Some(score) && one.score_text.as_deref() == text {
        return Ok(());
    }
    (one.score, one.score_text, one.scored_at) = (Some(score), text.map(str::to_owned), Some(now));
    feedback::save(tx, &one)?;
    let words = text.map(|text| format!("{score} / 5\n{text}")).unwrap_or_else(|| format!("{score} / 5"));
    let event = NewEvent { action: FeedbackAction::Rate, staff_name: None, text: &words, told: true };
    feedback::event_append(tx, one.id, &event, now)?;
    tx.changed(Change::Noun("feedback"));
    Ok(())
}
