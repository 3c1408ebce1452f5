//! 跟踪号: what one piece of work is called, from the frame or the request that began it to the log lines, the
//! recorded frame and the error that a person is shown.
//!
//! It follows the work by itself: a thread knows the id of what it does at the moment, a task carries its own
//! from poll to poll. That is a copy of sixteen bytes; nothing is allocated and nothing is locked.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::num::NonZeroU128;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};

/// Sixteen bytes that are not all zero, as W3C Trace Context has them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(NonZeroU128);

impl TraceId {
    pub fn from_bytes(bytes: [u8; 16]) -> Option<TraceId> {
        NonZeroU128::new(u128::from_be_bytes(bytes)).map(TraceId)
    }

    pub fn to_bytes(self) -> [u8; 16] {
        self.0.get().to_be_bytes()
    }

    /// Thirty-two small hexadecimal digits.
    pub fn parse(text: &str) -> Option<TraceId> {
        let proper = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = proper.then(|| u128::from_str_radix(text, 16).ok()).flatten()?;
        NonZeroU128::new(number).map(TraceId)
    }

    /// Of the header `traceparent`: version, trace, parent, flags. Later versions may say more behind that.
    pub fn from_traceparent(header: &str) -> Option<TraceId> {
        let mut parts = header.trim().split('-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex = |text: &str, len: usize| {
            text.len() == len && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let known = hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
        let has_parent = hex(parent, 16) && parent.bytes().any(|b| b != b'0');
        if !known || !has_parent || !hex(flags, 2) {
            return None;
        }
        TraceId::parse(trace)
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Gives out ids: no two of a process are the same, and those of two processes begin differently.
pub struct Traces {
    high: u64,
    low: u64,
    count: AtomicU64,
}

impl Traces {
    /// `seed` is chance.
    pub fn new(seed: [u8; 16]) -> Traces {
        let seed = u128::from_be_bytes(seed);
        let (high, low) = ((seed >> 64) as u64, seed as u64);
        // The upper half never is zero, so that no id is.
        Traces { high: high.max(1), low, count: AtomicU64::new(0) }
    }

    pub fn next(&self) -> TraceId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // SplitMix64: each count has a number of its own that looks like chance.
        let mut mixed = self.low.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let id = u128::from(self.high) << 64 | u128::from(mixed);
        TraceId(NonZeroU128::new(id).unwrap_or(NonZeroU128::MIN))
    }
}

thread_local! {
    static CURRENT: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// What this thread works for at the moment.
pub fn current() -> Option<TraceId> {
    CURRENT.get()
}

/// From here on it works for this, until whoever called [`within`] or [`enter`] gets its own back.
pub fn begin(trace: TraceId) {
    CURRENT.set(Some(trace));
}

/// Gives back what the thread worked for before.
pub struct Entered(Option<TraceId>);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// This thread works for `trace` until the answer is dropped.
#[must_use]
pub fn enter(trace: Option<TraceId>) -> Entered {
    Entered(CURRENT.replace(trace))
}

/// A future that has its id with it, whichever thread polls it. What it begins inside it keeps.
pub async fn within<F: Future>(trace: Option<TraceId>, work: F) -> F::Output {
    let mut work = pin!(work);
    let mut held = trace;
    poll_fn(move |context| {
        let entered = enter(held);
        let polled = work.as_mut().poll(context);
        held = current();
        drop(entered);
        polled
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn a_traceparent_is_believed_only_when_it_is_one() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (header, wanted) in [
            (format!("00-{id}-00f067aa0ba902b7-01"), true),
            (format!(" 00-{id}-00f067aa0ba902b7-00 "), true),
            (format!("cc-{id}-00f067aa0ba902b7-01-what-comes-later"), true),
            (format!("00-{id}-00f067aa0ba902b7-01-more"), false),
            (format!("ff-{id}-00f067aa0ba902b7-01"), false),
            (format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()), false),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), false),
            (format!("00-{id}-0000000000000000-01"), false),
            (format!("00-{}-00f067aa0ba902b7-01", &id[1..]), false),
            (format!("00-{id}"), false),
            ("00-<script>-00f067aa0ba902b7-01".to_owned(), false),
            ("00-张三张三张三张三张三张-00f067aa0ba902b7-01".to_owned(), false),
            (String::new(), false),
        ] {
            let read = TraceId::from_traceparent(&header).map(|trace| trace.to_string());
            assert_eq!(read, wanted.then(|| id.to_owned()), "{header}");
        }
    }

    #[test]
    fn ids_go_there_and_back_and_are_never_zero() {
        let (a, b) = (Traces::new([0; 16]), Traces::new([255; 16]));
        let all: HashSet<TraceId> = (0..10_000).flat_map(|_| [a.next(), b.next()]).collect();
        assert_eq!(all.len(), 20_000, "no id comes twice");
        for trace in all {
            assert_eq!(TraceId::from_bytes(trace.to_bytes()), Some(trace));
            assert_eq!(TraceId::parse(&trace.to_string()), Some(trace));
        }
        assert_eq!((TraceId::from_bytes([0; 16]), TraceId::parse("0")), (None, None));
    }

    /// Two tasks on one thread, polled in turn, do not see each other's.
    #[test]
    fn each_task_keeps_its_own() {
        let traces = Traces::new([7; 16]);
        let (a, b, c) = (traces.next(), traces.next(), traces.next());
        let stop = || {
            let mut waited = false;
            poll_fn(
                move |_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending },
            )
        };
        let mut one = pin!(within(Some(a), async {
            stop().await;
            let first = current();
            begin(c);
            stop().await;
            (first, current())
        }));
        let mut two = pin!(within(Some(b), async {
            stop().await;
            stop().await;
            current()
        }));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..2 {
            assert!(one.as_mut().poll(&mut context).is_pending());
            assert_eq!(current(), None);
            assert!(two.as_mut().poll(&mut context).is_pending());
        }
        assert_eq!(one.as_mut().poll(&mut context), Poll::Ready((Some(a), Some(c))));
        assert_eq!(two.as_mut().poll(&mut context), Poll::Ready(Some(b)));
        assert_eq!(current(), None);
    }

    #[test]
    fn a_panic_gives_the_thread_back() {
        let trace = Traces::new([9; 16]).next();
        let broken = std::panic::catch_unwind(|| {
            let _entered = enter(Some(trace));
            panic!("on purpose");
        });
        assert!(broken.is_err());
        assert_eq!(current(), None);
    }
}
