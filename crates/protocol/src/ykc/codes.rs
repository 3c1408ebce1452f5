//! The code tables of section 5: stop reasons (5.1) and hardware fault bits (5.2), in both languages.

use model::Text;
use model::order::StopClass;

/// The sentence for a stop code of an order, `ykc:40`; `None` when it is not one of 云快充.
pub fn stop_text(code: &str) -> Option<Text> {
    let digits = code.strip_prefix("ykc:")?;
    if let Some(extra) = digits.strip_prefix("yilian:") {
        let extra = u8::from_str_radix(extra, 16).ok()?;
        return EXTRA_STOPS.iter().find(|one| one.0 == extra).map(|one| Text::of(one.1, one.2));
    }
    if digits.len() != 2 {
        return None;
    }
    u8::from_str_radix(digits, 16).ok().map(stop_words)
}

/// What 易联桩 has beyond the paper: its class, and the code under which an order keeps it.
pub fn extra_stop(code: u8) -> Option<(StopClass, String)> {
    EXTRA_STOPS.iter().find(|(known, ..)| *known == code)?;
    let class = if matches!(code, 0x8A | 0x8B) { StopClass::Safety } else { StopClass::Fault };
    Some((class, format!("ykc:yilian:{code:02X}")))
}

static EXTRA_STOPS: &[(u8, &str, &str)] = &[
    (0x78, "输出短路", "output short circuit"),
    (0x8A, "桩过温", "pile over temperature"),
    (0x8B, "枪头过温", "plug over temperature"),
    (0x8C, "过压", "over voltage"),
    (0x8D, "欠压", "under voltage"),
    (0x8E, "过流", "over current"),
    (0x91, "CP 故障", "control pilot fault"),
    (0x92, "接地故障", "earth fault"),
    (0x93, "继电器黏连", "relay stuck"),
    (0x94, "漏电模块自检故障", "leakage self-test failed"),
    (0x95, "二极管检测异常", "diode check failed"),
];

/// The words for a stop reason; a code that is not in the table is shown as it is.
pub fn stop_words(code: u8) -> Text {
    match STOP_REASONS.iter().find(|(known, _, _)| *known == code) {
        Some((_, zh, en)) => Text::of(zh, en),
        None => Text::new(format!("未知({code:02X})"), format!("unknown ({code:02X})")),
    }
}

/// The grouping of section 5.1's last paragraph.
pub fn stop_class(code: u8) -> StopClass {
    match code {
        0x4E | 0x6E => StopClass::Balance,
        0x50 | 0x72 => StopClass::Emergency,
        0x54 | 0x57 | 0x7C | 0x7E | 0x80 => StopClass::Safety,
        0x40..=0x49 => StopClass::Normal,
        0x4A..=0x69 => StopClass::StartFailed,
        0x6A..=0x8F => StopClass::Fault,
        _ => StopClass::Unknown,
    }
}

/// Whether the car, its battery or whoever pulled the plug has ended it, or kept it from beginning: no fault of the pile.
pub fn stop_by_vehicle(code: u8) -> bool {
    matches!(code, 0x4B | 0x52 | 0x54 | 0x59..=0x62 | 0x6B | 0x7B..=0x82 | 0x84..=0x88)
}

/// Which mask the document's "Bit1" is. It differs between vendors (section 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaultBase {
    /// Bit1 = 0x0001.
    #[default]
    One,
    /// Bit1 = 0x0002 (易联桩).
    Two,
}

/// The words for the hardware fault bits of 0x13; `None` when no bit is set.
pub fn fault_bits_text(bits: u16, base: FaultBase) -> Option<Text> {
    let shift = match base {
        FaultBase::One => 0,
        FaultBase::Two => 1,
    };
    let mut zh = Vec::new();
    let mut en = Vec::new();
    for bit in (0..16u16).filter(|bit| bits >> bit & 1 == 1) {
        match bit.checked_sub(shift).and_then(|index| FAULT_BITS.get(usize::from(index))) {
            Some((name_zh, name_en)) => {
                zh.push((*name_zh).to_owned());
                en.push((*name_en).to_owned());
            }
            None => {
                zh.push(format!("未知(位 {bit})"));
                en.push(format!("unknown (bit {bit})"));
            }
        }
    }
    (bits != 0).then(|| Text::new(zh.join("、"), en.join(", ")))
}

/// The sentence for a fault code of a connector: `ykc:hw_fault:0001`, `ykc:gun_fault`.
pub fn fault_text(code: &str, base: FaultBase) -> Option<Text> {
    if code == "ykc:gun_fault" {
        return Some(Text::of("枪故障（心跳上报）", "gun fault (told by the heartbeat)"));
    }
    let bits = u16::from_str_radix(code.strip_prefix("ykc:hw_fault:")?, 16).ok()?;
    Some(
        fault_bits_text(bits, base)
            .unwrap_or_else(|| Text::of("桩故障（未说明）", "pile fault (not specified)")),
    )
}

