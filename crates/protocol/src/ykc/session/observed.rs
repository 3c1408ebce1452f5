//! What a 0x13 means (section 4.2, small enums 5.5).

use super::{GUNS_MAX, GunState, Session};
use crate::ykc::codes::{FaultBase, fault_bits_text};
use crate::ykc::field::Gun;
use crate::ykc::message::realtime::Realtime;
use model::connector::ConnectorStatus;
use model::device::{Fault, Observation, Sample, SampledEnergy, StatusReport};
use model::energy::Energy;
use model::id::SessionKey;
use model::money::Amount;
use model::time::Timestamp;

const CHARGING: u8 = 3;

pub(super) fn observation(from: &Realtime, base: FaultBase, now: Timestamp) -> Observation {
    let session = (!from.trade_no.is_zero()).then_some(SessionKey::Trade(from.trade_no));
    let charging = from.state == CHARGING;
    let status = match from.state {
        0 => ConnectorStatus::Unavailable,
        1 => ConnectorStatus::Faulted,
        2 if from.plugged == 1 => ConnectorStatus::Preparing,
        2 => ConnectorStatus::Available,
        CHARGING => ConnectorStatus::Charging,
        _ => ConnectorStatus::Unknown,
    };
    let has_fault = status == ConnectorStatus::Faulted || from.hw_fault != 0;
    Observation {
        session,
        status: StatusReport {
            connector: from.gun.no(),
            status,
            error: has_fault.then(|| fault(from.hw_fault, base)),
            at: None,
        },
        charging,
        sample: sample(from, charging || session.is_some(), now),
        amount: Amount(i64::from(from.amount)),
        remaining_minutes: (charging && from.remaining_minutes > 0)
            .then_some(i64::from(from.remaining_minutes)),
    }
}

/// Zero means "not reported" for SOC and temperatures, and for everything while idle. The power is
/// voltage × current, as the frame carries none.
fn sample(from: &Realtime, in_session: bool, now: Timestamp) -> Sample {
    let mut sample = Sample::at(now);
    sample.temperature_c = (from.cable_temp != 0).then_some(i64::from(from.cable_temp) - 50);
    sample.plug_temperature_c = sample.temperature_c;
    if in_session {
        let (voltage, current) = (i64::from(from.voltage), i64::from(from.current));
        sample.energy = Some(SampledEnergy::Session(Energy::from_dwh(i64::from(from.energy))));
        sample.power_w = Some(voltage * current / 100);
        sample.voltage_dv = Some(voltage);
        sample.current_da = Some(current);
        sample.soc_percent = (1..=100).contains(&from.soc).then_some(i64::from(from.soc));
    }
    sample
}

/// The code has the bits as the paper numbers them, whatever the pile's base is.
fn fault(bits: u16, base: FaultBase) -> Fault {
    let paper = match base {
        FaultBase::One => bits,
        FaultBase::Two => bits >> 1,
    };
    Fault {
        code: format!("ykc:hw_fault:{paper:04X}"),
        vendor_code: None,
        info: fault_bits_text(bits, base).map(|text| text.zh.into_owned()),
    }
}

impl Session {
    /// What later frames of this gun are read by.
    pub(super) fn remember(&mut self, gun: Gun, seen: &Observation) {
        if let Some(state) = self.gun_state(gun) {
            state.status = Some(seen.status.status);
            state.current_da = seen.sample.current_da.filter(|_| seen.charging);
        }
    }

    /// The heartbeat's flag against what is known: the report to make when it changed.
    pub(super) fn fault_flag(&mut self, gun: Gun, fault: bool) -> Option<StatusReport> {
        let state = self.gun_state(gun)?;
        let before = state.fault.replace(fault);
        let known = state.status;
        let connector = gun.no();
        match (before, fault) {
            // 0x13 has said it already, and said more.
            (_, true) if known == Some(ConnectorStatus::Faulted) => None,
            (None | Some(false), true) => {
                let error = Fault { code: "ykc:gun_fault".to_owned(), vendor_code: None, info: None };
                Some(StatusReport {
                    connector,
                    status: ConnectorStatus::Faulted,
                    error: Some(error),
                    at: None,
                })
            }
            (Some(true), false) => {
                let status = known.filter(|s| *s != ConnectorStatus::Faulted);
                let status = status.unwrap_or(ConnectorStatus::Available);
                Some(StatusReport { connector, status, error: None, at: None })
            }
            _ => None,
        }
    }

    pub(super) fn gun_state(&mut self, gun: Gun) -> Option<&mut GunState> {
        match self.guns.iter().position(|known| known.gun.no() == gun.no()) {
            Some(index) => self.guns.get_mut(index),
            None if self.guns.len() < GUNS_MAX => {
                self.guns.push(GunState {
                    gun,
                    fault: None,
                    status: None,
                    current_da: None,
                    limit_raw: None,
                });
                self.guns.last_mut()
            }
            None => None,
        }
    }
}
