//! `/metrics` for Prometheus: numbers of the whole server, never of a person.

use super::Shared;
use super::patience::{FIGURE, answered_within};
use crate::app::App;
use crate::figures::process;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use std::fmt::{Display, Write};
use store::figures::Spread;
use store::outboxes;
use store::slow::SLOW;

/// The text as it grows. Each metric is named even while it has no value, so that whoever draws it knows.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP pileops_{name} {help}\n# TYPE pileops_{name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let _ = write!(self.0, "pileops_{name}");
        self.labels(labels, None);
        let _ = writeln!(self.0, " {value}");
    }

    fn labels(&mut self, labels: &[(&str, &str)], le: Option<&str>) {
        let all = labels.iter().copied().chain(le.map(|le| ("le", le)));
        for (at, (name, value)) in all.enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{before}{name}=\"{value}\"");
        }
        if !labels.is_empty() || le.is_some() {
            self.0.push('}');
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: Option<impl Display>) {
        self.head(name, "gauge", help);
        if let Some(value) = value {
            self.value(name, &[], value);
        }
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        self.value(name, &[], value);
    }

    /// `unit`: what the numbers are divided by.
    fn spread(&mut self, name: &str, labels: &[(&str, &str)], spread: &Spread, unit: u64) {
        let mut sum = 0;
        let limits = spread.limits.iter().map(|limit| of(*limit, unit)).chain(["+Inf".to_owned()]);
        for (limit, count) in limits.zip(&spread.counts) {
            sum += count;
            let _ = write!(self.0, "pileops_{name}_bucket");
            self.labels(labels, Some(&limit));
            let _ = writeln!(self.0, " {sum}");
        }
        self.value(&format!("{name}_sum"), labels, of(spread.sum, unit));
        self.value(&format!("{name}_count"), labels, sum);
    }
}

