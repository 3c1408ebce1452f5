//! A believable site: many piles, drivers who come and go by a daily pattern, and now and then a
//! fault or a lost link. Some connectors have no drivers, so that a person can start them remotely.

use crate::car::Car;
use crate::pile::{Action, PileConfig};
use crate::random::Random;
use crate::runner::{PileHandle, Seen};
use crate::trunk::Trunk;
use model::site::{PileKind, Protocol};
use model::time::{Clock, DAY_MS, HOUR_MS, Zone};
use protocol::ykc::field::CardNo;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

#[derive(Clone, Debug)]
pub struct SiteConfig {
    pub piles: Vec<PileConfig>,
    /// Cards that drivers pay with. At a 云快充 pile only hexadecimal ones of up to 16 digits work.
    pub tags: Vec<String>,
    pub seed: u64,
    pub zone: Zone,
    /// Cars that come to one connector a day; 0: no drivers at all, only cars for remote starts.
    pub arrivals_per_day: i64,
    /// Connectors out of 100 that have a car soon after the start.
    pub occupied_percent: i64,
    /// Every so many connectors one is left to people who start remotely; 0 leaves none.
    pub free_every: usize,
    /// Batteries so many times smaller, see [`Car::hurried`].
    pub speed: i64,
    /// Faults and link losses per hour over the whole site.
    pub misfortunes_per_hour: i64,
    /// Piles out of 100 that misbehave in one way each, see [`crate::pile::Behaviours::misbehave`].
    pub misbehaving_percent: i64,
}

impl SiteConfig {
    pub fn new(piles: Vec<PileConfig>, tags: Vec<String>) -> SiteConfig {
        SiteConfig {
            piles,
            tags,
            seed: 1,
            zone: Zone::shanghai(),
            arrivals_per_day: 12,
            occupied_percent: 35,
            free_every: 4,
            speed: 1,
            misfortunes_per_hour: 4,
            misbehaving_percent: 0,
        }
    }
}

/// How busy each hour of the local day is, in percent of the average.
const BUSY: [i64; 24] = [
    55, 45, 40, 35, 30, 35, 50, 70, 85, 90, 100, 120, 135, 120, 105, 100, 105, 125, 165, 190, 180, 150, 110,
    80,
];

pub struct Site;

pub struct SiteHandle {
    pub piles: Vec<PileHandle>,
    people: JoinSet<()>,
}

impl SiteHandle {
    pub fn pile(&self, code: &str) -> Option<&PileHandle> {
        self.piles.iter().find(|pile| pile.code == code)
    }

    /// Drivers leave, links are closed; when this returns no task is left.
    pub async fn stop(mut self) {
        self.people.shutdown().await;
        let mut ending = JoinSet::new();
        for pile in self.piles.drain(..) {
            ending.spawn(pile.stop());
        }
        while ending.join_next().await.is_some() {}
    }
}

impl Site {
    /// Must be called on a tokio runtime. Returns at once; piles connect in the background.
    pub fn start(config: SiteConfig, clock: Clock) -> SiteHandle {
        let mut piles = Vec::with_capacity(config.piles.len());
        let mut people = JoinSet::new();
        let cards = Arc::new(Cards { tags: config.tags.clone(), taken: Mutex::default() });
        let mut connectors = 0;
        for pile in &config.piles {
            let mut pile = pile.clone();
            pile.behaviours.plug_on_remote_start = true;
            pile.behaviours.speed = config.speed;
            let mut random = Random::named(config.seed, &format!("{}/manners", pile.code));
            if random.chance(config.misbehaving_percent) {
                pile.behaviours.misbehave(&mut random);
            }
            let (kind, ykc) = (pile.kind, pile.protocol.is_ykc());
            let handle = PileHandle::start(pile, clock.clone());
            for connector in 1..=handle.connectors {
                connectors += 1;
                let left_free = config.free_every > 0 && connectors % config.free_every == 0;
                if left_free || config.arrivals_per_day <= 0 {
                    continue;
                }
                let place = Place {
                    connector,
                    kind,
                    ykc,
                    actions: handle.actions(),
                    seen: handle.watch(),
                    random: Random::named(config.seed, &format!("{}/{connector}", handle.code)),
                    clock: clock.clone(),
                    cards: cards.clone(),
                };
                people.spawn(place.days(config.clone()));
            }
            piles.push(handle);
        }
        if config.misfortunes_per_hour > 0 && !piles.is_empty() {
            let targets = piles.iter().map(|pile| (pile.actions(), pile.connectors)).collect();
            people.spawn(misfortunes(
                targets,
                Random::named(config.seed, "misfortunes"),
                config.misfortunes_per_hour,
            ));
        }
        SiteHandle { piles, people }
    }
}

