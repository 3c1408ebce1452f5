//! R-5.5 财务管理: paying at a channel, and refunds to the source, with the simulated channel over real sockets.

use super::house::{Answer, House, houses_outbound};
use super::r5_5_wallet::{charge, listed};
use serde_json::{Value, json};
use server::jobs::pay::poll;
use sim::pay::{Channel, Moods, Options};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

const SECRET: &str = "secret-of-the-tests-0123";

/// A house that a channel can call, and the channel.
pub struct Street {
    pub house: House,
    pub channel: Arc<Channel>,
    pub id: i64,
    pub customer: i64,
    pub admin: String,
}

pub fn moods() -> Moods {
    Moods { seed: 7, refund_ms: 0, ..Moods::default() }
}

impl Street {
    /// On both databases.
    pub async fn all(moods: Moods) -> Vec<Street> {
        let mut all = Vec::new();
        for house in houses_outbound().await {
            all.push(Street::new(house, moods.clone()).await);
        }
        all
    }

    async fn new(house: House, moods: Moods) -> Street {
        house.furnish().await;
        let doors = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = format!("http://{}", doors.local_addr().unwrap());
        let router = house.router.clone();
        tokio::spawn(async move { axum::serve(doors, router).await.unwrap() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let file = std::env::temp_dir().join(format!("paysim_{}_{}", std::process::id(), at.port()));
        let options = Options {
            listen: at,
            file: file.clone(),
            merchant: "M1".to_owned(),
            secret: SECRET.to_owned(),
            public: None,
            moods,
        };
        let channel = sim::pay::open(options, house.clock.clone()).unwrap();
        // On a unix it lives on for whoever has it open.
        std::fs::remove_file(file).unwrap();
        let served = Arc::clone(&channel);
        tokio::spawn(async move { sim::pay::serve(listener, served).await });
        let admin = house.sign_in("admin").await;
        let draft = json!({"name": "模拟支付", "operator_id": null, "enabled": true, "wechat": null,
            "simulated": {"url": channel.url(), "merchant": "M1"}, "notify_url": own, "secret": SECRET});
        let id =
            house.post("/pay-channels", &admin, &draft.to_string()).await.ok().json["id"].as_i64().unwrap();
        let draft = json!({"name": "王伟", "phone": "13800131234", "kind": "person"}).to_string();
        let customer = house.post("/customers", &admin, &draft).await.ok().json["id"].as_i64().unwrap();
        Street { house, channel, id, customer, admin }
    }

    pub async fn top_up(&self, fen: i64, request: &str) -> Answer {
        let draft = json!({"phone": "138 0013 1234", "amount_fen": fen, "order_no": null,
            "pay_channel_id": null, "request_id": request});
        self.house.post("/public/payments", "", &draft.to_string()).await
    }

    /// Tops up and pays; the payment's number in our books.
    pub async fn paid(&self, fen: i64, request: &str) -> Value {
        let ticket = self.top_up(fen, request).await.ok().json.clone();
        assert!(self.channel.pay(ticket["no"].as_str().unwrap()));
        self.until(&format!("/payments?no={}&state=paid", ticket["no"].as_str().unwrap())).await["items"][0]
            .clone()
    }

    pub async fn get(&self, path: &str) -> Value {
        self.house.get(path, &self.admin).await.ok().json.clone()
    }

    /// Looks until there is something in a list: what goes over sockets takes a moment.
    pub async fn until(&self, path: &str) -> Value {
        for _ in 0..250 {
            let found = self.get(path).await;
            if found["total"].as_i64().unwrap() > 0 {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nothing in {path}: {:?}", self.get("/refunds").await);
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.house.post(path, &self.admin, &body.to_string()).await
    }

    /// Owed orders, as the desk counts them and as the list finds them.
    async fn owed(&self) -> (i64, usize) {
        let desk = self.get("/abnormal-orders/summary").await;
        let list = self.get("/orders?paid_state=owed").await;
        (desk["owed_count"].as_i64().unwrap(), list["items"].as_array().unwrap().len())
    }

    pub async fn wallet(&self) -> i64 {
        self.get(&format!("/customers/{}/wallet", self.customer)).await["principal_fen"].as_i64().unwrap()
    }

    /// Page by page the newest first; of this month, and a number whenever it was.
    async fn pages(&mut self, no: &str) {
        let mut seen = Vec::new();
        let mut path = "/payments?limit=1".to_owned();
        loop {
            let page = self.get(&path).await;
            assert_eq!(page["total"], 3);
            seen.push(page["items"][0]["id"].as_i64().unwrap());
            let Some(next) = page["next_cursor"].as_str() else { break };
            path = format!("/payments?limit=1&cursor={next}");
        }
        assert!(seen.len() == 3 && seen.is_sorted_by(|newer, older| newer > older), "{seen:?}");
        let now = self.house.clock.now().as_ms();
        self.house.clock.advance(Duration::from_secs(40 * 86_400));
        self.admin = self.house.sign_in("admin").await;
        for path in ["/payments", "/postings"] {
            assert_eq!(self.get(path).await["total"], 0, "{path} is of another month");
            let all = self.get(&format!("{path}?to_ms={}", now + 1)).await;
            assert!(all["total"].as_i64().unwrap() > 2, "{path}: {all}");
            let draft = format!("{path}?from_ms=2&to_ms=1");
            self.house.get(&draft, &self.admin).await.at("to_ms");
        }
        assert_eq!(self.get(&format!("/payments?no={no}")).await["total"], 1);
        assert_eq!(self.get(&format!("/payments?no={}", &no[..no.len() - 1])).await["total"], 0);
        let own = format!("/postings?customer_id={}", self.customer);
        assert!(self.get(&own).await["total"].as_i64().unwrap() > 2);
    }

    pub async fn sound(&self) {
        assert_eq!(self.house.app.engine.orders_verify().await.unwrap().problems, []);
    }
}

pub fn refund(fen: i64, request: &str) -> Value {
    json!({"amount_fen": fen, "reason": "用户申请退余额", "request_id": request})
}

#[tokio::test]
async fn r5_5_class_a_top_up_comes_by_notice_and_by_asking() {
    for street in Street::all(moods()).await {
        let ticket = street.top_up(10_000, "request-1").await.ok().json.clone();
        assert_eq!(ticket["state"], "paying");
        assert!(ticket["pay_url"].as_str().unwrap().contains("/cashier/"));
        let again = street.top_up(10_000, "request-1").await.ok().json.clone();
        assert_eq!(again["no"], ticket["no"], "said twice, it is one payment");
        street.top_up(10_001, "request-1").await.refused(409, "request.differs");
        let no = ticket["no"].as_str().unwrap();
        assert!(street.channel.pay(no));
        let list = street.until(&format!("/payments?no={no}&state=paid")).await;
        assert_eq!(list["items"][0]["amount_fen"], 10_000);
        assert_eq!(street.wallet().await, 10_000);
        let state = format!("/public/payments?no={no}&token={}", ticket["token"].as_str().unwrap());
        assert_eq!(street.house.get(&state, "").await.ok().json["state"], "paid");
        street
            .house
            .get(&format!("/public/payments?no={no}&token=x"), "")
            .await
            .refused(404, "payment.not_found");
        let totals = street.get("/payments/totals").await;
        assert_eq!((&totals["paid_count"], &totals["paid_fen"]), (&json!(1), &json!(10_000)));
        let detail = street.get(&format!("/payments/{}", list["items"][0]["id"])).await;
        let events: Vec<_> =
            detail["events"].as_array().unwrap().iter().map(|one| one["what"].clone()).collect();
        assert_eq!(events, ["created", "opened", "paid"]);
        street.sound().await;
    }
    // The notice is lost: the job asks.
    for street in Street::all(Moods { lost_percent: 100, ..moods() }).await {
        let ticket = street.top_up(2_000, "request-1").await.ok().json.clone();
        assert!(street.channel.pay(ticket["no"].as_str().unwrap()));
        assert_eq!(poll(&street.house.app).await.unwrap().done, 0, "not yet");
        street.house.clock.advance(Duration::from_secs(5));
        assert_eq!(poll(&street.house.app).await.unwrap().done, 1);
        assert_eq!(street.wallet().await, 2_000);
        street.sound().await;
    }
}

#[tokio::test]
async fn r5_5_boundary_amounts_times_and_what_can_go_back() {
    for mut street in Street::all(moods()).await {
        for fen in [0, 99, 500_001, -5] {
            street.top_up(fen, "request-0").await.at("amount_fen");
        }
        for (n, fen) in [100, 500_000].into_iter().enumerate() {
            street.paid(fen, &format!("request-1{n}")).await;
        }
        // Nobody pays in half an hour: closed at the channel, so that nobody can.
        let late = street.top_up(1_000, "request-2").await.ok().json.clone();
        street.house.clock.advance(Duration::from_secs(1_800));
        street.admin = street.house.sign_in("admin").await;
        poll(&street.house.app).await.unwrap();
        let no = late["no"].as_str().unwrap();
        assert_eq!(street.get(&format!("/payments?no={no}")).await["items"][0]["state"], "closed");
        assert!(!street.channel.pay(no));
        // Refunds: over several payments, the oldest first; a second person above the limit; never more than paid.
        let path = format!("/customers/{}/refunds", street.customer);
        street.post(&path, refund(500_101, "refund-00")).await.refused(422, "refund.too_much");
        let made = street.post(&path, refund(300, "refund-01")).await.ok().json.clone();
        assert_eq!(made["ids"].as_array().unwrap().len(), 2, "1 yuan of the first, 2 of the second");
        let again = street.post(&path, refund(300, "refund-01")).await.ok().json.clone();
        assert_eq!(made, again);
        street.post(&path, refund(301, "refund-01")).await.refused(409, "request.differs");
        street.until("/refunds?state=done").await;
        assert_eq!(street.wallet().await, 500_100 - 300);
        let much = street.post(&path, refund(20_001, "refund-02")).await.ok().json["ids"][0].clone();
        assert_eq!(street.get(&format!("/refunds/{much}")).await["state"], "applied");
        assert_eq!(street.wallet().await, 500_100 - 300 - 20_001, "reserved while it waits");
        let decision = format!("/refunds/{much}/decision");
        street.post(&decision, json!({"approve": true})).await.refused(422, "refund.own");
        let finance = street.house.sign_in("finance").await;
        street.house.post(&decision, &finance, r#"{"approve":false}"#).await.at("reason");
        street.house.post(&decision, &finance, r#"{"approve":false,"reason":"资料不全"}"#).await.ok();
        street
            .house
            .post(&decision, &finance, r#"{"approve":true}"#)
            .await
            .refused(409, "refund.state_differs");
        assert_eq!(street.wallet().await, 500_100 - 300, "rejected, it is back");
        street.sound().await;
        street.pages(no).await;
    }
}

#[tokio::test]
async fn r5_5_guess_notices_repeat_overtake_and_are_forged() {
    let odd = Moods { repeated_percent: 100, early_percent: 100, ..moods() };
    for street in Street::all(odd).await {
        // Paid, and told three times, before its creation is answered.
        let ticket = street.top_up(3_000, "request-1").await.ok().json.clone();
        street.until(&format!("/payments?no={}&state=paid", ticket["no"].as_str().unwrap())).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(street.wallet().await, 3_000);
        street.sound().await;
        // Forged, and of another merchant.
        let door = format!("/pay/notices/{}", street.id);
        let (now, no) = (street.house.clock.now().as_ms(), ticket["no"].as_str().unwrap());
        for (secret, merchant, path, status) in [
            ("another-secret-000000", "M1", door.as_str(), 400),
            (SECRET, "M2", door.as_str(), 400),
            (SECRET, "M1", "/pay/notices/99", 400),
        ] {
            let body = json!({"merchant": merchant, "kind": "payment", "no": no, "state": "paid",
                "channel_no": "forged", "amount_fen": 3_000, "paid_at_ms": now})
            .to_string();
            let answer = street.called(path, secret, now, &body).await;
            assert_eq!(answer, status, "{secret} {merchant} {path}");
        }
        // Signed well, an hour ago; and with another amount.
        let body = json!({"merchant": "M1", "kind": "payment", "no": no, "state": "paid", "channel_no": "x",
            "amount_fen": 3_001, "paid_at_ms": now})
        .to_string();
        assert_eq!(street.called(&door, SECRET, now - 3_600_000, &body).await, 400);
        assert_eq!(street.called(&door, SECRET, now, &body).await, 400);
        assert_eq!(street.wallet().await, 3_000);
        let payment = street.get(&format!("/payments?no={no}")).await["items"][0]["id"].clone();
        let events = street.get(&format!("/payments/{payment}")).await["events"].clone();
        assert!(events.as_array().unwrap().iter().any(|one| one["what"] == "amount_differs"));
        street.sound().await;
    }
    // The channel takes the money twice: the second goes back by itself.
    for street in Street::all(Moods { twice_percent: 100, ..moods() }).await {
        street.paid(4_000, "request-1").await;
        let refunds = street.until("/refunds?kind=excess").await;
        assert_eq!(refunds["items"][0]["amount_fen"], 4_000);
        street.house.clock.advance(Duration::from_secs(1));
        poll(&street.house.app).await.unwrap();
        street.until("/refunds?kind=excess&state=done").await;
        assert_eq!(
            (street.wallet().await, street.get("/payments?odd=true").await["total"].clone()),
            (4_000, json!(1))
        );
        street.sound().await;
    }
}

#[tokio::test]
async fn r5_5_class_an_owed_order_is_paid_once_and_goes_back_in_part() {
    for mut street in Street::all(moods()).await {
        let card =
            r#"{"tag":"WALLET1","status":"accepted","group":null,"expires_at_ms":null,"sessions_max":1}"#;
        street.house.post("/cards", &street.admin, card).await.ok();
        street.post(&format!("/customers/{}/cards", street.customer), json!({"tag": "WALLET1"})).await.ok();
        let (_, order) = charge(&street.house, 0).await;
        street.admin = street.house.sign_in("admin").await;
        assert_eq!(listed(&street.house, &street.admin, order).await, "later owed");
        assert_eq!(street.owed().await, (1, 1));
        let seen = street.get(&format!("/orders/{order}")).await;
        let (number, total) = (seen["order_no"].as_str().unwrap().to_owned(), seen["total_fen"].clone());
        let ask = |request: &str, fen: Value| json!({"phone": "13800131234", "order_no": number, "amount_fen": fen, "request_id": request});
        street.post("/public/payments", ask("request-0", json!(1))).await.at("amount_fen");
        let other =
            json!({"phone": "13800131234", "order_no": "202611230000009999", "request_id": "request-0"});
        street.post("/public/payments", other).await.at("order_no");
        // Two phones of one family pay at the same time: one of them gets it back.
        let mut numbers = Vec::new();
        for request in ["request-1", "request-2"] {
            let ticket = street.post("/public/payments", ask(request, Value::Null)).await.ok().json.clone();
            assert_eq!(ticket["amount_fen"], total);
            numbers.push(ticket["no"].as_str().unwrap().to_owned());
        }
        for no in &numbers {
            assert!(street.channel.pay(no));
            street.until(&format!("/payments?no={no}&state=paid")).await;
        }
        assert_eq!(listed(&street.house, &street.admin, order).await, "later paid");
        assert_eq!(street.owed().await, (0, 0), "the desk knows that it was paid");
        let twice = street.until("/refunds?kind=excess").await;
        assert_eq!(twice["items"][0]["amount_fen"], total);
        street.house.clock.advance(Duration::from_secs(1));
        poll(&street.house.app).await.unwrap();
        street.until("/refunds?kind=excess&state=done").await;
        street
            .post("/public/payments", ask("request-3", Value::Null))
            .await
            .refused(422, "payment.nothing_owed");
        street.sound().await;
        // What was paid goes back through the channel, not into a purse that has paid nothing.
        let into_purse = json!({"amount_fen": 1, "reason": "设备故障", "request_id": "refund-00"});
        street.post(&format!("/orders/{order}/refunds"), into_purse).await.refused(422, "refund.too_much");
        let paid = street.get(&format!("/payments?no={}", numbers[0])).await["items"][0]["id"].clone();
        street.post(&format!("/payments/{paid}/refunds"), refund(100, "refund-01")).await.ok();
        street.until("/refunds?kind=order&state=done").await;
        assert_eq!(listed(&street.house, &street.admin, order).await, "later part_refunded");
        assert_eq!(street.get("/orders?paid_state=part_refunded").await["items"][0]["id"], order);
        assert_eq!(street.get("/orders?paid_state=written_off").await["items"], json!([]));
        assert_eq!(street.wallet().await, 0);
        street.sound().await;
    }
}

#[tokio::test]
async fn r5_5_guess_refunds_fail_are_stuck_and_keep_their_number() {
    for street in Street::all(Moods { refused_percent: 100, ..moods() }).await {
        let payment = street.paid(5_000, "request-1").await["id"].clone();
        let path = format!("/payments/{payment}/refunds");
        let id = street.post(&path, refund(2_000, "refund-01")).await.ok().json["id"].clone();
        let failed = street.get(&format!("/refunds/{id}")).await;
        assert_eq!(failed["state"], "failed");
        assert_eq!(street.wallet().await, 3_000, "still reserved");
        street.post(&path, refund(3_001, "refund-02")).await.refused(422, "refund.too_much");
        street.post(&format!("/refunds/{id}/submission"), json!({})).await.ok();
        street.until("/refunds?state=done").await;
        let done = street.get(&format!("/refunds/{id}")).await;
        assert_eq!((&done["no"], &done["tries"]), (&failed["no"], &json!(2)));
        // One that is given up is back in the wallet; one that goes by hand has a proof.
        let id = street.post(&path, refund(1_000, "refund-03")).await.ok().json["id"].clone();
        street.post(&format!("/refunds/{id}/cancellation"), json!({"reason": "用户改主意"})).await.ok();
        assert_eq!(street.wallet().await, 3_000);
        let id = street.post(&path, refund(1_000, "refund-04")).await.ok().json["id"].clone();
        street.post(&format!("/refunds/{id}/proof"), json!({"proof": "短"})).await.at("proof");
        street
            .post(&format!("/refunds/{id}/proof"), json!({"proof": "工行转账 20261123 流水 88"}))
            .await
            .ok();
        assert_eq!(street.get(&format!("/refunds/{id}")).await["route"], "hand");
        street
            .post(&format!("/refunds/{id}/cancellation"), json!({"reason": "用户改主意"}))
            .await
            .refused(409, "refund.state_differs");
        assert_eq!(street.wallet().await, 2_000);
        street.sound().await;
    }
    for street in Street::all(Moods { stuck_percent: 100, ..moods() }).await {
        let payment = street.paid(5_000, "request-1").await["id"].clone();
        let path = format!("/payments/{payment}/refunds");
        let id = street.post(&path, refund(2_000, "refund-01")).await.ok().json["id"].clone();
        assert_eq!(street.get(&format!("/refunds/{id}")).await["state"], "processing");
        street
            .post(&format!("/refunds/{id}/cancellation"), json!({"reason": "用户改主意"}))
            .await
            .refused(409, "refund.state_differs");
        street.house.clock.advance(Duration::from_secs(25 * 3_600));
        let told = poll(&street.house.app).await.unwrap();
        assert!(told.message.unwrap().en.contains("more than 24 hours"));
        let admin = street.house.sign_in("admin").await;
        assert_eq!(street.house.get("/refunds?stuck=true", &admin).await.ok().json["total"], 1);
        assert_eq!(street.channel.unstick(), 1);
        for _ in 0..250 {
            let now = street.house.get(&format!("/refunds/{id}"), &admin).await.ok().json["state"].clone();
            if now == "done" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(street.house.get("/refunds?stuck=true", &admin).await.ok().json["total"], 0);
        street.sound().await;
    }
}

impl Street {
    /// Calls our door as the channel would, with this secret; the status.
    async fn called(&self, path: &str, secret: &str, at_ms: i64, body: &str) -> u16 {
        use hmac::{Hmac, KeyInit, Mac};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at_ms}\n{path}\n{body}").as_bytes());
        let signature = engine::random::hex(&mac.finalize().into_bytes());
        let request = axum::http::Request::builder()
            .method("POST")
            .uri(path)
            .header("paysim-time", at_ms.to_string())
            .header("paysim-signature", signature)
            .body(axum::body::Body::from(body.to_owned()));
        self.house.raw(request.unwrap()).await.status().as_u16()
    }
}
