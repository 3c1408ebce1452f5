//! What BMS frames mean for a session (section 4.2). Zero temperatures, voltages and states of charge
//! mean "not told".

use super::Session;
use crate::ykc::bms_codes::battery_words;
use crate::ykc::field::{Ascii, Gun};
use crate::ykc::message::bms::{
    BmsDemand, BmsEnd, BmsError, BmsHandshake, BmsParameters, BmsStatus, BmsStop, ChargerStop,
};
use crate::ykc::message::{Body, Message};
use model::battery::{BatteryNews, BatteryNow, BatteryReport, BatteryType, BatteryWord};
use model::dialect::CurrentCoding;
use model::id::{SessionKey, TradeNo};

impl Session {
    /// `None`: not a BMS frame, or of no session.
    pub(super) fn battery(&mut self, message: &Message) -> Option<BatteryNews> {
        let (trade_no, gun, told) = match message {
            Message::BmsHandshake(from) => (from.trade_no, from.gun, handshake(from)),
            Message::BmsParameters(from) => (from.trade_no, from.gun, self.parameters(from)),
            Message::BmsDemand(from) => (from.trade_no, from.gun, self.demand(from)),
            Message::BmsStatus(from) => (from.trade_no, from.gun, status(from)),
            Message::BmsEnd(from) => (from.trade_no, from.gun, end(from)),
            Message::BmsError(from) => (from.trade_no, from.gun, error(from)),
            Message::BmsStop(from) => {
                let BmsStop { trade_no, gun, stop_reason, stop_fault, stop_error, .. } = from;
                (*trade_no, *gun, stop(BmsStop::TYPE, *stop_reason, *stop_fault, *stop_error))
            }
            Message::ChargerStop(from) => {
                let ChargerStop { trade_no, gun, stop_reason, stop_fault, stop_error, .. } = from;
                (*trade_no, *gun, stop(ChargerStop::TYPE, *stop_reason, *stop_fault, *stop_error))
            }
            _ => return None,
        };
        named(trade_no, gun, told, message)
    }

    /// The limit may wait for its coding: what flows shows it.
    fn parameters(&mut self, from: &BmsParameters) -> BatteryReport {
        let limit = match self.coding(from.gun, None) {
            Some(coding) => coding.read(from.max_current),
            None => {
                if let Some(state) = self.gun_state(from.gun) {
                    state.limit_raw = Some(from.max_current);
                }
                None
            }
        };
        BatteryReport {
            cell_voltage_allowed_mv: positive(i64::from(from.cell_max_voltage) * 10),
            voltage_allowed_dv: positive(i64::from(from.max_total_voltage)),
            current_allowed_da: limit,
            temperature_allowed_c: celsius(from.max_temp),
            energy_wh: positive(i64::from(from.total_energy) * 100),
            soc_start_percent: percent(i64::from(from.soc) / 10),
            voltage_start_dv: positive(i64::from(from.battery_voltage)),
            pile_voltage_min_dv: positive(i64::from(from.pile_min_voltage)),
            pile_voltage_max_dv: positive(i64::from(from.pile_max_voltage)),
            ..BatteryReport::default()
        }
    }

    fn demand(&mut self, from: &BmsDemand) -> BatteryReport {
        let coding = self.coding(from.gun, Some(from.out_current));
        let current = |raw: u16| coding.and_then(|coding| coding.read(raw));
        let state = self.gun_state(from.gun);
        let limit = coding.zip(state.and_then(|state| state.limit_raw.take_if(|_| coding.is_some())));
        let cell = positive(i64::from(from.cell_max_v_group & 0x0FFF) * 10);
        BatteryReport {
            current_allowed_da: limit.and_then(|(coding, raw)| coding.read(raw)),
            cell_voltage_max_mv: cell,
            now: BatteryNow {
                demand_voltage_dv: positive(i64::from(from.demand_voltage)),
                demand_current_da: current(from.demand_current),
                cell_voltage_mv: cell,
                soc_percent: percent(i64::from(from.soc)),
                remaining_minutes: positive(i64::from(from.remaining_minutes)),
                ..BatteryNow::default()
            },
            ..BatteryReport::default()
        }
    }

    /// How this pile writes currents: as its dialect says, or as its own 0x13 has shown.
    fn coding(&mut self, gun: Gun, raw: Option<u16>) -> Option<CurrentCoding> {
        let measured = self.guns.iter().find(|state| state.gun.no() == gun.no()).and_then(|s| s.current_da);
        self.settings.current_coding.or(self.current_coding).or_else(|| {
            self.current_coding = CurrentCoding::guess(raw?, measured?);
            self.current_coding
        })
    }
}

