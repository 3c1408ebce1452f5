//! 检验到期: what of a pile or a station has to be inspected, and until when.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::device_check::{DeviceCheckKind, DeviceCheckState};
use model::id::{OperatorId, PileId, StationId};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeviceCheck {
    pub id: i64,
    pub kind: DeviceCheckKind,
    pub operator: OperatorId,
    pub station: StationId,
    pub pile: Option<PileId>,
    pub certificate_no: Option<String>,
    pub agency: Option<String>,
    pub done_day: Option<i64>,
    pub due_day: i64,
    pub remind_days: i64,
    pub remind_day: i64,
    pub note: Option<String>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeviceCheck)]
pub struct DeviceCheckView {
    pub id: i64,
    pub kind: DeviceCheckKind,
    pub station_id: i64,
    pub station_name: String,
    pub operator_name: String,
    /// Null: it is about the whole station.
    pub pile_code: Option<String>,
    pub certificate_no: Option<String>,
    pub agency: Option<String>,
    /// When it was done last, 20261123.
    pub done_day: Option<i64>,
    pub due_day: i64,
    /// People are reminded so many days before.
    pub remind_days: i64,
    pub state: DeviceCheckState,
    pub note: Option<String>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

#[derive(Clone, Debug, Default)]
pub struct DeviceCheckFilter {
    pub kind: Option<DeviceCheckKind>,
    pub state: Option<DeviceCheckState>,
    pub station_name: Option<String>,
    pub pile: Option<String>,
    /// Today, 20261123.
    pub today: i64,
    /// Due day and id of the last one that was shown.
    pub after: Option<(i64, i64)>,
    pub limit: i64,
}

const COLUMNS: &str = "c.id, c.kind, c.operator_id, c.station_id, c.pile_id, c.certificate_no, c.agency, c.done_day, \
    c.due_day, c.remind_days, c.remind_day, c.note, c.version, c.changed_at_ms, c.changed_by";

fn check(row: &Row<'_>) -> DbResult<DeviceCheck> {
    Ok(DeviceCheck {
        id: row.int(0)?,
        kind: row.word(1, DeviceCheckKind::parse)?,
        operator: OperatorId(row.int(2)?),
        station: StationId(row.int(3)?),
        pile: row.int_opt(4)?.map(PileId),
        certificate_no: row.text_opt(5)?,
        agency: row.text_opt(6)?,
        done_day: row.int_opt(7)?,
        due_day: row.int(8)?,
        remind_days: row.int(9)?,
        remind_day: row.int(10)?,
        note: row.text_opt(11)?,
        version: row.int(12)?,
        changed_at_ms: row.int(13)?,
        changed_by: row.text(14)?,
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<DeviceCheck>> {
    let mut filter = Filter::new();
    filter.and_value("c.id = ?", id);
    filter.scope("c.operator_id", "c.station_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM device_check c {}", filter.sql()), &filter.values, check)
}

/// Those of which people are to be reminded.
pub fn due(conn: &mut Conn, today: i64, most: i64) -> DbResult<Vec<DeviceCheck>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM device_check c LEFT JOIN pile p ON p.id = c.pile_id WHERE c.remind_day <= $1 \
         AND (p.id IS NULL OR p.lifecycle <> 'retired') AND NOT EXISTS (SELECT 1 FROM alarm a \
         WHERE a.live_key = 'inspection:' || CAST(c.id AS TEXT)) ORDER BY c.id LIMIT $2"
    );
    conn.query(&sql, &[today.into(), most.into()], check)
}

fn filter(scope: &Scope, wanted: &DeviceCheckFilter) -> Filter {
    let mut filter = Filter::new();
    filter.scope("c.operator_id", "c.station_id", scope);
    filter.and_some("c.kind = ?", wanted.kind.map(DeviceCheckKind::as_str));
    match wanted.state {
        Some(DeviceCheckState::Overdue) => filter.and_value("c.due_day < ?", wanted.today),
        Some(DeviceCheckState::Due) => {
            filter.and_value("c.due_day >= ?", wanted.today);
            filter.and_value("c.remind_day <= ?", wanted.today);
        }
        Some(DeviceCheckState::Valid) => filter.and_value("c.remind_day > ?", wanted.today),
        None => {}
    }
    filter.and_contains("LOWER(s.name) LIKE ?", wanted.station_name.as_deref());
    filter.and_contains("LOWER(COALESCE(p.code || ' ' || p.name, '')) LIKE ?", wanted.pile.as_deref());
    filter
}

/// What is due first comes first.
pub fn device_check_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &DeviceCheckFilter,
) -> DbResult<Page<DeviceCheckView>> {
    let from = "FROM device_check c JOIN station s ON s.id = c.station_id JOIN operator op ON op.id = c.operator_id \
        LEFT JOIN pile p ON p.id = c.pile_id";
    let mut filter = filter(scope, wanted);
    let total = conn.one(&format!("SELECT COUNT(*) {from} {}", filter.sql()), &filter.values, count)?;
    if let Some((day, id)) = wanted.after {
        let (day, id) = (filter.bind(day), filter.bind(id));
        filter.and(&format!("(c.due_day > {day} OR (c.due_day = {day} AND c.id > {id}))"));
    }
    let most = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS}, s.name, op.name, p.code {from} {} ORDER BY c.due_day, c.id LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let one = check(row)?;
        let state = DeviceCheckState::of(one.due_day, one.remind_day, wanted.today);
        Ok(DeviceCheckView {
            id: one.id,
            kind: one.kind,
            station_id: one.station.0,
            station_name: row.text(15)?,
            operator_name: row.text(16)?,
            pile_code: row.text_opt(17)?,
            certificate_no: one.certificate_no,
            agency: one.agency,
            done_day: one.done_day,
            due_day: one.due_day,
            remind_days: one.remind_days,
            state,
            note: one.note,
            version: one.version,
            changed_at_ms: one.changed_at_ms,
            changed_by: one.changed_by,
        })
    })?;
    Ok(Page::of(rows, wanted.limit, Some(total), |one| format!("{}.{}", one.due_day, one.id)))
}

