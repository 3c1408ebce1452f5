//! 品牌

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given, Kept};
use super::picture::Photo;
use super::take::{Id, Input, Reader, Who};
use axum::extract::State;
use axum::http::HeaderMap;
use engine::brand::{BrandColourDraft, BrandDraft, BrandLogo, BrandView};
use model::brand::{BrandColours, brand_colours};

pub async fn brand_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<BrandView>> {
    Ok(Given(app.engine.brand_get(who.scope(), id).await?))
}

pub async fn brand_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<BrandDraft>,
) -> Answer<Done> {
    app.engine.brand_set(&who.actor(), id, draft).await?;
    Ok(Done)
}

pub async fn brand_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.brand_delete(&who.actor(), id).await?;
    Ok(Done)
}

/// The colours that the console would have; nothing is kept.
pub async fn brand_colour_check(
    State(_): State<Shared>,
    _: Who,
    Input(draft): Input<BrandColourDraft>,
) -> Answer<Given<BrandColours>> {
    Ok(Given(brand_colours("accent", &draft.accent)?))
}

/// The logo as it would be kept; nothing is.
pub async fn brand_logo_check(
    State(app): State<Shared>,
    _: Who,
    Photo(body): Photo,
) -> Answer<Given<BrandLogo>> {
    Ok(Given(app.engine.brand_logo_check(body).await?))
}

/// What the console of whoever asks looks like.
pub async fn session_brand_get(
    State(app): State<Shared>,
    who: Who,
    headers: HeaderMap,
) -> Answer<Kept<BrandView>> {
    Ok(Kept::own(app.engine.brand_shown(who.scope().operator).await?, &headers))
}

/// What the platform looks like for whoever is not signed in yet.
pub async fn public_brand_get(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
) -> Answer<Kept<BrandView>> {
    Ok(Kept::of(app.engine.brand_public(&reader.address).await?, &headers))
}
