//! 渠道对账: dirt of every kind is put into the bills of a pay channel at random places; all of it is found, and
//! nothing else is. What resolves by itself is closed, and the fees are in the books once.

use crate::databases::wait;
use crate::scene::NOON;
use crate::week::Dice;
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::pay::PaymentSaid;
use engine::reconciliation::counter::CounterBillSaid;
use engine::reconciliation::{DifferenceChange, ReconciliationReopening, ReconciliationSign};
use model::access::Scope;
use model::id::{CustomerId, StaffId};
use model::money::Fen;
use model::pay::{PayScene, PayState, PaymentPurpose, RefundKind, RefundRoute, RefundState};
use model::reconciliation::{CounterDifferenceKind, CounterLine, DifferenceState, fee_due};
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp, Zone};
use serde_json::json;
use std::collections::BTreeSet;
use store::counter_bill_list::{
    CounterBillFilter, CounterBillView, CounterDifferenceFilter, CounterDifferenceView, counter_bill_list,
    counter_difference_list,
};
use store::pay_channels::{self, PayChannel};
use store::payments::{self, Payment};
use store::refunds::{self, Refund};

const FEE_BP: i64 = 60;
/// Days before yesterday, with what is on each.
const DAYS: i64 = 3;
const PAYMENTS: i64 = 40;
const REFUNDS: i64 = 15;

/// Day, kind, theirs minus ours, the channel's number.
type Told = (i64, CounterDifferenceKind, i64, String);

/// Something that was paid, or given back, and its line.
#[derive(Clone)]
struct Item {
    n: i64,
    at: Timestamp,
    fen: i64,
    is_refund: bool,
    /// In our books at all, and over there.
    known: bool,
    done: bool,
    lines: Vec<(i64, CounterLine)>,
}

fn day_of(at: Timestamp) -> i64 {
    Zone::shanghai().local(at).day
}

/// The begin of the first day.
fn begin() -> Timestamp {
    Zone::shanghai().day_start(day_of(NOON.plus_ms(-DAYS * DAY_MS))).unwrap()
}

fn own_no(n: i64, is_refund: bool) -> String {
    format!("{}{n}", if is_refund { "TK" } else { "ZF" })
}

fn their_no(n: i64, is_refund: bool) -> String {
    format!("{}{n:08}", if is_refund { "50" } else { "42" })
}

/// Three days on which both sides agree. A refund is of a payment of its own, one place behind.
fn calm() -> Vec<Item> {
    let mut items = Vec::new();
    for day in 0..DAYS {
        for turn in 0..PAYMENTS + 2 * REFUNDS {
            let is_refund = turn >= PAYMENTS && turn % 2 == 1;
            let n = i64::try_from(items.len()).unwrap() + 1;
            let at = begin().plus_ms(day * DAY_MS + turn * 17 * MINUTE_MS + n);
            let fen = if is_refund { 300 + n } else { 2_000 + n };
            let payment_no = own_no(if is_refund { n - 1 } else { n }, false);
            let line = CounterLine {
                is_refund,
                own_no: own_no(n, is_refund),
                payment_no,
                their_no: their_no(n, is_refund),
                fen,
                fee_fen: Some(fee_due(fen, is_refund, FEE_BP)),
                at_ms: at.as_ms(),
                done: true,
                ..CounterLine::default()
            };
            items.push(Item {
                n,
                at,
                fen,
                is_refund,
                known: true,
                done: true,
                lines: vec![(day_of(at), line)],
            });
        }
    }
    items
}

