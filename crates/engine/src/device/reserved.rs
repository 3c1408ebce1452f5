//! A connector that is kept for somebody: others are turned away, and who it is for uses it up.

use super::{Context, Handled};
use crate::reservation;
use model::Result;
use model::card::Card;
use model::device::Answer;
use model::order::Order;
use model::reservation::ReservationEnd;
use store::frames::Verdict;
use store::reservations::Reservation;
use store::{HotPile, Tx};

fn is_for(kept: &Reservation, order: &Order, card: Option<&Card>) -> bool {
    let same_group = |card: &Card| kept.group.is_some() && card.group_told() == kept.group;
    order.token.as_ref().is_some_and(|token| token.key() == kept.tag) || card.is_some_and(same_group)
}

/// Whether somebody else has reserved the connector on which this order begins.
pub(super) fn kept_for_another(
    context: &Context<'_>,
    hot: &HotPile,
    order: &Order,
    card: Option<&Card>,
) -> bool {
    hot.kept(order.connector, context.now).is_some_and(|kept| !is_for(kept, order, card))
}

/// It has begun: what kept the connector for it has done its work.
pub(super) fn used(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, order: &Order) -> Result<()> {
    match hot.kept(order.connector, context.now).map(|kept| kept.id) {
        Some(kept) => reservation::used(context.now, tx, hot, kept, order.id),
        None => Ok(()),
    }
}

/// The pile says by itself that it is over.
pub(super) fn ended(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    ended: ReservationEnd,
) -> Result<Handled> {
    let handled = Handled::new(Answer::Noted);
    if reservation::ended_by_pile(context.now, tx, hot, ended)? {
        return Ok(handled);
    }
    Ok(handled.judged(Verdict::Applied, "no such reservation of this pile is open"))
}
