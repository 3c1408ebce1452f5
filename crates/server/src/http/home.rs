//! 首页

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::Who;
use axum::extract::State;
use model::id::{OrderId, PileId};
use model::time::Zone;
use store::home::{Home, Running};

pub async fn home_get(State(app): State<Shared>, who: Who) -> Answer<Given<Home>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| store::home::home_get(conn, &scope, &Zone::shanghai(), now);
    let mut home = app.engine.store.read(read).await?;
    let power = |running: &Running| {
        let (pile, no) = (PileId(running.pile), u16::try_from(running.connector).ok()?);
        app.devices.live_of_order(pile, no, OrderId(running.order))?.power_w
    };
    home.power_w = home.running.iter().filter_map(power).sum();
    Ok(Given(home))
}
