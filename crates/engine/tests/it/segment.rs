//! R-6.1c 客户分群: every segment equals a recount by plain SQL, on both databases, whatever the orders are.

use crate::databases::wait;
use crate::week::{Dice, PILES, ended, week};
use crate::world::{World, worlds};
use engine::customer::CustomerDraft;
use model::access::{Area, Scope};
use model::customer::{CustomerKind, CustomerMark};
use model::energy::Energy;
use model::id::{CustomerId, OperatorId, OrderId};
use model::money::Fen;
use model::order::{Order, OrderState};
use model::segment::SEGMENTS;
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use store::Tx;
use store::customer_segments::{SegmentNight, segment_night};

const CUSTOMERS: usize = 40;

fn customers(w: &World) -> Vec<CustomerId> {
    let made = (0..CUSTOMERS).map(|n| {
        let draft = CustomerDraft {
            name: format!("用户{n}"),
            phone: format!("138{n:08}"),
            kind: CustomerKind::Person,
            fleet_id: None,
            tags: None,
            note: None,
        };
        wait(w.engine.customer_create(&engine::audit::Actor::local(), draft)).unwrap()
    });
    made.collect()
}

/// Orders of all kinds: of the night and of the day, regular ones that stop, old ones, many and few, some that failed.
fn orders(w: &World, of: &[CustomerId]) -> Vec<Order> {
    let (mut dice, mut all) = (Dice(11), Vec::new());
    let template = week(w.now())[0][0].order.clone();
    for (n, customer) in of.iter().enumerate() {
        // Every fifth has never charged; the others every one to nine days, until up to ninety days ago.
        let count = if n % 5 == 0 { 0 } else { 1 + dice.below(14) };
        let apart = (1 + dice.below(9)) as i64 * DAY_MS;
        let silent = dice.below(90) as i64 * DAY_MS + dice.below(24) as i64 * HOUR_MS;
        for past in 0..count {
            let (pile, station, operator, _) = PILES[dice.below(PILES.len())];
            let began = w.now().plus_ms(-silent - apart * past as i64 - dice.below(600) as i64 * MINUTE_MS);
            let total = (500 + dice.below(20_000)) as i64;
            let failed = dice.below(9) == 0;
            all.push(Order {
                id: OrderId(50_000 + all.len() as i64),
                pile: model::id::PileId(pile),
                station: model::id::StationId(station),
                operator: OperatorId(operator),
                session: None,
                customer: Some(*customer),
                created_at: began,
                started_at: began,
                ended_at: Some(began.plus_ms(40 * MINUTE_MS)),
                state: if failed { OrderState::Failed } else { OrderState::Completed },
                energy: Energy::from_dwh(total * 80),
                electricity: Fen(total / 2),
                service: Fen(total - total / 2),
                total: Fen(total),
                ..template.clone()
            });
        }
    }
    all
}

fn furnished(w: &World) -> Vec<CustomerId> {
    let all = customers(w);
    let orders = orders(w, &all);
    let fleet: Vec<i64> = all.iter().step_by(7).map(|id| id.0).collect();
    let new: Vec<i64> = all.iter().step_by(3).map(|id| id.0).collect();
    let now = w.now();
    let work = move |tx: &mut Tx<'_>| {
        for order in &orders {
            tx.order_save(order);
            if order.state == OrderState::Completed {
                tx.order_count(store::rollups::Ended { customer: order.customer, ..ended(order) });
            }
        }
        // All but every third registered long ago.
        let old = now.plus_ms(-400 * DAY_MS).as_ms();
        tx.execute("UPDATE customer SET created_at_ms = $1", &[old.into()])?;
        for id in &new {
            tx.execute(
                "UPDATE customer SET created_at_ms = $1 WHERE id = $2",
                &[now.as_ms().into(), (*id).into()],
            )?;
        }
        for id in &fleet {
            tx.execute("UPDATE customer SET fleet_id = 1 WHERE id = $1", &[(*id).into()])?;
        }
        Ok(())
    };
    wait(w.engine.store.write(None, work)).unwrap();
    all
}

