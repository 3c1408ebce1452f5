//! 负荷管理 over restarts of the server: what was told is counted before it is known what became of it.

use crate::databases::wait;
use crate::world::{World, worlds};
use engine::audit::Actor;
use engine::load::{LoadChange, LoadUnit};
use model::device::{Answer, DeviceCommand, DeviceEvent, Outcome};
use model::id::{CommandId, PileId, SessionKey, StationId};
use model::load::{LimitRate, LoadStrategy, MARGIN_MS};

/// Less than the 23 piles of 120 kW each could draw; more than all of them keep without us.
const CAP_W: i64 = 1_000_000;

fn share(w: &World) {
    let change = LoadChange {
        version: 0,
        enabled: true,
        cap_w: CAP_W,
        reserve_w: 0,
        periods: Vec::new(),
        strategy: LoadStrategy::Equal,
        safe_w: 5_000,
        fleets_first: false,
        units: Vec::new(),
    };
    wait(w.engine.load_set(&Actor::local(), StationId(1), change)).unwrap();
}

fn advance(w: &World) -> Vec<(PileId, DeviceCommand)> {
    w.sent.lock().unwrap().clear();
    wait(w.engine.loads_advance()).unwrap();
    w.sent.lock().unwrap().clone()
}

/// Whatever waits for an answer gets this one.
fn answer(w: &World, outcome: &Outcome) {
    let sql = "SELECT id FROM command WHERE kind = 'limit_set' AND ended_at_ms IS NULL ORDER BY id";
    let open = w.read(|conn| conn.query(sql, &[], |row| row.int(0)));
    for id in open {
        wait(w.engine.command_ended(CommandId(id), outcome.clone())).unwrap();
    }
}

fn unit(w: &World, code: &str) -> LoadUnit {
    let view = wait(w.engine.load_get(StationId(1))).unwrap();
    view.units.into_iter().find(|unit| unit.pile_code == code).unwrap()
}

const ACCEPTED: Outcome = Outcome::Accepted { detail: None };

#[test]
fn limits_survive_restarts_and_unanswered_ones_count_in_full() {
    for mut w in worlds() {
        share(&w);
        let sent = advance(&w);
        assert_eq!(sent.len(), 23, "each pile is told what it keeps without us");
        let safe = |command: &DeviceCommand| match command {
            DeviceCommand::LimitSet(order) => order.power_w == 5_000 && order.session.is_none(),
            _ => false,
        };
        assert_eq!(sent.iter().filter(|(_, command)| safe(command)).count(), 20);
        let percent = DeviceCommand::WorkParameters { operative: true, power_percent: 30 };
        assert_eq!(sent.iter().filter(|(_, command)| *command == percent).count(), 3);
        assert_eq!(unit(&w, "CP-1").worst_w, 120_000, "nothing is confirmed yet");
        assert!(advance(&w).is_empty(), "they are waited for");
        answer(&w, &ACCEPTED);
        w.restart();
        advance(&w);
        assert_eq!((unit(&w, "CP-1").worst_w, unit(&w, "CP-20").worst_w), (5_000, 120_000), "20 has no link");

        let session = w.start(1, 1, "CARD1", 100.0);
        let sent = advance(&w);
        let DeviceCommand::LimitSet(order) = &sent[0].1 else { panic!("{sent:?}") };
        let (of, _, until) = order.session.unwrap();
        assert_eq!((of, order.power_w), (session, 120_000), "alone it gets all that it can use");
        // The server is killed before the answer is kept: it may hold or not.
        w.restart();
        advance(&w);
        let one = unit(&w, "CP-1");
        assert_eq!((one.worst_w, one.limit_w, one.pending), (120_000, Some(5_000), true));
        answer(&w, &Outcome::TimedOut);
        advance(&w);
        assert_eq!(unit(&w, "CP-1").worst_w, 120_000);
        w.gone(1, "");
        w.at("12:00:30");
        assert_eq!(unit(&w, "CP-1").worst_w, 120_000, "off line it may hold until its end");
        w.later(u64::try_from((until.since(w.now()) + MARGIN_MS) / 60_000 + 1).unwrap());
        assert_eq!(unit(&w, "CP-1").worst_w, 5_000);
    }
}

#[test]
fn what_a_car_needs_is_kept_where_power_is_shared() {
    for w in worlds() {
        let needs = |w: &World| {
            let departs_at = Some(w.now().plus_ms(3_600_000));
            w.say(1, DeviceEvent::NeedsAsked { connector: 1, departs_at, energy_wh: Some(20_000) })
        };
        let session: SessionKey = w.start(1, 1, "CARD1", 100.0);
        assert_eq!(needs(&w), Answer::NeedsAsked { accepted: false }, "nothing is shared here");
        share(&w);
        assert_eq!(needs(&w), Answer::NeedsAsked { accepted: true });
        assert_eq!(unit(&w, "CP-1").departs_at_ms, Some(w.now().as_ms() + 3_600_000));
        w.stop(1, session, 101.0);
        assert_eq!(needs(&w), Answer::NeedsAsked { accepted: false }, "no session runs");
    }
}

#[test]
fn an_ac_pile_that_takes_amperes_alone_is_told_so_and_never_more_than_was_meant() {
    for w in worlds() {
        let kept = w.engine.store.write(None, |tx| {
            tx.execute("UPDATE pile SET kind = 'ac', rated_power_w = 22000 WHERE id = 1", &[])?;
            let sql =
                "INSERT INTO pile_variable (pile_id, name, value, told_at_ms) VALUES (1, $1, 'Current', 1)";
            tx.execute(sql, &["ChargingScheduleAllowedChargingRateUnit".into()])
        });
        wait(kept).unwrap();
        share(&w);
        let sent = advance(&w);
        let rate_of = |pile: i64| {
            let order = sent.iter().find_map(|(to, command)| match command {
                DeviceCommand::LimitSet(order) if *to == PileId(pile) => Some(order),
                _ => None,
            });
            let order = order.unwrap();
            (order.rate, order.power_w, order.rate.amperes_da(order.power_w))
        };
        assert_eq!(rate_of(1), (LimitRate::Amperes { phases: 3 }, 5_000, Some(69)));
        assert_eq!(rate_of(2), (LimitRate::Watts, 5_000, None));
    }
}
