//! 财务管理: WeChat Pay v3 against a server that checks and signs as theirs does.

use super::house::{Answer, House, house_outbound};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, Uri};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const MERCHANT_KEY: &str = include_str!("../../testdata/wechat/merchant_key.pem");
const PLATFORM_KEY: &str = include_str!("../../testdata/wechat/platform_key.pem");
const PLATFORM_PUB: &str = include_str!("../../testdata/wechat/platform_pub.pem");
const API_V3_KEY: &str = "0123456789abcdef0123456789ABCDEF";
const SERIAL: &str = "PUB_KEY_ID_0119000000012026";

fn key_pair(pem: &str) -> RsaKeyPair {
    let text: String = pem.lines().filter(|line| !line.starts_with("--")).collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(text).unwrap()).unwrap()
}

fn sign(pem: &str, message: &[u8]) -> String {
    let key = key_pair(pem);
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
    STANDARD.encode(signature)
}

/// A part of a path, and the status and body that are answered there.
type Saying = (&'static str, u16, Value);

/// The other side: what it was asked, what it answers to paths that hold these words.
#[derive(Clone)]
struct Wechat {
    port: u16,
    now_s: i64,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
    says: Arc<Mutex<Vec<Saying>>>,
    forge: Arc<Mutex<bool>>,
}

impl Wechat {
    async fn open(now_s: i64) -> Wechat {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = Wechat { port, now_s, asked: Arc::default(), says: Arc::default(), forge: Arc::default() };
        let router = axum::Router::new().fallback(answer).with_state(own.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        own
    }

    fn says(&self, path: &'static str, status: u16, body: Value) {
        self.says.lock().unwrap().insert(0, (path, status, body));
    }

    fn asked(&self, path: &str) -> Value {
        let asked = self.asked.lock().unwrap();
        asked.iter().rev().find(|(found, _)| found.contains(path)).map(|(_, body)| body.clone()).unwrap()
    }
}

/// `mchid="…",nonce_str="…",…`
fn word<'a>(authorization: &'a str, name: &str) -> &'a str {
    let begin = format!("{name}=\"");
    authorization.split_once(&begin).unwrap().1.split('"').next().unwrap()
}

async fn answer(
    State(own): State<Wechat>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers["authorization"].to_str().unwrap().to_owned();
    assert!(authorization.starts_with("WECHATPAY2-SHA256-RSA2048 "), "{authorization}");
    assert_eq!(
        (word(&authorization, "mchid"), word(&authorization, "serial_no")),
        ("1900000001", "MERCHANTSERIAL")
    );
    let path = uri.path_and_query().unwrap().as_str();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let (time, nonce) = (word(&authorization, "timestamp"), word(&authorization, "nonce_str"));
    let message = format!("{method}\n{path}\n{time}\n{nonce}\n{text}\n");
    let key = key_pair(MERCHANT_KEY);
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public().as_ref());
    let signature = STANDARD.decode(word(&authorization, "signature")).unwrap();
    public.verify(message.as_bytes(), &signature).unwrap();
    own.asked.lock().unwrap().push((path.to_owned(), serde_json::from_str(&text).unwrap_or_default()));
    let said = own.says.lock().unwrap().iter().find(|(part, ..)| path.contains(part)).cloned();
    let (_, status, json) =
        said.unwrap_or(("", 404, json!({"code": "ORDER_NOT_EXIST", "message": "订单不存在"})));
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    let text = if status == 204 { String::new() } else { text };
    let pem = if *own.forge.lock().unwrap() { MERCHANT_KEY } else { PLATFORM_KEY };
    let signed = sign(pem, format!("{}\nnonce\n{text}\n", own.now_s).as_bytes());
    Response::builder()
        .status(status)
        .header("wechatpay-timestamp", own.now_s)
        .header("wechatpay-nonce", "nonce")
        .header("wechatpay-serial", SERIAL)
        .header("wechatpay-signature", signed)
        .body(Body::from(text))
        .unwrap()
}

