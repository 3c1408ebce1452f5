//! What the filters of the order list become in SQL. Names are looked for in the small tables first:
//! how many there are decides how the orders are read.

use crate::customer_filter::phone_half;
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, is_asked};
use crate::order_filter::{OrderFilter, OrderTime};
use crate::order_merges;
use crate::order_payments::{BACK, OPENED_BEFORE_MS, OWED, PAID_STATE};
use model::access::{Area, Scope};
use model::ledger::PaidState;
use model::order::{Abnormalities, OrderState, StartMode, StopClass};

/// So many are read from their own index; of more, the next page is near in the order of time.
const STATIONS_FEW: usize = 12;
const PILES_FEW: usize = 64;
const OPERATORS_FEW: usize = 4;
/// Those whose numbers end with the same four digits.
const CUSTOMERS_FEW: usize = 256;
/// Orders of a month that were given back, or are owed.
const PAYMENTS_FEW: usize = 4_000;

/// The ids behind the names, where they are few.
#[derive(Default)]
pub(crate) struct Names {
    stations: Option<Vec<i64>>,
    piles: Option<Vec<i64>>,
    operators: Option<Vec<i64>>,
    customers: Option<Vec<i64>>,
    /// Orders, by how they are paid.
    orders: Option<Vec<i64>>,
}

/// A text that is looked for in a small table: `table` is read as `n`.
struct Look<'a> {
    column: &'static str,
    table: &'static str,
    name: &'static str,
    text: Option<&'a str>,
}

impl Look<'_> {
    fn all(wanted: &OrderFilter) -> [Look<'_>; 4] {
        let look = |column, table, name, text| Look { column, table, name, text };
        const CITY: &str = "station n JOIN city c ON c.code = n.city_code";
        [
            look("o.station_id", "station n", "n.name", wanted.station_name.as_deref()),
            look("o.station_id", CITY, "c.name", wanted.city_name.as_deref()),
            look("o.pile_id", "pile n", "n.code", wanted.pile_code.as_deref()),
            look("o.operator_id", "operator n", "n.name", wanted.operator_name.as_deref()),
        ]
    }

    fn few(&self, conn: &mut Conn, most: usize) -> DbResult<Option<Vec<i64>>> {
        if !is_asked(self.text) {
            return Ok(None);
        }
        let mut filter = Filter::new();
        filter.and_contains(&format!("LOWER({}) LIKE ?", self.name), self.text);
        few(conn, &format!("SELECT n.id FROM {} {}", self.table, filter.sql()), &filter, most)
    }
}

/// The ids that a statement gives, unless there are more than `most`.
fn few(conn: &mut Conn, sql: &str, filter: &Filter, most: usize) -> DbResult<Option<Vec<i64>>> {
    let ids = conn.query(&format!("{sql} LIMIT {}", most + 1), &filter.values, |row| row.int(0))?;
    Ok((ids.len() <= most).then_some(ids))
}

impl Names {
    pub fn find(conn: &mut Conn, wanted: &OrderFilter) -> DbResult<Names> {
        let [station, city, pile, operator] = Look::all(wanted);
        let stations = match (station.few(conn, STATIONS_FEW)?, city.few(conn, STATIONS_FEW)?) {
            (Some(named), Some(there)) => {
                Some(named.into_iter().filter(|station| there.contains(station)).collect())
            }
            // The other text still tests each of them.
            (named, there) => named.or(there),
        };
        Ok(Names {
            stations,
            piles: pile.few(conn, PILES_FEW)?,
            operators: operator.few(conn, OPERATORS_FEW)?,
            customers: customers_few(conn, wanted)?,
            orders: orders_few(conn, wanted)?,
        })
    }

    /// `page`: a page in the order of time is wanted, so that each order is tested by itself when the
    /// names are many; for sums the set of all ids is made once.
    pub fn conditions(&self, filter: &mut Filter, wanted: &OrderFilter, read: Read) {
        filter.and_some("o.station_id = ?", wanted.station_id);
        let narrow = read == Read::Rest || is_narrow(wanted, self);
        let found = [
            ("o.station_id", &self.stations),
            ("o.pile_id", &self.piles),
            ("o.operator_id", &self.operators),
            ("o.id", &self.orders),
        ];
        for (column, ids) in found {
            let Some(ids) = ids else { continue };
            // An operator's index is of use by itself alone, and for one: several have too
            // much in common with all.
            let own = column != "o.operator_id" || (ids.len() <= 1 && !narrow);
            let ids = filter.bind_all(ids.iter().copied());
            filter.and(&format!("{}{column} IN ({ids})", if own { "" } else { "+" }));
        }
        for Look { column, table, name, text } in Look::all(wanted) {
            let both = is_asked(wanted.station_name.as_deref()) && is_asked(wanted.city_name.as_deref());
            let settled = found.iter().any(|(found, ids)| *found == column && ids.is_some());
            if settled && !(both && column == "o.station_id") {
                continue;
            }
            let condition = if read == Read::Page {
                format!("(SELECT LOWER({name}) LIKE ? FROM {table} WHERE n.id = {column})")
            } else {
                // IS TRUE: so that PostgreSQL makes a set of the ids, once. As a join it believes that
                // one name is like the text, and reads the orders again for each that is.
                format!("({column} IN (SELECT n.id FROM {table} WHERE LOWER({name}) LIKE ?)) IS TRUE")
            };
            filter.and_contains(&condition, text);
        }
        self.customer_conditions(filter, wanted);
    }

