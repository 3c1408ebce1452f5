//! What the pile passes on from the car's battery, and the ground lock before its guns.

use super::slot::Slot;
use super::{NEVER, Pile};
use crate::pack::Pack;
use model::dialect::CurrentCoding;
use model::id::TradeNo;
use model::site::PileKind;
use model::time::{MINUTE_MS, Timestamp};
use protocol::ykc::field::{Ascii, PileNo, Raw};
use protocol::ykc::message::bms::{
    BmsDemand, BmsEnd, BmsError, BmsHandshake, BmsParameters, BmsStatus, BmsStop, ChargerStop,
};
use protocol::ykc::message::ground_lock::{GroundLock, GroundLockReply, GroundLockReport};
use protocol::ykc::message::realtime::Realtime;

const LOCK_EVERY_MS: i64 = 5 * MINUTE_MS;
const RAISED: u8 = 0x55;
const LOWERED: u8 = 0xFF;

fn wire<T: TryFrom<i64> + Default>(value: i64) -> T {
    T::try_from(value.max(0)).unwrap_or_default()
}

impl Pile {
    fn passes_on(&self) -> bool {
        self.config.behaviours.bms_frames && self.config.kind != PileKind::Ac
    }

    /// 0x15 and 0x17, when a session has begun.
    pub(super) fn battery_introduced(&mut self, connector: usize, trade_no: TradeNo, at: Timestamp) {
        let (pile, gun, coding) = (self.number, Pile::gun(connector), self.coding());
        if !self.passes_on() {
            return;
        }
        let rated_w = self.config.rated_power_w;
        let Some(car) = self.slot(connector).and_then(|slot| slot.bay.car.as_ref()) else { return };
        let (pack, soc, vin) = (Pack::of(car), car.soc_percent(), Ascii::of(&car.vin));
        let rated_dv = pack.dv(pack.nominal_mv()).max(1);
        let (empty, full) = car.model.pack_dv;
        let year = model::time::Zone::shanghai().local(at).day / 10_000;
        let handshake = BmsHandshake {
            trade_no,
            pile,
            gun,
            bms_protocol: Raw([1, 1, 0]),
            battery_type: if pack.is_lfp { 3 } else { 6 },
            rated_capacity: wire(pack.capacity_dah()),
            rated_voltage: wire(rated_dv),
            battery_maker: Ascii::of("CATL"),
            pack_serial: 1,
            made_year: wire(year - 1_985 - 2),
            made_month: 6,
            made_day: 18,
            cycle_count: Raw([0x2A, 0x01, 0]),
            ownership: 1,
            reserved: 0,
            vin,
            bms_software: Raw([0xFF; 8]),
        };
        let limit_da = (rated_w.max(60_000) * 100 / rated_dv).min(4_000);
        let parameters = BmsParameters {
            trade_no,
            pile,
            gun,
            cell_max_voltage: wire(pack.allowed_mv() / 10),
            max_current: coding.write(limit_da),
            total_energy: wire(pack.wh / 100),
            max_total_voltage: wire(pack.dv(pack.allowed_mv())),
            max_temp: 105,
            soc: wire(soc * 10),
            battery_voltage: wire(empty + (full - empty) * soc / 100),
            pile_max_voltage: 10_000,
            pile_min_voltage: 2_000,
            pile_max_current: coding.write(2_500),
            pile_min_current: coding.write(0),
        };
        self.say(&handshake);
        self.say(&parameters);
    }

    /// 0x23 and 0x25, beside each 0x13 of a session.
    pub(super) fn battery_reported(&mut self, connector: usize, realtime: &Realtime) {
        let coding = self.coding();
        if !self.passes_on() {
            return;
        }
        let Some(slot) = self.slot(connector) else { return };
        let temperature = slot.bay.battery_c();
        let Some(car) = slot.bay.car.as_ref() else { return };
        let (pack, soc) = (Pack::of(car), car.soc_percent());
        let (empty, full) = car.model.pack_dv;
        let current = i64::from(realtime.current);
        let demand = BmsDemand {
            trade_no: realtime.trade_no,
            pile: realtime.pile,
            gun: realtime.gun,
            demand_voltage: wire(pack.dv(pack.allowed_mv())),
            demand_current: coding.write(current + current / 40),
            mode: 2,
            meas_voltage: realtime.voltage,
            meas_current: coding.write(current),
            cell_max_v_group: wire(pack.highest_mv(empty + (full - empty) * soc / 100) / 10),
            soc: realtime.soc,
            remaining_minutes: realtime.remaining_minutes,
            out_voltage: realtime.voltage,
            out_current: coding.write(current),
            charged_minutes: realtime.charged_minutes.min(600),
        };
        let status = BmsStatus {
            trade_no: realtime.trade_no,
            pile: realtime.pile,
            gun: realtime.gun,
            cell_max_v_no: 11,
            max_temp: wire(temperature + 50),
            max_temp_no: 3,
            min_temp: wire(temperature + 47),
            min_temp_no: 7,
            flags1: if temperature >= HOT_C { 0x40 } else { 0 },
            flags2: 0x10,
        };
        self.say(&demand);
        self.say(&status);
    }

