//! A platform with a clock that is set by hand, and piles that say what they are told to say.

use crate::databases::{Database, databases, wait};
use crate::scene::{NOON, seed};
use engine::device::{Inbound, Told};
use engine::random::Random;
use engine::secrets::Secrets;
use engine::{Engine, Parts, Rules};
use model::card::{Token, TokenVerdict};
use model::device::{
    Answer, DeviceCommand, DeviceEvent, Sample, SampledEnergy, StatusReport, StopReason, StopRecord,
};
use model::energy::Energy;
use model::id::{OrderId, PileId, SessionKey};
use model::order::{Abnormality, Order, StopClass};
use model::time::{Clock, DAY_MS, MINUTE_MS, Timestamp};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Conn;
use store::frames::Verdict;

pub type Sent = Arc<Mutex<Vec<(PileId, DeviceCommand)>>>;

pub struct World {
    pub engine: Engine,
    pub clock: Clock,
    /// Commands that went to piles.
    pub sent: Sent,
    pub rules: Rules,
    pub writers: usize,
    pub db: Database,
}

/// One world per database, at noon of 2026-07-15 in Shanghai.
pub fn worlds() -> Vec<World> {
    worlds_by(Rules::default())
}

pub fn worlds_by(rules: Rules) -> Vec<World> {
    worlds_of(rules, 1)
}

/// The same with several writers, where there can be.
pub fn worlds_of(rules: Rules, writers: usize) -> Vec<World> {
    let world = |db: Database| {
        db.store().close();
        seed(&mut db.conn());
        let (clock, sent) = (Clock::manual(NOON), Sent::default());
        let engine = engine_on(&db, writers, &clock, &sent, &rules);
        World { engine, clock, sent, rules: rules.clone(), writers, db }
    };
    databases().into_iter().map(world).collect()
}

fn engine_on(db: &Database, writers: usize, clock: &Clock, sent: &Sent, rules: &Rules) -> Engine {
    let sent = Arc::clone(sent);
    Engine::new(Parts {
        store: Arc::new(db.store_of(writers)),
        clock: clock.clone(),
        rules: rules.clone(),
        given: engine::parameter::Given::new(),
        secrets: Secrets::of(&[7; 32]),
        random: Random::seeded(1),
        dispatch: Arc::new(move |pile, _, command| {
            sent.lock().unwrap().push((pile, command));
            // Pile 20 has no link, whatever its row says.
            pile != PileId(20)
        }),
    })
}

/// 10:30 on the wall of the station; `+1 00:15` is a quarter past the next midnight.
pub fn wall(text: &str) -> Timestamp {
    let (days, time) = text.split_once(' ').map_or((0, text), |(days, time)| (days.parse().unwrap(), time));
    let mut parts = time.split(':').map(|part| part.parse::<i64>().unwrap());
    let minutes = parts.next().unwrap() * 60 + parts.next().unwrap();
    let seconds = parts.next().unwrap_or(0);
    NOON.plus_ms((minutes - 720) * MINUTE_MS + seconds * 1_000 + days * DAY_MS)
}

pub fn kwh(kwh: f64) -> Energy {
    Energy::from_dwh((kwh * 10_000.0).round() as i64)
}

pub fn sample(at: Timestamp, register: Option<f64>, soc: Option<i64>) -> Sample {
    let energy = register.map(|register| SampledEnergy::Register(kwh(register)));
    Sample { energy, soc_percent: soc, ..Sample::at(at) }
}

pub fn stop_of(session: SessionKey, at: Timestamp, meter: f64) -> StopRecord {
    let reason = StopReason { class: StopClass::Normal, code: "ocpp:Local".to_owned() };
    StopRecord { session, meter_stop: kwh(meter), at, reason, token: None, samples: Vec::new() }
}

impl World {
    /// Moves the clock to this moment of the wall clock, forwards or back.
    pub fn at(&self, text: &str) -> &World {
        if let Clock::Manual(ms) = &self.clock {
            ms.store(wall(text).as_ms(), std::sync::atomic::Ordering::SeqCst);
        }
        self
    }

    pub fn later(&self, minutes: u64) -> &World {
        self.clock.advance(Duration::from_secs(minutes * 60));
        self
    }

