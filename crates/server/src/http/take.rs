//! What handlers take: every door checks what comes in, and says in the same shape what is wrong.

use super::Shared;
use super::error::{Failure, explain, too_large, too_slow};
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT};
use axum::http::request::Parts;
use engine::audit::Actor;
use engine::staff::Session;
use model::access::Scope;
use model::error::{Kind, Text};
use model::id::PileCode;
use model::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// Most bytes of a JSON body.
pub const BODY_MAX: usize = 64 * 1024;
/// Who sends it more slowly holds a connection that others could use.
const BODY_PATIENCE: Duration = Duration::from_secs(15);

/// Who asks: put into the request by the guard of the route, so that no handler can forget it.
#[derive(Clone)]
pub struct Who {
    pub session: Session,
    pub address: String,
}

impl Who {
    pub fn scope(&self) -> Scope {
        self.session.caller.scope.clone()
    }

    pub fn actor(&self) -> Actor {
        Actor { caller: self.session.caller.clone(), address: self.address.clone() }
    }
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Who, Failure> {
        parts.extensions.get::<Who>().cloned().ok_or_else(|| {
            tracing::error!("a handler asks who is there on a route without a guard");
            Failure(Error::internal())
        })
    }
}

/// The language and address of whoever asks, signed in or not.
#[derive(Clone, Debug)]
pub struct Reader {
    pub english: bool,
    pub address: String,
}

impl Reader {
    pub fn tell(&self, text: &Text) -> String {
        if self.english { text.en.to_string() } else { text.zh.to_string() }
    }
}

impl FromRequestParts<Shared> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Reader, Failure> {
        let address = super::guard::remote_address(parts, &app.settings);
        Ok(Reader { english: wants_english(&parts.headers), address })
    }
}

/// Whether the browser came by https.
pub struct Https(pub bool);

impl FromRequestParts<Shared> for Https {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Https, Failure> {
        Ok(Https(super::guard::is_https(parts, &app.settings)))
    }
}

/// The browser and its system, as it says of itself: for people, who know their own devices.
pub struct Device(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Device, Failure> {
        let said = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Device(said.map(device_name).unwrap_or_default()))
    }
}

/// `Chrome 109 · Windows`; what we do not know is told in its own first words.
pub fn device_name(said: &str) -> String {
    // Everybody says that they are Safari and most that they are Chrome, so the rarer ones come first.
    let browsers = [
        ("MicroMessenger/", "微信"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];
    let systems = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let browser = browsers.iter().find_map(|(mark, name)| {
        let rest = &said[said.find(mark)? + mark.len()..];
        let version: String = rest.chars().take_while(char::is_ascii_digit).take(4).collect();
        Some(format!("{name} {version}"))
    });
    let system = systems.iter().find(|(mark, _)| said.contains(mark)).map(|(_, name)| *name);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(browser), None) => browser,
        _ => said.chars().filter(|c| !c.is_control()).take(40).collect(),
    }
}

/// Chinese, unless the first language that we know and they accept is English.
pub fn wants_english(headers: &axum::http::HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = accepted.split(',').find_map(|part| {
        let language = part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match language.get(..2) {
            Some("zh") => Some(false),
            Some("en") => Some(true),
            _ => None,
        }
    });
    known.unwrap_or(false)
}

/// `{code}` of the path. A text that can be no pile's code is simply not there.
pub struct Code(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Code {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Code, Failure> {
        let code = match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(code)) => PileCode::parse(&code),
            Err(_) => None,
        };
        code.map(|code| Code(code.as_str().to_owned())).ok_or_else(|| Failure(no_pile()))
    }
}

pub fn no_pile() -> Error {
    Error::not_found(
        "pile.not_found",
        "没有这台充电桩，请检查电桩编号",
        "There is no such pile; check its number.",
    )
}

/// `{id}` of the path.
pub struct Id(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id, Failure> {
        match Path::<i64>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Id(id)),
            Err(_) => Err(Failure(
                Error::new(
                    Kind::NotFound,
                    "row.not_found",
                    Text::of("没有这条记录，请检查地址", "There is no such record; check the address."),
                )
                .on_field("id"),
            )),
        }
    }
}

/// `{id}` of the path where it is a word: of a role, a token, a parameter, a job. A text that names
/// nothing finds nothing.
pub struct Key(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Key, Failure> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        Ok(Key(id.map(|Path(id)| id).unwrap_or_default()))
    }
}

/// The query string. An empty value asks for nothing; an unknown name is refused, because a filter
/// that is silently ignored shows the wrong list.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Failure> {
        query(parts.uri.query().unwrap_or_default()).map(Query).map_err(Failure)
    }
}

/// What a query string says.
pub fn query<T: DeserializeOwned>(raw: &str) -> Result<T> {
    let is_set =
        |pair: &&str| !pair.is_empty() && pair.split_once('=').is_none_or(|(_, value)| !value.is_empty());
    let set: Vec<&str> = raw.split('&').filter(is_set).collect();
    let set = set.join("&");
    let pairs = serde_urlencoded::Deserializer::new(form(set.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, &error.into_inner().to_string())
    })
}

fn form(bytes: &[u8]) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(bytes)
}

/// A JSON body.
pub struct Input<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Input<T>, Failure> {
        let json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json"));
        if !json {
            return Err(Failure(Error::new(
                Kind::Invalid,
                "body.not_json",
                Text::of(
                    "请求内容必须是 JSON，并带有 Content-Type: application/json",
                    "The body must be JSON with Content-Type: application/json.",
                ),
            )));
        }
        let bytes = body_whole(request, BODY_MAX, BODY_PATIENCE).await?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let message = error.into_inner().to_string();
            let path = if path == "." { blamed::<T>(&bytes, &message).unwrap_or(path) } else { path };
            Failure(explain(&path, &message))
        })?;
        json.end().map_err(|why| Failure(explain(".", &why.to_string())))?;
        Ok(Input(parsed))
    }
}

/// The field whose value is wrong, where the reader has lost it, as it does in a choice that a field
/// (`kind`) names: the one without which the complaint is another.
fn blamed<T: DeserializeOwned>(bytes: &[u8], message: &str) -> Option<String> {
    let plain = |message: &str| message.split(" at line").next().unwrap_or_default().to_owned();
    let Ok(Value::Object(object)) = serde_json::from_slice(bytes) else { return None };
    let is_blamed = |name: &&String| {
        let mut rest = object.clone();
        rest.remove(*name);
        let complaint = serde_json::from_value::<T>(Value::Object(rest)).err();
        complaint.is_none_or(|why| plain(&why.to_string()) != plain(message))
    };
    let blamed: Vec<&String> = object.keys().filter(is_blamed).collect();
    // Without its `kind` nothing can be read at all.
    blamed.iter().find(|name| **name != "kind").or(blamed.first()).map(|name| (*name).clone())
}

/// The whole of a body that is neither too large nor too slow.
pub async fn body_whole(request: Request, most: usize, patience: Duration) -> Result<Bytes, Failure> {
    match tokio::time::timeout(patience, to_bytes(request.into_body(), most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Failure(too_large(most))),
        Err(_) => Err(Failure(too_slow(patience.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn a_device_is_told_in_few_words() {
        let chrome = "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36";
        for (said, told) in [
            (chrome, "Chrome 109 · Windows"),
            (&format!("{chrome} Edg/109.0.1518.78"), "Edge 109 · Windows"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1",
                "Safari 17 · iPhone",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", ""),
        ] {
            assert_eq!(device_name(said), told);
        }
        assert_eq!(device_name(&"x\n".repeat(100)).chars().count(), 40);
    }
}
