//! 交易记录: the bill that a pile makes itself.

use super::StopReason;
use crate::card::Token;
use crate::energy::Energy;
use crate::id::{ConnectorNo, TradeNo};
use crate::money::{Amount, Price};
use crate::order::StartMode;
use crate::time::Timestamp;

/// The end of a session together with the pile's own bill. 云快充 0x3B.
#[derive(Clone, Debug, PartialEq)]
pub struct PileBill {
    pub session: TradeNo,
    pub connector: ConnectorNo,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Sharp, peak, flat, valley.
    pub periods: [PileBillPeriod; 4],
    pub meter_start: Energy,
    pub meter_end: Energy,
    pub energy: Energy,
    pub loss_energy: Energy,
    pub amount: Amount,
    pub vin: Option<String>,
    pub mode: StartMode,
    pub traded_at: Option<Timestamp>,
    pub reason: StopReason,
    pub card: Option<Token>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PileBillPeriod {
    /// Electricity + service fee.
    pub price: Price,
    pub energy: Energy,
    pub loss_energy: Energy,
    pub amount: Amount,
}
