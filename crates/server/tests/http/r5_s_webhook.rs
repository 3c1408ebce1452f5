//! R-5.s: webhook channels. On the other side stands a real server that checks what it is told.

use super::house::{Answer, House, house, house_outbound, houses_outbound};
use super::r5_3_2_settlement::{PLAIN, with};
use super::receiver::{Got, Receiver, Say};
use engine::webhook::webhook_signature;
use model::id::PileId;
use model::time::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &str = "whsec-0123456789abcdef";

fn draft(url: &str, events: &[&str], operator_id: Option<i64>) -> Value {
    json!({"name": format!("回调 {operator_id:?}"), "enabled": true, "secret": SECRET,
        "webhook": {"url": url, "events": events, "operator_id": operator_id, "timeout_s": 1}})
}

async fn made(house: &House, cookie: &str, body: &Value) -> i64 {
    house.post("/channels", cookie, &body.to_string()).await.ok().json["id"].as_i64().unwrap()
}

async fn changed(
    house: &House,
    cookie: &str,
    id: i64,
    draft: &Value,
    change: impl FnOnce(&mut Value),
) -> Answer {
    let version = house.get(&format!("/channels/{id}"), cookie).await.ok().json["version"].clone();
    let mut body = draft.clone();
    (body["version"], body["secret"]) = (version, Value::Null);
    change(&mut body);
    house.send("PATCH", &format!("/channels/{id}"), cookie, Some(&body.to_string()), &[]).await
}

