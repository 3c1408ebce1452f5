//! 分账: what is closed is divided to the fen, posted once, and stays; what changes afterwards is an adjustment of the next.

use crate::abnormal::{amounts, by, settle};
use crate::databases::wait;
use crate::payment::{furnish, top_up};
use crate::week::Dice;
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::proposal::ProposalDecision;
use engine::settlement::SettlementBill;
use engine::sharing::{
    PayeeDraft, SharingConfirmation, SharingPayoutDraft, SharingPeriodDraft, SharingRuleDraft,
};
use engine::wallet::RefundDraft;
use model::Result;
use model::access::Scope;
use model::id::StaffId;
use model::ledger::AccountId;
use model::order::Order;
use model::settlement::SettlementBasis;
use model::sharing::{
    PayeeKind, SharingBasis, SharingCycle, SharingDeduction, SharingPeriodState, SharingStatementState,
};
use store::sharing_periods::{self, SharingPeriod, SharingStatement};

/// 2026-07-15, on which the worlds begin.
const DAY: i64 = 20_260_715;

fn payee(w: &World, name: &str) -> i64 {
    let draft = PayeeDraft {
        operator_id: 1,
        name: name.to_owned(),
        kind: PayeeKind::Site,
        account_name: Some(name.to_owned()),
        bank_name: None,
        account_no: Some("6222020200012345".to_owned()),
        note: None,
    };
    wait(w.engine.payee_create(&Actor::local(), draft)).unwrap()
}

fn draft(payee_id: i64, basis: SharingBasis, rate: i64) -> SharingRuleDraft {
    SharingRuleDraft {
        operator_id: 1,
        station_id: None,
        payee_id,
        basis,
        rate,
        deduction: SharingDeduction::None,
        fee_rate: None,
        cost_price_e5: None,
        from_day: DAY,
        to_day: None,
        note: None,
    }
}

fn rule(w: &World, draft: SharingRuleDraft) -> Result<i64> {
    wait(w.engine.sharing_rule_create(&Actor::local(), draft))
}

fn tried(w: &World, day: i64) -> SharingPeriod {
    let draft = SharingPeriodDraft { operator_id: 1, cycle: SharingCycle::Day, day };
    let id = wait(w.engine.sharing_period_start(&Actor::local(), draft)).unwrap();
    period(w, id)
}

fn period(w: &World, id: i64) -> SharingPeriod {
    w.read(move |conn| sharing_periods::find(conn, &Scope::ALL, id)).unwrap()
}

fn statements(w: &World, id: i64) -> Vec<SharingStatement> {
    w.read(move |conn| sharing_periods::statements(conn, id))
}

fn close(w: &World, one: &SharingPeriod) -> Result<()> {
    let confirmation = SharingConfirmation { version: one.version };
    wait(w.engine.sharing_period_confirm(&Actor::local(), one.id, confirmation))
}

/// Somebody else.
fn second() -> Actor {
    let mut actor = Actor::local();
    (actor.caller.staff, actor.caller.name) = (StaffId(5), "李复核".to_owned());
    actor
}

fn decided(w: &World, actor: &Actor, approve: bool) -> Result<()> {
    let id = w.count("SELECT MAX(id) FROM sharing_proposal");
    let reason = (!approve).then(|| "金额有误".to_owned());
    wait(w.engine.sharing_proposal_update(actor, id, ProposalDecision { approve, reason }))
}

fn balance(w: &World, payee: i64) -> i64 {
    w.read(move |conn| store::postings::balance(conn, AccountId::payee(payee))).0
}

/// 10 kWh, paid from the wallet: 7.00 and 4.00 yuan.
fn charged(w: &World, tag: &str) -> Order {
    let meter = 100.0 + 10.0 * w.count("SELECT COUNT(*) FROM orders") as f64;
    let session = w.start(1, 1, tag, meter);
    w.later(60).stop(1, session, meter + 10.0);
    w.order(1, session)
}

fn refunded(w: &World, order: &Order, fen: i64, request: &str) {
    let draft = RefundDraft {
        amount_fen: fen,
        reason: "设备故障".to_owned(),
        request_id: format!("refund-{request}"),
    };
    wait(w.engine.order_refund_create(&Actor::local(), (order.id, order.pile), draft)).unwrap();
}

