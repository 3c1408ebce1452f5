//! `pileops verify`: every billed order is made again from what is stored with it, to the fen; sums are
//! compared with their orders, accounts with their postings; the chain of the audit log is walked along.

use crate::Engine;
use crate::device::recompute;
use model::Result;
use model::id::OrderId;
use model::order::{Order, OrderState};
use std::collections::HashMap;
use store::audit_chain::{self, Checked};
use store::db::Purpose;
use store::orders::BilledBy;
use store::{Conn, DbResult, Source};

/// What came of it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Verified {
    /// Where the next page begins; `None` when all were seen.
    #[serde(skip)]
    next: Option<OrderId>,
    pub orders: u64,
    /// Held orders: they must cost nothing.
    pub held: u64,
    /// Rows of the audit log.
    pub audit: u64,
    /// The hash of its last row; kept elsewhere, it proves later that the log was not made anew.
    pub audit_head: String,
    pub problems: Vec<Problem>,
}

impl Default for Verified {
    fn default() -> Verified {
        Verified {
            next: Some(OrderId(0)),
            orders: 0,
            held: 0,
            audit: 0,
            audit_head: String::new(),
            problems: Vec::new(),
        }
    }
}

impl Verified {
    fn add(&mut self, page: Page) {
        self.next = page.last;
        self.orders += page.orders;
        self.held += page.held;
        self.problems.extend(page.problems);
    }

    fn add_audit(&mut self, checked: Checked) {
        (self.audit, self.audit_head) = (checked.rows, checked.head);
        let told = |what| Problem { about: "audit", order_id: None, what };
        self.problems.extend(checked.problems.into_iter().map(told));
    }
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Problem {
    /// `order`, `sum`, `sharing`, `ledger` or `audit`.
    pub about: &'static str,
    /// The order that is wrong, when it is one.
    pub order_id: Option<i64>,
    pub what: String,
}

const PAGE: i64 = 500;

impl Engine {
    pub async fn orders_verify(&self) -> Result<Verified> {
        self.orders_verify_told(None).await
    }