/// Puts dirt of this kind to an item of the second day; what is to be found.
fn spoil(item: &mut Item, kind: CounterDifferenceKind, dice: &mut Dice) -> Told {
    let (day, next) = (day_of(item.at), day_of(item.at.plus_ms(DAY_MS)));
    let sign = if item.is_refund { -1 } else { 1 };
    let line = item.lines[0].1.clone();
    let told = |day, fen| (day, kind, fen, line.their_no.clone());
    match kind {
        CounterDifferenceKind::OnlyOurs => {
            item.lines.clear();
            told(day, -sign * item.fen)
        }
        CounterDifferenceKind::OnlyTheirs => {
            item.known = false;
            told(day, sign * item.fen)
        }
        CounterDifferenceKind::AmountDiffers => {
            let more = 1 + i64::try_from(dice.below(500)).unwrap();
            let line = &mut item.lines[0].1;
            line.fen += more;
            line.fee_fen = Some(fee_due(line.fen, line.is_refund, FEE_BP));
            told(day, sign * more)
        }
        CounterDifferenceKind::StateDiffers => {
            item.done = false;
            told(day, sign * item.fen)
        }
        CounterDifferenceKind::Twice => {
            let at = if dice.below(2) == 0 { day } else { next };
            item.lines.push((at, line.clone()));
            told(at, sign * item.fen)
        }
        CounterDifferenceKind::DayShifted => {
            item.lines[0].0 = next;
            told(next, 0)
        }
        CounterDifferenceKind::FeeDiffers => {
            let more = 2 + i64::try_from(dice.below(50)).unwrap();
            item.lines[0].1.fee_fen = line.fee_fen.map(|fee| fee + more);
            told(day, -more)
        }
        CounterDifferenceKind::EnergyDiffers => panic!("a channel tells no energies"),
        CounterDifferenceKind::RefundWithoutPayment => {
            item.known = false;
            item.lines[0].1.payment_no = format!("FREMD{}", item.n);
            told(day, -item.fen)
        }
    }
}

async fn channel(w: &World) -> PayChannel {
    let draft = json!({"name": "渠道", "enabled": true, "notify_url": "https://own.example.com", "fee_bp": FEE_BP,
        "simulated": {"url": "https://pay.example.com", "merchant": "M1"}, "secret": "0123456789abcdef"});
    let draft = serde_json::from_value(draft).unwrap();
    let id = w.engine.pay_channel_create(&Actor::local(), draft).await.unwrap();
    w.engine.store.read(move |conn| pay_channels::get(conn, id)).await.unwrap().unwrap()
}

/// Writes a payment down, as one that somebody is about to pay.
async fn payment(w: &World, channel: i64, item: &Item) -> Payment {
    let (item, at) = (item.clone(), item.at.plus_ms(-HOUR_MS));
    let new = Payment {
        id: 0,
        no: String::new(),
        token: "token".to_owned(),
        pay_channel: channel,
        operator: None,
        customer: CustomerId(1),
        purpose: PaymentPurpose::TopUp,
        order: None,
        pile: None,
        amount: Fen(item.fen),
        refunded: Fen(0),
        state: PayState::Paying,
        request_id: format!("request-{}", item.n),
        channel_no: None,
        pay_url: None,
        scene: PayScene::Scan,
        payer_openid: None,
        wechat_call: None,
        late: false,
        excess: false,
        message: None,
        tries: 0,
        next_at: None,
        created_at: at,
        expires_at: NOON.plus_ms(DAY_MS),
        paid_at: None,
        version: 1,
    };
    let no = own_no(item.n, false);
    w.engine.store.write(None, move |tx| payments::insert(tx, new.clone(), |_| no.clone())).await.unwrap()
}

async fn paid(w: &World, channel: i64, item: &Item) {
    let (amount, at) = (Fen(item.fen), item.at);
    let said = PaymentSaid::Paid { channel_no: their_no(item.n, false), amount, at };
    w.engine.payment_learn(channel, &own_no(item.n, false), said).await.unwrap();
}

