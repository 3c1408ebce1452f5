//! How the routes of revenue sharing are asked for; the others are in `samples.rs`.

use super::house::House;
use super::samples::About::*;
use super::samples::{Sample, asked};
use engine::audit::Actor;
use engine::sharing::{PayeeDraft, SharingPeriodDraft, SharingRuleDraft};
use model::access::Scope;
use model::proposal::ProposalState;
use model::sharing::{PayeeKind, SharingBasis, SharingCycle, SharingDeduction, SharingProposalKind};
use store::sharing_proposals::{self, SharingProposal};

pub const SAMPLES: &[Sample] = &[
    asked("payee_list", ListOfOperator, "/payees", ""),
    asked("payee_get", OfOperator, "/payees/{payee}", ""),
    asked(
        "payee_create",
        Field("operator_id"),
        "/payees",
        r#"{"operator_id":{operator},"name":"新分账方{n}","kind":"site","account_no":"6222020200012345"}"#,
    ),
    asked(
        "payee_update",
        OfOperator,
        "/payees/{payee}",
        r#"{"version":1,"name":"改名{n}","kind":"partner","active":true}"#,
    ),
    asked("payee_reveal", OfOperator, "/payees/{payee}/reveal", ""),
    asked("sharing_rule_list", ListOfOperator, "/sharing-rules", ""),
    asked(
        "sharing_rule_create",
        Field("operator_id"),
        "/sharing-rules",
        r#"{"operator_id":{operator},"station_id":{station},"payee_id":{payee},"basis":"energy","rate":1,"deduction":"none","from_day":20270101}"#,
    ),
    asked("sharing_rule_update", OfOperator, "/sharing-rules/{sharing_rule}", r#"{"version":1}"#),
    asked("sharing_period_list", ListOfOperator, "/sharing-periods", ""),
    asked(
        "sharing_period_start",
        Field("operator_id"),
        "/sharing-periods",
        r#"{"operator_id":{operator},"cycle":"day","day":20261121}"#,
    ),
    asked("sharing_period_get", OfOperator, "/sharing-periods/{sharing_period}", ""),
    asked(
        "sharing_period_confirm",
        OfOperator,
        "/sharing-periods/{sharing_period}/confirmation",
        r#"{"version":1}"#,
    ),
    asked("sharing_order_list", OfOperator, "/sharing-periods/{sharing_period}/orders", ""),
    asked("sharing_line_list", ListOfOperator, "/sharing-lines", ""),
    asked("sharing_statement_list", ListOfOperator, "/sharing-statements", ""),
    asked("sharing_statement_fetch", OfOperator, "/sharing-statements/{sharing_statement}/paper", ""),
    asked(
        "sharing_payout_create",
        OfOperator,
        "/sharing-statements/{sharing_statement}/payout",
        r#"{"version":2,"amount_fen":30000,"reference":"HD20261123001"}"#,
    ),
    asked(
        "sharing_proposal_update",
        OfOperator,
        "/sharing-proposals/{sharing_proposal}/decision",
        r#"{"approve":false,"reason":"金额有误"}"#,
    ),
    asked("sharing_statement_export", ListOfOperator, "/exports/sharing-statements", r#"{"format":"csv"}"#),
    asked("sharing_line_export", ListOfOperator, "/exports/sharing-lines", r#"{"format":"csv"}"#),
    asked("sharing_rule_delete", OfOperator, "/sharing-rules/{sharing_rule}", ""),
];

/// A payee of this operator that gets 300 yuan a day at its station, a day that was tried, and a proposal.
pub async fn made(house: &House, side: i64, name: &str) -> [(&'static str, String); 5] {
    let (engine, local, operator) = (&house.app.engine, Actor::local(), side + 1);
    let draft = PayeeDraft {
        operator_id: operator,
        name: format!("{name}物业"),
        kind: PayeeKind::Site,
        account_name: Some(format!("{name}物业")),
        bank_name: None,
        account_no: Some("6222020200012345".to_owned()),
        note: None,
    };
    let payee = engine.payee_create(&local, draft).await.unwrap();
    let draft = SharingRuleDraft {
        operator_id: operator,
        station_id: Some(operator),
        payee_id: payee,
        basis: SharingBasis::Fixed,
        rate: 30_000,
        deduction: SharingDeduction::None,
        fee_rate: None,
        cost_price_e5: None,
        from_day: 20_261_101,
        to_day: None,
        note: None,
    };
    let rule = engine.sharing_rule_create(&local, draft).await.unwrap();
    let draft = SharingPeriodDraft { operator_id: operator, cycle: SharingCycle::Day, day: 20_261_120 };
    let period = engine.sharing_period_start(&local, draft).await.unwrap();
    let read = move |conn: &mut store::Conn| store::sharing_periods::statements(conn, period);
    let statement = engine.store.read(read).await.unwrap()[0].id;
    let new = SharingProposal {
        id: 0,
        operator_id: operator,
        kind: SharingProposalKind::Close,
        period_id: period,
        statement_id: None,
        amount_fen: 1,
        reference: None,
        state: ProposalState::Proposed,
        staff_id: 999,
        staff_name: "张三".to_owned(),
        created_at_ms: 1,
        decided_by: None,
        decided_by_name: None,
        decided_at_ms: None,
        decision_reason: None,
    };
    let write = engine.store.write(None, move |tx| sharing_proposals::insert(tx, &new));
    let proposal = write.await.unwrap();
    let there = move |conn: &mut store::Conn| sharing_proposals::find(conn, &Scope::ALL, proposal);
    assert!(engine.store.read(there).await.unwrap().is_some());
    [
        ("{payee}", payee.to_string()),
        ("{sharing_rule}", rule.to_string()),
        ("{sharing_period}", period.to_string()),
        ("{sharing_statement}", statement.to_string()),
        ("{sharing_proposal}", proposal.to_string()),
    ]
}
