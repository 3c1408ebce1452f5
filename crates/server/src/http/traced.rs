//! Around every request: what it is called, in the log and for whoever asked.

use super::Shared;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use model::trace::{self, TraceId};

/// In which the answer says it, also when nothing went wrong.
pub const HEADER: HeaderName = HeaderName::from_static("x-trace-id");

/// The caller's, when it brings one (W3C Trace Context), so that its log and ours tell the same story; one of
/// ours otherwise.
pub async fn traced(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let trace = of_caller(request.headers()).unwrap_or_else(|| app.traces.next());
    let mut response = trace::within(Some(trace), next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn of_caller(headers: &HeaderMap) -> Option<TraceId> {
    // Two of them are nobody's: the standard has such a header thrown away.
    let mut all = headers.get_all("traceparent").iter();
    let (first, second) = (all.next()?, all.next());
    if second.is_some() { None } else { TraceId::from_traceparent(first.to_str().ok()?) }
}