fn named(trade_no: TradeNo, gun: Gun, told: BatteryReport, message: &Message) -> Option<BatteryNews> {
    let kind = message.kind();
    (!trade_no.is_zero()).then(|| BatteryNews {
        session: SessionKey::Trade(trade_no),
        connector: gun.no(),
        told,
        is_rare: kind != BmsDemand::TYPE && kind != BmsStatus::TYPE,
        is_first: kind == BmsHandshake::TYPE,
    })
}

fn handshake(from: &BmsHandshake) -> BatteryReport {
    let [a, b, c] = from.cycle_count.0;
    let (major, minor) =
        (from.bms_protocol.0[0], u16::from_le_bytes([from.bms_protocol.0[1], from.bms_protocol.0[2]]));
    let day = (from.made_month != 0).then(|| {
        (i64::from(from.made_year) + 1985) * 10_000
            + i64::from(from.made_month) * 100
            + i64::from(from.made_day)
    });
    BatteryReport {
        battery_type: battery_type(from.battery_type),
        capacity_dah: positive(i64::from(from.rated_capacity)),
        rated_voltage_dv: positive(i64::from(from.rated_voltage)),
        maker: printable(&from.battery_maker),
        made_day: day.filter(|day| (1..=12).contains(&(day / 100 % 100)) && (1..=31).contains(&(day % 100))),
        cycle_count: positive(i64::from(u32::from_le_bytes([a, b, c, 0]))),
        vin: printable(&from.vin).filter(|vin| vin.len() == 17),
        bms_protocol: (major != 0).then(|| format!("{major}.{minor}")),
        ..BatteryReport::default()
    }
}

fn battery_type(code: u8) -> Option<BatteryType> {
    Some(match code {
        0x01 => BatteryType::LeadAcid,
        0x02 => BatteryType::NiMh,
        0x03 => BatteryType::Lfp,
        0x04 => BatteryType::Lmo,
        0x05 => BatteryType::Lco,
        0x06 => BatteryType::Ncm,
        0x07 => BatteryType::LiPolymer,
        0x08 => BatteryType::Lto,
        0 => return None,
        _ => BatteryType::Other,
    })
}

fn status(from: &BmsStatus) -> BatteryReport {
    let (least, most) = (celsius(from.min_temp), celsius(from.max_temp));
    BatteryReport {
        temperature_min_c: least,
        temperature_max_c: most,
        now: BatteryNow {
            temperature_min_c: least,
            temperature_max_c: most,
            // A frame of zeros says nothing.
            charge_allowed: allowed(from.flags2).filter(|_| most.is_some()),
            ..BatteryNow::default()
        },
        alarms: battery_words(BmsStatus::TYPE, &[from.flags1, from.flags2]),
        ..BatteryReport::default()
    }
}

/// Bits 5 and 6 of the second byte of flags: 00 forbids, 01 allows; the others say nothing.
fn allowed(flags: u8) -> Option<bool> {
    match flags >> 4 & 3 {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

fn end(from: &BmsEnd) -> BatteryReport {
    BatteryReport {
        soc_end_percent: percent(i64::from(from.end_soc)),
        cell_voltage_min_mv: positive(i64::from(from.cell_min_voltage) * 10),
        cell_voltage_max_mv: positive(i64::from(from.cell_max_voltage) * 10),
        temperature_min_c: celsius(from.min_temp),
        temperature_max_c: celsius(from.max_temp),
        ..BatteryReport::default()
    }
}

fn error(from: &BmsError) -> BatteryReport {
    BatteryReport { alarms: battery_words(BmsError::TYPE, &from.error_bits.0), ..BatteryReport::default() }
}

fn stop(kind: u8, reason: u8, fault: u16, error: u8) -> BatteryReport {
    let [low, high] = fault.to_le_bytes();
    let causes: Vec<BatteryWord> = battery_words(kind, &[reason, low, high, error]);
    BatteryReport { causes, ..BatteryReport::default() }
}

fn printable<const N: usize>(text: &Ascii<N>) -> Option<String> {
    let clean = |text: &String| text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    text.text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty() && clean(text))
}

fn positive(value: i64) -> Option<i64> {
    (value > 0).then_some(value)
}

fn percent(value: i64) -> Option<i64> {
    (1..=100).contains(&value).then_some(value)
}

fn celsius(raw: u8) -> Option<i64> {
    (raw != 0).then(|| i64::from(raw) - 50)
}
