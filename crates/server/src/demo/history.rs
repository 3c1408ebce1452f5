//! Three months in which cars came and went, driven by the simulator's cars and billed by the engine.

use super::{CARDS, PilePlan, SEED, batteries, habits, merges, tag};
use crate::app::App;
use engine::device::PastSession;
use model::Result;
use model::card::Token;
use model::curve::Point;
use model::device::{PileBill, PileBillPeriod, StopReason};
use model::energy::Energy;
use model::id::{PileId, TradeNo};
use model::money::Amount;
use model::order::{StartMode, StopClass};
use model::site::StationFacts;
use model::tariff::{Period, Reading, Tariff};
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use sim::car::{Car, whole_dwh};
use sim::random::Random;
use std::sync::Arc;
use store::hot::TariffVersion;

const DAYS: i64 = 92;
/// Cars per connector and day.
const ARRIVALS: i64 = 4;
/// Chance in 1000 of a record that a person must look at, within the last week.
const ODD_PER_MILLE: i64 = 12;
/// For so long back the batteries have told.
const BATTERIES_MS: i64 = 7 * DAY_MS;
/// Cars that were charged by two connectors of one pile.
const MERGED: i64 = 4;
const STEP_MS: i64 = 3 * MINUTE_MS;

/// How busy each hour is, in percent of the average.
const BUSY: [i64; 24] = [
    70, 55, 45, 35, 30, 35, 50, 75, 90, 95, 105, 130, 140, 120, 100, 95, 105, 130, 165, 180, 170, 140, 120,
    95,
];

/// Writes the orders; how many.
pub async fn write(app: &Arc<App>, plans: &[PilePlan]) -> Result<usize> {
    let now = app.clock().now();
    let mut count = 0;
    let mut merged = 0;
    for (place, plan) in plans.iter().enumerate() {
        if place == plans.len() / 2 {
            // Those who have charged much by now have a level, and pay less at the other piles.
            app.engine.customers_mark(now).await?;
        }
        let code = plan.code.clone();
        let known = app.engine.store.read(move |conn| match model::id::PileCode::parse(&code) {
            Some(code) => store::piles::by_code(conn, &code),
            None => Ok(None),
        });
        let Some(pile) = known.await? else { continue };
        let station = app
            .engine
            .store
            .read(move |conn| {
                let facts = store::stations::facts(conn, pile.station)?;
                let tariff = facts.tariff.map(|id| store::tariffs::version(conn, id)).transpose()?;
                Ok((facts, tariff))
            })
            .await?;
        let (facts, Some(tariff)) = station else { continue };
        let mut past: Vec<Vec<PastSession>> = (1..=plan.connectors)
            .map(|connector| Past::new(plan, pile.id, connector, now).sessions(&facts, &tariff))
            .collect();
        let begun = merges::begun(now, merged);
        let pair = if merged < MERGED && plan.protocol.is_ykc() && plan.connectors > 1 {
            let two = [1, 2].map(|connector| Past::new(plan, pile.id, connector, now));
            merges::pair(&mut past, two, &facts, &tariff.calendar, begun)
        } else {
            None
        };
        for part in past.iter().flat_map(|sessions| sessions.chunks(200)) {
            count += app.engine.sessions_record(part.to_vec()).await?;
        }
        if let Some(trades) = pair {
            merged += 1;
            merges::tie(app, pile.id, trades, begun).await?;
        }
    }
    Ok(count)
}

/// The past of one connector.
pub(super) struct Past<'a> {
    plan: &'a PilePlan,
    pile: PileId,
    connector: usize,
    now: Timestamp,
    random: Random,
    meter: Energy,
}

