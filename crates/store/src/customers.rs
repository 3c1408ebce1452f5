//! 客户: who is behind a card.

use crate::Tx;
use model::Result;
use model::id::CustomerId;
use model::time::Timestamp;

/// Writes a new customer under an id that the caller has chosen.
pub fn insert(
    tx: &mut Tx<'_>,
    id: CustomerId,
    name: &str,
    phone: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO customer (id, name, phone, created_at_ms) VALUES ($1, $2, $3, $4)",
        &[id.0.into(), name.into(), phone.into(), now.as_ms().into()],
    )?;
    Ok(())
}
