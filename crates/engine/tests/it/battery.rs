//! 电池报告: what BMS frames leave behind, how seldom it is written, and what survives a restart.

use crate::world::{World, worlds};
use crate::ykc::{ask, bill, confirm, observe, order, send};
use model::battery::{BatteryCourse, BatteryNews, BatteryNow, BatteryReport, BatteryType, BatteryWord};
use model::device::{Answer, DeviceEvent};
use model::ground_lock::{GroundLockAlarm, GroundLockReport, GroundLockState};
use model::id::{PileId, SessionKey, TradeNo};
use model::order::OrderState;
use store::frames::Verdict;
use store::pile_events::{PileEventFilter, pile_event_list};

const PILE: i64 = 101;

fn say(w: &World, trade: TradeNo, is_rare: bool, told: BatteryReport) -> Verdict {
    let is_first = told.battery_type.is_some();
    let session = SessionKey::Trade(trade);
    let news = BatteryNews { session, connector: 1, told, is_rare, is_first };
    assert_eq!(w.say(PILE, DeviceEvent::Battery(Box::new(news))), Answer::Noted);
    w.verdict(PILE)
}

fn handshake() -> BatteryReport {
    BatteryReport {
        battery_type: Some(BatteryType::Lfp),
        vin: Some("LSVAA4187E2123456".to_owned()),
        ..BatteryReport::default()
    }
}

fn values(least: i64, most: i64) -> BatteryReport {
    BatteryReport {
        temperature_min_c: Some(least),
        temperature_max_c: Some(most),
        now: BatteryNow { demand_current_da: Some(1_200), ..BatteryNow::default() },
        ..BatteryReport::default()
    }
}

fn words(code: &str) -> Vec<BatteryWord> {
    vec![BatteryWord { code: code.to_owned(), at_ms: 0, text: None }]
}

fn kept(w: &World, trade: TradeNo) -> Option<(BatteryReport, BatteryCourse)> {
    let id = order(w, trade).id;
    w.read(move |conn| store::battery_reports::find(conn, id))
}

fn started(w: &World) -> TradeNo {
    let (trade, _) = ask(w.at("10:30"), 1, "CARD1");
    confirm(w, trade, None);
    observe(w.at("10:31"), Some(trade), true, 100);
    trade
}

const NOTHING: [(i64, i64, i64); 4] = [(160_000, 0, 0), (140_000, 0, 0), (110_000, 0, 0), (70_000, 0, 0)];

#[test]
fn values_are_written_now_and_then_and_whole_at_the_end() {
    for w in worlds() {
        let trade = started(&w);
        assert_eq!(say(&w, trade, true, handshake()), Verdict::Applied);
        assert_eq!(order(&w, trade).vin.as_deref(), Some("LSVAA4187E2123456"), "known before the bill");
        say(w.at("10:32"), trade, false, values(20, 30));
        say(w.at("10:33"), trade, false, values(18, 33));
        assert_eq!(kept(&w, trade).unwrap().0.temperature_max_c, None, "still in memory");
        let running = w.engine.order_running(PileId(PILE), order(&w, trade).id);
        let shown = crate::databases::wait(running).unwrap().unwrap().battery.unwrap();
        assert_eq!((shown.facts.temperature_min_c, shown.facts.temperature_max_c), (Some(18), Some(33)));
        say(w.at("10:36"), trade, false, values(22, 31));
        assert_eq!(kept(&w, trade).unwrap().0.temperature_max_c, Some(33), "after five minutes");
        say(w.at("10:37"), trade, false, values(15, 31));
        send(w.at("10:40"), bill(trade, crate::world::wall("10:30"), crate::world::wall("10:39"), NOTHING));
        let (report, course) = kept(&w, trade).unwrap();
        assert_eq!((report.temperature_min_c, report.temperature_max_c), (Some(15), Some(33)));
        assert_eq!((report.battery_type, course.points().len()), (Some(BatteryType::Lfp), 4));
        // The words of the end may come after the bill.
        let stop = BatteryReport { causes: words("ykc:bst:soc_reached"), ..BatteryReport::default() };
        assert_eq!(say(w.at("10:41"), trade, true, stop), Verdict::Applied);
        let (report, _) = kept(&w, trade).unwrap();
        assert_eq!((report.causes.len(), report.temperature_min_c), (1, Some(15)));
        say(w.at("10:42"), trade, false, values(0, 99));
        assert_eq!(
            kept(&w, trade).unwrap().0.temperature_max_c,
            Some(33),
            "values of an ended session are none"
        );
        w.sound();
    }
}

