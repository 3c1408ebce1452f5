//! OCPP-J: HTTP Basic and the sub-protocol are judged before the upgrade; then the link is served.

use super::seat::{Known, Seat, enter, link_note};
use super::{Source, may_enter, most, serve, transport};
use crate::app::App;
use crate::gateway::transport::Transport;
use crate::http::forwarded_for;
use crate::tls::{Secured, Socket};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::header::{
    AUTHORIZATION, CONNECTION, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engine::secrets::pile_password_matches;
use hyper::upgrade::Parts;
use hyper_util::rt::TokioIo;
use model::Result;
use model::id::PileCode;
use model::site::{Pile, Protocol, SecurityProfile};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, frame::coding::CloseCode};

/// What is spoken, the best first.
const SPOKEN: [Protocol; 3] = [Protocol::Ocpp21, Protocol::Ocpp201, Protocol::Ocpp16];

/// `GET /ocpp/{pile}`
pub async fn upgrade(
    State(app): State<Arc<App>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Path(code): Path<String>,
    request: Request,
) -> Response {
    let mut from = match forwarded_for(request.headers(), &app.settings, Some(from.ip())) {
        Some(ip) => Source { ip, shown: ip.to_string(), place: None },
        None => Source::of(from),
    };
    let failures = app.engine.rules().source_failures;
    if !app.knocks.may_try(from.ip, app.clock().now(), failures) {
        return (StatusCode::TOO_MANY_REQUESTS, "too many failed attempts, try again later").into_response();
    }
    let headers = request.headers();
    let Some(key) = web_socket_key(headers) else {
        return (
            StatusCode::UPGRADE_REQUIRED,
            [(UPGRADE, "websocket")],
            "this address speaks OCPP over WebSocket",
        )
            .into_response();
    };
    let accept = derive_accept_key(key.as_bytes());
    let secured = request.extensions().get::<Secured>().cloned();
    let found = match authenticate(&app, &code, headers, &from, secured.as_ref()).await {
        Ok(found) => found,
        // A fault of ours is nobody's wrong password.
        Err(_) => return (StatusCode::SERVICE_UNAVAILABLE, "try again later").into_response(),
    };
    let Some((pile, shown)) = found else {
        app.knocks.failed(from.ip, app.clock().now(), failures);
        // The same answer for an unknown pile and a wrong password: which piles exist is no one's business.
        let wanted = [(WWW_AUTHENTICATE, "Basic realm=\"OCPP\", charset=\"UTF-8\"")];
        return (StatusCode::UNAUTHORIZED, wanted, "unknown pile or wrong password").into_response();
    };
    if !may_enter(&app, &pile, &from) {
        return too_many("too many log-ins of this pile within a minute, try again later");
    }
    from.place = app.sources.enter(from.ip, false, most(&app));
    if from.place.is_none() {
        return too_many("too many links from this address");
    }
    let agreed = agreed(headers);
    let on_upgrade = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let Ok(upgraded) = on_upgrade.await else { return };
        let Ok(Parts { io, read_buf, .. }) = upgraded.downcast::<TokioIo<Socket>>() else {
            tracing::error!("an upgraded connection is not the socket it came on");
            return;
        };
        let config = Some(transport::web_socket_config());
        // What is left of the request's buffer is copied, and the buffer of 8 KiB let go.
        let read = read_buf.to_vec();
        drop(read_buf);
        let socket = WebSocketStream::from_partially_read(io.into_inner(), read, Role::Server, config).await;
        link(app, pile, shown, socket, from, agreed).await;
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let answer = response.headers_mut();
    answer.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    answer.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        answer.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(protocol) = agreed {
        answer.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol.as_str()));
    }
    response
}

fn too_many(why: &'static str) -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "30")], why).into_response()
}

