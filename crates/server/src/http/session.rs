//! Signing in and out.

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::guard::COOKIE_NAME;
use super::patience::{SIGN_IN, answered_within};
use super::take::{Device, Https, Input, Key, Reader, Who};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use engine::staff::{Owed, SecondFactorStarted, SecondFactorView, Session, SignIn};
use model::access::{Area, Permission};
use model::time::MINUTE_MS;
use serde::{Deserialize, Serialize};
use store::filter::Page;
use store::session_list::SessionRow;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionDraft {
    account: String,
    password: String,
    /// Where two-step verification is on: of the authenticator, or a recovery code.
    #[serde(default)]
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    staff: SessionStaff,
    permissions: Vec<Permission>,
    /// When it ends at the latest, busy or not; null for an API token.
    expires_at_ms: Option<i64>,
    /// After so many minutes in which nobody does anything it ends.
    idle_minutes: i64,
    /// What is to be done before anything else goes.
    owed: Option<Owed>,
    /// Two-step verification is on.
    second_factor: bool,
    /// From when on nothing goes without two-step verification.
    second_factor_due_ms: Option<i64>,
    /// What a new password has to be: so many characters, of so many kinds.
    password_least: i64,
    password_kinds: i64,
    /// When the password is too old; null: it does not grow old.
    password_due_ms: Option<i64>,
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

fn view(session: Session, app: &Shared) -> SessionView {
    let rules = app.engine.rules();
    let rules = &rules.staff;
    SessionView {
        idle_minutes: rules.idle_ms / MINUTE_MS,
        password_least: rules.password_least,
        password_kinds: rules.password_kinds,
        owed: session.owed,
        second_factor: session.factor_on,
        second_factor_due_ms: session.factor_due.map(|at| at.as_ms()),
        password_due_ms: session.password_due.map(|at| at.as_ms()),
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

/// The answer to whoever has come in, with the cookie.
pub fn opened_view(
    opened: engine::staff::Opened,
    app: &Shared,
    https: bool,
) -> WithCookie<Given<SessionView>> {
    let age_s = opened.session.expires_at.map_or(0, |at| at.since(app.now()) / 1_000);
    WithCookie(cookie(&opened.secret, https, age_s), Given(view(opened.session, app)))
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
    Device(device): Device,
    Input(draft): Input<SessionDraft>,
) -> Answer<WithCookie<Given<SessionView>>> {
    let sign_in = SignIn {
        account: &draft.account,
        password: &draft.password,
        code: draft.code.as_deref(),
        address: &reader.address,
        device: &device,
    };
    let opened = answered_within(SIGN_IN, app.engine.session_create(sign_in)).await?;
    Ok(opened_view(opened, &app, https))
}

pub async fn session_get(State(app): State<Shared>, who: Who) -> Answer<Given<SessionView>> {
    Ok(Given(view(who.session, &app)))
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

/// One's own, on every device.
pub async fn session_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<SessionRow>>> {
    Ok(Given(Page::whole(app.engine.session_list(&who.session).await?)))
}

pub async fn session_stop(State(app): State<Shared>, who: Who, Key(id): Key) -> Answer<Done> {
    app.engine.session_stop(&who.actor(), &id).await?;
    Ok(Done)
}

#[derive(Serialize, ToSchema)]
pub struct SessionsStopped {
    count: u64,
}

/// Ends all of one's own but the one that asks.
pub async fn session_others_stop(State(app): State<Shared>, who: Who) -> Answer<Given<SessionsStopped>> {
    let count = app.engine.session_others_stop(&who.session, &who.actor()).await?;
    Ok(Given(SessionsStopped { count }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofDraft {
    /// The code where two-step verification is on, else the password.
    secret: String,
}

/// Before a dangerous act: shows again who it is.
pub async fn session_proof_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<ProofDraft>,
) -> Answer<Done> {
    app.engine.session_proof_create(&who.session, &who.address, &draft.secret).await?;
    Ok(Done)
}

pub async fn second_factor_get(State(app): State<Shared>, who: Who) -> Answer<Given<SecondFactorView>> {
    Ok(Given(app.engine.second_factor_get(&who.session).await?))
}

/// What an authenticator shows beside the codes.
const ISSUER: &str = "PileOps";

pub async fn second_factor_start(State(app): State<Shared>, who: Who) -> Answer<Given<SecondFactorStarted>> {
    Ok(Given(app.engine.second_factor_start(&who.session, ISSUER).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeDraft {
    /// The six digits that the authenticator shows.
    code: String,
}

/// Shown once: only hashes are kept.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    codes: Vec<String>,
}

pub async fn second_factor_confirm(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<CodeDraft>,
) -> Answer<Given<RecoveryCodes>> {
    let codes = app.engine.second_factor_confirm(&who.session, &who.actor(), &draft.code).await?;
    Ok(Given(RecoveryCodes { codes }))
}

pub async fn second_factor_delete(State(app): State<Shared>, who: Who) -> Answer<Done> {
    app.engine.second_factor_delete(&who.session, &who.actor()).await?;
    Ok(Done)
}

/// New ones; the earlier ones open nothing any more.
pub async fn recovery_code_create(State(app): State<Shared>, who: Who) -> Answer<Given<RecoveryCodes>> {
    Ok(Given(RecoveryCodes { codes: app.engine.recovery_code_create(&who.session, &who.actor()).await? }))
}
