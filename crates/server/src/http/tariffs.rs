//! 计费模型

use super::Shared;
use super::error::Answer;
use super::give::{Created, Given, NewId};
use super::take::{Input, Who};
use axum::extract::State;
use engine::pricing::TariffDraft;
use store::filter::Page;
use store::tariff_list::{self, TariffView};

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
