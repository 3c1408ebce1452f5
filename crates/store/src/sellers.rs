//! 销售方: who stands in the invoices of an operator, and by whom they are made.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use model::Result;
use model::access::Scope;
use model::id::OperatorId;
use model::invoice::{ChannelLogin, InvoiceChannelKind, InvoiceParty};
use model::invoice_line::TaxItem;
use model::money::Fen;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the 诺诺 channel of a seller is made of, besides its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NuonuoConfig {
    pub url: String,
    pub app_key: String,
    /// 分机号
    pub extension_no: Option<String>,
    /// 电子税务局登录账号
    pub account: Option<String>,
    pub timeout_s: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    pub operator: OperatorId,
    pub party: InvoiceParty,
    pub electricity: TaxItem,
    pub service: TaxItem,
    /// Of one invoice, tax included.
    pub quota: Fen,
    pub drawer: String,
    pub checker: Option<String>,
    pub payee: Option<String>,
    /// Somebody looks at what is applied for before it is issued.
    pub review: bool,
    pub channel: InvoiceChannelKind,
    pub nuonuo: Option<NuonuoConfig>,
    /// Sealed.
    pub secret: Option<String>,
    pub login: ChannelLogin,
    pub login_message: Option<String>,
    pub login_at_ms: Option<i64>,
    /// 0 where nobody has set anything.
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

/// As long as nobody says otherwise.
pub const QUOTA: Fen = Fen(10_000_000);

const COLUMNS: &str = "o.id, COALESCE(s.name, o.name), COALESCE(s.tax_no, o.credit_code), s.address, s.phone, \
    s.bank_account, s.electricity_name, s.electricity_code, s.electricity_rate_e4, s.service_name, s.service_code, \
    s.service_rate_e4, s.quota_fen, s.drawer, s.checker, s.payee, s.review, s.channel, s.nuonuo, s.secret, s.login, \
    s.login_message, s.login_at_ms, s.version, s.changed_at_ms, s.changed_by";
const FROM: &str = "FROM operator o LEFT JOIN seller s ON s.operator_id = o.id";

fn seller(row: &Row<'_>) -> DbResult<Seller> {
    let operator = OperatorId(row.int(0)?);
    let party = InvoiceParty {
        name: row.text(1)?,
        tax_no: row.text_opt(2)?,
        address: row.text_opt(3)?,
        phone: row.text_opt(4)?,
        bank_account: row.text_opt(5)?,
    };
    let Some(version) = row.int_opt(23)? else {
        return Ok(Seller {
            operator,
            party,
            electricity: TaxItem::power("充电电费"),
            service: TaxItem::power("充电服务费"),
            quota: QUOTA,
            drawer: String::new(),
            checker: None,
            payee: None,
            review: false,
            channel: InvoiceChannelKind::Receipt,
            nuonuo: None,
            secret: None,
            login: ChannelLogin::Working,
            login_message: None,
            login_at_ms: None,
            version: 0,
            changed_at_ms: 0,
            changed_by: String::new(),
        });
    };
    let item = |at: usize| -> DbResult<TaxItem> {
        Ok(TaxItem { name: row.text(at)?, code: row.text(at + 1)?, rate_e4: row.int(at + 2)? })
    };
    let config = row.text_opt(18)?.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Seller {
        operator,
        party,
        electricity: item(6)?,
        service: item(9)?,
        quota: Fen(row.int(12)?),
        drawer: row.text(13)?,
        checker: row.text_opt(14)?,
        payee: row.text_opt(15)?,
        review: row.bool(16)?,
        channel: row.word(17, InvoiceChannelKind::parse)?,
        nuonuo: config.map_err(|why| {
            DbError::Fault(format!("the channel of the seller of operator {}: {why}", operator.0))
        })?,
        secret: row.text_opt(19)?,
        login: row.word(20, ChannelLogin::parse)?,
        login_message: row.text_opt(21)?,
        login_at_ms: row.int_opt(22)?,
        version,
        changed_at_ms: row.int(24)?,
        changed_by: row.text(25)?,
    })
}

/// Of every operator in sight, set up or not.
pub fn seller_list(conn: &mut Conn, scope: &Scope) -> DbResult<Vec<Seller>> {
    let mut filter = Filter::new();
    filter.scope_operator("o.id", scope);
    let sql = format!("SELECT {COLUMNS} {FROM} {} ORDER BY o.id", filter.sql());
    conn.query(&sql, &filter.values, seller)
}

