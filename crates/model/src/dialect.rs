//! 方言: how a pile departs from the paper of its protocol.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::words! {
    /// How a 云快充 pile writes the currents of its BMS frames (section 5.4).
    CurrentCoding {
        /// I × 10, as captured piles do.
        Plain = "plain",
        /// I × 10 + 4000
        Plus = "plus_4000",
        /// 4000 − I × 10, as on the car's bus.
        Minus = "minus_4000",
    }

    /// What one step of an energy field of 0x13 and 0x3B is.
    EnergyUnit {
        /// 0.0001 kWh, as the paper has it since V1.4.
        Dwh = "dwh",
        /// 0.001 kWh
        Wh = "wh",
        /// 0.01 kWh
        TenWh = "ten_wh",
    }
}

impl EnergyUnit {
    /// How many 0.1 Wh one step is.
    pub fn dwh(self) -> i64 {
        match self {
            EnergyUnit::Dwh => 1,
            EnergyUnit::Wh => 10,
            EnergyUnit::TenWh => 100,
        }
    }
}

/// Where a 云快充 pile departs from V1.5/V1.6. What is not said is as the paper has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DialectRules {
    /// It takes only frames whose check has its high byte first. Both are understood from it in any case.
    pub crc_high_first: bool,
    /// "Bit1" of the hardware faults is the mask 0x0002, not 0x0001.
    pub fault_bit_two: bool,
    /// Not given: learned from the pile's own 0x13.
    pub current_coding: Option<CurrentCoding>,
    pub energy_unit: EnergyUnit,
    /// The meter readings of its bills begin at zero with each session: they are no readings.
    pub meter_from_zero: bool,
    /// What is appended to a remote start (0x34), 0 to 255.
    pub start_tail: Option<i64>,
    /// It knows the stop reasons that 易联桩 has beyond the paper.
    pub extra_stop_codes: bool,
    /// What it is answered waits for so long, 0 to 3000.
    pub reply_delay_ms: i64,
    /// Sent after every log-in (0xF0), for the code on its screen; the pile appends its number and the gun.
    pub qr_prefix: Option<String>,
}

impl Default for DialectRules {
    fn default() -> DialectRules {
        DialectRules {
            crc_high_first: false,
            fault_bit_two: false,
            current_coding: None,
            energy_unit: EnergyUnit::Dwh,
            meter_from_zero: false,
            start_tail: None,
            extra_stop_codes: false,
            reply_delay_ms: 0,
            qr_prefix: None,
        }
    }
}

/// Longer than this no pile was seen to need.
const DELAY_MAX_MS: i64 = 3_000;

/// As much as a frame holds.
const PREFIX_MAX: usize = 200;

impl DialectRules {
    pub fn checked(mut self) -> Result<DialectRules> {
        if !(0..=DELAY_MAX_MS).contains(&self.reply_delay_ms) {
            return Err(Error::invalid(
                "rules.reply_delay_ms",
                format!("应答延迟应为 0 到 {DELAY_MAX_MS} 毫秒"),
                format!("The delay of answers is 0 to {DELAY_MAX_MS} ms."),
            ));
        }
        if self.start_tail.is_some_and(|byte| !(0..=255).contains(&byte)) {
            return Err(Error::invalid(
                "rules.start_tail",
                "启动帧附加字节应为 0 到 255",
                "The byte appended to a start is 0 to 255.",
            ));
        }
        self.qr_prefix = self.qr_prefix.map(|prefix| prefix.trim().to_owned()).filter(|p| !p.is_empty());
        if let Some(prefix) = &self.qr_prefix
            && (prefix.len() > PREFIX_MAX || !prefix.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(Error::invalid(
                "rules.qr_prefix",
                format!("二维码前缀最多 {PREFIX_MAX} 个字符，只能是英文字母、数字和符号，不含空格"),
                format!(
                    "The prefix of the code is at most {PREFIX_MAX} letters, digits and signs without spaces."
                ),
            ));
        }
        Ok(self)
    }
}

impl CurrentCoding {
    /// In 0.1 A; `None` for what cannot be a current so.
    pub fn read(self, raw: u16) -> Option<i64> {
        let raw = i64::from(raw);
        let current = match self {
            CurrentCoding::Plain => raw,
            CurrentCoding::Plus => raw - 4_000,
            CurrentCoding::Minus => 4_000 - raw,
        };
        (0..=20_000).contains(&current).then_some(current)
    }

    /// As the pile writes it.
    pub fn write(self, current_da: i64) -> u16 {
        let raw = match self {
            CurrentCoding::Plain => current_da,
            CurrentCoding::Plus => current_da + 4_000,
            CurrentCoding::Minus => 4_000 - current_da,
        };
        u16::try_from(raw.max(0)).unwrap_or(u16::MAX)
    }

    /// Which one makes of `raw` the current that was measured elsewhere at the same gun; `None` where
    /// it cannot be told.
    pub fn guess(raw: u16, measured_da: i64) -> Option<CurrentCoding> {
        /// Below an ampere everything looks alike.
        const LEAST_DA: i64 = 10;
        if measured_da < LEAST_DA {
            return (raw > 4_000).then_some(CurrentCoding::Plus);
        }
        let apart = |coding: CurrentCoding| coding.read(raw).map_or(i64::MAX, |c| (c - measured_da).abs());
        let mut all = [CurrentCoding::Plain, CurrentCoding::Plus, CurrentCoding::Minus]
            .map(|coding| (apart(coding), coding));
        all.sort_by_key(|(apart, _)| *apart);
        let [(near, nearer), (far, _), _] = all;
        // Near enough, and not as near as the others.
        (near <= measured_da / 5 + 50 && far.saturating_sub(near) > 100).then_some(nearer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coding_of_a_current_is_guessed_from_what_was_measured() {
        use CurrentCoding::{Minus, Plain, Plus};
        let cases = [
            // 110.5 A in the three codings (section 5.4), and the captured frame S2.
            (1_105, 1_105, Some(Plain)),
            (5_105, 1_105, Some(Plus)),
            (2_895, 1_105, Some(Minus)),
            (568, 566, Some(Plain)),
            // A pile with cooled cables: 471.5 A, more than the offset.
            (4_715, 4_700, Some(Plain)),
            // A demand is not quite what flows.
            (1_200, 1_105, Some(Plain)),
            (4_001, 0, Some(Plus)),
            // In the middle both agree; without a current everything does; far from both is nothing.
            (2_000, 2_000, None),
            (0, 0, None),
            (4_000, 3, None),
            (900, 2_500, None),
        ];
        for (raw, measured, want) in cases {
            assert_eq!(CurrentCoding::guess(raw, measured), want, "{raw} {measured}");
        }
        for coding in CurrentCoding::ALL {
            assert_eq!(coding.read(coding.write(1_105)), Some(1_105));
        }
        assert_eq!((Plus.read(3_999), Minus.read(4_001)), (None, None));
    }
}