/// No two drivers hold the same card at the same time.
struct Cards {
    tags: Vec<String>,
    taken: Mutex<HashSet<String>>,
}

impl Cards {
    /// A card that nobody holds and that this kind of reader can read; `None` after some tries.
    fn take(&self, random: &mut Random, ykc: bool) -> Option<String> {
        let mut taken = self.taken.lock().ok()?;
        for _ in 0..32 {
            let tag = random.pick(&self.tags)?;
            if (!ykc || CardNo::parse(tag).is_some()) && taken.insert(tag.clone()) {
                return Some(tag.clone());
            }
        }
        None
    }

    fn give_back(&self, tag: &str) {
        if let Ok(mut taken) = self.taken.lock() {
            taken.remove(tag);
        }
    }
}

/// One connector and the drivers who come to it.
struct Place {
    connector: usize,
    kind: PileKind,
    ykc: bool,
    actions: mpsc::UnboundedSender<Action>,
    seen: watch::Receiver<Seen>,
    random: Random,
    clock: Clock,
    cards: Arc<Cards>,
}

impl Place {
    async fn days(mut self, config: SiteConfig) {
        let mut first = self.random.chance(config.occupied_percent);
        loop {
            let wait = if first { self.random.between(1_000, 20_000) } else { self.next_arrival_ms(&config) };
            first = false;
            pause(wait).await;
            let free = self.seen.borrow().in_service && self.view(|v| !v.plugged && !v.faulted);
            if free && let Some(tag) = self.cards.take(&mut self.random, self.ykc) {
                self.visit(&tag, config.speed).await;
                self.cards.give_back(&tag);
            }
        }
    }

    /// Arrivals are rarer at night: the waiting time is drawn anew hour by hour.
    fn next_arrival_ms(&mut self, config: &SiteConfig) -> i64 {
        let mean_ms = DAY_MS / config.arrivals_per_day.max(1) / config.speed.max(1);
        let start = self.clock.now();
        let mut waited = 0;
        for _ in 0..48 {
            let hour = config.zone.local(start.plus_ms(waited)).hour;
            let busy = usize::try_from(hour).ok().and_then(|h| BUSY.get(h)).copied().unwrap_or(100);
            let wait = self.random.wait_ms(mean_ms * 100 / busy);
            if wait < HOUR_MS {
                return waited + wait;
            }
            waited += HOUR_MS;
        }
        waited
    }

    async fn visit(&mut self, tag: &str, speed: i64) {
        let mut car = Car::random(&mut self.random).hurried(speed);
        if self.kind == PileKind::Ac {
            // Cars at AC posts stay for hours; nobody waits for the last percent.
            car.target_percent = car.target_percent.min(90);
        }
        let _ = self.actions.send(Action::Plug(self.connector, Box::new(car)));
        pause(self.random.between(2_000, 8_000)).await;
        let _ = self.actions.send(Action::Swipe(self.connector, tag.to_owned()));
        let connector = self.connector;
        let charging = |seen: &Seen| seen.connector(connector).is_some_and(|v| v.charging);
        let began = tokio::time::timeout(Duration::from_secs(30), self.seen.wait_for(charging)).await.is_ok();
        if !began {
            // The card was refused: the driver goes elsewhere.
            let _ = self.actions.send(Action::Unplug(self.connector));
            return;
        }
        // Some drivers come back early.
        if self.random.chance(25) {
            let patience = self.random.between(8, 25) * 60_000 / speed.max(1);
            let done = |seen: &Seen| seen.connector(connector).is_some_and(|v| !v.charging);
            let patience = Duration::from_millis(patience.unsigned_abs());
            if tokio::time::timeout(patience, self.seen.wait_for(done)).await.is_err() {
                let _ = self.actions.send(Action::Swipe(self.connector, tag.to_owned()));
            }
        }
        let left = |seen: &Seen| seen.connector(connector).is_some_and(|v| !v.plugged);
        let _ = self.seen.wait_for(left).await;
    }

