//! What a DC pile passes on from the car's battery (section 4.2): 0x15, 0x17, 0x19, 0x1B, 0x1D,
//! 0x21, 0x23, 0x25. What they mean for a session: `session/battery.rs`. The two-bit codes (section
//! 5.3) are explained; the currents are shown as they stand, as their coding differs between piles (5.4).

use super::frame_body;
use super::show::volts_hundredth;
use super::show::{celsius, choice, gun, hex8, minutes, percent, plain, raw_current, scaled, text, volts};
use crate::ykc::bms_codes::shown;
use crate::ykc::field::{Ascii, Gun, PileNo, Raw};
use model::id::TradeNo;

const BATTERIES: &[(u8, &str, &str)] = &[
    (0x01, "铅酸电池", "lead-acid"),
    (0x02, "镍氢电池", "NiMH"),
    (0x03, "磷酸铁锂电池", "LFP"),
    (0x04, "锰酸锂电池", "LMO"),
    (0x05, "钴酸锂电池", "LCO"),
    (0x06, "三元材料电池", "NCM"),
    (0x07, "聚合物锂离子电池", "Li-polymer"),
    (0x08, "钛酸锂电池", "LTO"),
    (0xFF, "其他", "other"),
];

frame_body! {
    /// 0x15 充电握手 (GB/T 27930 BRM), pile to platform: once per session.
    BmsHandshake = 0x15 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        bms_protocol: Raw<3> = "BMS通信协议版本号", "BMS protocol", plain;
        battery_type: u8 = "电池类型", "battery type", |v| choice(*v, BATTERIES);
        rated_capacity: u16 = "额定容量", "rated capacity", |v| scaled(i64::from(*v), 1, "Ah");
        rated_voltage: u16 = "额定总电压", "rated voltage", volts;
        battery_maker: Ascii<4> = "电池生产厂商", "battery maker", text;
        pack_serial: u32 = "电池组序号", "pack serial", plain;
        made_year: u8 = "生产年", "year made", |v| scaled(i64::from(*v) + 1985, 0, "");
        made_month: u8 = "生产月", "month made", plain;
        made_day: u8 = "生产日", "day made", plain;
        cycle_count: Raw<3> = "充电次数", "charging cycles", |v| {
            let [a, b, c] = v.0;
            plain(&u32::from_le_bytes([a, b, c, 0]))
        };
        ownership: u8 = "产权标识", "ownership", |v| choice(*v, &[(0, "租赁", "leased"), (1, "自有", "owned")]);
        reserved: u8 = "预留", "reserved", hex8;
        vin: Ascii<17> = "车辆识别码", "VIN", text;
        bms_software: Raw<8> = "BMS软件版本号", "BMS software", plain;
    }
}

frame_body! {
    /// 0x17 参数配置 (BCP), pile to platform: once per session.
    BmsParameters = 0x17 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        cell_max_voltage: u16 = "单体最高允许充电电压", "highest cell voltage allowed", volts_hundredth;
        max_current: u16 = "最高允许充电电流", "highest current allowed", raw_current;
        total_energy: u16 = "标称总能量", "nominal energy", |v| scaled(i64::from(*v), 1, "kWh");
        max_total_voltage: u16 = "最高允许充电总电压", "highest total voltage allowed", volts;
        max_temp: u8 = "最高允许温度", "highest temperature allowed", celsius;
        soc: u16 = "荷电状态", "state of charge", |v| scaled(i64::from(*v), 1, "%");
        battery_voltage: u16 = "当前电池电压", "battery voltage", volts;
        pile_max_voltage: u16 = "电桩最高输出电压", "highest output voltage", volts;
        pile_min_voltage: u16 = "电桩最低输出电压", "lowest output voltage", volts;
        pile_max_current: u16 = "电桩最大输出电流", "highest output current", raw_current;
        pile_min_current: u16 = "电桩最小输出电流", "lowest output current", raw_current;
    }
}

