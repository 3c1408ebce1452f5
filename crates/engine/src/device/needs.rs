//! What the car of a running session wants.

use super::{Context, Handled};
use model::Result;
use model::device::Answer;
use model::id::ConnectorNo;
use model::time::Timestamp;
use store::frames::Verdict;
use store::{HotPile, Tx, loads};

/// Kept with the order, where the station shares its power: the limit that follows is made of it. Elsewhere
/// there is no limit to be made, and the pile is told so.
pub fn asked(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    connector: ConnectorNo,
    (departs_at, energy_wh): (Option<Timestamp>, Option<i64>),
) -> Result<Handled> {
    let station = hot.pile.station;
    if !tx.read(|conn| loads::is_managed(conn, station))? {
        return Ok(Handled::new(Answer::NeedsAsked { accepted: false }).on(connector));
    }
    let Some(place) = hot.open_on(connector) else {
        return Ok(Handled::new(Answer::NeedsAsked { accepted: false })
            .on(connector)
            .judged(Verdict::Quarantined, "no session runs on this connector"));
    };
    let order = hot.open[place].order.id;
    let departs_at = departs_at.filter(|at| *at > context.now);
    loads::wish_save(tx, order, departs_at, energy_wh, context.now)?;
    Ok(Handled::new(Answer::NeedsAsked { accepted: true }).on(connector).about(order))
}