impl Past<'_> {
    fn new(plan: &PilePlan, pile: PileId, connector: usize, now: Timestamp) -> Past<'_> {
        let mut random = Random::named(SEED, &format!("{}#{connector}", plan.code));
        let meter = Energy::from_wh(random.between(20_000_000, 90_000_000));
        Past { plan, pile, connector, now, random, meter }
    }

    fn sessions(mut self, facts: &StationFacts, tariff: &TariffVersion) -> Vec<PastSession> {
        let mut sessions = Vec::new();
        let end = self.now.plus_ms(-20 * MINUTE_MS);
        let mut at = self.now.plus_ms(-DAYS * DAY_MS);
        // Slow chargers turn over less, and every place has its own popularity.
        let arrivals = (ARRIVALS * self.random.between(70, 130)).max(1);
        let arrivals = if self.plan.rated_power_w < 20_000 { arrivals / 3 } else { arrivals };
        loop {
            let hour = usize::try_from(facts.zone.local(at).hour).unwrap_or(0);
            let wait_ms = DAY_MS * 100 / arrivals * 100 / BUSY[hour];
            at = at.plus_ms(self.random.between(wait_ms / 4, wait_ms * 2));
            let Some(session) = self.session(at, facts, tariff.calendar.table_at(&facts.zone, at)) else {
                return sessions;
            };
            at = session.ended_at.plus_ms(self.random.between(2, 40) * MINUTE_MS);
            if at >= end {
                return sessions;
            }
            sessions.push(session);
        }
    }

    /// One car, from plug to plug.
    pub(super) fn session(
        &mut self,
        started_at: Timestamp,
        facts: &StationFacts,
        tariff: &Tariff,
    ) -> Option<PastSession> {
        if started_at >= self.now {
            return None;
        }
        let mut car = Car::random(&mut self.random);
        let patience_ms = self.random.between(25 * MINUTE_MS, 6 * HOUR_MS);
        let (mut points, mut delivered, mut carry) = (Vec::new(), Energy::ZERO, 0);
        let mut at = started_at;
        while !car.is_full() && at.since(started_at) < patience_ms {
            let flow = car.flow(self.plan.kind, self.plan.rated_power_w);
            points.push(Point {
                delivered: Some(delivered),
                power_w: Some(flow.power_w),
                voltage_dv: Some(flow.voltage_dv),
                current_da: Some(flow.current_da),
                soc_percent: Some(car.soc_percent()),
                temperature_c: Some(car.temperature_c()),
                ..Point::at(at)
            });
            let taken_wms = flow.power_w * STEP_MS;
            car.take(self.plan.kind, taken_wms, STEP_MS);
            carry += taken_wms;
            delivered = delivered + Energy::from_dwh(whole_dwh(&mut carry));
            at = at.plus_ms(STEP_MS);
        }
        let full = car.is_full();
        let drawn = usize::try_from(self.random.between(1, CARDS as i64)).unwrap_or(1);
        let hour = facts.zone.local(started_at).hour;
        let meter_start = self.meter;
        self.meter = self.meter + delivered;
        let mut session = PastSession {
            pile: self.pile,
            connector: u16::try_from(self.connector).unwrap_or(1),
            mode: StartMode::Card,
            token: Some(Token::card(tag(habits::driver(drawn, self.now.since(started_at), hour)))),
            started_at,
            ended_at: at,
            meter_start,
            meter_end: self.meter,
            points,
            reason: self.reason(full),
            bill: None,
            battery: None,
        };
        if self.plan.protocol.is_ykc() {
            session.bill = Some(self.bill(&session, facts, tariff)?);
            // Older ones would only make the first start longer.
            if self.now.since(started_at) < BATTERIES_MS {
                session.battery = batteries::past(&car, &session.points, &session.reason.code);
            }
        }
        self.odd(&mut session);
        Some(session)
    }

    fn reason(&mut self, full: bool) -> StopReason {
        let fault = self.random.chance(3);
        let (class, code) = match (self.plan.protocol.is_ykc(), fault, full) {
            (true, true, _) => (StopClass::Fault, "ykc:75"),
            (true, false, true) => (StopClass::Normal, "ykc:41"),
            (true, false, false) => (StopClass::Normal, "ykc:45"),
            (false, true, _) => (StopClass::Fault, "ocpp:PowerLoss"),
            (false, false, true) => (StopClass::Normal, "ocpp:EVDisconnected"),
            (false, false, false) => (StopClass::Normal, "ocpp:Local"),
        };
        StopReason { class, code: code.to_owned() }
    }

    /// The bill that a 云快充 pile makes itself, by the tariff it was given.
    fn bill(&self, session: &PastSession, facts: &StationFacts, tariff: &Tariff) -> Option<PileBill> {
        let readings =
            session.points.iter().map(|p| Reading { at: p.at, delivered: p.delivered.unwrap_or_default() });
        let last = Reading { at: session.ended_at, delivered: session.meter_end - session.meter_start };
        let readings: Vec<Reading> = readings.chain(std::iter::once(last)).collect();
        let ours = tariff.bill(&facts.zone, &readings).ok()?;
        let mut periods = [PileBillPeriod::default(); 4];
        for period in Period::ALL {
            let rate = tariff.rate(period);
            let energy = ours.segments.iter().filter(|s| s.period == period).map(|s| s.energy).sum();
            let price = rate.electricity + rate.service;
            periods[period.number()] =
                PileBillPeriod { price, energy, loss_energy: energy, amount: price.of(energy) };
        }
        let local = facts.zone.local(session.started_at);
        let counter = u32::try_from(session.started_at.as_ms() / 1_000 % 10_000).ok()?;
        Some(PileBill {
            session: TradeNo::build(&self.plan.code, session.connector, local, counter)?,
            connector: session.connector,
            started_at: Some(session.started_at),
            ended_at: Some(session.ended_at),
            energy: periods.iter().map(|p| p.energy).sum(),
            loss_energy: periods.iter().map(|p| p.loss_energy).sum(),
            amount: periods.iter().map(|p| p.amount).sum(),
            periods,
            meter_start: session.meter_start,
            meter_end: session.meter_end,
            vin: None,
            mode: StartMode::Card,
            traded_at: Some(session.ended_at),
            reason: session.reason.clone(),
            card: session.token.clone(),
        })
    }

    /// Now and then, lately, something that must be held for a person.
    fn odd(&mut self, session: &mut PastSession) {
        let recent = self.now.since(session.started_at) < 7 * DAY_MS;
        if self.random.between(1, 1_000) > ODD_PER_MILLE || !recent {
            return;
        }
        match &mut session.bill {
            Some(bill) => bill.amount = bill.amount + Amount(self.random.between(3_000, 90_000)),
            // The pile that tells a placeholder of zero instead of its register.
            None => session.meter_start = Energy::ZERO,
        }
    }
}
