//! 接入安全: what a pile must show when it connects, what it shows, and its certificates.

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::{Code, Id, Who};
use axum::extract::State;
use engine::certificate::{AuthorityView, PileSecurityFacts};
use model::id::PileId;
use model::site::SecurityProfile;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = PileSecurity)]
pub struct PileSecurityView {
    #[serde(flatten)]
    security: PileSecurityFacts,
    /// What its link came with; null while it is off line.
    shown: Option<SecurityProfile>,
}

pub async fn pile_security_get(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
) -> Answer<Given<PileSecurityView>> {
    let (pile, security) = app.engine.pile_security_get(&who.actor(), &code).await?;
    let shown = app.devices.online(PileId(pile)).and_then(|link| link.shown);
    Ok(Given(PileSecurityView { security, shown }))
}

pub async fn certificate_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    let pile = app.engine.certificate_delete(&who.actor(), id).await?;
    // A link that came in with it has lost its ground.
    app.devices.expel(pile, |shown| shown == SecurityProfile::Certificate);
    Ok(Done)
}

/// The installation's own authority, for whoever shall trust it. It is made when it is asked for first.
pub async fn authority_get(State(app): State<Shared>, _: Who) -> Answer<Given<AuthorityView>> {
    Ok(Given(app.engine.authority_get().await?))
}
