//! As if nights had passed over the history: its last days were compared, most of them handled and signed.
//! A few records are as they come in the field: said twice, of another pile, of a session that was lost.

use super::PilePlan;
use crate::app::App;
use engine::audit::Actor;
use engine::reconciliation::{DifferenceChange, MeterChangeDraft, ReconciliationDraft, ReconciliationSign};
use model::Result;
use model::access::Scope;
use model::id::{PileCode, StationId};
use model::order::OrderState;
use model::reconciliation::{BillRecord, DifferenceKind, DifferenceState};
use model::time::{DAY_MS, HOUR_MS, Zone};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::bill_records::NewBillRecord;
use store::reconciliation_list::{self, DifferenceFilter, DifferenceView, ReconciliationFilter};

/// Days that were compared, and those of them that nobody has looked at yet.
const DAYS: i64 = 6;
const OPEN_DAYS: i64 = 2;

pub async fn write(app: &Arc<App>, actor: &Actor, piles: &[PilePlan]) -> Result<()> {
    let stations = oddities(app, actor, piles).await?;
    let now = app.clock().now();
    for back in (1..=DAYS).rev() {
        let day = Zone::shanghai().local(now.plus_ms(-back * DAY_MS)).day;
        for station in &stations {
            let draft = ReconciliationDraft { station_id: station.0, day };
            // A station at which nobody charged has nothing to compare.
            let Ok(id) = app.engine.reconciliation_start(actor, draft).await else { continue };
            if back > OPEN_DAYS {
                handle(app, actor, id).await?;
            }
        }
    }
    app.engine.day_bills_make(now).await.map(drop)
}

/// Odd records at some piles; all stations with piles.
async fn oddities(app: &Arc<App>, actor: &Actor, piles: &[PilePlan]) -> Result<BTreeSet<StationId>> {
    let (mut stations, mut odd) = (BTreeSet::new(), 0);
    for plan in piles {
        let Some(code) = PileCode::parse(&plan.code) else { continue };
        let read = move |conn: &mut store::Conn| {
            let Some(pile) = store::piles::by_code(conn, &code)? else { return Ok(None) };
            let orders = store::orders::latest_of_pile(conn, pile.id, 60)?;
            Ok(Some((pile, orders)))
        };
        let Some((pile, orders)) = app.engine.store.read(read).await? else { continue };
        stations.insert(pile.station);
        let before = app.clock().now().plus_ms(-30 * HOUR_MS);
        let order = orders.into_iter().find(|order| {
            order.state == OrderState::Completed && order.ended_at.is_some_and(|at| at < before)
        });
        let Some(order) = order.filter(|order| order.ended_at.is_some() && odd < 4) else { continue };
        let Some(ended_at) = order.ended_at else { continue };
        odd += 1;
        let session = order.session.map(|key| key.to_string());
        let record = BillRecord {
            pile_id: pile.id.0,
            connector_no: i64::from(order.connector),
            ended_at_ms: ended_at.as_ms(),
            received_at_ms: ended_at.as_ms() + 5 * 60_000,
            started_at_ms: Some(order.started_at.as_ms()),
            energy_dwh: Some(order.energy.dwh() + 1_200),
            ..BillRecord::default()
        };
        let record = match odd {
            1 | 3 => {
                BillRecord { session_key: session, order_id: Some(order.id.0), repeated: true, ..record }
            }
            _ => BillRecord {
                session_key: Some(format!("=LOST-{odd}")),
                started_at_ms: None,
                energy_dwh: Some(86_400),
                ended_at_ms: ended_at.as_ms() + 7 * 60_000,
                ..record
            },
        };
        let key = format!("demo/{odd}");
        let new =
            NewBillRecord { record, pile: pile.id, station: pile.station, operator: pile.operator, key };
        app.engine.store.write(None, move |tx| tx.bill_record_append(new.clone())).await?;
        if odd == 1 {
            let draft = MeterChangeDraft {
                pile_code: plan.code.clone(),
                connector_no: 1,
                at_ms: ended_at.as_ms() - 40 * DAY_MS,
                end_dwh: 1_204_418_800,
                begin_dwh: 0,
                reason: "直流电表精度超差，送检更换".to_owned(),
            };
            app.engine.meter_change_create(actor, draft).await?;
        }
    }
    Ok(stations)
}

fn decided(one: &DifferenceView) -> (DifferenceState, &'static str) {
    match one.kind {
        DifferenceKind::OrderHeld | DifferenceKind::AmountDiffers if one.order_id.is_some() => {
            (DifferenceState::PassedOn, "转异常订单处理")
        }
        DifferenceKind::DoubleRecord | DifferenceKind::ForeignRecord => {
            (DifferenceState::Accepted, "桩重复上报，以首份为准")
        }
        DifferenceKind::MeterGap => (DifferenceState::Accepted, "现场检修试充，无订单"),
        _ => (DifferenceState::Accepted, "已与现场核对"),
    }
}

async fn handle(app: &Arc<App>, actor: &Actor, id: i64) -> Result<()> {
    let wanted = DifferenceFilter {
        reconciliation: Some(id),
        state: Some(DifferenceState::Open),
        limit: 500,
        ..DifferenceFilter::default()
    };
    let read = move |conn: &mut store::Conn| reconciliation_list::difference_list(conn, &Scope::ALL, &wanted);
    for one in app.engine.store.read(read).await?.items {
        let (state, note) = decided(&one);
        let change = DifferenceChange { version: one.version, state, note: note.to_owned() };
        app.engine.difference_update(actor, one.id, change).await?;
    }
    let wanted = ReconciliationFilter { id: Some(id), limit: 1, ..ReconciliationFilter::default() };
    let read =
        move |conn: &mut store::Conn| reconciliation_list::reconciliation_list(conn, &Scope::ALL, &wanted);
    let Some(day) = app.engine.store.read(read).await?.items.pop() else { return Ok(()) };
    app.engine.reconciliation_confirm(actor, id, ReconciliationSign { version: day.version }).await
}
