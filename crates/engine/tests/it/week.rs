//! A week of several stations that agrees in everything, and what can be wrong with it.

use crate::scene::NOON;
use crate::world::World;
use model::energy::Energy;
use model::id::{CustomerId, OperatorId, OrderId, PileId, SessionKey, StationId, TradeNo};
use model::money::{Amount, Fen};
use model::order::{Abnormalities, Order, OrderState, StartMode};
use model::reconciliation::{BillRecord, DifferenceKind};
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp, Zone};
use store::Tx;
use store::bill_records::NewBillRecord;
use store::rollups::Ended;

/// Seeded; the same numbers in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Pile, station, operator, and the code of a 云快充 pile.
pub const PILES: [(i64, i64, i64, Option<&str>); 7] = [
    (1, 1, 1, None),
    (2, 1, 1, None),
    (101, 1, 1, Some("32010600019101")),
    (102, 1, 1, Some("32010600019102")),
    (103, 1, 1, Some("32010600019103")),
    (201, 2, 2, None),
    (301, 3, 1, None),
];
pub const DAYS: i64 = 7;
/// Minutes after midnight at which sessions begin, and how long they take; the last goes past midnight.
const SESSIONS: [(i64, i64); 5] = [(60, 45), (400, 90), (700, 30), (1_000, 120), (1_420, 40)];

/// One session, with all that is known of it.
#[derive(Clone)]
pub struct Session {
    pub order: Order,
    pub record: BillRecord,
    pub has_order: bool,
    pub has_record: bool,
    pub posted: Option<i64>,
    extra: Option<BillRecord>,
}

/// A week that agrees in everything: each connector's sessions in their order.
pub fn week(start: Timestamp) -> Vec<Vec<Session>> {
    let (mut all, mut id) = (Vec::new(), 1_000);
    for (pile, station, operator, code) in PILES {
        for connector in 1..=2 {
            let (mut sessions, mut register) = (Vec::new(), 5_000_000 + pile * 1_000 + connector);
            for day in 0..DAYS {
                for (at, minutes) in SESSIONS {
                    id += 1;
                    let began = start.plus_ms(day * DAY_MS + at * MINUTE_MS);
                    let energy = 30_000 + (id * 7_919) % 200_000;
                    let place = (pile, station, operator, code);
                    sessions.push(session(id, place, connector, (began, minutes), (register, energy)));
                    // Between two sessions a meter goes on a little, within the tolerance.
                    register += energy + id % 900;
                }
            }
            all.push(sessions);
        }
    }
    all
}

fn session(
    id: i64,
    (pile, station, operator, code): (i64, i64, i64, Option<&str>),
    connector: i64,
    (began, minutes): (Timestamp, i64),
    (register, energy): (i64, i64),
) -> Session {
    let key = match code {
        Some(code) => SessionKey::Trade(TradeNo::parse(&format!("{code}{connector:02}{:016}", id)).unwrap()),
        None => SessionKey::Transaction(i32::try_from(id).unwrap()),
    };
    let ended = began.plus_ms(minutes * MINUTE_MS);
    let total = energy * 12 / 1_000;
    let order = Order {
        id: OrderId(id),
        pile: PileId(pile),
        station: StationId(station),
        operator: OperatorId(operator),
        connector: u16::try_from(connector).unwrap(),
        session: Some(key),
        start_mode: StartMode::App,
        token: None,
        card: None,
        customer: Some(CustomerId(7)).filter(|_| id % 3 > 0),
        staff: None,
        member_level: None,
        service_off_permille: 0,
        discount: Fen(0),
        occupancy: Fen(0),
        tariff: None,
        created_at: began,
        sample_from: 0,
        frame_from: 0,
        state: OrderState::Completed,
        abnormal: Abnormalities::default(),
        deadline: None,
        started_at: began,
        ended_at: Some(ended),
        end_received: Some(ended),
        skew_ms: None,
        meter_start: Some(Energy::from_dwh(register)),
        meter_end: Some(Energy::from_dwh(register + energy)),
        energy: Energy::from_dwh(energy),
        electricity: Fen(total / 2),
        service: Fen(total - total / 2),
        total: Fen(total),
        pile_amount: code.map(|_| Amount(total * 100 + 40)),
        soc_start: None,
        soc_end: None,
        vin: None,
        stop_code: None,
        stop_class: None,
        start_verdict: None,
        stop_verdict: None,
    };
    let record = BillRecord {
        pile_id: pile,
        connector_no: connector,
        session_key: Some(key.to_string()),
        order_id: Some(id),
        started_at_ms: Some(began.as_ms()),
        ended_at_ms: ended.as_ms(),
        energy_dwh: Some(energy),
        amount_e4: order.pile_amount.map(|amount| amount.0),
        meter_start_dwh: Some(register),
        meter_end_dwh: Some(register + energy),
        received_at_ms: ended.as_ms() + 1_000,
        ..BillRecord::default()
    };
    let posted = order.customer.map(|_| order.total.0);
    Session { order, record, has_order: true, has_record: true, posted, extra: None }
}

