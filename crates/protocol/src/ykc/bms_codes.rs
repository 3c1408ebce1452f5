//! The two-bit codes of BMS frames (section 5.3), in both languages. 01: it is so; 10: it is not credible.

use model::Text;
use model::battery::BatteryWord;

/// Which frame says it, at which pair of bits counted from the lowest of the first byte, as which word.
type Pair = (u8, usize, &'static str, &'static str, &'static str);

const BMS_ERROR: u8 = 0x1B;
const BMS_STOP: u8 = 0x1D;
const CHARGER_STOP: u8 = 0x21;
const BMS_STATUS: u8 = 0x25;

#[rustfmt::skip]
static PAIRS: &[Pair] = &[
    (BMS_ERROR, 0, "bem:crm_00_timeout", "BMS 接收充电机辨识报文（SPN2560=00）超时", "BMS: charger identification (SPN2560 = 00) timed out"),
    (BMS_ERROR, 1, "bem:crm_aa_timeout", "BMS 接收充电机辨识报文（SPN2560=AA）超时", "BMS: charger identification (SPN2560 = AA) timed out"),
    (BMS_ERROR, 4, "bem:cml_timeout", "BMS 接收时间同步和最大输出能力报文超时", "BMS: time synchronisation and output capability timed out"),
    (BMS_ERROR, 5, "bem:cro_timeout", "BMS 接收充电机完成充电准备报文超时", "BMS: charger ready message timed out"),
    (BMS_ERROR, 8, "bem:ccs_timeout", "BMS 接收充电机充电状态报文超时", "BMS: charger status timed out"),
    (BMS_ERROR, 9, "bem:cst_timeout", "BMS 接收充电机中止充电报文超时", "BMS: charger stop message timed out"),
    (BMS_ERROR, 12, "bem:csd_timeout", "BMS 接收充电机充电统计报文超时", "BMS: charger statistics timed out"),
    (BMS_ERROR, 16, "cem:brm_timeout", "充电机接收 BMS 和车辆辨识报文超时", "charger: BMS and vehicle identification timed out"),
    (BMS_ERROR, 20, "cem:bcp_timeout", "充电机接收电池充电参数报文超时", "charger: battery parameters timed out"),
    (BMS_ERROR, 21, "cem:bro_timeout", "充电机接收 BMS 完成充电准备报文超时", "charger: BMS ready message timed out"),
    (BMS_ERROR, 24, "cem:bcs_timeout", "充电机接收电池充电总状态报文超时", "charger: battery overall status timed out"),
    (BMS_ERROR, 25, "cem:bcl_timeout", "充电机接收电池充电要求报文超时", "charger: battery demand timed out"),
    (BMS_ERROR, 26, "cem:bst_timeout", "充电机接收 BMS 中止充电报文超时", "charger: BMS stop message timed out"),
    (BMS_ERROR, 28, "cem:bsd_timeout", "充电机接收 BMS 充电统计报文超时", "charger: BMS statistics timed out"),
    (BMS_STOP, 0, "bst:soc_reached", "达到所需 SOC 目标值", "the wanted state of charge was reached"),
    (BMS_STOP, 1, "bst:voltage_reached", "达到总电压设定值", "the set total voltage was reached"),
    (BMS_STOP, 2, "bst:cell_voltage_reached", "达到单体电压设定值", "the set cell voltage was reached"),
    (BMS_STOP, 3, "bst:charger_stopped", "充电机主动中止", "the charger stopped"),
    (BMS_STOP, 4, "bst:insulation", "绝缘故障", "insulation fault"),
    (BMS_STOP, 5, "bst:connector_hot", "输出连接器过温", "the output connector was too hot"),
    (BMS_STOP, 6, "bst:bms_hot", "BMS 元件或输出连接器过温", "a part of the BMS was too hot"),
    (BMS_STOP, 7, "bst:connector_fault", "充电连接器故障", "connector fault"),
    (BMS_STOP, 8, "bst:pack_hot", "电池组温度过高", "the pack was too hot"),
    (BMS_STOP, 9, "bst:relay", "高压继电器故障", "high-voltage relay fault"),
    (BMS_STOP, 10, "bst:check_point_2", "检测点 2 电压检测故障", "voltage at check point 2"),
    (BMS_STOP, 11, "bst:other", "BMS 其他故障", "another fault of the BMS"),
    (BMS_STOP, 12, "bst:over_current", "电流过大", "the current was too high"),
    (BMS_STOP, 13, "bst:voltage_abnormal", "电压异常", "the voltage was abnormal"),
    (CHARGER_STOP, 0, "cst:condition_reached", "达到充电机设定的条件", "the charger's set condition was reached"),
    (CHARGER_STOP, 1, "cst:by_hand", "人工中止", "stopped by hand"),
    (CHARGER_STOP, 2, "cst:abnormal", "异常中止", "stopped because of a fault"),
    (CHARGER_STOP, 3, "cst:bms_stopped", "BMS 主动中止", "the BMS stopped"),
    (CHARGER_STOP, 4, "cst:charger_hot", "充电机过温", "the charger was too hot"),
    (CHARGER_STOP, 5, "cst:connector_fault", "充电连接器故障", "connector fault"),
    (CHARGER_STOP, 6, "cst:inside_hot", "充电机内部过温", "the inside of the charger was too hot"),
    (CHARGER_STOP, 7, "cst:no_energy", "所需电量不能传送", "the demanded energy could not be delivered"),
    (CHARGER_STOP, 8, "cst:emergency_stop", "充电机急停", "emergency stop of the charger"),
    (CHARGER_STOP, 9, "cst:other", "充电机其他故障", "another fault of the charger"),
    (CHARGER_STOP, 12, "cst:current_mismatch", "电流不匹配", "the current did not match"),
    (CHARGER_STOP, 13, "cst:voltage_abnormal", "电压异常", "the voltage was abnormal"),
    (BMS_STATUS, 0, "bsm:cell_voltage_high", "单体电压过高", "cell voltage too high"),
    (BMS_STATUS, 1, "bsm:soc_high", "SOC 过高", "state of charge too high"),
    (BMS_STATUS, 2, "bsm:over_current", "充电过电流", "charging current too high"),
    (BMS_STATUS, 3, "bsm:pack_hot", "电池温度过高", "battery too hot"),
    (BMS_STATUS, 4, "bsm:insulation", "绝缘异常", "insulation abnormal"),
    (BMS_STATUS, 5, "bsm:connector", "输出连接器异常", "output connector abnormal"),
];

/// What the same pair means when it is 10, where that is not "not credible".
static LOW: &[Pair] = &[
    (BMS_STATUS, 0, "bsm:cell_voltage_low", "单体电压过低", "cell voltage too low"),
    (BMS_STATUS, 1, "bsm:soc_low", "SOC 过低", "state of charge too low"),
];

/// Six bits that say only that there is something else.
static REST: &[(usize, &str, &str, &str)] = &[
    (3, "bem:other", "BMS 报告的其他错误", "another error told by the BMS"),
    (7, "cem:other", "充电机报告的其他错误", "another error told by the charger"),
];

/// The codes of what the bits of a frame say, from its first byte of bits on.
fn codes(frame: u8, from: usize, bytes: &[u8]) -> Vec<String> {
    let mut said = Vec::new();
    let bits = |pair: usize| {
        let byte = (pair / 4).checked_sub(from).and_then(|at| bytes.get(at))?;
        Some(byte >> (pair % 4 * 2) & 3)
    };
    for (kind, pair, word, ..) in PAIRS.iter().filter(|one| one.0 == frame) {
        match bits(*pair) {
            Some(1) => said.push(format!("ykc:{word}")),
            Some(2) => match LOW.iter().find(|low| (low.0, low.1) == (*kind, *pair)) {
                Some(low) => said.push(format!("ykc:{}", low.2)),
                None => said.push(format!("ykc:{word}?")),
            },
            _ => {}
        }
    }
    if frame == BMS_ERROR {
        for (at, word, ..) in REST {
            let rest = at.checked_sub(from).and_then(|at| bytes.get(at)).map_or(0, |byte| byte >> 2);
            if rest != 0 {
                said.push(format!("ykc:{word}"));
            }
        }
    }
    said
}

/// The words of a frame: 0x1B (8 bytes), 0x1D and 0x21 (4), 0x25 (2).
pub fn battery_words(frame: u8, bytes: &[u8]) -> Vec<BatteryWord> {
    codes(frame, 0, bytes).into_iter().map(|code| BatteryWord { code, at_ms: 0, text: None }).collect()
}

/// The sentence for a code of [`battery_words`].
pub fn battery_text(code: &str) -> Option<Text> {
    let code = code.strip_prefix("ykc:")?;
    let (word, doubtful) = match code.strip_suffix('?') {
        Some(word) => (word, true),
        None => (code, false),
    };
    let pair = PAIRS.iter().chain(LOW).find(|one| one.2 == word).map(|one| (one.3, one.4));
    let (zh, en) = pair.or_else(|| REST.iter().find(|one| one.1 == word).map(|one| (one.2, one.3)))?;
    Some(if doubtful {
        Text::new(format!("{zh}（不可信状态）"), format!("{en} (not credible)"))
    } else {
        Text::of(zh, en)
    })
}

/// The bits of one field for people; `from`: which byte of the frame's bits it begins with.
pub fn shown(frame: u8, from: usize, bytes: &[u8]) -> Text {
    let raw: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let words: Vec<Text> = codes(frame, from, bytes).iter().filter_map(|code| battery_text(code)).collect();
    if words.is_empty() {
        return Text::new(raw.clone(), raw);
    }
    let zh: Vec<&str> = words.iter().map(|word| word.zh.as_ref()).collect();
    let en: Vec<&str> = words.iter().map(|word| word.en.as_ref()).collect();
    Text::new(format!("{raw} {}", zh.join("、")), format!("{raw} {}", en.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(frame: u8, bytes: &[u8]) -> Vec<String> {
        battery_words(frame, bytes).into_iter().map(|word| word.code).collect()
    }

    #[test]
    fn each_pair_of_bits_has_its_word() {
        type Case = (u8, &'static [u8], &'static [&'static str]);
        let cases: &[Case] = &[
            (0x1D, &[0x00, 0, 0, 0], &[]),
            (0x1D, &[0x01, 0, 0, 0], &["ykc:bst:soc_reached"]),
            (0x1D, &[0x40, 0, 0x01, 0], &["ykc:bst:charger_stopped", "ykc:bst:pack_hot"]),
            (0x1D, &[0, 0x02, 0, 0x04], &["ykc:bst:insulation?", "ykc:bst:voltage_abnormal"]),
            // 11 means nothing.
            (0x1D, &[0xFF, 0xFF, 0xFF, 0xFF], &[]),
            (0x21, &[0x04, 0, 0x01, 0], &["ykc:cst:by_hand", "ykc:cst:emergency_stop"]),
            (
                0x1B,
                &[0, 0, 0, 0, 0x01, 0, 0x05, 0],
                &["ykc:cem:brm_timeout", "ykc:cem:bcs_timeout", "ykc:cem:bcl_timeout"],
            ),
            (
                0x1B,
                &[0x05, 0, 0, 0xFC, 0, 0, 0, 0x04],
                &["ykc:bem:crm_00_timeout", "ykc:bem:crm_aa_timeout", "ykc:bem:other", "ykc:cem:other"],
            ),
            (0x25, &[0x01, 0x10], &["ykc:bsm:cell_voltage_high"]),
            (0x25, &[0x0A, 0x00], &["ykc:bsm:cell_voltage_low", "ykc:bsm:soc_low"]),
            (0x25, &[0x40, 0x11], &["ykc:bsm:pack_hot", "ykc:bsm:insulation"]),
            (0x23, &[0xFF], &[]),
            (0x1D, &[], &[]),
        ];
        for (frame, bytes, want) in cases {
            assert_eq!(said(*frame, bytes), *want, "{frame:02X} {bytes:?}");
        }
    }

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        for frame in [0x1B, 0x1D, 0x21, 0x25] {
            for bits in [0x55, 0xAA] {
                for code in said(frame, &[bits; 8]) {
                    let text = battery_text(&code).unwrap();
                    assert!(!text.zh.is_empty() && !text.en.is_empty(), "{code}");
                }
            }
        }
        assert!(battery_text("ykc:bst:insulation?").unwrap().zh.ends_with("（不可信状态）"));
        for foreign in ["bst:insulation", "ykc:40", "ocpp:Local", "", "ykc:bst:nothing"] {
            assert_eq!(battery_text(foreign), None);
        }
    }

    #[test]
    fn a_field_is_shown_with_its_bits_and_words() {
        assert_eq!(shown(0x1D, 1, &[0x01, 0x00]).zh, "0100 绝缘故障");
        assert_eq!(shown(0x1D, 3, &[0x01]).en, "01 the current was too high");
        assert_eq!(shown(0x1D, 0, &[0x00]).zh, "00");
    }
}
