//! 账务流水: postings, and the accounts that they are summed up in.

use crate::Tx;
use crate::db::{Conn, DbResult, Insert, Inserts, Row, Value};
use crate::ids::Noun;
use crate::purses::Money;
use crate::rollups::{self, Ended};
use model::id::{OperatorId, OrderId, StaffId};
use model::ledger::{AccountId, AccountKind, PostingCode};
use model::money::Fen;
use model::time::Timestamp;
use model::{Error, Result};

/// Money that has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    pub id: i64,
    pub debit: AccountId,
    pub credit: AccountId,
    pub fen: Fen,
    pub code: PostingCode,
    pub key: String,
    pub order: Option<OrderId>,
    pub operator: Option<OperatorId>,
    pub at: Timestamp,
    /// Who did it, where it was not done by rule.
    pub staff: Option<(StaffId, String)>,
    pub reason: String,
}

/// A posting that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewPosting<'a> {
    pub debit: AccountId,
    pub credit: AccountId,
    pub fen: Fen,
    pub code: PostingCode,
    pub key: &'a str,
    pub order: Option<OrderId>,
    pub operator: Option<OperatorId>,
    pub at: Timestamp,
    pub staff: Option<(StaffId, &'a str)>,
    pub reason: &'a str,
}

const COLUMNS: &str = "id, debit_id, credit_id, fen, code, posting_key, order_id, operator_id, at_ms, staff_id, \
    staff_name, reason";

/// Nothing is done on a conflict: the key that comes twice is refused, and with it all that is posted along.
static POSTING: Insert = Insert {
    table: "posting",
    columns: &[
        "id",
        "debit_id",
        "credit_id",
        "fen",
        "code",
        "posting_key",
        "order_id",
        "operator_id",
        "at_ms",
        "staff_id",
        "staff_name",
        "reason",
    ],
    on_conflict: "",
};

static ACCOUNT: Insert = Insert {
    table: "account",
    columns: &["id", "debit_fen", "credit_fen"],
    on_conflict: "ON CONFLICT (id) DO UPDATE SET debit_fen = account.debit_fen + excluded.debit_fen, \
        credit_fen = account.credit_fen + excluded.credit_fen",
};

pub(crate) fn inserts(rows: &[Posting]) -> Inserts<'_> {
    let values = rows.iter().flat_map(|row| {
        [
            row.id.into(),
            row.debit.number().into(),
            row.credit.number().into(),
            row.fen.0.into(),
            row.code.as_str().into(),
            (&row.key).into(),
            row.order.map(|id| id.0).into(),
            row.operator.map(|id| id.0).into(),
            row.at.as_ms().into(),
            row.staff.as_ref().map(|(id, _)| id.0).into(),
            row.staff.as_ref().map(|(_, name)| name.as_str()).into(),
            (&row.reason).into(),
        ]
    });
    Inserts { insert: &POSTING, values: values.collect() }
}

/// What several writers add to, for the last statement of a transaction.
pub(crate) fn last_inserts(ended: &[(Ended, i64)], money: &Money) -> impl Iterator<Item = Inserts<'static>> {
    rollups::inserts(ended).chain(account_inserts(money))
}

/// Sorted, as the roll-ups: writers that post to the same accounts take them in the same order.
fn account_inserts(money: &Money) -> Option<Inserts<'static>> {
    let sums = money.sums();
    if sums.is_empty() {
        return None;
    }
    let values = sums.into_iter().flat_map(|(id, (debit, credit))| [id.number(), debit, credit]);
    Some(Inserts { insert: &ACCOUNT, values: values.map(Value::Int).collect() })
}

fn posting(row: &Row<'_>) -> DbResult<Posting> {
    let account = |column| {
        let number = row.int(column)?;
        let wrong = || crate::DbError::Fault(format!("there can be no account {number}"));
        AccountId::parse(number).ok_or_else(wrong)
    };
    let staff = match (row.int_opt(9)?, row.text_opt(10)?) {
        (Some(id), Some(name)) => Some((StaffId(id), name)),
        _ => None,
    };
    Ok(Posting {
        id: row.int(0)?,
        debit: account(1)?,
        credit: account(2)?,
        fen: Fen(row.int(3)?),
        code: row.word(4, PostingCode::parse)?,
        key: row.text(5)?,
        order: row.int_opt(6)?.map(OrderId),
        operator: row.int_opt(7)?.map(OperatorId),
        at: Timestamp::from_ms(row.int(8)?),
        staff,
        reason: row.text(11)?,
    })
}

pub fn by_key(conn: &mut Conn, key: &str) -> DbResult<Option<Posting>> {
    let sql = format!("SELECT {COLUMNS} FROM posting WHERE posting_key = $1");
    conn.find(&sql, &[key.into()], posting)
}

