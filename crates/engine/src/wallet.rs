//! 钱包: what staff put into purses and take out of them, how people pay, and what is given back of an
//! order. Above a limit a second person agrees first.

use crate::Engine;
use crate::audit::Actor;
use crate::proposal::{self, Proposal, ProposalDecision};
use crate::settlement::no_order;
use model::access::Caller;
use model::card::Card;
use model::id::{CustomerId, FleetId, OrderId, PileId, StaffId};
use model::ledger::{PayWay, Payer, PaymentState};
use model::money::Fen;
use model::order::Order;
use model::proposal::ProposalState;
use model::settlement::reason_checked;
use model::time::Timestamp;
use model::wallet::{WalletChangeKind, amount_checked, request_id_checked};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::fleets::FleetAccount;
use store::order_payments::{self, OrderPayment};
use store::proposals::Proposed;
use store::wallet_changes::{self, WalletChange};
use store::wallets::WalletMove;
use store::{Change, Tx, customers, fleets, invoice_orders, orders, postings};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WalletChangeDraft {
    pub kind: WalletChangeKind,
    pub amount_fen: i64,
    pub reason: String,
    /// Made by the page when it opens the form: sent again, it is the same change.
    pub request_id: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundDraft {
    pub amount_fen: i64,
    pub reason: String,
    /// Made by the page when it opens the form: sent again, it is the same refund.
    pub request_id: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteOffDraft {
    pub reason: String,
}

/// How a customer pays; null: as the parameter says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayWayChange {
    pub pay_way: Option<PayWay>,
}

/// Whether a fleet pays for its drivers, and how far below zero.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetAccountChange {
    pub version: i64,
    pub pays: bool,
    pub credit_fen: i64,
}

pub fn no_wallet_change() -> Error {
    Error::not_found(
        "wallet_change.not_found",
        "没有这笔余额调整，请刷新页面",
        "There is no such change of a wallet; load the page again.",
    )
}

fn too_little() -> Error {
    Error::refused(
        "wallet.balance_short",
        "可用余额不足：进行中的充电已冻结一部分，或余额小于要扣的金额；请减少金额，或等充电结束后再扣",
        "The available balance does not suffice: sessions hold a part of it, or there is less than that. Take less, or wait until they have ended.",
    )
    .on_field("amount_fen")
}

/// The same number with another content is no repetition.
fn differs(field: &'static str) -> Error {
    Error::conflict(
        "request.differs",
        "同一请求编号已用于另一内容，请刷新页面后重新填写",
        "This request id was used for something else. Load the page again and fill in the form anew.",
    )
    .on_field(field)
}

fn staff(caller: &Caller) -> (StaffId, &str) {
    (caller.staff, caller.name.as_str())
}

fn payer_exists(tx: &mut Tx<'_>, payer: Payer) -> Result<()> {
    match payer {
        Payer::Customer(id) => {
            tx.read(|conn| customers::get(conn, id))?.map(drop).ok_or_else(crate::customer::no_customer)
        }
        Payer::Fleet(id) => {
            tx.read(|conn| fleets::get(conn, id))?.map(drop).ok_or_else(crate::fleet::no_fleet)
        }
    }
}

/// Moves the money of an approved change.
fn carry_out(tx: &mut Tx<'_>, change: &WalletChange, actor: &Actor, now: Timestamp) -> Result<()> {
    let payer = change.payer().ok_or_else(Error::internal)?;
    let moved = tx.wallet_move(&WalletMove {
        payer,
        code: change.kind.code(),
        gift: change.kind.is_gift(),
        fen: Fen(change.amount_fen),
        key: &format!("wallet_change/{}", change.request_id),
        at: now,
        staff: Some(staff(&actor.caller)),
        reason: &change.reason,
    })?;
    moved.map(drop).ok_or_else(too_little)
}

