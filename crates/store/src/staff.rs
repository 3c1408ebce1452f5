//! 账号: people who work in the console, and what proves that it is them.

use crate::Tx;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::access::{Area, Permissions, Role, Scope};
use model::id::{OperatorId, StaffId};
use model::time::Timestamp;
use std::collections::HashSet;

/// An account with its secrets; never leaves the server.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: StaffId,
    pub account: String,
    pub name: String,
    /// A role of the product, or one of `role`.
    pub role: String,
    pub permissions: Permissions,
    pub operator: Option<OperatorId>,
    pub area: Area,
    /// What `engine` made of the password.
    pub password: String,
    pub disabled: bool,
    pub version: i64,
    /// What somebody who leaves hands over, to whom.
    pub handover: String,
}

const COLUMNS: &str = "f.id, f.account, f.name, f.role, f.operator_id, f.password, f.disabled, f.area, r.permissions, \
     f.version, f.handover";

pub(crate) const FROM: &str = "FROM staff f LEFT JOIN role r ON r.code = f.role";

fn account(row: &Row<'_>) -> DbResult<Account> {
    let role = row.text(3)?;
    Ok(Account {
        id: StaffId(row.int(0)?),
        account: row.text(1)?,
        name: row.text(2)?,
        permissions: permissions(&role, row.text_opt(8)?.as_deref())?,
        role,
        operator: row.int_opt(4)?.map(OperatorId),
        area: area(&row.text(7)?)?,
        password: row.text(5)?,
        disabled: row.bool(6)?,
        version: row.int(9)?,
        handover: row.text(10)?,
    })
}

/// What a role may do; `own` is what the row of a role of the operator's own making lists.
fn permissions(role: &str, own: Option<&str>) -> DbResult<Permissions> {
    if let Some(role) = Role::parse(role) {
        return Ok(role.permissions());
    }
    own.map_or(Ok(Permissions::default()), |own| crate::roles::read(role, own))
}

pub(crate) fn area(text: &str) -> DbResult<Area> {
    serde_json::from_str(text).map_err(|why| DbError::Fault(format!("an area of staff: {why}")))
}

fn area_text(area: &Area) -> Result<String> {
    serde_json::to_string(area).map_err(|_| model::Error::internal())
}

pub fn by_account(conn: &mut Conn, name: &str) -> DbResult<Option<Account>> {
    conn.find(&format!("SELECT {COLUMNS} {FROM} WHERE f.account = $1"), &[name.into()], account)
}

pub fn get(conn: &mut Conn, id: StaffId) -> DbResult<Option<Account>> {
    conn.find(&format!("SELECT {COLUMNS} {FROM} WHERE f.id = $1"), &[id.0.into()], account)
}

/// Everybody in scope who can sign in, by name.
pub fn working(conn: &mut Conn, scope: &Scope) -> DbResult<Vec<Account>> {
    let mut filter = Filter::new();
    filter.and("NOT f.disabled");
    filter.scope_operator("f.operator_id", scope);
    let sql = format!("SELECT {COLUMNS} {FROM} {} ORDER BY f.name, f.id", filter.sql());
    conn.query(&sql, &filter.values, account)
}

pub fn any_admin(conn: &mut Conn) -> DbResult<Option<Account>> {
    conn.find(
        &format!("SELECT {COLUMNS} {FROM} WHERE f.role = 'admin' AND NOT f.disabled ORDER BY f.id LIMIT 1"),
        &[],
        account,
    )
}

