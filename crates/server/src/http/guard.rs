//! In front of every route: who is it, may they, and does the request come from our own page.

use super::error::Failure;
use super::take::Who;
use super::{Access, HttpSettings, Shared};
use crate::tls::Secured;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use engine::staff::Session;
use model::error::{Kind, Text};
use model::{Error, Result};
use std::net::{IpAddr, SocketAddr};

pub const COOKIE_NAME: &str = "pileops_session";

/// Lets a request through to its handler, or says why not.
pub async fn guard(
    State((app, access)): State<(Shared, Access)>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let address = remote_address(&parts, &app.settings);
    let bearer = bearer(&parts.headers);
    if bearer.is_none() && parts.method != Method::GET && parts.method != Method::HEAD {
        same_origin(&parts.headers)?;
    }
    if access != Access::Public {
        let secret = bearer.or_else(|| cookie(&parts.headers)).ok_or_else(not_signed_in)?;
        let session = match app.local_session(secret) {
            Some(session) => session,
            None => {
                let used = !is_background(&parts);
                app.engine.session_find(secret, used).await?.ok_or_else(not_signed_in)?
            }
        };
        // A token is for the header and a session for the cookie; neither stands in for the other,
        // or the header that guards the cookie could be left out.
        if session.is_token != bearer.is_some() {
            return Err(Failure(not_signed_in()));
        }
        allowed(&session, access)?;
        parts.extensions.insert(Who { session, address });
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// What an open page asks by itself, not because somebody did something: it says so, except for the
/// live stream, which a browser opens anew without our words.
fn is_background(parts: &Parts) -> bool {
    parts.headers.contains_key("x-pileops-background") || parts.uri.path().ends_with("/live")
}

pub fn allowed(session: &Session, access: Access) -> Result<()> {
    match access {
        Access::Public | Access::SignedIn => Ok(()),
        Access::May(permission) if session.caller.may(permission) => Ok(()),
        Access::May(_) => Err(Error::new(
            Kind::Denied,
            "permission.denied",
            Text::of(
                "您的账号没有此操作的权限，请联系系统管理员",
                "Your account may not do this; ask the administrator.",
            ),
        )),
    }
}

fn not_signed_in() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "session.missing",
        Text::of(
            "未登录或登录已过期，请重新登录",
            "You are not signed in, or your session has ended; sign in again.",
        ),
    )
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE_NAME && !value.is_empty()).then_some(value)
    })
}

/// A page of another site can make the browser send a request, but neither our header nor our
/// origin.
fn same_origin(headers: &HeaderMap) -> Result<()> {
    if headers.get("x-requested-with").and_then(|value| value.to_str().ok()) != Some("pileops") {
        return Err(Error::new(
            Kind::Denied,
            "csrf.header_missing",
            Text::of(
                "请求缺少 X-Requested-With: pileops，可能来自其他网站，已拒绝；请从控制台页面操作",
                "The header X-Requested-With: pileops is missing; the request may come from another site and was refused.",
            ),
        ));
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    if authority.is_some() && authority == host {
        return Ok(());
    }
    Err(Error::new(
        Kind::Denied,
        "csrf.origin_differs",
        Text::of(
            "请求来自其他网站，已拒绝；请从控制台页面操作（若经过反向代理，请让它保留 Host）",
            "The request comes from another site and was refused (a reverse proxy must keep the Host header).",
        ),
    ))
}

/// What a proxy says of the other side. Believed only when the settings say that there is one, and
/// then its own, last, word.
pub fn forwarded_for(headers: &HeaderMap, settings: &HttpSettings) -> Option<IpAddr> {
    if !settings.behind_proxy {
        return None;
    }
    let said = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    said.rsplit(',').next()?.trim().parse().ok()
}

/// The address of the other side.
pub fn remote_address(parts: &Parts, settings: &HttpSettings) -> String {
    if let Some(address) = forwarded_for(&parts.headers, settings) {
        return address.to_string();
    }
    match parts.extensions.get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(address)) => address.ip().to_string(),
        None => "unknown".to_owned(),
    }
}

/// Whether the browser came by https, so that the cookie must not travel otherwise.
pub fn is_https(parts: &Parts, settings: &HttpSettings) -> bool {
    parts.extensions.get::<Secured>().is_some()
        || settings.secure_cookies
        || settings.behind_proxy
            && parts.headers.get("x-forwarded-proto").is_some_and(|said| said.as_bytes() == b"https")
}
