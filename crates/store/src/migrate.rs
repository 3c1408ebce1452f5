//! Migrations: numbered files, never edited once they have been released, run once in order.

use crate::db::{Conn, DbResult, Value};
use model::time::Timestamp;
use model::{Error, Result};

/// Number and text of every migration.
pub const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_spine.sql")),
    (2, include_str!("../migrations/0002_exchange.sql")),
    (3, include_str!("../migrations/0003_place.sql")),
    (4, include_str!("../migrations/0004_service.sql")),
    (5, include_str!("../migrations/0005_system.sql")),
    (6, include_str!("../migrations/0006_preference.sql")),
    (7, include_str!("../migrations/0007_sums.sql")),
    (8, include_str!("../migrations/0008_settlement.sql")),
    (9, include_str!("../migrations/0009_customer.sql")),
    (10, include_str!("../migrations/0010_order_import.sql")),
    (11, include_str!("../migrations/0011_search.sql")),
    (12, include_str!("../migrations/0012_content.sql")),
    (13, include_str!("../migrations/0013_tariff_plan.sql")),
    (14, include_str!("../migrations/0014_pile_batch.sql")),
    (15, include_str!("../migrations/0015_administration.sql")),
    (16, include_str!("../migrations/0016_fleet_limit.sql")),
    (17, include_str!("../migrations/0017_station_record.sql")),
    (18, include_str!("../migrations/0018_brand.sql")),
    (19, include_str!("../migrations/0019_webhook.sql")),
    (20, include_str!("../migrations/0020_customer_pull.sql")),
    (21, include_str!("../migrations/0021_qr_link.sql")),
    (22, include_str!("../migrations/0022_certificate.sql")),
    (23, include_str!("../migrations/0023_link.sql")),
    (24, include_str!("../migrations/0024_tariff_day.sql")),
    (25, include_str!("../migrations/0025_pile_variable.sql")),
    (26, include_str!("../migrations/0026_firmware.sql")),
    (27, include_str!("../migrations/0027_pile_enabled.sql")),
    (28, include_str!("../migrations/0028_pile_record.sql")),
    (29, include_str!("../migrations/0029_load.sql")),
    (30, include_str!("../migrations/0030_ykc.sql")),
    (31, include_str!("../migrations/0031_dialect.sql")),
    (32, include_str!("../migrations/0032_desired_state.sql")),
    (33, include_str!("../migrations/0033_reservation.sql")),
    (34, include_str!("../migrations/0034_service_desk.sql")),
    (35, include_str!("../migrations/0035_member_level.sql")),
    (36, include_str!("../migrations/0036_ledger.sql")),
    (37, include_str!("../migrations/0037_wallet_change.sql")),
    (38, include_str!("../migrations/0038_backup.sql")),
    (39, include_str!("../migrations/0039_monitor.sql")),
    (40, include_str!("../migrations/0040_display.sql")),
    (41, include_str!("../migrations/0041_invoice_life.sql")),
    (42, include_str!("../migrations/0042_reconciliation.sql")),
    (43, include_str!("../migrations/0043_day_bill.sql")),
    (44, include_str!("../migrations/0044_payment.sql")),
    (45, include_str!("../migrations/0045_refund.sql")),
    (46, include_str!("../migrations/0046_settlement_correction.sql")),
    (47, include_str!("../migrations/0047_feedback_block.sql")),
    (48, include_str!("../migrations/0048_order_discount.sql")),
    (49, include_str!("../migrations/0049_money_by_time.sql")),
    (50, include_str!("../migrations/0050_sharing.sql")),
    (51, include_str!("../migrations/0051_occupancy.sql")),
    (52, include_str!("../migrations/0052_counter_bill.sql")),
    (53, include_str!("../migrations/0053_erasure.sql")),
    (54, include_str!("../migrations/0054_forecast.sql")),
    (55, include_str!("../migrations/0055_alarm.sql")),
    (56, include_str!("../migrations/0056_work_order.sql")),
    (57, include_str!("../migrations/0057_offer.sql")),
    (58, include_str!("../migrations/0058_safety.sql")),
    (59, include_str!("../migrations/0059_report.sql")),
    (60, include_str!("../migrations/0060_healing.sql")),
    (61, include_str!("../migrations/0061_sign_in.sql")),
    (62, include_str!("../migrations/0062_health.sql")),
    (63, include_str!("../migrations/0063_insight.sql")),
    (64, include_str!("../migrations/0064_identity_provider.sql")),
    (65, include_str!("../migrations/0065_segment.sql")),
    (66, include_str!("../migrations/0066_trace.sql")),
    (67, include_str!("../migrations/0067_told.sql")),
    (68, include_str!("../migrations/0068_ended.sql")),
];

