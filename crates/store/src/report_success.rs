//! 一次充电成功 in the sums that the home page, the rankings and the map read. They count by the rule that held when an order
//! ended; here they are brought to the rule by which the report of their day was made, so that there is one.

use crate::Tx;
use crate::report_sums::{Stale, StationReport};
use model::Result;
use model::report::Part;
use std::collections::BTreeMap;

/// The key of the table is day, hour, station: with its hours a station is found without reading all others.
pub(crate) const HOURS: &str = "SELECT hour, success_count FROM station_hour WHERE day = $1 AND station_id = $2 AND hour IN \
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23) ORDER BY hour";

/// Takes the mark of a day away, unless something has changed since it was read: then the day is made again.
pub(crate) fn save(tx: &mut Tx<'_>, of: &Stale, report: &StationReport) -> Result<()> {
    let (day, station) = (of.day, of.station.0);
    let (mut hours, mut operators) = (BTreeMap::<i64, i64>::new(), BTreeMap::<i64, i64>::new());
    for ((operator, hour, ..), sums) in &report.hours {
        let count = sums.parts.of(Part::Success);
        *hours.entry(*hour).or_default() += count;
        *operators.entry(*operator).or_default() += count;
    }
    let sql = "SELECT operator_id, changes FROM station_day WHERE day = $1 AND station_id = $2 ORDER BY operator_id";
    let now =
        tx.read(|conn| conn.query(sql, &[day.into(), station.into()], |row| Ok((row.int(0)?, row.int(1)?))))?;
    if of.changes.iter().all(|read| now.contains(read)) {
        let kept = tx.read(|conn| {
            conn.query(HOURS, &[day.into(), station.into()], |row| Ok((row.int(0)?, row.int(1)?)))
        })?;
        // The hours before the day, as the device path takes them.
        for (hour, known) in kept {
            let count = hours.get(&hour).copied().unwrap_or(0);
            if count != known {
                tx.execute(
                    "UPDATE station_hour SET success_count = $1 WHERE day = $2 AND hour = $3 AND station_id = $4",
                    &[count.into(), day.into(), hour.into(), station.into()],
                )?;
            }
        }
    }
    for (operator, changes) in &of.changes {
        let count = operators.get(operator).copied().unwrap_or(0);
        tx.execute(
            "UPDATE station_day SET stale = FALSE, success_count = $1 WHERE day = $2 AND station_id = $3 \
             AND operator_id = $4 AND changes = $5",
            &[count.into(), day.into(), station.into(), (*operator).into(), (*changes).into()],
        )?;
    }
    Ok(())
}