fn new_record(session: &Session, record: BillRecord, key: String) -> NewBillRecord {
    let Order { pile, station, operator, .. } = session.order;
    NewBillRecord { record, pile, station, operator, key }
}

fn write(tx: &mut Tx<'_>, session: &Session) -> model::Result<()> {
    let id = session.order.id.0;
    if session.has_order {
        tx.order_save(&session.order);
        if session.order.state == OrderState::Completed {
            tx.order_count(ended(&session.order));
        }
        if let Some(posted) = session.posted {
            let customer = 7;
            tx.execute(
                "INSERT INTO order_payment (order_id, pile_id, operator_id, customer_id, way, state, held_fen, \
                 most_held_fen, principal_fen, gift_fen, owed_fen, refunded_fen, written_off_fen, exhausted, step, \
                 created_at_ms, changed_at_ms) VALUES ($1, $2, $3, $4, 'later', 'posted', 0, 0, 0, 0, $5, 0, 0, FALSE, 1, 0, 0)",
                &[
                    id.into(),
                    session.order.pile.0.into(),
                    session.order.operator.0.into(),
                    customer.into(),
                    session.order.total.0.into(),
                ],
            )?;
            tx.execute(
                "INSERT INTO posting (id, debit_id, credit_id, fen, code, posting_key, order_id, at_ms, reason) \
                 VALUES ($1, 227, 37, $2, 'service', $3, $4, 0, '')",
                &[(id + 1_000_000).into(), posted.into(), format!("test/{id}").into(), id.into()],
            )?;
        }
    }
    if session.has_record {
        tx.bill_record_append(new_record(session, session.record.clone(), format!("order/{id}")))?;
    }
    if let Some(extra) = &session.extra {
        tx.bill_record_append(new_record(session, extra.clone(), format!("extra/{id}")))?;
    }
    Ok(())
}

pub fn ended(order: &Order) -> Ended {
    let ended_at = order.ended_at.unwrap();
    let local = Zone::shanghai().local(ended_at);
    Ended {
        pile: order.pile,
        station: order.station,
        operator: order.operator,
        customer: None,
        started_at: order.started_at,
        ended_at,
        day: local.day,
        hour: local.hour,
        success: true,
        energy: order.energy,
        electricity: order.electricity,
        service: order.service,
        total: order.total,
        discount: order.discount,
        occupancy: order.occupancy,
    }
}

/// What a run must tell: station, day, kind, order.
pub type Told = (i64, i64, DifferenceKind, Option<i64>);

/// The registers of these sessions and of all after them, moved.
fn shift(sessions: &mut [Session], by: i64) {
    for one in sessions {
        let add = |register: &mut Option<Energy>| {
            *register = register.map(|known| Energy::from_dwh(known.dwh() + by));
        };
        add(&mut one.order.meter_start);
        add(&mut one.order.meter_end);
        one.record.meter_start_dwh = one.record.meter_start_dwh.map(|known| known + by);
        one.record.meter_end_dwh = one.record.meter_end_dwh.map(|known| known + by);
    }
}

