//! The station's hours, second by second.

use super::pile::{Pile, Plugged, Trace};
use super::report::Report;
use super::{Decide, decide};
use crate::random::Random;
use model::load::{
    AHEAD_MS, Answered, Cap, CapPeriod, GRACE_MS, Limit, LoadControl, LoadSite, LoadStrategy, Part, Unit,
    UnitSession, share,
};
use model::time::{Timestamp, Zone};

/// The platform plans so often.
const PLAN_S: i64 = 3;
/// After so long without an answer a command counts as lost.
const DEADLINE_S: i64 = 60;
const REPORT_S: i64 = 30;
/// A Monday in summer.
const BEGIN_S: i64 = 1_784_000_000;

/// What the world does to the station.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    pub percent_piles: bool,
    pub forgetful: bool,
    /// Piles forget although they are believed to keep: the platform is lied to.
    pub lies: bool,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners { percent_piles: true, forgetful: true, lies: false }
    }
}

/// What is under way between the platform and a pile.
#[derive(Clone, Copy, Debug)]
enum Message {
    Order { no: u64, part: Part, limit: Limit, session: u64 },
    Answer { no: u64, yes: bool },
    Began(u64),
    Ended,
    Power(i64),
    Booted,
}

#[derive(Debug)]
struct Flying {
    at_s: i64,
    unit: usize,
    message: Message,
}

pub struct Yard {
    random: Random,
    decide: Decide,
    zone: Zone,
    now_s: i64,
    cap: Cap,
    /// The cap before the last change, which is still excused until then.
    excused: (i64, i64),
    piles: Vec<Pile>,
    traces: Vec<Trace>,
    /// The same cars at a station that gives each connector the same for ever.
    plain: Vec<Option<Plugged>>,
    site: LoadSite,
    /// The number of the command that each unit waits for, when it was sent, and the session that the
    /// platform believes to run there.
    awaits: Vec<(u64, i64)>,
    believed: Vec<u64>,
    numbers: u64,
    server_down_until_s: i64,
    /// When the platform learns that a link has gone.
    unseen: Vec<i64>,
    back_at_s: Vec<i64>,
    flying: Vec<Flying>,
    pub report: Report,
}

impl Yard {
    pub fn new(seed: u64, manners: Manners, decide: Decide) -> Yard {
        let mut random = Random::seeded(seed);
        let count = random.between(3, 9) as usize;
        let (mut piles, mut units, mut traces) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..count {
            let percent = manners.percent_piles && random.chance(25);
            let control = if percent { LoadControl::Percent } else { LoadControl::Profile };
            let rated_w = *random.pick(&[7_000, 11_000, 22_000, 60_000]).unwrap_or(&22_000);
            let forgets = random.chance(20);
            let mut pile = Pile::new(control, rated_w);
            pile.keeps = !(forgets && (manners.forgetful || manners.lies));
            pile.begins_alone = random.chance(50);
            pile.skew_s = random.between(-50, 50);
            let mut unit = Unit::new(control, rated_w, 1_400);
            unit.keeps = pile.keeps || manners.lies;
            unit.rank = random.between(1, 3);
            unit.online = true;
            // Every third connector is the second one of the pile before it, if that is of its kind.
            if let (Some(first), 2) = (units.last_mut(), place % 3) {
                let first: &mut Unit = first;
                if first.control == LoadControl::Profile && control == LoadControl::Profile {
                    (pile.rated_w, pile.second) = (first.rated_w, true);
                    (unit.rated_w, unit.pile) = (first.rated_w, Some(place as i64));
                    first.pile = unit.pile;
                }
            }
            traces.push(Trace::new(Random::named(seed, &format!("cars {place}")), pile.rated_w));
            piles.push(pile);
            units.push(unit);
        }
        let strategy = *random.pick(LoadStrategy::ALL).unwrap_or(&LoadStrategy::Equal);
        let site = LoadSite { cap_w: 0, floor_w: 0, strategy, safe_w: random.between(0, 3) * 1_400, units };
        let mut yard = Yard {
            random,
            decide,
            zone: Zone::shanghai(),
            now_s: BEGIN_S,
            cap: Cap::default(),
            excused: (0, 0),
            plain: piles.iter().map(|_| None).collect(),
            awaits: vec![(0, 0); count],
            believed: vec![0; count],
            unseen: vec![i64::MAX; count],
            back_at_s: vec![0; count],
            piles,
            traces,
            site,
            numbers: 0,
            server_down_until_s: 0,
            flying: Vec::new(),
            report: Report::default(),
        };
        yard.cap = yard.new_cap();
        // Nobody is limited yet: the first minutes are the worst cap of all.
        yard.excused = (i64::MAX, BEGIN_S + GRACE_MS / 1_000);
        yard
    }

