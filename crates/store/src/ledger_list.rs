//! 账务流水 and 科目余额 as pages show them.

use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count_some};
use crate::order_list::order_no_opt;
use crate::order_payments;
use crate::postings;
use crate::wallet_changes::{self, WalletChange};
use model::access::Scope;
use model::id::{CustomerId, FleetId, OrderId};
use model::ledger::{AccountId, AccountKind, PayWay, Payer, PaymentState, PostingCode};
use serde::Serialize;
use utoipa::ToSchema;

/// One side of a posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountName {
    pub kind: AccountKind,
    pub owner_id: i64,
    /// Of the customer, fleet, operator or payee; empty for accounts of the platform.
    pub owner_name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Posting)]
pub struct PostingView {
    pub id: i64,
    pub at_ms: i64,
    pub code: PostingCode,
    pub amount_fen: i64,
    pub debit: AccountName,
    pub credit: AccountName,
    pub order_id: Option<i64>,
    pub order_no: Option<String>,
    pub staff_name: Option<String>,
    pub reason: String,
    /// 业务键: the same key moves money once.
    pub key: String,
}

#[derive(Clone, Debug, Default)]
pub struct PostingFilter {
    pub code: Option<PostingCode>,
    pub account: Option<AccountKind>,
    pub customer: Option<i64>,
    pub fleet: Option<i64>,
    pub order: Option<i64>,
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
    /// Time and id of the last row of the page before.
    pub before: Option<[i64; 2]>,
    pub limit: i64,
}

impl PostingFilter {
    /// Nothing of what every bill posts is among them: the rest has an index.
    fn is_rare(&self) -> bool {
        let usual = |code| matches!(code, PostingCode::Electricity | PostingCode::Service);
        let rare = |kind| {
            matches!(
                kind,
                AccountKind::Channel
                    | AccountKind::Promotion
                    | AccountKind::WriteOff
                    | AccountKind::Refunding
                    | AccountKind::Discount
                    | AccountKind::PlatformDiscount
            )
        };
        self.code.is_some_and(|code| !usual(code)) || self.account.is_some_and(rare)
    }

    fn filter(&self, scope: &Scope) -> Filter {
        let mut filter = Filter::new();
        filter.scope("p.operator_id", "o.station_id", scope);
        filter.and_some("p.code = ?", self.code.map(PostingCode::as_str));
        filter.and_some("p.order_id = ?", self.order);
        filter.and_value("p.at_ms >= ?", self.from_ms);
        filter.and_value("p.at_ms < ?", self.to_ms);
        if self.is_rare() {
            filter.and("p.code <> 'electricity' AND p.code <> 'service'");
        }
        if let Some(kind) = self.account {
            let (debit, credit) =
                (filter.bind(AccountId::of(kind, 0).number()), filter.bind(AccountId::of(kind, 0).number()));
            filter.and(&format!("(p.debit_id % 32 = {debit} OR p.credit_id % 32 = {credit})"));
        }
        if let Some(id) = self.customer {
            let own =
                [AccountKind::Principal, AccountKind::Gift, AccountKind::Receivable, AccountKind::Refunding];
            let debit = filter.bind_all(own.iter().map(|kind| AccountId::of(*kind, id).number()));
            let credit = filter.bind_all(own.iter().map(|kind| AccountId::of(*kind, id).number()));
            filter.and(&format!("(p.debit_id IN ({debit}) OR p.credit_id IN ({credit}))"));
        }
        if let Some(id) = self.fleet {
            let number = AccountId::of(AccountKind::Fleet, id).number();
            let (debit, credit) = (filter.bind(number), filter.bind(number));
            filter.and(&format!("(p.debit_id = {debit} OR p.credit_id = {credit})"));
        }
        filter
    }
}

/// Which of the names a row has found belongs to the account.
fn name(row: &Row<'_>, column: usize, number: i64) -> DbResult<AccountName> {
    let wrong = || crate::DbError::Fault(format!("there can be no account {number}"));
    let account = AccountId::parse(number).ok_or_else(wrong)?;
    let at = match account.kind() {
        AccountKind::Principal | AccountKind::Gift | AccountKind::Receivable | AccountKind::Refunding => {
            Some(column)
        }
        AccountKind::Fleet => Some(column + 1),
        AccountKind::Revenue | AccountKind::Discount | AccountKind::SharedRevenue | AccountKind::PaidOut => {
            Some(column + 2)
        }
        AccountKind::PayeePayable => Some(column + 3),
        _ => None,
    };
    let owner_name = match at {
        Some(at) => row.text_opt(at)?.unwrap_or_default(),
        None => String::new(),
    };
    Ok(AccountName { kind: account.kind(), owner_id: account.owner(), owner_name })
}