    /// The run of the job for which it is done is told from time to time how many orders were seen.
    pub async fn orders_verify_told(&self, run: Option<i64>) -> Result<Verified> {
        let mut verified = Verified::default();
        for turn in 1.. {
            let Some(after) = verified.next else { break };
            let page = self.store.read(move |conn| verify_page(conn, after)).await?;
            verified.add(page);
            if let Some(run) = run.filter(|_| turn % 20 == 0) {
                self.job_progress(run, i64::try_from(verified.orders).unwrap_or(i64::MAX)).await?;
            }
        }
        for verify in [sums_verify, reports_verify] {
            let mut sums = self.store.read(verify).await?;
            if !sums.is_empty() {
                // An order that was completed between two of the questions is no difference: it is gone when
                // they are asked again.
                let again = self.store.read(verify).await?;
                sums.retain(|problem| again.contains(problem));
            }
            verified.problems.extend(sums);
        }
        verified.problems.extend(self.store.read(day_bills_verify).await?);
        verified.problems.extend(self.store.read(sharing_verify).await?);
        verified.problems.extend(self.store.read(ledger_verify).await?);
        verified.add_audit(self.store.read(audit_chain::check).await?);
        Ok(verified)
    }
}

/// The same without a running server, reading the database only.
pub fn verify_source(source: &Source) -> Result<Verified> {
    let mut conn = Conn::open(source, Purpose::Read)?;
    store::migrate::same_version(&mut conn)?;
    let mut verified = Verified::default();
    while let Some(after) = verified.next {
        let page = verify_page(&mut conn, after)?;
        verified.add(page);
    }
    verified.problems.extend(sums_verify(&mut conn)?);
    verified.problems.extend(day_bills_verify(&mut conn)?);
    verified.problems.extend(reports_verify(&mut conn)?);
    verified.problems.extend(sharing_verify(&mut conn)?);
    verified.problems.extend(ledger_verify(&mut conn)?);
    verified.add_audit(audit_chain::check(&mut conn)?);
    Ok(verified)
}

/// What no order shows by itself: sums that are not those of their orders.
fn sums_verify(conn: &mut Conn) -> DbResult<Vec<Problem>> {
    let sums = store::rollups::differences(conn)?.into_iter().map(|found| Problem {
        about: "sum",
        order_id: None,
        what: format!(
            "the sums of {} {} in {} differ from its orders: {} orders, {} × 0.1 Wh, {} fen too few",
            found.noun, found.id, found.table, found.orders, found.energy_dwh, found.total_fen
        ),
    });
    Ok(sums.collect())
}

/// 站日账单: each is what its orders add up to, to the fen.
fn day_bills_verify(conn: &mut Conn) -> DbResult<Vec<Problem>> {
    let told = |what| Problem { about: "sum", order_id: None, what };
    Ok(crate::day_bill::verify(conn)?.into_iter().map(told).collect())
}

/// 分析汇总: what reports are made of is what the orders add up to, by the rule that it was made with.
fn reports_verify(conn: &mut Conn) -> DbResult<Vec<Problem>> {
    let told = |what| Problem { about: "sum", order_id: None, what };
    Ok(crate::report::verify(conn)?.into_iter().map(told).collect())
}

/// 分账: each closed period is what its rules and orders come to, to the fen.
fn sharing_verify(conn: &mut Conn) -> DbResult<Vec<Problem>> {
    let told = |what| Problem { about: "sharing", order_id: None, what };
    Ok(crate::sharing::verify(conn)?.into_iter().map(told).collect())
}

/// The books: each account is the sum of its postings, and each bill was posted to the fen.
fn ledger_verify(conn: &mut Conn) -> DbResult<Vec<Problem>> {
    let faults = store::ledger_faults::all(conn)?;
    let told =
        faults.into_iter().map(|fault| Problem { about: "ledger", order_id: fault.order, what: fault.what });
    Ok(told.collect())
}

#[derive(Default)]
struct Page {
    last: Option<OrderId>,
    orders: u64,
    held: u64,
    problems: Vec<Problem>,
}

fn verify_page(conn: &mut Conn, after: OrderId) -> DbResult<Page> {
    let mut page = Page::default();
    let mut stations = HashMap::new();
    let mut tariffs = HashMap::new();
    for order in store::orders::billed_after(conn, after, PAGE)? {
        page.last = Some(order.id);
        page.orders += 1;
        let mut fault =
            |what: String| page.problems.push(Problem { about: "order", order_id: Some(order.id.0), what });
        if order.electricity + order.service != order.total {
            fault("electricity and service fee do not add up to the total".to_owned());
        }
        if order.discount.0 < 0 || order.discount > order.total {
            fault("what is taken off the bill is more than the bill".to_owned());
        }
        if order.state == OrderState::Abnormal {
            page.held += 1;
            if order.total.0 != 0 {
                fault("an order that is held was billed".to_owned());
            }
            continue;
        }
        let Some(detail) = store::orders::detail(conn, order.id)? else {
            fault("the order has no detail".to_owned());
            continue;
        };
        if matches!(detail.billed_by, BilledBy::Amounts | BilledBy::Nothing) {
            settled_verify(conn, &order)?.into_iter().for_each(fault);
            continue;
        }
        let Some(tariff) = order.tariff else {
            if order.total.0 != 0 {
                fault("the order was billed without a tariff".to_owned());
            }
            continue;
        };
        if let std::collections::hash_map::Entry::Vacant(place) = tariffs.entry(tariff) {
            place.insert(store::tariffs::version(conn, tariff)?.calendar);
        }
        if let std::collections::hash_map::Entry::Vacant(place) = stations.entry(order.station) {
            place.insert(store::stations::facts(conn, order.station)?.zone);
        }
        let (Some(tariff), Some(zone)) = (tariffs.get(&tariff), stations.get(&order.station)) else {
            continue;
        };
        match recompute(&order, &detail, tariff, zone) {
            Ok(bill) => differences(&order, &detail.segments, &bill).into_iter().for_each(&mut fault),
            Err(why) => fault(why),
        }
    }
    Ok(page)
}

/// An order whose fees nobody can compute has them from a person.
fn settled_verify(conn: &mut Conn, order: &Order) -> DbResult<Option<String>> {
    let by_hand = store::settlements::approved(conn, order.id)?;
    let fees = by_hand.as_ref().map(|one| (one.electricity_fen, one.service_fen, one.total_fen));
    let own = (order.electricity.0, order.service.0, order.total.0);
    // Without a tariff nothing was ever billed, and without energy there was nothing to bill.
    Ok((fees.unwrap_or((0, 0, 0)) != own)
        .then(|| format!("the stored total is {} fen, and nobody has decided it so", order.total.0)))
}

fn differences(order: &Order, segments: &str, bill: &model::tariff::Bill) -> Vec<String> {
    let mut found = Vec::new();
    if bill.total != order.total || bill.electricity != order.electricity || bill.service != order.service {
        found.push(format!(
            "the stored total is {} fen, the recomputed one {} fen",
            order.total.0, bill.total.0
        ));
    }
    if bill.energy != order.energy {
        found.push(format!(
            "the stored energy is {} × 0.1 Wh, the segments have {}",
            order.energy.dwh(),
            bill.energy.dwh()
        ));
    }
    match serde_json::from_str::<Vec<model::tariff::Segment>>(segments) {
        Ok(stored) if stored == bill.segments => {}
        Ok(_) => found.push("the stored segments are not the recomputed ones".to_owned()),
        Err(why) => found.push(format!("the stored segments cannot be read: {why}")),
    }
    found
}
