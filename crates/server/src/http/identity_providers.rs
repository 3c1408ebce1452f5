//! 统一身份认证: its settings, and signing in by it.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::session::{SessionView, WithCookie, opened_view};
use super::take::{Device, Https, Id, Input, Reader, Who};
use crate::oidc::Exchange;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use engine::staff::IdentityProviderDraft;
use serde::{Deserialize, Serialize};
use store::filter::Page;
use store::identity_providers::IdentityProvider;
use utoipa::ToSchema;

pub async fn identity_provider_list(
    State(app): State<Shared>,
    _: Who,
) -> Answer<Given<Page<IdentityProvider>>> {
    Ok(Given(Page::whole(app.engine.identity_provider_list().await?)))
}

pub async fn identity_provider_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<IdentityProviderDraft>,
) -> Answer<Created<NewId>> {
    app.providers.check(&app.outbound, &draft.issuer)?;
    Ok(Created(NewId { id: app.engine.identity_provider_save(&who.actor(), 0, draft).await? }))
}

pub async fn identity_provider_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<IdentityProviderDraft>,
) -> Answer<Done> {
    app.providers.check(&app.outbound, &draft.issuer)?;
    app.engine.identity_provider_save(&who.actor(), id, draft).await?;
    Ok(Done)
}

pub async fn identity_provider_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.identity_provider_delete(&who.actor(), id).await?;
    Ok(Done)
}

/// What stands on the page of signing in.
#[derive(Serialize, ToSchema)]
pub struct SessionProvider {
    id: i64,
    name: String,
}

pub async fn session_provider_list(State(app): State<Shared>) -> Answer<Given<Page<SessionProvider>>> {
    let all = app.engine.identity_provider_list().await?.into_iter().filter(|one| one.enabled);
    Ok(Given(Page::whole(all.map(|one| SessionProvider { id: one.id, name: one.name }).collect())))
}

/// Where the browser goes, and what it keeps until it is back.
#[derive(Serialize, ToSchema)]
pub struct SessionProviderGoing {
    url: String,
    state: String,
}

/// The page that a provider sends people back to, at the address under which they know us.
fn redirect(headers: &HeaderMap, https: bool) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("{}://{host}/sign-in/provider", if https { "https" } else { "http" })
}

pub async fn session_provider_start(
    State(app): State<Shared>,
    reader: Reader,
    Https(https): Https,
    headers: HeaderMap,
    Id(id): Id,
) -> Answer<Given<SessionProviderGoing>> {
    app.engine.visitors.enter(&reader.address, app.now())?;
    let going = app.engine.provider_begin(id).await?;
    let redirect = redirect(&headers, https);
    let query = [
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("client_id", going.provider.client_id.as_str()),
        ("redirect_uri", redirect.as_str()),
        ("state", going.state.as_str()),
        ("nonce", going.nonce.as_str()),
        ("code_challenge", going.challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let url = app.providers.authorization(&app.outbound, &going.provider.issuer, &query, app.now()).await?;
    Ok(Given(SessionProviderGoing { url, state: going.state }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderBackDraft {
    code: String,
    state: String,
}

/// The browser is back with the provider's code.
pub async fn session_provider_confirm(
    State(app): State<Shared>,
    From { reader, https, device, redirect }: From,
    Id(id): Id,
    Input(draft): Input<ProviderBackDraft>,
) -> Answer<WithCookie<Given<SessionView>>> {
    let back = app.engine.provider_back(id, &draft.state).await?;
    let exchange = Exchange {
        issuer: &back.provider.issuer,
        client_id: &back.provider.client_id,
        secret: back.secret.as_deref(),
        code: &draft.code,
        verifier: &back.verifier,
        nonce: &back.nonce,
        redirect: &redirect,
    };
    let claims = app.providers.redeem(&app.outbound, &exchange, app.now()).await?;
    let opened =
        app.engine.provider_session_create(&back.provider, &claims, &reader.address, &device).await?;
    Ok(opened_view(opened, &app, https))
}

/// Where a request comes from, all of it.
pub struct From {
    reader: Reader,
    https: bool,
    device: String,
    redirect: String,
}

impl axum::extract::FromRequestParts<Shared> for From {
    type Rejection = super::error::Failure;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &Shared,
    ) -> Result<From, super::error::Failure> {
        let reader = Reader::from_request_parts(parts, app).await?;
        let Https(https) = Https::from_request_parts(parts, app).await?;
        let Device(device) = Device::from_request_parts(parts, app).await?;
        let redirect = redirect(&parts.headers, https);
        Ok(From { reader, https, device, redirect })
    }
}

impl super::describe::Describe for From {
    fn describe(_: &mut super::describe::Draft) {}
}
