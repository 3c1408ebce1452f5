//! 付款: what a payee was due has left the operator's bank, with the bank's own number.

use super::close::proposed;
use super::payee::no_payee;
use super::period::no_sharing_period;
use crate::Engine;
use crate::audit::Actor;
use model::ledger::{AccountId, PostingCode};
use model::money::Fen;
use model::sharing::{SharingProposalKind, SharingStatementState, amount_checked, reference_checked};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::postings::NewPosting;
use store::sharing_periods::{self, SharingStatement};
use store::sharing_proposals::{self, SharingProposal};
use store::{Tx, payees};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingPayoutDraft {
    /// The version that the page shows.
    pub version: i64,
    /// All that is due.
    pub amount_fen: i64,
    /// The bank's own number.
    pub reference: String,
}

pub fn no_sharing_statement() -> Error {
    Error::not_found(
        "sharing_statement.not_found",
        "没有这份分账单，或不在您的数据范围内，请刷新页面",
        "There is no such statement in your scope; load the page again.",
    )
}

/// Posts the payment and notes it; never twice.
pub(super) fn pay(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &SharingStatement,
    reference: &str,
    now: Timestamp,
) -> Result<()> {
    if !sharing_periods::statement_turn(tx, one.id, one.state, SharingStatementState::Paid)? {
        return Err(is_paid());
    }
    tx.posting_append(&NewPosting {
        debit: AccountId::payee(one.payee),
        credit: AccountId::paid_out(one.operator),
        fen: Fen(one.payable_fen),
        code: PostingCode::Payout,
        key: &format!("sharing_payout/{}", one.id),
        order: None,
        operator: Some(one.operator),
        at: now,
        staff: Some((actor.caller.staff, &actor.caller.name)),
        reason: reference,
    })?;
    sharing_periods::statement_paid(tx, one.id, (reference, &actor.caller.name), now)
}

fn is_paid() -> Error {
    Error::conflict(
        "sharing_statement.paid",
        "这份分账单已登记过付款，没有重复登记；请刷新页面查看",
        "This statement is paid already; nothing was noted a second time. Load the page again.",
    )
}

/// Whether it may be paid now.
fn payable(one: &SharingStatement, draft: &SharingPayoutDraft) -> Result<()> {
    match one.state {
        SharingStatementState::Due if one.version == draft.version => {
            amount_checked(Fen(one.payable_fen), draft.amount_fen)
        }
        SharingStatementState::Due => Err(Error::conflict(
            "sharing_statement.version_differs",
            "这份分账单刚被他人处理过，已读取最新内容，请核对后再操作",
            "Somebody has just handled this statement. Look at it as it is now, then try again.",
        )),
        SharingStatementState::Paid => Err(is_paid()),
        SharingStatementState::Proposed => Err(Error::conflict(
            "sharing_statement.proposed",
            "这份分账单的付款正在等待复核，请先通过或驳回",
            "A payment of this statement waits for a second person, who approves or rejects it first.",
        )),
        SharingStatementState::Trial => Err(Error::refused(
            "sharing_statement.trial",
            "这一期还没有结算，结算后才能付款",
            "This period is not closed; it is paid afterwards.",
        )),
        SharingStatementState::Carried => Err(Error::refused(
            "sharing_statement.nothing_due",
            "这份分账单没有应付金额；多分的部分会在下一期扣回",
            "Nothing is due by this statement; what was given too much is taken off the next.",
        )),
    }
}

impl Engine {
    /// Notes that a statement was paid, or proposes to, where a second person has to agree.
    pub async fn sharing_payout_create(
        &self,
        actor: &Actor,
        id: i64,
        draft: SharingPayoutDraft,
    ) -> Result<()> {
        let reference = reference_checked(&draft.reference)?;
        let (actor, now, alone) = (actor.clone(), self.clock.now(), self.rules().sharing_alone);
        self.store
            .write(None, move |tx| {
                let scope = actor.caller.scope.clone();
                let one = tx
                    .read(|conn| sharing_periods::statement_find(conn, &scope, id))?
                    .ok_or_else(no_sharing_statement)?;
                let repeated = one.state == SharingStatementState::Paid
                    && one.reference.as_deref() == Some(&reference)
                    && one.payable_fen == draft.amount_fen;
                if repeated {
                    return Ok(());
                }
                payable(&one, &draft)?;
                let payee = tx.read(|conn| payees::find(conn, &scope, one.payee))?.ok_or_else(no_payee)?;
                if payee.account_no.is_empty() || payee.account_name.is_empty() {
                    return Err(Error::refused(
                        "payee.no_account",
                        "该分账方没有收款户名或账号，请先在“分账方”中补全，再登记付款",
                        "The payee has no account to be paid to. Fill it in first, then note the payment.",
                    ));
                }
                let second = one.payable_fen > alone.0;
                if second {
                    propose(tx, &actor, &one, &reference, now)?;
                } else {
                    pay(tx, &actor, &one, &reference, now)?;
                }
                let detail = json!({"period_id": one.period, "payee": payee.name, "amount_fen": one.payable_fen,
                    "reference": reference, "proposed": second});
                actor.record(tx, now, "sharing_payout_create", "sharing_statement", id, &detail)
            })
            .await
    }
}

fn propose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &SharingStatement,
    reference: &str,
    now: Timestamp,
) -> Result<()> {
    let (from, to) = (SharingStatementState::Due, SharingStatementState::Proposed);
    if !sharing_periods::statement_turn(tx, one.id, from, to)? {
        return Err(is_paid());
    }
    let scope = actor.caller.scope.clone();
    let period = tx.read(|conn| sharing_periods::find(conn, &scope, one.period))?;
    let period = period.ok_or_else(no_sharing_period)?;
    let new = SharingProposal {
        statement_id: Some(one.id),
        reference: Some(reference.to_owned()),
        ..proposed(actor, &period, SharingProposalKind::Payout, one.payable_fen, now)
    };
    sharing_proposals::insert(tx, &new).map(drop)
}
