//! In front of every route: who is it, may they, and does the request come from our own page.

use super::error::Failure;
use super::patience::{ASKER, answered_within};
use super::take::Who;
use super::{Access, HttpSettings, Shared};
use crate::tls::Secured;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use engine::staff::{Owed, Session};
use model::error::{Kind, Text};
use model::network::Network;
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
    // Whoever signs in is counted by the wrong tries, see `Doors`.
    if access == Access::Public && !parts.uri.path().ends_with("/session") {
        app.engine.strangers.enter(&address, app.now())?;
    }
    if access != Access::Public {
        let secret = bearer.or_else(|| cookie(&parts.headers)).ok_or_else(not_signed_in)?;
        let session = match app.local_session(secret) {
            Some(session) => session,
            None => {
                let used = !is_background(&parts);
                answered_within(ASKER, app.engine.session_find(secret, used))
                    .await?
                    .ok_or_else(not_signed_in)?
            }
        };
        // A token is for the header and a session for the cookie; neither stands in for the other,
        // or the header that guards the cookie could be left out.
        if session.is_token != bearer.is_some() {
            return Err(Failure(not_signed_in()));
        }
        from_there(&session, &address)?;
        allowed(&session, access)?;
        if access != Access::Entering {
            nothing_owed(&session)?;
        }
        if access.wants_proof() {
            app.engine.proof_check(&session)?;
        }
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
    match access.permission() {
        Some(permission) if !session.caller.may(permission) => Err(Error::new(
            Kind::Denied,
            "permission.denied",
            Text::of(
                "您的账号没有此操作的权限，请联系系统管理员",
                "Your account may not do this; ask the administrator.",
            ),
        )),
        _ => Ok(()),
    }
}

/// What is owed comes before everything else.
fn nothing_owed(session: &Session) -> Result<()> {
    let (code, text) = match session.owed {
        None => return Ok(()),
        Some(Owed::Password) => (
            "session.password_owed",
            Text::of(
                "请先修改密码，再进行其他操作：密码由他人设置，或已超过有效天数",
                "Change your password first: somebody else has set it, or it is too old.",
            ),
        ),
        Some(Owed::SecondFactor) => (
            "session.second_factor_owed",
            Text::of(
                "您的账号必须使用两步验证，请先在“我的账号”中开启，再进行其他操作",
                "Your account has to use two-step verification: switch it on first, under My account.",
            ),
        ),
    };
    Err(Error::new(Kind::Denied, code, text))
}

/// A token is taken from the networks that were named when it was made, and from nowhere else.
fn from_there(session: &Session, address: &str) -> Result<()> {
    let Some(networks) = &session.networks else { return Ok(()) };
    let ip = address.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
    let inside =
        ip.is_some_and(|ip| networks.split_whitespace().filter_map(Network::parse).any(|one| one.has(ip)));
    if inside {
        return Ok(());
    }
    tracing::warn!(
        staff = session.caller.staff.0,
        address,
        "a token was shown from a network that it is not taken from"
    );
    Err(Error::new(
        Kind::Denied,
        "token.elsewhere",
        Text::of(
            "该令牌只能从登记的网络地址使用，当前地址不在其中",
            "This token is taken from the networks named when it was made; your address is in none of them.",
        ),
    ))
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
pub fn forwarded_for(headers: &HeaderMap, settings: &HttpSettings, peer: Option<IpAddr>) -> Option<IpAddr> {
    if !is_proxy(settings, peer) {
        return None;
    }
    let said = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    said.rsplit(',').next()?.trim().parse().ok()
}

/// Whether whoever connects is the proxy that the settings name.
fn is_proxy(settings: &HttpSettings, peer: Option<IpAddr>) -> bool {
    let named = |peer: IpAddr| settings.proxies.iter().any(|network| network.has(peer.to_canonical()));
    settings.behind_proxy && (settings.proxies.is_empty() || peer.is_some_and(named))
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

/// The address of the other side.
pub fn remote_address(parts: &Parts, settings: &HttpSettings) -> String {
    let peer = peer(parts);
    let known = forwarded_for(&parts.headers, settings, peer).or(peer);
    known.map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}

/// Whether the browser came by https, so that the cookie must not travel otherwise.
pub fn is_https(parts: &Parts, settings: &HttpSettings) -> bool {
    parts.extensions.get::<Secured>().is_some()
        || settings.secure_cookies
        || is_proxy(settings, peer(parts))
            && parts.headers.get("x-forwarded-proto").is_some_and(|said| said.as_bytes() == b"https")
}
