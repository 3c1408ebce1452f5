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
    pub password_at: Timestamp,
    /// Somebody else knows the password: it came from them.
    pub password_given: bool,
    /// From when on nothing goes without two-step verification.
    pub factor_due: Option<Timestamp>,
    /// Since when signing in takes a code too.
    pub factor_since: Option<Timestamp>,
}

const COLUMNS: &str = "f.id, f.account, f.name, f.role, f.operator_id, f.password, f.disabled, f.area, r.permissions, \
     f.version, f.handover, f.password_at_ms, f.password_given, f.factor_due_ms, s.confirmed_at_ms";
/// How many they are.
const COLUMN_COUNT: usize = 15;

pub(crate) const FROM: &str = "FROM staff f LEFT JOIN role r ON r.code = f.role \
     LEFT JOIN second_factor s ON s.staff_id = f.id";

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
        password_at: Timestamp::from_ms(row.int(11)?),
        password_given: row.bool(12)?,
        factor_due: row.int_opt(13)?.map(Timestamp::from_ms),
        factor_since: row.int_opt(14)?.map(Timestamp::from_ms),
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
        "INSERT INTO staff (id, account, name, role, operator_id, area, password, disabled, created_at_ms, \
         password_at_ms, password_given) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
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
            account.password_given.into(),
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

/// How many may look after the whole platform and everybody's account; where the three administrators are
/// apart, everybody's account.
pub fn admins(conn: &mut Conn) -> DbResult<i64> {
    let everywhere =
        area_text(&Area::Everywhere).map_err(|_| DbError::Fault("the area that is everywhere".to_owned()))?;
    let sql = "SELECT COUNT(*) FROM staff WHERE (role = 'admin' OR role = 'security_admin' AND EXISTS \
               (SELECT 1 FROM parameter WHERE name = 'administrators_apart' AND value = 1)) \
               AND operator_id IS NULL AND area = $1 AND NOT disabled";
    conn.one(sql, &[everywhere.into()], crate::filter::count)
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
    /// What it was opened with, as it says of itself.
    pub device: String,
    /// When its owner last showed the password or a code.
    pub proven_at: Timestamp,
    pub limits: TokenLimits,
}

/// What makes a token smaller than its owner; `None` leaves what the owner has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenLimits {
    pub rights: Option<Permissions>,
    pub area: Option<Area>,
    /// Networks from which it is taken, one after another.
    pub networks: Option<String>,
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
    let area = credential.limits.area.as_ref().map(area_text).transpose()?;
    tx.execute(
        "INSERT INTO credential (hash, kind, name, staff_id, created_at_ms, seen_at_ms, expires_at_ms, \
         remote_address, device, proven_at_ms, rights, area, networks) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            (&credential.hash).into(),
            credential.kind.as_str().into(),
            (&credential.name).into(),
            credential.staff.0.into(),
            credential.created_at.as_ms().into(),
            credential.seen_at.as_ms().into(),
            credential.expires_at.map(Timestamp::as_ms).into(),
            (&credential.remote_address).into(),
            (&credential.device).into(),
            credential.proven_at.as_ms().into(),
            credential.limits.rights.map(crate::roles::written).into(),
            area.into(),
            credential.limits.networks.clone().into(),
        ],
    )?;
    Ok(())
}

/// The credential and whom it proves.
pub fn credential_find(conn: &mut Conn, hash: &str) -> DbResult<Option<(Credential, Account)>> {
    let sql = format!(
        "SELECT {COLUMNS}, c.kind, c.name, c.created_at_ms, c.seen_at_ms, c.expires_at_ms, c.remote_address, \
         c.device, c.proven_at_ms, c.rights, c.area, c.networks {FROM} \
         JOIN credential c ON c.staff_id = f.id WHERE c.hash = $1"
    );
    conn.find(&sql, &[hash.into()], |row| {
        const AT: usize = COLUMN_COUNT;
        let staff = account(row)?;
        let limits = TokenLimits {
            rights: row.text_opt(AT + 8)?.map(|rights| crate::roles::read("token", &rights)).transpose()?,
            area: row.text_opt(AT + 9)?.map(|text| area(&text)).transpose()?,
            networks: row.text_opt(AT + 10)?,
        };
        let credential = Credential {
            hash: hash.to_owned(),
            kind: row.word(AT, CredentialKind::parse)?,
            name: row.text(AT + 1)?,
            staff: staff.id,
            created_at: Timestamp::from_ms(row.int(AT + 2)?),
            seen_at: Timestamp::from_ms(row.int(AT + 3)?),
            expires_at: row.int_opt(AT + 4)?.map(Timestamp::from_ms),
            remote_address: row.text(AT + 5)?,
            device: row.text(AT + 6)?,
            proven_at: Timestamp::from_ms(row.int(AT + 7)?),
            limits,
        };
        Ok((credential, staff))
    })
}

pub fn credential_seen(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE credential SET seen_at_ms = $1 WHERE hash = $2", &[now.as_ms().into(), hash.into()])?;
    Ok(())
}

/// Its owner has just shown the password or a code.
pub fn credential_proven(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE credential SET proven_at_ms = $1 WHERE hash = $2",
        &[now.as_ms().into(), hash.into()],
    )?;
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
