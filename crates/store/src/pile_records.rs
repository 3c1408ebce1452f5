//! 资产档案 of a pile.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::stations::{listed, tags};
use model::Result;
use model::id::PileId;
use model::pile_record::{SocketKind, SocketStandard};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is known of one connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectorRecord {
    pub no: i64,
    pub socket: Option<SocketKind>,
    pub standard: Option<SocketStandard>,
    /// 车位号
    pub park_no: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PileRecord {
    pub tags: Vec<String>,
    /// 资产归属
    pub owner: Option<String>,
    /// 20261123
    pub made_day: Option<i64>,
    pub installed_day: Option<i64>,
    /// The last day on which its maker mends it for nothing.
    pub warranty_day: Option<i64>,
    pub voltage_min_v: Option<i64>,
    pub voltage_max_v: Option<i64>,
    pub current_max_a: Option<i64>,
    pub note: Option<String>,
    pub connectors: Vec<ConnectorRecord>,
    /// To be given back with a change; 1 where nothing has been written yet.
    pub version: i64,
}

pub fn get(conn: &mut Conn, pile: PileId) -> DbResult<PileRecord> {
    let found = conn.find(
        "SELECT tags, owner, made_day, installed_day, warranty_day, voltage_min_v, voltage_max_v, current_max_a, \
         note, connectors, version FROM pile_record WHERE pile_id = $1",
        &[pile.0.into()],
        |row| {
            Ok(PileRecord {
                tags: tags(row, 0)?,
                owner: row.text_opt(1)?,
                made_day: row.int_opt(2)?,
                installed_day: row.int_opt(3)?,
                warranty_day: row.int_opt(4)?,
                voltage_min_v: row.int_opt(5)?,
                voltage_max_v: row.int_opt(6)?,
                current_max_a: row.int_opt(7)?,
                note: row.text_opt(8)?,
                connectors: listed(row, 9)?,
                version: row.int(10)?,
            })
        },
    )?;
    Ok(found.unwrap_or(PileRecord { version: 1, ..PileRecord::default() }))
}

/// The numbers of the pile's connectors, without the pile as a whole.
pub fn connector_numbers(conn: &mut Conn, pile: PileId) -> DbResult<Vec<i64>> {
    let sql = "SELECT no FROM connector WHERE id > $1 AND id <= $2 ORDER BY id";
    conn.query(sql, &[(pile.0 * 1_000).into(), (pile.0 * 1_000 + 999).into()], |row| row.int(0))
}

/// Writes the record, unless somebody has changed it since it was read as `version`; whether it was written.
pub fn save(tx: &mut Tx<'_>, pile: PileId, record: &PileRecord, version: i64) -> Result<bool> {
    let connectors = serde_json::to_string(&record.connectors).map_err(|_| model::Error::internal())?;
    if tx.read(|conn| get(conn, pile))?.version != version {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO pile_record (pile_id, tags, owner, made_day, installed_day, warranty_day, voltage_min_v, \
         voltage_max_v, current_max_a, note, connectors, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (pile_id) DO UPDATE SET tags = excluded.tags, owner = excluded.owner, \
         made_day = excluded.made_day, installed_day = excluded.installed_day, \
         warranty_day = excluded.warranty_day, voltage_min_v = excluded.voltage_min_v, \
         voltage_max_v = excluded.voltage_max_v, current_max_a = excluded.current_max_a, note = excluded.note, \
         connectors = excluded.connectors, version = excluded.version",
        &[
            pile.0.into(),
            record.tags.join("\n").into(),
            record.owner.as_ref().into(),
            record.made_day.into(),
            record.installed_day.into(),
            record.warranty_day.into(),
            record.voltage_min_v.into(),
            record.voltage_max_v.into(),
            record.current_max_a.into(),
            record.note.as_ref().into(),
            connectors.into(),
            version.saturating_add(1).into(),
        ],
    )?;
    tx.changed(Change::Noun("pile_record"));
    Ok(true)
}
