//! What a station shares, what its piles were told, and its minutes.

use crate::databases::databases;
use crate::scene::{NOON, seed};
use model::id::{CommandId, OrderId, PileId, StationId};
use model::load::{Cap, CapPeriod, Held, Limit, LoadStrategy};
use model::profile::{ChargingProfile, ProfileChange, ProfilePeriod};
use model::time::MINUTE_MS;
use store::load_view::{LoadPoint, load_point_list, point_save};
use store::loads::{self, LimitRow, LimitState, LoadSetting, LoadUnitSetting};
use store::pile_profiles;

const STATION: StationId = StationId(1);

fn setting() -> LoadSetting {
    let period = CapPeriod { from_minute: 60, to_minute: 120, cap_w: 50_000 };
    LoadSetting {
        enabled: true,
        cap: Cap { cap_w: 100_000, reserve_w: 5_000, periods: vec![period] },
        strategy: LoadStrategy::Departure,
        safe_w: 3_000,
        fleets_first: true,
        units: vec![LoadUnitSetting { pile: PileId(1), connector: 1, rank: 2, keeps: false }],
        version: 1,
        short_since_ms: None,
    }
}

#[tokio::test]
async fn a_setting_its_limits_and_its_minutes_are_kept() {
    for db in databases() {
        let store = db.store();
        std::thread::scope(|scope| scope.spawn(|| seed(&mut db.conn())).join().unwrap());
        assert_eq!(store.read(|conn| loads::setting(conn, STATION)).await.unwrap(), None);
        let set = |known| store.write(None, move |tx| loads::set(tx, STATION, &setting(), known));
        assert!(!set(1).await.unwrap(), "there is none to be changed");
        assert!(set(0).await.unwrap());
        assert!(!set(0).await.unwrap(), "somebody else was first");
        assert_eq!(store.read(|conn| loads::setting(conn, STATION)).await.unwrap(), Some(setting()));
        assert!(set(1).await.unwrap());
        store.write(None, |tx| loads::short_set(tx, STATION, Some(NOON))).await.unwrap();
        let one = store.read(|conn| loads::setting(conn, STATION)).await.unwrap().unwrap();
        assert_eq!((one.version, one.short_since_ms), (2, Some(NOON.as_ms())));
        let facts = store.read(|conn| store::stations::facts(conn, STATION)).await.unwrap();
        assert!(facts.closure_at(NOON.plus_ms(loads::SHORT_MS - 1)).is_none());
        assert_eq!(facts.closure_at(NOON.plus_ms(loads::SHORT_MS)).unwrap().refusal().code, "load.short");

        let limit = Limit { power_w: 7_000, until: Some(NOON) };
        let state = LimitState {
            above: Held { confirmed: Some(limit), doubt: None },
            session: Some("17".to_owned()),
            ..LimitState::default()
        };
        let row =
            LimitRow { pile: PileId(1), connector: 2, command: Some(CommandId(5)), state, answer: None };
        let kept = row.clone();
        store.write(None, move |tx| loads::limit_save(tx, STATION, &kept)).await.unwrap();
        assert_eq!(store.read(|conn| loads::limits(conn, STATION)).await.unwrap(), [row]);
        assert_eq!(store.read(loads::stations).await.unwrap(), [STATION]);
        let connectors = store.read(|conn| loads::connectors(conn, STATION)).await.unwrap();
        assert_eq!(connectors.len(), 23, "a pile that told of no connector has one");
        assert!(store.read(|conn| loads::orders(conn, STATION)).await.unwrap().is_empty());
        let wish = |at| store.write(None, move |tx| loads::wish_save(tx, OrderId(9), at, Some(20_000), NOON));
        wish(None).await.unwrap();
        wish(Some(NOON)).await.unwrap();
        store.write(None, |tx| loads::limit_delete(tx, PileId(1), 2)).await.unwrap();
        assert!(store.read(|conn| loads::limits(conn, STATION)).await.unwrap().is_empty());

        for minute in 0..3 {
            let at_ms = NOON.as_ms() + minute * MINUTE_MS;
            let point = LoadPoint { at_ms, cap_w: 100, worst_w: 90, limit_w: 80, power_w: 70 + minute };
            store.write(None, move |tx| point_save(tx, STATION, &point)).await.unwrap();
            store.write(None, move |tx| point_save(tx, STATION, &point)).await.unwrap();
        }
        let from = NOON.plus_ms(MINUTE_MS);
        let points = store.read(move |conn| load_point_list(conn, STATION, from)).await.unwrap();
        assert_eq!(points.iter().map(|point| point.power_w).collect::<Vec<_>>(), [71, 72]);
    }
}