#[test]
fn a_closed_period_stays_and_what_changes_is_an_adjustment_of_the_next() {
    for mut w in worlds() {
        furnish(&w);
        top_up(&w, 100_000);
        let (site, partner) = (payee(&w, "东湖物业"), payee(&w, "光谷投资"));
        rule(&w, draft(site, SharingBasis::Service, 3_000)).unwrap();
        let margin = SharingRuleDraft {
            deduction: SharingDeduction::Cost,
            cost_price_e5: Some(50_000),
            ..draft(partner, SharingBasis::Margin, 5_000)
        };
        rule(&w, margin).unwrap();
        let (first, second_order) = (charged(&w, "CARD1"), charged(&w, "CARD1"));
        let running = tried(&w, DAY);
        assert_eq!(close(&w, &running).unwrap_err().code, "sharing_period.running");
        w.at("+1 01:00");
        let one = tried(&w, DAY);
        assert_eq!(one.version, running.version, "nothing is new");
        // 30 % of 8.00 yuan; half of 14.00 less 20 kWh at 0.50.
        assert_eq!((one.earned.total_fen(), one.shared_fen, one.rest_fen), (2_200, 240 + 200, 1_760));
        close(&w, &one).unwrap();
        assert_eq!(close(&w, &one).unwrap_err().code, "sharing_period.exists");
        assert_eq!((balance(&w, site), balance(&w, partner)), (240, 200));
        w.sound();
        w.restart();

        // The first is given back whole, of the second another bill is made, and a third comes on the next day.
        refunded(&w, &first, 1_100, "00000001");
        settle(&w, (second_order.id, second_order.pile), &amounts(900, 500)).unwrap();
        w.at("+1 12:00");
        charged(&w, "CARD1");
        w.at("+2 01:00");
        let two = tried(&w, DAY + 1);
        // Of the closed day: service 5.00 instead of 8.00, electricity 9.00 instead of 14.00 for as much energy as now.
        assert_eq!((two.earned.total_fen(), two.adjusted_count), (1_100, 2));
        let told: Vec<_> =
            statements(&w, two.id).iter().map(|one| (one.payee, one.shared_fen, one.adjusted_fen)).collect();
        assert_eq!(told[0], (site, 120, 150 - 240));
        assert_eq!((told[1].0, told[1].1), (partner, 100));
        assert_eq!(two.adjusted_fen, told[0].2 + told[1].2);
        close(&w, &two).unwrap();
        assert_eq!(period(&w, two.id).state, SharingPeriodState::Proposed);
        assert_eq!(decided(&w, &Actor::local(), true).unwrap_err().code, "sharing_proposal.own");
        decided(&w, &second(), false).unwrap();
        assert_eq!(period(&w, two.id).state, SharingPeriodState::Trial);
        close(&w, &period(&w, two.id)).unwrap();
        decided(&w, &second(), true).unwrap();
        assert_eq!(decided(&w, &second(), true).unwrap_err().code, "sharing_proposal.decided");
        assert_eq!(period(&w, two.id).state, SharingPeriodState::Closed);
        assert_eq!(balance(&w, site), 240 + 120 + 150 - 240);
        assert_eq!(period(&w, one.id).earned.total_fen(), 2_200, "what was closed stays");
        w.sound();

        // Nothing has changed since: nothing is adjusted a second time.
        w.at("+3 01:00");
        let three = tried(&w, DAY + 2);
        assert_eq!((three.adjusted_count, three.adjusted_fen, three.shared_fen), (0, 0, 0));
    }
}

