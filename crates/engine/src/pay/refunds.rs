//! 退款单: asked for by staff, decided by a second person above a limit, given up, or proved by hand.

use super::{differs, no_payment, no_refund};
use crate::Engine;
use crate::audit::Actor;
use model::id::CustomerId;
use model::money::Fen;
use model::pay::{PayState, PaymentPurpose, REFUND_WITHIN_MS, RefundKind, RefundRoute, RefundState, pay_no};
use model::settlement::reason_checked;
use model::time::Timestamp;
use model::wallet::{amount_checked, request_id_checked};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::payments::{self, NewPaymentEvent, Payment};
use store::refunds::{self, Refund};
use store::{Tx, customers};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentRefundDraft)]
pub struct RefundDraft {
    pub amount_fen: i64,
    pub reason: String,
    /// Made by the page when it opens the form: sent again, it is the same refund.
    pub request_id: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundDecision {
    pub approve: bool,
    /// Why not; wanted when it is rejected.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundCancel {
    pub reason: String,
}

/// A transfer by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundProof {
    /// Of the transfer: its number, to whom and when.
    pub proof: String,
}

const PROOF_MAX: usize = 200;

fn yuan(fen: Fen) -> String {
    format!("{}.{:02}", fen.0 / 100, fen.0 % 100)
}

fn too_much(left: Fen) -> Error {
    Error::refused(
        "refund.too_much",
        format!("最多可原路退 {} 元（已付减去已退与退款中的），请减少金额", yuan(left)),
        format!(
            "At most {} yuan can go back to their source: what was paid less what is refunded.",
            yuan(left)
        ),
    )
    .on_field("amount_fen")
}

fn short() -> Error {
    Error::refused(
        "wallet.balance_short",
        "钱包可用本金不足：已用于充电、被进行中的充电冻结，或在退款中；请减少金额",
        "The wallet's principal does not suffice: it was used, is held for sessions, or is being refunded. Take less.",
    )
    .on_field("amount_fen")
}

fn stale(zh: &'static str, en: &'static str) -> Error {
    Error::conflict("refund.state_differs", zh, en)
}

/// One wish of a person.
struct Wish<'a> {
    actor: &'a Actor,
    reason: &'a str,
    request_id: &'a str,
    /// A second person has to agree.
    second: bool,
    end: &'a str,
    now: Timestamp,
}

/// Makes one refund of a payment, and reserves its money.
fn make(
    tx: &mut Tx<'_>,
    payment: &mut Payment,
    (kind, amount): (RefundKind, Fen),
    wish: &Wish<'_>,
) -> Result<i64> {
    let now = wish.now;
    let fresh = payment.paid_at.is_some_and(|at| now.as_ms() - at.as_ms() < REFUND_WITHIN_MS);
    let route = if fresh { RefundRoute::Source } else { RefundRoute::Hand };
    let state = if wish.second { RefundState::Applied } else { RefundState::Approved };
    let new = Refund {
        id: 0,
        no: String::new(),
        payment: payment.id,
        pay_channel: payment.pay_channel,
        operator: payment.operator,
        customer: payment.customer,
        order: payment.order,
        pile: payment.pile,
        kind,
        amount,
        reason: wish.reason.to_owned(),
        request_id: wish.request_id.to_owned(),
        route,
        state,
        channel_no: None,
        message: None,
        tries: 0,
        next_at: (state == RefundState::Approved && fresh).then_some(now),
        staff: wish.actor.caller.staff,
        staff_name: wish.actor.caller.name.clone(),
        created_at: now,
        decided_by_name: None,
        decided_at: None,
        submitted_at: None,
        ended_at: None,
        proof: None,
        version: 1,
    };
    let refund = refunds::insert(tx, new, |id| pay_no("TK", id, now, wish.end))?;
    if !tx.refund_reserve(payment, &refund, now)? {
        return Err(short());
    }
    let what = if wish.second { "refund_applied" } else { "refund_created" };
    step(tx, &refund, (what, wish.reason), Some(wish.actor), now)?;
    let detail = json!({"no": refund.no, "payment_no": payment.no, "amount_fen": amount.0, "reason": wish.reason,
        "route": route, "state": state});
    wish.actor.record(tx, now, "refund_create", "refund", refund.id, &detail)?;
    Ok(refund.id)
}