/// Names of a customer, a fleet, an operator and a payee with the account's owner, whichever of them it is.
fn names(account: &str, alias: &str) -> (String, String) {
    let columns = format!("{alias}_c.name, {alias}_f.name, {alias}_o.name, {alias}_y.name");
    let joins = format!(
        "LEFT JOIN customer {alias}_c ON {alias}_c.id = {account} / 32 LEFT JOIN fleet {alias}_f ON {alias}_f.id = \
         {account} / 32 LEFT JOIN operator {alias}_o ON {alias}_o.id = {account} / 32 \
         LEFT JOIN payee {alias}_y ON {alias}_y.id = {account} / 32"
    );
    (columns, joins)
}

const FROM: &str = "posting p LEFT JOIN orders o ON o.id = p.order_id";

/// Newest first. Staff of an operator see what was earned at its stations.
pub fn posting_list(conn: &mut Conn, scope: &Scope, wanted: &PostingFilter) -> DbResult<Page<PostingView>> {
    let mut filter = wanted.filter(scope);
    let total = count_some(conn, FROM, &filter)?;
    if let Some([at_ms, id]) = wanted.before {
        let (at_ms, id) = (filter.bind(at_ms), filter.bind(id));
        filter.and(&format!("(p.at_ms, p.id) < ({at_ms}, {id})"));
    }
    let limit = filter.bind(wanted.limit + 1);
    let ((debits, debit), (credits, credit)) = (names("p.debit_id", "d"), names("p.credit_id", "k"));
    let sql = format!(
        "SELECT p.id, p.at_ms, p.code, p.fen, p.debit_id, p.credit_id, p.order_id, o.created_at_ms, p.staff_name, \
         p.reason, p.posting_key, {debits}, {credits} FROM {FROM} {debit} {credit} {} ORDER BY p.at_ms DESC, p.id DESC \
         LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let order = row.int_opt(6)?;
        Ok(PostingView {
            id: row.int(0)?,
            at_ms: row.int(1)?,
            code: row.word(2, PostingCode::parse)?,
            amount_fen: row.int(3)?,
            debit: name(row, 11, row.int(4)?)?,
            credit: name(row, 15, row.int(5)?)?,
            order_id: order,
            order_no: order_no_opt(order, row.int_opt(7)?),
            staff_name: row.text_opt(8)?,
            reason: row.text(9)?,
            key: row.text(10)?,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, total, |one| format!("{}.{}", one.at_ms, one.id)))
}

/// What the accounts of one kind have seen together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialBalanceRow {
    pub kind: AccountKind,
    pub account_count: i64,
    pub debit_fen: i64,
    pub credit_fen: i64,
    /// As people read it: what is in them, or what is owed to us.
    pub balance_fen: i64,
}

/// 科目余额: the sums of debits and credits are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialBalance {
    pub rows: Vec<TrialBalanceRow>,
    pub debit_fen: i64,
    pub credit_fen: i64,
}

pub fn trial_balance_get(conn: &mut Conn) -> DbResult<TrialBalance> {
    let sql = "SELECT id % 32, COUNT(*), CAST(SUM(debit_fen) AS BIGINT), CAST(SUM(credit_fen) AS BIGINT) \
               FROM account GROUP BY id % 32 ORDER BY 1";
    let rows = conn.query(sql, &[], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?)))?;
    let rows: Vec<_> = rows
        .into_iter()
        .filter_map(|(number, account_count, debit_fen, credit_fen)| {
            let kind = AccountId::parse(number)?.kind();
            let balance = credit_fen - debit_fen;
            let balance_fen = if kind.grows_by_debits() { -balance } else { balance };
            Some(TrialBalanceRow { kind, account_count, debit_fen, credit_fen, balance_fen })
        })
        .collect();
    Ok(TrialBalance {
        debit_fen: rows.iter().map(|row| row.debit_fen).sum(),
        credit_fen: rows.iter().map(|row| row.credit_fen).sum(),
        rows,
    })
}

/// Changes of a purse that its page shows.
const CHANGES: i64 = 50;