async fn link(
    app: Arc<App>,
    pile: Pile,
    shown: SecurityProfile,
    mut socket: WebSocketStream<Socket>,
    from: Source,
    agreed: Option<Protocol>,
) {
    let Some(protocol) = agreed else {
        // OCPP-J 1.6, 3.1.2: without a common sub-protocol the connection is closed at once.
        let reason = "no common sub-protocol; offer ocpp2.1, ocpp2.0.1 or ocpp1.6".into();
        let _ = socket.close(Some(CloseFrame { code: CloseCode::Protocol, reason })).await;
        return;
    };
    let now = app.clock().now();
    let Some(entered) = enter(&app, &pile, &from.shown, Some((shown, protocol)), now).await else {
        let why = CloseFrame { code: CloseCode::Policy, reason: "connected elsewhere".into() };
        let _ = socket.close(Some(why)).await;
        return;
    };
    let settings = protocol::ocpp16::Settings {
        heartbeat_s: app.engine.rules().heartbeat_s,
        // Spread by the pile's number, so that thousands that are refused do not come back together.
        retry_s: 60 + u32::try_from(pile.id.0.rem_euclid(60)).unwrap_or(0),
        silence_ms: 0,
        ..protocol::ocpp16::Settings::default()
    };
    let session = match protocol {
        Protocol::Ocpp201 | Protocol::Ocpp21 => {
            protocol::Session::Ocpp2(Box::new(protocol::ocpp2::Session::new(protocol, now, settings)))
        }
        _ => protocol::Session::Ocpp16(Box::new(protocol::ocpp16::Session::new(now, settings))),
    };
    drop(pile);
    // A task of its own: what the way in needed is let go, and an idle pile holds a third of it.
    let seat = Seat::new(session, Some(Known::of(entered)));
    tokio::spawn(serve(app, Transport::WebSocket(Box::new(socket)), from, None, Some(seat)));
}

/// The pile, if what it shows is its own and enough. One that shows nothing is looked up as well: a new
/// pile may not have its password yet, and is to be listed among the unknown ones.
async fn authenticate(
    app: &App,
    code: &str,
    headers: &HeaderMap,
    from: &Source,
    secured: Option<&Secured>,
) -> Result<Option<(Pile, SecurityProfile)>> {
    let Some(code) = PileCode::parse(code) else { return Ok(None) };
    let login = basic(headers);
    if login.as_ref().is_some_and(|(user, _)| user != code.as_str().as_bytes()) {
        return Ok(None);
    }
    let wanted = agreed(headers).unwrap_or(Protocol::Ocpp16);
    let found = app.pile_for_link(&code, &from.shown, Some(wanted.as_str())).await?;
    let Some(pile) = found.filter(|pile| !pile.protocol.is_ykc()) else { return Ok(None) };
    let Some(shown) = shown(app, &pile, login.as_ref(), secured).await? else { return Ok(None) };
    if shown.number() >= pile.security.number() {
        return Ok(Some((pile, shown)));
    }
    let note = format!(
        "a link from {} was refused: it came with security profile {}, and this pile needs at least {}",
        from.shown,
        shown.number(),
        pile.security.number()
    );
    tracing::warn!(pile = %pile.code, from = from.shown, "{note}");
    link_note(app, pile.id, app.now(), note);
    Ok(None)
}

/// How well the pile has shown who it is; `None`: not at all. A certificate that is somebody else's is
/// worse than none.
async fn shown(
    app: &App,
    pile: &Pile,
    login: Option<&(Vec<u8>, Vec<u8>)>,
    secured: Option<&Secured>,
) -> Result<Option<SecurityProfile>> {
    if let Some(certificate) = secured.and_then(|secured| secured.certificate.as_ref()) {
        let is_its = app.engine.certificate_shown(pile, certificate).await?;
        return Ok(is_its.then_some(SecurityProfile::Certificate));
    }
    let is_it = login.is_some_and(|(_, password)| pile_password_matches(&app.engine.secrets, pile, password));
    let profile = if secured.is_some() { SecurityProfile::Tls } else { SecurityProfile::Password };
    Ok(is_it.then_some(profile))
}

/// User and password as raw bytes: an AuthorizationKey need not be text (OCPP 1.6 security, 3.2).
fn basic(headers: &HeaderMap) -> Option<(Vec<u8>, Vec<u8>)> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, coded) = value.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let pair = BASE64_STANDARD.decode(coded.trim_ascii()).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    let (user, password) = pair.split_at(colon);
    Some((user.to_vec(), password[1..].to_vec()))
}

/// The best that both know.
fn agreed(headers: &HeaderMap) -> Option<Protocol> {
    SPOKEN.into_iter().find(|protocol| offered(headers).any(|name| name == protocol.as_str()))
}

fn offered(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lists = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim)
}

/// The key of a proper WebSocket handshake, RFC 6455 section 4.2.1.
fn web_socket_key(headers: &HeaderMap) -> Option<&HeaderValue> {
    let has = |name, word: &str| {
        let lists = headers.get_all(name).into_iter().filter_map(|value: &HeaderValue| value.to_str().ok());
        lists.flat_map(|list| list.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    let version = headers.get(SEC_WEBSOCKET_VERSION)?.as_bytes() == b"13";
    let key = headers.get(SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24)?;
    (has(CONNECTION, "upgrade") && has(UPGRADE, "websocket") && version).then_some(key)
}
