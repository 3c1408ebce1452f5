//! The words of states and kinds in files, as the pages have them.

use super::column::{Cell, Words};
use model::card::CardStatus;
use model::connector::ConnectorStatus;
use model::order::{Abnormality, OrderState, StartMode, StopClass};
use model::site::{Lifecycle, PileKind, Protocol};

pub fn order_state(state: OrderState, words: &Words) -> Cell {
    let (zh, en) = match state {
        OrderState::Starting => ("启动中", "Starting"),
        OrderState::Charging => ("充电中", "Charging"),
        OrderState::Stopping => ("停止中", "Stopping"),
        OrderState::Unsettled => ("待结算", "Awaiting record"),
        OrderState::Completed => ("已完成", "Completed"),
        OrderState::Failed => ("启动失败", "Failed to start"),
        OrderState::Abnormal => ("异常待处理", "Held"),
    };
    words.choose(zh, en)
}

pub fn start_mode(mode: StartMode, words: &Words) -> Cell {
    let (zh, en) = match mode {
        StartMode::Console => ("后台启动", "Console"),
        StartMode::App => ("扫码", "App"),
        StartMode::Card => ("刷卡", "Card"),
        StartMode::OfflineCard => ("离线卡", "Offline card"),
        StartMode::Vin => ("即插即充", "Plug & charge"),
        StartMode::Pile => ("桩端启动", "At the pile"),
        StartMode::Import => ("导入补录", "Imported"),
    };
    words.choose(zh, en)
}

fn abnormality(which: Abnormality) -> (&'static str, &'static str) {
    match which {
        Abnormality::NoRecord => ("缺失账单", "No record"),
        Abnormality::AmountDiffers => ("金额不符", "Amount differs"),
        Abnormality::ZeroBaseline => ("起始读数为零", "Zero baseline"),
        Abnormality::MeterBackwards => ("表数倒退", "Meter backwards"),
        Abnormality::PowerExceeded => ("超额定功率", "Power exceeded"),
        Abnormality::TimeImplausible => ("时间异常", "Time implausible"),
        Abnormality::MeterMismatch => ("电表不符", "Meter mismatch"),
        Abnormality::Unannounced => ("补录", "Unannounced"),
        Abnormality::TokenRefused => ("未授权卡", "Token refused"),
        Abnormality::NoTariff => ("无计费模型", "No tariff"),
        Abnormality::ConnectorTaken => ("枪被占用", "Connector taken"),
        Abnormality::PeriodMismatch => ("时段电量不符", "Period mismatch"),
        Abnormality::ConnectorUnknown => ("枪号不明", "Connector unknown"),
    }
}

pub fn abnormalities(all: &[Abnormality], words: &Words) -> Cell {
    let word = |(zh, en): (&'static str, &'static str)| if words.english { en } else { zh };
    let all: Vec<&str> = all.iter().map(|which| word(abnormality(*which))).collect();
    Cell::text(Some(all.join(if words.english { ", " } else { "、" })))
}

pub fn stop_class(class: StopClass, words: &Words) -> Cell {
    let (zh, en) = match class {
        StopClass::Normal => ("充电完成", "Completed"),
        StopClass::StartFailed => ("启动失败", "Failed to start"),
        StopClass::Balance => ("余额不足", "Balance used up"),
        StopClass::Fault => ("异常中止", "Fault"),
        StopClass::Emergency => ("急停", "Emergency stop"),
        StopClass::Safety => ("安全保护", "Safety"),
        StopClass::Unknown => ("未知", "Unknown"),
    };
    words.choose(zh, en)
}

pub fn pile_kind(kind: PileKind, words: &Words) -> Cell {
    let (zh, en) = match kind {
        PileKind::Dc => ("直流", "DC"),
        PileKind::Ac => ("交流", "AC"),
        PileKind::AcDc => ("交直流", "AC + DC"),
    };
    words.choose(zh, en)
}

pub fn lifecycle(lifecycle: Lifecycle, words: &Words) -> Cell {
    let (zh, en) = match lifecycle {
        Lifecycle::Inactive => ("未激活", "Not yet seen"),
        Lifecycle::Enabled => ("启用", "Enabled"),
        Lifecycle::Disabled => ("停用", "Disabled"),
        Lifecycle::Retired => ("报废", "Retired"),
    };
    words.choose(zh, en)
}

pub fn protocol(protocol: Protocol, words: &Words) -> Cell {
    let (zh, en) = match protocol {
        Protocol::Ocpp16 => ("OCPP 1.6J", "OCPP 1.6J"),
        Protocol::Ykc15 => ("云快充 1.5", "YKC 1.5"),
        Protocol::Ykc16 => ("云快充 1.6", "YKC 1.6"),
    };
    words.choose(zh, en)
}

pub fn connector(status: ConnectorStatus, english: bool) -> &'static str {
    let (zh, en) = match status {
        ConnectorStatus::Available => ("空闲", "Available"),
        ConnectorStatus::Preparing => ("准备中", "Preparing"),
        ConnectorStatus::Charging => ("充电中", "Charging"),
        ConnectorStatus::SuspendedEv => ("车辆暂停", "Suspended by the car"),
        ConnectorStatus::SuspendedEvse => ("桩暂停", "Suspended by the pile"),
        ConnectorStatus::Finishing => ("结束中", "Finishing"),
        ConnectorStatus::Reserved => ("已预约", "Reserved"),
        ConnectorStatus::Unavailable => ("不可用", "Unavailable"),
        ConnectorStatus::Faulted => ("故障", "Faulted"),
        ConnectorStatus::Unknown => ("未知", "Unknown"),
    };
    if english { en } else { zh }
}

pub fn card(status: CardStatus, words: &Words) -> Cell {
    let (zh, en) = match status {
        CardStatus::Accepted => ("正常", "Accepted"),
        CardStatus::Blocked => ("已挂失", "Blocked"),
        CardStatus::Expired => ("已过期", "Expired"),
    };
    words.choose(zh, en)
}
