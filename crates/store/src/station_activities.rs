//! 活动 at a station: which lower prices hold there, for whom and when, as the device path must know them; and what of their
//! budgets is used up.

use crate::Tx;
use crate::db::{Conn, DbResult};
use crate::driver_prices::{self, DriverPrice};
use crate::ledger_faults::LedgerFault;
use model::Result;
use model::access::Area;
use model::id::{OperatorId, StationId};
use model::money::Fen;
use model::offer::Activity;
use model::site::StationActivity;

/// What is published and reaches this station; whether its time has come is asked with each order.
pub(crate) fn of_station(
    conn: &mut Conn,
    station: StationId,
    (operator, city): (OperatorId, &str),
) -> DbResult<Vec<StationActivity>> {
    let reaches = |one: &DriverPrice| match &one.area {
        Area::Everywhere => true,
        Area::Cities { cities } => cities.iter().any(|code| code == city),
        Area::Stations { stations } => stations.contains(&station),
    };
    let all = driver_prices::published(conn, operator)?;
    Ok(all.into_iter().filter(reaches).map(activity).collect())
}

fn activity(one: DriverPrice) -> StationActivity {
    let activity = Activity {
        id: one.id.0,
        name: one.name,
        fee: one.fee,
        off: one.off,
        bearing: one.bearing,
        combines: one.combines,
        cap: one.cap,
        left: one.budget,
    };
    StationActivity {
        activity,
        group: one.group,
        fleet: one.fleet,
        hours: one.hours,
        rank: one.rank,
        from: one.from,
        until: one.until,
    }
}

/// What is left of the budget of an activity; nothing where it has none.
pub fn left(conn: &mut Conn, activity: i64) -> DbResult<Option<Fen>> {
    let sql = "SELECT budget_fen - spent_fen FROM driver_price WHERE id = $1";
    Ok(conn.find(sql, &[activity.into()], |row| row.int_opt(0))?.flatten().map(Fen))
}

/// Takes so much of the budget of an activity; whether it was there. Two writers that spend the same budget wait for each
/// other here.
pub fn spend(tx: &mut Tx<'_>, activity: i64, amount: Fen) -> Result<bool> {
    let sql = "UPDATE driver_price SET spent_fen = spent_fen + $1 WHERE id = $2 AND \
               (budget_fen IS NULL OR spent_fen + $3 <= budget_fen)";
    Ok(tx.execute(sql, &[amount.0.into(), activity.into(), amount.0.into()])? > 0)
}

/// Puts back what was taken of it, and is not used after all.
pub fn unspend(tx: &mut Tx<'_>, activity: i64, amount: Fen) -> Result<()> {
    let sql = "UPDATE driver_price SET spent_fen = spent_fen - $1 WHERE id = $2";
    tx.execute(sql, &[amount.0.into(), activity.into()]).map(drop)
}

const SPENT: &str = "SELECT p.id FROM driver_price p LEFT JOIN (SELECT source_id, SUM(amount_fen) AS fen FROM order_discount \
    WHERE kind = 'activity' GROUP BY source_id) d ON d.source_id = p.id WHERE p.spent_fen <> COALESCE(d.fen, 0) ORDER BY p.id";

/// Activities that have not taken off what their orders say.
pub(crate) fn faults(conn: &mut Conn) -> DbResult<Vec<LedgerFault>> {
    let wrong = conn.query(SPENT, &[], |row| row.int(0))?;
    let told = |id| LedgerFault {
        order: None,
        what: format!("what activity {id} has taken off is not that of its orders"),
    };
    Ok(wrong.into_iter().map(told).collect())
}
