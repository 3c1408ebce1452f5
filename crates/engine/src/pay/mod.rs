//! 支付: what customers pay at pay channels, and what goes back to them. What is said here and what a channel says
//! meet in [`PaymentSaid`] and [`RefundSaid`]; who talks with the channel is the server.

pub mod channels;
mod learn;
pub mod payments;
mod refund_steps;
pub mod refunds;

pub use learn::Learned;

use model::Error;
use model::money::Fen;
use model::pay::WechatCall;
use model::time::{SECOND_MS, Timestamp};

/// Where a payment that a channel has taken is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayDoor {
    /// Shown as a code to scan, or opened.
    Url(String),
    /// Handed to WeChat by the app that the customer is in.
    Wechat(WechatCall),
}

/// What a channel says of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentSaid {
    /// It knows of it, and nobody has paid yet.
    Waiting,
    Paid {
        channel_no: String,
        amount: Fen,
        at: Timestamp,
    },
    Closed,
    /// It knows of none.
    Absent,
}

/// What a channel says of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundSaid {
    Processing {
        channel_no: Option<String>,
    },
    Done {
        channel_no: String,
        amount: Fen,
        at: Timestamp,
    },
    /// It will not do it as it is; the reason in its own words.
    Failed(String),
    /// It knows of none.
    Absent,
    /// No answer, or none that says what became of it.
    Unknown(String),
}

/// Seconds until a channel is asked again, by how often it was.
const ASK_S: [i64; 8] = [5, 10, 15, 30, 60, 120, 300, 600];
/// The same while a refund is with it.
const REFUND_ASK_S: [i64; 7] = [5, 15, 60, 300, 900, 1_800, 3_600];

fn later(steps: &[i64], turn: i64, now: Timestamp) -> Timestamp {
    let last = steps.len() - 1;
    let seconds = steps[usize::try_from(turn).map_or(last, |turn| turn.min(last))];
    now.plus_ms(seconds * SECOND_MS)
}

pub fn no_payment() -> Error {
    Error::not_found(
        "payment.not_found",
        "没有这笔支付，或不在您的数据范围内，请刷新列表",
        "There is no such payment in your scope; reload the list.",
    )
}

pub fn no_refund() -> Error {
    Error::not_found(
        "refund.not_found",
        "没有这笔退款，或不在您的数据范围内，请刷新列表",
        "There is no such refund in your scope; reload the list.",
    )
}

/// The same number with another content is no repetition.
fn differs(field: &'static str) -> Error {
    Error::conflict(
        "request.differs",
        "同一请求编号已用于另一内容，请换一个编号后重新提交",
        "This request id was used for something else; take another one.",
    )
    .on_field(field)
}
