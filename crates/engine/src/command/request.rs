//! What a person can ask of a pile, checked, and what becomes of it on the link.

use crate::transfer::Beginning;
use model::card::CardStatus;
use model::device::DeviceCommand;
use model::id::{ConnectorNo, OrderId};
use model::money::Fen;
use model::time::Timestamp;
use model::transfer::TransferKind;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{HotPile, Tx};

/// What a person can ask of a pile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CommandRequest {
    Start {
        #[serde(rename = "connector_no")]
        connector: ConnectorNo,
    },
    /// 并充: the first connector is the main one.
    MergedStart {
        #[serde(rename = "connector_nos")]
        connectors: Vec<ConnectorNo>,
    },
    Stop {
        #[serde(rename = "order_id")]
        order: OrderId,
    },
    Reset {
        hard: bool,
    },
    Unlock {
        #[serde(rename = "connector_no")]
        connector: ConnectorNo,
    },
    Availability {
        #[serde(rename = "connector_no")]
        connector: ConnectorNo,
        operative: bool,
    },
    ConfigurationGet {
        keys: Vec<String>,
    },
    ConfigurationSet {
        key: String,
        value: String,
    },
    CacheClear,
    Trigger {
        message: String,
        #[serde(rename = "connector_no")]
        connector: Option<ConnectorNo>,
    },
    TariffSet,
    ClockSet,
    /// 工作参数
    WorkParameters {
        operative: bool,
        /// Of the rated power, 30 to 100.
        power_percent: u8,
    },
    /// 地锁
    GroundLock {
        #[serde(rename = "connector_no")]
        connector: ConnectorNo,
        raise: bool,
    },
    /// 余额更新
    BalanceUpdate {
        #[serde(rename = "connector_no")]
        connector: ConnectorNo,
        #[serde(rename = "balance_fen")]
        balance: i64,
    },
    /// 离线卡: tags of cards that are registered and may charge.
    OfflineCardsAdd {
        cards: Vec<String>,
    },
    OfflineCardsRemove {
        cards: Vec<String>,
    },
    OfflineCardsFind {
        cards: Vec<String>,
    },
    Call {
        action: String,
        payload: String,
    },
    /// 固件或日志. Its address is a secret and no part of what is kept here.
    Transfer {
        what: TransferKind,
        version: Option<String>,
        transfer_id: i64,
        #[serde(skip)]
        begin: Option<Box<Beginning>>,
    },
}

impl CommandRequest {
    pub fn kind(&self) -> &'static str {
        match self {
            CommandRequest::Start { .. } => "start",
            CommandRequest::MergedStart { .. } => "merged_start",
            CommandRequest::Stop { .. } => "stop",
            CommandRequest::Reset { .. } => "reset",
            CommandRequest::Unlock { .. } => "unlock",
            CommandRequest::Availability { .. } => "availability",
            CommandRequest::ConfigurationGet { .. } => "configuration_get",
            CommandRequest::ConfigurationSet { .. } => "configuration_set",
            CommandRequest::CacheClear => "cache_clear",
            CommandRequest::Trigger { .. } => "trigger",
            CommandRequest::TariffSet => "tariff_set",
            CommandRequest::ClockSet => "clock_set",
            CommandRequest::WorkParameters { .. } => "work_parameters",
            CommandRequest::GroundLock { .. } => "ground_lock",
            CommandRequest::BalanceUpdate { .. } => "balance_update",
            CommandRequest::OfflineCardsAdd { .. } => "offline_cards_add",
            CommandRequest::OfflineCardsRemove { .. } => "offline_cards_remove",
            CommandRequest::OfflineCardsFind { .. } => "offline_cards_find",
            CommandRequest::Call { .. } => "call",
            CommandRequest::Transfer { .. } => "transfer",
        }
    }

    pub(crate) fn connector(&self) -> Option<ConnectorNo> {
        match self {
            CommandRequest::Start { connector }
            | CommandRequest::Unlock { connector }
            | CommandRequest::GroundLock { connector, .. }
            | CommandRequest::BalanceUpdate { connector, .. }
            | CommandRequest::Availability { connector, .. } => Some(*connector),
            CommandRequest::Trigger { connector, .. } => *connector,
            _ => None,
        }
    }
}

/// Whether it makes sense at all, in whatever state the pile is.
pub(super) fn can_ever_go(hot: &HotPile, request: &CommandRequest) -> Result<()> {
    // A pile that was never there has not told of its connectors yet.
    let told = hot.connectors.iter().any(|one| one.no > 0);
    if let Some(no) = request.connector().filter(|no| told && *no > 0 && hot.connector(*no).is_none()) {
        return Err(no_connector(hot, no));
    }
    if let CommandRequest::Stop { order } = request {
        open_place(hot, *order)?;
    }
    Ok(())
}

/// Where an order that has not ended stands among the open ones.
pub(super) fn open_place(hot: &HotPile, order: OrderId) -> Result<usize> {
    let place = hot.open.iter().position(|o| o.order.id == order && o.order.state.is_open());
    place.ok_or_else(|| {
        Error::conflict(
            "order.not_open",
            "该订单已经结束，无需再停止",
            "This order has ended already; there is nothing to stop.",
        )
    })
}