/// A number of smaller units, as a decimal.
fn of(value: u64, unit: u64) -> String {
    if unit == 1 {
        return value.to_string();
    }
    let digits = unit.ilog10() as usize;
    let text = format!("{}.{:0digits$}", value / unit, value % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const MICROS: u64 = 1_000_000;
const MILLIS: u64 = 1_000;

fn seconds_of_ms(ms: i64) -> String {
    of(ms.max(0).unsigned_abs(), MILLIS)
}

pub async fn show(State(app): State<Shared>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(&app).await)
}

/// Everything, as it is now.
pub async fn text(app: &App) -> String {
    let mut out = Exposition::default();
    process_of(&mut out, app);
    links(&mut out, app);
    messages(&mut out, app);
    requests(&mut out, app);
    writers(&mut out, app);
    statements(&mut out);
    jobs(&mut out, app);
    backup(&mut out, app);
    database(&mut out, app).await;
    out.0
}

fn process_of(out: &mut Exposition, app: &App) {
    out.head("build_info", "gauge", "1, with the version that runs.");
    out.value("build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    let uptime = app.now().since(app.started_at);
    out.gauge("uptime_seconds", "How long the server has been running.", Some(seconds_of_ms(uptime)));
    let resident = process::resident_bytes();
    out.gauge("memory_resident_bytes", "Memory that the process really holds.", resident);
    out.gauge("open_files", "Files and sockets that the process has open.", process::open_files());
    let lag = of(app.figures.lag_us(), MICROS);
    out.gauge("loop_lag_seconds", "How late a task got its turn, at the last look.", Some(lag));
    out.head("loop_late_seconds", "histogram", "How late tasks got their turn.");
    out.spread("loop_late_seconds", &[], &app.figures.lag.spread(), MICROS);
}

fn links(out: &mut Exposition, app: &App) {
    let online = app.devices.online_count();
    out.gauge("piles_online", "Piles that are connected to this server.", Some(online));
    out.gauge("live_streams", "Pages that listen for changes.", Some(app.live.open_count()));
    let end = app.figures.certificate_end_s();
    let help = "When the certificate of the TLS door ends, in seconds since 1970.";
    out.gauge("tls_certificate_end_seconds", help, end);
    let refused = app.sources.refused_count();
    out.counter("links_refused_total", "Links that were refused because there were too many.", refused);
    let slowed = app.sources.slowed_count();
    let help = "Times that a link was slowed down because it said too much.";
    out.counter("links_slowed_total", help, slowed);
    let dropped = app.engine.store.posts_dropped();
    let help = "Frames that nobody waited for and that were not kept.";
    out.counter("frames_dropped_total", help, dropped);
}

fn messages(out: &mut Exposition, app: &App) {
    let help = "Messages of piles, by what they speak, the message and its way (up, down, rejected).";
    out.head("messages_total", "counter", help);
    for ((family, kind, way), count) in app.figures.messages() {
        let labels = [("protocol", family.as_str()), ("kind", kind), ("way", way.as_str())];
        out.value("messages_total", &labels, count);
    }
    let help = "From the last byte of a pile's message to the way out of its answer, the commit included.";
    out.head("message_seconds", "histogram", help);
    for (family, spread) in app.figures.answers() {
        out.spread("message_seconds", &[("protocol", family.as_str())], &spread, MICROS);
    }
}

fn requests(out: &mut Exposition, app: &App) {
    let all = app.figures.requests();
    out.head("http_requests_total", "counter", "Answered HTTP requests.");
    for one in &all {
        for (status, count) in &one.by_status {
            let status = status.to_string();
            let labels = [("method", &*one.method), ("route", &*one.route), ("status", &*status)];
            out.value("http_requests_total", &labels, count);
        }
    }
    out.head("http_request_seconds", "histogram", "Until the head of the answer to an HTTP request.");
    for one in &all {
        let labels = [("method", &*one.method), ("route", &*one.route)];
        out.spread("http_request_seconds", &labels, &one.times, MICROS);
    }
    let limited = all.iter().filter_map(|one| one.by_status.get(&429)).sum();
    out.counter(
        "http_limited_total",
        "HTTP requests that were refused because there were too many.",
        limited,
    );
}

fn writers(out: &mut Exposition, app: &App) {
    let store = &app.engine.store;
    let figures = &store.figures;
    out.gauge("writers", "Writing connections to the database.", Some(store.writer_count()));
    let waiting = figures.waiting_count();
    out.gauge("write_queue", "Changes that wait for a writer or are being written.", Some(waiting));
    out.head("commit_seconds", "histogram", "What a transaction of a writer took.");
    out.spread("commit_seconds", &[], &figures.commit.spread(), MICROS);
    out.head("commit_changes", "histogram", "How many changes shared a transaction.");
    out.spread("commit_changes", &[], &figures.batch.spread(), 1);
    let help = "Transactions that the database did not take; most are tried again.";
    out.counter("commits_failed_total", help, figures.failed_count());
}

fn statements(out: &mut Exposition) {
    let all = SLOW.list();
    let help = "Statements that took longer than slow_query_ms, by name; the log has their shape.";
    out.head("slow_statements_total", "counter", help);
    for (name, one) in &all {
        out.value("slow_statements_total", &[("statement", name.as_str())], one.count);
    }
    out.head("slow_statement_worst_seconds", "gauge", "The longest of them since the start.");
    for (name, one) in &all {
        out.value("slow_statement_worst_seconds", &[("statement", name.as_str())], of(one.worst_us, MICROS));
    }
}

fn jobs(out: &mut Exposition, app: &App) {
    let all = app.figures.jobs();
    out.head("job_runs_total", "counter", "Runs of a job that have ended.");
    for (name, one) in &all {
        out.value("job_runs_total", &[("job_name", *name)], one.runs);
    }
    out.head("job_failures_total", "counter", "Runs of a job that failed.");
    for (name, one) in &all {
        out.value("job_failures_total", &[("job_name", *name)], one.failures);
    }
    out.head("job_last_success_timestamp_seconds", "gauge", "When a job last ended well, since the start.");
    for (name, one) in &all {
        if let Some(at) = one.last_success_ms {
            out.value("job_last_success_timestamp_seconds", &[("job_name", *name)], seconds_of_ms(at));
        }
    }
    out.head("job_last_duration_seconds", "gauge", "What the last run of a job took.");
    for (name, one) in &all {
        out.value("job_last_duration_seconds", &[("job_name", *name)], of(one.last_us, MICROS));
    }
}

fn backup(out: &mut Exposition, app: &App) {
    let (lag, state) = (app.backup.lag_ms(app.now()), app.backup.state());
    let is_on = lag.is_some();
    let lag = lag.map(|ms| ms / 1_000);
    out.gauge("backup_lag_seconds", "Age of the state that is safe at the backup place.", lag);
    let waiting = is_on.then_some(state.waiting_bytes);
    out.gauge("backup_waiting_bytes", "Changes that wait for the backup place.", waiting);
    let problem = is_on.then(|| i64::from(state.problem.is_some()));
    out.gauge("backup_problem", "1 while the backup place takes nothing.", problem);
    let age = state.full_at_ms.map(|at| (app.now().as_ms() - at).max(0) / 1_000);
    out.gauge("backup_full_age_seconds", "Age of the last full backup that this process knows of.", age);
}

async fn database(out: &mut Exposition, app: &App) {
    let now = app.now();
    let read =
        answered_within(FIGURE, app.engine.store.read(move |conn| outboxes::watched(conn, now))).await.ok();
    out.gauge("database_up", "1 while the database answers.", Some(i64::from(read.is_some())));
    let of = |pick: fn(&outboxes::Watched) -> i64| read.as_ref().map(pick);
    out.gauge("orders_open", "Orders whose session runs.", of(|one| one.orders_open));
    out.gauge("staff_sessions", "Sign-ins of staff that hold.", of(|one| one.staff_sessions));
    out.gauge("alarms_open", "Alarms that nobody has closed.", of(|one| one.alarms_open));
    out.gauge("database_bytes", "Size of the database.", of(|one| one.database_bytes));
    out.head("outbox_waiting", "gauge", "What waits to be sent, by outbox.");
    out.head("outbox_oldest_seconds", "gauge", "How long the oldest of it has been waiting.");
    for outbox in read.iter().flat_map(|one| &one.outboxes) {
        let labels = [("outbox", outbox.name)];
        out.value("outbox_waiting", &labels, outbox.count);
        let age = outbox.oldest_ms.map_or(0, |at| now.as_ms() - at);
        out.value("outbox_oldest_seconds", &labels, seconds_of_ms(age));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::figures::Histogram;

    #[test]
    fn numbers_are_decimals_without_loss() {
        for (value, unit, text) in
            [(0, 1_000, "0"), (1_500, 1_000, "1.5"), (42, 1_000_000, "0.000042"), (7, 1, "7"), (70, 1, "70")]
        {
            assert_eq!(of(value, unit), text);
        }
    }

    #[test]
    fn buckets_add_up_and_labels_cannot_break_out() {
        let all = Histogram::new(&[1_000_000, 2_000_000]);
        [500_000, 1_500_000, 9_000_000].into_iter().for_each(|value| all.add(value));
        let mut out = Exposition::default();
        out.spread("x", &[("a", "b\"c\\d\n")], &all.spread(), MICROS);
        assert_eq!(
            out.0,
            "pileops_x_bucket{a=\"b\\\"c\\\\d\\n\",le=\"1\"} 1\n\
             pileops_x_bucket{a=\"b\\\"c\\\\d\\n\",le=\"2\"} 2\n\
             pileops_x_bucket{a=\"b\\\"c\\\\d\\n\",le=\"+Inf\"} 3\n\
             pileops_x_sum{a=\"b\\\"c\\\\d\\n\"} 11\n\
             pileops_x_count{a=\"b\\\"c\\\\d\\n\"} 3\n"
        );
    }
}
