//! Reservations of the last days: most were used, some came to nothing.

use super::PilePlan;
use crate::app::App;
use model::id::PileCode;
use model::reservation::ReservationState;
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use model::{Result, Text};
use std::sync::Arc;
use store::ids::Noun;
use store::reservations::{self, Reservation};

const ENDS: [(ReservationState, &str); 5] = [
    (ReservationState::Expired, "车主临时改道"),
    (ReservationState::Used, "车队夜班补电"),
    (ReservationState::Used, ""),
    (ReservationState::Cancelled, "车主来电取消"),
    (ReservationState::Refused, ""),
];

pub async fn write(app: &Arc<App>, piles: &[PilePlan]) -> Result<()> {
    let ocpp = piles.iter().filter(|pile| !pile.protocol.is_ykc());
    for (n, (plan, (state, note))) in ocpp.zip(ENDS).enumerate() {
        let Some(code) = PileCode::parse(&plan.code) else { continue };
        let read = move |conn: &mut store::Conn| {
            let pile = store::piles::by_code(conn, &code)?;
            let used =
                pile.as_ref().map(|pile| store::orders::latest_of_pile(conn, pile.id, 40)).transpose()?;
            let card = store::cards::tags(conn)?.into_iter().min();
            Ok((pile, used.unwrap_or_default(), card))
        };
        let (Some(pile), orders, Some(card)) = app.engine.store.read(read).await? else { continue };
        let begun = orders.into_iter().find(|order| order.card.is_some() && state == ReservationState::Used);
        let ahead = -3 * DAY_MS + i64::try_from(n).unwrap_or(0) * 9 * HOUR_MS;
        let began_at = begun.as_ref().map_or(app.now().plus_ms(ahead), |order| order.started_at);
        let made_at = began_at.plus_ms(-12 * MINUTE_MS);
        let refusal = Text::of("枪被占用", "The connector is occupied");
        let one = Reservation {
            id: 0,
            pile: pile.id,
            connector: begun.as_ref().map_or(1, |order| order.connector),
            tag: begun.as_ref().and_then(|order| order.token.as_ref()).map_or(card, |token| token.key()),
            group: None,
            customer: begun.as_ref().and_then(|order| order.customer),
            state,
            until: made_at.plus_ms(30 * MINUTE_MS),
            note: note.to_owned(),
            message: (state == ReservationState::Refused)
                .then(|| serde_json::to_string(&refusal).unwrap_or_default()),
            order: begun.as_ref().map(|order| order.id),
            command: None,
            staff: Some(1),
            created_at: made_at,
            ended_at: Some(began_at),
        };
        let keep = app.engine.store.write(Some(pile.id), move |tx| {
            let id = tx.next_id(Noun::Reservation)?;
            reservations::save(tx, &Reservation { id, ..one.clone() })
        });
        keep.await?;
    }
    Ok(())
}