/// How many people are to be reminded of, and how many of them are overdue.
pub fn device_check_todo(conn: &mut Conn, scope: &Scope, today: i64) -> DbResult<(i64, i64)> {
    let mut filter = Filter::new();
    // Values are numbered as they occur in the text.
    let now = filter.bind(today);
    filter.and_value("c.remind_day <= ?", today);
    filter.scope("c.operator_id", "c.station_id", scope);
    let sql = format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN c.due_day < {now} THEN 1 ELSE 0 END), 0) AS BIGINT) \
         FROM device_check c {}",
        filter.sql()
    );
    conn.one(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?)))
}

/// Writes a new one, or the next version of one; `None` when somebody else was faster.
pub fn save(tx: &mut Tx<'_>, one: &DeviceCheck) -> Result<Option<i64>> {
    let id = if one.id == 0 { tx.next_id(Noun::DeviceCheck)? } else { one.id };
    let saved = tx.execute(
        "INSERT INTO device_check (id, kind, operator_id, station_id, pile_id, certificate_no, agency, done_day, \
         due_day, remind_days, remind_day, note, version, changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, \
         $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO UPDATE SET \
         certificate_no = excluded.certificate_no, agency = excluded.agency, done_day = excluded.done_day, \
         due_day = excluded.due_day, remind_days = excluded.remind_days, remind_day = excluded.remind_day, \
         note = excluded.note, version = excluded.version, changed_at_ms = excluded.changed_at_ms, \
         changed_by = excluded.changed_by WHERE device_check.version = excluded.version - 1",
        &[
            id.into(),
            one.kind.as_str().into(),
            one.operator.0.into(),
            one.station.0.into(),
            one.pile.map(|pile| pile.0).into(),
            one.certificate_no.as_ref().into(),
            one.agency.as_ref().into(),
            one.done_day.into(),
            one.due_day.into(),
            one.remind_days.into(),
            one.remind_day.into(),
            one.note.as_ref().into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("device_check"));
    Ok((saved > 0).then_some(id))
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM device_check WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("device_check"));
    Ok(())
}
