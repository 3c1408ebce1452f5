//! The log: one line for each thing that happened, as text for people or as JSON for machines. Each line has
//! the trace id of the work that it tells of, and nothing in it that names a person.

mod scrub;

pub use scrub::scrub;

use model::time::Clock;
use model::trace;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Lines that are remembered for whoever asks what happened last.
const LAST_MAX: usize = 2_000;
/// Of each text in one of them: a line that is cut as a whole can be read by nobody.
const TEXT_MAX: usize = 2_000;

/// What this process has said last, in both forms alike: as JSON.
static LAST: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// The last lines, the oldest first.
pub fn last() -> Vec<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
}

fn remember(line: &str) {
    let mut all = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= LAST_MAX {
        all.pop_front();
    }
    all.push_back(line.to_owned());
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text { colours: bool },
    Json,
}

/// How a line is written.
pub struct Lines {
    pub format: Format,
    pub clock: Clock,
}

/// What an event says.
#[derive(Default)]
struct Told {
    message: String,
    fields: Map<String, Value>,
}

impl Told {
    fn add(&mut self, field: &Field, text: &str) {
        // What is logged by others than us may hold anything.
        let mut text = scrub(text).into_owned();
        if let Some((end, _)) = text.char_indices().nth(TEXT_MAX) {
            text.truncate(end);
            text.push('…');
        }
        if field.name() == "message" {
            self.message = text;
        } else {
            self.fields.insert(field.name().to_owned(), Value::String(text));
        }
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.fields.insert(field.name().to_owned(), value.into());
    }
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut told = Told::default();
        event.record(&mut told);
        let (at, meta) = (self.clock.now().rfc3339(), event.metadata());
        let trace = trace::current().map(|trace| trace.to_string());
        let json = json(&told, &at, meta.level(), meta.target(), trace.as_deref());
        remember(&json);
        match self.format {
            Format::Json => writeln!(writer, "{json}"),
            Format::Text { colours } => {
                let line = text(&told, meta.level(), meta.target(), trace.as_deref(), colours);
                writeln!(writer, "{at} {line}")
            }
        }
    }
}

/// The fixed words come first, so that a line can be read by eye, too; a field that bears the name of one of
/// them gives way.
fn json(told: &Told, at: &str, level: &Level, target: &str, trace: Option<&str>) -> String {
    let mut out = String::with_capacity(256);
    out.push('{');
    let level = level.as_str().to_ascii_lowercase();
    let fixed = [("at", Some(at)), ("level", Some(&*level)), ("target", Some(target))];
    let fixed = fixed.into_iter().chain([("message", Some(&*told.message)), ("trace_id", trace)]);
    let mut names = Vec::new();
    for (name, value) in fixed {
        let Some(value) = value else { continue };
        let comma = if names.is_empty() { "" } else { "," };
        let _ = write!(out, "{comma}\"{name}\":{}", Value::String(value.to_owned()));
        names.push(name);
    }
    for (name, value) in told.fields.iter().filter(|(name, _)| !names.contains(&name.as_str())) {
        let _ = write!(out, ",{}:{value}", Value::String(name.clone()));
    }
    out.push('}');
    out
}

fn text(told: &Told, level: &Level, target: &str, trace: Option<&str>, colours: bool) -> String {
    let colour = match *level {
        Level::ERROR => "\u{1b}[31m",
        Level::WARN => "\u{1b}[33m",
        Level::INFO => "\u{1b}[32m",
        _ => "\u{1b}[34m",
    };
    let (colour, end) = if colours { (colour, "\u{1b}[0m") } else { ("", "") };
    let mut out = format!("{colour}{:>5}{end} {target}: {}", level.as_str(), one_line(&told.message));
    for (name, value) in &told.fields {
        let value = match value {
            // As it is where it is one word, so that people can search for it.
            Value::String(text)
                if !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_./:".contains(c)) =>
            {
                text.clone()
            }
            value => value.to_string(),
        };
        let _ = write!(out, " {name}={value}");
    }
    if let Some(trace) = trace {
        let _ = write!(out, " trace_id={trace}");
    }
    out
}

/// A line is a line, whoever speaks: nobody can write one that looks like another's.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::time::Timestamp;
    use model::trace::{Traces, enter};
    use std::sync::Arc;
    use tracing_subscriber::fmt::MakeWriter;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Page {
        type Writer = Page;

        fn make_writer(&'a self) -> Page {
            self.clone()
        }
    }

    fn said(format: Format, say: impl FnOnce()) -> String {
        let page = Page::default();
        let clock = Clock::manual(Timestamp::from_ms(1_784_088_000_000));
        let subscriber = tracing_subscriber::fmt()
            .event_format(Lines { format, clock })
            .with_writer(page.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, say);
        let bytes = page.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_of_json_has_its_trace_and_every_field() {
        let trace = Traces::new([3; 16]).next();
        let line = said(Format::Json, || {
            let _entered = enter(Some(trace));
            tracing::warn!(pile = 7, why = "it \"broke\"\nagain", at = "mine", ok = true, "a link broke");
        });
        let value: Value = serde_json::from_str(line.trim_end()).unwrap();
        assert_eq!(value["trace_id"], trace.to_string());
        assert_eq!(
            (&value["level"], &value["message"]),
            (&Value::from("warn"), &Value::from("a link broke"))
        );
        assert_eq!((&value["pile"], &value["ok"]), (&Value::from(7), &Value::from(true)));
        assert_eq!(value["why"], "it \"broke\"\nagain");
        assert_eq!(value["at"], "2026-07-15T04:00:00.000Z", "a field does not take the place of the time");
        assert_eq!(line.lines().count(), 1);
        assert!(last().contains(&line.trim_end().to_owned()));
    }

    #[test]
    fn a_long_line_is_cut_where_it_stays_a_line() {
        let long = "车".repeat(9_000);
        let line = said(Format::Json, || tracing::warn!(why = long, "it is {long}"));
        assert!(line.len() < 13_000, "{}", line.len());
        assert!(last().contains(&line.trim_end().to_owned()));
        let value: Value = serde_json::from_str(line.trim_end()).unwrap();
        for name in ["why", "message"] {
            let text = value[name].as_str().unwrap();
            assert!(text.ends_with('…') && text.chars().count() == TEXT_MAX + 1, "{name}");
        }
    }

    #[test]
    fn a_line_of_text_is_one_line_and_has_its_trace() {
        let trace = Traces::new([4; 16]).next();
        let line = said(Format::Text { colours: false }, || {
            let _entered = enter(Some(trace));
            tracing::info!(from = "10.0.0.1:7", why = "a\nb", "listening\nERROR server: forged");
        });
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.starts_with("2026-07-15T04:00:00.000Z  INFO "), "{line}");
        assert!(line.contains("from=10.0.0.1:7 why=\"a\\nb\""), "{line}");
        assert!(line.trim_end().ends_with(&format!("trace_id={trace}")), "{line}");
        assert!(!said(Format::Text { colours: false }, || tracing::info!("x")).contains("trace_id"));
    }

    #[test]
    fn what_names_a_person_is_not_written() {
        for format in [Format::Json, Format::Text { colours: false }] {
            let line = said(format, || {
                tracing::error!(why = "13800138000 is taken", mail = %"zhang@example.cn", "京A12345 came in");
            });
            for told in ["13800138000", "zhang@", "京A12345"] {
                assert!(!line.contains(told), "{line}");
            }
        }
    }
}
