//! 设备变量: what a pile of OCPP 2 has told of itself, as staff find it.

use super::house::{House, houses};
use engine::device::Inbound;
use model::device::{Answer, DeviceEvent, VariableReport};
use model::id::PileCode;
use serde_json::{Value, json};

fn variable(name: &str, value: Option<&str>) -> VariableReport {
    VariableReport {
        name: name.to_owned(),
        value: value.map(str::to_owned),
        mutability: Some("ReadWrite".to_owned()),
        data_type: Some("integer".to_owned()),
        unit: None,
    }
}

async fn tell(house: &House, code: &str, told: Vec<VariableReport>) {
    let code = PileCode::parse(code).unwrap();
    let read = house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code));
    let pile = read.await.unwrap().unwrap().id;
    let inbound = Inbound {
        pile,
        received_at: house.app.clock().now(),
        event: DeviceEvent::Variables(told),
        kind: "NotifyReport",
        bytes: vec![1],
        render: Box::new(|_, _| vec![1]),
    };
    assert_eq!(house.app.engine.device(inbound).await.answer.unwrap(), Answer::Noted);
}

async fn shown(house: &House, cookie: &str, path: &str) -> Vec<(String, Value)> {
    let list = house.get(path, cookie).await;
    let items = list.ok().json["items"].as_array().unwrap();
    items.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one["value"].clone())).collect()
}

#[tokio::test]
async fn r5_x_class_what_a_pile_tells_is_found_by_name_and_value() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.viewer").await;
        assert!(shown(&house, &own, "/piles/A-1/variables").await.is_empty());
        let told = vec![
            variable("OCPPCommCtrlr.HeartbeatInterval", Some("300")),
            variable("EVSE#1.Power", Some("60000")),
            variable("SecurityCtrlr.BasicAuthPassword", None),
        ];
        tell(&house, "A-1", told).await;
        let names: Vec<String> =
            shown(&house, &own, "/piles/A-1/variables").await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 3);
        let found = shown(&house, &own, "/piles/A-1/variables?text=heartbeat").await;
        assert_eq!(found, [("OCPPCommCtrlr.HeartbeatInterval".to_owned(), json!("300"))]);
        let found = shown(&house, &own, "/piles/A-1/variables?text=6000").await;
        assert_eq!(found, [("EVSE#1.Power".to_owned(), json!("60000"))]);
        // A later event says the value only.
        let event = VariableReport {
            mutability: None,
            data_type: None,
            ..variable("OCPPCommCtrlr.HeartbeatInterval", Some("60"))
        };
        tell(&house, "A-1", vec![event]).await;
        let list = house.get("/piles/A-1/variables?text=heartbeat", &own).await;
        let one = &list.ok().json["items"][0];
        assert_eq!((&one["value"], &one["mutability"]), (&json!("60"), &json!("ReadWrite")));
        assert_eq!(list.json["total"], 1);
        assert!(shown(&house, &own, "/piles/A-2/variables").await.is_empty(), "each pile has its own");
    }
}

#[tokio::test]
async fn r5_x_boundary_a_pile_that_tells_without_end_fills_no_disk() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        for part in 0..6 {
            let told = (0..1_000).map(|n| variable(&format!("C.V{part}-{n:04}"), Some("x"))).collect();
            tell(&house, "A-1", told).await;
        }
        let list = house.get("/piles/A-1/variables", &admin).await;
        assert_eq!(list.ok().json["total"], store::pile_variables::PILE_VARIABLES_MAX);
        assert_eq!(list.json["items"].as_array().unwrap().len(), 1_000, "more is searched for");
    }
}

#[tokio::test]
async fn r5_x_guess_odd_searches_and_strange_piles() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.admin").await;
        tell(&house, "A-1", vec![variable("A.b(100%_x)", Some("'; DROP TABLE pile; --"))]).await;
        for (text, count) in
            [("%25", 1), ("_X", 1), ("DROP", 1), ("%27", 1), ("%5C", 0), ("%E6%A1%A9", 0), ("", 1)]
        {
            let found = shown(&house, &own, &format!("/piles/A-1/variables?text={text}")).await;
            assert_eq!(found.len(), count, "{text}");
        }
        for other in ["B-1", "NOBODY", "A-1%00"] {
            let answer = house.get(&format!("/piles/{other}/variables"), &own).await;
            assert!(matches!(answer.status.as_u16(), 400 | 404), "{other}: {}", answer.text);
        }
        let unknown = house.get("/piles/A-1/variables?nothing=1", &own).await;
        assert_eq!(unknown.status.as_u16(), 400);
    }
}
