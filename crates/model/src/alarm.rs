//! 告警: something is wrong, and how far people are with it.

use crate::order::StopClass;
use crate::time::DAY_MS;
use crate::{Error, Result, Text};

/// 重复故障: a fault of the same code at the same pile that comes back within so long after its alarm was closed.
pub const REPEAT_MS: i64 = 7 * DAY_MS;

crate::words! {
    /// 告警级别
    AlarmLevel {
        /// 紧急: people or things are in danger, or a station is out of service.
        Critical = "critical",
        /// 重要
        Major = "major",
        /// 一般
        Minor = "minor",
        /// 提示
        Notice = "notice",
    }

    /// 告警来源: which fact it was raised from.
    AlarmSource {
        /// 设备故障: a connector's fault, by code or by bit.
        Fault = "fault",
        /// 异常停止: a session that ended for a bad reason.
        Stop = "stop",
        /// 电池告警
        Battery = "battery",
        /// 地锁告警
        GroundLock = "ground_lock",
        /// 变量事件: a monitor of OCPP 2.
        Variable = "variable",
        /// 无订单充电
        Session = "session",
        /// 离线: no link for longer than the rule allows.
        Offline = "offline",
        /// 频繁上下线
        Flapping = "flapping",
        /// 安全规则: one of them has found its case.
        Safety = "safety",
        /// 检验到期: an inspection of a device is due.
        Inspection = "inspection",
    }

    /// 告警状态
    AlarmState {
        /// 待计时: it is not told before its delay is over.
        Pending = "pending",
        /// 未确认
        Open = "open",
        /// 已确认
        Acknowledged = "acknowledged",
        /// 已屏蔽: nobody is told until a moment.
        Silenced = "silenced",
        /// 已恢复
        Recovered = "recovered",
        /// 已关闭
        Closed = "closed",
    }

    /// What happened to it.
    AlarmAction {
        Raise = "raise",
        /// It is there again before it was closed.
        Reopen = "reopen",
        Recover = "recover",
        Acknowledge = "acknowledge",
        Note = "note",
        Silence = "silence",
        Unsilence = "unsilence",
        Close = "close",
        /// It is one of many of one storm.
        Join = "join",
        /// Somebody was told.
        Notify = "notify",
        /// The platform begins to heal it; what came of that.
        HealBegin = "heal_begin",
        Healed = "healed",
        HealFail = "heal_fail",
        HealStop = "heal_stop",
    }
}

impl AlarmLevel {
    /// The graver, the smaller.
    pub fn rank(self) -> i64 {
        self as i64
    }
}

impl AlarmSource {
    /// Whether its opposite is told as well: what is only an event has no end of its own.
    pub fn has_opposite(self) -> bool {
        use AlarmSource::*;
        !matches!(self, Stop | Battery | Session | Safety)
    }

    /// Looked for by the platform's own rules rather than told by a pile: as long as it holds, it would be
    /// raised again at once.
    pub fn is_watched(self) -> bool {
        matches!(self, AlarmSource::Offline | AlarmSource::Flapping | AlarmSource::Inspection)
    }

