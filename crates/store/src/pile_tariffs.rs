//! 自有计费模型: the tariff of a single pile, which goes before its station's.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page};
use model::Result;
use model::access::Scope;
use model::id::{OperatorId, PileId, TariffId};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The tariff of the pile `p` at the station `s`.
pub(crate) const TARIFF_ID: &str = "COALESCE(p.tariff_id, s.tariff_id)";

/// What a pile had of its own at a moment; none: its station's.
pub fn own_at(conn: &mut Conn, pile: PileId, at: Timestamp) -> DbResult<Option<TariffId>> {
    let sql = "SELECT tariff_id FROM pile_tariff WHERE pile_id = $1 AND from_ms <= $2 ORDER BY from_ms DESC LIMIT 1";
    let found = conn.find(sql, &[pile.0.into(), at.as_ms().into()], |row| row.int_opt(0))?;
    Ok(found.flatten().map(TariffId))
}

/// Gives it a tariff of its own from now on, or takes it away; false when somebody has changed the pile
/// since it was read as `version`.
pub fn set(
    tx: &mut Tx<'_>,
    pile: PileId,
    tariff: Option<TariffId>,
    version: i64,
    now: Timestamp,
) -> Result<bool> {
    let tariff: Option<i64> = tariff.map(|tariff| tariff.0);
    let changed = tx.execute(
        "UPDATE pile SET tariff_id = $1, tariff_from_ms = $2, version = version + 1 WHERE id = $3 AND version = $4",
        &[tariff.into(), now.as_ms().into(), pile.0.into(), version.into()],
    )?;
    if changed > 0 {
        shown(tx, pile, tariff, now)?;
    }
    Ok(changed > 0)
}

fn shown(tx: &mut Tx<'_>, pile: PileId, tariff: Option<i64>, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO pile_tariff (pile_id, from_ms, tariff_id) VALUES ($1, $2, $3) \
         ON CONFLICT (pile_id, from_ms) DO UPDATE SET tariff_id = excluded.tariff_id",
        &[pile.0.into(), now.as_ms().into(), tariff.into()],
    )?;
    tx.changed(Change::Noun("tariff"));
    Ok(())
}

/// Gives every pile that has an older version of the tariff of this name as its own the version `new`;
/// which piles those are, each with its operator.
pub fn renew(
    tx: &mut Tx<'_>,
    name: &str,
    new: TariffId,
    now: Timestamp,
) -> Result<Vec<(PileId, OperatorId)>> {
    let piles = tx.query(
        "SELECT id, operator_id FROM pile WHERE tariff_id IN (SELECT id FROM tariff WHERE name = $1) ORDER BY id",
        &[name.into()],
        |row| Ok((PileId(row.int(0)?), OperatorId(row.int(1)?))),
    )?;
    for (pile, _) in &piles {
        tx.execute(
            "UPDATE pile SET tariff_id = $1, tariff_from_ms = $2, version = version + 1 WHERE id = $3",
            &[new.0.into(), now.as_ms().into(), pile.0.into()],
        )?;
        shown(tx, *pile, Some(new.0), now)?;
    }
    Ok(piles)
}

/// A pile that has a version as its own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TariffPile {
    pub code: String,
    pub name: String,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    /// Since when.
    pub from_ms: Option<i64>,
}

/// Piles shown in the list of one version.
const PILES_MAX: i64 = 1_000;

/// Those in the caller's sight, by code; `None` when there is no such version.
pub fn tariff_pile_list(conn: &mut Conn, scope: &Scope, id: TariffId) -> DbResult<Option<Page<TariffPile>>> {
    if !crate::tariffs::exists(conn, id)? {
        return Ok(None);
    }
    let mut filter = Filter::new();
    filter.and_value("p.tariff_id = ?", id.0);
    filter.and("p.lifecycle <> 'retired'");
    filter.scope("p.operator_id", "p.station_id", scope);
    let sql = format!(
        "SELECT p.code, p.name, s.id, s.name, o.name, p.tariff_from_ms FROM pile p JOIN station s ON s.id = p.station_id \
         JOIN operator o ON o.id = p.operator_id {} ORDER BY p.code LIMIT {PILES_MAX}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok(TariffPile {
            code: row.text(0)?,
            name: row.text(1)?,
            station_id: row.int(2)?,
            station_name: row.text(3)?,
            operator_name: row.text(4)?,
            from_ms: row.int_opt(5)?,
        })
    })?;
    Ok(Some(Page::whole(rows)))
}
