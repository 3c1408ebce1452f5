//! 用户管理, through HTTP: equivalence classes, boundaries, and guesses at what goes wrong.

use super::house::{Answer, House, houses};
use model::id::CustomerId;
use serde_json::{Value, json};
use std::time::Duration;

const LATER: Duration = Duration::from_secs(600);

fn draft(name: &str, phone: &str) -> Value {
    json!({"name": name, "phone": phone, "kind": "person"})
}

async fn create(house: &House, cookie: &str, draft: Value) -> i64 {
    house.post("/customers", cookie, &draft.to_string()).await.ok().json["id"].as_i64().unwrap()
}

async fn put(house: &House, cookie: &str, path: &str, body: Value) -> Answer {
    house.send("PUT", path, cookie, Some(&body.to_string()), &[]).await
}

async fn found(house: &House, cookie: &str, query: &str) -> Vec<i64> {
    let answer = house.get(&format!("/customers?{query}"), cookie).await;
    let items = answer.ok().json["items"].as_array().unwrap().clone();
    assert_eq!(answer.json["total"], items.len());
    items.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn r5_4_class_each_filter_finds_its_customers() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let fleet = json!({"name": "东湖出租", "contact_name": "赵"});
        let fleet = house.post("/fleets", &cookie, &fleet.to_string()).await.ok().json["id"].as_i64();
        let first = create(&house, &cookie, draft("欧阳娜娜", "13800131234")).await;
        house.clock.advance(LATER);
        let driver = json!({"name": "Wang 50%_x", "phone": "+8615912345678", "kind": "driver", "fleet_id": fleet,
            "tags": ["夜间", "夜间", " "], "note": "常客"});
        let second = create(&house, &cookie, driver).await;
        for (query, expected) in [
            ("", vec![second, first]),
            ("name=%E9%98%B3%E5%A8%9C", vec![first]),
            ("name=WANG", vec![second]),
            ("name=50%25_", vec![second]),
            ("name=%25", vec![second]),
            ("name=_", vec![second]),
            ("name=%E7%8E%8B", vec![]),
            ("phone=138", vec![first]),
            ("phone=1234", vec![first]),
            ("phone=138-0013-1234", vec![first]),
            ("phone=5678", vec![second]),
            ("phone=0013", vec![]),
            ("kind=driver", vec![second]),
            ("source=own", vec![second, first]),
            ("source=scim", vec![]),
            ("status=active", vec![second, first]),
            ("status=frozen", vec![]),
            ("fleet_name=%E4%B8%9C%E6%B9%96", vec![second]),
            ("name=%E9%98%B3&kind=driver", vec![]),
        ] {
            assert_eq!(found(&house, &cookie, query).await, expected, "{query}");
        }
        let later = super::house::NOON + 600_000;
        assert_eq!(found(&house, &cookie, &format!("from_ms={later}")).await, [second]);
        assert_eq!(found(&house, &cookie, &format!("to_ms={later}")).await, [first]);
        assert_eq!(found(&house, &cookie, &format!("id={first}")).await, [first]);
        assert!(found(&house, &cookie, &format!("charged_from_ms={later}")).await.is_empty());
        // One page, then the next, of the same order.
        let page = house.get("/customers?limit=1", &cookie).await;
        let next = page.json["next_cursor"].as_str().unwrap().to_owned();
        let page = house.get(&format!("/customers?limit=1&cursor={next}"), &cookie).await;
        assert_eq!(
            (page.json["items"][0]["id"].as_i64(), &page.json["next_cursor"]),
            (Some(first), &Value::Null)
        );
        let detail = house.get(&format!("/customers/{second}"), &cookie).await;
        assert_eq!(detail.json["tags"], json!(["夜间"]));
        assert_eq!(
            (&detail.json["fleet_name"], &detail.json["read_only"]),
            (&json!("东湖出租"), &json!(false))
        );
    }
}

#[tokio::test]
async fn r5_4_class_personal_data_is_masked_and_each_look_is_logged() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let id = create(&house, &cookie, draft("李雷", "13800131234")).await;
        let car = json!({"plate": "鄂a·12323", "vin": "1m8gdm9axkp042788"});
        let car = house.post(&format!("/customers/{id}/cars"), &cookie, &car.to_string()).await;
        let car = car.ok().json["id"].as_i64().unwrap();
        let detail = house.get(&format!("/customers/{id}"), &cookie).await;
        assert_eq!(detail.json["phone"], "138****1234");
        assert_eq!(detail.json["cars"][0]["plate"], "鄂A***23");
        assert_eq!(detail.json["cars"][0]["vin"], "***042788");
        let list = house.get("/customers", &cookie).await;
        for answer in [&detail, &list] {
            assert!(
                !answer.text.contains("13800131234") && !answer.text.contains("12323"),
                "{}",
                answer.text
            );
        }
        for (field, value) in [("phone", "13800131234"), ("plate", "鄂A12323"), ("vin", "1M8GDM9AXKP042788")]
        {
            let wanted = json!({"field": field, "car_id": car}).to_string();
            let path = format!("/customers/{id}/reveal");
            assert_eq!(house.post(&path, &cookie, &wanted).await.ok().json["value"], value);
            let operations = house.sign_in("operations").await;
            house.post(&path, &operations, &wanted).await.refused(403, "permission.denied");
        }
        let log = house.get(&format!("/customers/{id}/changes"), &cookie).await;
        let actions: Vec<_> =
            log.json["items"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
        assert_eq!(actions[..3], ["customer_reveal", "customer_reveal", "customer_reveal"]);
        assert!(!log.text.contains("13800131234") && !log.text.contains("鄂A12323"), "{}", log.text);
        house.send("DELETE", &format!("/cars/{car}"), &cookie, None, &[]).await.ok();
        house.send("DELETE", &format!("/cars/{car}"), &cookie, None, &[]).await.refused(404, "car.not_found");
    }
}