pub fn insert(tx: &mut Tx<'_>, account: &Account, now: Timestamp) -> Result<StaffId> {
    let id = tx.next_id(Noun::Staff)?;
    tx.execute(
        "INSERT INTO staff (id, account, name, role, operator_id, area, password, disabled, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            (&account.account).into(),
            (&account.name).into(),
            (&account.role).into(),
            account.operator.map(|operator| operator.0).into(),
            area_text(&account.area)?.into(),
            (&account.password).into(),
            account.disabled.into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(StaffId(id))
}

/// Writes everything but the password; false when somebody else has changed the account since.
pub fn update(tx: &mut Tx<'_>, account: &Account) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE staff SET name = $1, role = $2, operator_id = $3, area = $4, disabled = $5, handover = $6, \
         version = version + 1 WHERE id = $7 AND version = $8",
        &[
            (&account.name).into(),
            (&account.role).into(),
            account.operator.map(|operator| operator.0).into(),
            area_text(&account.area)?.into(),
            account.disabled.into(),
            (&account.handover).into(),
            account.id.0.into(),
            account.version.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Whether every place of an area is there; a station must be the operator's, if there is one.
pub fn area_exists(conn: &mut Conn, area: &Area, operator: Option<OperatorId>) -> DbResult<bool> {
    let mut filter = Filter::new();
    let (sql, wanted) = match area {
        Area::Everywhere => return Ok(true),
        Area::Cities { cities } => {
            let wanted: HashSet<&String> = cities.iter().collect();
            let codes = filter.bind_all(wanted.iter().map(|code| (*code).clone()));
            filter.and(&format!("code IN ({codes})"));
            (format!("SELECT COUNT(*) FROM city {}", filter.sql()), wanted.len())
        }
        Area::Stations { stations } => {
            let wanted: HashSet<i64> = stations.iter().map(|station| station.0).collect();
            let ids = filter.bind_all(wanted.iter().copied());
            filter.and(&format!("id IN ({ids})"));
            filter.and_some("operator_id = ?", operator.map(|operator| operator.0));
            (format!("SELECT COUNT(*) FROM station {}", filter.sql()), wanted.len())
        }
    };
    let found = conn.one(&sql, &filter.values, crate::filter::count)?;
    Ok(usize::try_from(found).is_ok_and(|found| found == wanted))
}

/// How many may look after the whole platform and everybody's account.
pub fn admins(conn: &mut Conn) -> DbResult<i64> {
    let everywhere =
        area_text(&Area::Everywhere).map_err(|_| DbError::Fault("the area that is everywhere".to_owned()))?;
    let sql = "SELECT COUNT(*) FROM staff WHERE role = 'admin' AND operator_id IS NULL AND area = $1 \
               AND NOT disabled";
    conn.one(sql, &[everywhere.into()], crate::filter::count)
}

pub fn password_set(tx: &mut Tx<'_>, id: StaffId, password: &str) -> Result<()> {
    tx.execute("UPDATE staff SET password = $1 WHERE id = $2", &[password.into(), id.0.into()])?;
    Ok(())
}

/// A browser session or an API token, known by the hash of its secret.
#[derive(Clone, Debug)]
pub struct Credential {
    pub hash: String,
    pub kind: CredentialKind,
    pub name: String,
    pub staff: StaffId,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub remote_address: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    Session,
    Token,
}

impl CredentialKind {
    fn as_str(self) -> &'static str {
        match self {
            CredentialKind::Session => "session",
            CredentialKind::Token => "token",
        }
    }

    fn parse(text: &str) -> Option<CredentialKind> {
        [CredentialKind::Session, CredentialKind::Token].into_iter().find(|kind| kind.as_str() == text)
    }
}

pub fn credential_insert(tx: &mut Tx<'_>, credential: &Credential) -> Result<()> {
    tx.execute(
        "INSERT INTO credential (hash, kind, name, staff_id, created_at_ms, seen_at_ms, expires_at_ms, \
         remote_address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            (&credential.hash).into(),
            credential.kind.as_str().into(),
            (&credential.name).into(),
            credential.staff.0.into(),
            credential.created_at.as_ms().into(),
            credential.seen_at.as_ms().into(),
            credential.expires_at.map(Timestamp::as_ms).into(),
            (&credential.remote_address).into(),
        ],
    )?;
    Ok(())
}

/// The credential and whom it proves.
pub fn credential_find(conn: &mut Conn, hash: &str) -> DbResult<Option<(Credential, Account)>> {
    let sql = format!(
        "SELECT {COLUMNS}, c.kind, c.name, c.created_at_ms, c.seen_at_ms, c.expires_at_ms, c.remote_address \
         FROM credential c JOIN staff f ON f.id = c.staff_id \
         LEFT JOIN role r ON r.code = f.role WHERE c.hash = $1"
    );
    conn.find(&sql, &[hash.into()], |row| {
        let staff = account(row)?;
        let credential = Credential {
            hash: hash.to_owned(),
            kind: row.word(11, CredentialKind::parse)?,
            name: row.text(12)?,
            staff: staff.id,
            created_at: Timestamp::from_ms(row.int(13)?),
            seen_at: Timestamp::from_ms(row.int(14)?),
            expires_at: row.int_opt(15)?.map(Timestamp::from_ms),
            remote_address: row.text(16)?,
        };
        Ok((credential, staff))
    })
}

pub fn credential_seen(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE credential SET seen_at_ms = $1 WHERE hash = $2", &[now.as_ms().into(), hash.into()])?;
    Ok(())
}

pub fn credential_remove(tx: &mut Tx<'_>, hash: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM credential WHERE hash = $1", &[hash.into()])? > 0)
}

/// Ends what proves to be this person, except the session that is asking.
pub fn credentials_remove(tx: &mut Tx<'_>, staff: StaffId, except: &str) -> Result<u64> {
    tx.execute("DELETE FROM credential WHERE staff_id = $1 AND hash <> $2", &[staff.0.into(), except.into()])
}

/// Forgets sessions whose time is over, so that the table stays small.
pub fn sessions_expire(tx: &mut Tx<'_>, idle_before: Timestamp, now: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM credential WHERE kind = 'session' AND (seen_at_ms < $1 OR expires_at_ms <= $2)",
        &[idle_before.as_ms().into(), now.as_ms().into()],
    )
}
