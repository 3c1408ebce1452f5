//! R-6.1c, R-4.2.3: what a report tells is what its orders add up to, however late, often or changed they come.

use crate::databases::wait;
use crate::scene::NOON;
use crate::week::{DAYS, Dice, Session, ended, kept, monday, week};
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::report::success_rule;
use model::access::{Area, Scope};
use model::id::{OperatorId, OrderId, SessionKey, StationId};
use model::money::Fen;
use model::order::{Order, OrderState, StartMode};
use model::report::{BuyerKind, Kpi, ReportCompare, ReportGroup, ReportRange, day_after};
use model::time::{MINUTE_MS, Zone};
use store::report_read::ReportFilter;
use store::report_sums::{self, SuccessRule};
use store::reports::{Report, ReportWanted, report_get};

const CODES: [&str; 7] =
    ["order_count", "energy", "receivable", "service", "try_count", "success_rate", "owed"];

fn asked(filter: ReportFilter, from_day: i64, to_day: i64) -> ReportWanted {
    ReportWanted {
        kpis: CODES.iter().map(|code| Kpi::find(code).unwrap()).collect(),
        filter,
        range: ReportRange { from_day, to_day },
        compare: None,
        rule: SuccessRule { energy_dwh: 2_000, charge_ms: 120_000 },
        now: NOON,
    }
}

fn told(w: &World, scope: &Scope, wanted: &ReportWanted) -> Report {
    let (scope, wanted) = (scope.clone(), wanted.clone());
    w.read(move |conn| report_get(conn, &scope, &wanted))
}

/// The same in plain SQL over the orders: every order is looked at.
fn recounted(w: &World, scope: &Scope, wanted: &ReportWanted) -> Vec<Option<i64>> {
    let zone = Zone::shanghai();
    let from = zone.day_start(wanted.range.from_day).unwrap().as_ms();
    let to = zone.day_start(day_after(wanted.range.to_day, 1)).unwrap().as_ms();
    let mut conditions = String::new();
    let mut and = |condition: String| conditions.push_str(&format!(" AND {condition}"));
    if let Some(operator) = scope.operator {
        and(format!("o.operator_id = {}", operator.0));
    }
    if let Area::Stations { stations } = &scope.area {
        and(format!("o.station_id = {}", stations[0].0));
    }
    let filter = &wanted.filter;
    if let Some(station) = filter.station {
        and(format!("o.station_id = {station}"));
    }
    if let Some(pile) = filter.pile {
        and(format!("o.pile_id = {pile}"));
    }
    if let Some(mode) = filter.start_mode {
        and(format!("o.start_mode = '{}'", mode.as_str()));
    }
    match filter.buyer {
        Some(BuyerKind::Own) => and("o.customer_id IS NOT NULL".to_owned()),
        Some(BuyerKind::Guest) => and("o.customer_id IS NULL".to_owned()),
        _ => {}
    }
    let success =
        "CASE WHEN o.energy_dwh > 2000 OR o.ended_at_ms - o.started_at_ms > 120000 THEN 1 ELSE 0 END";
    let sql = format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(o.energy_dwh), 0) AS BIGINT), \
         CAST(COALESCE(SUM(o.total_fen + o.occupancy_fen), 0) AS BIGINT), \
         CAST(COALESCE(SUM(o.service_fen), 0) AS BIGINT), CAST(COALESCE(SUM({success}), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN p.order_id IS NULL THEN o.total_fen ELSE p.owed_fen END), 0) AS BIGINT) \
         FROM orders o LEFT JOIN order_payment p ON p.order_id = o.id WHERE o.state = 'completed' \
         AND o.ended_at_ms >= {from} AND o.ended_at_ms < {to}{conditions}"
    );
    let done = w.read(move |conn| {
        conn.one(&sql, &[], |row| {
            Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?, row.int(5)?])
        })
    });
    let sql = format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN o.state = 'abnormal' THEN {success} ELSE 0 END), 0) AS BIGINT) \
         FROM orders o WHERE o.state IN ('failed', 'abnormal') AND o.started_at_ms >= {from} \
         AND o.started_at_ms < {to}{conditions}"
    );
    let [others, held] = w.read(move |conn| conn.one(&sql, &[], |row| Ok([row.int(0)?, row.int(1)?])));
    let tries = done[0] + others;
    let rate = (tries > 0).then(|| ((done[4] + held) * 10_000 + tries / 2) / tries);
    vec![Some(done[0]), Some(done[1]), Some(done[2]), Some(done[3]), Some(tries), rate, Some(done[5])]
}