/// Brings the database to this version; the numbers that were run now. One that a newer program has
/// changed is left as it is.
pub fn migrate(conn: &mut Conn, now: Timestamp) -> Result<Vec<i64>> {
    migrate_until(conn, now, i64::MAX)
}

/// As a program brought it to its version whose last migration was this one: rehearsals begin there.
pub fn migrate_until(conn: &mut Conn, now: Timestamp, last: i64) -> Result<Vec<i64>> {
    conn.script(
        "CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL UNIQUE, at_ms BIGINT NOT NULL)",
    )?;
    let done = conn.query("SELECT number FROM migration", &[], |row| row.int(0))?;
    if let Some(unknown) = done.iter().copied().filter(|number| !is_known(*number)).max() {
        return Err(newer(unknown));
    }
    let mut run = Vec::new();
    for (number, text) in MIGRATIONS.iter().filter(|(number, _)| *number <= last && !done.contains(number)) {
        conn.script("BEGIN")?;
        let applied = conn.script(&conn.dialect(text)).and_then(|()| {
            conn.execute(
                "INSERT INTO migration (number, at_ms) VALUES ($1, $2)",
                &[Value::Int(*number), Value::Int(now.as_ms())],
            )
        });
        match applied {
            Ok(_) => conn.script("COMMIT")?,
            Err(error) => {
                let _ = conn.script("ROLLBACK");
                tracing::error!(%error, number, "a migration could not be run; the database is as before it");
                return Err(error.into());
            }
        }
        run.push(*number);
    }
    Ok(run)
}

fn is_known(number: i64) -> bool {
    MIGRATIONS.iter().any(|(known, _)| *known == number)
}

/// What is this program's last migration.
pub fn ours() -> i64 {
    MIGRATIONS.last().map_or(0, |(number, _)| *number)
}

/// An older program would read what it does not understand, and write what the newer one does not expect.
pub(crate) fn newer(had: i64) -> Error {
    let ours = ours();
    Error::refused(
        "database.newer",
        format!(
            "数据库的结构版本是 {had}，本程序只认识到 {ours}：它已被更新的程序升级过。没有改动任何内容；请使用新的程序，要退回旧程序请先恢复升级前的数据（内嵌数据库用新程序执行 pileops rollback，PostgreSQL 用升级前的备份）"
        ),
        format!(
            "The structure of the database is {had}, and this program knows those up to {ours}: a newer program has changed it. Nothing was touched. Use the newer program; to go back to the older one, put the data from before the upgrade in its place first (embedded database: `pileops rollback` of the newer program; PostgreSQL: the backup made before)."
        ),
    )
}

/// For whoever only reads: neither an older database nor a newer one is what the program's questions are about.
pub fn same_version(conn: &mut Conn) -> Result<()> {
    match versions(conn)? {
        (had, ours) if had > ours => Err(newer(had)),
        (had, ours) if had < ours => Err(Error::refused(
            "database.older",
            format!(
                "数据库的结构版本是 {had}，本程序需要 {ours}；请先升级（pileops migrate，或启动本程序的服务），或用原来的程序检查"
            ),
            format!(
                "The structure of the database is {had}, and this program needs {ours}. Bring it up to date first (`pileops migrate`, or start the server), or use the program from before."
            ),
        )),
        _ => Ok(()),
    }
}

/// The number of the last migration that the database has had, and that of this version. Reads only.
pub fn versions(conn: &mut Conn) -> DbResult<(i64, i64)> {
    let sql = "SELECT COALESCE(MAX(number), 0) FROM migration";
    let had = conn.one(sql, &[], |row| row.int(0))?;
    Ok((had, ours()))
}