    /// The pile's link from this address has ended.
    pub fn gone(&self, pile: i64, remote_address: &str) {
        let ended = store::links::LinkRow {
            pile: PileId(pile),
            from: self.now(),
            to: self.now(),
            remote_address: remote_address.to_owned(),
            shown: None,
            ended: model::site::LinkEnd::Closed,
        };
        wait(self.engine.pile_gone(ended, self.now())).unwrap();
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The server is stopped and started.
    pub fn restart(&mut self) {
        let World { engine, clock, sent, rules, writers, db } = self;
        let idle = engine_on(db, *writers, clock, sent, rules);
        let old = std::mem::replace(engine, idle);
        let Engine { store, .. } = old;
        drop(store);
        *engine = engine_on(db, *writers, clock, sent, rules);
    }

    pub fn tell(&self, pile: i64, event: DeviceEvent) -> Told {
        wait(self.engine.device(self.inbound(pile, event)))
    }

    pub fn inbound(&self, pile: i64, event: DeviceEvent) -> Inbound {
        Inbound {
            pile: PileId(pile),
            received_at: self.now(),
            event,
            kind: "Test",
            bytes: vec![1],
            render: Box::new(|answer, _| vec![u8::from(answer.is_ok())]),
        }
    }

    /// Says it and gets an answer, never an error.
    pub fn say(&self, pile: i64, event: DeviceEvent) -> Answer {
        let told = self.tell(pile, event);
        assert_eq!(told.bytes, [1]);
        told.answer.unwrap()
    }

    /// A start at the pile; the transaction id and the verdict.
    pub fn start_at(
        &self,
        pile: i64,
        no: u16,
        tag: &str,
        meter: f64,
        at: Timestamp,
    ) -> (SessionKey, TokenVerdict) {
        let event =
            DeviceEvent::Started { connector: no, token: Token::card(tag), meter_start: kwh(meter), at };
        match self.say(pile, event) {
            Answer::Started { transaction, token } => (SessionKey::Transaction(transaction), token.verdict),
            other => panic!("{other:?}"),
        }
    }

    pub fn start(&self, pile: i64, no: u16, tag: &str, meter: f64) -> SessionKey {
        let (session, verdict) = self.start_at(pile, no, tag, meter, self.now());
        assert_eq!(verdict, TokenVerdict::Accepted);
        session
    }

    pub fn meter(&self, pile: i64, session: SessionKey, samples: Vec<Sample>) {
        let event = DeviceEvent::Metered { session: Some(session), connector: 1, samples };
        assert_eq!(self.say(pile, event), Answer::Noted);
    }

    pub fn stop(&self, pile: i64, session: SessionKey, meter: f64) {
        self.stop_by(pile, stop_of(session, self.now(), meter));
    }

    pub fn stop_by(&self, pile: i64, record: StopRecord) {
        let answer = self.say(pile, DeviceEvent::Stopped(Box::new(record)));
        assert!(matches!(answer, Answer::Stopped { .. }), "{answer:?}");
    }

    pub fn status(&self, pile: i64, report: StatusReport) {
        assert_eq!(self.say(pile, DeviceEvent::Status(report)), Answer::Noted);
    }

    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> store::DbResult<T> + Send + 'static,
    ) -> T {
        wait(self.engine.store.read(work)).unwrap()
    }

    pub fn order(&self, pile: i64, session: SessionKey) -> Order {
        self.read(move |conn| store::orders::by_session(conn, PileId(pile), session)).expect("an order")
    }

    pub fn order_by_id(&self, id: OrderId) -> Order {
        self.read(move |conn| store::orders::get(conn, id)).expect("an order")
    }

    pub fn orders(&self, pile: i64) -> Vec<Order> {
        self.read(move |conn| store::orders::latest_of_pile(conn, PileId(pile), 1_000))
    }

    pub fn count(&self, sql: &'static str) -> i64 {
        self.read(move |conn| conn.one(sql, &[], |row| row.int(0)))
    }

    /// What became of the last frame of the pile.
    pub fn verdict(&self, pile: i64) -> Verdict {
        let filter = store::frames::FrameFilter {
            pile: PileId(pile),
            order: None,
            from: None,
            before: None,
            limit: 1,
        };
        self.read(move |conn| store::frames::list(conn, &filter)).remove(0).verdict
    }

    pub fn sweep(&self) -> usize {
        wait(self.engine.sweep()).unwrap()
    }

    /// What must be true at the end of every story: no two orders run on one connector, every bill
    /// can be made again, nothing that is held costs anything, sums equal books.
    pub fn sound(&self) {
        wait(self.engine.reports_make(self.clock.now())).unwrap();
        let verified = wait(self.engine.orders_verify()).unwrap();
        assert_eq!(verified.problems, []);
        assert_eq!(self.count("SELECT COUNT(*) FROM station_day WHERE stale"), 0);
        let none = [
            "SELECT COUNT(*) FROM (SELECT pile_id FROM orders WHERE state IN ('starting', 'charging', 'stopping') \
             GROUP BY pile_id, connector_no HAVING COUNT(*) > 1) AS twice",
            "SELECT COUNT(*) FROM orders WHERE state <> 'completed' AND total_fen <> 0",
            "SELECT COUNT(*) FROM orders WHERE electricity_fen < 0 OR service_fen < 0",
            "SELECT COUNT(*) FROM frame WHERE verdict = ''",
        ];
        for sql in none {
            assert_eq!(self.count(sql), 0, "{sql}");
        }
        let sums = ["station_hour", "pile_day", "orders WHERE state = 'completed'"].map(|from| {
            let sql = format!("SELECT CAST(COALESCE(SUM(total_fen), 0) AS BIGINT) FROM {from}");
            self.read(move |conn| conn.one(&sql, &[], |row| row.int(0)))
        });
        assert_eq!((sums[0], sums[1]), (sums[2], sums[2]), "hours, days, orders");
        let open: Vec<Order> = self.read(|conn| {
            Ok(store::orders::open_all(conn)?.into_iter().map(|open| open.order).collect::<Vec<_>>())
        });
        for order in open {
            let running = wait(self.engine.order_running(order.pile, order.id)).unwrap().expect("in memory");
            assert_eq!(running.open.order, order, "memory and database agree");
        }
    }
}

/// `completed 10.0000 kWh 14.00 (10.00 + 4.00)` and what is doubted.
pub fn told(order: &Order) -> String {
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    let doubts: Vec<String> = order.abnormal.iter().map(|which: Abnormality| format!(" {which:?}")).collect();
    format!(
        "{} {}.{:04} kWh {} ({} + {}){}",
        order.state.as_str(),
        order.energy.dwh() / 10_000,
        order.energy.dwh().abs() % 10_000,
        yuan(order.total.0),
        yuan(order.electricity.0),
        yuan(order.service.0),
        doubts.concat()
    )
}