struct Shop {
    house: House,
    wechat: Wechat,
    admin: String,
    id: i64,
    customer: i64,
}

fn draft(port: u16) -> Value {
    json!({"name": "微信支付", "operator_id": null, "enabled": true, "simulated": null, "wechat": {
        "url": format!("http://127.0.0.1:{port}"), "mchid": "1900000001", "appid": "wx1", "serial_no": "MERCHANTSERIAL",
        "platform_serial": SERIAL, "platform_key": PLATFORM_PUB},
        "notify_url": "https://pay.example.com", "api_v3_key": API_V3_KEY, "private_key": MERCHANT_KEY})
}

impl Shop {
    async fn open() -> Shop {
        let house = house_outbound().await;
        house.furnish().await;
        let wechat = Wechat::open(house.clock.now().as_ms() / 1_000).await;
        let admin = house.sign_in("admin").await;
        let body = draft(wechat.port).to_string();
        let id = house.post("/pay-channels", &admin, &body).await.ok().json["id"].as_i64().unwrap();
        let body = json!({"name": "王伟", "phone": "13800131234", "kind": "person"}).to_string();
        let customer = house.post("/customers", &admin, &body).await.ok().json["id"].as_i64().unwrap();
        Shop { house, wechat, admin, id, customer }
    }

    async fn top_up(&self, fen: i64) -> Value {
        self.wechat.says("/native", 200, json!({"code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"}));
        let body = json!({"phone": "13800131234", "amount_fen": fen, "request_id": format!("request-{fen}")});
        self.house.post("/public/payments", "", &body.to_string()).await.ok().json.clone()
    }

    /// From inside of WeChat.
    async fn order(&self, openid: Option<&str>, request: &str) -> Answer {
        let body = json!({"phone": "13800131234", "amount_fen": 8_000, "payer_openid": openid, "request_id": request});
        self.house.post("/public/payments", "", &body.to_string()).await
    }

    fn transaction(no: &str, fen: i64) -> Value {
        json!({"mchid": "1900000001", "appid": "wx1", "out_trade_no": no, "transaction_id": format!("4200{fen}"),
            "trade_state": "SUCCESS", "success_time": "2026-11-23T12:00:00+08:00", "amount": {"total": fen}})
    }

    /// Calls our door; the status.
    async fn called(&self, event: &str, resource: &Value, (pem, serial): (&str, &str)) -> u16 {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, API_V3_KEY.as_bytes()).unwrap());
        let mut bytes = resource.to_string().into_bytes();
        let nonce = Nonce::try_assume_unique_for_key(b"fdasflkja484").unwrap();
        key.seal_in_place_append_tag(nonce, Aad::from(b"transaction"), &mut bytes).unwrap();
        let body =
            json!({"id": "EV-1", "event_type": event, "resource_type": "encrypt-resource", "resource": {
            "algorithm": "AEAD_AES_256_GCM", "ciphertext": STANDARD.encode(bytes), "nonce": "fdasflkja484",
            "associated_data": "transaction", "original_type": "transaction"}})
            .to_string();
        let now = self.wechat.now_s;
        let request = Request::post(format!("/pay/notices/{}", self.id))
            .header("wechatpay-timestamp", now)
            .header("wechatpay-nonce", "n")
            .header("wechatpay-serial", serial)
            .header("wechatpay-signature", sign(pem, format!("{now}\nn\n{body}\n").as_bytes()))
            .body(Body::from(body));
        self.house.raw(request.unwrap()).await.status().as_u16()
    }

    async fn get(&self, path: &str) -> Value {
        self.house.get(path, &self.admin).await.ok().json.clone()
    }

    async fn wallet(&self) -> Value {
        self.get(&format!("/customers/{}/wallet", self.customer)).await["principal_fen"].clone()
    }
}