    /// What to do about it, where nothing better is known of the code.
    pub fn way_out(self) -> Text {
        match self {
            AlarmSource::Fault => Text::of(
                "先在电桩详情查看故障前后的报文，可远程重启一次；仍未恢复则停用该枪并派单到现场检查",
                "Look at the frames around it and reset the pile once from afar. If it stays, take the connector out of service and send somebody.",
            ),
            AlarmSource::Stop => Text::of(
                "打开订单核对停止原因与曲线；同一枪反复出现时派单检查枪头、线缆与模块",
                "Open the order and look at why it stopped and at its curve. Where one connector does it again, have its plug, cable and modules checked.",
            ),
            AlarmSource::Battery => Text::of(
                "多为车辆电池侧原因，提醒车主检查车辆；同一枪换车仍出现再检查桩的采样与绝缘模块",
                "Mostly the car's battery: tell its driver. If other cars have it at the same connector, check the pile's measuring.",
            ),
            AlarmSource::GroundLock => Text::of(
                "到现场检查地锁是否被撞、卡住或缺电",
                "Look at the lock: hit, stuck or without power.",
            ),
            AlarmSource::Variable => Text::of(
                "在电桩详情的设备事件与变量中核对数值，按厂商手册处理",
                "Compare the value in the pile's events and variables with the maker's manual.",
            ),
            AlarmSource::Session => Text::of(
                "有充电没有订单：核对该枪是否被本地启动，必要时停用该枪，并在异常订单中补录",
                "It charges without an order: see whether it was started at the pile, and bring the order in by hand.",
            ),
            AlarmSource::Offline => Text::of(
                "检查现场供电与网络（SIM 卡流量、路由器、信号），整站离线先查总电源与路由器",
                "Check power and network on site: SIM card, router, signal. When a whole station is gone, begin with its mains and its router.",
            ),
            AlarmSource::Safety => Text::of(
                "打开安全事件查看触发的数值与处置结果；人身安全级别先确认现场无人、无烟，再决定复位",
                "Open the act and look at the values and at what was done. Where people may be in danger, make sure on site first that nobody is near and nothing smokes.",
            ),
            AlarmSource::Inspection => Text::of(
                "安排检验，完成后在“检验到期”中登记新的有效期，告警随之恢复",
                "Have it inspected and enter the new date; the alarm is over with that.",
            ),
            AlarmSource::Flapping => Text::of(
                "检查信号强度与网线接触，核对心跳间隔；必要时更换 SIM 卡或天线",
                "Check the signal and the cable, and the interval of its heartbeat; change the SIM card or the aerial if need be.",
            ),
        }
    }
}

impl AlarmState {
    pub fn is_live(self) -> bool {
        self != AlarmState::Closed
    }

    /// The fact still holds, as far as is known.
    pub fn holds(self) -> bool {
        !matches!(self, AlarmState::Recovered | AlarmState::Closed)
    }

    /// The state after a person's action, if it may be done now.
    pub fn after(self, action: AlarmAction, source: AlarmSource) -> Result<AlarmState> {
        use AlarmAction::*;
        use AlarmState::*;
        match (self, action) {
            (_, Note) => Ok(self),
            (Closed, _) => Err(Error::refused(
                "alarm.closed",
                "该告警已关闭；如再次发生会产生新的告警",
                "This alarm is closed; if it happens again there will be a new one.",
            )),
            (Pending | Open, Acknowledge) => Ok(Acknowledged),
            // What is over and known needs nobody any more.
            (Recovered, Acknowledge) => Ok(Closed),
            (Acknowledged | Silenced, Acknowledge) => Err(Error::refused(
                "alarm.acknowledged",
                "该告警已有人确认或屏蔽，请刷新后查看",
                "Somebody has acknowledged or silenced this alarm already; reload the page.",
            )),
            (Recovered, Silence) => Ok(Recovered),
            (_, Silence) => Ok(Silenced),
            (Silenced, Unsilence) => Ok(Open),
            (_, Unsilence) => Err(Error::refused(
                "alarm.not_silenced",
                "该告警没有被屏蔽，请刷新后查看",
                "This alarm is not silenced; reload the page.",
            )),
            (Recovered, Close) => Ok(Closed),
            (_, Close) if source.is_watched() => Err(Error::refused(
                "alarm.holds",
                "该情况仍然存在，恢复后会自动关闭；暂不需要提醒时请使用“屏蔽”",
                "It still holds, and closes by itself once it is over. Silence it if nobody is to be told for now.",
            )),
            (_, Close) => Ok(Closed),
            (_, Raise | Reopen | Recover | Join | Notify | HealBegin | Healed | HealFail | HealStop) => {
                Err(Error::invalid(
                    "action",
                    "该动作由系统产生，不能手动执行",
                    "That is done by the system, not by people.",
                ))
            }
        }
    }
}

/// The class under which rules know a reason to stop; none for those that are no alarm.
pub fn stop_class_rule(class: StopClass) -> Option<&'static str> {
    match class {
        StopClass::Emergency => Some("class:emergency"),
        StopClass::Safety => Some("class:safety"),
        StopClass::Fault => Some("class:fault"),
        StopClass::StartFailed => Some("class:start_failed"),
        StopClass::Normal | StopClass::Balance | StopClass::Unknown => None,
    }
}

