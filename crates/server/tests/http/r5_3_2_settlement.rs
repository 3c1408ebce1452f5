//! R-5.3.2 异常结算: an order that was held is ended by a person, above a limit by two.

use super::house::{Answer, House, NOON, house, houses};
use model::curve::{Curve, Point};
use model::energy::Energy;
use model::id::{OrderId, PileId, TariffId};
use model::money::{Amount, Fen};
use model::order::{Abnormality, OrderState};
use model::time::Timestamp;
use serde_json::{Value, json};
use store::orders::{BilledBy, OrderDetail};

/// Sharp, peak, flat, valley: what the pile of order 42 has counted, 22.1234 kWh.
const RECORD: &str = r#"{"started_at_ms":1795406400000,"ended_at_ms":1795408200000,"periods":[
    {"period":"peak","price_e5":100000,"energy_dwh":200000,"amount_e4":200000},
    {"period":"flat","price_e5":100000,"energy_dwh":21234,"amount_e4":21234}],
    "energy_dwh":221234,"amount_e4":221234,"meter_start_dwh":0,"meter_end_dwh":221234}"#;

/// A held order of the first pile, whose station charges 0.60 + 0.40 yuan all day.
pub struct Held {
    record: bool,
    tariff: bool,
    backwards: bool,
    pile_amount: i64,
}

pub const PLAIN: Held = Held { record: true, tariff: true, backwards: false, pile_amount: 221_234 };

pub async fn with(house: &House, held: Held) -> String {
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    let engine = &house.app.engine;
    let tariff = engine.store.read(|conn| conn.one("SELECT MAX(id) FROM tariff", &[], |row| row.int_opt(0)));
    let tariff = tariff.await.unwrap().expect("a tariff is there");
    let pile =
        engine.store.read(|conn| conn.one("SELECT id FROM pile WHERE code = 'A-1'", &[], |row| row.int(0)));
    let pile = pile.await.unwrap();
    let write = engine.store.write(Some(PileId(pile)), move |tx| {
        let mut order = super::orders::order(pile);
        (order.state, order.tariff) = (OrderState::Abnormal, held.tariff.then_some(TariffId(tariff)));
        (order.electricity, order.service, order.total) = (Fen(0), Fen(0), Fen(0));
        order.skew_ms = None;
        order.pile_amount = Some(Amount(held.pile_amount));
        order.abnormal.add(Abnormality::AmountDiffers);
        let mut curve = Curve::default();
        for (minute, dwh) in [(10, if held.backwards { 300_000 } else { 80_000 }), (20, 160_000)] {
            let at = Timestamp::from_ms(NOON + minute * 60_000);
            curve.push(Point { at, delivered: Some(Energy::from_dwh(dwh)), ..Point::at(at) });
        }
        tx.order_save(&order);
        tx.order_detail_save(OrderDetail {
            order: OrderId(42),
            segments: "[]".to_owned(),
            pile_bill: held.record.then(|| RECORD.to_owned()),
            billed_by: BilledBy::Nothing,
            curve,
        });
        Ok(())
    });
    write.await.unwrap();
    cookie
}

async fn preview(house: &House, cookie: &str, bill: Value) -> Answer {
    house.post("/orders/42/settlements/preview", cookie, &bill.to_string()).await
}

async fn settle(house: &House, cookie: &str, bill: Value, total_fen: i64) -> Answer {
    let draft = json!({"bill": bill, "reason": "已电话核实", "total_fen": total_fen});
    house.post("/orders/42/settlements", cookie, &draft.to_string()).await
}

async fn decide(house: &House, cookie: &str, id: &str, decision: Value) -> Answer {
    house.post(&format!("/settlements/{id}/decision"), cookie, &decision.to_string()).await
}

impl Answer {
    pub fn at(&self, field: &str) {
        assert_eq!(self.refused(400, "field.invalid").json["field"], field, "{}", self.text);
    }
}

/// The order costs this, sums and bills agree, and the log says who did it.
async fn ended(house: &House, cookie: &str, total_fen: i64, energy_dwh: i64) {
    let order = house.get("/orders/42", cookie).await;
    assert_eq!(order.ok().json["state"], "completed");
    assert_eq!(order.json["total_fen"], total_fen);
    assert_eq!(order.json["energy_dwh"], energy_dwh);
    assert_eq!(order.json["settlements"][0]["state"], "approved");
    let verified = house.app.engine.orders_verify().await.unwrap();
    assert_eq!(verified.problems, []);
    let totals = house.get("/orders/totals?from_ms=1795363200000&to_ms=1795449600000", cookie).await;
    assert_eq!(totals.ok().json["total_fen"], total_fen);
}

#[tokio::test]
async fn r5_3_2_class_a_held_order_is_settled_from_each_basis() {
    // 22.1234 kWh × 1.00; 10 kWh × 1.00; as decided; nothing.
    let cases = [
        (json!({"basis": "record"}), 2_212, 221_234),
        (json!({"basis": "curve"}), 2_212, 221_234),
        (json!({"basis": "energies", "energies": [0, 60_000, 40_000, 0]}), 1_000, 100_000),
        (json!({"basis": "amounts", "electricity_fen": 700, "service_fen": 1}), 701, 221_234),
        (json!({"basis": "free"}), 0, 221_234),
        (json!({"basis": "free", "energy_dwh": 0}), 0, 0),
        (json!({"basis": "amounts", "electricity_fen": 1, "service_fen": 0, "energy_dwh": 7}), 1, 7),
    ];
    for (bill, total, energy) in cases {
        for house in houses().await {
            let cookie = with(&house, Held { pile_amount: 0, ..PLAIN }).await;
            let shown = preview(&house, &cookie, bill.clone()).await;
            assert_eq!(shown.ok().json["total_fen"], total, "{bill}");
            assert_eq!(shown.json["energy_dwh"], energy, "{bill}");
            assert_eq!(
                house.get("/orders/42", &cookie).await.json["state"],
                "abnormal",
                "looking settles nothing"
            );
            settle(&house, &cookie, bill.clone(), total).await.ok();
            ended(&house, &cookie, total, energy).await;
            settle(&house, &cookie, bill.clone(), total).await.refused(422, "order.not_held");
        }
    }
}