/// The orders that are judged, and the customers with what is known of them; the numbers are those of the parameters as
/// delivered, written out.
fn recount(now: Timestamp, mark: CustomerMark) -> String {
    let days = |days: i64| now.as_ms() - days * DAY_MS;
    let (since, sleeping, recent) = (days(90), days(60), days(14));
    let hour = "((o.started_at_ms + 28800000) / 3600000) % 24";
    let facts = format!(
        "SELECT c.id AS id, c.created_at_ms AS created, c.fleet_id AS fleet, \
         (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id AND o.state = 'completed' AND o.started_at_ms >= {since}) AS n, \
         (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id AND o.state = 'completed' AND o.started_at_ms >= {since} \
         AND ({hour} >= 22 OR {hour} < 6)) AS night, \
         (SELECT COALESCE(SUM(o.total_fen), 0) FROM orders o WHERE o.customer_id = c.id AND o.state = 'completed' AND o.started_at_ms >= {since}) AS fen, \
         (SELECT MIN(o.started_at_ms) FROM orders o WHERE o.customer_id = c.id AND o.state = 'completed' AND o.started_at_ms >= {since}) AS first, \
         (SELECT MAX(o.started_at_ms) FROM orders o WHERE o.customer_id = c.id AND o.state = 'completed' AND o.started_at_ms >= {since}) AS last, \
         (SELECT MAX(o.ended_at_ms) FROM orders o WHERE o.customer_id = c.id AND o.state = 'completed') AS charged \
         FROM customer c WHERE c.status <> 'cancelled'"
    );
    let rfm = |r: bool, f: bool, m: bool| {
        format!(
            "n > 0 AND {} (charged >= {recent}) AND {} (n >= 8) AND {} (fen >= 40000)",
            if r { "" } else { "NOT" },
            if f { "" } else { "NOT" },
            if m { "" } else { "NOT" }
        )
    };
    let holds = match mark {
        CustomerMark::New => format!("created >= {}", days(30)),
        CustomerMark::Sleeping => format!("charged < {sleeping}"),
        CustomerMark::Night => "n >= 5 AND night * 2 >= n".to_owned(),
        CustomerMark::HighValue => "fen >= 100000".to_owned(),
        CustomerMark::Fleet => "fleet IS NOT NULL".to_owned(),
        CustomerMark::ChurnRisk => format!(
            "n >= 4 AND {now} - last > (last - first) / (n - 1) * 3 AND {now} - last >= 604800000 AND charged >= {sleeping}",
            now = now.as_ms()
        ),
        CustomerMark::RfmHhh => rfm(true, true, true),
        CustomerMark::RfmHlh => rfm(true, false, true),
        CustomerMark::RfmLhh => rfm(false, true, true),
        CustomerMark::RfmLlh => rfm(false, false, true),
        CustomerMark::RfmHhl => rfm(true, true, false),
        CustomerMark::RfmHll => rfm(true, false, false),
        CustomerMark::RfmLhl => rfm(false, true, false),
        CustomerMark::RfmLll => rfm(false, false, false),
    };
    format!("SELECT id, CAST(fen AS BIGINT) FROM ({facts}) AS f WHERE {holds} ORDER BY id")
}

fn counted(w: &World, mark: CustomerMark) -> Vec<(i64, i64)> {
    let sql = recount(w.now(), mark);
    w.read(move |conn| conn.query(&sql, &[], |row| Ok((row.int(0)?, row.int(1)?))))
}

fn kept(w: &World, mark: CustomerMark) -> Vec<i64> {
    let sql = "SELECT customer_id FROM customer_tag WHERE by_rule = TRUE AND tag = $1 ORDER BY customer_id";
    w.read(move |conn| conn.query(sql, &[mark.as_str().into()], |row| row.int(0)))
}