/// What happened to a refund.
pub(super) fn step(
    tx: &mut Tx<'_>,
    refund: &Refund,
    (what, words): (&str, &str),
    actor: Option<&Actor>,
    now: Timestamp,
) -> Result<()> {
    let event = NewPaymentEvent {
        payment: refund.payment,
        refund: Some(refund.id),
        what,
        words,
        staff_name: actor.map(|actor| actor.caller.name.as_str()),
    };
    payments::event_append(tx, event, now)
}

/// Parts of one wish that was said before.
fn repeated(
    tx: &mut Tx<'_>,
    request_id: &str,
    amount: Fen,
    same: impl Fn(&Refund) -> bool,
) -> Result<Vec<i64>> {
    let known = tx.read(|conn| refunds::by_request(conn, request_id))?;
    if known.iter().any(|one| !same(one)) {
        return Err(differs("request_id"));
    }
    if !known.is_empty() && known.iter().map(|one| one.amount).sum::<Fen>() != amount {
        return Err(differs("amount_fen"));
    }
    Ok(known.into_iter().map(|one| one.id).collect())
}

/// How an amount is spread over payments: those first that their channel still takes back, the oldest first.
fn spread(all: Vec<Payment>, amount: Fen, now: Timestamp) -> Vec<(Payment, Fen)> {
    let fresh = |one: &Payment| one.paid_at.is_some_and(|at| now.as_ms() - at.as_ms() < REFUND_WITHIN_MS);
    let (first, then): (Vec<_>, Vec<_>) = all.into_iter().partition(fresh);
    let mut rest = amount;
    let mut parts = Vec::new();
    for one in first.into_iter().chain(then) {
        let part = rest.min(one.amount - one.refunded);
        if part.0 > 0 {
            rest = rest - part;
            parts.push((one, part));
        }
    }
    parts
}

impl Engine {
    /// Principal of a customer's wallet goes back to where it was paid from, over as many payments as it takes.
    pub async fn customer_refund_create(
        &self,
        actor: &Actor,
        customer: CustomerId,
        draft: RefundDraft,
    ) -> Result<Vec<i64>> {
        actor.must_be_platform()?;
        let reason = reason_checked(&draft.reason)?;
        let request_id = request_id_checked(&draft.request_id)?;
        let amount = amount_checked(draft.amount_fen)?;
        let (now, actor, end) = (self.clock.now(), actor.clone(), self.random.hex::<3>()?);
        let second = amount > self.rules().wallet_alone;
        self.store
            .write(None, move |tx| {
                tx.read(|conn| customers::get(conn, customer))?.ok_or_else(crate::customer::no_customer)?;
                let known =
                    repeated(tx, &request_id, amount, |one| one.customer == customer && one.order.is_none())?;
                if !known.is_empty() {
                    return Ok(known);
                }
                let all = tx.read(|conn| payments::refundable(conn, customer))?;
                let left = all.iter().map(|one| one.amount - one.refunded).sum::<Fen>();
                if left < amount {
                    return Err(too_much(left));
                }
                let wish =
                    Wish { actor: &actor, reason: &reason, request_id: &request_id, second, end: &end, now };
                let mut made = Vec::new();
                for (mut payment, part) in spread(all, amount, now) {
                    made.push(make(tx, &mut payment, (RefundKind::TopUp, part), &wish)?);
                }
                Ok(made)
            })
            .await
    }