    pub fn sound(seed: u64) -> Yard {
        Yard::new(seed, Manners::default(), decide)
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.now_s * 1_000)
    }

    /// Enough for what cannot be lowered, and less than all want.
    fn new_cap(&mut self) -> Cap {
        let fixed = |unit: &Unit| match (unit.keeps, unit.control) {
            (false, _) => unit.rated_w,
            (true, LoadControl::Percent) => unit.least_w,
            (true, LoadControl::Profile) => self.site.safe_w,
        };
        let least: i64 = self.site.units.iter().map(fixed).sum();
        let most = self.site.together_w(|unit| unit.rated_w);
        // Two that forget come to their pile once.
        let least = least.min(most);
        let reserve_w = self.random.between(0, 5_000);
        let cap_w = self.random.between(least, most) + reserve_w;
        let mut periods = Vec::new();
        if self.random.chance(50) {
            let from_minute = self.random.between(0, 1_439);
            let to_minute = (from_minute + self.random.between(30, 700)) % 1_440;
            periods.push(CapPeriod {
                from_minute,
                to_minute,
                cap_w: self.random.between(least, most) + reserve_w,
            });
        }
        Cap { cap_w, reserve_w, periods }
    }

    pub fn play(&mut self, hours: i64) {
        let end_s = self.now_s + hours * 3_600;
        while self.now_s < end_s {
            self.now_s += 1;
            self.misfortunes();
            self.cars();
            self.deliver();
            if self.now_s == self.server_down_until_s {
                // They come back to it one by one, and say what goes on.
                for unit in 0..self.piles.len() {
                    if self.piles[unit].up {
                        self.state(unit);
                    }
                }
            }
            if self.now_s % PLAN_S == 0 && self.now_s >= self.server_down_until_s {
                self.plan();
            }
            self.look();
        }
        self.report.hours += hours;
    }

    /// What the world does by chance; the rates are those of a bad week in every hour.
    fn misfortunes(&mut self) {
        let hourly = |random: &mut Random, per_hour: i64| random.between(1, 3_600) <= per_hour;
        for unit in 0..self.piles.len() {
            if self.piles[unit].up && hourly(&mut self.random, 1) {
                self.cut(unit);
            } else if !self.piles[unit].up && self.now_s >= self.back_at_s[unit] {
                self.back(unit);
            }
            if self.random.between(1, 4 * 3_600) == 1 {
                let goes_on = self.random.chance(50);
                self.piles[unit].boot(goes_on);
                self.report.boots += 1;
                if self.piles[unit].up {
                    self.say(unit, Message::Booted);
                    self.state(unit);
                }
            }
            if self.now_s >= self.unseen[unit] {
                self.unseen[unit] = i64::MAX;
                self.site.units[unit].online = false;
            }
        }
        if self.random.between(1, 6 * 3_600) == 1 {
            let before = self.cap.at(&self.zone, self.now());
            let excused = if self.now_s < self.excused.1 { self.excused.0 } else { 0 };
            self.cap = self.new_cap();
            self.excused = (before.max(excused), self.now_s + GRACE_MS / 1_000);
            self.report.caps += 1;
        }
        if self.random.between(1, 8 * 3_600) == 1 {
            self.server_down_until_s = self.now_s + self.random.between(5, 120);
            self.report.restarts += 1;
        }
    }

    fn cut(&mut self, unit: usize) {
        self.piles[unit].up = false;
        let away = if self.random.chance(20) {
            self.random.between(600, 7_200)
        } else {
            self.random.between(3, 300)
        };
        self.back_at_s[unit] = self.now_s + away;
        self.unseen[unit] = self.now_s + self.random.between(0, 90);
        self.report.cuts += 1;
    }

    fn back(&mut self, unit: usize) {
        self.piles[unit].up = true;
        self.unseen[unit] = i64::MAX;
        self.site.units[unit].online = true;
        self.state(unit);
    }

    /// A pile whose link is up says what goes on.
    fn state(&mut self, unit: usize) {
        match self.piles[unit].car.and_then(|car| car.session) {
            Some(session) => self.say(unit, Message::Began(session)),
            None => self.say(unit, Message::Ended),
        }
    }

    /// Late, now and then never.
    fn say(&mut self, unit: usize, message: Message) {
        if matches!(message, Message::Order { .. } | Message::Answer { .. }) && self.random.chance(4) {
            self.report.lost += 1;
            return;
        }
        let late = if self.random.chance(5) { self.random.between(5, 70) } else { self.random.between(0, 2) };
        // A link keeps the order of what is said on it.
        let behind = self.flying.iter().filter(|flying| flying.unit == unit).map(|flying| flying.at_s);
        let at_s = behind.max().unwrap_or(0).max(self.now_s + late);
        self.flying.push(Flying { at_s, unit, message });
    }

    fn deliver(&mut self) {
        let now_s = self.now_s;
        let (due, waiting) = std::mem::take(&mut self.flying).into_iter().partition(|f| f.at_s <= now_s);
        self.flying = waiting;
        let due: Vec<Flying> = due;
        for Flying { unit, message, .. } in due {
            if !self.piles[unit].up {
                self.report.lost += 1;
                continue;
            }
            if let Message::Order { no, part, limit, session } = message {
                let yes = self.piles[unit].told(part, limit, session);
                self.say(unit, Message::Answer { no, yes });
            } else if now_s >= self.server_down_until_s {
                self.hear(unit, message);
            }
        }
    }

    fn hear(&mut self, place: usize, message: Message) {
        let now = self.now();
        let unit = &mut self.site.units[place];
        match message {
            Message::Answer { no, yes } if self.awaits[place].0 == no => {
                unit.answered(if yes { Answered::Accepted } else { Answered::Refused }, now);
            }
            Message::Began(session) => {
                if self.believed[place] != session {
                    unit.session_ended();
                    self.believed[place] = session;
                }
                let departs = Some(self.traces[place].next.leaves_s).filter(|s| s % 3 == 0);
                let departs = departs.map(|s| Timestamp::from_ms(s * 1_000));
                let first = session % 5 == 0;
                unit.session =
                    unit.session.or(Some(UnitSession { began: now, departs, first, power_w: None }));
            }
            Message::Ended => unit.session_ended(),
            Message::Power(power) => {
                if let Some(session) = &mut unit.session {
                    session.power_w = Some(power);
                }
            }
            Message::Booted => unit.booted(),
            Message::Answer { .. } | Message::Order { .. } => {}
        }
    }

    fn plan(&mut self) {
        let now = self.now();
        for (place, unit) in self.site.units.iter_mut().enumerate() {
            let late = self.now_s - self.awaits[place].1 > DEADLINE_S;
            if unit.sent.is_some() && (late || !unit.online) {
                unit.answered(Answered::Lost, now);
                self.awaits[place].0 = 0;
            }
        }
        self.site.cap_w = self.cap.least(&self.zone, now, now.plus_ms(AHEAD_MS));
        self.site.floor_w = self.cap.floor();
        for step in (self.decide)(&self.site, now) {
            self.numbers += 1;
            self.site.units[step.unit].send(step.part, step.limit, now);
            self.awaits[step.unit] = (self.numbers, self.now_s);
            self.report.commands += 1;
            let session = self.believed[step.unit];
            let order = Message::Order { no: self.numbers, part: step.part, limit: step.limit, session };
            self.say(step.unit, order);
        }
        let stops = share(&self.site, now).targets;
        for place in (0..stops.len()).filter(|place| stops[*place].stops) {
            if self.piles[place].up
                && let Some(car) = &mut self.piles[place].car
            {
                car.session = None;
                self.report.stops += 1;
                self.say(place, Message::Ended);
            }
        }
    }

    fn cars(&mut self) {
        for unit in 0..self.piles.len() {
            let visit = self.traces[unit].next;
            if self.now_s >= BEGIN_S + visit.leaves_s {
                let had = self.piles[unit].car.take().is_some_and(|car| car.session.is_some());
                self.plain[unit] = None;
                self.traces[unit].step();
                if had && self.piles[unit].up {
                    self.say(unit, Message::Ended);
                }
            } else if self.now_s == BEGIN_S + visit.comes_s {
                self.piles[unit].car = Some(Plugged::new(visit));
                self.plain[unit] = Some(Plugged::new(visit));
                self.report.cars += 1;
            }
            if self.piles[unit].begin() && self.piles[unit].up {
                self.state(unit);
            }
            if self.plain[unit].is_some_and(|car| car.session.is_none())
                && (self.piles[unit].up || self.piles[unit].begins_alone)
                && let Some(car) = &mut self.plain[unit]
            {
                car.session = Some(1);
            }
        }
    }

    /// What flows, against what may.
    fn look(&mut self) {
        let now = self.now();
        let (cap, mut sum) = (self.cap.at(&self.zone, now), 0);
        let plain = self.cap.floor() / self.piles.len() as i64;
        let (mut before, mut plain_before) = (0, 0);
        for unit in 0..self.piles.len() {
            // A pile gives no more than it has to both of its connectors.
            let rated_w = self.piles[unit].rated_w;
            let second = self.piles[unit].second;
            let (has, plain_has) =
                if second { (rated_w - before, rated_w - plain_before) } else { (rated_w, rated_w) };
            let power = self.piles[unit].draws(self.now_s).min(has);
            (before, plain_before) = (power, 0);
            let worst = self.site.units[unit].worst_w(now);
            if power > worst {
                self.report.broken(self.now_s - BEGIN_S, || {
                    format!("unit {unit} draws {power} W, believed at most {worst}")
                });
            }
            if let Some(car) = &mut self.piles[unit].car {
                car.taken_ws += power;
            }
            if let Some(car) = self.plain[unit].as_mut().filter(|car| car.session.is_some()) {
                let equal = car.draws(plain.min(plain_has));
                plain_before = equal;
                car.taken_ws += equal;
                self.report.plain_ws += equal;
            }
            self.report.served_ws += power;
            sum += power;
            if self.now_s % REPORT_S == 0 && self.piles[unit].up && self.piles[unit].draws(self.now_s) > 0 {
                self.say(unit, Message::Power(power));
            }
        }
        self.report.cap_ws += cap;
        let over = self.site.over_w(now) > 0;
        let excused = self.now_s < self.excused.1 && sum <= self.excused.0;
        if sum > cap && !excused {
            if over && !self.site.units.iter().all(|unit| unit.control == LoadControl::Profile) {
                // 云快充 limits stand: an unreachable one cannot be lowered, and the platform says so.
                self.report.told_s += 1;
            } else {
                self.report.broken(self.now_s - BEGIN_S, || format!("{sum} W flow, the cap is {cap}"));
            }
        }
        self.report.peak(sum, cap);
    }
}
