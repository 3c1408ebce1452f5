//! Signing in and out.

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::guard::COOKIE_NAME;
use super::take::{Https, Input, Reader, Who};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use engine::staff::Session;
use model::access::{Area, Permission};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionDraft {
    account: String,
    password: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    staff: SessionStaff,
    permissions: Vec<Permission>,
    /// When it ends at the latest, busy or not; null for an API token.
    expires_at_ms: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct SessionStaff {
    id: i64,
    account: String,
    name: String,
    /// The code of the role; `permissions` says what it may do.
    role: String,
    area: Area,
    operator_id: Option<i64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    current_password: String,
    new_password: String,
}

fn view(session: Session) -> SessionView {
    SessionView {
        staff: SessionStaff {
            id: session.caller.staff.0,
            account: session.account,
            name: session.caller.name,
            role: session.role,
            area: session.caller.scope.area,
            operator_id: session.operator_id,
        },
        permissions: session.caller.permissions.iter().collect(),
        expires_at_ms: session.expires_at.map(|at| at.as_ms()),
    }
}

/// An answer that also sets the browser's cookie.
pub struct WithCookie<T>(HeaderValue, T);

impl<T: IntoResponse> IntoResponse for WithCookie<T> {
    fn into_response(self) -> Response {
        ([(header::SET_COOKIE, self.0)], self.1).into_response()
    }
}

impl<T: super::describe::Describe> super::describe::Describe for WithCookie<T> {
    fn describe(draft: &mut super::describe::Draft) {
        T::describe(draft);
    }
}

/// Scripts of the page cannot read it, other sites cannot send it.
fn cookie(secret: &str, https: bool, age_s: i64) -> HeaderValue {
    let secure = if https { "; Secure" } else { "" };
    let text = format!("{COOKIE_NAME}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age_s}{secure}");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

pub async fn session_create(
    State(app): State<Shared>,
    reader: Reader,
    Https(https): Https,
    Input(draft): Input<SessionDraft>,
) -> Answer<WithCookie<Given<SessionView>>> {
    let opened = app.engine.session_create(&draft.account, &draft.password, &reader.address).await?;
    let age_s = opened.session.expires_at.map_or(0, |at| at.since(app.now()) / 1_000);
    let cookie = cookie(&opened.secret, https, age_s);
    Ok(WithCookie(cookie, Given(view(opened.session))))
}

pub async fn session_get(who: Who) -> Answer<Given<SessionView>> {
    Ok(Given(view(who.session)))
}

pub async fn session_delete(
    State(app): State<Shared>,
    Https(https): Https,
    who: Who,
) -> Answer<WithCookie<Done>> {
    app.engine.session_delete(&who.session, &who.address).await?;
    Ok(WithCookie(cookie("", https, 0), Done))
}

pub async fn session_password_set(
    State(app): State<Shared>,
    who: Who,
    Input(change): Input<PasswordChange>,
) -> Answer<Done> {
    let PasswordChange { current_password, new_password } = change;
    app.engine.session_password_set(&who.session, &who.address, &current_password, &new_password).await?;
    Ok(Done)
}
