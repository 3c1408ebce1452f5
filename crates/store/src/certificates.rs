//! The installation's certificate authority, and the certificates that it has signed for piles.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::ids::Noun;
use model::Result;
use model::id::PileId;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

model::words! {
    CertificateState {
        /// On its way to the pile, which has not used it yet.
        Sent = "sent",
        /// The pile has taken it.
        Installed = "installed",
        /// The pile did not take it.
        Refused = "refused",
        /// Staff took it back: a link with it is refused.
        Revoked = "revoked",
    }
}

/// A certificate of a pile, as staff see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Certificate)]
pub struct CertificateView {
    pub id: i64,
    /// Hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
    pub from_ms: i64,
    pub to_ms: i64,
    pub state: CertificateState,
    pub created_at_ms: i64,
    /// When the pile last connected with it.
    pub used_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
}

/// One that was signed just now.
#[derive(Clone, Debug)]
pub struct Signed {
    pub serial: String,
    pub fingerprint: String,
    /// PEM
    pub body: String,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What the door must know of a certificate that a pile shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub id: i64,
    pub pile: PileId,
    pub state: CertificateState,
    pub used_at: Option<Timestamp>,
}

/// The newest authority: its certificate (PEM) and its sealed key.
pub fn authority(conn: &mut Conn) -> DbResult<Option<(String, String)>> {
    conn.find("SELECT body, sealed_key FROM authority ORDER BY id DESC LIMIT 1", &[], |row| {
        Ok((row.text(0)?, row.text(1)?))
    })
}

/// Makes it the one that signs, unless there is one already.
pub fn authority_insert(tx: &mut Tx<'_>, body: &str, sealed_key: &str, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO authority (id, body, sealed_key, created_at_ms) VALUES (1, $1, $2, $3) \
         ON CONFLICT (id) DO NOTHING";
    tx.execute(sql, &[body.into(), sealed_key.into(), now.as_ms().into()]).map(drop)
}

pub fn insert(tx: &mut Tx<'_>, pile: PileId, signed: &Signed, now: Timestamp) -> Result<i64> {
    let id = tx.next_id(Noun::Certificate)?;
    tx.execute(
        "INSERT INTO certificate (id, pile_id, serial, fingerprint, body, from_ms, to_ms, state, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            pile.0.into(),
            (&signed.serial).into(),
            (&signed.fingerprint).into(),
            (&signed.body).into(),
            signed.from.as_ms().into(),
            signed.to.as_ms().into(),
            CertificateState::Sent.as_str().into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(id)
}

fn view(row: &Row<'_>) -> DbResult<CertificateView> {
    Ok(CertificateView {
        id: row.int(0)?,
        serial: row.text(1)?,
        fingerprint: row.text(2)?,
        from_ms: row.int(3)?,
        to_ms: row.int(4)?,
        state: row.word(5, CertificateState::parse)?,
        created_at_ms: row.int(6)?,
        used_at_ms: row.int_opt(7)?,
        ended_at_ms: row.int_opt(8)?,
    })
}

const VIEW: &str = "SELECT id, serial, fingerprint, from_ms, to_ms, state, created_at_ms, used_at_ms, ended_at_ms FROM certificate";

/// Most that a page shows of one pile.
const SHOWN_MAX: i64 = 50;

/// Those of a pile, the newest first.
pub fn certificate_list(conn: &mut Conn, pile: PileId) -> DbResult<Vec<CertificateView>> {
    conn.query(
        &format!("{VIEW} WHERE pile_id = $1 ORDER BY id DESC LIMIT $2"),
        &[pile.0.into(), SHOWN_MAX.into()],
        view,
    )
}

pub fn get(conn: &mut Conn, id: i64) -> DbResult<Option<(PileId, CertificateView)>> {
    let (Some(pile), Some(found)) = (
        conn.find("SELECT pile_id FROM certificate WHERE id = $1", &[id.into()], |row| row.int(0))?,
        conn.find(&format!("{VIEW} WHERE id = $1"), &[id.into()], view)?,
    ) else {
        return Ok(None);
    };
    Ok(Some((PileId(pile), found)))
}

/// By the SHA-256 of what a pile has shown.
pub fn by_fingerprint(conn: &mut Conn, fingerprint: &str) -> DbResult<Option<Shown>> {
    let sql = "SELECT id, pile_id, state, used_at_ms FROM certificate WHERE fingerprint = $1";
    conn.find(sql, &[fingerprint.into()], |row| {
        Ok(Shown {
            id: row.int(0)?,
            pile: PileId(row.int(1)?),
            state: row.word(2, CertificateState::parse)?,
            used_at: row.int_opt(3)?.map(Timestamp::from_ms),
        })
    })
}

/// The pile has connected with it: it has it, whatever it said when it was sent.
pub fn used(tx: &mut Tx<'_>, id: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE certificate SET used_at_ms = $1, state = $2 WHERE id = $3 AND state <> $4",
        &[
            now.as_ms().into(),
            CertificateState::Installed.as_str().into(),
            id.into(),
            CertificateState::Revoked.as_str().into(),
        ],
    )
    .map(drop)
}

/// What became of the one that was sent last, if it still waits.
pub fn answered(tx: &mut Tx<'_>, pile: PileId, state: CertificateState, now: Timestamp) -> Result<()> {
    let refused = (state == CertificateState::Refused).then(|| now.as_ms());
    tx.execute(
        "UPDATE certificate SET state = $1, ended_at_ms = $2 WHERE id = \
         (SELECT MAX(id) FROM certificate WHERE pile_id = $3) AND state = $4",
        &[state.as_str().into(), refused.into(), pile.0.into(), CertificateState::Sent.as_str().into()],
    )
    .map(drop)
}

/// Whether it was valid until now.
pub fn revoke(tx: &mut Tx<'_>, id: i64, now: Timestamp) -> Result<bool> {
    let revoked = CertificateState::Revoked.as_str();
    tx.execute(
        "UPDATE certificate SET state = $1, ended_at_ms = $2 WHERE id = $3 AND state <> $4",
        &[revoked.into(), now.as_ms().into(), id.into(), revoked.into()],
    )
    .map(|changed| changed > 0)
}
