//! Cars that were charged by two connectors at once.

use super::history::Past;
use crate::app::App;
use engine::device::PastSession;
use model::Result;
use model::access::Scope;
use model::id::{OrderId, PileId, TradeNo};
use model::merge::{MergeNo, MergeRole};
use model::site::StationFacts;
use model::tariff_calendar::TariffCalendar;
use model::time::{DAY_MS, HOUR_MS, Timestamp};
use std::sync::Arc;
use store::order_filter::OrderFilter;

/// What the second connector begins later.
const APART_MS: i64 = 20_000;

/// Two sessions of one car, for the first two connectors; others that they would meet give way.
pub(super) fn pair(
    past: &mut [Vec<PastSession>],
    connectors: [Past<'_>; 2],
    facts: &StationFacts,
    calendar: &TariffCalendar,
    started_at: Timestamp,
) -> Option<[TradeNo; 2]> {
    let mut trades = Vec::new();
    let mut token = None;
    for (place, mut connector) in connectors.into_iter().enumerate() {
        let at = started_at.plus_ms(APART_MS * i64::try_from(place).unwrap_or(0));
        let mut session = connector.session(at, facts, calendar.table_at(&facts.zone, at))?;
        let bill = session.bill.as_mut()?;
        let card = token.get_or_insert_with(|| session.token.clone()).clone();
        (bill.card, bill.vin) = (card.clone(), None);
        session.token = card;
        trades.push(bill.session);
        let list = past.get_mut(place)?;
        let (from, to) = (at.plus_ms(-HOUR_MS), session.ended_at);
        list.retain(|other| other.ended_at < from || other.started_at > to);
        list.push(session);
        list.sort_by_key(|one| one.started_at);
    }
    <[TradeNo; 2]>::try_from(trades).ok()
}

/// When the cars of the demo that were charged so came: the first today, the others before.
pub(super) fn begun(now: Timestamp, number: i64) -> Timestamp {
    now.plus_ms(-2 * HOUR_MS - number * DAY_MS)
}

/// Says that the orders of two sessions are parts of one merge.
pub(super) async fn tie(app: &Arc<App>, pile: PileId, trades: [TradeNo; 2], at: Timestamp) -> Result<()> {
    for (trade, role) in trades.into_iter().zip([MergeRole::Main, MergeRole::Auxiliary]) {
        let wanted = OrderFilter {
            session_key: Some(trade.to_string()),
            to_ms: i64::MAX,
            limit: 1,
            ..OrderFilter::default()
        };
        let read = move |conn: &mut store::Conn| store::order_list::order_list(conn, &Scope::ALL, &wanted);
        let found = app.engine.store.read(read).await?.items.pop();
        let number = format!("{:012}", at.as_ms() / 1_000 % 1_000_000_000_000);
        let (Some(order), Some(merge)) = (found, MergeNo::parse(&number)) else { continue };
        app.engine
            .store
            .write(Some(pile), move |tx| {
                store::order_merges::insert(tx, (OrderId(order.id), pile), merge, role, at)
            })
            .await?;
    }
    Ok(())
}
