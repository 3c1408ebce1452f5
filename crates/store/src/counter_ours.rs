//! What we have written down of a day, as it is laid beside a bill of theirs.

use crate::counter_bills::CounterBillRow;
use crate::db::{Conn, DbResult, Row, Value};
use crate::order_list::order_no;
use model::order::OrderState;
use model::pay::{PayState, RefundRoute, RefundState};
use model::reconciliation::{CounterOurs, CounterSource};
use std::collections::BTreeMap;

/// From and to of a day.
type Span = (i64, i64);

/// What was done on a day, and what the lines of its bill are about.
pub fn ours(conn: &mut Conn, bill: &CounterBillRow, span: Span) -> DbResult<Vec<CounterOurs>> {
    match bill.source {
        CounterSource::PayChannel => paid_ours(conn, bill, span),
        CounterSource::Peer => order_ours(conn, bill, span),
    }
}

const PAID: &str = "p.id, p.no, p.channel_no, p.amount_fen, p.state, p.paid_at_ms, EXISTS (SELECT 1 FROM counter_line x \
    WHERE x.source = 'pay_channel' AND x.source_id = p.pay_channel_id AND x.their_no = p.channel_no AND NOT x.is_refund)";

fn paid(row: &Row<'_>) -> DbResult<CounterOurs> {
    let state = row.word(4, PayState::parse)?;
    Ok(CounterOurs {
        id: row.int(0)?,
        is_refund: false,
        no: row.text(1)?,
        their_no: row.text_opt(2)?,
        fen: row.int(3)?,
        energy_dwh: None,
        state: state.as_str().to_owned(),
        done: state == PayState::Paid,
        open: state.is_open(),
        begun_at_ms: None,
        at_ms: row.int_opt(5)?,
        listed: row.bool(6)?,
    })
}

const BACK: &str = "f.id, f.no, f.channel_no, f.amount_fen, f.state, f.submitted_at_ms, f.ended_at_ms, f.route, \
    EXISTS (SELECT 1 FROM counter_line x WHERE x.source = 'pay_channel' \
    AND x.source_id = f.pay_channel_id AND x.own_no = f.no AND x.is_refund)";

fn back(row: &Row<'_>) -> DbResult<CounterOurs> {
    let (state, route) = (row.word(4, RefundState::parse)?, row.word(7, RefundRoute::parse)?);
    let source = route == RefundRoute::Source;
    Ok(CounterOurs {
        id: row.int(0)?,
        is_refund: true,
        no: row.text(1)?,
        their_no: row.text_opt(2)?,
        fen: row.int(3)?,
        energy_dwh: None,
        state: state.as_str().to_owned(),
        done: source && state == RefundState::Done,
        open: source && state.is_under_way(),
        begun_at_ms: row.int_opt(5)?,
        at_ms: row.int_opt(6)?,
        listed: row.bool(8)?,
    })
}

fn paid_ours(conn: &mut Conn, bill: &CounterBillRow, (from_ms, to_ms): Span) -> DbResult<Vec<CounterOurs>> {
    let day = [bill.source_id.into(), from_ms.into(), to_ms.into()];
    let of_bill = [bill.id.into()];
    let own = "counter_line l JOIN payment p ON p.pay_channel_id = l.source_id";
    let mut all = BTreeMap::new();
    for (rest, values) in [
        (
            "payment p WHERE p.pay_channel_id = $1 AND p.state = 'paid' AND p.paid_at_ms >= $2 AND p.paid_at_ms < $3"
                .to_owned(),
            &day[..],
        ),
        (
            format!("{own} AND p.channel_no = l.their_no WHERE l.counter_bill_id = $1 AND NOT l.is_refund"),
            &of_bill[..],
        ),
        (format!("{own} AND p.no = l.own_no WHERE l.counter_bill_id = $1 AND NOT l.is_refund"), &of_bill[..]),
    ] {
        let rows = conn.query(&format!("SELECT {PAID} FROM {rest}"), values, paid)?;
        all.extend(rows.into_iter().map(|one| ((one.is_refund, one.id), one)));
    }
    for (rest, values) in [
        (
            "refund f WHERE f.pay_channel_id = $1 AND f.state = 'done' AND f.route = 'source' AND f.ended_at_ms >= $2 \
             AND f.ended_at_ms < $3",
            &day[..],
        ),
        (
            "counter_line l JOIN refund f ON f.pay_channel_id = l.source_id AND f.no = l.own_no \
             WHERE l.counter_bill_id = $1 AND l.is_refund",
            &of_bill[..],
        ),
    ] {
        let rows = conn.query(&format!("SELECT {BACK} FROM {rest}"), values, back)?;
        all.extend(rows.into_iter().map(|one| ((one.is_refund, one.id), one)));
    }
    Ok(all.into_values().collect())
}

const ORDER: &str = "o.id, o.created_at_ms, o.total_fen - o.discount_fen, o.energy_dwh, o.state, o.ended_at_ms, \
    EXISTS (SELECT 1 FROM counter_line x WHERE x.source = 'peer' AND x.order_id = o.id)";

fn order(row: &Row<'_>) -> DbResult<CounterOurs> {
    let (id, state) = (row.int(0)?, row.word(4, OrderState::parse)?);
    Ok(CounterOurs {
        id,
        is_refund: false,
        no: order_no(id, row.int(1)?),
        their_no: None,
        fen: row.int(2)?,
        energy_dwh: Some(row.int(3)?),
        state: state.as_str().to_owned(),
        done: state == OrderState::Completed,
        open: !matches!(state, OrderState::Completed | OrderState::Failed),
        begun_at_ms: None,
        at_ms: row.int_opt(5)?,
        listed: row.bool(6)?,
    })
}

/// Orders of the fleet under which a peer's customers charge, and those that its lines name.
fn order_ours(conn: &mut Conn, bill: &CounterBillRow, (from_ms, to_ms): Span) -> DbResult<Vec<CounterOurs>> {
    let day: [Value<'_>; 3] = [bill.source_id.into(), from_ms.into(), to_ms.into()];
    let of_bill = [bill.id.into()];
    let mut all = BTreeMap::new();
    for (rest, values) in [
        (
            "peer q JOIN customer c ON c.fleet_id = q.fleet_id JOIN orders o ON o.customer_id = c.id WHERE q.id = $1 \
             AND o.state = 'completed' AND o.ended_at_ms >= $2 AND o.ended_at_ms < $3",
            &day[..],
        ),
        ("counter_line l JOIN orders o ON o.id = l.order_id WHERE l.counter_bill_id = $1", &of_bill[..]),
    ] {
        let rows = conn.query(&format!("SELECT {ORDER} FROM {rest}"), values, order)?;
        all.extend(rows.into_iter().map(|one| (one.id, one)));
    }
    Ok(all.into_values().collect())
}
