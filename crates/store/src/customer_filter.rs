//! What a list of customers is asked for.
//!
//! The big table is never searched by a pattern. A name is found through the index of its ends, a phone
//! through its first or last digits, an id through the ranges of numbers that begin alike, a charge through
//! the index of the last ones. What such a search finds is mostly few, and is sorted afterwards: the `+`
//! before a column keeps a database from walking a million rows in order to look for them. What finds many
//! is read the other way: along the time of registration, where the next one is near.

use crate::customers::bounds;
use crate::db::{Conn, DbResult, Value};
use crate::filter::{COUNT_MAX, Filter, count};
use model::access::Scope;
use model::customer::{CustomerKind, CustomerMark, CustomerSource, CustomerStatus};
use model::time::Timestamp;
use std::borrow::Cow;

#[derive(Clone, Debug, Default)]
pub struct CustomerFilter {
    /// First digits.
    pub id: Option<String>,
    pub name: Option<String>,
    /// First or last digits.
    pub phone: Option<String>,
    pub source: Option<CustomerSource>,
    pub kind: Option<CustomerKind>,
    pub fleet_id: Option<i64>,
    pub fleet_name: Option<String>,
    pub status: Option<CustomerStatus>,
    pub level_id: Option<i64>,
    pub mark: Option<CustomerMark>,
    /// A whole tag.
    pub tag: Option<String>,
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
    pub charged_from_ms: Option<i64>,
    pub charged_to_ms: Option<i64>,
    /// Registration and id of the last row of the page before.
    pub after: Option<[i64; 2]>,
    pub limit: i64,
}

const ID_DIGITS: u32 = 12;

/// Which searches find few, and which many.
#[derive(Default)]
pub(crate) struct Reach {
    id: Option<i64>,
    name: Option<i64>,
    phone: Option<i64>,
    charged: Option<i64>,
    mark: Option<i64>,
    tag: Option<i64>,
}

impl Reach {
    /// Each is looked for in its own index, and no further than it is counted.
    pub fn find(conn: &mut Conn, wanted: &CustomerFilter) -> DbResult<Reach> {
        let mut reach = Reach { id: typed(&wanted.id).map(|_| 0), ..Reach::default() };
        if let Some(name) = typed(&wanted.name) {
            let mut filter = Filter::new();
            let part = name_part(&mut filter, &name);
            reach.name = Some(found(conn, &format!("customer_name WHERE {part}"), &filter)?);
        }
        if let Some(phone) = typed(&wanted.phone) {
            let mut most = 0;
            for column in ["phone", "phone_back"] {
                let mut filter = Filter::new();
                let half = phone_half(&mut filter, column, &phone);
                most = most.max(found(conn, &format!("customer WHERE {half}"), &filter)?);
            }
            reach.phone = Some(most);
        }
        for (tag, by_rule, reached) in wanted.tagged() {
            let mut filter = Filter::new();
            filter.and_value("tag = ?", tag);
            filter.and_value("by_rule = ?", by_rule);
            *reached(&mut reach) = Some(found(conn, &format!("customer_tag {}", filter.sql()), &filter)?);
        }
        if wanted.is_charged() {
            let mut filter = Filter::new();
            wanted.charged_within(&mut filter);
            reach.charged = Some(found(conn, &format!("customer_station v {}", filter.sql()), &filter)?);
        }
        Ok(reach)
    }

    fn all(&self) -> [Option<i64>; 6] {
        [self.id, self.name, self.phone, self.charged, self.mark, self.tag]
    }

    /// One of the searches leads to few.
    pub fn is_narrow(&self) -> bool {
        self.all().into_iter().flatten().any(is_few)
    }

    /// Something is searched for, and only many are found: they are not counted.
    pub fn is_wide(&self) -> bool {
        !self.is_narrow() && self.all().into_iter().any(|found| found.is_some())
    }
}

fn is_few(found: i64) -> bool {
    found <= COUNT_MAX
}

