//! 结算: what a trial says is frozen with its orders and posted, in one commit; above a limit, or where closed periods are
//! adjusted, when a second person agrees.

use super::payout::pay;
use super::period::no_sharing_period;
use super::trial::{divided, is_over, kept, moved, zone_day, zones};
use super::{day_text, yuan};
use crate::Engine;
use crate::audit::Actor;
use crate::proposal::{self, Proposal, ProposalDecision};
use model::ledger::{AccountId, PostingCode};
use model::money::Fen;
use model::proposal::ProposalState;
use model::sharing::{SharingPeriodState, SharingProposalKind, SharingStatementState, day_after};
use model::tariff_calendar::days_from;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::postings::NewPosting;
use store::proposals::Proposed;
use store::sharing_periods::{self, SharingPeriod, SharingStatement};
use store::sharing_proposals::{self, SharingProposal};
use store::{Tx, sharing_orders};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingConfirmation {
    /// The version that the page shows: what was seen is what is closed.
    pub version: i64,
}

pub fn no_sharing_proposal() -> Error {
    Error::not_found(
        "sharing_proposal.not_found",
        "没有这条待复核的分账，或不在您的数据范围内，请刷新页面",
        "There is no such proposal in your scope; load the page again.",
    )
}

fn found(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<SharingPeriod> {
    let scope = actor.caller.scope.clone();
    tx.read(|conn| sharing_periods::find(conn, &scope, id))?.ok_or_else(no_sharing_period)
}

/// Whether it may be closed at all: over, and next after what is closed.
fn ready(tx: &mut Tx<'_>, period: &SharingPeriod, now: Timestamp) -> Result<()> {
    let zones = tx.read(zones)?;
    if !is_over(&zones, period.to_day, now) {
        let to = day_text(period.to_day);
        return Err(Error::refused(
            "sharing_period.running",
            format!("账期到 {to} 才结束，过完之后才能结算"),
            format!("The period lasts until {to}; it is closed when it is over."),
        ));
    }
    let operator = period.operator;
    let last = tx.read(|conn| sharing_periods::last_closed(conn, operator, true))?;
    let Some(next) = last.filter(|last| last.id != period.id).and_then(|last| day_after(last.to_day)) else {
        return Ok(());
    };
    if next < period.from_day {
        let next = day_text(next);
        return Err(Error::refused(
            "sharing_period.gap",
            format!("请先结算 {next} 起的账期，账期须逐期结算，不留空档"),
            format!("Close the period that begins on {next} first: periods follow each other without a gap."),
        ));
    }
    if next > period.from_day {
        return Err(Error::conflict(
            "sharing_period.closed",
            "这些日期中有已结算或正在复核的，请刷新页面，从之后的日期重新试算",
            "Some of these days are closed or about to be. Load the page again and try the days that follow them.",
        ));
    }
    Ok(())
}

/// Writes the orders down as they are, with those of closed periods that have changed since.
fn freeze(tx: &mut Tx<'_>, period: &SharingPeriod) -> Result<()> {
    let changed = tx.read(|conn| moved(conn, period))?;
    for zone in &tx.read(zones)? {
        for day in days_from(period.from_day).take_while(|day| *day <= period.to_day) {
            if let Some(at) = zone_day(period.operator, zone, (day, day)) {
                sharing_orders::freeze_day(tx, period.id, &at)?;
            }
        }
    }
    let now = tx.read(|conn| {
        let days = sharing_orders::frozen(conn, period.id)?;
        divided(conn, period, &days, &changed)
    })?;
    let shown = tx.read(|conn| kept(conn, period.clone()))?;
    if !shown.agrees(&now) {
        return Err(Error::conflict(
            "sharing_period.figures",
            "试算之后订单或规则有变化，金额已不同；请重新试算，核对后再结算",
            "Orders or rules have changed since the trial, and with them the figures. Try the period anew, look at it, then close it.",
        ));
    }
    for one in &changed {
        sharing_orders::adjust(tx, period.id, period.operator, one)?;
    }
    Ok(())
}

/// What a payee gets is owed to it from now on; what it got too much it owes back.
fn post(
    tx: &mut Tx<'_>,
    actor: &Actor,
    period: &SharingPeriod,
    one: &SharingStatement,
    now: Timestamp,
) -> Result<()> {
    let fen = one.shared_fen + one.adjusted_fen;
    if fen == 0 {
        return Ok(());
    }
    let (payee, operator) = (AccountId::payee(one.payee), AccountId::shared(one.operator));
    let (debit, credit, code) = if fen > 0 {
        (operator, payee, PostingCode::Share)
    } else {
        (payee, operator, PostingCode::ShareBack)
    };
    tx.posting_append(&NewPosting {
        debit,
        credit,
        fen: Fen(fen.abs()),
        code,
        key: &format!("sharing/{}/{}", period.id, one.payee),
        order: None,
        operator: Some(period.operator),
        at: now,
        staff: Some((actor.caller.staff, &actor.caller.name)),
        reason: &format!("{} – {}", day_text(period.from_day), day_text(period.to_day)),
    })
    .map(drop)
}

/// Freezes and posts; all of it or nothing.
fn carry_out(tx: &mut Tx<'_>, actor: &Actor, period: &SharingPeriod, now: Timestamp) -> Result<()> {
    ready(tx, period, now)?;
    freeze(tx, period)?;
    if !sharing_periods::turn(tx, period.id, period.state, SharingPeriodState::Closed)? {
        return Err(is_closed());
    }
    for one in tx.read(|conn| sharing_periods::statements(conn, period.id))? {
        post(tx, actor, period, &one, now)?;
        let to =
            if one.payable_fen > 0 { SharingStatementState::Due } else { SharingStatementState::Carried };
        sharing_periods::statement_turn(tx, one.id, SharingStatementState::Trial, to)?;
    }
    sharing_periods::close(tx, period, &actor.caller.name, now)?;
    let detail = json!({"operator_id": period.operator.0, "from_day": period.from_day, "to_day": period.to_day,
        "state": SharingPeriodState::Closed, "shared_fen": period.shared_fen, "adjusted_fen": period.adjusted_fen,
        "rest_fen": period.rest_fen});
    actor.record(tx, now, "sharing_period_confirm", "sharing_period", period.id, &detail)
}

fn is_closed() -> Error {
    Error::conflict(
        "sharing_period.exists",
        "这一期已经结算过，没有重复结算；请刷新页面查看",
        "This period is closed already; nothing was done a second time. Load the page again.",
    )
}

pub(super) fn proposed(
    actor: &Actor,
    period: &SharingPeriod,
    kind: SharingProposalKind,
    amount_fen: i64,
    now: Timestamp,
) -> SharingProposal {
    SharingProposal {
        id: 0,
        operator_id: period.operator.0,
        kind,
        period_id: period.id,
        statement_id: None,
        amount_fen,
        reference: None,
        state: ProposalState::Proposed,
        staff_id: actor.caller.staff.0,
        staff_name: actor.caller.name.clone(),
        created_at_ms: now.as_ms(),
        decided_by: None,
        decided_by_name: None,
        decided_at_ms: None,
        decision_reason: None,
    }
}

impl Engine {
    /// Closes a period as its trial shows it, or proposes to, where a second person has to agree.
    pub async fn sharing_period_confirm(
        &self,
        actor: &Actor,
        id: i64,
        confirmation: SharingConfirmation,
    ) -> Result<()> {
        let (actor, now, alone) = (actor.clone(), self.clock.now(), self.rules().sharing_alone);
        self.store
            .write(None, move |tx| {
                let period = found(tx, &actor, id)?;
                match period.state {
                    SharingPeriodState::Closed => return Err(is_closed()),
                    SharingPeriodState::Trial if period.version == confirmation.version => {}
                    _ => {
                        return Err(Error::conflict(
                            "sharing_period.version_differs",
                            "这一期刚被重新试算或提交结算，已读取最新内容，请核对后再操作",
                            "This period was just tried anew, or somebody wants to close it. Look at it as it is now.",
                        ));
                    }
                }
                let amount = period.shared_fen + period.adjusted_fen.abs();
                if amount <= alone.0 && period.adjusted_count == 0 {
                    return carry_out(tx, &actor, &period, now);
                }
                ready(tx, &period, now)?;
                let (from, to) = (SharingPeriodState::Trial, SharingPeriodState::Proposed);
                sharing_periods::turn(tx, id, from, to)?;
                let proposal = proposed(&actor, &period, SharingProposalKind::Close, amount, now);
                sharing_proposals::insert(tx, &proposal)?;
                let detail = json!({"operator_id": period.operator.0, "from_day": period.from_day,
                    "to_day": period.to_day, "state": to, "shared_fen": period.shared_fen,
                    "adjusted_fen": period.adjusted_fen});
                actor.record(tx, now, "sharing_period_confirm", "sharing_period", id, &detail)
            })
            .await
    }

    /// The second person agrees, or does not: with closing a period, or with paying a statement.
    pub async fn sharing_proposal_update(
        &self,
        actor: &Actor,
        id: i64,
        decision: ProposalDecision,
    ) -> Result<()> {
        let decision = decision.checked()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let scope = actor.caller.scope.clone();
                let one = tx
                    .read(|conn| sharing_proposals::find(conn, &scope, id))?
                    .ok_or_else(no_sharing_proposal)?;
                let asked = Proposal { proposed: Proposed::Sharing, id, staff: one.staff_id };
                proposal::decide(tx, &actor, &asked, &decision, now)?;
                let period = found(tx, &actor, one.period_id)?;
                match one.statement_id {
                    None if decision.approve => carry_out(tx, &actor, &period, now)?,
                    None => {
                        let (from, to) = (SharingPeriodState::Proposed, SharingPeriodState::Trial);
                        sharing_periods::turn(tx, period.id, from, to)?;
                    }
                    Some(statement) => payout_decide(tx, &actor, &one, statement, decision.approve, now)?,
                }
                let detail = json!({"kind": one.kind, "period_id": one.period_id, "statement_id": one.statement_id,
                    "amount": yuan(one.amount_fen), "approved": decision.approve, "reason": decision.reason});
                actor.record(tx, now, "sharing_proposal_update", "sharing_period", one.period_id, &detail)
            })
            .await
    }
}

fn payout_decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    one: &SharingProposal,
    statement: i64,
    approve: bool,
    now: Timestamp,
) -> Result<()> {
    let scope = actor.caller.scope.clone();
    let found = tx.read(|conn| sharing_periods::statement_find(conn, &scope, statement))?;
    let found = found.ok_or_else(super::payout::no_sharing_statement)?;
    if approve {
        return pay(tx, actor, &found, one.reference.as_deref().unwrap_or_default(), now);
    }
    let (from, to) = (SharingStatementState::Proposed, SharingStatementState::Due);
    sharing_periods::statement_turn(tx, statement, from, to).map(drop)
}
