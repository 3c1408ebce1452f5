//! What still ties a person to the platform: as long as there is any of it, nothing of them is erased.

use crate::db::{Conn, DbResult};
use crate::filter::count;
use model::Text;
use model::customer::{CustomerSource, CustomerStatus};
use model::id::CustomerId;
use model::ledger::{AccountId, AccountKind};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TieKind {
    /// The account is not cancelled.
    Account,
    /// The source still has them.
    Source,
    /// Money is in their wallet.
    Balance,
    /// They owe something.
    Owed,
    /// Orders run, or wait for a person.
    Order,
    Feedback,
    Invoice,
    /// Refunds or payments are under way.
    Refund,
    /// A wallet change waits for its decision.
    WalletChange,
    Reservation,
}

/// One of them, and the way out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tie {
    pub kind: TieKind,
    /// Things, or fen of money.
    pub amount: i64,
    pub text: Text,
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// What is counted, with the words for some of it.
const COUNTED: [(TieKind, &str, &str, &str); 6] = [
    (
        TieKind::Order,
        "SELECT COUNT(*) FROM orders WHERE customer_id = $1 AND state NOT IN ('completed', 'failed')",
        "笔订单未结束或待人工处理，请先结算",
        "orders run or wait for a person; settle them first",
    ),
    (
        TieKind::Feedback,
        "SELECT COUNT(*) FROM feedback WHERE customer_id = $1 AND state NOT IN ('closed', 'merged')",
        "条反馈未关闭，请先处理并关闭",
        "pieces of feedback are open; close them first",
    ),
    (
        TieKind::Invoice,
        "SELECT COUNT(*) FROM invoice WHERE customer_id = $1 AND state IN ('review', 'waiting', 'issuing', 'failed', \
         'reversing')",
        "张发票在办理中，请等待完成或驳回",
        "invoices are under way; wait for them, or reject them",
    ),
    (
        TieKind::Refund,
        "SELECT (SELECT COUNT(*) FROM refund WHERE customer_id = $1 AND state NOT IN ('done', 'rejected', 'cancelled')) \
         + (SELECT COUNT(*) FROM payment WHERE customer_id = $1 AND state IN ('created', 'paying'))",
        "笔支付或退款在途，请等待完成或撤销",
        "payments or refunds are under way; wait for them, or cancel them",
    ),
    (
        TieKind::WalletChange,
        "SELECT COUNT(*) FROM wallet_change WHERE customer_id = $1 AND decided_at_ms IS NULL AND state = 'proposed'",
        "笔余额调整待复核，请先复核",
        "wallet changes wait for their decision",
    ),
    (
        TieKind::Reservation,
        "SELECT COUNT(*) FROM reservation WHERE customer_id = $1 AND ended_at_ms IS NULL AND state IN ('asked', 'accepted')",
        "个预约未结束，请先取消",
        "reservations are open; cancel them first",
    ),
];

/// All of them at once.
pub fn ties(conn: &mut Conn, customer: CustomerId) -> DbResult<Vec<Tie>> {
    let mut all = Vec::new();
    let mut tie =
        |kind, amount, zh: String, en: String| all.push(Tie { kind, amount, text: Text::new(zh, en) });
    let Some(one) = crate::customers::get(conn, customer)? else { return Ok(all) };
    if one.standing.decided != CustomerStatus::Cancelled {
        tie(
            TieKind::Account,
            1,
            "账户未注销，请先在用户页“注销”".to_owned(),
            "the account is not cancelled; cancel it on the customer's page first".to_owned(),
        );
    }
    if one.source != CustomerSource::Own && one.standing.active_at_source {
        tie(
            TieKind::Source,
            1,
            "来源平台仍有这个用户，请先在来源平台删除并等待同步".to_owned(),
            "the source still has this customer; delete them there and wait for the synchronisation"
                .to_owned(),
        );
    }
    let balance = |conn: &mut Conn, kind| {
        let id = AccountId::of(kind, customer.0).number();
        let sql = "SELECT credit_fen - debit_fen FROM account WHERE id = $1";
        Ok::<i64, crate::DbError>(conn.find(sql, &[id.into()], |row| row.int(0))?.unwrap_or(0))
    };
    let purse = balance(conn, AccountKind::Principal)? + balance(conn, AccountKind::Gift)?;
    if purse != 0 {
        let yuan = yuan(purse);
        tie(
            TieKind::Balance,
            purse,
            format!("钱包余额 {yuan} 元，请先退款或扣除"),
            format!("{yuan} yuan are in the wallet; refund or deduct them first"),
        );
    }
    let owed = -balance(conn, AccountKind::Receivable)?;
    if owed != 0 {
        let yuan = yuan(owed);
        tie(
            TieKind::Owed,
            owed,
            format!("待支付 {yuan} 元，请先收款或核销"),
            format!("{yuan} yuan are owed; have them paid or written off first"),
        );
    }
    for (kind, sql, zh, en) in COUNTED {
        let n = conn.one(sql, &[customer.0.into()], count)?;
        if n > 0 {
            tie(kind, n, format!("{n} {zh}"), format!("{n} {en}"));
        }
    }
    Ok(all)
}
