//! What the pile reports: real-time data, BMS demand, and the bill.

use super::slot::{Session, Slot};
use super::{NEVER, Pile, STEP_MS, StoredBill};
use crate::bay::Measured;
use crate::car::Car;
use model::energy::Energy;
use model::id::TradeNo;
use model::money::Amount;
use model::site::PileKind;
use model::tariff::Period;
use model::time::Timestamp;
use protocol::ykc::field::{Ascii, Cp56, Meter, Raw};
use protocol::ykc::message::bill::{Bill, BillPeriod};
use protocol::ykc::message::realtime::Realtime;

/// Cut to what the wire's unsigned field holds.
fn wire<T: TryFrom<i64> + Default>(value: i64) -> T {
    T::try_from(value.max(0)).unwrap_or_default()
}

impl Session {
    pub fn energy_dwh(&self) -> i64 {
        self.energies_dwh.iter().sum()
    }

    /// One period of the bill: energy × (electricity + service), rounded once, as the platform does.
    fn period(&self, period: Period) -> (BillPeriod, Amount) {
        let rate = self.tariff.rate(period);
        let price = rate.electricity + rate.service;
        let energy_dwh = self.energies_dwh[period.number()];
        let amount = price.of(Energy::from_dwh(energy_dwh));
        let energy = wire(energy_dwh);
        (BillPeriod { price: wire(price.0), energy, loss_energy: energy, amount: wire(amount.0) }, amount)
    }

    pub fn amount(&self) -> Amount {
        Period::ALL.into_iter().map(|period| self.period(period).1).sum()
    }
}

impl Pile {
    /// Sends 0x13 of a gun and sets when the next one is due.
    pub(super) fn report(&mut self, connector: usize, now: Timestamp) {
        let pile = self.number;
        let (charging_ms, idle_ms) = (self.config.meter_interval_ms, self.config.idle_interval_ms);
        let zone = self.config.zone.clone();
        let Some(slot) = self.slot(connector) else {
            return;
        };
        slot.advance(&zone, now);
        let measured = slot.bay.measure(now);
        let mut realtime = Realtime {
            trade_no: TradeNo::ZERO,
            pile,
            gun: Pile::gun(connector),
            state: if slot.bay.faulted { 1 } else { 2 },
            gun_home: u8::from(slot.bay.car.is_none()),
            plugged: u8::from(slot.bay.car.is_some()),
            voltage: 0,
            current: 0,
            cable_temp: 0,
            cable_code: Raw([0; 8]),
            soc: 0,
            battery_max_temp: 0,
            charged_minutes: 0,
            remaining_minutes: 0,
            energy: 0,
            loss_energy: 0,
            amount: 0,
            hw_fault: slot.fault_bits,
        };
        if let Some(session) = &mut slot.session {
            session.report_at = now.plus_ms(charging_ms.max(STEP_MS));
            fill(&mut realtime, session, &measured, now);
        } else {
            slot.idle_report_at = now.plus_ms(idle_ms.max(STEP_MS));
        }
        let unit = self.config.behaviours.dialect.energy_unit.dwh();
        realtime.energy = wire(i64::from(realtime.energy) / unit);
        realtime.loss_energy = realtime.energy;
        if self.config.behaviours.dialect.fault_bit_two {
            realtime.hw_fault <<= 1;
        }
        self.say(&realtime);
        if !realtime.trade_no.is_zero() {
            self.battery_reported(connector, &realtime);
        }
    }

    /// Makes the bill of a session that has ended, and keeps it until it is confirmed.
    pub(super) fn store_bill(&mut self, connector: usize, session: &Session, reason: u8, now: Timestamp) {
        let zone = &self.config.zone;
        let register_end =
            self.slots.get(connector.wrapping_sub(1)).map_or(0, |slot| slot.bay.register_dwh());
        let from_zero = self.config.behaviours.dialect.meter_from_zero;
        let register_end = if from_zero { session.energy_dwh() } else { register_end };
        let register_start =
            if self.config.behaviours.meter_from_zero || from_zero { 0 } else { session.register_start_dwh };
        let unit = self.config.behaviours.dialect.energy_unit.dwh();
        let [sharp, peak, flat, valley] = Period::ALL.map(|period| {
            let (mut told, _) = session.period(period);
            told.energy = wire(i64::from(told.energy) / unit);
            told.loss_energy = told.energy;
            told
        });
        let total = sharp.energy + peak.energy + flat.energy + valley.energy;
        let vin = self.slots.get(connector.wrapping_sub(1)).and_then(|slot| slot.bay.car.as_ref());
        let bill = Bill {
            trade_no: session.trade_no,
            pile: self.number,
            gun: Pile::gun(connector),
            start_time: Cp56::of(session.started_at, zone),
            end_time: Cp56::of(now, zone),
            sharp,
            peak,
            flat,
            valley,
            meter_start: Meter::of(register_start.unsigned_abs()),
            meter_end: Meter::of(register_end.unsigned_abs()),
            total_energy: total,
            total_loss_energy: total,
            total_amount: wire(session.amount().0),
            vin: vin
                .filter(|_| self.config.kind != PileKind::Ac)
                .map_or(Ascii::EMPTY, |car: &Car| Ascii::of(&car.vin)),
            trade_flag: session.flag,
            trade_time: Cp56::of(now, zone),
            stop_reason: reason,
            physical_card: session.card,
        };
        self.bills.push_back(StoredBill { bill, sends: 0, next_at: now });
    }

    /// After a login everything that was not confirmed is due again.
    pub(super) fn renew_bills(&mut self, now: Timestamp) {
        for stored in &mut self.bills {
            stored.sends = 0;
            stored.next_at = now;
        }
    }

    /// The platform has the bill. A pile that repeats itself says it once more.
    pub(super) fn bill_confirmed(&mut self, trade_no: TradeNo) {
        let repeats = self.config.behaviours.repeat_final;
        let Some(place) = self.bills.iter().position(|stored| stored.bill.trade_no == trade_no) else {
            return;
        };
        if let Some(stored) = self.bills.remove(place)
            && repeats
            && stored.next_at != NEVER
        {
            self.say(&stored.bill);
        }
    }
}

fn fill(realtime: &mut Realtime, session: &Session, measured: &Measured, now: Timestamp) {
    realtime.trade_no = session.trade_no;
    realtime.state = 3;
    realtime.voltage = wire(measured.flow.voltage_dv);
    realtime.current = wire(measured.flow.current_da);
    realtime.cable_temp = wire(measured.cable_c + 45);
    if let Some(soc) = measured.soc_percent {
        realtime.soc = wire(soc);
        realtime.battery_max_temp = wire(measured.temperature_c + 50);
        realtime.remaining_minutes = wire(measured.remaining_minutes);
    }
    realtime.charged_minutes = wire(now.since(session.started_at) / 60_000);
    realtime.energy = wire(session.energy_dwh());
    realtime.loss_energy = realtime.energy;
    realtime.amount = wire(session.amount().0);
}

impl Slot {
    /// The running cost has reached what the account holds.
    pub fn is_spent(&self) -> bool {
        self.session.as_ref().is_some_and(|s| s.balance_fen > 0 && s.amount().to_fen().0 >= s.balance_fen)
    }
}