frame_body! {
    /// 0x19 充电结束 (BSD/CSD), pile to platform: once per session.
    BmsEnd = 0x19 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        end_soc: u8 = "中止SOC", "SOC at the end", percent;
        cell_min_voltage: u16 = "单体最低电压", "lowest cell voltage", volts_hundredth;
        cell_max_voltage: u16 = "单体最高电压", "highest cell voltage", volts_hundredth;
        min_temp: u8 = "最低温度", "lowest temperature", celsius;
        max_temp: u8 = "最高温度", "highest temperature", celsius;
        charged_minutes: u16 = "累计充电时间", "charging time", minutes;
        energy: u16 = "输出能量", "energy", |v| scaled(i64::from(*v), 1, "kWh");
        charger_no: u32 = "充电机编号", "charger number", plain;
    }
}

frame_body! {
    /// 0x1B 错误报文 (BEM/CEM), pile to platform.
    BmsError = 0x1B {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        error_bits: Raw<8> = "错误位", "error bits", |v| shown(0x1B, 0, &v.0);
    }
}

macro_rules! stop_body {
    ($(#[$doc:meta])* $name:ident = $kind:literal) => {
        frame_body! {
            $(#[$doc])*
            $name = $kind {
                trade_no: TradeNo = "交易流水号", "trade number", plain;
                pile: PileNo = "桩编号", "pile number", plain;
                gun: Gun = "枪号", "gun", gun;
                stop_reason: u8 = "中止原因", "reason bits", |v| shown($kind, 0, &[*v]);
                stop_fault: u16 = "故障原因", "fault bits", |v| shown($kind, 1, &v.to_le_bytes());
                stop_error: u8 = "错误原因", "error bits", |v| shown($kind, 3, &[*v]);
            }
        }
    };
}

stop_body! {
    /// 0x1D 充电阶段BMS中止 (BST), pile to platform.
    BmsStop = 0x1D
}

stop_body! {
    /// 0x21 充电阶段充电机中止 (CST), pile to platform.
    ChargerStop = 0x21
}

frame_body! {
    /// 0x23 充电过程BMS需求、充电机输出 (BCL/BCS/CCS), pile to platform: every 15 s.
    BmsDemand = 0x23 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        demand_voltage: u16 = "BMS电压需求", "voltage demanded", volts;
        demand_current: u16 = "BMS电流需求", "current demanded", raw_current;
        mode: u8 = "充电模式", "charging mode", |v| choice(*v, &[(1, "恒压", "constant voltage"), (2, "恒流", "constant current")]);
        meas_voltage: u16 = "电压测量值", "voltage measured", volts;
        meas_current: u16 = "电流测量值", "current measured", raw_current;
        cell_max_v_group: u16 = "最高单体电压及组号", "highest cell voltage and its group", |v| {
            let volts = scaled(i64::from(v & 0x0FFF), 2, "V").en;
            model::Text::new(format!("{volts}，第 {} 组", v >> 12), format!("{volts}, group {}", v >> 12))
        };
        soc: u8 = "SOC", "SOC", percent;
        remaining_minutes: u16 = "估算剩余时间", "remaining time", minutes;
        out_voltage: u16 = "电桩电压输出值", "output voltage", volts;
        out_current: u16 = "电桩电流输出值", "output current", raw_current;
        charged_minutes: u16 = "累计充电时间", "charging time", minutes;
    }
}

frame_body! {
    /// 0x25 充电过程BMS信息 (BSM), pile to platform: every 15 s. The numbers are raw (true + 1).
    BmsStatus = 0x25 {
        trade_no: TradeNo = "交易流水号", "trade number", plain;
        pile: PileNo = "桩编号", "pile number", plain;
        gun: Gun = "枪号", "gun", gun;
        cell_max_v_no: u8 = "最高单体电压编号", "cell with the highest voltage", |v| plain(&(u16::from(*v) + 1));
        max_temp: u8 = "最高温度", "highest temperature", celsius;
        max_temp_no: u8 = "最高温度检测点", "point of the highest temperature", |v| plain(&(u16::from(*v) + 1));
        min_temp: u8 = "最低温度", "lowest temperature", celsius;
        min_temp_no: u8 = "最低温度检测点", "point of the lowest temperature", |v| plain(&(u16::from(*v) + 1));
        flags1: u8 = "状态位1", "flags 1", |v| shown(0x25, 0, &[*v]);
        flags2: u8 = "状态位2", "flags 2", |v| shown(0x25, 1, &[*v]);
    }
}