/// Gives back of the payment one place before.
async fn refund(w: &World, item: &Item) {
    let item = item.clone();
    w.engine
        .store
        .write(None, move |tx| {
            let of = own_no(item.n - 1, false);
            let mut payment = tx.read(|conn| payments::by_no(conn, &of))?.unwrap();
            let new = Refund {
                id: 0,
                no: String::new(),
                payment: payment.id,
                pay_channel: payment.pay_channel,
                operator: None,
                customer: payment.customer,
                order: None,
                pile: None,
                kind: RefundKind::TopUp,
                amount: Fen(item.fen),
                reason: "退余额".to_owned(),
                request_id: format!("refund-{}", item.n),
                route: RefundRoute::Source,
                state: RefundState::Processing,
                channel_no: None,
                message: None,
                tries: 0,
                next_at: None,
                staff: StaffId(0),
                staff_name: "local".to_owned(),
                created_at: item.at,
                decided_by_name: None,
                decided_at: None,
                submitted_at: None,
                ended_at: None,
                proof: None,
                version: 1,
            };
            let mut refund = refunds::insert(tx, new, |_| own_no(item.n, true))?;
            assert!(tx.refund_reserve(&mut payment, &refund, item.at)?);
            if item.done {
                tx.refund_complete(&refund, item.at)?;
                refund.state = RefundState::Done;
                refund.ended_at = Some(item.at);
            }
            refund.submitted_at = Some(item.at);
            refund.channel_no = Some(their_no(item.n, true));
            refunds::update(tx, &mut refund)
        })
        .await
        .unwrap();
}

async fn written(w: &World, channel: &PayChannel, items: &[Item]) {
    for item in items.iter().filter(|item| item.known) {
        if item.is_refund {
            refund(w, item).await;
            continue;
        }
        payment(w, channel.id, item).await;
        if item.done {
            paid(w, channel.id, item).await;
        }
    }
}

/// Gives the engine the bill of each day.
async fn billed(w: &World, channel: &PayChannel, items: &[Item]) {
    for ago in (1..=DAYS).rev() {
        let day = day_of(NOON.plus_ms(-ago * DAY_MS));
        let of_day = items.iter().flat_map(|item| item.lines.iter()).filter(|(of, _)| *of == day);
        let lines = of_day.zip(1..).map(|((_, line), line_no)| CounterLine { line_no, ..line.clone() });
        let lines: Vec<CounterLine> = lines.collect();
        let body = serde_json::to_vec(&lines).unwrap();
        let said = CounterBillSaid { file_name: format!("M1-{day}.json"), body, lines };
        w.engine.counter_bill_take(channel, day, said).await.unwrap();
    }
}

async fn found(w: &World) -> Vec<CounterDifferenceView> {
    let wanted = CounterDifferenceFilter { limit: 1_000, ..CounterDifferenceFilter::default() };
    let read = w.engine.store.read(move |conn| counter_difference_list(conn, &Scope::ALL, &wanted));
    read.await.unwrap().items
}

/// What still stands: a line that came with the bill of the day after was missing until then.
async fn open(w: &World) -> Vec<CounterDifferenceView> {
    found(w).await.into_iter().filter(|row| row.state != DifferenceState::Gone).collect()
}

async fn bills(w: &World) -> Vec<CounterBillView> {
    let wanted = CounterBillFilter { limit: 100, ..CounterBillFilter::default() };
    w.engine.store.read(move |conn| counter_bill_list(conn, &Scope::ALL, &wanted)).await.unwrap().items
}

fn told(row: &CounterDifferenceView) -> Told {
    let line = row.evidence.line.as_ref().map(|line| line.their_no.clone());
    let no = line.or(row.evidence.ours.as_ref().and_then(|ours| ours.their_no.clone()));
    (row.day, row.kind, row.amount_fen, no.unwrap())
}

async fn sound(w: &World) {
    assert_eq!(w.engine.orders_verify().await.unwrap().problems, [], "{}", w.db.name);
}

