//! 异常订单

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Id, Who};
use axum::extract::State;
use engine::evidence::OrderEvidence;
use model::id::OrderId;
use model::time::DAY_MS;
use store::abnormal_orders::{self, AbnormalSummary};

/// Marks, debts and sessions without an order are told of as many days.
const DAYS: i64 = 31;

pub async fn abnormal_summary_get(State(app): State<Shared>, who: Who) -> Answer<Given<AbnormalSummary>> {
    let (scope, from_ms) = (who.scope(), app.now().plus_ms(-DAYS * DAY_MS).as_ms());
    let read = move |conn: &mut store::Conn| abnormal_orders::abnormal_summary(conn, &scope, from_ms);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn order_evidence_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<OrderEvidence>> {
    Ok(Given(app.engine.order_evidence_get(who.scope(), OrderId(id)).await?))
}
