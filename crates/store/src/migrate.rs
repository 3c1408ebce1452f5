//! Migrations: numbered files, never edited once they have been released, run once in order.

use crate::db::{Conn, DbResult, Value};
use model::time::Timestamp;

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
];

/// Brings the database to this version; the numbers that were run now.
pub fn migrate(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<i64>> {
    conn.script(
        "CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL UNIQUE, at_ms BIGINT NOT NULL)",
    )?;
    let done = conn.query("SELECT number FROM migration", &[], |row| row.int(0))?;
    let mut run = Vec::new();
    for (number, text) in MIGRATIONS.iter().filter(|(number, _)| !done.contains(number)) {
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
                return Err(error);
            }
        }
        run.push(*number);
    }
    Ok(run)
}

/// The number of the last migration that the database has had, and that of this version. Reads only.
pub fn versions(conn: &mut Conn) -> DbResult<(i64, i64)> {
    let sql = "SELECT COALESCE(MAX(number), 0) FROM migration";
    let had = conn.one(sql, &[], |row| row.int(0))?;
    Ok((had, MIGRATIONS.last().map_or(0, |(number, _)| *number)))
}