/// A record under the trade number of another pile.
fn foreign(record: &BillRecord, energy: i64) -> BillRecord {
    let own = record.session_key.as_deref().unwrap_or_default();
    let other = if own.starts_with("32010600019101") { "32010600019102" } else { "32010600019101" };
    let key = format!("{other}01{:016}", record.order_id.unwrap_or(0));
    BillRecord {
        session_key: Some(key),
        order_id: None,
        started_at_ms: None,
        energy_dwh: Some(energy),
        ..record.clone()
    }
}

/// Puts a difference of this kind into the session at `place` of a connector.
pub fn spoil(
    sessions: &mut [Session],
    place: usize,
    kind: DifferenceKind,
    dice: &mut Dice,
) -> (Vec<Told>, Option<(i64, i64, i64)>) {
    use DifferenceKind::*;
    let zone = Zone::shanghai();
    let before = place.checked_sub(1).map(|earlier| sessions[earlier].clone());
    let some = 2_000 + i64::try_from(dice.below(20_000)).unwrap();
    let one = &mut sessions[place];
    let (station, id) = (one.order.station.0, one.order.id.0);
    let day = zone.local(one.order.ended_at.unwrap()).day;
    let mut told = vec![(station, day, kind, Some(id))];
    let mut change = None;
    match kind {
        RecordWithoutOrder => {
            (one.has_order, one.record.order_id) = (false, None);
            told[0].3 = None;
        }
        OrderWithoutRecord => one.has_record = false,
        EnergyDiffers => one.order.energy = Energy::from_dwh(one.order.energy.dwh() + some),
        AmountDiffers => one.record.amount_e4 = Some(one.order.total.0 * 100 + some),
        OrderHeld => {
            (one.order.state, one.order.total, one.posted) = (OrderState::Abnormal, Fen(0), None);
        }
        NotPosted => (one.posted, one.order.customer) = (None, Some(CustomerId(7))),
        PostingDiffers => one.posted = Some(one.order.total.0 + 1),
        PostedUnsettled => {
            (one.order.state, one.posted) = (OrderState::Abnormal, Some(one.order.total.0));
            told.push((station, day, OrderHeld, Some(id)));
        }
        DoubleRecord => {
            let mut extra = one.record.clone();
            if dice.below(2) == 0 {
                (extra.repeated, extra.energy_dwh) = (true, Some(some));
            } else {
                // The same once more under a number of its own.
                (extra.session_key, extra.order_id) = (Some(format!("={id}")), None);
                told[0].3 = None;
            }
            one.extra = Some(extra);
        }
        ForeignRecord => {
            one.extra = Some(foreign(&one.record, some));
            told[0].3 = None;
        }
        MeterGap => shift(&mut sessions[place..], some),
        MeterOverlap => shift(&mut sessions[place..], -some.min(20_000) - 1_000),
        MeterBackwards => {
            let fall = before.map_or(0, |before| before.record.energy_dwh.unwrap());
            shift(&mut sessions[place..], -fall - some - 1_000);
        }
        MeterChanged => {
            shift(&mut sessions[place..], -4_000_000);
            let one = &sessions[place];
            let at = one.order.started_at.plus_ms(-60_000).as_ms();
            change = Some((one.order.pile.0, i64::from(one.order.connector), at));
        }
        LateRecord => {}
    }
    (told, change)
}

/// Midnight nine days before.
pub fn monday() -> Timestamp {
    NOON.plus_ms(-12 * HOUR_MS - 9 * DAY_MS)
}

pub async fn kept(w: &World, weeks: Vec<Vec<Session>>, changes: Vec<(i64, i64, i64)>) {
    let written = w.engine.store.write(None, move |tx| {
        for session in weeks.iter().flatten() {
            write(tx, session)?;
        }
        for (n, (pile, connector, at)) in (1i64..).zip(&changes) {
            let place = PILES.iter().find(|(id, ..)| id == pile).unwrap();
            tx.execute(
                "INSERT INTO meter_change (id, pile_id, station_id, operator_id, connector_no, at_ms, end_dwh, begin_dwh, \
                 reason, staff_name, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, 1, 2, '换表', '运维', 0)",
                &[
                    (9_000 + n).into(),
                    (*pile).into(),
                    place.1.into(),
                    place.2.into(),
                    (*connector).into(),
                    (*at).into(),
                ],
            )?;
        }
        Ok(())
    });
    written.await.unwrap();
}