fn some_filter(dice: &mut Dice) -> ReportFilter {
    let mut filter = ReportFilter::default();
    for _ in 0..dice.below(3) {
        match dice.below(4) {
            0 => filter.station = Some(1 + i64::try_from(dice.below(3)).unwrap()),
            1 => filter.pile = Some([1, 2, 101, 201, 301][dice.below(5)]),
            2 => filter.buyer = Some([BuyerKind::Own, BuyerKind::Guest][dice.below(2)]),
            _ => filter.start_mode = Some([StartMode::App, StartMode::Card, StartMode::Pile][dice.below(3)]),
        }
    }
    filter
}

/// Random slices: their totals, and their rows added up, are what the orders say.
fn slices_agree(w: &World, dice: &mut Dice, when: &str) {
    let start = Zone::shanghai().local(monday()).day;
    for _ in 0..40 {
        let from = day_after(start, i64::try_from(dice.below(8)).unwrap() - 1);
        let to = day_after(from, i64::try_from(dice.below(6)).unwrap());
        let scope = [
            Scope::ALL,
            Scope::ALL,
            Scope { operator: Some(OperatorId(1)), area: Area::Everywhere },
            Scope { operator: None, area: Area::Stations { stations: vec![StationId(2)] } },
        ][dice.below(4)]
        .clone();
        let mut wanted = asked(some_filter(dice), from, to);
        let all = [
            ReportGroup::Hour,
            ReportGroup::Day,
            ReportGroup::Week,
            ReportGroup::Month,
            ReportGroup::Station,
            ReportGroup::Operator,
            ReportGroup::City,
            ReportGroup::Pile,
            ReportGroup::PileKind,
            ReportGroup::Model,
            ReportGroup::Buyer,
            ReportGroup::StartMode,
        ];
        wanted.filter.groups = vec![all[dice.below(12)]];
        if dice.below(2) == 0 {
            wanted.filter.groups.push(ReportGroup::Station);
            wanted.filter.groups.dedup();
        }
        let (report, expected) = (told(w, &scope, &wanted), recounted(w, &scope, &wanted));
        let about = format!("{} {when}: {:?} {from}-{to} {scope:?}", w.db.name, wanted.filter);
        assert_eq!(report.total.values, expected, "{about}");
        for at in [0, 1, 2, 3, 4, 6] {
            let sum: i64 = report.rows.iter().map(|row| row.values[at].unwrap()).sum();
            assert_eq!(Some(sum), expected[at], "{about}: rows of {}", CODES[at]);
        }
    }
}

/// A week in which not everything went well, and not everybody is known.
fn mixed(dice: &mut Dice) -> Vec<Vec<Session>> {
    let mut weeks = week(monday());
    for one in weeks.iter_mut().flatten() {
        one.order.start_mode = [StartMode::App, StartMode::Card, StartMode::Pile][dice.below(3)];
        match dice.below(12) {
            0 | 1 => {
                one.order.state = [OrderState::Failed, OrderState::Abnormal][dice.below(2)];
                (one.order.total, one.order.electricity, one.order.service) = (Fen(0), Fen(0), Fen(0));
                one.posted = None;
            }
            2 => {
                // Short, and of nearly nothing.
                one.order.ended_at = Some(one.order.started_at.plus_ms(MINUTE_MS));
                one.order.energy = model::energy::Energy::from_dwh(2_000);
            }
            _ => {}
        }
    }
    weeks
}

fn changed(w: &World, old: Order, new: Order) {
    wait(w.engine.store.write(None, move |tx| {
        tx.order_uncount(ended(&old));
        tx.order_save(&new);
        tx.order_count(ended(&new));
        Ok(())
    }))
    .unwrap();
}