#[test]
fn a_restart_goes_on_with_what_was_written() {
    for mut w in worlds() {
        let trade = started(&w);
        say(&w, trade, true, handshake());
        say(w.at("10:36"), trade, false, values(18, 33));
        w.restart();
        say(w.at("10:37"), trade, false, values(20, 28));
        assert_eq!(kept(&w, trade).unwrap().0.temperature_max_c, Some(33));
        let running = w.engine.order_running(PileId(PILE), order(&w, trade).id);
        let shown = crate::databases::wait(running).unwrap().unwrap().battery.unwrap();
        assert_eq!(
            (shown.facts.temperature_max_c, shown.facts.battery_type),
            (Some(33), Some(BatteryType::Lfp))
        );
        assert_eq!(shown.course.len(), 2);
    }
}

#[test]
fn an_alarm_becomes_one_event_however_often_it_is_said() {
    for w in worlds() {
        let trade = started(&w);
        let hot = || BatteryReport { alarms: words("ykc:bsm:pack_hot"), ..BatteryReport::default() };
        for _ in 0..5 {
            say(&w, trade, false, hot());
        }
        let events = w
            .read(|conn| {
                pile_event_list(
                    conn,
                    PileId(PILE),
                    &PileEventFilter { limit: 9, ..PileEventFilter::default() },
                )
            })
            .items;
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].code.as_str(), events[0].connector_no), ("ykc:bsm:pack_hot", Some(1)));
        assert_eq!(events[0].order_id, Some(order(&w, trade).id.0));
    }
}

#[test]
fn words_of_a_session_that_nobody_knows_change_nothing() {
    for w in worlds() {
        observe(w.at("10:00"), None, false, 0);
        let nobody = TradeNo::parse("32010600019101012607151030000099").unwrap();
        assert_eq!(say(&w, nobody, true, handshake()), Verdict::Applied);
        assert_eq!(w.count("SELECT COUNT(*) FROM battery_report"), 0);
    }
}

#[test]
fn a_session_that_never_began_leaves_its_telling_behind() {
    for w in worlds() {
        let (trade, _) = ask(w.at("10:30"), 1, "CARD1");
        say(&w, trade, true, handshake());
        say(&w, trade, false, values(1, 2));
        w.at("10:40");
        w.sweep();
        assert_eq!(order(&w, trade).state, OrderState::Failed);
        assert_eq!(kept(&w, trade).unwrap().0.temperature_max_c, Some(2));
    }
}

#[test]
fn a_ground_lock_is_written_when_it_changes() {
    for w in worlds() {
        observe(w.at("10:00"), None, false, 0);
        let lock = |state, alarm| GroundLockReport {
            connector: 1,
            state,
            occupied: Some(false),
            battery_percent: Some(90),
            alarm,
        };
        let tell = |told| assert_eq!(w.say(PILE, DeviceEvent::GroundLock(told)), Answer::Noted);
        let known = || w.read(|conn| store::ground_locks::of_pile(conn, PileId(PILE)));
        tell(lock(GroundLockState::Raised, None));
        let first = known()[0];
        assert_eq!((first.state, first.battery_percent), (GroundLockState::Raised, Some(90)));
        w.at("10:05");
        tell(lock(GroundLockState::Raised, None));
        assert_eq!(known()[0], first, "nothing new, nothing written");
        for _ in 0..3 {
            tell(lock(GroundLockState::Moving, Some(GroundLockAlarm::ArmAbnormal)));
        }
        assert_eq!(known()[0].alarm, Some(GroundLockAlarm::ArmAbnormal));
        let events = w
            .read(|conn| {
                pile_event_list(
                    conn,
                    PileId(PILE),
                    &PileEventFilter { limit: 9, ..PileEventFilter::default() },
                )
            })
            .items;
        assert_eq!(events.len(), 1);
        tell(GroundLockReport { connector: 9, ..lock(GroundLockState::Raised, None) });
        assert_eq!((w.verdict(PILE), known().len()), (Verdict::Quarantined, 1));
    }
}