/// The class of a severity of OCPP 2; none for what is only news.
pub fn severity_rule(severity: Option<i64>) -> Option<&'static str> {
    match severity {
        Some(0..=3) => Some("class:danger"),
        Some(4..=5) => Some("class:error"),
        Some(6) => Some("class:warning"),
        _ => None,
    }
}

/// A connector that says that it is faulted and not why.
pub const FAULTED: &str = "pileops:faulted";
/// No link.
pub const OFFLINE: &str = "pileops:offline";
/// Links that come and go.
pub const FLAPPING: &str = "pileops:flapping";
/// What a session without an order is called; its key stands in the event.
pub const STRAY: &str = "pileops:no_order";

/// The codes that a fault stands for: one that ends in a mask of four hexadecimal digits stands for each of
/// its bits, so that each has a beginning and an end of its own.
pub fn fault_codes(code: &str) -> Vec<String> {
    if let Some((name, digits)) = code.rsplit_once(':')
        && digits.len() == 4
        && let Ok(mask) = u16::from_str_radix(digits, 16)
        && mask.count_ones() > 1
    {
        return (0..16)
            .filter(|bit| mask >> bit & 1 == 1)
            .map(|bit| format!("{name}:{:04X}", 1u16 << bit))
            .collect();
    }
    vec![code.to_owned()]
}

/// The words of the codes that are the platform's own.
pub fn alarm_text(code: &str) -> Option<Text> {
    Some(match code {
        FAULTED => Text::of("枪故障（桩未说明原因）", "Faulted, the pile does not say why"),
        OFFLINE => Text::of("电桩离线", "Pile off line"),
        FLAPPING => Text::of("频繁上下线", "Link comes and goes"),
        STRAY => Text::of("无订单充电", "Charging without an order"),
        other => return safety_text(other),
    })
}

/// The words of what the safety rules and the inspections of devices raise.
fn safety_text(code: &str) -> Option<Text> {
    Some(match code {
        "safety:battery_temperature" => Text::of("电池温度过高", "Battery too hot"),
        "safety:battery_temperature_over" => {
            Text::of("电池温度超过其允许值", "Battery hotter than it allows")
        }
        "safety:battery_temperature_rise" => Text::of("电池温升过快", "Battery heats up too fast"),
        "safety:plug_temperature" => Text::of("枪线温度过高", "Plug or cable too hot"),
        "safety:plug_temperature_rise" => Text::of("枪线温升过快", "Plug or cable heats up too fast"),
        "safety:pile_temperature" => Text::of("桩体温度过高", "Pile too hot"),
        "safety:pile_temperature_rise" => Text::of("桩体温升过快", "Pile heats up too fast"),
        "safety:cell_voltage" => Text::of("单体电压过高", "Cell voltage too high"),
        "safety:cell_voltage_over" => Text::of("单体电压超过其允许值", "Cell voltage above what is allowed"),
        "safety:cell_voltage_spread" => Text::of("单体压差过大", "Cells differ too much"),
        "safety:voltage_share" => Text::of("输出电压超过 BMS 允许值", "Voltage above what the BMS allows"),
        "safety:current_share" => Text::of("输出电流超过 BMS 允许值", "Current above what the BMS allows"),
        "safety:current_demand_share" => {
            Text::of("输出电流超过 BMS 需求", "Current above what the BMS demands")
        }
        "safety:power_share" => Text::of("输出功率超过额定功率", "Power above the rated one"),
        "safety:soc" => Text::of("SOC 过高仍在充电", "Charges on at a high state of charge"),
        "safety:current_after_stop" => Text::of("停止后仍有电流", "Current after the stop"),
        "safety:current_forbidden" => {
            Text::of("BMS 禁止充电后仍有电流", "Current although the BMS forbids it")
        }
        "safety:not_obeyed" => {
            Text::of("停止指令未被执行，请立即到场", "The stop was not obeyed: go there at once")
        }
        "safety:voltage" => Text::of("输出电压过高", "Voltage too high"),
        "safety:current" => Text::of("输出电流过大", "Current too high"),
        "safety:power" => Text::of("输出功率过大", "Power too high"),
        "inspection:meter" => Text::of("电能表强检到期", "Meter verification due"),
        "inspection:insulation" => Text::of("绝缘测试到期", "Insulation test due"),
        "inspection:lightning" => Text::of("防雷检测到期", "Lightning protection test due"),
        "inspection:extinguisher" => Text::of("灭火器检查到期", "Fire extinguisher check due"),
        "inspection:certificate" => Text::of("证书到期", "Certificate due"),
        "inspection:other" => Text::of("检验到期", "Inspection due"),
        _ => return None,
    })
}