#[test]
fn days_that_agree_have_no_differences_and_their_fees_are_posted_once() {
    for w in worlds() {
        wait(async {
            let (channel, items) = (channel(&w).await, calm());
            written(&w, &channel, &items).await;
            for _ in 0..2 {
                billed(&w, &channel, &items).await;
                let rows = found(&w).await;
                assert!(rows.is_empty(), "{}: {:?}", w.db.name, rows.iter().map(told).collect::<Vec<_>>());
                let bills = bills(&w).await;
                assert_eq!(bills.len(), 3);
                let lines = items.iter().flat_map(|item| &item.lines);
                let fee: i64 = lines.filter_map(|(_, line)| line.fee_fen).sum();
                assert_eq!(bills.iter().map(|bill| bill.fee_fen).sum::<i64>(), fee);
                for bill in &bills {
                    assert_eq!((bill.our_count, bill.our_fen), (bill.their_count, bill.their_fen));
                    assert_eq!((bill.our_back_count, bill.our_back_fen), (15, bill.their_back_fen));
                    assert_eq!(bill.net_fen, bill.their_fen - bill.their_back_fen - bill.fee_fen);
                }
                sound(&w).await;
            }
        });
    }
}

#[test]
fn thirty_differences_of_all_kinds_are_all_found_and_none_is_invented() {
    for seed in 1..=3u64 {
        for w in worlds() {
            wait(async {
                let (channel, mut dice, mut items) = (channel(&w).await, Dice(seed), calm());
                let second = day_of(begin().plus_ms(DAY_MS));
                let kinds = CounterDifferenceKind::ALL.iter().copied();
                let kinds: Vec<_> =
                    kinds.filter(|kind| *kind != CounterDifferenceKind::EnergyDiffers).collect();
                let (mut expected, mut taken) = (Vec::new(), BTreeSet::new());
                for turn in 0..30 {
                    let kind = kinds[turn % kinds.len()];
                    let at = loop {
                        let at = dice.below(items.len());
                        let item = &items[at];
                        // Payments that a refund is of stay as they are.
                        let free = at % 70 < 40 || item.is_refund;
                        let fits = kind != CounterDifferenceKind::RefundWithoutPayment || item.is_refund;
                        if day_of(item.at) == second && free && fits && taken.insert(at) {
                            break at;
                        }
                    };
                    expected.push(spoil(&mut items[at], kind, &mut dice));
                }
                written(&w, &channel, &items).await;
                billed(&w, &channel, &items).await;
                let rows = open(&w).await;
                let by = |one: &Told| (one.0, one.1.as_str(), one.3.clone());
                let mut all: Vec<Told> = rows.iter().map(told).collect();
                all.sort_by_key(by);
                expected.sort_by_key(by);
                assert_eq!(all, expected, "{} seed {seed}", w.db.name);
                sound(&w).await;
                // Fetched again: the same rows, and none beside them.
                billed(&w, &channel, &items).await;
                w.engine.counter_bills_run(w.engine.clock.now()).await.unwrap();
                let again = open(&w).await;
                let ids = |rows: &[CounterDifferenceView]| rows.iter().map(|one| one.id).collect::<Vec<_>>();
                assert_eq!(ids(&again), ids(&rows), "{}", w.db.name);
                sound(&w).await;
            });
        }
    }
}

