//! 两步验证: what an authenticator shares with us, and the codes for when it is lost.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::filter::count;
use model::Result;
use model::id::StaffId;
use model::time::Timestamp;

#[derive(Clone, Debug)]
pub struct SecondFactor {
    /// Sealed.
    pub secret: String,
    /// `None`: no code has proven yet that the authenticator has it.
    pub confirmed_at: Option<Timestamp>,
    /// Of the last code that was taken.
    pub used_step: i64,
}

pub fn get(conn: &mut Conn, staff: StaffId) -> DbResult<Option<SecondFactor>> {
    let sql = "SELECT secret, confirmed_at_ms, used_step FROM second_factor WHERE staff_id = $1";
    conn.find(sql, &[staff.0.into()], |row| {
        Ok(SecondFactor {
            secret: row.text(0)?,
            confirmed_at: row.int_opt(1)?.map(Timestamp::from_ms),
            used_step: row.int(2)?,
        })
    })
}

/// A secret that nobody has proven to have yet, instead of an earlier one of that kind.
pub fn begin(tx: &mut Tx<'_>, staff: StaffId, secret: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM second_factor WHERE staff_id = $1 AND confirmed_at_ms IS NULL",
        &[staff.0.into()],
    )?;
    tx.execute(
        "INSERT INTO second_factor (staff_id, secret, confirmed_at_ms, used_step) VALUES ($1, $2, NULL, 0)",
        &[staff.0.into(), secret.into()],
    )?;
    Ok(())
}

/// From now on it counts. False: it was begun anew, or confirmed, in the meantime.
pub fn confirm(tx: &mut Tx<'_>, staff: StaffId, secret: &str, step: i64, now: Timestamp) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE second_factor SET confirmed_at_ms = $1, used_step = $2 \
         WHERE staff_id = $3 AND secret = $4 AND confirmed_at_ms IS NULL",
        &[now.as_ms().into(), step.into(), staff.0.into(), secret.into()],
    )?;
    Ok(changed > 0)
}

/// Takes a code. False: that code, or a later one, was taken already.
pub fn use_step(tx: &mut Tx<'_>, staff: StaffId, step: i64) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE second_factor SET used_step = $1 WHERE staff_id = $2 AND used_step < $1",
        &[step.into(), staff.0.into()],
    )?;
    Ok(changed > 0)
}

pub fn delete(tx: &mut Tx<'_>, staff: StaffId) -> Result<bool> {
    tx.execute("DELETE FROM recovery_code WHERE staff_id = $1", &[staff.0.into()])?;
    Ok(tx.execute("DELETE FROM second_factor WHERE staff_id = $1", &[staff.0.into()])? > 0)
}

/// From when on nothing goes without it; `None` takes that away.
pub fn due_set(tx: &mut Tx<'_>, staff: StaffId, due: Option<Timestamp>) -> Result<()> {
    tx.execute(
        "UPDATE staff SET factor_due_ms = $1 WHERE id = $2",
        &[due.map(Timestamp::as_ms).into(), staff.0.into()],
    )?;
    Ok(())
}

/// New codes instead of all earlier ones.
pub fn recovery_codes_set(tx: &mut Tx<'_>, staff: StaffId, hashes: &[String]) -> Result<()> {
    tx.execute("DELETE FROM recovery_code WHERE staff_id = $1", &[staff.0.into()])?;
    for hash in hashes {
        tx.execute(
            "INSERT INTO recovery_code (staff_id, hash, used_at_ms) VALUES ($1, $2, NULL)",
            &[staff.0.into(), hash.into()],
        )?;
    }
    Ok(())
}

pub fn recovery_codes_left(conn: &mut Conn, staff: StaffId) -> DbResult<i64> {
    let sql = "SELECT COUNT(*) FROM recovery_code WHERE staff_id = $1 AND used_at_ms IS NULL";
    conn.one(sql, &[staff.0.into()], count)
}

/// Takes a code. False: there is none like it that was not taken already.
pub fn recovery_code_use(tx: &mut Tx<'_>, staff: StaffId, hash: &str, now: Timestamp) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE recovery_code SET used_at_ms = $1 WHERE staff_id = $2 AND hash = $3 AND used_at_ms IS NULL",
        &[now.as_ms().into(), staff.0.into(), hash.into()],
    )?;
    Ok(changed > 0)
}
