//! 工单 and 巡检计划

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::picture::{Photo, Picture};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::work_order::{
    InspectionPlanChange, InspectionPlanDraft, WorkOrderChange, WorkOrderDraft, WorkOrderLimitChange,
    WorkOrderReceipt, no_work_order,
};
use model::Result;
use model::access::Permission;
use model::alarm::AlarmLevel;
use model::work_order::{WorkOrderKind, WorkOrderState};
use serde::{Deserialize, Serialize};
use store::filter::{Page, Paging};
use store::sort::Sort;
use store::work_order_list::{self, PHOTOS, SORTS, WorkOrderDetail, WorkOrderFilter, WorkOrderView};
use store::work_orders::{self, InspectionPlan, WorkOrderLimit};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkOrderQuery {
    no: Option<String>,
    kind: Option<WorkOrderKind>,
    level: Option<AlarmLevel>,
    state: Option<WorkOrderState>,
    /// Neither closed nor cancelled.
    open: Option<bool>,
    overdue: Option<bool>,
    station_name: Option<String>,
    pile: Option<String>,
    handler: Option<String>,
    /// Those of whoever asks.
    mine: Option<bool>,
    alarm_id: Option<i64>,
    feedback_id: Option<i64>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    /// created_at_ms, finish_due_ms, level; `-` before it for the greatest first. The newest first when it is left
    /// out.
    sort: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl WorkOrderQuery {
    pub fn filter(self, who: &Who) -> Result<WorkOrderFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        super::feedback::ordered(self.from_ms, self.to_ms)?;
        Ok(WorkOrderFilter {
            no: self.no,
            kind: self.kind,
            level: self.level,
            state: self.state,
            open: self.open,
            overdue: self.overdue,
            station_name: self.station_name,
            pile: self.pile,
            handler: self.handler,
            handler_id: (self.mine == Some(true)).then_some(who.session.caller.staff.0),
            alarm_id: self.alarm_id,
            feedback_id: self.feedback_id,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            sort: Sort::or_newest(self.sort.as_deref(), SORTS, &paging)?,
            limit: paging.limit()?,
        })
    }
}

pub async fn work_order_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<WorkOrderQuery>,
) -> Answer<Given<Page<WorkOrderView>>> {
    let (scope, now, wanted) = (who.scope(), app.now(), query.filter(&who)?);
    let read = move |conn: &mut store::Conn| work_order_list::work_order_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn work_order_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<WorkOrderDetail>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| work_order_list::work_order_get(conn, &scope, id, now);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_work_order)?))
}

pub async fn work_order_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<WorkOrderDraft>,
) -> Answer<Created<WorkOrderReceipt>> {
    Ok(Created(app.engine.work_order_create(&who.actor(), draft).await?))
}

pub async fn work_order_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<WorkOrderChange>,
) -> Answer<Done> {
    app.engine.work_order_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn work_order_photo_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Photo(body): Photo,
) -> Answer<Done> {
    app.engine.work_order_photo_create(&who.actor(), id, body).await?;
    Ok(Done)
}

/// A photo, if the work order that it belongs to is in the caller's scope.
pub async fn work_order_photo_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Picture> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some((of, picture)) = store::attachments::get(conn, PHOTOS, id)? else { return Ok(None) };
        Ok(work_orders::find(conn, &scope, of)?.map(|_| picture))
    };
    Ok(Picture(app.engine.store.read(read).await?.ok_or_else(no_work_order)?))
}

/// Somebody who may work on work orders.
#[derive(Serialize, ToSchema)]
pub struct WorkOrderHandler {
    pub id: i64,
    pub name: String,
}

pub async fn work_order_handler_list(
    State(app): State<Shared>,
    who: Who,
) -> Answer<Given<Page<WorkOrderHandler>>> {
    let scope = who.scope();
    let staff = app.engine.store.read(move |conn| store::staff::working(conn, &scope)).await?;
    let may = staff.into_iter().filter(|staff| staff.permissions.has(Permission::WorkOrderWrite));
    let named = may.map(|staff| WorkOrderHandler { id: staff.id.0, name: staff.name });
    Ok(Given(Page::whole(named.collect())))
}

pub async fn work_order_limit_list(State(app): State<Shared>) -> Answer<Given<Page<WorkOrderLimit>>> {
    Ok(Given(Page::whole(app.engine.store.read(work_orders::work_order_limit_list).await?)))
}

pub async fn work_order_limit_set(
    State(app): State<Shared>,
    who: Who,
    Input(change): Input<WorkOrderLimitChange>,
) -> Answer<Done> {
    app.engine.work_order_limit_set(&who.actor(), change).await?;
    Ok(Done)
}

/// Plans name stations of all operators: they are for those who look after the platform.
pub async fn inspection_plan_list(
    State(app): State<Shared>,
    who: Who,
) -> Answer<Given<Page<InspectionPlan>>> {
    who.actor().must_be_platform()?;
    Ok(Given(Page::whole(app.engine.store.read(work_orders::inspection_plan_list).await?)))
}

pub async fn inspection_plan_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<InspectionPlanDraft>,
) -> Answer<Created<InspectionPlan>> {
    Ok(Created(app.engine.inspection_plan_create(&who.actor(), draft).await?))
}

pub async fn inspection_plan_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<InspectionPlanChange>,
) -> Answer<Done> {
    app.engine.inspection_plan_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn inspection_plan_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.inspection_plan_delete(&who.actor(), id).await?;
    Ok(Done)
}
