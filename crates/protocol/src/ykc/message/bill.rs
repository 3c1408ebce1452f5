//! 0x3B transaction record 交易记录, 0x40 its confirmation 交易记录确认 (section 4.3).

use super::frame_body;
use super::show::{amount, card, choice, energy, gun, meter, plain, price, text, time};
use crate::ykc::codes::{stop_class, stop_words};
use crate::ykc::field::{Ascii, CardNo, Cp56, Field, Gun, Meter, PileNo};
use model::Text;
use model::card::Token;
use model::device::{PileBill, PileBillPeriod, StopReason};
use model::energy::Energy;
use model::id::TradeNo;
use model::money::{Amount, Price};
use model::order::StartMode;
use model::time::Zone;

/// What the pile counted in one price period: price yuan/kWh × 10⁵ (electricity + service), energies
/// kWh × 10⁴, amount yuan × 10⁴.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillPeriod {
    pub price: u32,
    pub energy: u32,
    pub loss_energy: u32,
    pub amount: u32,
}

impl Field for BillPeriod {
    const LEN: usize = 16;
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = crate::ykc::field::Cursor(bytes);
        Some(BillPeriod {
            price: cursor.take()?,
            energy: cursor.take()?,
            loss_energy: cursor.take()?,
            amount: cursor.take()?,
        })
    }
    fn put(&self, out: &mut Vec<u8>) {
        self.price.put(out);
        self.energy.put(out);
        self.loss_energy.put(out);
        self.amount.put(out);
    }
}

frame_body! {
    /// 0x3B, pile to platform: within 30 s of the end of every session that the pile carried out;
    /// repeated after 30 s, three times, then once after 5 min, then after the next login. The VIN
    /// stands in normal order here.
    Bill = 0x3B {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        start_time: Cp56 = "开始时间", "start", time;
        end_time: Cp56 = "结束时间", "end", time;
        sharp: BillPeriod = "尖（单价、电量、计损电量、金额）", "sharp (price, energy, with losses, amount)", period;
        peak: BillPeriod = "峰（单价、电量、计损电量、金额）", "peak (price, energy, with losses, amount)", period;
        flat: BillPeriod = "平（单价、电量、计损电量、金额）", "flat (price, energy, with losses, amount)", period;
        valley: BillPeriod = "谷（单价、电量、计损电量、金额）", "valley (price, energy, with losses, amount)", period;
        meter_start: Meter = "电表总起值", "meter at start", meter;
        meter_end: Meter = "电表总止值", "meter at end", meter;
        total_energy: u32 = "总电量", "total energy", energy;
        total_loss_energy: u32 = "计损总电量", "total energy with losses", energy;
        total_amount: u32 = "消费金额", "total amount", amount;
        vin: Ascii<17> = "电动汽车唯一标识", "VIN", text;
        trade_flag: u8 = "交易标识", "started by", |v| choice(*v, &[
            (1, "app启动", "app"), (2, "卡启动", "card"), (4, "离线卡启动", "offline card"), (5, "vin码启动", "VIN")]);
        trade_time: Cp56 = "交易日期、时间", "time of the record", time;
        stop_reason: u8 = "停止原因", "stop reason", stop;
        physical_card: CardNo = "物理卡号", "physical card", card;
    }
}

frame_body! {
    /// 0x40, platform to pile: sent only after the bill was made durable, for every repeat too.
    BillReply = 0x40 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        result: u8 = "确认结果", "result", |v| choice(*v, &[(0, "上传成功", "received"), (1, "非法账单", "illegal bill")]);
    }
}

impl Bill {
    pub fn to_bill(&self, zone: &Zone) -> PileBill {
        let energy = |raw: u32| Energy::from_dwh(i64::from(raw));
        let period = |raw: &BillPeriod| PileBillPeriod {
            price: Price(i64::from(raw.price)),
            energy: energy(raw.energy),
            loss_energy: energy(raw.loss_energy),
            amount: Amount(i64::from(raw.amount)),
        };
        PileBill {
            session: self.trade_no,
            connector: self.gun.no(),
            started_at: self.start_time.at(zone),
            ended_at: self.end_time.at(zone),
            periods: [&self.sharp, &self.peak, &self.flat, &self.valley].map(period),
            meter_start: Energy::from_dwh(self.meter_start.dwh()),
            meter_end: Energy::from_dwh(self.meter_end.dwh()),
            energy: energy(self.total_energy),
            loss_energy: energy(self.total_loss_energy),
            amount: Amount(i64::from(self.total_amount)),
            vin: self.vin.text(),
            mode: match self.trade_flag {
                1 => StartMode::App,
                2 => StartMode::Card,
                4 => StartMode::OfflineCard,
                5 => StartMode::Vin,
                _ => StartMode::Pile,
            },
            traded_at: self.trade_time.at(zone),
            reason: StopReason {
                class: stop_class(self.stop_reason),
                code: format!("ykc:{:02X}", self.stop_reason),
            },
            card: self.physical_card.text().map(Token::card),
        }
    }
}

fn period(period: &BillPeriod) -> Text {
    let parts =
        [price(&period.price), energy(&period.energy), energy(&period.loss_energy), amount(&period.amount)];
    let zh: Vec<&str> = parts.iter().map(|part| part.zh.as_ref()).collect();
    let en: Vec<&str> = parts.iter().map(|part| part.en.as_ref()).collect();
    Text::new(zh.join(", "), en.join(", "))
}

fn stop(code: &u8) -> Text {
    let words = stop_words(*code);
    Text::new(format!("{code:02X} {}", words.zh), format!("{code:02X} {}", words.en))
}
