//! 并充: a pile wants to charge one car by several connectors. Each is an order of its own; the card that
//! they share counts once, and when one of them may not begin, none does.

use super::start::asked;
use super::{Context, Handled, settle};
use model::Result;
use model::card::{Token, TokenVerdict};
use model::device::Answer;
use model::id::{ConnectorNo, OrderId};
use model::merge::{MergeNo, MergedAsk};
use model::order::{OrderState, StartMode};
use store::{HotPile, Tx, order_merges};

/// A pile asks us to name a session.
pub(super) struct Ask<'a> {
    pub connector: ConnectorNo,
    pub token: &'a Token,
    pub mode: StartMode,
    pub password: Option<&'a str>,
    /// An order of the same card that charges the same car by another connector.
    pub beside: Option<OrderId>,
}

pub fn merged(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, ask: &MergedAsk) -> Result<Handled> {
    let beside = begun(context, tx, hot, ask)?;
    let single = Ask {
        connector: ask.connector,
        token: &ask.token,
        mode: ask.mode,
        password: ask.password.as_deref(),
        beside,
    };
    let handled = asked(context, tx, hot, &single)?;
    match (&handled.answer, handled.order) {
        (Answer::StartAsked { verdict: TokenVerdict::Accepted, .. }, Some(order)) => {
            order_merges::insert(tx, (order, hot.pile.id), ask.merge, ask.role, context.now)?;
        }
        _ => give_up(context, tx, hot, ask.merge)?,
    }
    Ok(handled)
}

/// A part of the same merge that was begun with the same token.
fn begun(context: &Context<'_>, tx: &mut Tx<'_>, hot: &HotPile, ask: &MergedAsk) -> Result<Option<OrderId>> {
    let (pile, merge, now) = (hot.pile.id, ask.merge, context.now);
    let parts = tx.read(|conn| order_merges::parts(conn, pile, merge, now))?;
    let same = hot.open.iter().find(|open| {
        let order = &open.order;
        parts.contains(&order.id) && order.connector != ask.connector && order.began_with(&ask.token)
    });
    Ok(same.map(|open| open.order.id))
}

/// One part was refused: those that wait for their start will not get it.
fn give_up(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, merge: MergeNo) -> Result<()> {
    let (pile, now) = (hot.pile.id, context.now);
    let parts = tx.read(|conn| order_merges::parts(conn, pile, merge, now))?;
    let waits = |open: &model::order::OpenOrder| {
        open.order.state == OrderState::Starting && parts.contains(&open.order.id)
    };
    while let Some(place) = hot.open.iter().position(waits) {
        settle::fail(context, tx, hot, place);
    }
    Ok(())
}
