//! The one place where an error becomes an HTTP answer.

use super::Shared;
use super::take::wants_english;
use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use model::error::{Kind, Text};
use model::field::field_text;
use model::trace;
use model::{Error, Result};
use serde::Serialize;
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use utoipa::ToSchema;

/// What every refusal looks like.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Stable word for programs, `noun.rule`.
    pub code: String,
    /// A sentence in the reader's language: the field, the rule, the way out.
    pub message: String,
    /// The field that the message is about, as the API spells it.
    pub field: Option<String>,
    /// Names this request in the server's log.
    pub trace_id: String,
}

/// An error on its way out. The body is written by [`finish`], which knows the reader's language.
#[derive(Debug)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure(error)
    }
}

pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.0.code {
            "body.too_large" => StatusCode::PAYLOAD_TOO_LARGE,
            "body.too_slow" => StatusCode::REQUEST_TIMEOUT,
            "method.not_allowed" => StatusCode::METHOD_NOT_ALLOWED,
            _ => status(self.0.kind),
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// Around everything under `/api`: writes the bodies of errors, forbids caching what has no mark by which it
/// is asked for again, counts.
pub async fn finish(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let (method, began) = (request.method().clone(), Instant::now());
    let mut response = told(route.as_deref(), request, next).await;
    if !response.headers().contains_key(header::ETAG) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let took = began.elapsed();
    app.figures.request(&method, route.as_deref(), response.status(), took);
    let (route, status, ms) = (route.as_deref(), response.status().as_u16(), took.as_millis());
    tracing::debug!(%method, route, status, ms, "a request was answered");
    response
}

/// Around what is not the API: writes the bodies of errors and leaves the rest alone.
pub async fn plain(request: Request, next: Next) -> Response {
    told(None, request, next).await
}

async fn told(route: Option<&str>, request: Request, next: Next) -> Response {
    let english = wants_english(request.headers());
    let method = request.method().clone();
    // A panic is a fault of ours in one request: it is answered as one, and nobody is hung up on.
    let mut response = AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(%method, route = route.unwrap_or("-"), "a handler panicked");
        Failure(Error::internal()).into_response()
    });
    let Some(error) = response.extensions_mut().remove::<Error>() else { return response };
    let trace_id = trace::current().map(|trace| trace.to_string()).unwrap_or_default();
    let (route, code) = (route.unwrap_or("-"), error.code);
    // Its sentence may say again what somebody has typed, which is nobody's business.
    if response.status().is_server_error() {
        tracing::error!(%method, route, code, "a request failed");
    } else {
        tracing::info!(%method, route, code, "a request was refused");
    }
    let status = response.status();
    let limited = error.kind == Kind::Limited;
    let message = if english { error.text.en } else { error.text.zh };
    let field = error.field.map(|field| field.into_owned());
    let body = ErrorBody { code: error.code.to_owned(), message: message.into_owned(), field, trace_id };
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut response = (status, Json(body)).into_response();
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    if limited {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

/// No such address.
pub async fn no_such_path() -> Failure {
    Failure(Error::not_found(
        "path.not_found",
        "没有这个接口，请检查地址；接口清单见 /api/openapi.json",
        "There is no such address; /api/openapi.json lists all of them.",
    ))
}

/// The address exists, but not for this method.
pub async fn no_such_method() -> Failure {
    Failure(Error::new(
        Kind::Invalid,
        "method.not_allowed",
        Text::of(
            "该接口不支持这种请求方法；接口清单见 /api/openapi.json",
            "This address does not take this method; /api/openapi.json lists what it takes.",
        ),
    ))
}

/// More than `most` bytes, or cut off on the way.
pub fn too_large(most: usize) -> Error {
    Error::new(
        Kind::Invalid,
        "body.too_large",
        Text::new(
            format!("请求内容过大（上限 {} KiB）或传输中断，请减少内容后重试", most / 1024),
            format!("The body is larger than {} KiB, or it was cut off; send less.", most / 1024),
        ),
    )
}

/// It did not arrive in time.
pub fn too_slow(seconds: u64) -> Error {
    Error::new(
        Kind::Invalid,
        "body.too_slow",
        Text::new(
            format!("请求内容未能在 {seconds} 秒内传完，请检查网络后重试"),
            format!("The body did not arrive within {seconds} seconds; check the network and try again."),
        ),
    )
}

/// What serde has found wrong, as a sentence that names the field and the rule. `path` is `.` at
/// the top.
pub fn explain(path: &str, message: &str) -> Error {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("unknown field") {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        let known = known.join(", ");
        return Error::invalid(
            quoted.to_owned(),
            format!("没有名为“{quoted}”的参数，可用的有：{known}"),
            format!("There is no parameter {quoted:?}; known are: {known}."),
        );
    }
    if message.starts_with("missing field") {
        return Error::invalid(
            quoted.to_owned(),
            format!("缺少必填项：{}，请填写", field_text(quoted).zh),
            format!("{} is required.", field_text(quoted).en),
        );
    }
    if message.starts_with("duplicate field") {
        return Error::invalid(
            quoted.to_owned(),
            format!("参数“{quoted}”出现了多次，请只保留一个"),
            format!("{quoted:?} is given more than once; give it once."),
        );
    }
    let field = path.trim_start_matches('.').to_owned();
    if field.is_empty() && (message.contains("expected struct") || message.contains("tagged enum")) {
        return Error::new(
            Kind::Invalid,
            "body.not_object",
            Text::of(
                "请求内容应为一个 JSON 对象，例如 {\"name\": …}；字段见 /api/openapi.json",
                "The body must be a JSON object such as {\"name\": …}; /api/openapi.json has its fields.",
            ),
        );
    }
    if field.is_empty() && !message.contains("expected ") || message.contains("at line") && is_syntax(message)
    {
        return Error::new(
            Kind::Invalid,
            "body.not_json",
            Text::new(
                format!("请求内容不是有效的 JSON（{message}），请检查格式"),
                format!("The body is not valid JSON ({message})."),
            ),
        );
    }
    let plain = message.split(" at line").next().unwrap_or(message);
    let rule = match range(plain) {
        Some((least, most)) => Text::new(
            format!("应为 {least} 到 {most} 之间的整数"),
            format!("it must be an integer from {least} to {most}"),
        ),
        None => expectation(plain),
    };
    let named = field_text(&field);
    Error {
        kind: Kind::Invalid,
        code: "field.invalid",
        text: Text::new(
            format!("{}的值不正确：{}", named.zh, rule.zh),
            format!("{} is wrong: {}.", named.en, rule.en),
        ),
        field: Some(field.into()),
    }
}

/// The range of an integer that is one, but beyond what its field holds.
fn range(message: &str) -> Option<(i64, i64)> {
    let (found, wanted) = message.strip_prefix("invalid value: integer ")?.split_once("expected ")?;
    match wanted {
        _ if found.is_empty() => None,
        "u8" => Some((0, u8::MAX.into())),
        "u16" => Some((0, u16::MAX.into())),
        "u32" => Some((0, u32::MAX.into())),
        "u64" | "usize" => Some((0, i64::MAX)),
        "i32" => Some((i32::MIN.into(), i32::MAX.into())),
        "i64" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

fn is_syntax(message: &str) -> bool {
    ![
        "invalid type",
        "invalid value",
        "invalid length",
        "unknown variant",
        "48 half hours",
        "duplicate field",
    ]
    .iter()
    .any(|known| message.starts_with(known))
}

/// What the value should be. What serde has found instead is told in its own words only where we have none.
fn expectation(message: &str) -> Text {
    if message.starts_with("unknown variant") {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        return Text::new(
            format!("可选值为 {}", known.join("、")),
            format!("it must be one of {}", known.join(", ")),
        );
    }
    if let Some(count) = message.strip_prefix("48 half hours are needed, ") {
        let count = count.trim_end_matches(" were given");
        return Text::new(
            format!("一天应有 48 个半小时，现为 {count} 个"),
            format!("a day has 48 half hours; {count} were given"),
        );
    }
    let wanted = message.rsplit("expected ").next().unwrap_or_default();
    match wanted {
        "i64" | "u64" | "i32" | "u32" | "u16" | "u8" | "usize" => INTEGER,
        "a boolean" => BOOLEAN,
        "a string" | "a borrowed string" => Text::of("应为文本", "it must be a text"),
        "a sequence" => Text::of("应为数组", "it must be an array"),
        "a map" => Text::of("应为 JSON 对象", "it must be a JSON object"),
        _ if wanted.starts_with("struct ") => Text::of("应为 JSON 对象", "it must be a JSON object"),
        _ if wanted.starts_with("a tuple") || wanted.starts_with("an array of") => {
            Text::of("应为数组，且个数须符合要求", "it must be an array of the right length")
        }
        _ if wanted.contains("enum") || wanted == "string or map" || message.contains("variant") => Text::of(
            "应为可选值之一，可选值见 /api/openapi.json",
            "it must be one of the known values; /api/openapi.json lists them",
        ),
        _ if message.contains("invalid digit") || message.contains("cannot parse integer") => INTEGER,
        _ if message.contains("provided string was not `true` or `false`") => BOOLEAN,
        _ if message.contains("number too") => Text::of("数字超出范围", "the number is out of range"),
        _ => Text::new(format!("格式不符（{message}）"), message.to_owned()),
    }
}

const INTEGER: Text = Text::of("应为整数", "it must be an integer");
const BOOLEAN: Text = Text::of("应为 true 或 false", "it must be true or false");

/// An answer of ours, or the fault that we log.
pub type Answer<T> = Result<T, Failure>;