fn told(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    action: &'static str,
    change: &WalletChange,
) -> Result<()> {
    let (noun, id) = match change.payer() {
        Some(Payer::Fleet(id)) => ("fleet", id.0),
        Some(Payer::Customer(id)) => ("customer", id.0),
        None => return Err(Error::internal()),
    };
    tx.changed(Change::Noun(noun));
    actor.record(tx, now, action, noun, id, &json!({ "wallet_change": change }))
}

fn fresh(
    actor: &Actor,
    payer: Payer,
    draft: &WalletChangeDraft,
    (state, now): (ProposalState, Timestamp),
) -> WalletChange {
    let (customer_id, fleet_id) = match payer {
        Payer::Customer(id) => (Some(id.0), None),
        Payer::Fleet(id) => (None, Some(id.0)),
    };
    WalletChange {
        id: 0,
        customer_id,
        fleet_id,
        kind: draft.kind,
        amount_fen: draft.amount_fen,
        reason: draft.reason.clone(),
        request_id: draft.request_id.clone(),
        state,
        staff_id: actor.caller.staff.0,
        staff_name: actor.caller.name.clone(),
        created_at_ms: now.as_ms(),
        decided_by: None,
        decided_by_name: None,
        decided_at_ms: None,
        decision_reason: None,
    }
}

/// A change that was asked for before under the same number.
fn repeated(tx: &mut Tx<'_>, payer: Payer, draft: &WalletChangeDraft) -> Result<Option<i64>> {
    let Some(known) = tx.read(|conn| wallet_changes::by_request(conn, &draft.request_id))? else {
        return Ok(None);
    };
    if known.payer() != Some(payer) {
        return Err(differs("request_id"));
    }
    if known.kind != draft.kind {
        return Err(differs("kind"));
    }
    if known.amount_fen != draft.amount_fen {
        return Err(differs("amount_fen"));
    }
    Ok(Some(known.id))
}

/// A completed order that somebody has paid or owes, in the caller's sight.
fn paid_order(tx: &mut Tx<'_>, actor: &Actor, id: OrderId) -> Result<(Order, OrderPayment)> {
    let order = tx.read(|conn| orders::get(conn, id))?.ok_or_else(no_order)?;
    if !actor.sees_station(&*tx.station(order.station)?) {
        return Err(no_order());
    }
    let payment = tx.read(|conn| order_payments::get(conn, id))?;
    match payment.filter(|payment| payment.state == PaymentState::Posted) {
        Some(payment) => Ok((order, payment)),
        None => Err(Error::refused(
            "order.not_paid",
            "这笔订单没有付款记录（未结束、免费或在启用账务之前完成），没有可退款或核销的金额，无需操作",
            "Nothing was paid for this order: it is not over, free, or older than the books. There is nothing to give back.",
        )),
    }
}

fn recorded(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    action: &'static str,
    order: &Order,
    detail: &serde_json::Value,
) -> Result<()> {
    tx.changed(Change::Order { order: order.id, pile: order.pile, operator: order.operator });
    actor.record_order(tx, now, action, order, detail)
}

/// 1 000 000 yuan
const CREDIT_MAX_FEN: i64 = 100_000_000;

