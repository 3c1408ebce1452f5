//! 充电桩 and their connectors: writing them, and reading them for the device path.

use crate::Tx;
use crate::db::{Conn, DbResult, Insert, Inserts, Row, Value};
use crate::hot::HotPile;
use crate::pending::latest;
use model::Result;
use model::connector::ConnectorStatus;
use model::device::Fault;
use model::id::{OperatorId, PileCode, PileId, StationId, TariffId};
use model::site::{Connector, Lifecycle, Pile, PileKind, Protocol, SecurityProfile};
use model::time::Timestamp;
use std::collections::HashSet;

pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "code",
    "name",
    "station_id",
    "operator_id",
    "kind",
    "protocol",
    "lifecycle",
    "rated_power_w",
    "secret",
    "vendor",
    "model",
    "serial",
    "firmware",
    "iccid",
    "meter_serial",
    "online",
    "connected_at_ms",
    "last_seen_ms",
    "remote_address",
    "skew_ms",
    "created_at_ms",
    "version",
    "tariff_model",
    "tariff_told_ms",
    "security",
    "tariff_id",
    "tariff_from_ms",
    "enabled_at_ms",
];

/// What the pile itself changes; what staff edit is written by its own statement.
static PILE: Insert = Insert {
    table: "pile",
    columns: COLUMNS,
    on_conflict: "ON CONFLICT (id) DO UPDATE SET lifecycle = excluded.lifecycle, vendor = excluded.vendor, \
        model = excluded.model, serial = excluded.serial, firmware = excluded.firmware, iccid = excluded.iccid, \
        meter_serial = excluded.meter_serial, online = excluded.online, \
        connected_at_ms = excluded.connected_at_ms, last_seen_ms = excluded.last_seen_ms, \
        remote_address = excluded.remote_address, skew_ms = excluded.skew_ms, \
        tariff_model = excluded.tariff_model, tariff_told_ms = excluded.tariff_told_ms, \
        enabled_at_ms = excluded.enabled_at_ms",
};

static CONNECTOR: Insert = Insert {
    table: "connector",
    columns: &[
        "id",
        "pile_id",
        "no",
        "status",
        "status_at_ms",
        "fault_code",
        "fault_vendor_code",
        "fault_info",
    ],
    on_conflict: "ON CONFLICT (id) DO UPDATE SET status = excluded.status, status_at_ms = excluded.status_at_ms, \
        fault_code = excluded.fault_code, fault_vendor_code = excluded.fault_vendor_code, \
        fault_info = excluded.fault_info",
};

/// Connector numbers are 0..=999; the row id is made of pile and number.
pub const CONNECTORS_MAX: u16 = 999;

pub(crate) fn inserts(rows: &[Pile]) -> Inserts<'_> {
    let mut values = Vec::new();
    for p in latest(rows, |p| p.id) {
        values.extend([
            p.id.0.into(),
            p.code.as_str().into(),
            (&p.name).into(),
            p.station.0.into(),
            p.operator.0.into(),
            p.kind.as_str().into(),
            p.protocol.as_str().into(),
            p.lifecycle.as_str().into(),
            p.rated_power_w.into(),
            p.secret.as_ref().into(),
            p.vendor.as_ref().into(),
            p.model.as_ref().into(),
            p.serial.as_ref().into(),
            p.firmware.as_ref().into(),
            p.iccid.as_ref().into(),
            p.meter_serial.as_ref().into(),
            p.online.into(),
            p.connected_at.map(Timestamp::as_ms).into(),
            p.last_seen.map(Timestamp::as_ms).into(),
            p.remote_address.as_ref().into(),
            p.skew_ms.into(),
            p.created_at.as_ms().into(),
            p.version.into(),
            p.tariff_model.map(i64::from).into(),
            p.tariff_told_at.map(Timestamp::as_ms).into(),
            p.security.as_str().into(),
            p.tariff.map(|tariff| tariff.0).into(),
            p.tariff_from.map(Timestamp::as_ms).into(),
            p.enabled_at.map(Timestamp::as_ms).into(),
        ]);
    }
    Inserts { insert: &PILE, values }
}