/// What no pile could do with, or should.
pub(super) fn checked(tx: &mut Tx<'_>, hot: &HotPile, request: &CommandRequest) -> Result<()> {
    match request {
        CommandRequest::WorkParameters { power_percent, .. } if !(30..=100).contains(power_percent) => {
            Err(Error::invalid(
                "power_percent",
                "最大输出功率必须在 30 到 100（%）之间",
                "The highest power is 30 to 100 per cent.",
            ))
        }
        CommandRequest::GroundLock { connector, .. }
            if *connector == 0 || hot.connector(*connector).is_none() =>
        {
            Err(no_connector(hot, *connector))
        }
        CommandRequest::WorkParameters { .. } => crate::load::not_managed(tx, hot),
        CommandRequest::Call { action, .. }
            if matches!(action.as_str(), "SetChargingProfile" | "ClearChargingProfile") =>
        {
            crate::load::not_managed(tx, hot)
        }
        CommandRequest::BalanceUpdate { connector, balance } => may_cost(hot, *connector, *balance),
        CommandRequest::OfflineCardsAdd { cards } => cards.iter().try_for_each(|tag| may_charge(tx, tag)),
        _ => Ok(()),
    }
}

/// Most that a session may be allowed to cost: a slip of the finger must not let it run for ever.
const BALANCE_MAX_FEN: i64 = 1_000_000;

fn may_cost(hot: &HotPile, connector: ConnectorNo, balance: i64) -> Result<()> {
    if !(1..=BALANCE_MAX_FEN).contains(&balance) {
        return Err(Error::invalid(
            "balance_fen",
            "余额必须在 0.01 元到 10000 元之间",
            "The balance is 0.01 to 10000 yuan.",
        ));
    }
    if hot.open_on(connector).is_none() {
        return Err(Error::conflict(
            "connector.no_order",
            format!("{connector} 号枪没有正在进行的订单，无需更新余额"),
            format!("No order runs on connector {connector}, so there is no balance to update."),
        ));
    }
    Ok(())
}

pub(super) fn no_connector(hot: &HotPile, connector: ConnectorNo) -> Error {
    Error::invalid(
        "connector_no",
        format!("充电桩 {} 没有 {connector} 号枪，请选择已有的枪号", hot.pile.code),
        format!("Pile {} has no connector {connector}; choose one that it has.", hot.pile.code),
    )
}

/// A pile that is off line asks nobody: what it is given must be sound now.
fn may_charge(tx: &mut Tx<'_>, tag: &str) -> Result<()> {
    let card = tx.read(|conn| store::cards::find(conn, tag))?;
    match card.map(|card| card.status) {
        Some(CardStatus::Accepted) => Ok(()),
        Some(_) => Err(Error::invalid(
            "cards",
            format!("充电卡 {tag} 已挂失或过期，不能下发为离线卡"),
            format!("The card {tag} is blocked or has expired; it cannot become an offline card."),
        )),
        None => Err(Error::invalid(
            "cards",
            format!("没有卡号为 {tag} 的充电卡，请先在“充电卡”页面登记"),
            format!("There is no card {tag}; register it on the page of cards first."),
        )),
    }
}

pub(crate) fn plain_command(request: &CommandRequest, now: Timestamp) -> DeviceCommand {
    match request.clone() {
        CommandRequest::Reset { hard } => DeviceCommand::Reset { hard },
        CommandRequest::Unlock { connector } => DeviceCommand::Unlock { connector },
        CommandRequest::Availability { connector, operative } => {
            DeviceCommand::Availability { connector, operative }
        }
        CommandRequest::ConfigurationGet { keys } => DeviceCommand::ConfigurationGet { keys },
        CommandRequest::ConfigurationSet { key, value } => DeviceCommand::ConfigurationSet { key, value },
        CommandRequest::Trigger { message, connector } => DeviceCommand::Trigger { message, connector },
        CommandRequest::Call { action, payload } => DeviceCommand::Call { action, payload },
        CommandRequest::ClockSet => DeviceCommand::ClockSet { at: now },
        CommandRequest::WorkParameters { operative, power_percent } => {
            DeviceCommand::WorkParameters { operative, power_percent }
        }
        CommandRequest::GroundLock { connector, raise } => DeviceCommand::GroundLock { connector, raise },
        CommandRequest::BalanceUpdate { connector, balance } => {
            DeviceCommand::BalanceUpdate { connector, balance: Fen(balance) }
        }
        CommandRequest::OfflineCardsAdd { cards } => DeviceCommand::OfflineCardsAdd { cards },
        CommandRequest::OfflineCardsRemove { cards } => DeviceCommand::OfflineCardsRemove { cards },
        CommandRequest::OfflineCardsFind { cards } => DeviceCommand::OfflineCardsFind { cards },
        CommandRequest::CacheClear
        | CommandRequest::Start { .. }
        | CommandRequest::MergedStart { .. }
        | CommandRequest::Stop { .. }
        | CommandRequest::Transfer { .. }
        | CommandRequest::TariffSet => DeviceCommand::CacheClear,
    }
}
