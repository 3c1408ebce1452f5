//! 调价计划

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Reader, Who};
use axum::extract::State;
use engine::tariff_plan::{
    TariffDeliveryDraft, TariffDeliveryStarted, TariffPlanDraft, TariffPlanWithdrawal,
};
use model::error::Text;
use model::id::{StationId, TariffPlanId};
use model::tariff_plan::{DeliveryState, TariffPlanState};
use model::{Error, Result};
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::tariff_plan_list::{
    self, StationTariff, TariffPlanDetail, TariffPlanFilter, TariffPlanPile, TariffPlanPileFilter,
    TariffPlanView,
};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffPlanQuery {
    state: Option<TariffPlanState>,
    tariff_name: Option<String>,
    station_name: Option<String>,
    station_id: Option<i64>,
    /// Of when it takes effect.
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    /// In effect, and a pile has not got it.
    unfinished: Option<bool>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl TariffPlanQuery {
    fn filter(self) -> Result<TariffPlanFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        if self.from_ms.zip(self.to_ms).is_some_and(|(from, to)| from > to) {
            return Err(Error::invalid(
                "to_ms",
                "结束时间不能早于开始时间，请重新选择时间范围",
                "The end of the time range is before its beginning; choose it again.",
            ));
        }
        Ok(TariffPlanFilter {
            id: None,
            state: self.state,
            tariff_name: self.tariff_name,
            station_name: self.station_name,
            station_id: self.station_id,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            unfinished: self.unfinished,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

pub async fn tariff_plan_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<TariffPlanQuery>,
) -> Answer<Given<Page<TariffPlanView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| tariff_plan_list::tariff_plan_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn tariff_plan_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<TariffPlanDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.tariff_plan_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

async fn found(app: &Shared, who: &Who, id: i64) -> Result<TariffPlanDetail> {
    let (scope, blocks) = (who.scope(), app.engine.rules().tariff_block);
    let read = move |conn: &mut store::Conn| {
        tariff_plan_list::tariff_plan_get(conn, &scope, TariffPlanId(id), blocks)
    };
    app.engine.store.read(read).await?.ok_or_else(|| {
        Error::not_found(
            "tariff_plan.not_found",
            "没有这个调价计划，请从调价计划列表进入",
            "There is no such plan; choose one from the list of plans.",
        )
    })
}

pub async fn tariff_plan_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<TariffPlanDetail>> {
    Ok(Given(found(&app, &who, id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffPlanPileQuery {
    state: Option<DeliveryState>,
    code: Option<String>,
    station_name: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// What became of a plan at each of its piles.
pub async fn tariff_plan_pile_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
    Query(query): Query<TariffPlanPileQuery>,
) -> Answer<Given<Page<TariffPlanPile>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = TariffPlanPileFilter {
        state: query.state,
        code: query.code,
        station_name: query.station_name,
        after: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    found(&app, &who, id).await?;
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        tariff_plan_list::tariff_plan_pile_list(conn, &scope, TariffPlanId(id), &wanted)
    };
    let mut page = app.engine.store.read(read).await?;
    for pile in &mut page.items {
        let told = pile.message.take().and_then(|message| serde_json::from_str::<Text>(&message).ok());
        pile.message = told.map(|text| reader.tell(&text));
    }
    Ok(Given(page))
}

pub async fn tariff_plan_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(withdrawal): Input<TariffPlanWithdrawal>,
) -> Answer<Done> {
    app.engine.tariff_plan_cancel(&who.actor(), TariffPlanId(id), withdrawal).await?;
    Ok(Done)
}

/// Asks piles that have not got it again at once.
pub async fn tariff_delivery_start(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<TariffDeliveryDraft>,
) -> Answer<Given<TariffDeliveryStarted>> {
    Ok(Given(app.engine.tariff_delivery_start(&who.actor(), TariffPlanId(id), draft).await?))
}

/// What a station shows from when to when, planned changes included.
pub async fn station_tariff_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<Page<StationTariff>>> {
    let (scope, now) = (who.scope(), app.now());
    let read =
        move |conn: &mut store::Conn| tariff_plan_list::station_tariff_list(conn, &scope, StationId(id), now);
    let found = app.engine.store.read(read).await?;
    Ok(Given(found.ok_or_else(|| {
        Error::not_found("station.not_found", "没有这座充电站，请检查地址", "There is no such station.")
    })?))
}
