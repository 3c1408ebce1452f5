//! 来电用户: what is known of whoever has this telephone number, for the person who talks to them.

use crate::customer_list::{CustomerDetail, customer_get, visible};
use crate::db::{Conn, DbResult};
use crate::feedback_list::{FeedbackBrief, FeedbackOrder, briefs};
use crate::filter::Filter;
use crate::order_list::order_no;
use crate::vouchers::{VoucherFilter, VoucherView, voucher_list};
use model::access::Scope;
use model::id::CustomerId;
use model::invoice::InvoiceState;
use model::order::OrderState;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// More people have no telephone number in common.
const PEOPLE_MAX: i64 = 5;
const LAST: i64 = 10;

/// A part is null where the reader may not see its noun.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Caller {
    /// Who has the number; mostly one.
    pub customers: Option<Vec<CustomerDetail>>,
    /// What they charge now.
    pub running: Option<Vec<FeedbackOrder>>,
    /// Their last ten orders, newest first.
    pub orders: Option<Vec<FeedbackOrder>>,
    /// Coupons that they can use now.
    pub vouchers: Option<Vec<VoucherView>>,
    pub invoices: Option<Vec<CallerInvoice>>,
    /// What else came from the number, newest first.
    pub feedback: Vec<FeedbackBrief>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallerInvoice {
    pub id: i64,
    pub serial_no: String,
    pub title: String,
    pub state: InvoiceState,
    pub total_fen: i64,
    pub applied_at_ms: i64,
}

/// Which parts the reader may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerSight {
    pub customers: bool,
    pub orders: bool,
    pub vouchers: bool,
    pub invoices: bool,
}

pub fn caller_get(
    conn: &mut Conn,
    scope: &Scope,
    phone: &str,
    sight: CallerSight,
    now: Timestamp,
) -> DbResult<Caller> {
    let people = people(conn, scope, phone)?;
    let mut caller = Caller {
        feedback: briefs(conn, scope, "f.phone = ?", phone.to_owned().into())?,
        ..Caller::default()
    };
    if sight.customers {
        let mut customers = Vec::new();
        for id in &people {
            customers.extend(customer_get(conn, scope, CustomerId(*id), now)?);
        }
        caller.customers = Some(customers);
    }
    if sight.orders {
        let open = "o.state IN ('starting', 'charging', 'stopping')";
        caller.running = Some(orders(conn, scope, &people, Some(open))?);
        caller.orders = Some(orders(conn, scope, &people, None)?);
    }
    if sight.vouchers {
        let mut all = Vec::new();
        for id in &people {
            let wanted = VoucherFilter {
                customer_id: Some(*id),
                state: Some(model::coupon::VoucherState::Unused),
                limit: LAST,
                ..VoucherFilter::default()
            };
            all.extend(voucher_list(conn, scope, &wanted, now)?.items);
        }
        caller.vouchers = Some(all);
    }
    if sight.invoices {
        caller.invoices = Some(invoices(conn, scope, &people)?);
    }
    Ok(caller)
}

/// Numbers from abroad are kept with their plus, which nobody types who reads one off a telephone.
fn people(conn: &mut Conn, scope: &Scope, phone: &str) -> DbResult<Vec<i64>> {
    let mut filter = Filter::new();
    let numbers = filter.bind_all([phone.to_owned(), format!("+{phone}")].into_iter());
    filter.and(&format!("c.phone IN ({numbers})"));
    visible(&mut filter, scope);
    let limit = filter.bind(PEOPLE_MAX);
    let sql = format!("SELECT c.id FROM customer c {} ORDER BY c.id DESC LIMIT {limit}", filter.sql());
    conn.query(&sql, &filter.values, |row| row.int(0))
}

fn orders(
    conn: &mut Conn,
    scope: &Scope,
    people: &[i64],
    condition: Option<&str>,
) -> DbResult<Vec<FeedbackOrder>> {
    let mut filter = Filter::new();
    let ids = filter.bind_all(people.iter().copied());
    filter.and(&format!("o.customer_id IN ({ids})"));
    if let Some(condition) = condition {
        filter.and(condition);
    }
    filter.scope("o.operator_id", "o.station_id", scope);
    let limit = filter.bind(LAST);
    let sql = format!(
        "SELECT o.id, o.created_at_ms, s.name, o.state, o.started_at_ms, o.energy_dwh, o.total_fen \
         FROM orders o JOIN station s ON s.id = o.station_id {} ORDER BY o.started_at_ms DESC LIMIT {limit}",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(FeedbackOrder {
            id: row.int(0)?,
            order_no: order_no(row.int(0)?, row.int(1)?),
            station_name: row.text(2)?,
            state: row.word(3, OrderState::parse)?,
            started_at_ms: row.int(4)?,
            energy_dwh: row.int(5)?,
            total_fen: row.int(6)?,
        })
    })
}

fn invoices(conn: &mut Conn, scope: &Scope, people: &[i64]) -> DbResult<Vec<CallerInvoice>> {
    let mut filter = Filter::new();
    let ids = filter.bind_all(people.iter().copied());
    filter.and(&format!("i.customer_id IN ({ids})"));
    filter.scope("i.operator_id", "i.station_id", scope);
    let limit = filter.bind(LAST);
    let sql = format!(
        "SELECT i.id, i.serial_no, i.title, i.state, i.total_fen, i.applied_at_ms FROM invoice i {} \
         ORDER BY i.id DESC LIMIT {limit}",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(CallerInvoice {
            id: row.int(0)?,
            serial_no: row.text(1)?,
            title: row.text(2)?,
            state: row.word(3, InvoiceState::parse)?,
            total_fen: row.int(4)?,
            applied_at_ms: row.int(5)?,
        })
    })
}