fn profile(
    no: i64,
    connector_no: u16,
    purpose: &str,
    stack_level: i64,
    session: Option<&str>,
) -> ChargingProfile {
    ChargingProfile {
        connector_no,
        profile_no: no,
        purpose: purpose.to_owned(),
        kind: "Absolute".to_owned(),
        stack_level,
        session: session.map(str::to_owned),
        from: Some(NOON),
        until: Some(NOON.plus_ms(MINUTE_MS)),
        unit: "W".to_owned(),
        periods: vec![ProfilePeriod { start_s: 0, limit_tenths: 70_000 }],
    }
}

#[tokio::test]
async fn profiles_of_a_pile_are_kept_replaced_cleared_and_judged() {
    for db in databases() {
        let store = db.store();
        std::thread::scope(|scope| scope.spawn(|| seed(&mut db.conn())).join().unwrap());
        let apply = |changes: Vec<ProfileChange>| {
            store.write(Some(PileId(1)), move |tx| {
                tx.with_pile(PileId(1), |tx, hot| pile_profiles::apply(tx, &hot.pile, &changes, NOON))
            })
        };
        let shown = |at: i64| {
            store.read(move |conn| pile_profiles::pile_profile_list(conn, PileId(1), NOON.plus_ms(at)))
        };
        let set = |one| ProfileChange::Set(one);
        let limited = ProfileChange::Limited {
            connector_no: 1,
            source: "EMS".to_owned(),
            unit: "A".to_owned(),
            periods: Vec::new(),
        };
        apply(vec![
            set(profile(1, 1, "TxDefaultProfile", 0, None)),
            set(profile(2, 1, "TxDefaultProfile", 3, None)),
            set(profile(3, 1, "TxProfile", 0, Some("17"))),
            limited.clone(),
            limited,
        ])
        .await
        .unwrap();
        let told = |all: &pile_profiles::PileProfiles| -> Vec<(i64, bool)> {
            all.items.iter().map(|one| (one.profile.profile_no, one.applies)).collect()
        };
        let all = shown(0).await.unwrap();
        assert_eq!(told(&all), [(2, true), (1, false), (3, false)], "no session runs there");
        assert_eq!(all.limits.len(), 1);
        assert!(
            told(&shown(MINUTE_MS).await.unwrap()).iter().all(|(_, applies)| !applies),
            "they have ended"
        );
        // One of the same purpose and level takes the place of another.
        let freed = ProfileChange::Freed { connector_no: 0, source: "EMS".to_owned() };
        apply(vec![set(profile(9, 1, "TxDefaultProfile", 3, None)), freed]).await.unwrap();
        let all = shown(0).await.unwrap();
        assert_eq!((told(&all)[0], all.items.len(), all.limits.len()), ((9, true), 3, 0));
        let cleared = |purpose: Option<&str>| ProfileChange::Cleared {
            profile_no: None,
            connector_no: None,
            purpose: purpose.map(str::to_owned),
            stack_level: None,
        };
        apply(vec![cleared(Some("TxProfile"))]).await.unwrap();
        assert_eq!(shown(0).await.unwrap().items.len(), 2);
        apply(vec![cleared(None)]).await.unwrap();
        assert!(shown(0).await.unwrap().items.is_empty());
    }
}