#[tokio::test]
async fn r5_5_class_wechat_pay_takes_money_and_gives_it_back() {
    let shop = Shop::open().await;
    let checked = shop.house.post(&format!("/pay-channels/{}/check", shop.id), &shop.admin, "").await;
    assert_eq!(checked.ok().json["success"], true, "{}", checked.text);
    let ticket = shop.top_up(10_000).await;
    assert_eq!(ticket["pay_url"], "weixin://wxpay/bizpayurl?pr=p4lpSuKzz");
    let no = ticket["no"].as_str().unwrap();
    let asked = shop.wechat.asked("/native");
    assert_eq!((&asked["out_trade_no"], &asked["amount"]["total"]), (&json!(no), &json!(10_000)));
    assert_eq!(asked["notify_url"], format!("https://pay.example.com/pay/notices/{}", shop.id));
    let own = (PLATFORM_KEY, SERIAL);
    for _ in 0..2 {
        assert_eq!(shop.called("TRANSACTION.SUCCESS", &Shop::transaction(no, 10_000), own).await, 200);
    }
    assert_eq!(shop.wallet().await, 10_000);
    // Asked for: paid, and never told.
    let second = shop.top_up(500).await;
    let no = second["no"].as_str().unwrap();
    shop.wechat.says("/out-trade-no/", 200, Shop::transaction(no, 500));
    let list = shop.get(&format!("/payments?no={no}")).await;
    shop.house.post(&format!("/payments/{}/check", list["items"][0]["id"]), &shop.admin, "").await.ok();
    assert_eq!(shop.wallet().await, 10_500);
    // A refund: taken, asked for, done by its call.
    shop.wechat.says(
        "/refunds",
        200,
        json!({"out_refund_no": "x", "status": "PROCESSING", "refund_id": "50001"}),
    );
    let draft = json!({"amount_fen": 300, "reason": "用户申请退余额", "request_id": "refund-01"}).to_string();
    let path = format!("/customers/{}/refunds", shop.customer);
    let id = shop.house.post(&path, &shop.admin, &draft).await.ok().json["ids"][0].clone();
    let refund = shop.get(&format!("/refunds/{id}")).await;
    assert_eq!((&refund["state"], &refund["channel_no"]), (&json!("processing"), &json!("50001")));
    let asked = shop.wechat.asked("/refunds");
    assert_eq!((&asked["amount"]["refund"], &asked["amount"]["total"]), (&json!(300), &json!(10_000)));
    let done = json!({"mchid": "1900000001", "out_refund_no": refund["no"], "refund_id": "50001",
        "refund_status": "SUCCESS", "success_time": "2026-11-23T12:00:00+08:00", "amount": {"total": 10_000, "refund": 300}});
    assert_eq!(shop.called("REFUND.SUCCESS", &done, own).await, 200);
    assert_eq!(shop.get(&format!("/refunds/{id}")).await["state"], "done");
    assert_eq!(shop.house.app.engine.orders_verify().await.unwrap().problems, []);
}

/// What WeChat does with the call of an app: it looks who has signed it, over what.
fn call_checked(call: &Value, prepay_id: &str) {
    let text = |name: &str| call[name].as_str().unwrap().to_owned();
    assert_eq!((text("signType").as_str(), text("appId").as_str()), ("RSA", "wx1"));
    assert_eq!(text("package"), format!("prepay_id={prepay_id}"));
    let words = [text("appId"), text("timeStamp"), text("nonceStr"), text("package")];
    let message = format!("{}\n", words.join("\n"));
    let key = key_pair(MERCHANT_KEY);
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public().as_ref());
    let signature = STANDARD.decode(text("paySign")).unwrap();
    public.verify(message.as_bytes(), &signature).unwrap();
    assert!(public.verify(message.replace("wx1", "wx2").as_bytes(), &signature).is_err());
    assert!(text("nonceStr").len() == 32 && text("timeStamp").parse::<i64>().is_ok());
}