    fn view(&self, wanted: impl Fn(&crate::pile::View) -> bool) -> bool {
        self.seen.borrow().connector(self.connector).is_some_and(wanted)
    }
}

/// Faults that are repaired after some minutes, and links that are lost for a while.
async fn misfortunes(piles: Vec<(mpsc::UnboundedSender<Action>, usize)>, mut random: Random, per_hour: i64) {
    loop {
        pause(random.wait_ms(HOUR_MS / per_hour.max(1))).await;
        let Some((pile, connectors)) = random.pick(&piles).cloned() else {
            return;
        };
        if random.chance(40) {
            let _ = pile.send(Action::CutLink(random.between(20, 120) * 1_000));
            continue;
        }
        let last = i64::try_from(connectors).unwrap_or(1);
        let connector = usize::try_from(random.between(1, last)).unwrap_or(1);
        let fault =
            if random.chance(25) { Action::EmergencyStop(connector) } else { Action::Fault(connector) };
        let _ = pile.send(fault);
        pause(random.between(60, 300) * 1_000).await;
        let _ = pile.send(Action::Repair(connector));
    }
}

async fn pause(ms: i64) {
    tokio::time::sleep(Duration::from_millis(ms.max(0).unsigned_abs())).await;
}

/// Piles from a CSV with a header: code, protocol, password, connectors, rated_power_w, connector_powers_w
/// (`60000/30000`), kind, concentrator, in any order, others ignored. No quoting: none of these may hold a comma. 云快充 piles with the same
/// concentrator share one link.
pub fn piles_from_csv(text: &str, ocpp: &str, ykc: &str) -> Result<Vec<PileConfig>, String> {
    let mut lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let header: Vec<&str> = match lines.next() {
        Some((_, line)) => line.split(',').map(str::trim).collect(),
        None => return Err("the file is empty; its first line must name the columns".to_owned()),
    };
    let mut trunks = HashMap::new();
    lines
        .map(|(number, line)| {
            pile_from_row(&header, line, ocpp, ykc, &mut trunks)
                .map_err(|e| format!("line {}: {e}", number + 1))
        })
        .collect()
}

fn pile_from_row(
    header: &[&str],
    line: &str,
    ocpp: &str,
    ykc: &str,
    trunks: &mut HashMap<String, Arc<Trunk>>,
) -> Result<PileConfig, String> {
    let cells: Vec<&str> = line.split(',').map(str::trim).collect();
    let cell = |name: &str| {
        let place = header.iter().position(|column| *column == name)?;
        cells.get(place).copied().filter(|value| !value.is_empty())
    };
    let code = cell("code").ok_or("code is missing")?;
    let protocol = cell("protocol").unwrap_or("ocpp1.6");
    let protocol = Protocol::parse(protocol).ok_or_else(|| {
        format!("protocol {protocol:?}: ocpp1.6, ocpp2.0.1, ocpp2.1, ykc1.5 or ykc1.6 is needed")
    })?;
    let mut pile = PileConfig::new(code, protocol, if protocol.is_ykc() { ykc } else { ocpp });
    pile.password = cell("password").unwrap_or_default().to_owned();
    if let Some(text) = cell("connectors") {
        pile.connectors =
            text.parse().ok().filter(|n| (1..=99).contains(n)).ok_or("connectors: 1 to 99 is needed")?;
    }
    if let Some(text) = cell("rated_power_w") {
        pile.rated_power_w = text.parse().ok().filter(|n| *n > 0).ok_or("rated_power_w: watts are needed")?;
    }
    if let Some(text) = cell("connector_powers_w") {
        let powers = text.split('/').map(|one| one.trim().parse().ok().filter(|n| *n > 0));
        let powers = powers.collect::<Option<Vec<i64>>>();
        pile.connector_powers_w = powers
            .ok_or("connector_powers_w: watts with / between them are needed, one for each connector")?;
    }
    if let Some(text) = cell("kind") {
        pile.kind = PileKind::parse(text).ok_or("kind: dc, ac or ac_dc is needed")?;
    }
    if let Some(name) = cell("concentrator") {
        if !protocol.is_ykc() {
            return Err("concentrator: only ykc1.5 and ykc1.6 piles share a link".to_owned());
        }
        let trunk = trunks.entry(name.to_owned()).or_insert_with(|| Arc::new(Trunk::new(ykc)));
        pile.trunk = Some(Arc::clone(trunk));
    }
    Ok(pile)
}