#[test]
fn what_was_given_too_much_is_carried_on_until_it_is_earned_again() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 100_000);
        let site = payee(&w, "东湖物业");
        rule(&w, draft(site, SharingBasis::Total, 1_000)).unwrap();
        let order = charged(&w, "CARD1");
        w.at("+1 01:00");
        let one = tried(&w, DAY);
        close(&w, &one).unwrap();
        let due = statements(&w, one.id).remove(0);
        assert_eq!((due.state, due.payable_fen), (SharingStatementState::Due, 110));
        let pay = |version, amount_fen, reference: &str| {
            let draft = SharingPayoutDraft { version, amount_fen, reference: reference.to_owned() };
            wait(w.engine.sharing_payout_create(&Actor::local(), due.id, draft))
        };
        assert_eq!(pay(due.version, 109, "HD001122").unwrap_err().field.unwrap(), "amount_fen");
        pay(due.version, 110, "HD001122").unwrap();
        pay(due.version, 110, "HD001122").unwrap();
        assert_eq!(pay(due.version, 110, "HD009999").unwrap_err().code, "sharing_statement.paid");
        assert_eq!(balance(&w, site), 0);
        w.sound();

        refunded(&w, &order, 1_100, "00000001");
        w.at("+2 01:00");
        let two = tried(&w, DAY + 1);
        close(&w, &two).unwrap();
        decided(&w, &second(), true).unwrap();
        let back = statements(&w, two.id).remove(0);
        assert_eq!((back.state, back.payable_fen), (SharingStatementState::Carried, -110));
        assert_eq!(balance(&w, site), -110);
        w.at("+2 12:00");
        charged(&w, "CARD1");
        charged(&w, "CARD1");
        w.at("+3 01:00");
        let three = tried(&w, DAY + 2);
        close(&w, &three).unwrap();
        let next = statements(&w, three.id).remove(0);
        assert_eq!((next.shared_fen, next.carried_fen, next.payable_fen), (220, -110, 110));
        assert_eq!(balance(&w, site), 110);
        w.sound();
    }
}

#[test]
fn a_trial_that_is_not_true_any_more_is_not_closed() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 100_000);
        let site = payee(&w, "东湖物业");
        rule(&w, draft(site, SharingBasis::Service, 5_000)).unwrap();
        let order = charged(&w, "CARD1");
        w.at("+1 01:00");
        let one = tried(&w, DAY);
        refunded(&w, &order, 100, "00000001");
        assert_eq!(close(&w, &one).unwrap_err().code, "sharing_period.figures");
        assert_eq!(w.count("SELECT COUNT(*) FROM sharing_order"), 0, "nothing of it is left");
        let again = tried(&w, DAY);
        // 1.00 yuan back of 7.00 and 4.00: 0.64 of electricity, 0.36 of service.
        assert_eq!((again.earned.electricity_fen, again.earned.service_fen), (636, 364));
        assert_eq!(statements(&w, one.id)[0].before_fen, Some(200));
        assert_eq!(close(&w, &one).unwrap_err().code, "sharing_period.version_differs");
        close(&w, &again).unwrap();
        assert_eq!(balance(&w, site), 182);
        w.sound();
        // Days that are closed do not change: neither by a rule nor by another trial.
        assert_eq!(rule(&w, draft(site, SharingBasis::Energy, 1)).unwrap_err().field.unwrap(), "from_day");
        let draft = SharingPeriodDraft { operator_id: 1, cycle: SharingCycle::Month, day: DAY };
        let refused = wait(w.engine.sharing_period_start(&Actor::local(), draft)).unwrap_err();
        assert_eq!(refused.code, "sharing_period.closed");
    }
}

#[test]
fn the_nights_trial_goes_on_where_the_last_was_closed_and_is_repeatable() {
    for mut w in worlds() {
        furnish(&w);
        top_up(&w, 100_000);
        let site = payee(&w, "东湖物业");
        rule(&w, draft(site, SharingBasis::Service, 5_000)).unwrap();
        charged(&w, "CARD1");
        // As delivered, by month: July is not over.
        let make = |w: &World| wait(w.engine.sharing_periods_make(w.now())).unwrap();
        w.at("+1 01:00");
        assert_eq!(make(&w), 0);
        let one = tried(&w, DAY);
        close(&w, &one).unwrap();
        w.at("+4 01:00");
        assert_eq!(make(&w), 3, "the days after it");
        w.restart();
        assert_eq!(make(&w), 0, "nothing is new");
        assert_eq!(w.count("SELECT COUNT(*) FROM sharing_period WHERE state = 'trial'"), 3);
        let late = tried(&w, DAY + 3);
        assert_eq!(close(&w, &late).unwrap_err().code, "sharing_period.gap");
        w.sound();
    }
}