/// From the document's Bit1 upwards. Bit14 and Bit15 are used by 易联桩 only.
static FAULT_BITS: [(&str, &str); 15] = [
    ("急停按钮动作故障", "emergency stop pressed"),
    ("无可用整流模块", "no usable rectifier module"),
    ("出风口温度过高", "outlet air too hot"),
    ("交流防雷故障", "AC surge arrester fault"),
    ("交直流模块 DC20 通信中断", "AC/DC module DC20 link lost"),
    ("绝缘检测模块 FC08 通信中断", "insulation monitor FC08 link lost"),
    ("电度表通信中断", "energy meter link lost"),
    ("读卡器通信中断", "card reader link lost"),
    ("RC10 通信中断", "RC10 link lost"),
    ("风扇调速板故障", "fan control board fault"),
    ("直流熔断器故障", "DC fuse fault"),
    ("高压接触器故障", "high-voltage contactor fault"),
    ("门打开", "door open"),
    ("C相继电器黏连", "phase C relay stuck"),
    ("输出短路", "output short circuit"),
];

#[rustfmt::skip]
static STOP_REASONS: &[(u8, &str, &str)] = &[
    (0x40, "APP 远程停止", "stopped remotely by the app"),
    (0x41, "SOC 达到 100%", "SOC reached 100 %"),
    (0x42, "充电电量满足设定条件", "energy limit reached"),
    (0x43, "充电金额满足设定条件", "amount limit reached"),
    (0x44, "充电时间满足设定条件", "time limit reached"),
    (0x45, "手动停止充电", "stopped by hand at the pile"),
    (0x46, "其他方式（预留）", "reserved"),
    (0x47, "其他方式（预留）", "reserved"),
    (0x48, "其他方式（预留）", "reserved"),
    (0x49, "其他方式（预留）", "reserved"),
    (0x4A, "充电桩控制系统故障(需要重启或自动恢复)", "pile controller fault (reboot or wait)"),
    (0x4B, "控制导引断开", "control pilot open"),
    (0x4C, "断路器跳位", "breaker tripped"),
    (0x4D, "电表通信中断", "meter link lost"),
    (0x4E, "余额不足", "balance too low"),
    (0x4F, "充电模块故障", "power module fault"),
    (0x50, "急停开入", "emergency stop pressed"),
    (0x51, "防雷器异常", "surge arrester abnormal"),
    (0x52, "BMS 未就绪", "BMS not ready"),
    (0x53, "温度异常", "temperature abnormal"),
    (0x54, "电池反接故障", "battery polarity reversed"),
    (0x55, "电子锁异常", "electronic lock abnormal"),
    (0x56, "合闸失败", "contactor failed to close"),
    (0x57, "绝缘异常", "insulation abnormal"),
    (0x58, "预留", "reserved"),
    (0x59, "接收 BMS 握手报文 BHM 超时", "BHM timeout"),
    (0x5A, "BRM 超时", "BRM timeout"),
    (0x5B, "BCP 超时", "BCP timeout"),
    (0x5C, "BRO AA 超时", "BRO AA timeout"),
    (0x5D, "BCS 超时", "BCS timeout"),
    (0x5E, "BCL 超时", "BCL timeout"),
    (0x5F, "BSM 超时", "BSM timeout"),
    (0x60, "GB2015 电池在 BHM 阶段有电压不允许充电", "voltage present in the BHM stage (2015 standard), charging not allowed"),
    (0x61, "BRO_AA 时电池实际电压与 BCP 报文差距大于 5%", "battery voltage differs from BCP by more than 5 %"),
    (0x62, "预充电阶段从 BRO_AA 变成 BRO_00", "BRO went from AA to 00 in pre-charge"),
    (0x63, "接收主机配置报文超时", "host configuration timeout"),
    (0x64, "充电机未准备就绪,没有回 CRO AA（老国标）", "charger not ready, no CRO AA (old standard)"),
    (0x65, "预留", "reserved"),
    (0x66, "预留", "reserved"),
    (0x67, "预留", "reserved"),
    (0x68, "预留", "reserved"),
    (0x69, "预留", "reserved"),
    (0x6A, "系统闭锁", "system locked"),
    (0x6B, "导引断开", "control pilot open (often: plug pulled)"),
    (0x6C, "断路器跳位", "breaker tripped"),
    (0x6D, "电表通信中断", "meter link lost"),
    (0x6E, "余额不足", "balance used up"),
    (0x6F, "交流保护动作", "AC protection"),
    (0x70, "直流保护动作", "DC protection"),
    (0x71, "充电模块故障", "power module fault"),
    (0x72, "急停开入", "emergency stop"),
    (0x73, "防雷器异常", "surge arrester"),
    (0x74, "温度异常", "temperature"),
    (0x75, "输出异常", "output abnormal"),
    (0x76, "充电无流", "no current"),
    (0x77, "电子锁异常", "electronic lock"),
    (0x78, "预留", "reserved"),
    (0x79, "总充电电压异常", "total voltage"),
    (0x7A, "总充电电流异常", "total current"),
    (0x7B, "单体充电电压异常", "cell voltage"),
    (0x7C, "电池组过温", "pack over temperature"),
    (0x7D, "最高单体充电电压异常", "highest cell voltage"),
    (0x7E, "最高电池组过温", "highest pack temperature"),
    (0x7F, "BMV 单体充电电压异常", "BMV cell voltage"),
    (0x80, "BMT 电池组过温", "BMT pack temperature"),
    (0x81, "电池状态异常停止充电", "battery state abnormal"),
    (0x82, "车辆发报文禁止充电", "vehicle forbade charging"),
    (0x83, "充电桩断电", "pile lost power"),
    (0x84, "BCS 超时（接收电池充电总状态报文超时）", "BCS timeout"),
    (0x85, "BCL 超时", "BCL timeout"),
    (0x86, "BSM 超时", "BSM timeout"),
    (0x87, "BST 超时", "BST timeout"),
    (0x88, "BSD 超时（BMS 充电统计）", "BSD timeout"),
    (0x89, "接收对侧 CCS 报文超时", "peer CCS timeout"),
    (0x8A, "预留", "reserved"),
    (0x8B, "预留", "reserved"),
    (0x8C, "预留", "reserved"),
    (0x8D, "预留", "reserved"),
    (0x8E, "预留", "reserved"),
    (0x8F, "预留", "reserved"),
    (0x90, "未知原因停止", "unknown"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_codes_have_words_in_both_languages() {
        let app = stop_text("ykc:40").unwrap();
        assert_eq!((app.zh.as_ref(), app.en.as_ref()), ("APP 远程停止", "stopped remotely by the app"));
        for code in 0x40..=0x90 {
            let words = stop_text(&format!("ykc:{code:02X}")).unwrap();
            assert!(!words.zh.contains("未知(") && !words.en.is_empty(), "{code:02X}");
        }
        assert_eq!(stop_text("ykc:91").unwrap().zh, "未知(91)");
        for foreign in ["ocpp:Local", "ykc:", "ykc:4", "ykc:zz", "ykc:é"] {
            assert_eq!(stop_text(foreign), None);
        }
    }

    #[test]
    fn what_a_car_has_ended_is_told_from_what_a_pile_has() {
        for (code, vehicle) in [
            ("ykc:40", false),
            ("ykc:4A", false),
            ("ykc:4F", false),
            ("ykc:52", true),
            ("ykc:57", false),
            ("ykc:59", true),
            ("ykc:63", false),
            ("ykc:6B", true),
            ("ykc:71", false),
            ("ykc:7B", true),
            ("ykc:83", false),
            ("ykc:88", true),
            ("ykc:89", false),
            ("ykc:é", false),
            ("ykc:yilian:8C", false),
            ("ocpp:EVDisconnected", true),
            ("ocpp:PowerLoss", false),
            ("other", false),
        ] {
            assert_eq!(crate::stop_by_vehicle(code), vehicle, "{code}");
        }
    }

    #[test]
    fn stop_codes_are_grouped_for_the_operator() {
        let groups = [
            (0x40, StopClass::Normal),
            (0x45, StopClass::Normal),
            (0x4A, StopClass::StartFailed),
            (0x64, StopClass::StartFailed),
            (0x4E, StopClass::Balance),
            (0x6E, StopClass::Balance),
            (0x50, StopClass::Emergency),
            (0x72, StopClass::Emergency),
            (0x57, StopClass::Safety),
            (0x80, StopClass::Safety),
            (0x6B, StopClass::Fault),
            (0x90, StopClass::Unknown),
            (0x00, StopClass::Unknown),
        ];
        for (code, class) in groups {
            assert_eq!(stop_class(code), class, "{code:02X}");
        }
    }

    #[test]
    fn fault_bits_follow_the_base_of_the_vendor() {
        assert_eq!(fault_bits_text(0, FaultBase::One), None);
        assert_eq!(fault_bits_text(0x0041, FaultBase::One).unwrap().zh, "急停按钮动作故障、电度表通信中断");
        assert_eq!(fault_bits_text(0x0002, FaultBase::Two).unwrap().en, "emergency stop pressed");
        assert_eq!(fault_text("ykc:hw_fault:8000", FaultBase::One).unwrap().en, "unknown (bit 15)");
        assert_eq!(
            fault_text("ykc:hw_fault:8001", FaultBase::Two).unwrap().en,
            "unknown (bit 0), output short circuit"
        );
        assert_eq!(fault_text("GroundFailure", FaultBase::One), None);
    }
}