pub(crate) fn connector_inserts(rows: &[Connector]) -> Inserts<'_> {
    let mut values = Vec::new();
    for c in latest(rows, |c| (c.pile, c.no)) {
        let fault = c.fault.as_ref();
        values.extend([
            (c.pile.0 * 1_000 + i64::from(c.no)).into(),
            c.pile.0.into(),
            i64::from(c.no).into(),
            c.status.as_str().into(),
            c.status_at.as_ms().into(),
            fault.map(|f| f.code.as_str()).into(),
            fault.and_then(|f| f.vendor_code.as_deref()).into(),
            fault.and_then(|f| f.info.as_deref()).into(),
        ]);
    }
    Inserts { insert: &CONNECTOR, values }
}

pub(crate) fn pile(row: &Row<'_>) -> DbResult<Pile> {
    let time = |column| Ok(row.int_opt(column)?.map(Timestamp::from_ms));
    Ok(Pile {
        id: PileId(row.int(0)?),
        code: row.word(1, PileCode::parse)?,
        name: row.text(2)?,
        station: StationId(row.int(3)?),
        operator: OperatorId(row.int(4)?),
        kind: row.word(5, PileKind::parse)?,
        protocol: row.word(6, Protocol::parse)?,
        lifecycle: row.word(7, Lifecycle::parse)?,
        rated_power_w: row.int(8)?,
        secret: row.text_opt(9)?,
        vendor: row.text_opt(10)?,
        model: row.text_opt(11)?,
        serial: row.text_opt(12)?,
        firmware: row.text_opt(13)?,
        iccid: row.text_opt(14)?,
        meter_serial: row.text_opt(15)?,
        online: row.bool(16)?,
        connected_at: time(17)?,
        last_seen: time(18)?,
        remote_address: row.text_opt(19)?,
        skew_ms: row.int_opt(20)?,
        created_at: Timestamp::from_ms(row.int(21)?),
        version: row.int(22)?,
        tariff_model: row.int_opt(23)?.and_then(|no| u16::try_from(no).ok()),
        tariff_told_at: time(24)?,
        security: row.word(25, SecurityProfile::parse)?,
        tariff: row.int_opt(26)?.map(TariffId),
        tariff_from: time(27)?,
        enabled_at: time(28)?,
    })
}

pub fn get(conn: &mut Conn, id: PileId) -> DbResult<Option<Pile>> {
    conn.find(&format!("SELECT {} FROM pile WHERE id = $1", COLUMNS.join(", ")), &[id.0.into()], pile)
}

pub fn by_code(conn: &mut Conn, code: &PileCode) -> DbResult<Option<Pile>> {
    let sql = format!("SELECT {} FROM pile WHERE code = $1", COLUMNS.join(", "));
    conn.find(&sql, &[code.as_str().into()], pile)
}

/// All piles, for what the gateway keeps in memory.
pub fn all(conn: &mut Conn) -> DbResult<Vec<Pile>> {
    conn.query(&format!("SELECT {} FROM pile ORDER BY id", COLUMNS.join(", ")), &[], pile)
}

/// The codes of all piles.
pub fn codes(conn: &mut Conn) -> DbResult<HashSet<String>> {
    Ok(conn.query("SELECT code FROM pile", &[], |row| row.text(0))?.into_iter().collect())
}

pub fn connectors(conn: &mut Conn, pile: PileId) -> DbResult<Vec<Connector>> {
    connectors_in(conn, "id >= $1 AND id <= $2", &range(pile))
}

/// The ids of the connectors of a pile: the first and the last.
fn range(pile: PileId) -> [Value<'static>; 2] {
    [(pile.0 * 1_000).into(), (pile.0 * 1_000 + 999).into()]
}

