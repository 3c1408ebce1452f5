//! What a car's battery tells through the pile: its report, and what is wrong with it.
//!
//! Two such frames come every quarter of a minute, and each is kept in the frame log already. So what is
//! learned from them stays in memory: the report is written when something rare is said, every few
//! minutes, and at the end. After a crash at most those minutes are missing from its extremes.

use super::{Context, Handled};
use crate::alarm;
use model::Result;
use model::battery::BatteryNews;
use model::device::Answer;
use model::ground_lock::GroundLockReport;
use model::id::OrderId;
use model::time::MINUTE_MS;
use store::frames::Verdict;
use store::pile_events::{NewPileEvent, PileEventKind, insert};
use store::{HotPile, Tx};

/// How long values that come all the time may wait for being written.
const KEPT_EVERY_MS: i64 = 5 * MINUTE_MS;

pub fn told(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    news: &BatteryNews,
) -> Result<Handled> {
    let handled = Handled::new(Answer::Noted).on(news.connector);
    let Some(order) = order_of(tx, hot, news)? else {
        return Ok(handled.judged(Verdict::Applied, "of no session that is known, or of one that is over"));
    };
    let handled = handled.about(order);
    let mut row = tx.battery_take(order, hot.pile.id, news.is_first)?;
    let new = row.report.learn(&news.told, context.now);
    if !news.is_rare {
        row.course.push(row.report.now);
    }
    for code in new {
        let one = NewPileEvent {
            pile: hot.pile.id,
            connector: Some(news.connector),
            order: Some(order),
            kind: PileEventKind::Battery,
            code,
            at: context.now,
            noticed: None,
        };
        insert(tx, &one)?;
        alarm::battery_told(tx, &hot.pile, (news.connector, order), &one.code, context.now)?;
    }
    if news.is_rare || context.now.since(row.updated_at) >= KEPT_EVERY_MS {
        row.updated_at = context.now;
        tx.battery_save(&row);
    }
    if let Some(place) = hot.open_session(news.session) {
        tx.battery_keep(row);
        let order = &mut hot.open[place].order;
        if let Some(vin) = news.told.vin.as_ref().filter(|_| order.vin.is_none()) {
            order.vin = Some(vin.clone());
            tx.order_save(order);
        }
    }
    Ok(handled)
}

/// The words of an end may come after the bill that ended the order: what is rare is looked for.
fn order_of(tx: &mut Tx<'_>, hot: &HotPile, news: &BatteryNews) -> Result<Option<OrderId>> {
    if let Some(place) = hot.open_session(news.session) {
        return Ok(Some(hot.open[place].order.id));
    }
    if !news.is_rare {
        return Ok(None);
    }
    let (pile, session) = (hot.pile.id, news.session);
    Ok(tx.read(|conn| store::orders::by_session(conn, pile, session))?.map(|order| order.id))
}

/// 地锁: said every five minutes; what has not changed is not written.
pub fn ground_lock(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    told: &GroundLockReport,
) -> Result<Handled> {
    let handled = Handled::new(Answer::Noted).on(told.connector);
    if told.connector == 0 || hot.connector(told.connector).is_none() {
        return Ok(handled.judged(Verdict::Quarantined, "the pile has no such connector"));
    }
    let known = hot.ground_locks.iter().position(|one| one.connector == told.connector);
    let before = known.map(|place| hot.ground_locks.swap_remove(place));
    if before != Some(*told) {
        store::ground_locks::save(tx, &hot.pile, told, context.now)?;
    }
    if before != Some(*told) {
        alarm::ground_lock_told(tx, &hot.pile, before.as_ref(), told, context.now)?;
    }
    if let Some(alarm) = told.alarm.filter(|alarm| before.is_none_or(|before| before.alarm != Some(*alarm))) {
        let code = format!("ykc:ground_lock:{}", alarm.as_str());
        let (pile, connector) = (hot.pile.id, Some(told.connector));
        let kind = PileEventKind::GroundLock;
        insert(
            tx,
            &NewPileEvent { pile, connector, order: None, kind, code, at: context.now, noticed: None },
        )?;
    }
    hot.ground_locks.push(*told);
    Ok(handled)
}
