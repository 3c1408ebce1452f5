//! Where something of safety is: at a station, or at one of its piles.

use crate::audit::Actor;
use model::id::{OperatorId, PileCode, PileId, StationId};
use model::{Error, Result};
use store::Tx;

/// The place that is named, as far as this person sees it: the pile goes before the station.
pub(super) fn placed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (station_id, pile_code): (Option<i64>, Option<&str>),
) -> Result<(OperatorId, StationId, Option<PileId>)> {
    let nowhere = |field: &'static str| {
        Error::invalid(
            field,
            "没有这个地点，或不在您的数据范围内；请从列表中重新选择",
            "There is no such place in your scope; choose again.",
        )
    };
    let code = pile_code.map(str::trim).filter(|code| !code.is_empty());
    let (pile, station, field) = match code {
        Some(code) => {
            let code = PileCode::parse(code).ok_or_else(|| nowhere("pile_code"))?;
            let pile =
                tx.read(|conn| store::piles::by_code(conn, &code))?.ok_or_else(|| nowhere("pile_code"))?;
            (Some(pile.id), pile.station, "pile_code")
        }
        None => (None, StationId(station_id.unwrap_or(0)), "station_id"),
    };
    let found = tx.read(|conn| store::stations::find(conn, station))?;
    let station = found.filter(|station| actor.sees_station(station)).ok_or_else(|| nowhere(field))?;
    Ok((station.operator, station.id, pile))
}