fn found(conn: &mut Conn, from: &str, filter: &Filter) -> DbResult<i64> {
    let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {from} LIMIT {}) AS found", COUNT_MAX + 1);
    conn.one(&sql, &filter.values, count)
}

fn typed(text: &Option<String>) -> Option<String> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A tag, whether it is one by rule, and where is kept how many have it.
type Tagged = (String, bool, fn(&mut Reach) -> &mut Option<i64>);

impl CustomerFilter {
    fn tagged(&self) -> Vec<Tagged> {
        let mut all: Vec<Tagged> = Vec::new();
        if let Some(mark) = self.mark {
            all.push((mark.as_str().to_owned(), true, |reach| &mut reach.mark));
        }
        if let Some(tag) = typed(&self.tag) {
            all.push((tag, false, |reach| &mut reach.tag));
        }
        all
    }

    fn is_charged(&self) -> bool {
        self.charged_from_ms.is_some() || self.charged_to_ms.is_some()
    }

    /// Of `customer_station v`.
    fn charged_within(&self, filter: &mut Filter) {
        filter.and_value("v.last_ended_ms >= ?", self.charged_from_ms.unwrap_or(0));
        filter.and_some("v.last_ended_ms < ?", self.charged_to_ms);
    }

    pub(crate) fn conditions(&self, scope: &Scope, now: Timestamp, reach: &Reach) -> Filter {
        let mut filter = Filter::new();
        self.search(&mut filter, reach);
        filter.and_some("c.source = ?", self.source.map(CustomerSource::as_str));
        filter.and_some("c.kind = ?", self.kind.map(CustomerKind::as_str));
        filter.and_some("c.fleet_id = ?", self.fleet_id);
        filter.and_contains(
            "c.fleet_id IN (SELECT id FROM fleet WHERE LOWER(name) LIKE ?)",
            self.fleet_name.as_deref(),
        );
        filter.and_some("c.level_id = ?", self.level_id);
        for (tag, by_rule, reached) in self.tagged() {
            let mut own = Reach { mark: reach.mark, tag: reach.tag, ..Reach::default() };
            let few = reached(&mut own).is_some_and(is_few);
            let mut has = Filter::new();
            has.and_value("g.tag = ?", tag);
            has.and_value("g.by_rule = ?", by_rule);
            filter.and_within(
                if few {
                    "c.id IN (SELECT g.customer_id FROM customer_tag g WHERE ?)"
                } else {
                    "EXISTS (SELECT 1 FROM customer_tag g WHERE g.customer_id = c.id AND ?)"
                },
                &has,
            );
        }
        self.status_condition(&mut filter, now);
        let created = if reach.is_narrow() { "+c.created_at_ms" } else { "c.created_at_ms" };
        filter.and_some(&format!("{created} >= ?"), self.from_ms);
        filter.and_some(&format!("{created} < ?"), self.to_ms);
        self.charges(&mut filter, scope, reach);
        filter
    }

    /// The last charge lies in the range if one does and none comes after it; and of staff of a part of the
    /// platform only charges there count.
    fn charges(&self, filter: &mut Filter, scope: &Scope, reach: &Reach) {
        let mut visits = Filter::new();
        visits.scope("v.operator_id", "v.station_id", scope);
        if let Some(to) = self.charged_to_ms {
            let mut later = Filter::new();
            later.append(&visits);
            later.and_value("v.last_ended_ms >= ?", to);
            let frame = "NOT EXISTS (SELECT 1 FROM customer_station v WHERE v.customer_id = c.id AND ?)";
            filter.and_within(frame, &later);
        }
        let few = reach.charged.is_some_and(is_few);
        if self.is_charged() {
            self.charged_within(&mut visits);
        }
        filter.and_within(
            if few {
                "c.id IN (SELECT v.customer_id FROM customer_station v WHERE ?)"
            } else {
                "EXISTS (SELECT 1 FROM customer_station v WHERE v.customer_id = c.id AND ?)"
            },
            &visits,
        );
    }

