//! R-5.x: 监视器 and what they notice, through the API.

use super::house::{House, houses};
use model::device::{DeviceEvent, VariableReport};
use model::id::{PileCode, PileId};
use model::monitor::{EventReport, MonitorChange, MonitorReport};
use serde_json::json;

async fn pile_id(house: &House, code: &str) -> PileId {
    let code = PileCode::parse(code).unwrap();
    house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap().id
}

fn monitor(no: i64, severity: i64) -> MonitorChange {
    MonitorChange::Set(MonitorReport {
        no,
        name: "EVSE#1.Power".to_owned(),
        kind: "UpperThreshold".to_owned(),
        value: Some("90.5".to_owned()),
        severity,
        in_session: Some(true),
        origin: None,
    })
}

fn event(no: i64, monitor_no: Option<i64>, severity: Option<i64>, cleared: bool) -> EventReport {
    EventReport {
        no,
        cause_no: (no > 1).then_some(no - 1),
        at: None,
        trigger: "Alerting".to_owned(),
        name: "EVSE#1.Power".to_owned(),
        value: "91".to_owned(),
        cleared,
        monitor_no,
        severity,
        tech: Some("E7: fan".to_owned()),
        connector: Some(1),
        session: Some("nobody knows".to_owned()),
    }
}

async fn say(house: &House, code: &str, event: DeviceEvent) {
    let inbound = engine::device::Inbound {
        pile: pile_id(house, code).await,
        received_at: house.app.now(),
        event,
        kind: "NotifyEvent",
        bytes: vec![1],
        render: Box::new(|_, _| Vec::new()),
    };
    assert!(house.app.engine.device(inbound).await.answer.is_ok());
}

#[tokio::test]
async fn r5_x_class_monitors_are_shown_as_the_pile_last_told_them() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.admin").await;
        let pile = pile_id(&house, "A-1").await;
        let set = vec![
            monitor(7, 2),
            monitor(8, 9),
            MonitorChange::Base { word: "All".to_owned() },
            MonitorChange::Level { severity: 6 },
        ];
        house.app.engine.monitors_keep(pile, set, house.app.now()).await.unwrap();
        let list = house.get("/piles/A-1/monitors", &own).await;
        assert_eq!(
            (&list.ok().json["base"], &list.json["severity"], &list.json["items"][0]["value"]),
            (&json!("All"), &json!(6), &json!("90.5"))
        );
        // An answer that says less leaves the rest; a report of all begins anew.
        let again = MonitorChange::Set(MonitorReport {
            no: 7,
            name: "EVSE#1.Power".to_owned(),
            kind: "UpperThreshold".to_owned(),
            value: None,
            severity: 3,
            in_session: None,
            origin: Some("CustomMonitor".to_owned()),
        });
        house
            .app
            .engine
            .monitors_keep(pile, vec![again, MonitorChange::Gone { no: 8 }], house.app.now())
            .await
            .unwrap();
        let list = house.get("/piles/A-1/monitors", &own).await;
        assert_eq!(list.ok().json["items"].as_array().unwrap().len(), 1);
        let one = &list.json["items"][0];
        assert_eq!(
            (&one["value"], &one["severity"], &one["in_session"], &one["origin"]),
            (&json!("90.5"), &json!(3), &json!(true), &json!("CustomMonitor"))
        );
        // What came together with the answer stays; what is older goes.
        let anew =
            |ms| house.app.engine.monitors_keep(pile, vec![MonitorChange::Anew], house.app.now().plus_ms(ms));
        anew(0).await.unwrap();
        assert_ne!(house.get("/piles/A-1/monitors", &own).await.ok().json["items"], json!([]));
        anew(1).await.unwrap();
        assert_eq!(house.get("/piles/A-1/monitors", &own).await.ok().json["items"], json!([]));
    }
}

#[tokio::test]
async fn r5_x_class_what_monitors_notice_has_their_severity() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.admin").await;
        let pile = pile_id(&house, "A-1").await;
        house.app.engine.monitors_keep(pile, vec![monitor(7, 3)], house.app.now()).await.unwrap();
        let variables = vec![VariableReport {
            name: "EVSE#1.Power".to_owned(),
            value: Some("91".to_owned()),
            mutability: None,
            data_type: None,
            unit: None,
        }];
        let events = vec![event(1, Some(7), None, false), event(2, Some(99), None, true)];
        say(&house, "A-1", DeviceEvent::Noticed { variables, events }).await;
        let list = house.get("/piles/A-1/events", &own).await;
        let (last, first) = (&list.ok().json["items"][0], &list.json["items"][1]);
        assert_eq!((&first["severity"], &last["severity"]), (&json!(3), &json!(null)));
        assert_eq!(
            (&last["cause_no"], &last["cleared"], &last["tech"]),
            (&json!(1), &json!(true), &json!("E7: fan"))
        );
        assert_eq!((&first["name"], &first["value"]), (&json!("EVSE#1.Power"), &json!("91")));
        for (query, count) in [
            ("severity=3", 1),
            ("severity=4", 0),
            ("cleared=true", 1),
            ("text=power", 2),
            ("kind=variable", 2),
            ("kind=battery", 0),
        ] {
            let list = house.get(&format!("/piles/A-1/events?{query}"), &own).await;
            assert_eq!(list.ok().json["items"].as_array().unwrap().len(), count, "{query}");
        }
        let variables = house.get("/piles/A-1/variables", &own).await;
        assert_eq!(variables.ok().json["items"][0]["value"], "91");
    }
}

#[tokio::test]
async fn r5_x_boundary_the_severity_of_an_event_goes_before_that_of_its_monitor() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.admin").await;
        let pile = pile_id(&house, "A-1").await;
        house.app.engine.monitors_keep(pile, vec![monitor(7, 9)], house.app.now()).await.unwrap();
        let events = [0, 9].map(|severity| event(1, Some(7), Some(severity), false)).to_vec();
        say(&house, "A-1", DeviceEvent::Noticed { variables: Vec::new(), events }).await;
        let list = house.get("/piles/A-1/events?limit=1", &own).await;
        assert_eq!(list.ok().json["items"][0]["severity"], 9);
        let cursor = list.json["next_cursor"].as_str().unwrap().to_owned();
        let next = house.get(&format!("/piles/A-1/events?limit=1&cursor={cursor}"), &own).await;
        assert_eq!(next.ok().json["items"][0]["severity"], 0);
    }
}

#[tokio::test]
async fn r5_x_guess_another_operators_pile_has_no_monitors_to_show() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.admin").await;
        house.get("/piles/B-1/monitors", &own).await.refused(404, "pile.not_found");
        house.get("/piles/NOBODY/monitors", &own).await.refused(404, "pile.not_found");
        assert_eq!(house.get("/piles/A-1/events?severity=x", &own).await.status.as_u16(), 400);
        assert_eq!(house.get("/piles/A-1/events?kind=x", &own).await.status.as_u16(), 400);
        let list = house.get("/piles/A-1/monitors", &own).await;
        assert_eq!((&list.ok().json["items"], &list.json["base"]), (&json!([]), &json!(null)));
    }
}
