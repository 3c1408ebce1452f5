//! `/metrics` for Prometheus: numbers of the whole server, never of a person.

use super::Shared;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub struct Metrics {
    /// By method, route (its pattern, so that their number is bounded) and status.
    requests: Mutex<BTreeMap<(String, String, u16), u64>>,
}

impl Metrics {
    pub fn request(&self, method: &Method, route: Option<&str>, status: StatusCode) {
        let method = match *method {
            Method::GET | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::HEAD => {
                method.as_str()
            }
            _ => "other",
        };
        let key = (method.to_owned(), route.unwrap_or("none").to_owned(), status.as_u16());
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
    }

    fn write(&self, out: &mut String) {
        out.push_str("# HELP pileops_http_requests_total Answered HTTP requests.\n");
        out.push_str("# TYPE pileops_http_requests_total counter\n");
        for ((method, route, status), count) in
            self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter()
        {
            let _ = writeln!(
                out,
                "pileops_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
    }
}

pub async fn show(State(app): State<Shared>) -> impl IntoResponse {
    let mut out = String::new();
    out.push_str("# HELP pileops_piles_online Piles that are connected to this server.\n");
    out.push_str("# TYPE pileops_piles_online gauge\n");
    let _ = writeln!(out, "pileops_piles_online {}", app.devices.online_count());
    out.push_str("# HELP pileops_live_streams Pages that listen for changes.\n");
    out.push_str("# TYPE pileops_live_streams gauge\n");
    let _ = writeln!(out, "pileops_live_streams {}", app.live.open_count());
    out.push_str(
        "# HELP pileops_frames_dropped_total Frames that nobody waited for and that were not kept.\n",
    );
    out.push_str("# TYPE pileops_frames_dropped_total counter\n");
    let _ = writeln!(out, "pileops_frames_dropped_total {}", app.engine.store.posts_dropped());
    for (name, help, count) in [
        (
            "links_refused",
            "Links that were refused because there were too many.",
            app.sources.refused_count(),
        ),
        (
            "links_slowed",
            "Times that a link was slowed down because it said too much.",
            app.sources.slowed_count(),
        ),
    ] {
        let _ = writeln!(out, "# HELP pileops_{name}_total {help}\n# TYPE pileops_{name}_total counter");
        let _ = writeln!(out, "pileops_{name}_total {count}");
    }
    if let Some(lag_ms) = app.backup.lag_ms(app.now()) {
        let state = app.backup.state();
        for (name, help, value) in [
            ("lag_seconds", "Age of the state that is safe at the backup place.", lag_ms / 1_000),
            ("waiting_bytes", "Changes that wait for the backup place.", state.waiting_bytes.cast_signed()),
            ("problem", "1 while the backup place takes nothing.", i64::from(state.problem.is_some())),
        ] {
            let _ = writeln!(out, "# HELP pileops_backup_{name} {help}\n# TYPE pileops_backup_{name} gauge");
            let _ = writeln!(out, "pileops_backup_{name} {value}");
        }
    }
    if let Ok(open) = app.engine.store.read(store::orders::running_count).await {
        out.push_str("# HELP pileops_orders_open Orders whose session runs.\n");
        out.push_str("# TYPE pileops_orders_open gauge\n");
        let _ = writeln!(out, "pileops_orders_open {open}");
    }
    app.metrics.write(&mut out);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out)
}
