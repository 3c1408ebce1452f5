//! which piles need somebody, why, and whose energy does not fit; what cars have ended is not held against them.

use crate::databases::wait;
use crate::week::{Session, kept, monday, week};
use crate::world::{World, worlds};
use model::access::{Area, Scope};
use model::energy::Energy;
use model::health::{HealthReasonKind, MeterOddityKind};
use model::id::OperatorId;
use model::order::StopClass;
use store::pile_healths::{HealthFilter, MeterOddity, PileHealth, meter_oddity_list, pile_health_list};

fn by_vehicle(code: &str) -> bool {
    code == "car"
}

fn healths(w: &World, scope: &Scope) -> Vec<PileHealth> {
    let (scope, wanted) = (scope.clone(), HealthFilter { limit: 200, ..HealthFilter::default() });
    w.read(move |conn| pile_health_list(conn, &scope, &wanted)).items
}

fn oddities(w: &World, scope: &Scope) -> Vec<MeterOddity> {
    let scope = scope.clone();
    w.read(move |conn| meter_oddity_list(conn, &scope, None))
}

fn ended(sessions: &mut [Session], pile: i64, class: StopClass, code: &str) {
    for one in sessions.iter_mut().filter(|one| one.order.pile.0 == pile) {
        one.order.stop_class = Some(class);
        one.order.stop_code = Some(code.to_owned());
    }
}

#[test]
fn r4_2_3_piles_are_judged_by_what_they_have_done_themselves() {
    for w in worlds() {
        let mut weeks: Vec<Session> = week(monday()).concat();
        ended(&mut weeks, 1, StopClass::Fault, "pile");
        ended(&mut weeks, 2, StopClass::Fault, "car");
        ended(&mut weeks, 101, StopClass::Emergency, "pile");
        // The register of this one says a tenth more than its bills.
        for one in weeks.iter_mut().filter(|one| one.order.pile.0 == 201) {
            let (start, energy) = (one.order.meter_start.unwrap(), one.order.energy.dwh());
            one.order.meter_end = Some(Energy::from_dwh(start.dwh() + energy + energy / 10));
        }
        wait(kept(&w, vec![weeks], Vec::new()));
        wait(w.engine.pile_times_make(w.now())).unwrap();
        assert!(wait(w.engine.pile_healths_make(w.now(), by_vehicle)).unwrap() > 0, "{}", w.db.name);
        let all = healths(&w, &Scope::ALL);
        let of = |pile: i64| all.iter().find(|one| one.pile_id == pile).unwrap();
        let kinds = |pile: i64| of(pile).reasons.iter().map(|one| one.kind).collect::<Vec<_>>();
        assert!(kinds(1).contains(&HealthReasonKind::EarlyEnds), "{:?}", of(1));
        for pile in [2, 101] {
            assert!(!kinds(pile).contains(&HealthReasonKind::EarlyEnds), "{:?}", of(pile));
        }
        assert_eq!(all[0].pile_id, 1, "the worst first");
        assert!(all.windows(2).all(|pair| pair[0].score <= pair[1].score));

        let odd = oddities(&w, &Scope::ALL);
        let bills: Vec<_> = odd.iter().filter(|one| one.kind == MeterOddityKind::Bill).collect();
        assert_eq!((bills.len(), bills[0].pile_id), (1, 201), "{odd:?}");
        assert!(bills[0].found > bills[0].usual && bills[0].order_id.is_some());
        let theirs = Scope { operator: Some(OperatorId(1)), area: Area::Everywhere };
        assert!(healths(&w, &theirs).iter().all(|one| one.pile_id != 201), "nothing of another's");
        assert!(oddities(&w, &theirs).iter().all(|one| one.pile_id != 201));

        // Twice is once; since when it is odd stays, and what is well again is gone.
        let since = bills[0].since_ms;
        w.later(60);
        wait(w.engine.pile_healths_make(w.now(), by_vehicle)).unwrap();
        assert_eq!(healths(&w, &Scope::ALL).len(), all.len());
        let again = oddities(&w, &Scope::ALL);
        assert_eq!(again.iter().find(|one| one.kind == MeterOddityKind::Bill).unwrap().since_ms, since);
        let well = "UPDATE orders SET meter_end_dwh = meter_start_dwh + energy_dwh";
        wait(w.engine.store.write(None, move |tx| tx.execute(well, &[]))).unwrap();
        w.later(60);
        wait(w.engine.pile_healths_make(w.now(), by_vehicle)).unwrap();
        assert!(oddities(&w, &Scope::ALL).iter().all(|one| one.kind != MeterOddityKind::Bill));
    }
}