    /// Of one payment: of a top-up what is in the wallet still, of an order what was paid for it.
    pub async fn refund_create(&self, actor: &Actor, payment: &Payment, draft: RefundDraft) -> Result<i64> {
        let reason = reason_checked(&draft.reason)?;
        let request_id = request_id_checked(&draft.request_id)?;
        let amount = amount_checked(draft.amount_fen)?;
        let (now, actor, end) = (self.clock.now(), actor.clone(), self.random.hex::<3>()?);
        let second = amount > self.rules().wallet_alone;
        let id = payment.id;
        self.store
            .write(payment.pile, move |tx| {
                let mut payment = tx.read(|conn| payments::get(conn, id))?.ok_or_else(no_payment)?;
                if let [known, ..] = repeated(tx, &request_id, amount, |one| one.payment == id)?.as_slice() {
                    return Ok(*known);
                }
                if payment.state != PayState::Paid || payment.excess {
                    return Err(Error::refused(
                        "refund.not_paid",
                        "只有已支付且未自动退回的支付可以退款；请刷新页面查看状态",
                        "Only a payment that is paid, and that does not go back by itself, can be refunded.",
                    ));
                }
                let left = payment.amount - payment.refunded;
                if left < amount {
                    return Err(too_much(left));
                }
                let kind = match payment.purpose {
                    PaymentPurpose::TopUp => RefundKind::TopUp,
                    PaymentPurpose::Order => RefundKind::Order,
                };
                let wish =
                    Wish { actor: &actor, reason: &reason, request_id: &request_id, second, end: &end, now };
                make(tx, &mut payment, (kind, amount), &wish)
            })
            .await
    }

    /// The second person agrees, or does not.
    pub async fn refund_update(
        &self,
        actor: &Actor,
        refund: &Refund,
        decision: RefundDecision,
    ) -> Result<Refund> {
        let reason = match (&decision.reason, decision.approve) {
            (Some(reason), _) => Some(reason_checked(reason)?),
            (None, true) => None,
            (None, false) => Some(reason_checked("")?),
        };
        let (now, actor, id) = (self.clock.now(), actor.clone(), refund.id);
        self.store
            .write(refund.pile, move |tx| {
                let mut one = tx.read(|conn| refunds::get(conn, id))?.ok_or_else(no_refund)?;
                if one.staff == actor.caller.staff {
                    return Err(Error::refused(
                        "refund.own",
                        "超过限额的退款须由另一人审核，不能由申请人自己通过或驳回",
                        "Somebody else has to decide this refund, not the person who applied for it.",
                    ));
                }
                if one.state != RefundState::Applied {
                    return Err(stale(
                        "这笔退款已经审核过，请刷新页面查看结果",
                        "This refund was decided already. Load the page again.",
                    ));
                }
                one.decided_by_name = Some(actor.caller.name.clone());
                one.decided_at = Some(now);
                let words = reason.clone().unwrap_or_default();
                if decision.approve {
                    one.state = RefundState::Approved;
                    one.next_at = (one.route == RefundRoute::Source).then_some(now);
                    step(tx, &one, ("refund_approved", &words), Some(&actor), now)?;
                } else {
                    give_up(tx, &mut one, (RefundState::Rejected, &words), now)?;
                    step(tx, &one, ("refund_rejected", &words), Some(&actor), now)?;
                }
                refunds::update(tx, &mut one)?;
                let detail = json!({"no": one.no, "approve": decision.approve, "reason": reason});
                actor.record(tx, now, "refund_update", "refund", id, &detail)?;
                Ok(one)
            })
            .await
    }

    /// Sends it again under the same number, or asks what became of it, at once.
    pub async fn refund_again(&self, actor: &Actor, refund: &Refund) -> Result<Refund> {
        let (now, actor, id) = (self.clock.now(), actor.clone(), refund.id);
        self.store
            .write(refund.pile, move |tx| {
                let mut one = tx.read(|conn| refunds::get(conn, id))?.ok_or_else(no_refund)?;
                let waits = matches!(one.state, RefundState::Approved | RefundState::Failed);
                if one.route != RefundRoute::Source || !(waits || one.state.is_under_way()) {
                    return Err(stale(
                        "这笔退款当前不能重新提交；请刷新页面查看状态",
                        "This refund cannot be sent now; load the page again.",
                    ));
                }
                one.next_at = Some(now);
                if one.state == RefundState::Failed {
                    one.state = RefundState::Approved;
                }
                refunds::update(tx, &mut one)?;
                step(tx, &one, ("refund_again", ""), Some(&actor), now)?;
                actor.record(tx, now, "refund_start", "refund", id, &json!({"no": one.no}))?;
                Ok(one)
            })
            .await
    }

