//! R-6.1a 综合监测, the alarm centre over HTTP.

use super::house::{House, houses};
use model::connector::ConnectorStatus;
use model::device::{DeviceEvent, Fault, StatusReport};
use model::id::PileCode;
use serde_json::json;

/// The pile says that its first connector is so.
pub async fn says(house: &House, code: &str, fault: Option<&str>) {
    let wanted = PileCode::parse(code).unwrap();
    let engine = &house.app.engine;
    let pile = engine.store.read(move |conn| store::piles::by_code(conn, &wanted)).await.unwrap().unwrap();
    let status = if fault.is_some() { ConnectorStatus::Faulted } else { ConnectorStatus::Available };
    let error = fault.map(|code| Fault { code: code.to_owned(), vendor_code: None, info: None });
    let inbound = engine::device::Inbound {
        pile: pile.id,
        received_at: engine.clock.now(),
        event: DeviceEvent::Status(StatusReport { connector: 1, status, error, at: None }),
        kind: "StatusNotification",
        bytes: b"[]".to_vec(),
        render: Box::new(|_, _| Vec::new()),
    };
    engine.device(inbound).await.answer.unwrap();
}

async fn filtered(house: &House, cookie: &str) {
    for (query, count) in [
        ("level=critical", 2),
        ("level=minor", 0),
        ("source=fault", 2),
        ("source=offline", 0),
        ("state=open", 2),
        ("state=closed", 0),
        ("live=true", 2),
        ("code=ground", 1),
        ("pile=b-1", 1),
        ("station_name=甲", 1),
        ("from_ms=1", 2),
        ("to_ms=1", 0),
    ] {
        let found = house.get(&format!("/alarms?{query}"), cookie).await;
        assert_eq!(found.ok().json["total"], count, "{query}");
    }
    for (query, field) in
        [("level=x", "level"), ("limit=0", "limit"), ("from_ms=2&to_ms=1", "to_ms"), ("sort=x", "sort")]
    {
        let refused = house.get(&format!("/alarms?{query}"), cookie).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json["field"]),
            (400, &json!(field)),
            "{query}: {}",
            refused.text
        );
    }
}

#[tokio::test]
async fn r6_1a_class_an_alarm_is_listed_filtered_told_and_worked_on() {
    for house in houses().await {
        house.furnish().await;
        says(&house, "A-1", Some("GroundFailure")).await;
        says(&house, "B-1", Some("ykc:hw_fault:0001")).await;
        let cookie = house.sign_in("technician").await;
        let all = house.get("/alarms", &cookie).await;
        let items = all.ok().json["items"].as_array().unwrap().clone();
        assert_eq!((items.len(), all.json["total"].as_i64()), (2, Some(2)), "{}", all.text);
        assert_eq!(items[0]["text"], "急停按钮动作故障");
        let one = &items[1];
        assert_eq!(
            (&one["pile_code"], &one["level"], &one["state"]),
            (&json!("A-1"), &json!("critical"), &json!("open"))
        );
        filtered(&house, &cookie).await;
        let path = format!("/alarms/{}", one["id"]);
        let detail = house.get(&path, &cookie).await;
        let detail = &detail.ok().json;
        assert!(detail["way_out"].as_str().unwrap().contains("报文"), "{detail}");
        assert_eq!(detail["events"][0]["action"], "raise");
        // The frames around it are those of the pile, up to this one.
        let frame = detail["frame_id"].as_i64().unwrap();
        let frames = house.get(&format!("/piles/A-1/frames?cursor={}&limit=3", frame + 1), &cookie).await;
        assert_eq!(frames.ok().json["items"][0]["id"].as_i64(), Some(frame));

        let home = house.get("/home", &cookie).await;
        assert_eq!(home.ok().json["todo"]["critical_alarm_count"], 2);
        let change = |body: serde_json::Value| {
            let (house, path, cookie) = (&house, path.clone(), cookie.clone());
            async move { house.send("PATCH", &path, &cookie, Some(&body.to_string()), &[]).await }
        };
        let version = &detail["version"];
        let refused = change(json!({"version": version, "action": "silence", "text": "检修"})).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json["field"]),
            (400, &json!("until_ms")),
            "{}",
            refused.text
        );
        let refused = change(json!({"version": version, "action": "close"})).await;
        assert_eq!(refused.json["field"], "text");
        let refused = change(json!({"version": version, "action": "recover"})).await;
        assert_eq!(refused.json["field"], "action");
        change(json!({"version": version, "action": "acknowledge"})).await.ok();
        let refused = change(json!({"version": version, "action": "note", "text": "晚了"})).await;
        assert_eq!((refused.status.as_u16(), &refused.json["code"]), (409, &json!("alarm.version_differs")));
        let home = house.get("/home", &cookie).await;
        assert_eq!(home.ok().json["todo"]["critical_alarm_count"], 1);
        says(&house, "A-1", None).await;
        let detail = house.get(&path, &cookie).await;
        assert_eq!(
            (&detail.ok().json["state"], &detail.json["acknowledged_by"]),
            (&json!("recovered"), &json!("technician先生"))
        );
    }
}

#[tokio::test]
async fn r6_1a_class_what_waits_in_the_outbox_is_sent_by_mail() {
    for house in houses().await {
        house.furnish().await;
        let post = super::r5_s_channel::Post::open().await;
        let admin = house.sign_in("admin").await;
        super::r5_s_channel::made(&house, &admin, &super::r5_s_channel::draft(post.port)).await;
        let cookie = house.sign_in("technician").await;
        house
            .send("PUT", "/preferences/alarm.email", &cookie, Some(r#"{"value":"tech@example.com"}"#), &[])
            .await
            .ok();
        let notice = json!({"name": "值班", "enabled": true, "role": "technician", "addresses": ["duty@example.com"],
            "level": "major", "sources": ["fault"], "from_minute": 0, "to_minute": 0});
        house.post("/alarm-notices", &admin, &notice.to_string()).await.ok();
        says(&house, "A-1", Some("GroundFailure")).await;
        house.app.engine.alarms_watch(house.app.engine.clock.now()).await.unwrap();
        server::jobs::begin_now(&house.app, "mail_send").await.unwrap();
        let letters = post.letters();
        assert_eq!(letters.len(), 2, "{letters:?}");
        let to = |address: &str| letters.iter().any(|letter| letter.contains(&format!("To: {address}")));
        assert!(to("tech@example.com") && to("duty@example.com"), "{letters:?}");
        server::jobs::begin_now(&house.app, "mail_send").await.unwrap();
        assert_eq!(post.letters().len(), 2, "once");
    }
}
