//! Two operators with a few stations, piles and orders each.

use model::connector::ConnectorStatus;
use model::curve::Curve;
use model::energy::Energy;
use model::id::{OperatorId, OrderId, PileCode, PileId, StationId};
use model::money::Fen;
use model::order::{Abnormalities, Abnormality, Order, OrderState, StartMode};
use model::site::{Connector, Lifecycle, Pile, PileKind, Protocol};
use model::time::Timestamp;
use store::orders::{BilledBy, OrderDetail};
use store::rollups::Ended;
use store::{Store, Tx};

/// 2026-11-23 12:00 in Shanghai.
pub const NOON: i64 = 1_795_406_400_000;
pub const DAY: i64 = 20_261_123;

pub const NAMES: [&str; 2] = ["甲运营 50%_Off", "乙运营 Beta"];

pub async fn seed(store: &Store) {
    store.write(None, rows).await.unwrap();
}

fn rows(tx: &mut Tx<'_>) -> model::Result<()> {
    tx.execute(
        "INSERT INTO city (code, province, name, status) VALUES ('420100', '湖北', '武汉', 'open')",
        &[],
    )?;
    for operator in 1..=2i64 {
        let name = NAMES[operator as usize - 1];
        tx.execute(
            "INSERT INTO operator (id, name, status, created_at_ms) VALUES ($1, $2, 'enabled', 0)",
            &[operator.into(), name.into()],
        )?;
        tx.execute(
            "INSERT INTO station (id, operator_id, city_code, name, address, time_zone, created_at_ms, version) \
             VALUES ($1, $2, '420100', $3, '路1号', 'Asia/Shanghai', 0, 1)",
            &[operator.into(), operator.into(), format!("Station-{operator}").into()],
        )?;
        for n in 1..=5i64 {
            let pile = pile(operator * 100 + n, operator);
            tx.pile_save(&pile);
            for no in 1..=2u16 {
                let status =
                    if no == 1 && n == 1 { ConnectorStatus::Faulted } else { ConnectorStatus::Available };
                let status_at = Timestamp::from_ms(NOON);
                tx.connector_save(&pile, &Connector { pile: pile.id, no, status, status_at, fault: None });
            }
        }
        for n in 0..30i64 {
            let order = order(operator * 1_000 + n, operator, n);
            tx.order_save(&order);
            if order.state == OrderState::Completed {
                tx.order_count(Ended {
                    pile: order.pile,
                    station: order.station,
                    operator: order.operator,
                    started_at: order.started_at,
                    customer: order.customer,
                    ended_at: Timestamp::from_ms(NOON),
                    day: DAY,
                    hour: 10,
                    success: true,
                    energy: order.energy,
                    electricity: order.electricity,
                    service: order.service,
                    total: order.total,
                    discount: Fen(0),
                    occupancy: Fen(0),
                });
                tx.order_detail_save(OrderDetail {
                    order: order.id,
                    segments: "[]".to_owned(),
                    pile_bill: None,
                    billed_by: BilledBy::Curve,
                    curve: Curve::default(),
                });
            }
        }
    }
    Ok(())
}

/// Odd piles are on line.
fn pile(id: i64, operator: i64) -> Pile {
    Pile {
        id: PileId(id),
        code: PileCode::parse(&format!("CP-{id}_x")).unwrap(),
        name: format!("桩{id}"),
        station: StationId(operator),
        operator: OperatorId(operator),
        kind: if id % 2 == 0 { PileKind::Ac } else { PileKind::Dc },
        protocol: Protocol::Ocpp16,
        lifecycle: Lifecycle::Enabled,
        rated_power_w: 60_000,
        secret: None,
        vendor: Some("V".to_owned()),
        model: None,
        serial: None,
        firmware: None,
        iccid: None,
        meter_serial: None,
        online: id % 2 == 1,
        connected_at: None,
        last_seen: None,
        remote_address: None,
        skew_ms: None,
        created_at: Timestamp::from_ms(0),
        version: 1,
        tariff_model: None,
        tariff_told_at: None,
        security: model::site::SecurityProfile::Password,
        tariff: None,
        tariff_from: None,
        enabled_at: None,
    }
}

/// Pairs of orders begin in the same millisecond. The last is charging, the one before abnormal.
pub fn order(id: i64, operator: i64, n: i64) -> Order {
    let state = match n {
        29 => OrderState::Charging,
        28 => OrderState::Abnormal,
        _ => OrderState::Completed,
    };
    let mut abnormal = Abnormalities::default();
    if state == OrderState::Abnormal {
        abnormal.add(Abnormality::MeterBackwards);
    }
    Order {
        id: OrderId(id),
        pile: PileId(operator * 100 + 1 + n % 5),
        station: StationId(operator),
        operator: OperatorId(operator),
        connector: 1,
        session: None,
        start_mode: StartMode::Card,
        token: Some(model::card::Token::card(format!("CARD{n:04}"))),
        card: None,
        customer: None,
        staff: None,
        tariff: None,
        created_at: Timestamp::from_ms(NOON),
        sample_from: 0,
        frame_from: 0,
        state,
        abnormal,
        deadline: None,
        started_at: Timestamp::from_ms(NOON - n / 2 * 1_000),
        ended_at: (state == OrderState::Completed).then(|| Timestamp::from_ms(NOON + n)),
        end_received: None,
        skew_ms: None,
        meter_start: None,
        meter_end: None,
        energy: Energy::from_dwh(10_000 * operator),
        electricity: Fen(60),
        service: Fen(40),
        total: Fen(100),
        pile_amount: None,
        soc_start: None,
        soc_end: None,
        vin: None,
        stop_code: None,
        stop_class: None,
        start_verdict: None,
        stop_verdict: None,
        member_level: None,
        service_off_permille: 0,
        discount: Fen(0),
        occupancy: Fen(0),
    }
}
