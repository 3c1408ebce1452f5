//! 计费模型

use super::Shared;
use super::error::Answer;
use super::give::{Created, Given, NewId};
use super::take::{Id, Input, Who};
use axum::extract::State;
use engine::pricing::TariffDraft;
use model::Error;
use model::id::TariffId;
use store::filter::Page;
use store::tariff_list::{self, TariffStation, TariffView};

pub async fn tariff_list(State(app): State<Shared>) -> Answer<Given<Page<TariffView>>> {
    Ok(Given(app.engine.store.read(tariff_list::tariff_list).await?))
}

pub async fn tariff_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<TariffDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.tariff_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

/// Which stations use a version for new orders.
pub async fn tariff_station_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<Page<TariffStation>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| tariff_list::tariff_station_list(conn, &scope, TariffId(id));
    let found = app.engine.store.read(read).await?.ok_or_else(|| {
        Error::not_found(
            "tariff.not_found",
            "没有这个计费模型版本，请从计费模型列表进入",
            "There is no such version of a tariff; choose one from the list of tariffs.",
        )
    })?;
    Ok(Given(found))
}
