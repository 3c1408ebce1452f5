//! 0x12 read real-time data 读取实时监测数据, 0x13 real-time data 上传实时监测数据 (section 4.2).

use super::frame_body;
use super::show::{amount, amperes, celsius, choice, energy, gun, minutes, percent, plain, volts};
use crate::ykc::codes::{FaultBase, fault_bits_text};
use crate::ykc::field::{Gun, PileNo, Raw};
use model::Text;
use model::id::TradeNo;

frame_body! {
    /// 0x12, platform to pile; the pile answers with 0x13.
    RealtimeRequest = 0x12 {
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
    }
}

frame_body! {
    /// 0x13, pile to platform: idle 5 min, charging 15 s, on change, and on 0x12. The current has
    /// no offset here, unlike 0x23. The trade number is all zero when no session runs.
    Realtime = 0x13 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        state: u8 = "状态", "state", |v| choice(*v, &[
            (0, "离线", "offline"), (1, "故障", "fault"), (2, "空闲", "idle"), (3, "充电", "charging")]);
        gun_home: u8 = "枪是否归位", "gun at home", |v| choice(
            *v, &[(0, "否", "no"), (1, "是", "yes"), (2, "未知", "unknown")]);
        plugged: u8 = "是否插枪", "plugged", |v| choice(*v, &[(0, "否", "no"), (1, "是", "yes")]);
        voltage: u16 = "输出电压", "output voltage", volts;
        current: u16 = "输出电流", "output current", amperes;
        cable_temp: u8 = "枪线温度", "cable temperature", celsius;
        cable_code: Raw<8> = "枪线编码", "cable code", plain;
        soc: u8 = "SOC", "SOC", percent;
        battery_max_temp: u8 = "电池组最高温度", "highest battery temperature", celsius;
        charged_minutes: u16 = "累计充电时间", "charging time", minutes;
        remaining_minutes: u16 = "剩余时间", "remaining time", minutes;
        energy: u32 = "充电度数", "energy", energy;
        loss_energy: u32 = "计损充电度数", "energy with losses", energy;
        amount: u32 = "已充金额", "amount so far", amount;
        hw_fault: u16 = "硬件故障", "hardware faults", faults;
    }
}

fn faults(bits: &u16) -> Text {
    match fault_bits_text(*bits, FaultBase::default()) {
        Some(text) => Text::new(format!("{bits:04X} {}", text.zh), format!("{bits:04X} {}", text.en)),
        None => Text::of("0000 无", "0000 none"),
    }
}
