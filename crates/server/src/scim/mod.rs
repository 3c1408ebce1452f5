//! PileOps as a SCIM 2.0 service provider (RFC 7643, RFC 7644): a mobility platform pushes its users
//! here. A door of its own, with a token of its own that opens nothing else.

pub mod client;
mod discovery;
mod filter;
mod patch;
mod user;

use crate::http::Shared;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use discovery::PAGE_MAX;
use engine::audit::Actor;
use model::customer::CustomerSource;
use model::error::Kind;
use model::id::CustomerId;
use serde_json::{Value, json};
use std::sync::Arc;
use store::customers::{self, Customer};
use store::source_users::source_user_list;

const SOURCE: CustomerSource = CustomerSource::Scim;
const BODY_MAX: usize = 64 * 1024;

/// An error in SCIM's own shape (RFC 7644, section 3.12).
#[derive(Debug)]
pub struct ScimError {
    status: u16,
    pub kind: Option<&'static str>,
    pub detail: String,
}

impl ScimError {
    pub fn new(status: u16, kind: Option<&'static str>, detail: &str) -> ScimError {
        ScimError { status, kind, detail: detail.to_owned() }
    }
}

impl From<model::Error> for ScimError {
    fn from(error: model::Error) -> ScimError {
        let (status, kind) = match (error.kind, error.code) {
            (Kind::Conflict, "customer.version") => (412, None),
            (Kind::Conflict, _) => (409, Some("uniqueness")),
            (Kind::Invalid, _) => (400, Some("invalidValue")),
            (kind, _) => (crate::http::status(kind).as_u16(), None),
        };
        if status >= 500 {
            tracing::error!(code = error.code, "a SCIM request failed");
        }
        let detail = match &error.field {
            Some(field) => format!("{field}: {}", error.text.en),
            None => error.text.en.to_string(),
        };
        ScimError { status, kind, detail }
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.to_string(), "detail": self.detail});
        if let Some(kind) = self.kind {
            body["scimType"] = json!(kind);
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        scim(status, &body)
    }
}

type Answer = Result<Response, ScimError>;

fn scim(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/scim+json")], body.to_string()).into_response()
}

fn list(total: i64, start: i64, resources: Vec<Value>) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": total,
        "startIndex": start, "itemsPerPage": resources.len(), "Resources": resources})
}

pub fn router(app: &Shared) -> Router<Shared> {
    let told = |body: fn() -> Value| get(move || async move { scim(StatusCode::OK, &body()) });
    Router::new()
        .route("/scim/v2/ServiceProviderConfig", told(discovery::service_provider_config))
        .route("/scim/v2/ResourceTypes", told(discovery::resource_types))
        .route("/scim/v2/ResourceTypes/User", told(discovery::resource_type))
        .route("/scim/v2/Schemas", told(discovery::schemas))
        .route(&format!("/scim/v2/Schemas/{}", user::SCHEMA), told(discovery::schema))
        .route("/scim/v2/Users", get(user_list).post(user_create))
        .route("/scim/v2/Users/{id}", get(user_get).put(user_put).patch(user_patch).delete(user_delete))
        .route("/scim/v2/{*path}", axum::routing::any(nothing))
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(Arc::clone(app), guard))
}

async fn nothing() -> ScimError {
    ScimError::new(404, None, "There is no such endpoint; /scim/v2/ResourceTypes lists what there is.")
}

async fn no_such_method() -> ScimError {
    ScimError::new(405, None, "This endpoint does not take this method.")
}

/// Whoever shows the token of the source; nobody, where none is set.
async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let Some(token) = &app.settings.scim_token else {
        let detail = "SCIM is switched off: set scim_token_file to receive customers from a platform.";
        return ScimError::new(404, None, detail).into_response();
    };
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default().trim();
    // Compared without stopping at the first difference.
    let differs = token
        .bytes()
        .zip(shown.bytes())
        .fold(token.len() ^ shown.len(), |all, (a, b)| all | usize::from(a ^ b));
    if differs != 0 {
        let mut answer = ScimError::new(401, None, "The bearer token is missing or wrong.").into_response();
        let challenge = axum::http::HeaderValue::from_static("Bearer");
        answer.headers_mut().insert(axum::http::header::WWW_AUTHENTICATE, challenge);
        return answer;
    }
    next.run(request).await
}

/// The source itself is who acts.
fn actor() -> Actor {
    let mut actor = Actor::local();
    actor.caller.name = "SCIM".to_owned();
    actor.address = "scim".to_owned();
    actor
}