fn connectors_in(conn: &mut Conn, ids: &str, values: &[Value<'_>]) -> DbResult<Vec<Connector>> {
    let sql = format!(
        "SELECT pile_id, no, status, status_at_ms, fault_code, fault_vendor_code, fault_info FROM connector \
         WHERE {ids} ORDER BY id"
    );
    conn.query(&sql, values, |row| {
        let (vendor_code, info) = (row.text_opt(5)?, row.text_opt(6)?);
        Ok(Connector {
            pile: PileId(row.int(0)?),
            no: row.int(1)? as u16,
            status: row.word(2, ConnectorStatus::parse)?,
            status_at: Timestamp::from_ms(row.int(3)?),
            fault: row.text_opt(4)?.map(|code| Fault { code, vendor_code, info }),
        })
    })
}

/// Most piles in one question.
const HOT_MAX: usize = 64;

/// The piles as the device path wants them; their open orders are added by the caller. Many at once:
/// when thousands come back together, the way to the database and back is what they wait for.
pub(crate) fn hot(conn: &mut Conn, ids: &[PileId]) -> DbResult<Vec<HotPile>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(HOT_MAX) {
        // As many places as the next power of two, so that there are few statements to prepare.
        let places = ids.len().next_power_of_two();
        let padded = |mut values: Vec<Value<'static>>, length: usize| {
            values.resize(length, Value::Null);
            values
        };
        let mut connectors = connectors_in(
            conn,
            &(0..places)
                .map(|at| format!("(id >= ${} AND id <= ${})", 2 * at + 1, 2 * at + 2))
                .collect::<Vec<_>>()
                .join(" OR "),
            &padded(ids.iter().flat_map(|id| range(*id)).collect(), 2 * places),
        )?;
        let names = (1..=places).map(|number| format!("${number}")).collect::<Vec<_>>();
        let asked = padded(ids.iter().map(|id| id.0.into()).collect(), places);
        let mut reserved = crate::reservations::open_of(conn, &names.join(", "), &asked)?;
        let mut occupied = crate::occupancies::running_of(conn, &names.join(", "), &asked)?;
        let sql = format!(
            "SELECT {}, (SELECT MAX(started_at_ms) FROM orders WHERE pile_id = pile.id) FROM pile \
             WHERE id IN ({})",
            COLUMNS.join(", "),
            names.join(", ")
        );
        found.extend(conn.query(&sql, &asked, |row| {
            let pile = pile(row)?;
            // Ten thousand of them stay in memory: no room for connectors that a pile does not have.
            let mut connectors: Vec<_> = connectors.extract_if(.., |c| c.pile == pile.id).collect();
            connectors.shrink_to_fit();
            let reserved = reserved.extract_if(.., |one| one.pile == pile.id).collect();
            let occupied = occupied.extract_if(.., |one| one.pile == pile.id).collect();
            let latest_start = row.int_opt(COLUMNS.len())?.map(Timestamp::from_ms);
            Ok(HotPile {
                pile,
                connectors,
                open: Vec::new(),
                latest_start,
                skew_candidate: None,
                seqs: Vec::new(),
                sockets: Vec::new(),
                reserved,
                occupied,
                ground_locks: Vec::new(),
                strays: Vec::new(),
                watched: Vec::new(),
            })
        })?);
    }
    Ok(found)
}

/// After a start of the server no pile is connected, whatever the last run has written.
pub fn all_offline(tx: &mut Tx<'_>) -> Result<u64> {
    tx.execute("UPDATE pile SET online = false WHERE online", &[])
}

/// What a pile speaks, as it has shown; staff may have said otherwise when they registered it.
pub fn set_protocol(tx: &mut Tx<'_>, id: PileId, protocol: Protocol) -> Result<()> {
    tx.execute("UPDATE pile SET protocol = $1 WHERE id = $2", &[protocol.as_str().into(), id.0.into()])?;
    Ok(())
}

/// Writes what staff edit of a pile, unless somebody has changed it since it was read as `version`;
/// whether it was written.
pub fn update(tx: &mut Tx<'_>, pile: &Pile, version: i64) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE pile SET name = $1, station_id = $2, operator_id = $3, lifecycle = $4, \
         rated_power_w = $5, kind = $6, protocol = $7, security = $8, enabled_at_ms = $9, version = version + 1 \
         WHERE id = $10 AND version = $11",
        &[
            (&pile.name).into(),
            pile.station.0.into(),
            pile.operator.0.into(),
            pile.lifecycle.as_str().into(),
            pile.rated_power_w.into(),
            pile.kind.as_str().into(),
            pile.protocol.as_str().into(),
            pile.security.as_str().into(),
            pile.enabled_at.map(Timestamp::as_ms).into(),
            pile.id.0.into(),
            version.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Keeps what the engine made of a pile's new password.
pub fn secret_set(tx: &mut Tx<'_>, id: PileId, secret: &str) -> Result<()> {
    tx.execute("UPDATE pile SET secret = $1 WHERE id = $2", &[secret.into(), id.0.into()])?;
    Ok(())
}