pub fn get(conn: &mut Conn, scope: &Scope, operator: OperatorId) -> DbResult<Option<Seller>> {
    let mut filter = Filter::new();
    filter.and_value("o.id = ?", operator.0);
    filter.scope_operator("o.id", scope);
    conn.find(&format!("SELECT {COLUMNS} {FROM} {}", filter.sql()), &filter.values, seller)
}

/// Whether it was written: not when somebody has changed it since it was read as `version - 1`.
pub fn save(tx: &mut Tx<'_>, one: &Seller) -> Result<bool> {
    let nuonuo = one.nuonuo.as_ref().map(serde_json::to_string).transpose();
    let nuonuo = nuonuo.map_err(|_| model::Error::internal())?;
    let written = tx.execute(
        "INSERT INTO seller (operator_id, name, tax_no, address, phone, bank_account, electricity_name, electricity_code, \
         electricity_rate_e4, service_name, service_code, service_rate_e4, quota_fen, drawer, checker, payee, review, \
         channel, nuonuo, secret, login, version, changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
         $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) \
         ON CONFLICT (operator_id) DO UPDATE SET name = excluded.name, tax_no = excluded.tax_no, \
         address = excluded.address, phone = excluded.phone, bank_account = excluded.bank_account, \
         electricity_name = excluded.electricity_name, electricity_code = excluded.electricity_code, \
         electricity_rate_e4 = excluded.electricity_rate_e4, service_name = excluded.service_name, \
         service_code = excluded.service_code, service_rate_e4 = excluded.service_rate_e4, \
         quota_fen = excluded.quota_fen, drawer = excluded.drawer, checker = excluded.checker, \
         payee = excluded.payee, review = excluded.review, channel = excluded.channel, nuonuo = excluded.nuonuo, \
         secret = excluded.secret, version = excluded.version, changed_at_ms = excluded.changed_at_ms, \
         changed_by = excluded.changed_by WHERE seller.version = excluded.version - 1",
        &[
            one.operator.0.into(),
            (&one.party.name).into(),
            one.party.tax_no.as_ref().into(),
            one.party.address.as_ref().into(),
            one.party.phone.as_ref().into(),
            one.party.bank_account.as_ref().into(),
            (&one.electricity.name).into(),
            (&one.electricity.code).into(),
            one.electricity.rate_e4.into(),
            (&one.service.name).into(),
            (&one.service.code).into(),
            one.service.rate_e4.into(),
            one.quota.0.into(),
            (&one.drawer).into(),
            one.checker.as_ref().into(),
            one.payee.as_ref().into(),
            one.review.into(),
            one.channel.as_str().into(),
            nuonuo.into(),
            one.secret.as_ref().into(),
            one.login.as_str().into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("seller"));
    Ok(written > 0)
}

/// What the channel says of its sign-in; true when that is news.
pub fn login_set(
    tx: &mut Tx<'_>,
    operator: OperatorId,
    login: ChannelLogin,
    message: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let at: crate::Value<'_> = now.as_ms().into();
    let checked = "UPDATE seller SET login_checked_at_ms = $1 WHERE operator_id = $2";
    tx.execute(checked, &[at, operator.0.into()])?;
    let sql = "UPDATE seller SET login = $1, login_message = $2, login_at_ms = $3 \
               WHERE operator_id = $4 AND login <> $5";
    let changed = tx.execute(
        sql,
        &[
            login.as_str().into(),
            message.into(),
            now.as_ms().into(),
            operator.0.into(),
            login.as_str().into(),
        ],
    )?;
    if changed > 0 {
        tx.changed(Change::Noun("seller"));
    }
    Ok(changed > 0)
}

/// Whose sign-in is lost and was not looked at since then.
pub fn lost(conn: &mut Conn, before: Timestamp) -> DbResult<Vec<OperatorId>> {
    let sql = "SELECT operator_id FROM seller WHERE login = 'lost' AND COALESCE(login_checked_at_ms, 0) <= $1 \
               ORDER BY operator_id LIMIT 20";
    conn.query(sql, &[before.as_ms().into()], |row| Ok(OperatorId(row.int(0)?)))
}

/// How many sign-ins are lost, for whoever has to do something about it.
pub fn lost_count(conn: &mut Conn, scope: &Scope) -> DbResult<i64> {
    let mut filter = Filter::new();
    filter.and("login = 'lost'");
    filter.scope_operator("operator_id", scope);
    conn.one(&format!("SELECT COUNT(*) FROM seller {}", filter.sql()), &filter.values, crate::filter::count)
}
