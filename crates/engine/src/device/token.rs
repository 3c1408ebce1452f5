//! May this token charge?

use super::place::limited;
use super::{Context, Handled};
use crate::payment;
use model::Result;
use model::card::{Card, Token, TokenVerdict};
use model::device::{Answer, TokenAnswer};
use model::order::OrderState;
use std::sync::Arc;
use store::frames::Verdict;
use store::{HotPile, Tx};

/// A token with what we know of it.
pub(super) struct Judged {
    pub verdict: TokenVerdict,
    pub card: Option<Arc<Card>>,
}

impl Judged {
    pub fn answer(&self) -> TokenAnswer {
        TokenAnswer {
            verdict: self.verdict,
            group: self.card.as_ref().and_then(|card| card.group_told()),
            expires_at: self.card.as_ref().and_then(|card| card.expires_at),
        }
    }
}

/// Judges the token by itself; whether its card is already in use is known only when a session is
/// admitted.
pub(super) fn judge(context: &Context<'_>, tx: &mut Tx<'_>, token: &Token) -> Result<Judged> {
    let card = tx.card(&token.key())?;
    let verdict = card.as_ref().map_or(TokenVerdict::Unknown, |card| card.verdict(context.now));
    Ok(Judged { verdict, card })
}

pub fn authorize(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    token: &Token,
) -> Result<Handled> {
    // A pile that checks a remote start asks for the one-time tag that we gave it.
    let expected =
        hot.open.iter().find(|o| o.order.state == OrderState::Starting && o.order.began_with(token));
    if let Some(open) = expected {
        let answer = Answer::Token(TokenAnswer::of(TokenVerdict::Accepted));
        return Ok(Handled::new(answer).on(open.order.connector).about(open.order.id));
    }
    let mut judged = judge(context, tx, token)?;
    // Where a session runs, the card may be shown to end it, which no limit of a fleet forbids.
    let why = match hot.open.iter().any(|open| open.order.state.is_open()) {
        true => None,
        false => match limited(tx, hot, context.now, &mut judged)? {
            Some(why) => Some(why),
            None => payment::limited(context, tx, judged.card.as_deref(), &mut judged.verdict)?,
        },
    };
    let handled = Handled::new(Answer::Token(judged.answer()));
    Ok(match why {
        Some(why) => handled.judged(Verdict::Applied, why),
        None => handled,
    })
}