#[tokio::test]
async fn r5_5_class_a_mini_program_pays_inside_of_wechat() {
    let shop = Shop::open().await;
    let (openid, prepay) = ("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "wx201410272009395522657a690389285100");
    shop.wechat.says("/transactions/jsapi", 200, json!({"prepay_id": prepay}));
    let ticket = shop.order(Some(openid), "request-01").await.ok().json.clone();
    assert_eq!((&ticket["state"], &ticket["pay_url"]), (&json!("paying"), &Value::Null));
    call_checked(&ticket["wechat_call"], prepay);
    let asked = shop.wechat.asked("/transactions/jsapi");
    assert_eq!(asked["payer"], json!({"openid": openid}));
    let no = ticket["no"].as_str().unwrap();
    let same = ["appid", "mchid", "out_trade_no", "notify_url", "description", "time_expire"];
    let told: Vec<_> = same.iter().map(|name| asked[*name].clone()).collect();
    assert_eq!(
        told[..4],
        [
            json!("wx1"),
            json!("1900000001"),
            json!(no),
            json!(format!("https://pay.example.com/pay/notices/{}", shop.id))
        ]
    );
    assert!(told.iter().all(Value::is_string), "{told:?}");
    assert_eq!(asked["amount"], json!({"total": 8_000, "currency": "CNY"}));
    // Said again it is the same call; asked for, too; another payer is another payment.
    let again = shop.order(Some(openid), "request-01").await.ok().json.clone();
    let state = format!("/public/payments?no={no}&token={}", ticket["token"].as_str().unwrap());
    let read = shop.house.get(&state, "").await.ok().json.clone();
    assert_eq!(
        (&again["wechat_call"], &read["wechat_call"]),
        (&ticket["wechat_call"], &ticket["wechat_call"])
    );
    for other in [Some("o2"), None] {
        shop.order(other, "request-01").await.refused(409, "request.differs");
    }
    // Paid: told by the same call as a code is, refunded by the same door.
    let mut paid = Shop::transaction(no, 8_000);
    (paid["trade_type"], paid["payer"]) = (json!("JSAPI"), json!({"openid": openid}));
    for _ in 0..2 {
        assert_eq!(shop.called("TRANSACTION.SUCCESS", &paid, (PLATFORM_KEY, SERIAL)).await, 200);
    }
    assert_eq!(shop.wallet().await, 8_000);
    assert_eq!(
        shop.house.get(&state, "").await.ok().json["wechat_call"],
        Value::Null,
        "nobody pays it again"
    );
    let list = shop.get(&format!("/payments?no={no}")).await;
    assert_eq!(list["items"][0]["scene"], "wechat");
    let body = json!({"out_refund_no": "x", "status": "PROCESSING", "refund_id": "50002"});
    shop.wechat.says("/refunds", 200, body);
    let draft = json!({"amount_fen": 300, "reason": "用户申请退余额", "request_id": "refund-01"}).to_string();
    let path = format!("/payments/{}/refunds", list["items"][0]["id"]);
    shop.house.post(&path, &shop.admin, &draft).await.ok();
    assert_eq!(shop.wechat.asked("/refunds")["amount"]["total"], 8_000);
    assert_eq!(shop.house.app.engine.orders_verify().await.unwrap().problems, []);
}

#[tokio::test]
async fn r5_5_guess_an_order_inside_of_wechat_is_refused_and_closed() {
    let shop = Shop::open().await;
    for wrong in ["", "o 1", "微信用户", &"o".repeat(129)] {
        shop.order(Some(wrong), "request-01").await.at("payer_openid");
    }
    // WeChat says no for good; and not at all, so that it is asked for under its number.
    shop.wechat.says("/jsapi", 400, json!({"code": "PARAM_ERROR", "message": "openid与appid不匹配"}));
    let ticket = shop.order(Some("o1"), "request-01").await.ok().json.clone();
    assert_eq!((&ticket["state"], &ticket["wechat_call"]), (&json!("failed"), &Value::Null));
    assert!(ticket["message"].as_str().unwrap().contains("openid与appid不匹配"));
    shop.wechat.says("/jsapi", 500, json!({"code": "SYSTEM_ERROR", "message": "系统异常"}));
    let ticket = shop.order(Some("o1"), "request-02").await.ok().json.clone();
    assert_eq!(ticket["state"], "created");
    shop.wechat.says("/jsapi", 200, json!({"prepay_id": "wx2"}));
    let ticket = shop.order(Some("o1"), "request-02").await.ok().json.clone();
    call_checked(&ticket["wechat_call"], "wx2");
    // Closed at WeChat: its call is given to nobody any more.
    let no = ticket["no"].as_str().unwrap();
    let id = shop.get(&format!("/payments?no={no}")).await["items"][0]["id"].clone();
    let closed = json!({"mchid": "1900000001", "out_trade_no": no, "trade_state": "CLOSED"});
    shop.wechat.says("/out-trade-no/", 200, closed);
    shop.house.post(&format!("/payments/{id}/check"), &shop.admin, "").await.ok();
    let state = format!("/public/payments?no={no}&token={}", ticket["token"].as_str().unwrap());
    let read = shop.house.get(&state, "").await.ok().json.clone();
    assert_eq!((&read["state"], &read["wechat_call"]), (&json!("closed"), &Value::Null));
    // A channel that is none of WeChat's takes no openid, and says so at that field.
    let body = json!({"name": "模拟支付", "operator_id": null, "enabled": true, "wechat": null, "notify_url": "https://pay.example.com",
        "simulated": {"url": "https://sim.example.com", "merchant": "M1"}, "secret": "secret-of-the-tests-0123"});
    let other =
        shop.house.post("/pay-channels", &shop.admin, &body.to_string()).await.ok().json["id"].clone();
    let body = json!({"phone": "13800131234", "amount_fen": 100, "payer_openid": "o1", "pay_channel_id": other,
        "request_id": "request-03"});
    let answer = shop.house.post("/public/payments", "", &body.to_string()).await;
    assert_eq!(answer.refused(422, "payment.not_wechat").json["field"], "payer_openid");
}

#[tokio::test]
async fn r5_5_guess_nobody_can_speak_for_wechat_pay() {
    let shop = Shop::open().await;
    let ticket = shop.top_up(10_000).await;
    let (no, event) = (ticket["no"].as_str().unwrap(), "TRANSACTION.SUCCESS");
    let good = Shop::transaction(no, 10_000);
    assert_eq!(shop.called(event, &good, (MERCHANT_KEY, SERIAL)).await, 400, "another key");
    assert_eq!(shop.called(event, &good, (PLATFORM_KEY, "OTHER")).await, 400, "another serial number");
    let mut other = good.clone();
    other["mchid"] = json!("1900000002");
    assert_eq!(shop.called(event, &other, (PLATFORM_KEY, SERIAL)).await, 400, "another merchant");
    assert_eq!(shop.wallet().await, 0);
    // An answer that somebody else has signed says nothing.
    *shop.wechat.forge.lock().unwrap() = true;
    shop.wechat.says("/out-trade-no/", 200, good);
    let list = shop.get(&format!("/payments?no={no}")).await;
    let path = format!("/payments/{}/check", list["items"][0]["id"]);
    shop.house.post(&path, &shop.admin, "").await.refused(422, "pay_channel.unreachable");
    assert_eq!(shop.wallet().await, 0);
    // Keys that cannot be read are told at their fields, and none is shown.
    for (field, value) in [
        ("private_key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
        ("api_v3_key", "short"),
    ] {
        let mut wrong = draft(shop.wechat.port);
        (wrong["name"], wrong[field]) = (json!("另一个"), json!(value));
        shop.house.post("/pay-channels", &shop.admin, &wrong.to_string()).await.at(field);
    }
    let all = shop.house.get("/pay-channels", &shop.admin).await;
    assert!(!all.ok().text.contains("PRIVATE") && !all.text.contains(API_V3_KEY));
}