#[tokio::test]
async fn r5_3_2_class_above_the_limit_a_second_person_agrees() {
    for house in houses().await {
        let admin = with(&house, Held { pile_amount: 0, ..PLAIN }).await;
        let finance = house.sign_in("finance").await;
        let bill = json!({"basis": "amounts", "electricity_fen": 20_000, "service_fen": 1});
        let made = settle(&house, &finance, bill.clone(), 20_001).await;
        let id = made.ok().json["id"].to_string();
        let order = house.get("/orders/42", &finance).await;
        assert_eq!(order.ok().json["state"], "abnormal");
        assert_eq!(order.json["settlements"][0]["state"], "proposed");
        settle(&house, &admin, bill.clone(), 20_001).await.refused(409, "settlement.waiting");
        // It is a to-do on the home page, which leads to the list of just these orders.
        let waiting = async || {
            let home = house.get("/home", &admin).await.ok().json["todo"]["settlement_waiting_count"].clone();
            let list = house.get("/orders?settlement_waiting=true", &admin).await;
            (home, list.ok().json["total"].clone())
        };
        assert_eq!(waiting().await, (1.into(), 1.into()));
        decide(&house, &finance, &id, json!({"approve": true})).await.refused(422, "settlement.own");
        decide(&house, &admin, &id, json!({"approve": false})).await.at("reason");
        decide(&house, &admin, &id, json!({"approve": false, "reason": "金额不对"})).await.ok();
        decide(&house, &admin, &id, json!({"approve": true})).await.refused(409, "settlement.decided");
        assert_eq!(waiting().await, (0.into(), 0.into()));
        assert_eq!(house.get("/orders/42", &admin).await.json["state"], "abnormal");
        let made = settle(&house, &finance, bill, 20_001).await;
        let id = made.ok().json["id"].to_string();
        decide(&house, &admin, &id, json!({"approve": true})).await.ok();
        ended(&house, &admin, 20_001, 221_234).await;
    }
}

#[tokio::test]
async fn r5_3_2_boundary_the_limit_counts_what_is_billed_or_given_away() {
    for (electricity_fen, pile_amount, second) in
        [(20_000, 0, false), (20_001, 0, true), (0, 2_000_099, false), (0, 2_000_100, true)]
    {
        let house = house().await;
        let cookie = with(&house, Held { pile_amount, ..PLAIN }).await;
        let bill = json!({"basis": "amounts", "electricity_fen": electricity_fen, "service_fen": 0});
        let shown = preview(&house, &cookie, bill).await;
        assert_eq!(shown.ok().json["second"], second, "{electricity_fen} {pile_amount}");
    }
}

#[tokio::test]
async fn r5_3_2_guess_what_cannot_be_billed_is_refused_with_the_way_out() {
    let bad = [
        (Held { record: false, ..PLAIN }, json!({"basis": "record"}), "basis"),
        (Held { backwards: true, ..PLAIN }, json!({"basis": "curve"}), "basis"),
        (Held { tariff: false, ..PLAIN }, json!({"basis": "energies", "energies": [0, 0, 1, 0]}), "basis"),
        (PLAIN, json!({"basis": "energies"}), "energies"),
        (PLAIN, json!({"basis": "energies", "energies": [0, 0, 0, 0]}), "energies"),
        (PLAIN, json!({"basis": "energies", "energies": [-1, 0, 0, 9]}), "energies"),
        (PLAIN, json!({"basis": "amounts", "electricity_fen": 1}), "service_fen"),
        (PLAIN, json!({"basis": "free", "energy_dwh": 100_000_001}), "energy_dwh"),
        (PLAIN, json!({"basis": "free", "energy_dwh": -1}), "energy_dwh"),
        (PLAIN, json!({"basis": "amounts", "electricity_fen": -1, "service_fen": 1}), "electricity_fen"),
        (
            PLAIN,
            json!({"basis": "amounts", "electricity_fen": i64::MAX, "service_fen": 1}),
            "electricity_fen",
        ),
    ];
    for (held, bill, field) in bad {
        let house = house().await;
        let cookie = with(&house, held).await;
        preview(&house, &cookie, bill.clone()).await.at(field);
        settle(&house, &cookie, bill, 0).await.at(field);
        assert_eq!(house.get("/orders/42", &cookie).await.json["state"], "abnormal");
    }
}

#[tokio::test]
async fn r5_3_2_guess_an_amount_that_was_not_shown_and_a_reason_that_says_nothing() {
    let house = house().await;
    let cookie = with(&house, PLAIN).await;
    let bill = json!({"basis": "record"});
    settle(&house, &cookie, bill.clone(), 2_211).await.refused(409, "settlement.total_differs");
    let draft = json!({"bill": bill, "reason": " ", "total_fen": 2_212});
    house.post("/orders/42/settlements", &cookie, &draft.to_string()).await.at("reason");
    let viewer = house.sign_in("viewer").await;
    settle(&house, &viewer, json!({"basis": "free"}), 0).await.refused(403, "permission.denied");
}
