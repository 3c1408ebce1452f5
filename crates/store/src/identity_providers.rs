//! 统一身份认证: providers of OpenID Connect, whom they know, and sign-ins that are on their way.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::ids::Noun;
use model::Result;
use model::id::StaffId;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// As staff see it. Its secret is told to nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdentityProvider {
    pub id: i64,
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub has_secret: bool,
    /// What of whoever signs in names the account.
    pub claim: String,
    /// Of an account that is made for whoever has none; null: none is made.
    pub role: Option<String>,
    pub enabled: bool,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

const COLUMNS: &str =
    "id, name, issuer, client_id, secret, claim, role, enabled, version, changed_at_ms, changed_by";

fn provider(row: &Row<'_>) -> DbResult<(IdentityProvider, Option<String>)> {
    let secret = row.text_opt(4)?;
    let provider = IdentityProvider {
        id: row.int(0)?,
        name: row.text(1)?,
        issuer: row.text(2)?,
        client_id: row.text(3)?,
        has_secret: secret.is_some(),
        claim: row.text(5)?,
        role: row.text_opt(6)?,
        enabled: row.bool(7)?,
        version: row.int(8)?,
        changed_at_ms: row.int(9)?,
        changed_by: row.text(10)?,
    };
    Ok((provider, secret))
}

/// By name.
pub fn list(conn: &mut Conn) -> DbResult<Vec<IdentityProvider>> {
    let sql = format!("SELECT {COLUMNS} FROM identity_provider ORDER BY name, id");
    conn.query(&sql, &[], |row| Ok(provider(row)?.0))
}

/// With its sealed secret.
pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<(IdentityProvider, Option<String>)>> {
    conn.find(&format!("SELECT {COLUMNS} FROM identity_provider WHERE id = $1"), &[id.into()], provider)
}

pub fn is_named(conn: &mut Conn, name: &str, except: i64) -> DbResult<bool> {
    let sql = "SELECT id FROM identity_provider WHERE name = $1 AND id <> $2";
    Ok(conn.find(sql, &[name.into(), except.into()], |row| row.int(0))?.is_some())
}

/// Writes a new one, or the one that has its id.
pub fn save(tx: &mut Tx<'_>, one: &IdentityProvider, secret: Option<&str>) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::IdentityProvider)? } else { one.id };
    tx.execute(
        "INSERT INTO identity_provider (id, name, issuer, client_id, secret, claim, role, enabled, version, \
         changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, issuer = excluded.issuer, \
         client_id = excluded.client_id, secret = excluded.secret, claim = excluded.claim, role = excluded.role, \
         enabled = excluded.enabled, version = excluded.version, changed_at_ms = excluded.changed_at_ms, \
         changed_by = excluded.changed_by",
        &[
            id.into(),
            (&one.name).into(),
            (&one.issuer).into(),
            (&one.client_id).into(),
            secret.into(),
            (&one.claim).into(),
            one.role.as_deref().into(),
            one.enabled.into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("identity_provider"));
    Ok(id)
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<bool> {
    for table in ["identity", "provider_try"] {
        tx.execute(&format!("DELETE FROM {table} WHERE provider_id = $1"), &[id.into()])?;
    }
    tx.changed(Change::Noun("identity_provider"));
    Ok(tx.execute("DELETE FROM identity_provider WHERE id = $1", &[id.into()])? > 0)
}

/// A sign-in that goes to a provider.
#[derive(Clone, Debug)]
pub struct ProviderTry {
    /// Hash of the state.
    pub state: String,
    pub provider: i64,
    pub nonce: String,
    /// Sealed.
    pub verifier: String,
    pub return_to: String,
    pub created_at: Timestamp,
}

pub fn try_insert(tx: &mut Tx<'_>, one: &ProviderTry, forgotten_before: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM provider_try WHERE created_at_ms < $1", &[forgotten_before.as_ms().into()])?;
    tx.execute(
        "INSERT INTO provider_try (state, provider_id, nonce, verifier, return_to, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            (&one.state).into(),
            one.provider.into(),
            (&one.nonce).into(),
            (&one.verifier).into(),
            (&one.return_to).into(),
            one.created_at.as_ms().into(),
        ],
    )?;
    Ok(())
}

/// Takes it out: what comes back twice finds nothing the second time.
pub fn try_take(tx: &mut Tx<'_>, state: &str) -> Result<Option<ProviderTry>> {
    let sql = "SELECT state, provider_id, nonce, verifier, return_to, created_at_ms FROM provider_try WHERE state = $1";
    let found = tx.read(|conn| {
        conn.find(sql, &[state.into()], |row| {
            Ok(ProviderTry {
                state: row.text(0)?,
                provider: row.int(1)?,
                nonce: row.text(2)?,
                verifier: row.text(3)?,
                return_to: row.text(4)?,
                created_at: Timestamp::from_ms(row.int(5)?),
            })
        })
    })?;
    let taken = tx.execute("DELETE FROM provider_try WHERE state = $1", &[state.into()])?;
    Ok(found.filter(|_| taken > 0))
}

/// Who of the staff it is.
pub fn identity_find(conn: &mut Conn, provider: i64, subject: &str) -> DbResult<Option<StaffId>> {
    let sql = "SELECT staff_id FROM identity WHERE provider_id = $1 AND subject = $2";
    conn.find(sql, &[provider.into(), subject.into()], |row| Ok(StaffId(row.int(0)?)))
}

pub fn identity_insert(
    tx: &mut Tx<'_>,
    provider: i64,
    subject: &str,
    staff: StaffId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO identity (provider_id, subject, staff_id, created_at_ms) VALUES ($1, $2, $3, $4)",
        &[provider.into(), subject.into(), staff.0.into(), now.as_ms().into()],
    )?;
    Ok(())
}