fn shown(status: StatusCode, customer: &Customer) -> Response {
    let mut response = scim(status, &Value::Object(user::show(customer)));
    for (name, value) in [(ETAG, user::etag(customer)), (LOCATION, user::location(customer))] {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn body_of(request: Request) -> Result<Value, ScimError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/scim+json") && !kind.starts_with("application/json") {
        return Err(ScimError::new(415, None, "Content-Type must be application/scim+json."));
    }
    let bytes = to_bytes(request.into_body(), BODY_MAX).await;
    let bytes = bytes.map_err(|_| ScimError::new(413, None, "The body is too large."))?;
    serde_json::from_slice(&bytes)
        .map_err(|why| ScimError::new(400, Some("invalidSyntax"), &format!("The body is no JSON: {why}")))
}

/// The version that `If-Match` names; any, without it.
fn wanted_version(headers: &HeaderMap) -> Result<Option<i64>, ScimError> {
    let Some(text) = headers.get(IF_MATCH).and_then(|value| value.to_str().ok()) else { return Ok(None) };
    if text.trim() == "*" {
        return Ok(None);
    }
    let number = text.trim().trim_start_matches("W/").trim_matches('"').parse();
    number.map(Some).map_err(|_| ScimError::new(412, None, "This version is none of ours."))
}

async fn find(app: &Shared, id: &str) -> Result<Customer, ScimError> {
    let none = || ScimError::new(404, None, "There is no such user.");
    let id = CustomerId(id.parse().map_err(|_| none())?);
    let found = app.engine.store.read(move |conn| customers::get(conn, id)).await?;
    found.filter(|c| c.source == SOURCE && c.account.is_some()).ok_or_else(none)
}

async fn user_list(State(app): State<Shared>, RawQuery(query): RawQuery) -> Answer {
    let (mut start, mut count, mut conditions) = (1, 100, Vec::new());
    let query = query.unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let number = || {
            let wrong = |_| ScimError::new(400, Some("invalidValue"), &format!("{name} must be an integer."));
            value.parse::<i64>().map_err(wrong)
        };
        match name.as_ref() {
            "startIndex" => start = number()?.max(1),
            "count" => count = number()?.clamp(0, PAGE_MAX),
            "filter" => {
                let detail = "Filters are ATTRIBUTE eq|sw|co \"VALUE\", joined by and.";
                let wrong = || ScimError::new(400, Some("invalidFilter"), detail);
                conditions = filter::parse(&value).ok_or_else(wrong)?;
            }
            _ => {}
        }
    }
    let read = move |conn: &mut store::Conn| source_user_list(conn, SOURCE, &conditions, start - 1, count);
    let (total, found) = app.engine.store.read(read).await?;
    let users = found.iter().map(|customer| Value::Object(user::show(customer))).collect();
    Ok(scim(StatusCode::OK, &list(total, start, users)))
}

async fn user_get(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let customer = find(&app, &id).await?;
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(user::etag(&customer).as_str()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    Ok(shown(StatusCode::OK, &customer))
}

async fn user_create(State(app): State<Shared>, request: Request) -> Answer {
    let new = user::read(&body_of(request).await?)?;
    let customer = app.engine.source_user_create(&actor(), SOURCE, new).await?;
    Ok(shown(StatusCode::CREATED, &customer))
}

async fn user_put(State(app): State<Shared>, Path(id): Path<String>, request: Request) -> Answer {
    let version = wanted_version(request.headers())?;
    let customer = find(&app, &id).await?;
    let new = user::read(&body_of(request).await?)?;
    let customer = app.engine.source_user_update(&actor(), SOURCE, customer.id, version, new).await?;
    Ok(shown(StatusCode::OK, &customer))
}

async fn user_patch(State(app): State<Shared>, Path(id): Path<String>, request: Request) -> Answer {
    let version = wanted_version(request.headers())?;
    let body = body_of(request).await?;
    let customer = find(&app, &id).await?;
    let mut now = user::show(&customer);
    patch::apply(&mut now, &body)?;
    let new = user::read(&Value::Object(now))?;
    // What was read must still be so when the outcome is written.
    let version = version.or(Some(customer.version));
    let customer = app.engine.source_user_update(&actor(), SOURCE, customer.id, version, new).await?;
    Ok(shown(StatusCode::OK, &customer))
}

async fn user_delete(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let version = wanted_version(&headers)?;
    let customer = find(&app, &id).await?;
    app.engine.source_user_delete(&actor(), SOURCE, customer.id, version).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
