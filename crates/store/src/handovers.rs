//! 离职交接: what is open under somebody's name, and giving it another.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, count};
use crate::order_list::order_no;
use model::Result;
use model::access::Area;
use model::handover::HandoverKind;
use model::id::StaffId;
use serde::Serialize;
use utoipa::ToSchema;

/// So many of each kind are named.
const NAMED: i64 = 20;

/// What one kind is open under a name.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HandoverGroup {
    pub kind: HandoverKind,
    pub count: i64,
    /// The oldest twenty.
    pub items: Vec<HandoverItem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HandoverItem {
    pub id: i64,
    pub label: String,
    /// What its page is found by, where that is not itself: the order, the customer, the fleet.
    pub about_id: Option<i64>,
    /// The wallet is a fleet's.
    pub of_fleet: bool,
    pub at_ms: i64,
}

/// How a kind is read and written: table `h`, whose it is, what is open, what it is called.
struct Kept {
    table: &'static str,
    owner: &'static str,
    /// The name of whoever it is, where it is kept beside.
    name: Option<&'static str>,
    open: &'static str,
    /// id, label, about, of a fleet, at, when the order was made.
    columns: &'static str,
    joins: &'static str,
}

fn kept(kind: HandoverKind) -> Kept {
    let plain =
        |table, open, columns| Kept { table, owner: "staff_id", name: None, open, columns, joins: "" };
    match kind {
        HandoverKind::Feedback => Kept {
            owner: "handler_id",
            ..plain(
                "feedback",
                "h.state <> 'closed' AND h.state <> 'merged'",
                "h.id, h.no, CAST(NULL AS BIGINT), FALSE, h.created_at_ms, CAST(NULL AS BIGINT)",
            )
        },
        HandoverKind::Settlement => Kept {
            name: Some("staff_name"),
            joins: "JOIN orders o ON o.id = h.order_id",
            ..plain(
                "settlement",
                "h.state = 'proposed'",
                "h.id, '', h.order_id, FALSE, h.created_at_ms, o.created_at_ms",
            )
        },
        HandoverKind::WalletChange => Kept {
            name: Some("staff_name"),
            joins: "LEFT JOIN customer c ON c.id = h.customer_id LEFT JOIN fleet f ON f.id = h.fleet_id",
            ..plain(
                "wallet_change",
                "h.state = 'proposed'",
                "h.id, COALESCE(f.name, c.name, ''), COALESCE(h.fleet_id, h.customer_id), h.fleet_id IS NOT NULL, \
                 h.created_at_ms, CAST(NULL AS BIGINT)",
            )
        },
        HandoverKind::SharingProposal => Kept {
            name: Some("staff_name"),
            ..plain(
                "sharing_proposal",
                "h.state = 'proposed'",
                "h.id, h.kind, h.period_id, FALSE, h.created_at_ms, CAST(NULL AS BIGINT)",
            )
        },
        HandoverKind::TariffPlan => Kept {
            joins: "JOIN tariff t ON t.id = h.tariff_id",
            ..plain(
                "tariff_plan",
                "h.state = 'scheduled'",
                "h.id, t.name, CAST(NULL AS BIGINT), FALSE, h.effective_ms, CAST(NULL AS BIGINT)",
            )
        },
        HandoverKind::PileBatch => plain(
            "pile_batch",
            "h.state = 'running'",
            "h.id, h.deed, CAST(NULL AS BIGINT), FALSE, h.created_at_ms, CAST(NULL AS BIGINT)",
        ),
        HandoverKind::OrderImport => plain(
            "order_import",
            "h.state IN ('checking', 'checked', 'importing')",
            "h.id, h.file_name, CAST(NULL AS BIGINT), FALSE, h.created_at_ms, CAST(NULL AS BIGINT)",
        ),
        HandoverKind::Export => plain(
            "export",
            "h.state IN ('queued', 'running', 'done')",
            "h.id, h.file_name, CAST(NULL AS BIGINT), FALSE, h.created_at_ms, CAST(NULL AS BIGINT)",
        ),
    }
}

/// What is open under a name; kinds of which nothing is are left out.
pub fn open(conn: &mut Conn, staff: StaffId) -> DbResult<Vec<HandoverGroup>> {
    let mut groups = Vec::new();
    for kind in HandoverKind::ALL.iter().copied() {
        let Kept { table, owner, open, columns, joins, .. } = kept(kind);
        let whose = format!("h.{owner} = $1 AND {open}");
        let sql = format!("SELECT COUNT(*) FROM {table} h WHERE {whose}");
        let number = conn.one(&sql, &[staff.0.into()], count)?;
        if number == 0 {
            continue;
        }
        let sql =
            format!("SELECT {columns} FROM {table} h {joins} WHERE {whose} ORDER BY h.id LIMIT {NAMED}");
        let items = conn.query(&sql, &[staff.0.into()], |row| {
            let (label, about_id) = (row.text(1)?, row.int_opt(2)?);
            Ok(HandoverItem {
                id: row.int(0)?,
                // An order is called by its number, which is made of its id and day.
                label: about_id.zip(row.int_opt(5)?).map_or(label, |(order, at)| order_no(order, at)),
                about_id,
                of_fleet: row.bool(3)?,
                at_ms: row.int(4)?,
            })
        })?;
        groups.push(HandoverGroup { kind, count: number, items });
    }
    Ok(groups)
}

/// How many sessions and tokens end when the account is stopped.
pub fn credentials(conn: &mut Conn, staff: StaffId) -> DbResult<i64> {
    conn.one("SELECT COUNT(*) FROM credential WHERE staff_id = $1", &[staff.0.into()], count)
}

/// The numbers of what is open of one kind.
pub fn ids(conn: &mut Conn, kind: HandoverKind, staff: StaffId) -> DbResult<Vec<i64>> {
    let Kept { table, owner, open, .. } = kept(kind);
    let sql = format!("SELECT h.id FROM {table} h WHERE h.{owner} = $1 AND {open} ORDER BY h.id");
    conn.query(&sql, &[staff.0.into()], |row| row.int(0))
}

/// Gives one thing another name.
pub fn give(tx: &mut Tx<'_>, kind: HandoverKind, id: i64, (to, name): (StaffId, &str)) -> Result<()> {
    let Kept { table, owner, name: column, .. } = kept(kind);
    // Whoever has an older form of a feedback open is told that it was changed.
    let version = if kind == HandoverKind::Feedback { ", version = version + 1" } else { "" };
    match column {
        Some(column) => tx.execute(
            &format!("UPDATE {table} SET {owner} = $1, {column} = $2{version} WHERE id = $3"),
            &[to.0.into(), name.into(), id.into()],
        )?,
        None => tx.execute(
            &format!("UPDATE {table} SET {owner} = $1{version} WHERE id = $2"),
            &[to.0.into(), id.into()],
        )?,
    };
    Ok(())
}

/// The city of each station of an area that names stations.
pub fn cities_of(conn: &mut Conn, area: &Area) -> DbResult<Vec<String>> {
    let Area::Stations { stations } = area else { return Ok(Vec::new()) };
    let mut filter = Filter::new();
    let ids = filter.bind_all(stations.iter().map(|station| station.0));
    filter.and(&format!("id IN ({ids})"));
    conn.query(&format!("SELECT city_code FROM station {}", filter.sql()), &filter.values, |row| row.text(0))
}