#[test]
fn what_resolves_by_itself_is_closed_and_a_corrected_bill_corrects_the_fees() {
    for w in worlds() {
        wait(async {
            let (channel, mut items, mut dice) = (channel(&w).await, calm(), Dice(1));
            spoil(&mut items[71], CounterDifferenceKind::StateDiffers, &mut dice);
            spoil(&mut items[72], CounterDifferenceKind::FeeDiffers, &mut dice);
            spoil(&mut items[73], CounterDifferenceKind::DayShifted, &mut dice);
            written(&w, &channel, &items).await;
            billed(&w, &channel, &items).await;
            let state = |rows: &[CounterDifferenceView], kind| {
                rows.iter().find(|one| one.kind == kind).map(|one| one.state)
            };
            let rows = found(&w).await;
            assert_eq!(state(&rows, CounterDifferenceKind::DayShifted), Some(DifferenceState::Accepted));
            assert_eq!(state(&rows, CounterDifferenceKind::StateDiffers), Some(DifferenceState::Open));
            // The notice comes late.
            paid(&w, channel.id, &items[71]).await;
            assert_eq!(w.engine.counter_bills_run(w.engine.clock.now()).await.unwrap(), 1);
            assert_eq!(w.engine.counter_bills_run(w.engine.clock.now()).await.unwrap(), 0, "nothing is new");
            let rows = found(&w).await;
            assert_eq!(state(&rows, CounterDifferenceKind::StateDiffers), Some(DifferenceState::Gone));
            assert_eq!(state(&rows, CounterDifferenceKind::FeeDiffers), Some(DifferenceState::Open));
            // The channel corrects its bill.
            let line = &mut items[72].lines[0].1;
            line.fee_fen = Some(fee_due(line.fen, line.is_refund, FEE_BP));
            billed(&w, &channel, &items).await;
            assert_eq!(
                state(&found(&w).await, CounterDifferenceKind::FeeDiffers),
                Some(DifferenceState::Gone)
            );
            sound(&w).await;
        });
    }
}

#[test]
fn a_signed_bill_stays_and_who_wrote_off_much_does_not_sign() {
    for w in worlds() {
        wait(async {
            let (channel, mut items) = (channel(&w).await, calm());
            items[71].fen = 20_000;
            items[71].lines.clear();
            written(&w, &channel, &items).await;
            billed(&w, &channel, &items).await;
            let rows = found(&w).await;
            assert_eq!(rows.len(), 1, "{:?}", rows.iter().map(told).collect::<Vec<_>>());
            let actor = |id| {
                let mut actor = Actor::local();
                actor.caller.staff = StaffId(id);
                actor
            };
            let id = rows[0].counter_bill_id;
            let sign = |version| ReconciliationSign { version };
            let bill = || async { bills(&w).await.into_iter().find(|one| one.id == id).unwrap() };
            let early = w.engine.counter_bill_confirm(&actor(1), id, sign(bill().await.version)).await;
            assert_eq!(early.unwrap_err().code, "reconciliation.open");
            let change = |state| DifferenceChange { version: 1, state, note: "渠道漏单".to_owned() };
            let passed = change(DifferenceState::PassedOn);
            let passed = w.engine.counter_difference_update(&actor(1), rows[0].id, passed).await.unwrap_err();
            assert_eq!(passed.field.as_deref(), Some("state"));
            let off = change(DifferenceState::WrittenOff);
            w.engine.counter_difference_update(&actor(1), rows[0].id, off.clone()).await.unwrap();
            let stale = w.engine.counter_difference_update(&actor(1), rows[0].id, off).await.unwrap_err();
            assert_eq!(stale.code, "reconciliation.version_differs");
            let own = w.engine.counter_bill_confirm(&actor(1), id, sign(bill().await.version)).await;
            assert_eq!(own.unwrap_err().code, "reconciliation.own");
            w.engine.counter_bill_confirm(&actor(2), id, sign(bill().await.version)).await.unwrap();
            let before = bill().await;
            // Another bill of the same day changes nothing any more.
            items[72].lines.clear();
            billed(&w, &channel, &items).await;
            let fresh = bill().await;
            assert_eq!((fresh.their_count, fresh.version), (before.their_count, before.version));
            assert_eq!(found(&w).await.len(), 1);
            let why =
                |reason: &str| ReconciliationReopening { version: before.version, reason: reason.to_owned() };
            let bare = w.engine.counter_bill_undo(&actor(1), id, why(" ")).await.unwrap_err();
            assert_eq!(bare.field.as_deref(), Some("reason"));
            w.engine.counter_bill_undo(&actor(1), id, why("渠道补账单")).await.unwrap();
            billed(&w, &channel, &items).await;
            assert_eq!(found(&w).await.len(), 2);
            sound(&w).await;
        });
    }
}