#[test]
fn what_is_changed_behind_our_back_is_found() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 100_000);
        let site = payee(&w, "东湖物业");
        rule(&w, draft(site, SharingBasis::Service, 5_000)).unwrap();
        charged(&w, "CARD1");
        w.at("+1 01:00");
        let one = tried(&w, DAY);
        close(&w, &one).unwrap();
        w.sound();
        for (wrong, right, said) in [
            (
                "UPDATE sharing_line SET share_fen = share_fen + 1",
                "UPDATE sharing_line SET share_fen = share_fen - 1",
                "are not what its rules and orders come to",
            ),
            (
                "UPDATE sharing_statement SET shared_fen = shared_fen + 1, payable_fen = payable_fen + 1",
                "UPDATE sharing_statement SET shared_fen = shared_fen - 1, payable_fen = payable_fen - 1",
                "is not the sum of its lines",
            ),
            (
                "UPDATE sharing_order SET service_fen = service_fen + 2",
                "UPDATE sharing_order SET service_fen = service_fen - 2",
                "is not the sum of the orders that it rests on",
            ),
            (
                "UPDATE sharing_period SET rest_fen = rest_fen + 1",
                "UPDATE sharing_period SET rest_fen = rest_fen - 1",
                "what the operator keeps",
            ),
            (
                "UPDATE sharing_rule SET rate = rate + 100",
                "UPDATE sharing_rule SET rate = rate - 100",
                "are not what its rules and orders come to",
            ),
            (
                "UPDATE sharing_statement SET state = 'paid'",
                "UPDATE sharing_statement SET state = 'due'",
                "what was paid for statement",
            ),
        ] {
            let run = |sql: &'static str| {
                wait(w.engine.store.write(None, move |tx| tx.execute(sql, &[]))).unwrap();
            };
            run(wrong);
            let found = wait(w.engine.orders_verify()).unwrap().problems;
            assert!(found.iter().any(|one| one.what.contains(said)), "{said}: {found:?}");
            run(right);
            w.sound();
        }
    }
}

/// Days of random sessions, refunds and corrections, each closed in its turn: the books stay whole, and in the end each
/// payee was given exactly what the orders have become.
#[test]
fn random_days_add_up_in_the_end() {
    for w in worlds() {
        furnish(&w);
        top_up(&w, 10_000_000);
        let mut dice = Dice(20_261_126);
        let (site, partner) = (payee(&w, "东湖物业"), payee(&w, "光谷投资"));
        rule(&w, draft(site, SharingBasis::Service, 3_333)).unwrap();
        rule(&w, draft(partner, SharingBasis::Total, 1_234)).unwrap();
        rule(&w, draft(partner, SharingBasis::Energy, 137)).unwrap();
        let mut orders: Vec<Order> = Vec::new();
        for day in 0..5_usize {
            w.at(&format!("+{day} 02:00"));
            for _ in 0..=dice.below(3) {
                orders.push(charged(&w, "CARD1"));
            }
            w.at(&format!("+{} 01:00", day + 1));
            let one = tried(&w, DAY + i64::try_from(day).unwrap());
            close(&w, &one).unwrap();
            if period(&w, one.id).state == SharingPeriodState::Proposed {
                decided(&w, &second(), true).unwrap();
            }
            w.sound();
            let some = orders[dice.below(orders.len())].clone();
            let known = w.order_by_id(some.id);
            match dice.below(3) {
                0 => {
                    let fen = 1 + i64::try_from(dice.below(100)).unwrap();
                    refunded(&w, &known, fen, &format!("{day:08}"));
                }
                1 => {
                    let bill = amounts(600 + i64::try_from(dice.below(90)).unwrap(), 400);
                    let _ = settle(&w, (known.id, known.pile), &bill);
                }
                _ => {
                    let void = SettlementBill { correction: true, ..by(SettlementBasis::Void) };
                    let _ = settle(&w, (known.id, known.pile), &void);
                }
            }
        }
        w.at("+6 01:00");
        let last = tried(&w, DAY + 5);
        close(&w, &last).unwrap();
        if period(&w, last.id).state == SharingPeriodState::Proposed {
            decided(&w, &second(), true).unwrap();
        }
        w.sound();
        let given = balance(&w, site) + balance(&w, partner);
        let said = w.count(
            "SELECT CAST(COALESCE(SUM(share_fen), 0) AS BIGINT) FROM sharing_line l JOIN sharing_period t \
             ON t.id = l.period_id WHERE t.state = 'closed'",
        );
        assert_eq!(given, said);
    }
}
