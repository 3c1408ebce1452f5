//! The totals of the order list: from the sums of days where these know the answer, and always what the
//! orders themselves add up to.

use crate::databases::databases;
use crate::seed::{NAMES, NOON, order, seed};
use model::access::{Area, Scope};
use model::id::{CustomerId, OperatorId, StationId};
use model::order::{Abnormality, OrderState, StartMode};
use model::time::{HOUR_MS, Timestamp};
use store::order_filter::{OrderFilter, OrderTime};
use store::order_list::order_list;
use store::order_totals::{OrderTotals, order_totals_get};
use store::rollups::{Ended, differences};
use store::{Store, Tx};

const DAY_MS: i64 = 24 * HOUR_MS;
/// Midnight of the seed's day in Shanghai.
const MIDNIGHT: i64 = NOON - 12 * HOUR_MS;

/// Orders at the edges of days, of every state, some of them completed long after they began.
fn more(tx: &mut Tx<'_>) -> model::Result<()> {
    let edges = [-DAY_MS - 1, -DAY_MS, -1, 0, 1, DAY_MS - 1, DAY_MS, 3 * DAY_MS, 40 * DAY_MS];
    for (place, edge) in (0i64..).zip(edges) {
        for (n, state) in (0i64..).zip(OrderState::ALL) {
            let operator = 1 + (place + n) % 2;
            let mut order = order(5_000 + place * 10 + n, operator, n);
            order.started_at = Timestamp::from_ms(MIDNIGHT + edge);
            order.customer = (n % 2 == 0).then_some(CustomerId(7));
            order.state = state;
            order.start_mode = if n % 2 == 0 { StartMode::Vin } else { StartMode::App };
            order.ended_at = Some(order.started_at.plus_ms(9 * DAY_MS));
            tx.order_save(&order);
            if state == OrderState::Completed {
                tx.order_count(Ended {
                    pile: order.pile,
                    station: order.station,
                    operator: order.operator,
                    customer: order.customer,
                    started_at: order.started_at,
                    ended_at: order.started_at.plus_ms(9 * DAY_MS),
                    day: 20_261_202,
                    hour: 3,
                    success: true,
                    energy: order.energy,
                    electricity: order.electricity,
                    service: order.service,
                    total: order.total,
                    discount: model::money::Fen(0),
                    occupancy: model::money::Fen(0),
                });
            }
        }
    }
    Ok(())
}

/// What the rows of the list add up to, page after page.
async fn added_up(store: &Store, scope: &Scope, wanted: &OrderFilter) -> OrderTotals {
    let mut sum = OrderTotals::default();
    let mut wanted = OrderFilter { limit: 50, totals: false, ..wanted.clone() };
    loop {
        let (scope, asked) = (scope.clone(), wanted.clone());
        let page = store.read(move |conn| order_list(conn, &scope, &asked)).await.unwrap();
        assert_eq!((page.total, page.totals), (None, None), "nobody asked for them");
        for order in &page.items {
            sum.order_count += 1;
            sum.energy_dwh += order.energy_dwh;
            sum.electricity_fen += order.electricity_fen;
            sum.service_fen += order.service_fen;
            sum.total_fen += order.total_fen;
        }
        let Some(cursor) = page.next_cursor else { return sum };
        let key: Vec<i64> = cursor.split('.').map(|part| part.parse().unwrap()).collect();
        wanted.after = Some([key[0], key[1]]);
    }
}

fn questions() -> Vec<OrderFilter> {
    let all = OrderFilter { from_ms: 0, to_ms: i64::MAX, ..OrderFilter::default() };
    let with = |change: &dyn Fn(&mut OrderFilter)| {
        let mut wanted = all.clone();
        change(&mut wanted);
        wanted
    };
    let mut questions = vec![
        all.clone(),
        with(&|wanted| wanted.time = OrderTime::Ended),
        with(&|wanted| wanted.station_id = Some(2)),
        with(&|wanted| wanted.customer_id = Some(7)),
        with(&|wanted| (wanted.customer_id, wanted.station_id) = (Some(7), Some(2))),
        with(&|wanted| wanted.station_name = Some("station-1".to_owned())),
        with(&|wanted| wanted.station_name = Some("STATION".to_owned())),
        with(&|wanted| wanted.station_name = Some("nowhere".to_owned())),
        with(&|wanted| wanted.operator_name = Some(NAMES[1].to_owned())),
        with(&|wanted| wanted.operator_name = Some("运营".to_owned())),
        with(&|wanted| wanted.pile_code = Some("CP-10".to_owned())),
        with(&|wanted| wanted.abnormality = Some(Abnormality::MeterBackwards)),
    ];
    questions.extend(OrderState::ALL.map(|state| with(&|wanted| wanted.state = Some(state))));
    questions.extend(StartMode::ALL.map(|mode| with(&|wanted| wanted.start_mode = Some(mode))));
    let edges = [-DAY_MS - 1, -DAY_MS, -1, 0, 1, HOUR_MS, DAY_MS - 1, DAY_MS, DAY_MS + 1, 50 * DAY_MS];
    for (place, from) in edges.into_iter().enumerate() {
        for to in &edges[place..] {
            let range = |wanted: &mut OrderFilter| {
                (wanted.from_ms, wanted.to_ms) = (MIDNIGHT + from, MIDNIGHT + to);
            };
            questions.push(with(&range));
            questions.push(with(&|wanted| {
                range(wanted);
                wanted.state = Some(OrderState::Completed);
            }));
        }
    }
    questions
}

#[tokio::test]
async fn totals_are_what_the_orders_add_up_to() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        store.write(None, more).await.unwrap();
        assert_eq!(store.read(differences).await.unwrap(), [], "{}", database.name);
        let scopes = [
            Scope::ALL,
            Scope { operator: Some(OperatorId(1)), area: Area::Everywhere },
            Scope { operator: None, area: Area::Stations { stations: vec![StationId(2)] } },
            Scope { operator: None, area: Area::Cities { cities: vec!["420100".to_owned()] } },
            Scope { operator: None, area: Area::Cities { cities: Vec::new() } },
        ];
        for scope in &scopes {
            for wanted in questions() {
                let expected = added_up(&store, scope, &wanted).await;
                let (own, asked) = (scope.clone(), wanted.clone());
                let totals = store.read(move |conn| order_totals_get(conn, &own, &asked)).await.unwrap();
                assert_eq!(totals, expected, "{} {scope:?} {wanted:?}", database.name);
            }
        }
    }
}