    fn customer_conditions(&self, filter: &mut Filter, wanted: &OrderFilter) {
        if let Some(ids) = &self.customers {
            let ids = filter.bind_all(ids.iter().copied());
            filter.and(&format!("o.customer_id IN ({ids})"));
            return;
        }
        if let Some(phone) = wanted.phone.as_deref().filter(|phone| is_asked(Some(phone))) {
            let back = phone_half(filter, "n.phone_back", phone);
            filter.and(&format!("EXISTS (SELECT 1 FROM customer n WHERE n.id = o.customer_id AND {back})"));
        }
        filter.and_contains(
            "EXISTS (SELECT 1 FROM customer n JOIN fleet f ON f.id = n.fleet_id WHERE n.id = o.customer_id \
             AND LOWER(f.name) LIKE ?)",
            wanted.fleet_name.as_deref(),
        );
    }
}

/// Those with the phone number and of the fleet, by the customers' own indexes.
fn customers_few(conn: &mut Conn, wanted: &OrderFilter) -> DbResult<Option<Vec<i64>>> {
    let (phone, fleet) = (wanted.phone.as_deref(), wanted.fleet_name.as_deref());
    let mut filter = Filter::new();
    let of_fleet = "n.fleet_id IN (SELECT id FROM fleet WHERE LOWER(name) LIKE ?)";
    if !is_asked(phone) && !is_asked(fleet) {
        return Ok(None);
    }
    if let Some(phone) = phone.filter(|phone| is_asked(Some(phone))) {
        let back = phone_half(&mut filter, "n.phone_back", phone);
        filter.and(&back);
    }
    filter.and_contains(of_fleet, fleet);
    few(conn, &format!("SELECT n.id FROM customer n {}", filter.sql()), &filter, CUSTOMERS_FEW)
}

/// Those whose payment is in a state that few are in, by the indexes of these few.
fn orders_few(conn: &mut Conn, wanted: &OrderFilter) -> DbResult<Option<Vec<i64>>> {
    let part = match wanted.paid_state {
        Some(PaidState::Owed) => OWED,
        Some(PaidState::Refunded | PaidState::PartRefunded | PaidState::WrittenOff) => BACK,
        _ => return Ok(None),
    };
    let mut filter = Filter::new();
    filter.and(part);
    filter.and_value("pay.created_at_ms >= ?", wanted.from_ms.saturating_sub(OPENED_BEFORE_MS));
    filter.and_some(&format!("{PAID_STATE} = ?"), wanted.paid_state.map(PaidState::as_str));
    let sql = format!("SELECT pay.order_id FROM order_payment pay {}", filter.sql());
    few(conn, &sql, &filter, PAYMENTS_FEW)
}

/// What the orders are read for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// A page in the order of time: where names are many, each order is tested by itself.
    Page,
    /// Sums: where names are many, the set of their ids is made once.
    Sums,
    /// Sums of those that are not completed.
    Rest,
}

/// Whether another index than that of the operator or station leads to what is asked for.
fn is_narrow(wanted: &OrderFilter, names: &Names) -> bool {
    wanted.time == OrderTime::Ended
        || wanted.id.is_some()
        || wanted.session_key.is_some()
        || wanted.station_id.is_some()
        || wanted.customer_id.is_some()
        || wanted.pile.is_some()
        || names.stations.is_some()
        || names.piles.is_some()
        || names.customers.is_some()
        || names.orders.is_some()
        || wanted.state.is_some_and(|state| state != OrderState::Completed)
        || wanted.abnormality.is_some()
        || is_asked(wanted.token.as_deref())
        || wanted.vin.is_some()
        || wanted.plate.is_some()
        || wanted.merge_of.is_some()
        || wanted.settlement_waiting
        || wanted.stop_class.is_some_and(|class| !is_usual_stop(class))
        || wanted.start_mode.is_some_and(|mode| !is_usual(mode))
}