    /// Why it ended and what it came to: 0x1D or 0x21, and 0x19.
    pub(super) fn battery_ended(&mut self, connector: usize, trade_no: TradeNo, reason: u8) {
        let (pile, gun) = (self.number, Pile::gun(connector));
        if !self.passes_on() {
            return;
        }
        let Some(slot) = self.slot(connector) else { return };
        let temperature = slot.bay.battery_c();
        let Some(car) = slot.bay.car.as_ref() else { return };
        let (pack, soc) = (Pack::of(car), car.soc_percent());
        let (empty, full) = car.model.pack_dv;
        let highest: u16 = wire(pack.highest_mv(empty + (full - empty) * soc / 100) / 10);
        match reason {
            0x41 => {
                self.say(&BmsStop { trade_no, pile, gun, stop_reason: 0x01, stop_fault: 0, stop_error: 0 });
            }
            // The talk with the car breaks off with the plug.
            0x6B => {
                let error_bits = Raw([0, 0, 0, 0, 0, 0, 0x01, 0]);
                self.say(&BmsError { trade_no, pile, gun, error_bits });
                return;
            }
            reason => {
                let (stop_reason, stop_fault) = match reason {
                    0x45 => (0x04, 0),
                    0x72 => (0x10, 0x0100),
                    0x71 => (0x10, 0x0400),
                    _ => (0x01, 0),
                };
                self.say(&ChargerStop { trade_no, pile, gun, stop_reason, stop_fault, stop_error: 0 });
            }
        }
        let end = BmsEnd {
            trade_no,
            pile,
            gun,
            end_soc: wire(soc),
            cell_min_voltage: highest.saturating_sub(6),
            cell_max_voltage: highest,
            min_temp: wire(temperature + 47),
            max_temp: wire(temperature + 50),
            charged_minutes: 0,
            energy: 0,
            charger_no: 1,
        };
        self.say(&end);
    }

    fn coding(&self) -> CurrentCoding {
        self.config.behaviours.dialect.current_coding.unwrap_or(CurrentCoding::Plain)
    }

    /// 0x61 of every gun that is due, or of one that has just changed.
    pub(super) fn locks_report(&mut self, now: Timestamp) {
        let pile = self.number;
        for connector in 1..=self.slots.len() {
            let Some(slot) = self.slot(connector).filter(|slot| slot.lock_report_at <= now) else { continue };
            slot.lock_report_at = now.plus_ms(LOCK_EVERY_MS);
            let report = lock_report(pile, connector, slot);
            self.say(&report);
        }
    }

    pub(super) fn lock_asked(&mut self, ask: &GroundLock, sequence: [u8; 2], now: Timestamp) {
        let has_locks = self.config.behaviours.ground_locks;
        let slot = self.slot(usize::from(ask.gun));
        let result = u8::from(slot.is_some());
        if let Some(slot) = slot.filter(|_| has_locks) {
            slot.lock_raised = ask.action == RAISED;
            slot.lock_report_at = now;
        }
        let reply = GroundLockReply { pile: self.number, gun: ask.gun, result, reserved: Raw([0; 4]) };
        self.reply(&reply, sequence);
        self.locks_report(now);
    }

    /// The locks begin to be told of once the pile is let in.
    pub(super) fn locks_wake(&mut self, now: Timestamp) {
        let at = if self.config.behaviours.ground_locks { now } else { NEVER };
        self.slots.iter_mut().for_each(|slot| slot.lock_report_at = at);
        self.locks_report(now);
    }
}

/// From here on a pack says that it is too hot.
const HOT_C: i64 = 52;

fn lock_report(pile: PileNo, connector: usize, slot: &Slot) -> GroundLockReport {
    let parked = slot.bay.car.is_some();
    GroundLockReport {
        pile,
        gun: u8::try_from(connector).unwrap_or(u8::MAX),
        // A car stands on it only when it is down.
        lock_state: if slot.lock_raised && !parked { RAISED } else { LOWERED },
        park_state: if parked { 0xFF } else { 0 },
        battery_pct: 86,
        alarm: 0,
        reserved: Raw([0; 4]),
    }
}
