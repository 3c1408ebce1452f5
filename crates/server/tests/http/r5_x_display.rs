//! R-5.x: 屏显消息, 客户信息 and 厂商消息, through the API.

use super::house::{House, houses};
use model::device::{Answer, DeviceEvent};
use model::display::{CustomerPart, DisplayChange, DisplayMessage, VendorMessage, VendorVerdict};
use model::id::{PileCode, PileId};
use serde_json::json;
use store::vendor_messages::NewVendorMessage;

async fn pile_id(house: &House, code: &str) -> PileId {
    let code = PileCode::parse(code).unwrap();
    house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap().id
}

async fn say(house: &House, code: &str, event: DeviceEvent) -> Answer {
    let inbound = engine::device::Inbound {
        pile: pile_id(house, code).await,
        received_at: house.app.now(),
        event,
        kind: "NotifyDisplayMessages",
        bytes: vec![1],
        render: Box::new(|_, _| Vec::new()),
    };
    house.app.engine.device(inbound).await.answer.unwrap()
}

fn message(no: i64, content: &str) -> Box<DisplayMessage> {
    Box::new(DisplayMessage {
        no,
        priority: "InFront".to_owned(),
        state: None,
        from_ms: None,
        until_ms: None,
        session: None,
        format: "UTF8".to_owned(),
        language: Some("zh".to_owned()),
        content: content.to_owned(),
    })
}

fn part(request_no: i64, seq_no: i64, is_last: bool, content: &str) -> DeviceEvent {
    DeviceEvent::CustomerTold(CustomerPart { request_no, seq_no, is_last, content: content.to_owned() })
}

#[tokio::test]
async fn r5_x_class_what_a_pile_shows_is_compared_with_what_it_was_given() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.admin").await;
        let pile = pile_id(&house, "A-1").await;
        let now = house.app.now();
        let set = [1, 2, 3].map(|no| DisplayChange::Set(message(no, "欢迎"))).to_vec();
        house.app.engine.displays_keep(pile, set, now).await.unwrap();
        let matches = async |want: &[(i64, &str)]| {
            let list = house.get("/piles/A-1/displays", &own).await;
            let found: Vec<_> = list.ok().json["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (one["no"].clone(), one["match"].clone()))
                .collect();
            let want: Vec<_> = want.iter().map(|(no, word)| (json!(no), json!(word))).collect();
            assert_eq!(found, want);
        };
        matches(&[(1, "same"), (2, "same"), (3, "same")]).await;
        // It tells all of them anew: one is another, one is gone, and there is one of its own.
        house.app.engine.displays_keep(pile, vec![DisplayChange::Anew], now.plus_ms(1)).await.unwrap();
        let told = vec![
            DisplayChange::Told(message(1, "欢迎")),
            DisplayChange::Told(message(2, "您好")),
            DisplayChange::Told(message(900, "请刷卡")),
        ];
        assert_eq!(say(&house, "A-1", DeviceEvent::Displays(told)).await, Answer::Noted);
        matches(&[(1, "same"), (2, "different"), (3, "missing"), (900, "foreign")]).await;
        // What it has cleared, or never knew, is no longer there; nor is what it had by itself and no longer tells.
        let gone = vec![DisplayChange::Gone { no: 2 }, DisplayChange::Anew];
        house.app.engine.displays_keep(pile, gone, now.plus_ms(2)).await.unwrap();
        matches(&[(1, "missing"), (3, "missing")]).await;
        let shown = house.app.engine.cost_keep(pile, "T-1".to_owned(), "12.5".to_owned(), now);
        shown.await.unwrap();
        let list = house.get("/piles/A-1/displays", &own).await;
        assert_eq!(
            list.ok().json["costs"],
            json!([{"session": "T-1", "cost": "12.5", "at_ms": now.as_ms()}])
        );
    }
}

