//! R-6.1c 重复故障: the same fault of the same pile within seven days after its alarm was closed, in the alarm, the figures and
//! the health of the pile.

use crate::databases::wait;
use crate::world::{World, worlds};
use model::access::Scope;
use model::connector::ConnectorStatus;
use model::device::{Fault, StatusReport};
use model::health::HealthReasonKind;
use model::report::{Kpi, ReportGroup, ReportRange};
use model::time::{DAY_MS, Zone};
use std::time::Duration;
use store::alarm_list::{AlarmFilter, AlarmView, alarm_list};
use store::pile_healths::{HealthFilter, pile_health_list};
use store::report_read::ReportFilter;
use store::reports::{ReportWanted, report_get};

/// A fault of a connector that is over after a minute, and whose alarm is closed an hour later.
fn fault(w: &World, pile: i64, connector: u16, code: &str) {
    let report = |status, code: Option<&str>| StatusReport {
        connector,
        status,
        error: code.map(|code| Fault { code: code.to_owned(), vendor_code: None, info: None }),
        at: None,
    };
    w.status(pile, report(ConnectorStatus::Faulted, Some(code)));
    w.clock.advance(Duration::from_secs(60));
    w.status(pile, report(ConnectorStatus::Available, None));
    w.clock.advance(Duration::from_secs(3_600));
    wait(w.engine.alarms_watch(w.now())).unwrap();
}

/// The oldest first.
fn alarms(w: &World, repeated: Option<bool>) -> Vec<AlarmView> {
    let wanted = AlarmFilter { limit: 100, repeated, ..AlarmFilter::default() };
    let mut all = w.read(move |conn| alarm_list(conn, &Scope::ALL, &wanted)).items;
    all.retain(|one| one.source == model::alarm::AlarmSource::Fault);
    all.sort_by_key(|one| one.id);
    all
}

fn days(w: &World, days: u64) {
    w.clock.advance(Duration::from_millis(days * DAY_MS as u64));
}

#[test]
fn r6_1c_class_a_fault_that_comes_back_within_seven_days_is_a_repeated_one() {
    for w in worlds() {
        fault(&w, 1, 1, "GroundFailure");
        days(&w, 3);
        // The same, at its other connector; another one; the same of another pile.
        fault(&w, 1, 2, "GroundFailure");
        fault(&w, 1, 1, "HighTemperature");
        fault(&w, 2, 1, "GroundFailure");
        days(&w, 8);
        fault(&w, 1, 1, "GroundFailure");
        let all = alarms(&w, None);
        let of: Vec<Option<i64>> = all.iter().map(|one| one.repeat_of_id).collect();
        assert_eq!(of, [None, Some(all[0].id), None, None, None], "{}", w.db.name);
        assert_eq!(alarms(&w, Some(true)).len(), 1);
        assert_eq!(alarms(&w, Some(false)).len(), 4);
        // A recovery that is not closed yet is the same alarm, and no repetition.
        let today = Zone::shanghai().local(w.now()).day;
        let kpis = ["fault_count", "repeat_fault_count", "repeat_fault_rate"];
        let wanted = ReportWanted {
            kpis: kpis.iter().map(|code| Kpi::find(code).unwrap()).collect(),
            filter: ReportFilter { groups: vec![ReportGroup::Pile], ..ReportFilter::default() },
            range: ReportRange::new(model::report::day_after(today, -20), today).unwrap(),
            compare: None,
            rule: engine::report::success_rule(&w.rules),
            now: w.now(),
        };
        let report = w.read(move |conn| report_get(conn, &Scope::ALL, &wanted));
        assert_eq!(report.total.values, [Some(5), Some(1), Some(2_000)]);
        let recounted = "SELECT COUNT(*) FROM alarm a WHERE a.source = 'fault' AND EXISTS (SELECT 1 FROM alarm b \
            WHERE b.source = 'fault' AND b.pile_id = a.pile_id AND b.code = a.code AND b.id < a.id \
            AND b.closed_at_ms <= a.first_at_ms AND b.closed_at_ms >= a.first_at_ms - 604800000)";
        assert_eq!(w.count(recounted), 1, "by plain SQL");
        let values: Vec<_> =
            report.rows.iter().map(|row| (row.keys[0].value.clone(), row.values.clone())).collect();
        assert_eq!(
            values,
            [
                ("1".to_owned(), vec![Some(4), Some(1), Some(2_500)]),
                ("2".to_owned(), vec![Some(1), Some(0), Some(0)])
            ]
        );
        wait(w.engine.pile_healths_make(w.now(), |_| false)).unwrap();
        let wanted = HealthFilter { limit: 200, ..HealthFilter::default() };
        let healths = w.read(move |conn| pile_health_list(conn, &Scope::ALL, &wanted)).items;
        let reasons = |pile: i64| &healths.iter().find(|one| one.pile_id == pile).unwrap().reasons;
        let again = reasons(1).iter().find(|one| one.kind == HealthReasonKind::Repeats).unwrap();
        assert_eq!((again.count, again.of, again.points), (1, Some(4), 5));
        assert!(!reasons(2).iter().any(|one| one.kind == HealthReasonKind::Repeats));
    }
}

#[test]
fn r6_1c_boundary_seven_days_after_the_closing_and_a_fault_that_was_never_closed() {
    for w in worlds() {
        fault(&w, 1, 1, "GroundFailure");
        let closed = alarms(&w, None)[0].closed_at_ms.unwrap();
        let week = closed + 7 * DAY_MS - w.now().as_ms();
        w.clock.advance(Duration::from_millis(week as u64));
        fault(&w, 1, 1, "GroundFailure");
        let all = alarms(&w, None);
        assert_eq!(all[1].repeat_of_id, Some(all[0].id), "seven days exactly");
        let closed = all[1].closed_at_ms.unwrap();
        let week = closed + 7 * DAY_MS + 1 - w.now().as_ms();
        w.clock.advance(Duration::from_millis(week as u64));
        fault(&w, 1, 1, "GroundFailure");
        let all = alarms(&w, None);
        assert_eq!((all.len(), all[2].repeat_of_id), (3, None), "a millisecond later");
    }
}