/// What an alarm of a code is raised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmTerms {
    pub level: AlarmLevel,
    /// It counts, and is told, only after it has held for so long.
    pub delay_s: i64,
    /// It closes by itself so long after it is over, or was last seen where it has no end.
    pub close_after_s: i64,
    /// So many piles of a station within a minute are one alarm.
    pub storm_count: i64,
    /// Nobody is told between these minutes of the day unless it is critical.
    pub quiet: Option<(i64, i64)>,
}

/// Whether the minute lies between two others, the second one exclusive; over midnight when it is the
/// smaller one. The same twice is the whole day.
pub fn minute_within(minute: i64, (from, to): (i64, i64)) -> bool {
    if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
}

/// How well a rule's code fits; `None`: not at all. The empty one fits all, `…*` what begins so.
pub fn code_fit(rule: &str, code: &str, class: Option<&str>) -> Option<usize> {
    if rule.is_empty() {
        return Some(0);
    }
    if rule == code {
        return Some(usize::MAX);
    }
    if let Some(begin) = rule.strip_suffix('*') {
        // One that begins so goes before the class.
        return code.starts_with(begin).then_some(1_000 + begin.len());
    }
    (Some(rule) == class).then_some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6_1a_a_mask_is_one_alarm_for_each_of_its_bits() {
        assert_eq!(fault_codes("ykc:hw_fault:0041"), ["ykc:hw_fault:0001", "ykc:hw_fault:0040"]);
        assert_eq!(fault_codes("ykc:hw_fault:0000"), ["ykc:hw_fault:0000"]);
        assert_eq!(fault_codes("ykc:hw_fault:8000"), ["ykc:hw_fault:8000"]);
        assert_eq!(fault_codes("GroundFailure"), ["GroundFailure"]);
        assert_eq!(fault_codes("ykc:gun_fault"), ["ykc:gun_fault"]);
    }

    #[test]
    fn r6_1a_the_rule_that_fits_best_counts() {
        let fit = |rule| code_fit(rule, "ykc:8A", Some("class:safety"));
        assert!(fit("ykc:8A") > fit("ykc:8*") && fit("ykc:8*") > fit("class:safety"));
        assert!(fit("class:safety") > fit("") && fit("") > fit("class:fault"));
        assert_eq!(fit("ykc:9*"), None);
    }

    #[test]
    fn r6_1a_hours_may_go_over_midnight() {
        for (minute, span, inside) in [
            (0, (0, 480), true),
            (480, (0, 480), false),
            (1_380, (1_320, 420), true),
            (419, (1_320, 420), true),
            (420, (1_320, 420), false),
            (700, (600, 600), true),
        ] {
            assert_eq!(minute_within(minute, span), inside, "{minute} {span:?}");
        }
    }

    #[test]
    fn r6_1a_what_may_be_done_follows_from_the_state() {
        use AlarmAction::*;
        use AlarmState::*;
        let fault = AlarmSource::Fault;
        for (state, action, after) in [
            (Open, Acknowledge, Some(Acknowledged)),
            (Recovered, Acknowledge, Some(Closed)),
            (Acknowledged, Acknowledge, None),
            (Open, Silence, Some(Silenced)),
            (Recovered, Silence, Some(Recovered)),
            (Silenced, Unsilence, Some(Open)),
            (Open, Unsilence, None),
            (Open, Close, Some(Closed)),
            (Closed, Acknowledge, None),
            (Closed, Note, Some(Closed)),
            (Open, Raise, None),
        ] {
            assert_eq!(state.after(action, fault).ok(), after, "{state:?} {action:?}");
        }
        assert!(Open.after(Close, AlarmSource::Offline).is_err());
        assert_eq!(Recovered.after(Close, AlarmSource::Offline).unwrap(), Closed);
    }
}