/// Runs the job to its end.
async fn told(house: &House) -> Value {
    let cookie = house.sign_in("admin").await;
    house.post("/jobs/webhook_send/runs", &cookie, "").await.ok();
    loop {
        let job = house.get("/jobs/webhook_send", &cookie).await.ok().json.clone();
        if job["last"]["state"] != "running" {
            return job["last"].clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn deliveries(house: &House, id: i64, query: &str) -> Vec<Value> {
    let cookie = house.sign_in("admin").await;
    let list = house.get(&format!("/channels/{id}/deliveries{query}"), &cookie).await;
    list.ok().json["items"].as_array().unwrap().clone()
}

async fn pile_id(house: &House, code: &'static str) -> PileId {
    let sql = "SELECT id FROM pile WHERE code = $1";
    let read = house.app.engine.store.read(move |conn| conn.one(sql, &[code.into()], |row| row.int(0)));
    PileId(read.await.unwrap())
}

async fn came(house: &House, code: &'static str) {
    let pile = pile_id(house, code).await;
    house.app.engine.pile_connected(pile, "10.0.0.9:1".to_owned(), None).await.unwrap();
}

async fn went(house: &House, code: &'static str) {
    let pile = pile_id(house, code).await;
    let at = Timestamp::from_ms(super::house::NOON);
    let ended = store::links::LinkRow {
        pile,
        from: at,
        to: at,
        remote_address: "10.0.0.9:1".to_owned(),
        shown: None,
        ended: model::site::LinkEnd::Closed,
    };
    house.app.engine.pile_gone(ended, at).await.unwrap();
}

/// As docs/protocols/webhook.md tells a receiver to.
fn verified(got: &Got) {
    let timestamp: i64 = got.header("pileops-timestamp").parse().unwrap();
    let own = webhook_signature(SECRET, timestamp, &got.body).unwrap();
    assert_eq!(got.header("pileops-signature"), format!("v1={own}"));
    assert_eq!((got.method.as_str(), got.header("content-type")), ("POST", "application/json"));
    let body = got.json();
    assert_eq!(body["id"], got.header("pileops-delivery"));
    assert_eq!(body["event"], got.header("pileops-event"));
}

#[tokio::test]
async fn r5_s_class_a_webhook_is_told_what_it_wants_to_know_in_its_order_and_signed() {
    for house in houses_outbound().await {
        let (receiver, admin) = (Receiver::open().await, with(&house, PLAIN).await);
        let all = ["order.completed", "pile.online", "pile.offline", "feedback.created"];
        let id = made(&house, &admin, &draft(&receiver.url(), &all, None)).await;
        came(&house, "A-1").await;
        came(&house, "A-1").await;
        went(&house, "A-1").await;
        went(&house, "A-1").await;
        let feedback = json!({"request_id": "a-request-1", "kind": "complaint", "category": "other", "content": "我的电话 13800138000",
            "phone": "13800138000", "pile_code": "B-1"});
        house.post("/public/feedback", "", &feedback.to_string()).await.ok();
        let bill = json!({"bill": {"basis": "record"}, "reason": "按桩端账单结算", "total_fen": 2212});
        house.post("/orders/42/settlements", &admin, &bill.to_string()).await.ok();
        assert_eq!(house.get(&format!("/channels/{id}"), &admin).await.json["waiting_count"], 4);
        let run = told(&house).await;
        assert_eq!((&run["state"], &run["done_count"]), (&json!("done"), &json!(4)), "{run}");

        let got = receiver.got();
        got.iter().for_each(verified);
        let events: Vec<String> = got.iter().map(|got| got.header("pileops-event").to_owned()).collect();
        assert_eq!(events, ["pile.online", "pile.offline", "feedback.created", "order.completed"]);
        let said = &got[2].json()["data"];
        assert_eq!((&said["phone"], &said["pile_code"]), (&json!("138****8000"), &json!("B-1")));
        assert!(!got[2].body.contains("13800138000"), "what people wrote stays here: {}", got[2].body);
        let order = got[3].json();
        assert_eq!(
            (&order["data"]["total_fen"], &order["data"]["pile_code"], &order["data"]["state"]),
            (&json!(2212), &json!("A-1"), &json!("completed"))
        );
        assert_eq!(told(&house).await["done_count"], 0, "once");
        let sent = deliveries(&house, id, "?state=sent&subject=a-1").await;
        assert!(sent.len() == 2 && sent[0]["status"] == 200 && sent[0]["tries"] == 1, "{sent:?}");
        let sends = house.get(&format!("/channels/{id}/sends?purpose=event"), &admin).await;
        assert_eq!((&sends.json["total"], &sends.json["items"][0]["status"]), (&json!(4), &json!(200)));
        let one = house.get(&format!("/channels/{id}"), &admin).await;
        assert_eq!((&one.json["has_secret"], &one.json["waiting_count"]), (&json!(true), &json!(0)));
        let log = house.get("/audit?noun=channel", &admin).await;
        assert!(!one.text.contains(SECRET) && !log.text.contains(SECRET));
    }
}

#[tokio::test]
async fn r5_s_class_an_operators_webhook_hears_of_that_operator_alone() {
    let house = house_outbound().await;
    house.furnish().await;
    let (admin, ours, theirs) =
        (house.sign_in("admin").await, Receiver::open().await, Receiver::open().await);
    let events = ["pile.online", "feedback.created"];
    let first = draft(&ours.url(), &events, Some(1));
    let id = made(&house, &admin, &first).await;
    made(&house, &admin, &draft(&theirs.url(), &events, Some(2))).await;
    for code in ["A-1", "B-1", "A-2"] {
        came(&house, code).await;
    }
    // At no place: nobody's, and so told to no operator.
    let feedback = json!({"request_id": "a-request-2", "kind": "complaint", "category": "other", "content": "打不开",
        "phone": "13800138000"});
    house.post("/public/feedback", "", &feedback.to_string()).await.ok();
    told(&house).await;
    let piles = |receiver: &Receiver| {
        receiver
            .got()
            .iter()
            .map(|got| got.json()["data"]["pile_code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (piles(&ours), piles(&theirs)),
        (vec!["A-1".to_owned(), "A-2".to_owned()], vec!["B-1".to_owned()])
    );
    let other = changed(&house, &admin, id, &first, |body| body["webhook"]["operator_id"] = json!(2)).await;
    assert_eq!(other.refused(400, "field.invalid").json["field"], "webhook.operator_id");
    let other =
        changed(&house, &admin, id, &first, |body| body["webhook"]["operator_id"] = Value::Null).await;
    assert_eq!(other.refused(400, "field.invalid").json["field"], "webhook.operator_id");
    // Switched off: what happens then is told nobody, and what it wants to know is asked for anew.
    changed(&house, &admin, id, &first, |body| body["enabled"] = json!(false)).await.ok();
    went(&house, "A-1").await;
    came(&house, "A-1").await;
    changed(&house, &admin, id, &first, |body| body["webhook"]["events"] = json!(["pile.offline"]))
        .await
        .ok();
    went(&house, "A-1").await;
    ours.forget();
    told(&house).await;
    assert_eq!(ours.got().len(), 1);
    assert_eq!(ours.got()[0].header("pileops-event"), "pile.offline");
}

#[tokio::test]
async fn r5_s_class_a_ping_shows_what_came_back() {
    let house = house_outbound().await;
    house.furnish().await;
    let (admin, receiver) = (house.sign_in("admin").await, Receiver::open().await);
    let id = made(&house, &admin, &draft(&receiver.url(), &["order.completed"], None)).await;
    let ping = async || house.post(&format!("/channels/{id}/check"), &admin, "{}").await.ok().json.clone();
    let sent = ping().await;
    assert_eq!((&sent["success"], &sent["status"]), (&json!(true), &json!(200)), "{sent}");
    assert!(sent["message"]["zh"].as_str().unwrap().contains("ok"), "{sent}");
    let got = receiver.got().remove(0);
    verified(&got);
    assert_eq!(got.header("pileops-event"), "ping");
    for (say, word) in [
        (Say::Status(500, "<b>boom</b>\r\nline two".to_owned()), "500 <b>boom</b> line two"),
        (Say::Status(401, "who?".to_owned()), "核对回调地址与密钥"),
        (Say::Status(422, "no".to_owned()), "不接受这条内容"),
        (Say::Moved("http://169.254.169.254/".to_owned()), "跳转"),
        (Say::Bytes(100_000), "超过 64 KiB"),
        (Say::Nothing, "没有应答完"),
    ] {
        receiver.says(say);
        let sent = ping().await;
        assert_eq!(sent["success"], false);
        assert!(sent["message"]["zh"].as_str().unwrap().contains(word), "{word}: {sent}");
    }
    assert_eq!(receiver.got().len(), 7, "no redirect is followed");
    let sends = house.get(&format!("/channels/{id}/sends?purpose=test"), &admin).await;
    assert_eq!(sends.json["total"], 7);
}

#[tokio::test]
async fn r5_s_boundary_what_does_not_arrive_is_tried_again_keeps_its_order_and_ends_after_nine_tries() {
    for house in houses_outbound().await {
        house.furnish().await;
        let (admin, receiver) = (house.sign_in("admin").await, Receiver::open().await);
        let id = made(&house, &admin, &draft(&receiver.url(), &["pile.online", "pile.offline"], None)).await;
        came(&house, "A-1").await;
        came(&house, "A-2").await;
        receiver.says(Say::Status(500, String::new()));
        assert_eq!(told(&house).await["state"], "failed");
        assert_eq!(receiver.got().len(), 1, "the second waits behind the first");
        house.clock.advance(Duration::from_millis(9_999));
        assert_eq!(told(&house).await["done_count"], 0);
        house.clock.advance(Duration::from_millis(1));
        assert_eq!(told(&house).await["done_count"], 2);
        let got = receiver.got();
        let subjects: Vec<Value> = got.iter().map(|got| got.json()["data"]["pile_code"].clone()).collect();
        assert_eq!(subjects, ["A-1", "A-1", "A-2"]);
        assert_eq!(
            got[0].header("pileops-delivery"),
            got[1].header("pileops-delivery"),
            "known again by its id"
        );

        // One that is not liked holds only itself.
        receiver.forget();
        went(&house, "A-1").await;
        went(&house, "A-2").await;
        receiver.rules(|got| got.body.contains("A-1").then(|| Say::Status(400, "bad".to_owned())));
        assert_eq!(told(&house).await["done_count"], 1);
        for seconds in [10, 60, 300, 900, 3_600, 10_800, 21_600, 43_200] {
            house.clock.advance(Duration::from_secs(seconds));
            assert_eq!(deliveries(&house, id, "?state=waiting").await.len(), 1, "before {seconds} s");
            told(&house).await;
        }
        let failed = deliveries(&house, id, "?state=failed&event=pile.offline").await;
        assert_eq!((&failed[0]["tries"], &failed[0]["status"]), (&json!(9), &json!(400)), "{failed:?}");
        assert!(failed[0]["message"]["en"].as_str().unwrap().contains("400 bad"));
        let admin = house.sign_in("admin").await;
        let tries = house
            .get(&format!("/channels/{id}/sends?delivery_id={}&limit=20", failed[0]["id"]), &admin)
            .await;
        assert_eq!(tries.json["total"], 9);

        // By hand once more, and it is the same one.
        receiver.rules(|_| None);
        house.post(&format!("/deliveries/{}/sends", failed[0]["id"]), &admin, "").await.ok();
        house
            .post(&format!("/deliveries/{}/sends", failed[0]["id"]), &admin, "")
            .await
            .refused(422, "delivery.waiting");
        assert_eq!(told(&house).await["done_count"], 1);
        assert_eq!(receiver.got().last().unwrap().header("pileops-delivery"), failed[0]["key"]);

        // What waited for three days is given up untried.
        came(&house, "A-1").await;
        receiver.forget();
        house.clock.advance(Duration::from_secs(3 * 86_400 + 1));
        told(&house).await;
        assert!(receiver.got().is_empty());
        assert_eq!(deliveries(&house, id, "?state=failed").await.len(), 1);
    }
}

#[tokio::test]
async fn r5_s_boundary_an_address_a_secret_and_events_have_their_rules() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let good = "https://hook.example.com/in";
    let refused = async |change: &dyn Fn(&mut Value), field: &str| {
        let mut body = draft(good, &["order.completed"], None);
        change(&mut body);
        let answer = house.post("/channels", &admin, &body.to_string()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{body}");
    };
    for url in [
        "",
        "hook.example.com",
        "ftp://hook.example.com",
        "https://user:pw@hook.example.com",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.8:8080/",
        "http://100.100.100.200/",
        "http://[fd00::1]/",
        "http://0.0.0.0/",
        "https://hook.example.com:99999/",
    ] {
        refused(&|body| body["webhook"]["url"] = json!(url), "webhook.url").await;
    }
    refused(&|body| body["webhook"]["events"] = json!([]), "webhook.events").await;
    refused(&|body| body["webhook"]["timeout_s"] = json!(0), "webhook.timeout_s").await;
    refused(&|body| body["webhook"]["timeout_s"] = json!(31), "webhook.timeout_s").await;
    refused(&|body| body["webhook"]["operator_id"] = json!(99), "webhook.operator_id").await;
    for secret in
        [Value::Null, json!(""), json!("x".repeat(15)), json!("x".repeat(129)), json!("with a blank in it")]
    {
        refused(&|body| body["secret"] = secret.clone(), "secret").await;
    }
    refused(&|body| body["webhook"] = Value::Null, "kind").await;
    for length in [16, 128] {
        let mut body = draft(good, &["order.completed"], None);
        (body["secret"], body["name"]) = (json!("x".repeat(length)), json!(format!("密钥 {length}")));
        made(&house, &admin, &body).await;
    }
}

#[tokio::test]
async fn r5_s_guess_a_name_that_leads_inside_and_things_of_strangers() {
    let house = house().await;
    house.furnish().await;
    let (admin, receiver) = (house.sign_in("admin").await, Receiver::open().await);
    // A name is found out when it is used: it stands for this machine, and nothing is sent there.
    let url = format!("http://localhost:{}/hook", receiver.port);
    let first = draft(&url, &["pile.online"], None);
    let id = made(&house, &admin, &first).await;
    let sent = house.post(&format!("/channels/{id}/check"), &admin, "{}").await.ok().json.clone();
    assert!(sent["message"]["zh"].as_str().unwrap().contains("outbound_allow"), "{sent}");
    came(&house, "A-1").await;
    assert_eq!(told(&house).await["state"], "failed");
    assert!(receiver.got().is_empty());
    let smtp = json!({"host": "localhost", "port": 1, "security": "none", "account": null, "from_name": "",
        "from_address": "a@example.com", "timeout_s": 1});
    let other =
        changed(&house, &admin, id, &first, |body| (body["webhook"], body["smtp"]) = (Value::Null, smtp))
            .await;
    assert_eq!(other.refused(400, "field.invalid").json["field"], "kind");
    let waiting = deliveries(&house, id, "").await[0]["id"].clone();
    changed(&house, &admin, id, &first, |body| body["enabled"] = json!(false)).await.ok();
    house.post(&format!("/deliveries/{waiting}/sends"), &admin, "").await.refused(422, "channel.disabled");
    house.post("/deliveries/99/sends", &admin, "").await.refused(404, "delivery.not_found");
    house.get("/channels/99/deliveries", &admin).await.refused(404, "channel.not_found");
    let theirs = house.sign_in("a.admin").await;
    house.get(&format!("/channels/{id}/deliveries"), &theirs).await.refused(403, "scope.denied");
    house.post(&format!("/deliveries/{waiting}/sends"), &theirs, "").await.refused(403, "scope.denied");
}

pub async fn delivery_id(house: &House) -> String {
    let sql = "SELECT MAX(id) FROM delivery";
    let found = house.app.engine.store.read(move |conn| conn.one(sql, &[], |row| row.int(0)));
    found.await.unwrap().to_string()
}

/// Something that a webhook is to be told.
pub async fn delivery(house: &House, cookie: &str) {
    let webhook = json!({"name": "回调", "enabled": true, "secret": "0123456789abcdef", "webhook": {
        "url": "https://hook.invalid/", "events": ["pile.offline"], "operator_id": null, "timeout_s": 1}});
    house.post("/channels", cookie, &webhook.to_string()).await.ok();
    let write = house.app.engine.store.write(None, |tx| {
        let event = model::channel::WebhookEvent::PileOffline;
        tx.deliver(event, None, Timestamp::from_ms(1), |_| Ok(("P-1".to_owned(), "{}".to_owned())))
    });
    write.await.unwrap();
}
