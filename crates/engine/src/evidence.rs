//! 凭据: what a person needs beside an order to decide what it costs: our own bill of what the pile has counted,
//! the prices that held, and what else ran on the connector.

use crate::Engine;
use crate::device::recompute;
use crate::settlement::no_order;
use model::Result;
use model::access::Scope;
use model::id::OrderId;
use model::tariff::{Period, Segment};
use model::time::{Timestamp, Zone};
use serde::Serialize;
use store::abnormal_orders::{self, OrderNeighbour, Stretch};
use store::orders::{self, BilledBy, OrderDetail};
use store::tariff_list::TariffRate;
use store::{Conn, DbResult, order_place};
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderEvidence {
    /// The pile's energies at our prices; null without a record or a tariff.
    pub ours_by_record: Option<Vec<Segment>>,
    /// The readings of the session at our prices; null where they cannot be billed.
    pub ours_by_curve: Option<Vec<Segment>>,
    /// What held when it began; empty without a tariff.
    pub rates: Vec<TariffRate>,
    /// Before and after it on its connector, in the order of time.
    pub neighbours: Vec<OrderNeighbour>,
}

fn read(conn: &mut Conn, id: OrderId) -> DbResult<Option<OrderEvidence>> {
    let (Some(order), detail) = (orders::get(conn, id)?, orders::detail(conn, id)?) else { return Ok(None) };
    let zone: Zone = store::stations::facts(conn, order.station)?.zone;
    let ended_at = order.ended_at.unwrap_or(order.started_at);
    let neighbours = abnormal_orders::neighbours(
        conn,
        Stretch {
            order: id,
            pile: order.pile,
            connector: i64::from(order.connector),
            from_ms: order.started_at.as_ms(),
            to_ms: order.ended_at.map_or(i64::MAX, Timestamp::as_ms),
        },
    )?;
    let Some(tariff) = order.tariff else {
        let (ours_by_record, ours_by_curve) = (None, None);
        return Ok(Some(OrderEvidence { ours_by_record, ours_by_curve, rates: Vec::new(), neighbours }));
    };
    let version = store::tariffs::version(conn, tariff)?;
    let table = version.calendar.table_at(&zone, order.began_at());
    let rates = Period::ALL.into_iter().map(|period| {
        let rate = table.rate(period);
        let (electricity_price_e5, service_price_e5) = (rate.electricity.0, rate.service.0);
        TariffRate { period, electricity_price_e5, service_price_e5 }
    });
    let ours = |billed_by| {
        let detail = OrderDetail { billed_by, ..detail.clone()? };
        let mut order = order.clone();
        order.ended_at = Some(ended_at);
        recompute(&order, &detail, &version.calendar, &zone).ok().map(|bill| bill.segments)
    };
    Ok(Some(OrderEvidence {
        ours_by_record: ours(BilledBy::Record),
        ours_by_curve: ours(BilledBy::Curve),
        rates: rates.collect(),
        neighbours,
    }))
}

impl Engine {
    /// Reads it; nothing is written.
    pub async fn order_evidence_get(&self, scope: Scope, id: OrderId) -> Result<OrderEvidence> {
        let found = self.store.read(move |conn| match order_place::order_place(conn, &scope, id)? {
            Some(_) => read(conn, id),
            None => Ok(None),
        });
        found.await?.ok_or_else(no_order)
    }
}
