//! What is not the API: is the server alive, the pages of the console, and the headers that keep
//! them safe.

use super::Shared;
use super::error::Failure;
use super::guard::is_https;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use model::Error;
use std::time::Duration;

/// The process is alive.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// How long the database may take to answer and to write.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// The database answers, and the writers write.
pub async fn ready(State(app): State<Shared>) -> Result<&'static str, Failure> {
    match tokio::time::timeout(READY_WITHIN, app.engine.store.check()).await {
        Ok(Ok(())) => Ok("ready\n"),
        Ok(Err(error)) => Err(Failure(error)),
        Err(_) => Err(Failure(Error::unavailable("数据库", "database"))),
    }
}

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    // For browsers that know no `frame-ancestors`.
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // The pages ask for nothing of the device but to write to the clipboard.
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// Nothing from elsewhere, except the tiles of the map from the one host that is set.
fn policy(app: &Shared) -> Option<HeaderValue> {
    let tiles = app.settings.map.tile_origin().map(|origin| format!(" {origin}")).unwrap_or_default();
    HeaderValue::from_str(&format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:{tiles}; \
         connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ))
    .ok()
}

/// On every answer.
pub async fn secure(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let policy = policy(&app);
    let (parts, body) = request.into_parts();
    let https = is_https(&parts, &app.settings);
    // What the apps show is shown by pages of other origins; everything else by our own alone.
    let for_apps = parts.uri.path().starts_with("/api/v1/public/");
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let readers = HeaderValue::from_static(if for_apps { "cross-origin" } else { "same-origin" });
    response.headers_mut().insert(HeaderName::from_static("cross-origin-resource-policy"), readers);
    // Browsers take it by https only, and complain otherwise.
    if https {
        let opener = HeaderValue::from_static("same-origin");
        response.headers_mut().insert(HeaderName::from_static("cross-origin-opener-policy"), opener);
    }
    if let Some(policy) = policy {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, value);
    }
    response
}
