//! What staff decide about an invoice: approved or rejected, asked for again, taken back.

use super::shown;
use crate::Engine;
use crate::audit::Actor;
use model::access::Scope;
use model::id::InvoiceId;
use model::invoice::{InvoiceChannelKind, InvoiceState, RedReason, RedState};
use model::settlement::reason_checked;
use model::time::Timestamp;
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::invoice_work::{self, Turn};
use store::invoices::{self, Invoice};
use store::{Tx, invoice_orders, sellers};
use utoipa::ToSchema;

/// Invoices of one click.
const BATCH_MAX: usize = 200;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceDecision {
    /// The version that the page shows.
    pub version: i64,
    pub approve: bool,
    /// Why not; wanted when it is rejected.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceVersion {
    /// The version that the page shows.
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceReversalDraft {
    /// The version that the page shows.
    pub version: i64,
    pub reason: RedReason,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceBatchDraft {
    pub invoice_ids: Vec<i64>,
}

/// What came of each of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceBatchReport {
    pub started: i64,
    pub refused: Vec<InvoiceBatchFault>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceBatchFault {
    pub invoice_id: i64,
    pub serial_no: String,
    pub message: Text,
}

/// The state it is in, and when it is looked at.
fn moved(tx: &mut Tx<'_>, id: InvoiceId, state: InvoiceState, due: Option<Timestamp>) -> Result<()> {
    let known = tx.read(|conn| invoice_work::get(conn, id))?.ok_or_else(Error::internal)?;
    let turn = Turn { state, due, tries: known.tries, failure: None, red_state: known.red_state };
    invoice_work::turn(tx, id, &turn)
}

fn decided(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &Invoice,
    approve: bool,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    let (state, action) =
        if approve { (InvoiceState::Waiting, "approve") } else { (InvoiceState::Rejected, "reject") };
    if approve {
        one.state.may_approve()?;
    } else {
        one.state.may_reject()?;
        invoice_orders::live_set(tx, one.id, false)?;
    }
    moved(tx, one.id, state, approve.then_some(now))?;
    invoices::event_append(tx, one.id, action, &actor.caller.name, reason, now)?;
    let detail = json!({"before": {"state": one.state}, "after": {"state": state}, "reason": reason});
    actor.record(tx, now, "invoice_confirm", "invoice", &one.serial_no, &detail)
}

/// Whoever makes it must be known, or nobody could be asked.
fn channel_ready(tx: &mut Tx<'_>, id: InvoiceId) -> Result<()> {
    let known = tx.read(|conn| invoice_work::get(conn, id))?.ok_or_else(Error::internal)?;
    if known.channel == InvoiceChannelKind::Receipt {
        return Ok(());
    }
    let seller = tx.read(|conn| sellers::get(conn, &Scope::ALL, known.operator))?;
    match seller.filter(|seller| seller.nuonuo.is_some() && seller.secret.is_some()) {
        Some(_) => Ok(()),
        None => Err(Error::refused(
            "seller.channel_unset",
            "该发票由诺诺渠道开具，而销售方尚未配置诺诺渠道；请先在销售方中填写地址、appKey 与密钥",
            "This invoice is one of the channel 诺诺, which is not set up for its seller. Give its address, appKey and secrets first.",
        )),
    }
}

/// Asks the channel (again), under the number that it has had from the beginning.
fn started(tx: &mut Tx<'_>, actor: &Actor, one: &Invoice, now: Timestamp) -> Result<()> {
    one.state.may_start()?;
    channel_ready(tx, one.id)?;
    let mut state = one.state;
    if one.state == InvoiceState::Failed {
        if let Some(other) = tx.read(|conn| invoice_orders::taken(conn, one.id))? {
            return Err(Error::refused(
                "invoice.order_taken",
                format!("失败后订单已在另一张发票 {other} 中，不能再重试这一张"),
                format!(
                    "After the failure its orders went into invoice {other}, so that this one cannot be tried again."
                ),
            ));
        }
        invoice_orders::live_set(tx, one.id, true)?;
        // Whoever has sent it before asks about its number first.
        state = InvoiceState::Waiting;
    }
    moved(tx, one.id, state, Some(now))?;
    invoices::event_append(tx, one.id, "start", &actor.caller.name, "", now)?;
    actor.record(
        tx,
        now,
        "invoice_start",
        "invoice",
        &one.serial_no,
        &json!({"before": {"state": one.state}}),
    )
}

impl Engine {
    /// Somebody has looked at an application.
    pub async fn invoice_confirm(
        &self,
        actor: &Actor,
        id: InvoiceId,
        decision: InvoiceDecision,
    ) -> Result<()> {
        let reason = match decision.reason.as_deref().filter(|reason| !reason.trim().is_empty()) {
            Some(reason) => reason_checked(reason)?,
            None if decision.approve => String::new(),
            None => reason_checked("")?,
        };
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = shown(tx, &actor, id, decision.version)?;
                decided(tx, &actor, &one, decision.approve, &reason, now)
            })
            .await
    }

    /// Has the channel asked now: for the first time, again after a failure, or how far it is.
    pub async fn invoice_start(&self, actor: &Actor, id: InvoiceId, draft: InvoiceVersion) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = shown(tx, &actor, id, draft.version)?;
                started(tx, &actor, &one, now)
            })
            .await
    }

    /// 批量开票: approves what is to be reviewed and starts what waits or has failed; each by itself.
    pub async fn invoice_batch_start(
        &self,
        actor: &Actor,
        draft: InvoiceBatchDraft,
    ) -> Result<InvoiceBatchReport> {
        let mut ids = draft.invoice_ids;
        ids.sort_unstable();
        ids.dedup();
        if !(1..=BATCH_MAX).contains(&ids.len()) {
            return Err(Error::invalid(
                "invoice_ids",
                format!("一次选择 1 到 {BATCH_MAX} 张发票"),
                format!("Choose 1 to {BATCH_MAX} invoices at once."),
            ));
        }
        let scope = actor.caller.scope.clone();
        let seen = {
            let ids = ids.clone();
            self.store.read(move |conn| invoice_work::seen(conn, &scope, &ids)).await?
        };
        if seen.len() != ids.len() {
            return Err(Error::invalid(
                "invoice_ids",
                "所选发票有的不存在，或不在您的数据范围内，请刷新后重新选择",
                "Some of these invoices do not exist in your scope; reload and choose again.",
            ));
        }
        let mut report = InvoiceBatchReport { started: 0, refused: Vec::new() };
        for (id, version) in seen {
            let (actor, now) = (actor.clone(), self.clock.now());
            let done = self
                .store
                .write(None, move |tx| {
                    let one = shown(tx, &actor, id, version)?;
                    match one.state {
                        InvoiceState::Review => decided(tx, &actor, &one, true, "", now),
                        _ => started(tx, &actor, &one, now),
                    }
                })
                .await;
            match done {
                Ok(()) => report.started += 1,
                Err(why) => {
                    let read = move |conn: &mut store::Conn| invoices::seller(conn, id);
                    let serial_no = self.store.read(read).await?.map(|(_, no)| no).unwrap_or_default();
                    report.refused.push(InvoiceBatchFault { invoice_id: id.0, serial_no, message: why.text });
                }
            }
        }
        Ok(report)
    }

    /// 红冲: takes an issued invoice back. Its orders are free again when that is done.
    pub async fn invoice_reversal_create(
        &self,
        actor: &Actor,
        id: InvoiceId,
        draft: InvoiceReversalDraft,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = shown(tx, &actor, id, draft.version)?;
                one.state.may_reverse(one.red)?;
                channel_ready(tx, id)?;
                invoice_work::red_begin(tx, id, draft.reason)?;
                let turn = Turn {
                    state: InvoiceState::Reversing,
                    due: Some(now),
                    tries: 0,
                    failure: None,
                    red_state: Some(RedState::Waiting),
                };
                invoice_work::turn(tx, id, &turn)?;
                invoices::event_append(tx, id, "reverse", &actor.caller.name, draft.reason.as_str(), now)?;
                let detail = json!({"before": {"state": one.state}, "reason": draft.reason});
                actor.record(tx, now, "invoice_reversal_create", "invoice", &one.serial_no, &detail)
            })
            .await
    }

    /// 撤销红字确认单: as long as the red invoice was not made.
    pub async fn invoice_reversal_cancel(
        &self,
        actor: &Actor,
        id: InvoiceId,
        draft: InvoiceVersion,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = shown(tx, &actor, id, draft.version)?;
                let known = tx.read(|conn| invoice_work::get(conn, id))?.ok_or_else(Error::internal)?;
                if one.state != InvoiceState::Reversing || one.red_state == Some(RedState::Confirmed) {
                    return Err(Error::refused(
                        "invoice.not_withdrawable",
                        "红字确认单已确认或没有进行中的红冲，不能撤销",
                        "There is no reversal that could be withdrawn: none is going on, or it is confirmed already.",
                    ));
                }
                invoices::event_append(tx, id, "withdraw", &actor.caller.name, "", now)?;
                actor.record(tx, now, "invoice_reversal_cancel", "invoice", &one.serial_no, &json!({}))?;
                // Nothing was asked of the channel yet: there is nothing to withdraw there.
                if one.red_state == Some(RedState::Waiting) && known.tries == 0 {
                    return super::turn::red_over(tx, id, None, now);
                }
                let turn = Turn {
                    state: InvoiceState::Reversing,
                    due: Some(now),
                    tries: known.tries,
                    failure: None,
                    red_state: Some(RedState::Withdrawing),
                };
                invoice_work::turn(tx, id, &turn)
            })
            .await
    }
}