fn make(w: &World) -> usize {
    wait(w.engine.reports_make(w.now())).unwrap()
}

fn faults(w: &World) -> Vec<String> {
    let problems = wait(w.engine.orders_verify()).unwrap().problems;
    problems.into_iter().map(|one| one.what).filter(|what| what.contains("report's sums")).collect()
}

#[test]
fn r6_1c_slices_of_a_report_are_what_a_recount_of_the_orders_says() {
    for w in worlds() {
        let mut dice = Dice(7);
        let weeks = mixed(&mut dice);
        let completed: Vec<Session> = weeks
            .iter()
            .flatten()
            .filter(|one| one.order.state == OrderState::Completed && one.posted.is_some())
            .cloned()
            .collect();
        wait(kept(&w, weeks, Vec::new()));
        assert!(make(&w) >= 3 * usize::try_from(DAYS).unwrap(), "{}", w.db.name);
        assert_eq!(make(&w), 0, "nothing is new");
        slices_agree(&w, &mut dice, "at first");

        // Late ones: they ended days ago, and come now.
        let late: Vec<Session> = (0..9)
            .map(|n| {
                let mut one = completed[n * 5].clone();
                let id = 95_000 + i64::try_from(n).unwrap();
                one.order.id = OrderId(id);
                one.order.session = Some(SessionKey::Transaction(i32::try_from(id).unwrap()));
                (one.record.session_key, one.record.order_id) = (Some(id.to_string()), Some(id));
                one
            })
            .collect();
        wait(kept(&w, vec![late.clone()], Vec::new()));
        let waiting = w.read(report_sums::stale_count);
        assert!(waiting.0 > 0 && waiting.1.is_some());
        assert_eq!(faults(&w), Vec::<String>::new(), "what is to be made anew is no fault");
        let told_of = told(&w, &Scope::ALL, &asked(ReportFilter::default(), 20_261_123, 20_261_123));
        assert_eq!(told_of.waiting_count, waiting.0, "the page says that it waits");
        make(&w);
        slices_agree(&w, &mut dice, "after late ones");

        // A corrected one; one that moves to another day; one that is taken away, as an import that is undone.
        let old = completed[3].order.clone();
        let new = Order { total: old.total + Fen(500), service: old.service + Fen(500), ..old.clone() };
        changed(&w, old, new);
        let old = completed[11].order.clone();
        let moved = old.ended_at.unwrap().plus_ms(-26 * 60 * MINUTE_MS);
        let began = moved.plus_ms(-30 * MINUTE_MS);
        changed(&w, old.clone(), Order { started_at: began, ended_at: Some(moved), ..old });
        let gone = late[2].order.clone();
        wait(w.engine.store.write(None, move |tx| {
            let id = gone.id.0;
            tx.order_uncount(ended(&gone));
            tx.execute("DELETE FROM order_payment WHERE order_id = $1", &[id.into()])?;
            tx.execute("DELETE FROM orders WHERE id = $1", &[id.into()]).map(drop)
        }))
        .unwrap();
        make(&w);
        slices_agree(&w, &mut dice, "after corrections");
        assert_eq!(faults(&w), Vec::<String>::new());

        // What is wrong in a table of sums is found, in each of them.
        for (wrong, right) in [
            (
                "UPDATE report_hour SET energy_dwh = energy_dwh + 1",
                "UPDATE report_hour SET energy_dwh = energy_dwh - 1",
            ),
            (
                "UPDATE report_day SET owed_fen = owed_fen + 1",
                "UPDATE report_day SET owed_fen = owed_fen - 1",
            ),
            ("UPDATE report_busy SET busy_s = busy_s + 1", "UPDATE report_busy SET busy_s = busy_s - 1"),
        ] {
            wait(w.engine.store.write(None, move |tx| tx.execute(wrong, &[]))).unwrap();
            assert!(!faults(&w).is_empty(), "{wrong}");
            wait(w.engine.store.write(None, move |tx| tx.execute(right, &[]))).unwrap();
        }
        assert_eq!(faults(&w), Vec::<String>::new());
    }
}

