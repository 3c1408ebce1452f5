//! As if two companies had a part in what the first operator earns: some days are closed and paid, one waits for a second
//! person, the last is a trial.

use crate::app::App;
use engine::audit::Actor;
use engine::proposal::ProposalDecision;
use engine::sharing::{
    PayeeDraft, SharingConfirmation, SharingPayoutDraft, SharingPeriodDraft, SharingRuleDraft,
};
use model::Result;
use model::access::Scope;
use model::sharing::{
    PayeeKind, SharingBasis, SharingCycle, SharingDeduction, SharingPeriodState, SharingStatementState,
};
use model::time::{DAY_MS, Zone};
use std::sync::Arc;
use store::sharing_periods;

/// Days that were tried, and those of them that nobody has closed.
const DAYS: i64 = 5;
const OPEN_DAYS: i64 = 2;
const OPERATOR: i64 = 1;

fn payee(name: &str, kind: PayeeKind, bank: &str, account: &str) -> PayeeDraft {
    PayeeDraft {
        operator_id: OPERATOR,
        name: name.to_owned(),
        kind,
        account_name: Some(name.to_owned()),
        bank_name: Some(bank.to_owned()),
        account_no: Some(account.to_owned()),
        note: None,
    }
}

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let (engine, now) = (&app.engine, app.clock().now());
    let day = |back: i64| Zone::shanghai().local(now.plus_ms(-back * DAY_MS)).day;
    let site = payee("东湖物业管理有限公司", PayeeKind::Site, "中国工商银行武汉东湖支行", "6222020200012345");
    let partner =
        payee("光谷新能源投资有限公司", PayeeKind::Partner, "招商银行武汉光谷支行", "1279074501108");
    let (site, partner) =
        (engine.payee_create(actor, site).await?, engine.payee_create(actor, partner).await?);
    let rule = SharingRuleDraft {
        operator_id: OPERATOR,
        station_id: None,
        payee_id: site,
        basis: SharingBasis::Service,
        rate: 3_000,
        deduction: SharingDeduction::Fee,
        fee_rate: Some(60),
        cost_price_e5: None,
        from_day: day(DAYS),
        to_day: None,
        note: Some("场地合作协议".to_owned()),
    };
    let margin = SharingRuleDraft {
        payee_id: partner,
        basis: SharingBasis::Margin,
        rate: 5_000,
        deduction: SharingDeduction::Cost,
        fee_rate: None,
        cost_price_e5: Some(52_000),
        note: None,
        ..rule.clone()
    };
    for draft in [rule, margin] {
        engine.sharing_rule_create(actor, draft).await?;
    }
    for back in (1..=DAYS).rev() {
        let draft = SharingPeriodDraft { operator_id: OPERATOR, cycle: SharingCycle::Day, day: day(back) };
        let id = engine.sharing_period_start(actor, draft).await?;
        if back > OPEN_DAYS {
            close(app, actor, id).await?;
        }
    }
    Ok(())
}

/// Closed by one, agreed to by another where that is asked for, and the first payee is paid.
async fn close(app: &Arc<App>, actor: &Actor, id: i64) -> Result<()> {
    let engine = &app.engine;
    let read = move |conn: &mut store::Conn| sharing_periods::find(conn, &Scope::ALL, id);
    let Some(period) = engine.store.read(read).await? else { return Ok(()) };
    let confirmation = SharingConfirmation { version: period.version };
    engine.sharing_period_confirm(&Actor::local(), id, confirmation).await?;
    let read = move |conn: &mut store::Conn| {
        let period = sharing_periods::find(conn, &Scope::ALL, id)?;
        let waiting = store::sharing_proposals::of_period(conn, id)?;
        Ok((period.map(|period| period.state), waiting))
    };
    let (state, waiting) = engine.store.read(read).await?;
    if state == Some(SharingPeriodState::Proposed)
        && let Some(proposal) = waiting.first()
    {
        let decision = ProposalDecision { approve: true, reason: None };
        engine.sharing_proposal_update(actor, proposal.id, decision).await?;
    }
    let read = move |conn: &mut store::Conn| sharing_periods::statements(conn, id);
    let due = engine.store.read(read).await?;
    let Some(first) = due.into_iter().find(|one| one.state == SharingStatementState::Due) else {
        return Ok(());
    };
    let draft = SharingPayoutDraft {
        version: first.version,
        amount_fen: first.payable_fen,
        reference: format!("HD{}{:04}", period.to_day, first.id),
    };
    engine.sharing_payout_create(&Actor::local(), first.id, draft).await
}