impl Engine {
    /// The next tokens of these cards are judged by what the database says.
    pub(crate) async fn cards_forget(
        &self,
        which: impl Fn(&Card) -> bool + Send + Clone + 'static,
    ) -> Result<()> {
        let forget = move |tx: &mut Tx<'_>| {
            tx.cards_changed(&which);
            Ok(())
        };
        self.store.write_everywhere(forget).await.map(drop)
    }

    /// Puts money into a purse or takes it out, or proposes to, where a second person has to agree.
    pub async fn wallet_change_create(
        &self,
        actor: &Actor,
        payer: Payer,
        mut draft: WalletChangeDraft,
    ) -> Result<i64> {
        actor.must_be_platform()?;
        draft.reason = reason_checked(&draft.reason)?;
        draft.request_id = request_id_checked(&draft.request_id)?;
        let amount = amount_checked(draft.amount_fen)?;
        if matches!(payer, Payer::Fleet(_)) && draft.kind.is_gift() {
            return Err(Error::invalid(
                "kind",
                "车队账户没有赠送金，请选择充值或扣本金",
                "A fleet's account has no gift. Choose to top up or to deduct from the principal.",
            ));
        }
        let (actor, now, rules) = (actor.clone(), self.clock.now(), self.rules());
        let id = self
            .store
            .write(None, move |tx| {
                payer_exists(tx, payer)?;
                if let Some(id) = repeated(tx, payer, &draft)? {
                    return Ok(id);
                }
                let second = amount > rules.wallet_alone;
                let state = if second { ProposalState::Proposed } else { ProposalState::Approved };
                let change = fresh(&actor, payer, &draft, (state, now));
                let id = wallet_changes::insert(tx, &change)?;
                if !second {
                    carry_out(tx, &change, &actor, now)?;
                }
                told(tx, &actor, now, "wallet_change_create", &WalletChange { id, ..change })?;
                Ok(id)
            })
            .await?;
        self.payments_balance_tell(payer).await?;
        Ok(id)
    }

    /// The second person agrees, or does not.
    pub async fn wallet_change_update(
        &self,
        actor: &Actor,
        id: i64,
        decision: ProposalDecision,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let decision = decision.checked()?;
        let (actor, now, approve) = (actor.clone(), self.clock.now(), decision.approve);
        let payer = self
            .store
            .write(None, move |tx| {
                let mut change =
                    tx.read(|conn| wallet_changes::get(conn, id))?.ok_or_else(no_wallet_change)?;
                let proposal = Proposal { proposed: Proposed::WalletChange, id, staff: change.staff_id };
                proposal::decide(tx, &actor, &proposal, &decision, now)?;
                if approve {
                    carry_out(tx, &change, &actor, now)?;
                }
                (change.state, change.decision_reason) = (decision.state(), decision.reason.clone());
                told(tx, &actor, now, "wallet_change_update", &change)?;
                Ok(change.payer().filter(|_| approve))
            })
            .await?;
        match payer {
            Some(payer) => self.payments_balance_tell(payer).await,
            None => Ok(()),
        }
    }

    /// Gives back what an order has cost, or a part of it, the way it was paid.
    pub async fn order_refund_create(
        &self,
        actor: &Actor,
        place: (OrderId, PileId),
        draft: RefundDraft,
    ) -> Result<()> {
        let reason = reason_checked(&draft.reason)?;
        let request = request_id_checked(&draft.request_id)?;
        let amount = amount_checked(draft.amount_fen)?;
        let (actor, (id, pile), now) = (actor.clone(), place, self.clock.now());
        self.store
            .write(Some(pile), move |tx| {
                let (order, payment) = paid_order(tx, &actor, id)?;
                let key = format!("refund/{request}");
                let known = tx.read(|conn| postings::by_keys(conn, &key))?;
                if known.iter().any(|one| one.order != Some(id)) {
                    return Err(differs("request_id"));
                }
                if !known.is_empty() {
                    let same = known.iter().map(|one| one.fen).sum::<Fen>() == amount;
                    return if same { Ok(()) } else { Err(differs("amount_fen")) };
                }
                if let Some(invoice) = invoice_orders::invoice_blocks_refund(tx, id)? {
                    return Err(Error::refused(
                        "refund.invoiced",
                        format!("该订单已在发票 {invoice} 中，请先红冲（未开票的先驳回）该发票，再退款"),
                        format!(
                            "This order stands in invoice {invoice}. Reverse it first (or reject it, if it was not issued), then refund."
                        ),
                    ));
                }
                let left = payment.left().total();
                if amount > left {
                    return Err(Error::refused(
                        "refund.too_much",
                        format!("最多可退 {}.{:02} 元，请减少退款金额", left.0 / 100, left.0 % 100),
                        format!("At most {}.{:02} yuan can be given back.", left.0 / 100, left.0 % 100),
                    )
                    .on_field("amount_fen"));
                }
                tx.payment_refund(payment, amount, (&key, &reason), staff(&actor.caller), now)?;
                let detail = json!({"amount_fen": amount.0, "reason": reason, "request_id": request});
                recorded(tx, &actor, now, "order_refund_create", &order, &detail)?;
                crate::discount::returned(tx, order.id)
            })
            .await
    }

    /// What is owed for an order is given up.
    pub async fn order_write_off_create(
        &self,
        actor: &Actor,
        place: (OrderId, PileId),
        draft: WriteOffDraft,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let reason = reason_checked(&draft.reason)?;
        let (actor, (id, pile), now) = (actor.clone(), place, self.clock.now());
        self.store
            .write(Some(pile), move |tx| {
                let (order, payment) = paid_order(tx, &actor, id)?;
                let key = format!("write_off/{}", id.0);
                let fen = tx.payment_write_off(payment, (&key, &reason), staff(&actor.caller), now)?;
                if fen.0 == 0 {
                    return Err(Error::refused(
                        "order.nothing_owed",
                        "这笔订单没有待支付的金额，无需核销",
                        "Nothing is owed for this order, so that nothing can be written off.",
                    ));
                }
                let detail = json!({"amount_fen": fen.0, "reason": reason});
                recorded(tx, &actor, now, "order_write_off_create", &order, &detail)
            })
            .await
    }

    /// Says how a customer pays, from the next start on.
    pub async fn customer_pay_way_set(
        &self,
        actor: &Actor,
        id: CustomerId,
        change: PayWayChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        if change.pay_way == Some(PayWay::Fleet) {
            return Err(Error::invalid(
                "pay_way",
                "是否由车队付费在车队页面设置，请选择钱包或后付",
                "Whether a fleet pays is said on its own page; choose wallet or later.",
            ));
        }
        let (actor, now, way) = (actor.clone(), self.clock.now(), change.pay_way);
        self.store
            .write(None, move |tx| {
                payer_exists(tx, Payer::Customer(id))?;
                let before = tx.read(|conn| customers::pay_way(conn, id))?;
                customers::pay_way_set(tx, id, way)?;
                tx.changed(Change::Noun("customer"));
                let detail = json!({"before": {"pay_way": before}, "after": {"pay_way": way}});
                actor.record(tx, now, "customer_pay_way_set", "customer", id.0, &detail)
            })
            .await?;
        self.cards_forget(move |card| card.customer == Some(id)).await
    }

    /// Says whether a fleet pays for its drivers, and how far below zero its account may go.
    pub async fn fleet_account_set(
        &self,
        actor: &Actor,
        id: FleetId,
        change: FleetAccountChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        if !(0..=CREDIT_MAX_FEN).contains(&change.credit_fen) {
            return Err(Error::invalid(
                "credit_fen",
                "授信额度应为 0 到 1000000 元，请核对单位",
                "A credit lies between 0 and 1 000 000 yuan; check the unit.",
            ));
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                crate::fleet::found(tx, id, change.version)?;
                let before = tx.read(|conn| fleets::account(conn, id))?.ok_or_else(crate::fleet::no_fleet)?;
                let version = change.version.saturating_add(1);
                let credit = Fen(change.credit_fen);
                tx.fleet_credit_changed(id, (before.credit, credit), version)?;
                fleets::account_set(tx, id, FleetAccount { pays: change.pays, credit, version })?;
                tx.changed(Change::Noun("fleet"));
                let detail = json!({
                    "before": {"pays": before.pays, "credit_fen": before.credit.0},
                    "after": {"pays": change.pays, "credit_fen": credit.0},
                });
                actor.record(tx, now, "fleet_account_set", "fleet", id.0, &detail)
            })
            .await?;
        self.cards_forget(move |card| card.fleet == Some(id)).await
    }
}