/// A customer's purse.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Wallet)]
pub struct WalletView {
    pub principal_fen: i64,
    pub gift_fen: i64,
    /// For sessions that run or await a person.
    pub held_fen: i64,
    pub available_fen: i64,
    /// What the customer owes for sessions.
    pub owed_fen: i64,
    /// Null: as the parameter says.
    pub pay_way: Option<PayWay>,
    /// Put in and taken out by staff, newest first.
    pub changes: Vec<WalletChange>,
}

/// Nothing where there is no such customer.
pub fn wallet_get(conn: &mut Conn, id: CustomerId) -> DbResult<Option<WalletView>> {
    if crate::customers::get(conn, id)?.is_none() {
        return Ok(None);
    }
    let purse = order_payments::purse_read(conn, Payer::Customer(id))?;
    Ok(Some(WalletView {
        principal_fen: purse.principal,
        gift_fen: purse.gift,
        held_fen: purse.held,
        available_fen: purse.principal + purse.gift - purse.held,
        owed_fen: -postings::balance(conn, AccountId::receivable(id))?.0,
        pay_way: crate::customers::pay_way(conn, id)?,
        changes: wallet_changes::of_payer(conn, Payer::Customer(id), CHANGES)?,
    }))
}

/// A fleet's account.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FleetAccount)]
pub struct FleetAccountView {
    /// Below zero: what it owes.
    pub balance_fen: i64,
    pub held_fen: i64,
    /// The credit included.
    pub available_fen: i64,
    pub credit_fen: i64,
    /// For its drivers.
    pub pays: bool,
    /// Of the fleet, against stale forms.
    pub version: i64,
    pub changes: Vec<WalletChange>,
}

pub fn fleet_account_get(conn: &mut Conn, id: FleetId) -> DbResult<Option<FleetAccountView>> {
    let Some(account) = crate::fleets::account(conn, id)? else { return Ok(None) };
    let purse = order_payments::purse_read(conn, Payer::Fleet(id))?;
    Ok(Some(FleetAccountView {
        balance_fen: purse.principal,
        held_fen: purse.held,
        available_fen: purse.principal - purse.held + purse.credit,
        credit_fen: account.credit.0,
        pays: account.pays,
        version: account.version,
        changes: wallet_changes::of_payer(conn, Payer::Fleet(id), CHANGES)?,
    }))
}

/// How an order is paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderPayment)]
pub struct OrderPaymentView {
    /// Null: nobody pays, or it is not over and will be owed.
    pub way: Option<PayWay>,
    pub state: Option<PaymentState>,
    pub held_fen: i64,
    pub most_held_fen: i64,
    pub principal_fen: i64,
    pub gift_fen: i64,
    pub owed_fen: i64,
    pub refunded_fen: i64,
    pub written_off_fen: i64,
    /// Of what was owed, what was paid at a channel; and what of it went back to its source, or is reserved for it.
    pub settled_fen: i64,
    pub returned_fen: i64,
    /// What can still be given back.
    pub refundable_fen: i64,
    /// Nothing more could be held, and the session was stopped for it.
    pub exhausted: bool,
    /// How much of it the payer's fleet lets its driver charge; null: without an end.
    pub limit_fen: Option<i64>,
    pub limit_dwh: Option<i64>,
    pub postings: Vec<PostingView>,
}

pub fn order_payment_get(conn: &mut Conn, id: OrderId) -> DbResult<OrderPaymentView> {
    let payment = order_payments::get(conn, id)?;
    let wanted = PostingFilter { order: Some(id.0), limit: 200, ..PostingFilter::default() };
    let postings = posting_list(conn, &Scope::default(), &wanted)?.items;
    let fen =
        |of: fn(&order_payments::OrderPayment) -> model::money::Fen| payment.as_ref().map_or(0, |p| of(p).0);
    Ok(OrderPaymentView {
        way: payment.map(|p| p.way),
        state: payment.map(|p| p.state),
        held_fen: fen(|p| p.held),
        most_held_fen: fen(|p| p.most_held),
        principal_fen: fen(|p| p.paid.principal),
        gift_fen: fen(|p| p.paid.gift),
        owed_fen: fen(|p| p.paid.owed),
        refunded_fen: fen(|p| p.refunded),
        written_off_fen: fen(|p| p.written_off),
        settled_fen: fen(|p| p.settled),
        returned_fen: fen(|p| p.returned),
        refundable_fen: fen(|p| p.left().total()),
        exhausted: payment.is_some_and(|p| p.exhausted),
        limit_fen: payment.and_then(|p| p.limit.fen).map(|fen| fen.0),
        limit_dwh: payment.and_then(|p| p.limit.energy).map(|energy| energy.dwh()),
        postings,
    })
}
