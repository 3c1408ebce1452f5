//! 综合监测

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Id, Reader, Who};
use super::wire::fault_text;
use axum::extract::State;
use model::Error;
use model::id::{OrderId, PileId};
use model::time::Zone;
use store::overview::{Board, Overview, board_get as board_read, overview_get as overview_read};
use store::pile_list::LiveValues;

pub async fn overview_get(State(app): State<Shared>, who: Who) -> Answer<Given<Overview>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| overview_read(conn, &scope, &Zone::shanghai(), now);
    let mut overview = app.engine.store.read(read).await?;
    for running in &overview.home.running {
        let Ok(no) = u16::try_from(running.connector) else { continue };
        let pile = PileId(running.pile);
        let live = app.devices.live_of_order(pile, no, OrderId(running.order));
        let power_w = live.and_then(|point| point.power_w).unwrap_or(0);
        overview.home.power_w += power_w;
        let Some(station) = app.devices.station(pile) else { continue };
        if let Some(one) = overview.stations.iter_mut().find(|one| one.id == station.0) {
            one.power_w += power_w;
            one.running_count += 1;
        }
    }
    Ok(Given(overview))
}

/// The connectors of a station with their values.
pub async fn board_get(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
) -> Answer<Given<Board>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| board_read(conn, &scope, id, now);
    let mut board = app.engine.store.read(read).await?.ok_or_else(no_station)?;
    for one in &mut board.connectors {
        one.fault_text = one.fault_code.as_deref().and_then(fault_text).map(|text| reader.tell(&text));
        let (Some(order), Ok(no)) = (one.order_id, u16::try_from(one.no)) else { continue };
        let (pile, order) = (PileId(one.pile), OrderId(order));
        one.values = app.devices.live_of_order(pile, no, order).map(LiveValues::from);
        board.power_w += one.values.as_ref().and_then(|values| values.power_w).unwrap_or(0);
        one.total_fen = app.engine.order_running(pile, order).await?.map(|running| running.bill.total.0);
    }
    Ok(Given(board))
}

fn no_station() -> Error {
    Error::not_found(
        "station.not_found",
        "没有这个充电站，或不在您的数据范围内",
        "There is no such station in your scope.",
    )
}