/// These two have no index.
fn is_usual(mode: StartMode) -> bool {
    matches!(mode, StartMode::App | StartMode::Card)
}

/// Nor have these: most orders end so.
fn is_usual_stop(class: StopClass) -> bool {
    matches!(class, StopClass::Normal | StopClass::Unknown)
}

pub(crate) fn filter(scope: &Scope, wanted: &OrderFilter, names: &Names, read: Read) -> Filter {
    let mut filter = Filter::new();
    let time = wanted.time.column();
    filter.and_value(&format!("{time} >= ?"), wanted.from_ms);
    filter.and_value(&format!("{time} < ?"), wanted.to_ms);
    // The plus keeps a database from reading all that the caller may see.
    let narrow = read == Read::Rest || is_narrow(wanted, names);
    let few = matches!(&scope.area, Area::Stations { stations } if stations.len() <= STATIONS_FEW);
    let operator = if narrow { "+o.operator_id" } else { "o.operator_id" };
    filter.scope(operator, if narrow || !few { "+o.station_id" } else { "o.station_id" }, scope);
    filter.and_some("o.id = ?", wanted.id.map(|id| id.0));
    filter.and_some("o.session_key = ?", wanted.session_key.clone());
    filter.and_some("o.customer_id = ?", wanted.customer_id);
    names.conditions(&mut filter, wanted, read);
    filter.and_some("o.pile_id = (SELECT id FROM pile WHERE code = ?)", wanted.pile.clone());
    filter.and_some("o.connector_no = ?", wanted.connector_no);
    order_merges::together(&mut filter, wanted.merge_of);
    if wanted.settlement_waiting {
        filter.and("o.id IN (SELECT order_id FROM settlement WHERE state = 'proposed')");
    }
    states(&mut filter, wanted, read);
    how(&mut filter, wanted, names);
    for (column, span) in [("o.energy_dwh", wanted.energy_dwh), ("o.total_fen", wanted.total_fen)] {
        filter.and_some(&format!("{column} >= ?"), span.from);
        filter.and_some(&format!("{column} <= ?"), span.to);
    }
    filter
}

fn states(filter: &mut Filter, wanted: &OrderFilter, read: Read) {
    if let Some(state) = wanted.state {
        filter.and_value("o.state = ?", state.as_str());
        if state != OrderState::Completed {
            // Says nothing new to us, but to the index of the few that are not completed.
            filter.and("o.state <> 'completed'");
        }
    }
    if read == Read::Rest {
        // Named one by one, so that their index is searched by state and time.
        let rest = OrderState::ALL.into_iter().filter(|state| *state != OrderState::Completed);
        let rest: Vec<String> = rest.map(|state| format!("'{}'", state.as_str())).collect();
        filter.and(&format!("o.state <> 'completed' AND o.state IN ({})", rest.join(", ")));
    }
    if let Some(abnormality) = wanted.abnormality {
        let mut bits = Abnormalities::default();
        bits.add(abnormality);
        filter.and("o.abnormal <> 0");
        filter.and_value("(o.abnormal & ?) <> 0", bits.bits());
    }
}

const PAYMENT: &str = "EXISTS (SELECT 1 FROM order_payment pay WHERE pay.order_id = o.id";

/// By what it was begun and ended, for which car, and how it is paid.
fn how(filter: &mut Filter, wanted: &OrderFilter, names: &Names) {
    if let Some(token) = wanted.token.as_deref().map(str::trim).filter(|token| !token.is_empty()) {
        let (own, upper) = (filter.bind(token.to_owned()), filter.bind(token.to_ascii_uppercase()));
        filter.and(&format!("o.token IN ({own}, {upper})"));
    }
    if let Some(mode) = wanted.start_mode {
        filter.and_value("o.start_mode = ?", mode.as_str());
        if !is_usual(mode) {
            // As above: the rest has an index.
            filter.and("o.start_mode <> 'app' AND o.start_mode <> 'card'");
        }
    }
    if let Some(class) = wanted.stop_class {
        filter.and_value("o.stop_class = ?", class.as_str());
        if !is_usual_stop(class) {
            filter.and("o.stop_class <> 'normal' AND o.stop_class <> 'unknown'");
        }
    }
    filter.and_some("o.vin = ?", wanted.vin.clone());
    if let Some(way) = wanted.pay_way {
        filter.and_value(&format!("{PAYMENT} AND pay.way = ?)"), way.as_str());
    }
    if let Some(state) = wanted.paid_state.filter(|_| names.orders.is_none()) {
        filter.and_value(&format!("{PAYMENT} AND {PAID_STATE} = ?)"), state.as_str());
    }
    filter.and_some("o.vin = (SELECT vin FROM car WHERE plate = ?)", wanted.plate.clone());
}
