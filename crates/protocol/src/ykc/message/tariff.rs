//! 0x09 billing model request 充电桩计费模型请求, 0x0A its reply, 0x58 billing model set
//! 计费模型设置, 0x57 its reply (sections 4.1 and 4.4). 0x0A and 0x58 carry the same body.

use super::frame_body;
use super::show::{digits, percent, plain, price, success};
use crate::ykc::field::{Bcd, Field, PileNo, RateNumbers, model_number};
use model::Text;
use model::device::TariffModel;
use model::money::Price;
use model::tariff::{Period, Rate};

/// What a kWh costs in one period: electricity and service fee, yuan/kWh × 10⁵.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireRate {
    pub electricity: u32,
    pub service: u32,
}

impl Field for WireRate {
    const LEN: usize = 8;
    fn read(bytes: &[u8]) -> Option<Self> {
        let (electricity, service) = bytes.split_at_checked(4)?;
        Some(WireRate { electricity: u32::read(electricity)?, service: u32::read(service)? })
    }
    fn put(&self, out: &mut Vec<u8>) {
        self.electricity.put(out);
        self.service.put(out);
    }
}

impl From<Rate> for WireRate {
    fn from(rate: Rate) -> WireRate {
        let wire = |price: Price| u32::try_from(price.0.max(0)).unwrap_or(u32::MAX);
        WireRate { electricity: wire(rate.electricity), service: wire(rate.service) }
    }
}

frame_body! {
    /// 0x09, pile to platform: until answered.
    TariffRequest = 0x09 {
        pile: PileNo = "桩编号", "pile number", plain;
    }
}

frame_body! {
    /// 0x57, pile to platform.
    TariffSetReply = 0x57 {
        pile: PileNo = "桩编号", "pile number", plain;
        result: u8 = "设置结果", "result", success;
    }
}

macro_rules! tariff_body {
    ($(#[$doc:meta])* $name:ident = $kind:literal) => {
        frame_body! {
            $(#[$doc])*
            $name = $kind {
                pile: PileNo = "桩编号", "pile number", plain;
                model_no: Bcd<2> = "计费模型编号", "billing model number", digits;
                sharp: WireRate = "尖费率（电费+服务费）", "sharp rate (electricity + service)", rate;
                peak: WireRate = "峰费率（电费+服务费）", "peak rate (electricity + service)", rate;
                flat: WireRate = "平费率（电费+服务费）", "flat rate (electricity + service)", rate;
                valley: WireRate = "谷费率（电费+服务费）", "valley rate (electricity + service)", rate;
                loss_ratio: u8 = "计损比例", "loss ratio", percent;
                periods: RateNumbers = "时段费率号", "rate of each half hour", periods;
            }
        }

        impl $name {
            /// The loss ratio is always 0: the pile bills what it delivers.
            pub fn of(pile: PileNo, model: &TariffModel) -> $name {
                let rate = |period| WireRate::from(model.tariff.rate(period));
                $name {
                    pile,
                    model_no: model_number(model.model_no),
                    sharp: rate(Period::Sharp),
                    peak: rate(Period::Peak),
                    flat: rate(Period::Flat),
                    valley: rate(Period::Valley),
                    loss_ratio: 0,
                    periods: RateNumbers(model.tariff.periods.map(|period| period as u8)),
                }
            }

            /// The tariff as the pile understands it; `None` when a half hour names a fifth rate.
            pub fn tariff(&self) -> Option<model::tariff::Tariff> {
                let rate = |wire: WireRate| Rate {
                    electricity: Price(i64::from(wire.electricity)),
                    service: Price(i64::from(wire.service)),
                };
                let rates = [rate(self.sharp), rate(self.peak), rate(self.flat), rate(self.valley)];
                let mut periods = [Period::Flat; 48];
                for (slot, number) in periods.iter_mut().zip(self.periods.0) {
                    *slot = *Period::ALL.get(usize::from(number))?;
                }
                Some(model::tariff::Tariff { rates, periods })
            }
        }
    };
}

tariff_body! {
    /// 0x0A, platform to pile. A pile that cannot get a model must refuse to charge.
    TariffReply = 0x0A
}

tariff_body! {
    /// 0x58, platform to pile: only while no gun charges.
    TariffSet = 0x58
}

fn rate(rate: &WireRate) -> Text {
    let (electricity, service) = (price(&rate.electricity), price(&rate.service));
    Text::new(format!("{} + {}", electricity.zh, service.zh), format!("{} + {}", electricity.en, service.en))
}

/// `00:00 谷, 07:00 平, …`: where the rate changes.
fn periods(numbers: &RateNumbers) -> Text {
    let mut zh = String::new();
    let mut en = String::new();
    let mut last = None;
    for (index, number) in numbers.0.iter().enumerate() {
        if last == Some(number) {
            continue;
        }
        last = Some(number);
        let (name_zh, name_en) = match number {
            0 => ("尖", "sharp"),
            1 => ("峰", "peak"),
            2 => ("平", "flat"),
            3 => ("谷", "valley"),
            _ => ("未知", "unknown"),
        };
        let comma = if index == 0 { "" } else { ", " };
        let at = format!("{comma}{:02}:{:02}", index / 2, index % 2 * 30);
        zh.push_str(&format!("{at} {name_zh}"));
        en.push_str(&format!("{at} {name_en}"));
    }
    Text::new(zh, en)
}