#[tokio::test]
async fn r5_x_class_what_a_pile_knows_of_a_customer_is_put_together_and_shown_to_few() {
    for house in houses().await {
        house.furnish().await;
        let (admin, own) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
        // The last piece comes first, and one comes twice.
        for event in [part(7, 2, true, "c"), part(7, 0, false, "a"), part(7, 0, false, "a")] {
            say(&house, "A-1", event).await;
        }
        let list = house.get("/piles/A-1/customer-inquiries", &own).await;
        let one = &list.ok().json["items"][0];
        assert_eq!(
            (&one["request_no"], &one["state"], &one["parts_count"], &one["missing_count"]),
            (&json!(7), &json!("telling"), &json!(2), &json!(1))
        );
        assert!(!list.text.contains("content"), "{}", list.text);
        let path = "/piles/A-1/customer-inquiries/reveal";
        let told = house.post(path, &own, r#"{"request_no":7}"#).await;
        assert_eq!(told.ok().json["content"], "a…c");
        say(&house, "A-1", part(7, 1, false, "b")).await;
        assert_eq!(house.post(path, &own, r#"{"request_no":7}"#).await.ok().json["content"], "abc");
        let list = house.get("/piles/A-1/customer-inquiries", &own).await;
        assert_eq!(list.ok().json["items"][0]["state"], "told");
        let looks = house.get("/audit?action=customer_inquiry_reveal", &admin).await;
        assert_eq!(looks.ok().json["items"].as_array().unwrap().len(), 2);
        let viewer = house.sign_in("viewer").await;
        house.post(path, &viewer, r#"{"request_no":7}"#).await.refused(403, "permission.denied");
        // A month later it is forgotten.
        let later = house.app.now().plus_ms(31 * model::time::DAY_MS);
        while house.app.engine.logs_prune(later).await.unwrap() > 0 {}
        assert_eq!(house.get("/piles/A-1/customer-inquiries", &own).await.ok().json["items"], json!([]));
        house.post(path, &own, r#"{"request_no":7}"#).await.refused(404, "customer_inquiry.not_found");
    }
}

#[tokio::test]
async fn r5_x_boundary_a_question_names_one_customer_and_wants_something() {
    let house = super::house::house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let path = "/piles/A-1/customer-inquiries";
    let long = "x".repeat(37);
    for (body, field) in [
        (json!({"reports": true, "clears": false}), "card_tag"),
        (json!({"card_tag": " ", "reports": true, "clears": false}), "card_tag"),
        (json!({"card_tag": long, "reports": true, "clears": false}), "card_tag"),
        (json!({"card_tag": "A", "customer_name": "B", "reports": true, "clears": false}), "customer_name"),
        (json!({"card_tag": "A", "reports": false, "clears": false}), "reports"),
    ] {
        let answer = house.post(path, &admin, &body.to_string()).await;
        answer.refused(400, "field.invalid");
        assert_eq!(answer.json["field"], field, "{body}");
    }
    let good = json!({"card_tag": "x".repeat(36), "reports": true, "clears": true}).to_string();
    house.post(path, &admin, &good).await.refused(422, "pile.no_customers");
    assert_eq!(house.get(path, &admin).await.ok().json["items"], json!([]));
}

#[tokio::test]
async fn r5_x_class_a_vendors_message_is_answered_by_what_is_known_of_the_vendor() {
    for house in houses().await {
        house.furnish().await;
        let (admin, own) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
        let told = async |vendor: &str, message: Option<&str>| {
            let said = VendorMessage {
                vendor: vendor.to_owned(),
                message: message.map(str::to_owned),
                data: Some("{\"n\":1}".to_owned()),
            };
            say(&house, "A-1", DeviceEvent::Data(said)).await
        };
        assert_eq!(told("com.a", Some("M")).await, Answer::Data(VendorVerdict::UnknownVendor));
        let made =
            house.post("/vendor-words", &admin, r#"{"vendor":" com.a ","message":"M","note":"停车"}"#).await;
        let id = made.ok().json["id"].as_i64().unwrap();
        house
            .post("/vendor-words", &admin, r#"{"vendor":"com.a","message":"M"}"#)
            .await
            .refused(409, "vendor_word.known");
        assert_eq!(told("com.a", Some("M")).await, Answer::Data(VendorVerdict::Accepted));
        assert_eq!(told("com.a", Some("N")).await, Answer::Data(VendorVerdict::UnknownMessage));
        // What the page of parameters sets leaves them in force.
        house.app.engine.parameters_load().await.unwrap();
        assert_eq!(told("COM.A", Some("M")).await, Answer::Data(VendorVerdict::Accepted));
        house.send("DELETE", &format!("/vendor-words/{id}"), &admin, None, &[]).await.ok();
        assert_eq!(told("com.a", Some("M")).await, Answer::Data(VendorVerdict::UnknownVendor));
        let pile = pile_id(&house, "A-1").await;
        let sent = NewVendorMessage {
            up: false,
            said: VendorMessage { vendor: "com.b".to_owned(), message: None, data: None },
            status: "Rejected".to_owned(),
            answer: Some("no".to_owned()),
            at: house.app.now(),
        };
        house.app.engine.vendor_message_keep(pile, sent).await.unwrap();
        for (query, count) in [
            ("limit=50", 6),
            ("up=false", 1),
            ("status=Accepted", 2),
            ("text=com.a", 5),
            ("text=%22n%22", 5),
            ("up=true&status=Rejected", 0),
        ] {
            let list = house.get(&format!("/piles/A-1/vendor-messages?{query}"), &own).await;
            assert_eq!(list.ok().json["items"].as_array().unwrap().len(), count, "{query}");
        }
        let first = house.get("/piles/A-1/vendor-messages?limit=5", &own).await;
        let cursor = first.ok().json["next_cursor"].as_str().unwrap().to_owned();
        let next = house.get(&format!("/piles/A-1/vendor-messages?limit=5&cursor={cursor}"), &own).await;
        assert_eq!(next.ok().json["items"][0]["status"], "UnknownVendorId");
    }
}

#[tokio::test]
async fn r5_x_guess_another_operator_neither_sees_nor_sets_any_of_it() {
    let house = super::house::house().await;
    house.furnish().await;
    let own = house.sign_in("a.admin").await;
    say(&house, "B-1", part(1, 0, true, "张三")).await;
    for path in ["displays", "customer-inquiries", "vendor-messages"] {
        house.get(&format!("/piles/B-1/{path}"), &own).await.refused(404, "pile.not_found");
    }
    let reveal = house.post("/piles/B-1/customer-inquiries/reveal", &own, r#"{"request_no":1}"#).await;
    reveal.refused(404, "pile.not_found");
    house.post("/vendor-words", &own, r#"{"vendor":"com.a"}"#).await.refused(403, "scope.denied");
    let admin = house.sign_in("admin").await;
    let long = json!({"vendor": "v".repeat(256)}).to_string();
    let answer = house.post("/vendor-words", &admin, &long).await;
    answer.refused(400, "field.invalid");
    assert_eq!(answer.json["field"], "vendor");
    house
        .send("DELETE", "/vendor-words/99999", &admin, None, &[])
        .await
        .refused(404, "vendor_word.not_found");
}