#[tokio::test]
async fn r5_4_class_a_frozen_customers_card_is_refused_and_free_again_by_itself() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let id = create(&house, &cookie, draft("李雷", "13800131234")).await;
        let card = json!({"tag": "C1", "status": "accepted"});
        house.post("/cards", &cookie, &card.to_string()).await.ok();
        let bind = house.post(&format!("/customers/{id}/cards"), &cookie, "{\"tag\":\" c1 \"}").await;
        bind.ok();
        let verdict = async || {
            let now = house.clock.now();
            let judge = move |tx: &mut store::Tx<'_>| Ok(tx.card("C1")?.unwrap().verdict(now).as_str());
            house.app.engine.store.write(None, judge).await.unwrap()
        };
        assert_eq!(verdict().await, "accepted");
        let status = format!("/customers/{id}/status");
        let until = super::house::NOON + 60_000;
        let freeze = json!({"version": 1, "status": "frozen", "reason": "投诉核查", "until_ms": until});
        put(&house, &cookie, &status, freeze.clone()).await.ok();
        assert_eq!(verdict().await, "customer_frozen");
        assert_eq!(found(&house, &cookie, "status=frozen").await, [id]);
        put(&house, &cookie, &status, freeze).await.refused(409, "customer.changed");
        house.clock.advance(Duration::from_secs(60));
        assert_eq!(verdict().await, "accepted");
        assert!(found(&house, &cookie, "status=frozen").await.is_empty());
        assert_eq!(found(&house, &cookie, "status=active").await, [id]);
        let cancel = json!({"version": 2, "status": "cancelled", "reason": "本人申请"});
        put(&house, &cookie, &status, cancel).await.ok();
        let detail = house.get(&format!("/customers/{id}"), &cookie).await;
        assert_eq!((&detail.json["status"], &detail.json["cards"]), (&json!("cancelled"), &json!([])));
        let again = json!({"version": 3, "status": "active"});
        put(&house, &cookie, &status, again).await.refused(422, "customer.cancelled");
    }
}

#[tokio::test]
async fn r5_4_boundary_values_at_the_edge_of_their_rules() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let name = |count: usize| "名".repeat(count);
        for (field, value, good) in [
            ("phone", json!("13000000000"), true),
            ("phone", json!("19999999999"), true),
            ("phone", json!("12999999999"), false),
            ("phone", json!("1380013123"), false),
            ("phone", json!("138001312345"), false),
            ("name", json!(name(1)), true),
            ("name", json!(name(64)), true),
            ("name", json!(name(65)), false),
            ("name", json!(" "), false),
            ("note", json!(name(500)), true),
            ("note", json!(name(501)), false),
            ("tags", json!(vec!["标".repeat(12)]), true),
            ("tags", json!(vec!["标".repeat(13)]), false),
            ("tags", json!((0..11).map(|n| n.to_string()).collect::<Vec<_>>()), false),
            ("fleet_id", json!(99), false),
        ] {
            let mut body = draft("李", &format!("1391{:07}", value.to_string().len()));
            body[field] = value;
            let answer = house.post("/customers", &cookie, &body.to_string()).await;
            match good {
                true => drop(answer.ok()),
                false => assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{body}"),
            }
        }
        let id = create(&house, &cookie, draft("边界", "13512345678")).await;
        let freeze = |until: i64, reason: &str| json!({"version": 1, "status": "frozen", "reason": reason, "until_ms": until});
        let status = format!("/customers/{id}/status");
        let now = super::house::NOON;
        let late = put(&house, &cookie, &status, freeze(now, "x")).await;
        assert_eq!(late.refused(400, "field.invalid").json["field"], "until_ms");
        let silent = put(&house, &cookie, &status, freeze(now + 1, " ")).await;
        assert_eq!(silent.refused(400, "field.invalid").json["field"], "reason");
        put(&house, &cookie, &status, freeze(now + 1, "x")).await.ok();
        for (query, field) in [
            ("phone=13", "phone"),
            ("phone=abc", "phone"),
            ("from_ms=2&to_ms=1", "to_ms"),
            ("limit=0", "limit"),
            ("cursor=x", "cursor"),
        ] {
            let answer = house.get(&format!("/customers?{query}"), &cookie).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{query}");
        }
        for id in ["0", "-1", "999999999999999999999", "'; DROP TABLE customer; --"] {
            let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
            assert!(found(&house, &cookie, &format!("id={id}")).await.is_empty());
        }
        house.get("/customers/99", &cookie).await.refused(404, "customer.not_found");
    }
}

