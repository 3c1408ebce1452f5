//! 慢查询: statements that took longer than they should, by their shape. A value is never part of it:
//! statements have places for values, and what is written into a text all the same is taken out here.

use model::trace;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Names that are told apart; what is beyond them is counted together, so that metrics stay bounded.
const NAMES_MAX: usize = 200;

/// Longest shape that is kept.
const SHAPE_MAX: usize = 2_000;

/// Where all that is beyond [`NAMES_MAX`] is counted.
const OTHERS: &str = "other";

pub struct SlowStatements {
    threshold_us: AtomicU64,
    all: Mutex<BTreeMap<String, SlowStatement>>,
}

/// What is known of one statement since the server was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlowStatement {
    pub shape: String,
    pub count: u64,
    pub total_us: u64,
    pub worst_us: u64,
    /// Of the worst run; none where nobody counted them.
    pub worst_rows: Option<u64>,
    /// For whom the worst run was.
    pub worst_trace: Option<String>,
}

/// Of this process: it has one database.
pub static SLOW: SlowStatements = SlowStatements::new(200_000);

impl SlowStatements {
    const fn new(threshold_us: u64) -> SlowStatements {
        SlowStatements { threshold_us: AtomicU64::new(threshold_us), all: Mutex::new(BTreeMap::new()) }
    }

