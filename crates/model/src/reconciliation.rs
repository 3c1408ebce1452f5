//! 桩账单对账: what piles have reported, the orders and what was posted, laid beside each other for one day of
//! one station. Everything that does not agree is a difference with its evidence, and nothing else is.

mod compare;
mod counter;
mod meter;

pub use compare::{Day, compare};
pub use counter::{
    CounterDay, CounterDifferenceKind, CounterEvidence, CounterFound, CounterLine, CounterOurs,
    CounterSource, CounterSums, counter_compare, fee_due,
};
pub use meter::{MeterSession, Meters, continuity};

use crate::order::OrderState;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::words! {
    /// 差异类型
    DifferenceKind {
        /// 有账单无订单: the pile has reported a session that no order is of.
        RecordWithoutOrder = "record_without_order",
        /// 有订单无账单: the order is over, and the pile never reported it.
        OrderWithoutRecord = "order_without_record",
        /// 电量不符
        EnergyDiffers = "energy_differs",
        /// 金额不符: beyond the tolerance, of piles that make a bill themselves.
        AmountDiffers = "amount_differs",
        /// 订单未结清: the record is here and the order waits for a person.
        OrderHeld = "order_held",
        /// 已结算未入账: somebody was to pay, and nothing was posted.
        NotPosted = "not_posted",
        /// 入账金额不符: what was posted is not what the order costs.
        PostingDiffers = "posting_differs",
        /// 已入账未结算: posted, and the order is not completed.
        PostedUnsettled = "posted_unsettled",
        /// 重复账单: the same session was reported twice, with other content or under another number.
        DoubleRecord = "double_record",
        /// 他桩账单: the trade number is of another pile.
        ForeignRecord = "foreign_record",
        /// 迟到账单: it came after the day was signed off.
        LateRecord = "late_record",
        /// 表码缺口: energy left between two sessions that no order is of.
        MeterGap = "meter_gap",
        /// 表码重叠: a session begins below the end of the one before.
        MeterOverlap = "meter_overlap",
        /// 表码倒退: a session ends below its own begin, or the register fell below the whole session before.
        MeterBackwards = "meter_backwards",
        /// 换表: the register jumps because staff have said that the meter was changed.
        MeterChanged = "meter_changed",
    }

    /// 处理状态
    DifferenceState {
        /// 待处理
        Open = "open",
        /// 已认可: it is explained and stays.
        Accepted = "accepted",
        /// 已更正: it was put right elsewhere.
        Corrected = "corrected",
        /// 已核销: what it is worth is given up.
        WrittenOff = "written_off",
        /// 已转异常处理: the order's own page decides.
        PassedOn = "passed_on",
        /// 已消除: a later run does not find it any more.
        Gone = "gone",
    }

    /// 对账状态
    ReconciliationState {
        /// 待签核
        Open = "open",
        /// 已签核
        Signed = "signed",
        /// 已重开
        Reopened = "reopened",
    }
}

/// 桩账单: what a pile has reported of a session that is over, as it was when it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillRecord {
    pub id: i64,
    pub pile_id: i64,
    pub connector_no: i64,
    pub session_key: Option<String>,
    /// The order that it was put to; null: none.
    pub order_id: Option<i64>,
    pub started_at_ms: Option<i64>,
    pub ended_at_ms: i64,
    /// Null: it does not say.
    pub energy_dwh: Option<i64>,
    /// What the pile itself has computed (云快充).
    pub amount_e4: Option<i64>,
    pub meter_start_dwh: Option<i64>,
    pub meter_end_dwh: Option<i64>,
    /// The amount differs only because the pile had another table of the same tariff.
    pub explained: bool,
    /// The session had its record already, and this one says something else.
    pub repeated: bool,
    /// Its trade number begins with the code of another pile that we know.
    pub foreign: bool,
    pub received_at_ms: i64,
}

/// An order as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComparedOrder {
    pub id: i64,
    pub pile_id: i64,
    pub connector_no: i64,
    pub session_key: Option<String>,
    pub state: OrderState,
    pub started_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    pub energy_dwh: i64,
    pub total_fen: i64,
    pub meter_start_dwh: Option<i64>,
    pub meter_end_dwh: Option<i64>,
    /// A record of the pile is expected: not of imported orders, nor of those before records were kept.
    pub needs_record: bool,
    /// Somebody is to pay it.
    pub needs_payment: bool,
    /// What was posted; null: nothing.
    pub posted_fen: Option<i64>,
}

/// Both sides of a difference, as they were when it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    pub record: Option<BillRecord>,
    pub order: Option<ComparedOrder>,
    /// The other record of the same session, or the session before on the same meter.
    pub other: Option<BillRecord>,
    /// The order of the session before.
    pub other_order_id: Option<i64>,
    /// What the session before has left the register at.
    pub meter_before_dwh: Option<i64>,
    /// What staff have said of the meter's change.
    pub meter_change_id: Option<i64>,
}

/// A difference that a run has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub kind: DifferenceKind,
    /// The same difference has the same key in every run.
    pub key: String,
    pub pile_id: i64,
    pub connector_no: i64,
    pub record_id: Option<i64>,
    pub order_id: Option<i64>,
    /// Theirs minus ours.
    pub energy_dwh: i64,
    /// What is at stake: theirs minus ours.
    pub amount_fen: i64,
    pub evidence: Evidence,
}

impl Found {
    pub(crate) fn of(kind: DifferenceKind, evidence: Evidence, energy_dwh: i64, amount_fen: i64) -> Found {
        let (record, order) = (evidence.record.as_ref(), evidence.order.as_ref());
        let place = record
            .map(|one| (one.pile_id, one.connector_no))
            .or(order.map(|one| (one.pile_id, one.connector_no)))
            .unwrap_or_default();
        let (record_id, order_id) =
            (record.map(|one| one.id), order.map(|one| one.id).or(record.and_then(|one| one.order_id)));
        let named = |id: Option<i64>| id.map_or(String::from("-"), |id| id.to_string());
        Found {
            kind,
            key: format!("{}/{}/{}", kind.as_str(), named(record_id), named(order_id)),
            pile_id: place.0,
            connector_no: place.1,
            record_id,
            order_id,
            energy_dwh,
            amount_fen,
            evidence,
        }
    }
}

const NOTE_MAX: usize = 200;

/// How a person may leave a difference.
pub fn handling_checked(state: DifferenceState, order_id: Option<i64>) -> Result<()> {
    match state {
        DifferenceState::Accepted | DifferenceState::Corrected | DifferenceState::WrittenOff => Ok(()),
        DifferenceState::PassedOn if order_id.is_some() => Ok(()),
        DifferenceState::PassedOn => Err(Error::invalid(
            "state",
            "这条差异没有对应的订单，不能转异常处理；请选择认可、更正或核销",
            "There is no order to pass this on to. Accept it, say that it was corrected, or write it off.",
        )),
        DifferenceState::Open | DifferenceState::Gone => Err(Error::invalid(
            "state",
            "处理结果只能是认可、更正、核销或转异常处理",
            "A difference is accepted, corrected, written off or passed on.",
        )),
    }
}

/// What a person says beside a decision: wanted, and short.
pub fn note_checked(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    let fits = (1..=NOTE_MAX).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        field,
        format!("请写明原因，1 到 {NOTE_MAX} 个字，不含换行"),
        format!("Say why, in 1 to {NOTE_MAX} characters on one line."),
    ))
}