    fn search(&self, filter: &mut Filter, reach: &Reach) {
        if let Some(id) = typed(&self.id) {
            ids_like(filter, &id);
        }
        if let Some(name) = typed(&self.name) {
            let part = name_part(filter, &name);
            filter.and(&if reach.name.is_some_and(is_few) {
                format!("c.id IN (SELECT customer_id FROM customer_name WHERE {part})")
            } else {
                format!("EXISTS (SELECT 1 FROM customer_name WHERE customer_id = c.id AND {part})")
            });
        }
        if let Some(phone) = typed(&self.phone) {
            let few = reach.phone.is_some_and(is_few);
            let columns = if few { ["phone", "phone_back"] } else { ["c.phone", "c.phone_back"] };
            let [phone, back] = columns.map(|column| phone_half(filter, column, &phone));
            filter.and(&if few {
                format!(
                    "c.id IN (SELECT id FROM customer WHERE {phone} UNION SELECT id FROM customer WHERE {back})"
                )
            } else {
                format!("({phone} OR {back})")
            });
        }
    }

    fn status_condition(&self, filter: &mut Filter, now: Timestamp) {
        // The words of the partial index, so that the few who are not active are read by it.
        const APART: &str = "(c.status <> 'active' OR NOT c.active_at_source)";
        match self.status {
            None => {}
            Some(CustomerStatus::Active) => {
                filter.and("c.active_at_source AND c.status <> 'cancelled'");
                filter.and_value("(c.status = 'active' OR c.frozen_until_ms <= ?)", now.as_ms());
            }
            Some(CustomerStatus::Frozen) => {
                filter.and(APART);
                filter.and("c.active_at_source AND c.status = 'frozen'");
                filter.and_value("(c.frozen_until_ms IS NULL OR c.frozen_until_ms > ?)", now.as_ms());
            }
            Some(CustomerStatus::Deactivated) => {
                filter.and(APART);
                filter.and("NOT c.active_at_source AND c.status <> 'cancelled'");
            }
            Some(CustomerStatus::Cancelled) => {
                filter.and(APART);
                filter.and("c.status = 'cancelled'");
            }
        }
    }
}

/// The ids that begin with what was typed, as ranges of numbers.
fn ids_like(filter: &mut Filter, typed: &str) {
    let id = typed.parse::<i64>().ok().filter(|id| (1..10_i64.pow(ID_DIGITS)).contains(id));
    let Some(id) = id else { return filter.and("1 = 0") };
    let ranges = (0..ID_DIGITS).filter_map(|zeros| {
        let step = 10_i64.pow(zeros);
        let from = id.checked_mul(step).filter(|from| *from < 10_i64.pow(ID_DIGITS))?;
        Some((from, from + step - 1))
    });
    let ranges: Vec<String> = ranges
        .map(|(from, to)| {
            let (from, to) = (filter.bind(from), filter.bind(to));
            format!("c.id BETWEEN {from} AND {to}")
        })
        .collect();
    filter.and(&format!("({})", ranges.join(" OR ")));
}

fn name_part(filter: &mut Filter, name: &str) -> String {
    let (from, to) = bounds(&name.to_lowercase());
    let [from, to] = [from, to].map(|bytes| filter.bind(Value::Bytes(Cow::Owned(bytes))));
    format!("part >= {from} AND part < {to}")
}

/// That a number begins with what was typed or, read from its end (`phone_back`), ends with it. Digits are
/// sorted alike everywhere, and no number is longer than what closes the range.
pub(crate) fn phone_half(filter: &mut Filter, column: &str, typed: &str) -> String {
    let bare = typed.chars().filter(|c| c.is_ascii_digit() || *c == '+');
    let begin: String = if column.ends_with("_back") { bare.rev().collect() } else { bare.collect() };
    let end = format!("{begin}{}", "9".repeat(16));
    let (begin, end) = (filter.bind(begin), filter.bind(end));
    format!("{column} >= {begin} AND {column} <= {end}")
}