/// Those whose key begins so: the parts of one thing that was done.
pub fn by_keys(conn: &mut Conn, begin: &str) -> DbResult<Vec<Posting>> {
    let sql =
        format!("SELECT {COLUMNS} FROM posting WHERE posting_key > $1 AND posting_key < $2 ORDER BY id");
    conn.query(&sql, &[format!("{begin}/").into(), format!("{begin}0").into()], posting)
}

/// In the order in which they were made.
pub fn of_order(conn: &mut Conn, order: OrderId) -> DbResult<Vec<Posting>> {
    let sql = format!("SELECT {COLUMNS} FROM posting WHERE order_id = $1 ORDER BY id");
    conn.query(&sql, &[order.0.into()], posting)
}

/// Credits minus debits.
pub fn balance(conn: &mut Conn, account: AccountId) -> DbResult<Fen> {
    let sql = "SELECT credit_fen - debit_fen FROM account WHERE id = $1";
    let found = conn.find(sql, &[account.number().into()], |row| row.int(0))?;
    Ok(Fen(found.unwrap_or(0)))
}

/// What one account has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSums {
    pub id: AccountId,
    pub debit: Fen,
    pub credit: Fen,
}

/// All accounts, with what they say of themselves and what their postings say; only those that differ.
pub fn differences(conn: &mut Conn) -> DbResult<Vec<(i64, i64, i64)>> {
    conn.query(
        "SELECT id, CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT) FROM ( \
         SELECT id, debit_fen AS debit, credit_fen AS credit FROM account \
         UNION ALL SELECT debit_id, -fen, 0 FROM posting \
         UNION ALL SELECT credit_id, 0, -fen FROM posting) AS compared \
         GROUP BY id HAVING SUM(debit) <> 0 OR SUM(credit) <> 0 ORDER BY id",
        &[],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
    )
}

/// All accounts.
pub fn accounts(conn: &mut Conn) -> DbResult<Vec<AccountSums>> {
    let rows = conn.query("SELECT id, debit_fen, credit_fen FROM account ORDER BY id", &[], |row| {
        Ok((row.int(0)?, row.int(1)?, row.int(2)?))
    })?;
    let known = rows.into_iter().filter_map(|(id, debit, credit)| {
        AccountId::parse(id).map(|id| AccountSums { id, debit: Fen(debit), credit: Fen(credit) })
    });
    Ok(known.collect())
}

/// Accounts below zero that must not be, and how far.
pub fn below_zero(conn: &mut Conn) -> DbResult<Vec<(AccountId, Fen)>> {
    let below = accounts(conn)?.into_iter().filter_map(|one| {
        let kind = one.id.kind();
        let balance = one.credit - one.debit;
        let balance = if kind.grows_by_debits() { Fen(-balance.0) } else { balance };
        (kind.may_not_go_below_zero() && balance.0 < 0).then_some((one.id, balance))
    });
    Ok(below.collect())
}

/// Postings that are none: of nothing, or from an account to itself, or to one that cannot be.
pub fn unsound(conn: &mut Conn) -> DbResult<Vec<i64>> {
    conn.query(
        "SELECT id FROM posting WHERE fen <= 0 OR debit_id = credit_id OR debit_id <= 0 OR credit_id <= 0 ORDER BY id",
        &[],
        |row| row.int(0),
    )
}

impl Tx<'_> {
    /// Moves money. Two accounts and more than nothing, or it is a fault of ours.
    pub fn posting_append(&mut self, new: &NewPosting<'_>) -> Result<i64> {
        if new.fen.0 <= 0 || new.debit == new.credit {
            tracing::error!(key = new.key, fen = new.fen.0, "a posting that moves nothing");
            return Err(Error::internal());
        }
        let id = self.next_id(Noun::Posting)?;
        self.hot.money.posted.push((new.debit, new.credit, new.fen));
        self.pending.postings.push(Posting {
            id,
            debit: new.debit,
            credit: new.credit,
            fen: new.fen,
            code: new.code,
            key: new.key.to_owned(),
            order: new.order,
            operator: new.operator,
            at: new.at,
            staff: new.staff.map(|(id, name)| (id, name.to_owned())),
            reason: new.reason.to_owned(),
        });
        Ok(id)
    }
}

impl AccountSums {
    /// As people read it: what is in it, or what is owed to us.
    pub fn balance(&self) -> Fen {
        let balance = self.credit - self.debit;
        if self.id.kind().grows_by_debits() { Fen(-balance.0) } else { balance }
    }

    pub fn kind(&self) -> AccountKind {
        self.id.kind()
    }
}