fn night(w: &World, scope: Scope) -> SegmentNight {
    w.read(move |conn| segment_night(conn, &scope))
}

fn judge(w: &World) -> usize {
    wait(w.engine.customers_mark(w.now())).unwrap()
}

#[test]
fn r6_1c_class_every_segment_equals_a_recount() {
    for w in worlds() {
        let all = furnished(&w);
        judge(&w);
        assert_eq!(judge(&w), 0, "the same night again changes nothing");
        let told = night(&w, Scope::ALL);
        let mut filled = 0;
        for one in SEGMENTS {
            let expected = counted(&w, one.mark);
            let ids: Vec<i64> = expected.iter().map(|(id, _)| *id).collect();
            assert_eq!(kept(&w, one.mark), ids, "{:?}", one.mark);
            let figures = told.marks[one.mark.as_str()];
            assert_eq!(figures.customer_count, ids.len() as i64, "{:?}", one.mark);
            assert_eq!(figures.total_fen, expected.iter().map(|(_, fen)| fen).sum::<i64>(), "{:?}", one.mark);
            filled += usize::from(!ids.is_empty());
        }
        assert!(filled >= 10, "only {filled} segments have anybody: the orders are too much alike");
        let seeded = w.count("SELECT COUNT(*) FROM customer WHERE status <> 'cancelled'");
        assert!(all.len() == CUSTOMERS && told.all.customer_count == seeded);
        assert_eq!(w.count("SELECT COUNT(*) FROM segment_day"), CustomerMark::ALL.len() as i64 + 1);
    }
}

#[test]
fn r6_1c_class_staff_of_a_part_see_who_charged_there_and_what() {
    for w in worlds() {
        furnished(&w);
        judge(&w);
        let scope = Scope { operator: Some(OperatorId(2)), area: Area::Everywhere };
        let told = night(&w, scope);
        let seen = "SELECT COUNT(DISTINCT v.customer_id) FROM customer_station v JOIN customer c ON c.id = v.customer_id \
                    WHERE v.operator_id = 2 AND c.status <> 'cancelled'";
        assert_eq!(told.all.customer_count, w.count(seen));
        let since = w.now().as_ms() - 90 * DAY_MS;
        let money = format!(
            "SELECT CAST(COALESCE(SUM(total_fen), 0) AS BIGINT) FROM orders WHERE operator_id = 2 AND state = 'completed' \
             AND customer_id IS NOT NULL AND started_at_ms >= {since}"
        );
        let money = w.read(move |conn| conn.one(&money, &[], |row| row.int(0)));
        assert_eq!(told.all.total_fen, money);
        let whole = night(&w, Scope::ALL);
        assert!(
            told.all.customer_count < whole.all.customer_count && money < whole.all.total_fen && money > 0
        );
        for (mark, figures) in &told.marks {
            let all = whole.marks[mark.as_str()];
            assert!(
                figures.customer_count <= all.customer_count && figures.total_fen <= all.total_fen,
                "{mark}"
            );
            assert_eq!(figures.customer_count_before, None, "{mark}: not known for a part");
        }
        // A week later the page knows how many there were.
        w.later(7 * 24 * 60);
        judge(&w);
        let later = night(&w, Scope::ALL).marks["fleet"];
        assert_eq!(later.customer_count_before, Some(whole.marks["fleet"].customer_count));
    }
}

#[test]
fn r6_1c_boundary_nobody_and_a_run_that_is_cut_off() {
    for mut w in worlds() {
        assert_eq!(night(&w, Scope::ALL), SegmentNight::default(), "no night has passed");
        furnished(&w);
        judge(&w);
        let before = night(&w, Scope::ALL);
        w.restart();
        assert_eq!(night(&w, Scope::ALL), before);
        assert_eq!(judge(&w), 0);
        assert_eq!(night(&w, Scope::ALL), before, "the same night after a restart");
    }
}