#[tokio::test]
async fn r5_4_guess_doubles_running_orders_and_other_operators() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let id = create(&house, &cookie, draft("甲", "13800131234")).await;
        let twice = house.post("/customers", &cookie, &draft("乙", "138 0013 1234").to_string()).await;
        assert_eq!(twice.refused(409, "customer.phone_taken").json["field"], "phone");
        let other = create(&house, &cookie, draft("乙", "13800131235")).await;
        let car = json!({"plate": "鄂AD12345"}).to_string();
        house.post(&format!("/customers/{id}/cars"), &cookie, &car).await.ok();
        let again = house.post(&format!("/customers/{other}/cars"), &cookie, &car).await;
        assert_eq!(again.refused(409, "car.exists").json["field"], "plate");
        for (body, field) in [
            (json!({"plate": "鄂A1234"}), "plate"),
            (json!({"plate": "鄂A12346", "vin": "1M8GDM9A1KP042788"}), "vin"),
        ] {
            let answer = house.post(&format!("/customers/{id}/cars"), &cookie, &body.to_string()).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field);
        }
        house.post("/cards", &cookie, "{\"tag\":\"C1\",\"status\":\"accepted\"}").await.ok();
        house.post(&format!("/customers/{id}/cards"), &cookie, "{\"tag\":\"C1\"}").await.ok();
        let held = house.post(&format!("/customers/{other}/cards"), &cookie, "{\"tag\":\"C1\"}").await;
        assert_eq!(held.refused(409, "card.held").json["field"], "tag");
        let none = house.post(&format!("/customers/{id}/cards"), &cookie, "{\"tag\":\"C2\"}").await;
        assert_eq!(none.refused(400, "field.invalid").json["field"], "tag");

        charge(&house, id, "charging").await;
        let status = format!("/customers/{id}/status");
        let cancel = json!({"version": 1, "status": "cancelled", "reason": "本人申请"});
        let refused = put(&house, &cookie, &status, cancel.clone()).await;
        assert!(
            refused.refused(422, "customer.orders_open").json["message"].as_str().unwrap().contains("A-1")
        );
        // An operator sees who has charged at its stations, and changes nobody.
        let theirs = house.sign_in("a.admin").await;
        house.get(&format!("/customers/{other}"), &theirs).await.refused(404, "customer.not_found");
        assert!(found(&house, &theirs, "").await.is_empty());
        visit(&house, id, &[(1, 2, 700), (2, 3, 900)]).await;
        assert_eq!(found(&house, &theirs, "").await, [id]);
        let mine = house.get(&format!("/customers/{id}"), &theirs).await;
        assert_eq!((&mine.json["order_count"], &mine.json["total_fen"]), (&json!(2), &json!(700)));
        let all = house.get(&format!("/customers/{id}"), &cookie).await;
        assert_eq!(all.json["order_count"], 5);
        put(&house, &theirs, &status, cancel).await.refused(403, "scope.denied");
        let look = json!({"field": "phone"}).to_string();
        house
            .post(&format!("/customers/{other}/reveal"), &theirs, &look)
            .await
            .refused(404, "customer.not_found");
        house.get(&format!("/customers/{other}/changes"), &theirs).await.refused(404, "customer.not_found");
        house
            .post("/customers", &theirs, &draft("丙", "13800131236").to_string())
            .await
            .refused(403, "scope.denied");
    }
}

/// An order of this customer in this state at the first pile.
async fn charge(house: &House, customer: i64, state: &'static str) {
    let work = move |tx: &mut store::Tx<'_>| {
        let sql = "INSERT INTO orders (id, pile_id, station_id, operator_id, connector_no, start_mode, customer_id, \
            created_at_ms, sample_from, frame_from, state, abnormal, started_at_ms, energy_dwh, electricity_fen, \
            service_fen, total_fen) VALUES (900, 1, 1, 1, 1, 'card', $1, 0, 0, 0, $2, 0, 0, 0, 0, 0, 0)";
        tx.execute(sql, &[CustomerId(customer).0.into(), state.into()]).map(drop)
    };
    house.app.engine.store.write(None, work).await.unwrap();
}

/// Completed orders at stations of the operator of the same number: station, how many, and their sum.
pub async fn visit(house: &House, customer: i64, visits: &[(i64, i64, i64)]) {
    let visits = visits.to_vec();
    let work = move |tx: &mut store::Tx<'_>| {
        for &(station, count, total) in &visits {
            let sql = "INSERT INTO customer_station (customer_id, station_id, operator_id, order_count, energy_dwh, \
                total_fen, last_ended_ms) VALUES ($1, $2, $2, $3, 10, $4, 5)";
            let values = [customer.into(), station.into(), count.into(), total.into()];
            tx.execute(sql, &values)?;
        }
        Ok(())
    };
    house.app.engine.store.write(None, work).await.unwrap();
}
