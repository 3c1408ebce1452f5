//! Doubts about how a pile has spread its energy over the periods of the tariff, and sessions that delivered
//! nothing.

use super::settle::PileBillRecord;
use model::card::TokenVerdict;
use model::energy::Energy;
use model::order::{Abnormality, Order, OrderState};
use model::tariff::Period;
use model::tariff_calendar::TariffCalendar;
use model::time::{MINUTE_MS, Timestamp, Zone};
use std::collections::BTreeSet;

/// A pile's clock may be a little off at the change of a period.
const MARGIN_MS: i64 = 5 * MINUTE_MS;
const HALF_HOUR_MS: i64 = 30 * MINUTE_MS;
/// Less than 0.1 kWh in another period is rounding of the pile's.
const LEAST_DWH: i64 = 1_000;
/// A session that ends sooner was called off; nothing is wrong with the pile.
const EMPTY_MS: i64 = 5 * MINUTE_MS;

/// Whether energy was counted in a period that none of these tables of the tariff had while it ran.
pub(super) fn foreign(
    order: &Order,
    record: &PileBillRecord,
    (calendar, told): (&TariffCalendar, Option<usize>),
    zone: &Zone,
) -> bool {
    let Some(ended_at) = order.ended_at else { return false };
    let shift = order.shift_ms();
    let (from, to) = (order.began_at().plus_ms(-MARGIN_MS), ended_at.plus_ms(shift + MARGIN_MS));
    let mut tables = calendar.places_between(zone, from, to);
    tables.extend(told);
    let mut had: BTreeSet<usize> = BTreeSet::new();
    let halves = (to.since(from) / HALF_HOUR_MS + 1).clamp(0, 48);
    let moments = (0..=halves).map(|n| from.plus_ms(n * HALF_HOUR_MS).min(to));
    for at in moments {
        let local = zone.local(at);
        let half = usize::try_from(local.hour * 2 + local.minute / 30).unwrap_or(0);
        let periods = tables.iter().filter_map(|table| calendar.table(*table).periods.get(half));
        had.extend(periods.map(|period| period.number()));
    }
    let counted = record.periods.iter().filter(|one| one.energy_dwh >= LEAST_DWH);
    counted.map(|one| one.period).any(|period: Period| !had.contains(&period.number()))
}

/// Marks what is no doubt: that nothing was delivered, and that the start had failed. The doubts are known.
pub(super) fn marks(order: &mut Order, before: OrderState, ended_at: Option<Timestamp>) {
    let lasted = ended_at.map_or(0, |at| at.since(order.started_at));
    if order.energy == Energy::ZERO && lasted >= EMPTY_MS && order.abnormal.doubts().is_empty() {
        order.abnormal.add(Abnormality::NoEnergy);
    }
    // Of a start that we refused that is told already.
    let refused = order.abnormal.has(Abnormality::TokenRefused)
        || order.start_verdict.is_some_and(|verdict| verdict != TokenVerdict::Accepted);
    if before == OrderState::Failed && !refused && order.energy != Energy::ZERO {
        order.abnormal.add(Abnormality::AfterFailure);
    }
}
