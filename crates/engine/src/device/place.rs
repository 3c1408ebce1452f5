//! What the place says to a session that begins: the tariff that it shows, whether it is closed, and whether
//! the holder's fleet charges here.

use super::Context;
use super::status::believable;
use super::tariff::behind;
use super::token::Judged;
use model::Result;
use model::card::TokenVerdict;
use model::id::TariffId;
use model::time::Timestamp;
use store::{HotPile, Tx, pile_tariffs};

/// The version that the driver was shown: a session that waited in the pile is billed by that of its
/// own time, not by that of the day on which we hear of it.
pub(super) fn tariff_shown(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    begun_at: Option<Timestamp>,
) -> Result<Option<TariffId>> {
    let station = tx.station(hot.pile.station)?;
    let (pile, waited) = (&hot.pile, waited(context, hot, begun_at));
    let own = match (waited, pile.tariff_from) {
        // It was given or taken away since: what it had then is on record.
        (Some(at), Some(from)) if at < from => tx.read(|conn| pile_tariffs::own_at(conn, pile.id, at))?,
        _ => pile.tariff,
    };
    if own.is_some() {
        return Ok(own);
    }
    Ok(waited.map_or_else(|| station.tariff_now(context.now), |at| station.tariff_at(at)))
}

/// When a session began that has waited in the pile until now.
fn waited(context: &Context<'_>, hot: &HotPile, begun_at: Option<Timestamp>) -> Option<Timestamp> {
    let begun_at = begun_at.map(|at| at.plus_ms(-hot.pile.skew_ms.unwrap_or(0)));
    // A clock that shows nonsense says nothing, and one that is off by seconds has not waited.
    begun_at
        .filter(|at| believable(context, *at) && context.now.since(*at) >= context.rules.skew_tolerance_ms)
}

/// Refuses where or when the fleet of the card's holder does not charge, or does not let this driver, and says why.
pub(super) fn limited(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    at: Timestamp,
    judged: &mut Judged,
) -> Result<Option<String>> {
    let Some(card) = judged.card.as_ref().filter(|_| judged.verdict == TokenVerdict::Accepted) else {
        return Ok(None);
    };
    if card.limits.is_none() && card.driver_places.is_none() {
        return Ok(None);
    }
    let station = tx.station(hot.pile.station)?;
    let local = station.zone.local(at);
    let mut kept = card.limits.iter().chain(&card.driver_places);
    let Some((verdict, why)) = kept.find_map(|limits| limits.refusal(station.id, &local)) else {
        return Ok(None);
    };
    judged.verdict = verdict;
    Ok(Some(format!("refused: {}", why.en)))
}

/// Refuses what would begin in a paused city, at a disabled operator's pile, or where that is the rule
/// at a pile that has not got its station's tariff, and what the holder's fleet does not allow, and says why. What
/// began before that and was only told later is not affected.
pub(super) fn closed(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    begun_at: Option<Timestamp>,
    judged: &mut Judged,
) -> Result<Option<String>> {
    let at = waited(context, hot, begun_at).unwrap_or(context.now);
    let station = tx.station(hot.pile.station)?;
    if judged.verdict != TokenVerdict::Accepted {
        return Ok(None);
    }
    let why = match station.closure_at(at) {
        Some(closure) => Some(closure.refusal()),
        None => behind(context, tx, hot)?,
    };
    let Some(why) = why else { return limited(tx, hot, at, judged) };
    judged.verdict = TokenVerdict::OutOfService;
    Ok(Some(format!("refused: {}", why.text.en)))
}