#[test]
fn r6_1c_an_order_that_comes_while_its_day_is_summed_up_is_not_forgotten() {
    for w in worlds() {
        let weeks = week(monday());
        let (first, second) = (weeks[0][0].clone(), weeks[0][1].clone());
        wait(kept(&w, vec![vec![first]], Vec::new()));
        let stale = w.read(|conn| report_sums::stale(conn, 10));
        assert_eq!(stale.len(), 1);
        wait(kept(&w, vec![vec![second]], Vec::new()));
        let save = stale[0].clone();
        wait(w.engine.store.write(None, move |tx| report_sums::save(tx, &save, &Default::default())))
            .unwrap();
        assert_eq!(w.read(report_sums::stale_count).0, 1, "still to be made anew");
        make(&w);
        assert_eq!(w.count("SELECT CAST(SUM(order_count) AS BIGINT) FROM report_day"), 2);
        assert_eq!(w.read(report_sums::stale_count).0, 0);
    }
}

#[test]
fn r6_1c_another_rule_of_success_sums_everything_up_anew() {
    for w in worlds() {
        wait(kept(&w, week(monday()), Vec::new()));
        make(&w);
        let successes = "SELECT CAST(SUM(success_count) AS BIGINT) FROM report_day";
        let all = w.count(successes);
        assert_eq!(all, w.count("SELECT COUNT(*) FROM orders"));
        let mark = |tx: &mut store::Tx<'_>| {
            report_sums::touch_all(tx)?;
            // By 10 kWh or ten hours.
            report_sums::made_by_set(tx, SuccessRule { energy_dwh: 100_000, charge_ms: 36_000_000 })
        };
        wait(w.engine.store.write(None, mark)).unwrap();
        assert_ne!(w.read(report_sums::made_by), Some(success_rule(&w.rules)));
        make(&w);
        assert_eq!(w.read(report_sums::made_by), Some(success_rule(&w.rules)), "the rule that holds");
        assert_eq!(w.count(successes), all);
    }
}

#[test]
fn r6_1c_home_and_reports_know_one_success() {
    for w in worlds() {
        // An order of 0.3 kWh in a minute: a success by the energy that is delivered, none by 1 kWh and five minutes.
        let session = w.at("12:00").start(1, 1, "CARD1", 100.0);
        w.later(1);
        w.stop(1, session, 100.3);
        let sums = |w: &World| {
            let of =
                |table: &str| format!("SELECT CAST(COALESCE(SUM(success_count), 0) AS BIGINT) FROM {table}");
            ["station_hour", "station_day", "report_day"].map(|table| {
                let sql = of(table);
                w.read(move |conn| conn.one(&sql, &[], |row| row.int(0)))
            })
        };
        make(&w);
        assert_eq!(sums(&w), [1; 3]);
        let set = |name: &'static str, value: i64| {
            let change =
                serde_json::from_value(serde_json::json!({"version": 1, "value": value, "reason": "核对"}));
            wait(w.engine.parameter_update(&Actor::local(), name, change.unwrap())).unwrap();
        };
        set("success_dwh", 10_000);
        // What ends from now on is counted by it at once, and what ended before by the next run.
        let session = w.start(1, 1, "CARD1", 200.0);
        w.later(1);
        w.stop(1, session, 200.3);
        assert_eq!(sums(&w), [1; 3]);
        make(&w);
        assert_eq!(sums(&w), [0; 3], "the home page as well");
        set("success_s", 59);
        make(&w);
        assert_eq!(sums(&w), [2; 3], "both lasted a minute");
        w.sound();
    }
}

