//! What the filters of the order list become in SQL. Names are looked for in the small tables first:
//! how many there are decides how the orders are read.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::order_list::{OrderFilter, OrderTime};
use crate::order_totals::is_asked;
use model::access::{Area, Scope};
use model::order::{Abnormalities, OrderState, StartMode};

/// So many are read from their own index; of more, the next page is near in the order of time.
const STATIONS_FEW: usize = 12;
const PILES_FEW: usize = 64;
const OPERATORS_FEW: usize = 4;

/// The ids behind the names, where they are few.
#[derive(Default)]
pub(crate) struct Names {
    stations: Option<Vec<i64>>,
    piles: Option<Vec<i64>>,
    operators: Option<Vec<i64>>,
}

impl Names {
    pub fn find(conn: &mut Conn, wanted: &OrderFilter) -> DbResult<Names> {
        Ok(Names {
            stations: few(conn, "station", "name", wanted.station_name.as_deref(), STATIONS_FEW)?,
            piles: few(conn, "pile", "code", wanted.pile_code.as_deref(), PILES_FEW)?,
            operators: few(conn, "operator", "name", wanted.operator_name.as_deref(), OPERATORS_FEW)?,
        })
    }

    /// `page`: a page in the order of time is wanted, so that each order is tested by itself when the
    /// names are many; for sums the set of all ids is made once.
    pub fn conditions(&self, filter: &mut Filter, wanted: &OrderFilter, read: Read) {
        filter.and_some("o.station_id = ?", wanted.station_id);
        let by_name = [
            ("o.station_id", "station", "name", &self.stations, wanted.station_name.as_deref()),
            ("o.pile_id", "pile", "code", &self.piles, wanted.pile_code.as_deref()),
            ("o.operator_id", "operator", "name", &self.operators, wanted.operator_name.as_deref()),
        ];
        let narrow = read == Read::Rest || is_narrow(wanted, self);
        for (column, table, name, found, text) in by_name {
            match found {
                Some(ids) => {
                    // An operator's index is of use by itself alone, and for one: several have too
                    // much in common with all.
                    let own = table != "operator" || (ids.len() <= 1 && !narrow);
                    let ids = filter.bind_all(ids.iter().copied());
                    filter.and(&format!("{}{column} IN ({ids})", if own { "" } else { "+" }));
                }
                None if read == Read::Page => filter.and_contains(
                    &format!("(SELECT LOWER(n.{name}) LIKE ? FROM {table} n WHERE n.id = {column})"),
                    text,
                ),
                None => filter.and_contains(
                    &format!("+{column} IN (SELECT id FROM {table} WHERE LOWER({name}) LIKE ?)"),
                    text,
                ),
            }
        }
    }
}

fn few(
    conn: &mut Conn,
    table: &str,
    name: &str,
    text: Option<&str>,
    most: usize,
) -> DbResult<Option<Vec<i64>>> {
    if !is_asked(text) {
        return Ok(None);
    }
    let mut filter = Filter::new();
    filter.and_contains(&format!("LOWER({name}) LIKE ?"), text);
    let sql = format!("SELECT id FROM {table} {} LIMIT {}", filter.sql(), most + 1);
    let ids = conn.query(&sql, &filter.values, |row| row.int(0))?;
    Ok((ids.len() <= most).then_some(ids))
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
        || wanted.state.is_some_and(|state| state != OrderState::Completed)
        || wanted.abnormality.is_some()
        || is_asked(wanted.token.as_deref())
        || wanted.start_mode.is_some_and(|mode| !is_usual(mode))
}

/// These two have no index.
fn is_usual(mode: StartMode) -> bool {
    matches!(mode, StartMode::App | StartMode::Card)
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
    filter
}