    pub fn set_threshold(&self, threshold: Duration) {
        self.threshold_us.store(u64::try_from(threshold.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    /// A statement has ended. One that was quick costs a look at the clock.
    pub(crate) fn ended(&self, began: Instant, sql: &str, rows: Option<u64>) {
        let took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        if took_us >= self.threshold_us.load(Relaxed) {
            self.note(took_us, sql, rows);
        }
    }

    #[cold]
    pub(crate) fn note(&self, took_us: u64, sql: &str, rows: Option<u64>) {
        let shape = shape(sql);
        let name = name(&shape);
        tracing::warn!(statement = name, ms = took_us / 1_000, rows, shape, "a statement was slow");
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, shape) = if all.contains_key(&name) || all.len() < NAMES_MAX {
            (name, shape)
        } else {
            (OTHERS.to_owned(), OTHERS.to_owned())
        };
        let known = all.entry(name).or_insert(SlowStatement {
            shape,
            count: 0,
            total_us: 0,
            worst_us: 0,
            worst_rows: None,
            worst_trace: None,
        });
        known.count += 1;
        known.total_us = known.total_us.saturating_add(took_us);
        if took_us >= known.worst_us {
            known.worst_us = took_us;
            known.worst_rows = rows;
            known.worst_trace = trace::current().map(|trace| trace.to_string());
        }
    }

    /// By name.
    pub fn list(&self) -> BTreeMap<String, SlowStatement> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The statement without what differs from one run to the next: white space, numbers and texts that
/// somebody has written into it, and how long its lists of places are.
fn shape(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len().min(SHAPE_MAX));
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        let after = out.chars().next_back();
        match c {
            c if c.is_whitespace() => {
                if after.is_some_and(|last| last != ' ') {
                    out.push(' ');
                }
            }
            '\'' => {
                // A quote inside a text is written twice, which reads as two texts: both go.
                while chars.next().is_some_and(|inside| inside != '\'') {}
                out.push('?');
            }
            '$' => {
                while chars.next_if(char::is_ascii_digit).is_some() {}
                out.push('?');
            }
            '0'..='9' if !after.is_some_and(|last| last.is_alphanumeric() || last == '_') => {
                while chars.next_if(|next| next.is_ascii_digit() || *next == '.').is_some() {}
                out.push('?');
            }
            c => out.push(c),
        }
        while out.ends_with("?, ?") || out.ends_with("?,?") {
            let end = out.rfind(',').unwrap_or(out.len());
            out.truncate(end);
        }
        if out.len() >= SHAPE_MAX {
            break;
        }
    }
    out.trim_end().to_owned()
}

/// What it does to which table, and a number that tells it from others that do the same.
fn name(shape: &str) -> String {
    let mut words = shape.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|w| !w.is_empty());
    let verb = words.next().unwrap_or("none").to_ascii_lowercase();
    let mut table = "none".to_owned();
    while let Some(word) = words.next() {
        if matches!(word, "FROM" | "INTO") || (word == "UPDATE" && table == "none") {
            table = words.next().unwrap_or("none").to_ascii_lowercase();
            break;
        }
    }
    if verb == "update" {
        table = shape.split_whitespace().nth(1).unwrap_or("none").to_ascii_lowercase();
    }
    let sum = shape.bytes().fold(0xcbf2_9ce4_8422_2325u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{verb}_{table}_{:06x}", sum & 0x00ff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::trace::{Traces, enter};

    #[test]
    fn a_shape_holds_no_value() {
        for (sql, wanted) in [
            ("SELECT id\n  FROM pile  WHERE id = $1", "SELECT id FROM pile WHERE id = ?"),
            ("SELECT a FROM t WHERE b IN ($1, $2, $3)", "SELECT a FROM t WHERE b IN (?)"),
            (
                "SELECT a FROM t2 WHERE phone = '138''0000' AND n = 42.5",
                "SELECT a FROM t2 WHERE phone = ?? AND n = ?",
            ),
            ("SELECT a FROM t WHERE b = '京A12345", "SELECT a FROM t WHERE b = ?"),
            ("", ""),
        ] {
            assert_eq!(shape(sql), wanted, "{sql}");
        }
        assert!(shape(&"SELECT a, ".repeat(10_000)).len() <= SHAPE_MAX + 4);
    }

    #[test]
    fn the_length_of_a_list_makes_no_new_name() {
        let of = |sql: &str| name(&shape(sql));
        assert_eq!(of("SELECT a FROM pile WHERE id IN ($1)"), of("SELECT a FROM pile WHERE id IN ($1, $2)"));
        assert!(of("SELECT a FROM pile").starts_with("select_pile_"));
        assert!(of("UPDATE orders SET a = $1").starts_with("update_orders_"));
        assert!(of("INSERT INTO frame (id) VALUES ($1)").starts_with("insert_frame_"));
        assert!(of("WITH RECURSIVE x AS (SELECT 1 FROM frame) SELECT 1").starts_with("with_frame_"));
        assert_ne!(of("SELECT a FROM pile"), of("SELECT b FROM pile"));
        assert!(of("COMMIT").starts_with("commit_none_"));
    }

    #[test]
    fn the_worst_run_is_remembered_and_names_are_bounded() {
        let all = SlowStatements::new(0);
        let traces = Traces::new([1; 16]);
        let worst = traces.next();
        all.note(300_000, "SELECT a FROM pile", Some(3));
        {
            let _entered = enter(Some(worst));
            all.note(900_000, "SELECT a FROM pile", Some(9));
        }
        all.note(400_000, "SELECT a FROM pile", None);
        let list = all.list();
        let (_, one) = list.first_key_value().unwrap();
        assert_eq!((one.count, one.total_us, one.worst_us, one.worst_rows), (3, 1_600_000, 900_000, Some(9)));
        assert_eq!(one.worst_trace, Some(worst.to_string()));
        for number in 0..500 {
            all.note(1, &format!("SELECT a{number} FROM pile"), None);
        }
        let list = all.list();
        assert_eq!(list.len(), NAMES_MAX + 1);
        assert_eq!(list.values().map(|one| one.count).sum::<u64>(), 503);
        assert_eq!(list.get(OTHERS).unwrap().shape, OTHERS);
    }

    #[test]
    fn what_is_quick_is_not_noted() {
        let all = SlowStatements::new(10_000_000);
        all.ended(Instant::now(), "SELECT 1", None);
        assert!(all.list().is_empty());
        all.set_threshold(Duration::ZERO);
        all.ended(Instant::now(), "SELECT 1", Some(1));
        assert_eq!(all.list().len(), 1);
    }
}
