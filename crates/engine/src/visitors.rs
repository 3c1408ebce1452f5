//! How often strangers may knock at the public doors, by their address.

use model::error::{Kind, Text};
use model::time::Timestamp;
use model::{Error, Result};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Addresses remembered; beyond that those that may ask freely again are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// How much one address may ask for.
#[derive(Debug)]
struct Limit {
    /// Requests at once.
    burst: i64,
    /// How long it takes to get one back.
    refill_ms: i64,
    code: &'static str,
    text: Text,
}

/// By address: when its bucket is full again.
#[derive(Debug)]
pub struct Visitors {
    limit: Limit,
    seen: Mutex<HashMap<String, Timestamp>>,
}

impl Visitors {
    /// Those who write to us.
    pub fn writers() -> Visitors {
        let text = Text::of(
            "提交过于频繁，请一分钟后再试；已提交的反馈不会丢失",
            "Too many requests from your address; try again in a minute. What was sent is kept.",
        );
        let limit = Limit { burst: 30, refill_ms: 10_000, code: "feedback.limited", text };
        Visitors { limit, seen: Mutex::default() }
    }

    /// Those who read what the apps show: many phones may stand behind one address.
    pub fn readers() -> Visitors {
        let text = Text::of(
            "请求过于频繁，请几秒后再试；内容一分钟内不会变化，可先使用已取得的",
            "Too many requests from your address; try again in some seconds. What was read is good for a minute.",
        );
        let limit = Limit { burst: 300, refill_ms: 100, code: "content.limited", text };
        Visitors { limit, seen: Mutex::default() }
    }

    /// Whoever uses any public door at all, before that door's own limit.
    pub fn strangers() -> Visitors {
        let text = Text::of(
            "请求过于频繁，请几秒后再试",
            "Too many requests from your address; try again in some seconds.",
        );
        let limit = Limit { burst: 1_000, refill_ms: 50, code: "public.limited", text };
        Visitors { limit, seen: Mutex::default() }
    }

    /// Takes one of the requests that an address may make.
    pub fn enter(&self, address: &str, now: Timestamp) -> Result<()> {
        let Limit { burst, refill_ms, .. } = self.limit;
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED_MAX {
            all.retain(|_, full_at| *full_at > now);
        }
        if all.len() >= REMEMBERED_MAX && !all.contains_key(address) {
            return Err(self.limited());
        }
        let full_at = all.get(address).copied().filter(|at| *at > now).unwrap_or(now).plus_ms(refill_ms);
        if full_at.as_ms() - now.as_ms() > burst * refill_ms {
            return Err(self.limited());
        }
        all.insert(address.to_owned(), full_at);
        Ok(())
    }

    fn limited(&self) -> Error {
        Error::new(Kind::Limited, self.limit.code, self.limit.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_ask_thirty_times_and_then_every_ten_seconds() {
        let (visitors, start) = (Visitors::writers(), Timestamp::from_ms(1_000_000));
        for _ in 0..30 {
            visitors.enter("a", start).unwrap();
        }
        assert_eq!(visitors.enter("a", start).unwrap_err().kind, Kind::Limited);
        visitors.enter("b", start).unwrap();
        visitors.enter("a", start.plus_ms(10_000)).unwrap();
        assert!(visitors.enter("a", start.plus_ms(10_000)).is_err());
    }

    #[test]
    fn whoever_reads_may_ask_more_often() {
        let (readers, start) = (Visitors::readers(), Timestamp::from_ms(1_000_000));
        for _ in 0..300 {
            readers.enter("a", start).unwrap();
        }
        assert_eq!(readers.enter("a", start).unwrap_err().code, "content.limited");
        readers.enter("a", start.plus_ms(100)).unwrap();
    }
}