    /// Gives it up while the channel has nothing of it: its money is where it was.
    pub async fn refund_cancel(&self, actor: &Actor, refund: &Refund, cancel: RefundCancel) -> Result<()> {
        let reason = reason_checked(&cancel.reason)?;
        let (now, actor, id) = (self.clock.now(), actor.clone(), refund.id);
        self.store
            .write(refund.pile, move |tx| {
                let mut one = tx.read(|conn| refunds::get(conn, id))?.ok_or_else(no_refund)?;
                let unsent = one.state == RefundState::Approved && one.tries == 0;
                if !(unsent || matches!(one.state, RefundState::Failed | RefundState::Applied)) {
                    return Err(stale(
                        "渠道可能已经受理这笔退款，不能撤销；请先刷新状态，失败后再撤销",
                        "The channel may have this refund already, so that it cannot be given up. Ask the channel first.",
                    ));
                }
                give_up(tx, &mut one, (RefundState::Cancelled, &reason), now)?;
                refunds::update(tx, &mut one)?;
                step(tx, &one, ("refund_cancelled", &reason), Some(&actor), now)?;
                let detail = json!({"no": one.no, "reason": reason});
                actor.record(tx, now, "refund_cancel", "refund", id, &detail)
            })
            .await
    }

    /// It was transferred by hand, because the channel takes it back no longer, or would not.
    pub async fn refund_confirm(&self, actor: &Actor, refund: &Refund, proof: RefundProof) -> Result<()> {
        let proof = proof.proof.trim().to_owned();
        if !(4..=PROOF_MAX).contains(&proof.chars().count()) {
            return Err(Error::invalid(
                "proof",
                "请用 4 到 200 个字写明转账凭证：流水号、收款人、日期",
                "Name the transfer in 4 to 200 characters: its number, to whom, when.",
            ));
        }
        let (now, actor, id) = (self.clock.now(), actor.clone(), refund.id);
        self.store
            .write(refund.pile, move |tx| {
                let mut one = tx.read(|conn| refunds::get(conn, id))?.ok_or_else(no_refund)?;
                let by_hand = one.state == RefundState::Approved && one.route == RefundRoute::Hand;
                if !by_hand && one.state != RefundState::Failed {
                    return Err(stale(
                        "只有线下退款或渠道退款失败后才能登记转账凭证；请刷新页面查看状态",
                        "A transfer by hand is noted where the channel takes nothing back, or has failed.",
                    ));
                }
                (one.route, one.state) = (RefundRoute::Hand, RefundState::Done);
                (one.next_at, one.ended_at, one.proof) = (None, Some(now), Some(proof.clone()));
                tx.refund_complete(&one, now)?;
                super::refund_steps::coupon_returned(tx, &one)?;
                refunds::update(tx, &mut one)?;
                step(tx, &one, ("refund_by_hand", &proof), Some(&actor), now)?;
                let detail = json!({"no": one.no, "proof": proof});
                actor.record(tx, now, "refund_confirm", "refund", id, &detail)
            })
            .await
    }
}

fn give_up(
    tx: &mut Tx<'_>,
    one: &mut Refund,
    (state, words): (RefundState, &str),
    now: Timestamp,
) -> Result<()> {
    let id = one.payment;
    let mut payment = tx.read(|conn| payments::get(conn, id))?.ok_or_else(no_payment)?;
    tx.refund_undo(&mut payment, one, now)?;
    (one.state, one.next_at, one.ended_at) = (state, None, Some(now));
    one.message = Some(words.to_owned());
    Ok(())
}