#[test]
fn r6_1c_hours_of_sessions_keep_their_seconds_and_their_energy() {
    for w in worlds() {
        wait(kept(&w, week(monday()), Vec::new()));
        make(&w);
        let orders = "SELECT CAST(SUM((ended_at_ms - started_at_ms) / 1000) AS BIGINT) FROM orders";
        assert_eq!(w.count("SELECT CAST(SUM(busy_s) AS BIGINT) FROM report_busy"), w.count(orders));
        assert_eq!(
            w.count("SELECT CAST(SUM(energy_dwh) AS BIGINT) FROM report_busy"),
            w.count("SELECT CAST(SUM(energy_dwh) AS BIGINT) FROM orders")
        );
        assert_eq!(
            w.count("SELECT CAST(SUM(begun_count) AS BIGINT) FROM report_busy"),
            w.count("SELECT COUNT(*) FROM orders")
        );
        assert_eq!(w.count("SELECT COUNT(*) FROM report_busy WHERE busy_s > 3600 * 14 OR hour > 23"), 0);
        let start = Zone::shanghai().local(monday()).day;
        let range = ReportRange { from_day: start, to_day: day_after(start, DAYS) };
        let heat = w.read(move |conn| {
            store::report_hours::report_heat_get(conn, &Scope::ALL, &ReportFilter::default(), &range)
        });
        assert_eq!((heat.hours.len(), heat.day_counts.iter().sum::<i64>()), (168, DAYS + 1));
        let begun: i64 = heat.hours.iter().map(|hour| hour.order_count).sum();
        assert_eq!(begun, w.count("SELECT COUNT(*) FROM orders"));
        let load =
            w.read(move |conn| store::report_hours::load_duration_get(conn, &Scope::ALL, 1, &range)).unwrap();
        assert!(load.points.windows(2).all(|pair| pair[0].load_w >= pair[1].load_w));
        assert_eq!((load.points[0].load_w, load.hour_count), (load.highest_w, (DAYS + 1) * 24));
        let theirs = Scope { operator: Some(OperatorId(2)), area: Area::Everywhere };
        assert!(
            w.read(move |conn| store::report_hours::load_duration_get(conn, &theirs, 1, &range)).is_none()
        );
    }
}

#[test]
fn r4_2_3_a_report_is_compared_with_the_time_before() {
    for w in worlds() {
        wait(kept(&w, week(monday()), Vec::new()));
        make(&w);
        let start = Zone::shanghai().local(monday()).day;
        let mut wanted = asked(
            ReportFilter { groups: vec![ReportGroup::Day], ..ReportFilter::default() },
            day_after(start, 3),
            day_after(start, 5),
        );
        wanted.compare = Some(ReportCompare::Previous);
        let report = told(&w, &Scope::ALL, &wanted);
        let earlier = asked(wanted.filter.clone(), start, day_after(start, 2));
        let before = told(&w, &Scope::ALL, &earlier);
        assert_eq!((report.before_from_day, report.before_to_day), (Some(start), Some(day_after(start, 2))));
        assert_eq!(report.total.before, before.total.values);
        let told: Vec<_> = report.rows.iter().map(|row| row.before.clone()).collect();
        let expected: Vec<_> = before.rows.iter().map(|row| row.values.clone()).collect();
        assert_eq!(told, expected, "the first day stands beside the first");
    }
}

#[test]
fn r6_1c_time_of_piles_is_summed_up_once_a_day_is_over() {
    for w in worlds() {
        let make = || wait(w.engine.pile_times_make(w.now())).unwrap();
        assert!(make() > 0);
        let rows = "SELECT COUNT(*) FROM pile_time";
        let first = w.count(rows);
        assert!(first > 0, "{}", w.db.name);
        assert_eq!(
            w.count("SELECT COUNT(*) FROM pile_time WHERE online_s > service_s OR available_s > online_s"),
            0
        );
        assert_eq!(
            w.count("SELECT CAST(SUM(service_s) AS BIGINT) FROM pile_time"),
            w.count("SELECT CAST(SUM(service_s) AS BIGINT) FROM station_time")
        );
        // Days that are over stay as they were made; the running one goes on.
        let until = w.read(store::pile_times::until).unwrap();
        let today = Zone::shanghai().local(w.now()).day;
        assert_eq!(until, day_after(today, -1));
        let seconds = "SELECT CAST(SUM(service_s) AS BIGINT) FROM pile_time";
        let before = w.count(seconds);
        w.later(60);
        make();
        let piles = w.count("SELECT COUNT(*) FROM pile WHERE lifecycle = 'enabled'");
        assert_eq!(w.count(seconds) - before, piles * 3_600);
        assert_eq!(w.count(rows), first);
    }
}
