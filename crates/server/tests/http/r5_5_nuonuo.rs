//! 电子发票 through 诺诺, against a server that behaves as its published interface says: the signature, every
//! state, lost answers, repeats, a sign-in that is lost, and the reversal with its confirmation.

use super::house::{House, houses_outbound};
use super::r5_5_invoice::{act, apply, charge, draft, payer, turn};
use super::receiver::{Got, Receiver, Say};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SECRET: &str = "SECRET-OF-THE-APP";

/// What the other side knows.
#[derive(Default)]
struct Books {
    /// Order number → state.
    orders: HashMap<String, &'static str>,
    why: &'static str,
    /// How often something was really issued, and asked to be made again.
    issued: usize,
    reissued: usize,
    /// The next order is taken, and the answer to it lost.
    lose: bool,
    /// A no to the next order, which is not taken.
    refuse: Option<&'static str>,
    signed_out: bool,
    /// Confirmation number → state, and what the first state of the next one is.
    confirms: HashMap<String, &'static str>,
    confirm: &'static str,
    last: Option<Value>,
    delivered: usize,
}

struct Nuonuo {
    server: Receiver,
    books: Arc<Mutex<Books>>,
}

fn query(got: &Got, name: &str) -> String {
    let query = got.uri.query().unwrap_or_default();
    let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    pair.unwrap_or_default().to_owned()
}

/// As the published interface has it, worked out here once more.
fn signed(got: &Got) -> bool {
    let [key, senid, nonce, time] = ["appkey", "senid", "nonce", "timestamp"].map(|name| query(got, name));
    let text = format!("a=services&l=v1&p=open&k={key}&i={senid}&n={nonce}&t={time}&f={}", got.body);
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    senid.len() == 32
        && nonce.len() == 8
        && got.header("x-nuonuo-sign") == STANDARD.encode(mac.finalize().into_bytes())
        && got.header("accesstoken") == "TOKEN"
        && got.header("usertax") == "91350100M000100Y43"
}

impl Nuonuo {
    async fn open() -> Nuonuo {
        let server = Receiver::open().await;
        let books: Arc<Mutex<Books>> = Arc::new(Mutex::new(Books { confirm: "01", ..Books::default() }));
        let (kept, port) = (Arc::clone(&books), server.port);
        server.rules(move |got| Some(answer(&mut kept.lock().unwrap(), got, port)));
        Nuonuo { server, books }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Books) -> T) -> T {
        change(&mut self.books.lock().unwrap())
    }

    fn all(&self, state: &'static str, why: &'static str) {
        self.with(|books| {
            books.why = why;
            books.orders.values_mut().for_each(|one| *one = state);
        });
    }
}

fn answer(books: &mut Books, got: &Got, port: u16) -> Say {
    if got.uri.path().starts_with("/files/") {
        return Say::Status(200, "%PDF-1.7 the invoice".to_owned());
    }
    let say = |value: Value| Say::Status(200, value.to_string());
    if !signed(got) {
        return say(json!({"code": "070304", "describe": "签名错误"}));
    }
    let body = got.json();
    let method = got.header("method").strip_prefix("nuonuo.OpeMplatform.").unwrap_or_default();
    if method.contains("Red") || method == "confirmInfoCancel" {
        return confirmed(books, method, body);
    }
    match method {
        "requestBillingNew" => billed(books, &body["order"]),
        "queryInvoiceResult" => {
            let number = body["orderNos"][0].as_str().unwrap();
            let Some(state) = books.orders.get(number) else {
                return say(json!({"code": "E9500", "describe": "未查询到发票"}));
            };
            let digits: u64 = number.bytes().map(u64::from).sum();
            say(
                json!({"code": "E0000", "describe": "成功", "result": [{"orderNo": number, "serialNo": format!("S{number}"),
                "status": state, "statusMsg": "", "failCause": books.why, "invoiceTime": 1_795_406_500_000_i64,
                "allElectronicInvoiceNumber": format!("2642{digits:016}"),
                "pdfUrl": format!("http://127.0.0.1:{port}/files/{number}.pdf")}]}),
            )
        }
        "reInvoice" => {
            books.reissued += 1;
            books.orders.insert(body["orderNo"].as_str().unwrap().to_owned(), "20");
            say(json!({"code": "E0000", "describe": "成功"}))
        }
        "deliveryInvoice" => {
            books.delivered += 1;
            say(json!({"code": "E0000", "describe": "成功"}))
        }
        "getCertificationStatus" => {
            let state = if books.signed_out && body["queryType"] == "2" { "0" } else { "1" };
            say(json!({"code": "E0000", "result": {"certificationStatus": state}}))
        }
        other => say(json!({"code": "E9999", "describe": other})),
    }
}

/// The confirmation of a reversal, and what comes of it.
fn confirmed(books: &mut Books, method: &str, body: Value) -> Say {
    let say = |value: Value| Say::Status(200, value.to_string());
    match method {
        "saveInvoiceRedConfirm" => {
            let number = body["billId"].as_str().unwrap().to_owned();
            books.confirms.insert(number.clone(), books.confirm);
            books.last = Some(body);
            say(json!({"code": "E0000", "describe": "成功", "result": number}))
        }
        "queryInvoiceRedConfirm" => {
            let number = body["billId"].as_str().unwrap();
            let list: Vec<Value> = books
                .confirms
                .get(number)
                .map(|state| json!({"billId": number, "billNo": "B1", "billStatus": state, "billMessage": "说明"}))
                .into_iter()
                .collect();
            // By itself, as soon as nobody has to agree any more.
            if books.confirms.get(number).is_some_and(|state| matches!(*state, "01" | "04"))
                && books.why != "no red"
            {
                books.orders.entry(number.to_owned()).or_insert("2");
            }
            say(json!({"code": "E0000", "total": list.len().to_string(), "list": list}))
        }
        "fastInvoiceRed" => {
            books.orders.insert(body["orderNo"].as_str().unwrap().to_owned(), "2");
            say(json!({"code": "E0000", "result": {"invoiceSerialNum": "R"}}))
        }
        "confirmInfoCancel" => {
            books.confirms.insert(body["billId"].as_str().unwrap().to_owned(), "08");
            say(json!({"code": "E0000", "describe": "成功"}))
        }
        other => say(json!({"code": "E9999", "describe": other})),
    }
}

fn billed(books: &mut Books, order: &Value) -> Say {
    let say = |value: Value| Say::Status(200, value.to_string());
    let number = order["orderNo"].as_str().unwrap().to_owned();
    assert!(number.len() <= 20, "{number}");
    if books.orders.contains_key(&number) {
        return say(json!({"code": "E9106", "describe": "订单编号不能重复"}));
    }
    if let Some(why) = books.refuse.take() {
        return say(json!({"code": "E9104", "describe": why}));
    }
    books.issued += 1;
    books.last = Some(order.clone());
    books.orders.insert(number.clone(), "20");
    if std::mem::take(&mut books.lose) {
        return Say::Status(502, "bad gateway".to_owned());
    }
    say(
        json!({"code": "E0000", "describe": "开票提交成功", "result": {"invoiceSerialNum": format!("S{number}")}}),
    )
}

fn seller(port: u16, version: i64) -> Value {
    json!({"version": version, "name": "甲运营有限公司", "tax_no": "91350100M000100Y43", "address": "一路1号",
        "phone": "027-12345678", "bank_account": "工行 123", "electricity": {"name": "电费", "code": "1100101020100000000", "rate_e4": 1300},
        "service": {"name": "服务费", "code": "3040802000000000000", "rate_e4": 600}, "quota_fen": 10_000_000, "drawer": "张三",
        "review": false, "channel": "nuonuo", "app_secret": SECRET, "access_token": "TOKEN",
        "nuonuo": {"url": format!("http://127.0.0.1:{port}/open/v1/services"), "app_key": "KEY", "extension_no": "923",
            "account": null, "timeout_s": 2}})
}

/// An order that was paid, its customer, and the channel of its seller.
async fn ready(house: &House) -> (Nuonuo, i64, i64, String) {
    let other = Nuonuo::open().await;
    house.furnish().await;
    let customer = payer(house, "PAYER1", "13800131234").await;
    let order = charge(house, "A-1", "PAYER1", 0).await;
    let cookie = house.sign_in("finance").await;
    let body = seller(other.server.port, 0).to_string();
    house.send("PUT", "/sellers/1", &cookie, Some(&body), &[]).await.ok();
    (other, customer, order, cookie)
}

/// Until the channel is asked again.
fn wait(house: &House) {
    house.clock.advance(Duration::from_secs(301));
}

/// The buyer has to agree, it is withdrawn, asked for again, and then it is done.
async fn taken_back(house: &House, other: &Nuonuo, cookie: &str, issued: &Value) {
    let id = issued["id"].as_i64().unwrap();
    // The buyer has used it and has to agree first.
    other.with(|books| books.confirm = "02");
    let reverse = |version: &Value| json!({"version": version, "reason": "returned"});
    act(house, cookie, &format!("/invoices/{id}/reversal"), reverse(&issued["version"])).await.ok();
    turn(house, cookie, id).await;
    wait(house);
    let waiting = turn(house, cookie, id).await;
    assert_eq!(
        (waiting["state"].as_str(), waiting["red_state"].as_str()),
        (Some("reversing"), Some("buyer"))
    );
    let asked = other.with(|books| books.last.clone()).unwrap();
    assert_eq!((&asked["redReason"], &asked["blueElecInvoiceNumber"]), (&json!("1"), &issued["number"]));
    // Withdrawn, it is what it was; asked for again, the confirmation is another one.
    let path = format!("/invoices/{id}/reversal/cancel");
    act(house, cookie, &path, json!({"version": waiting["version"]})).await.ok();
    turn(house, cookie, id).await;
    wait(house);
    let back = turn(house, cookie, id).await;
    assert_eq!(back["state"], "issued", "{back}");
    other.with(|books| books.confirm = "01");
    act(house, cookie, &format!("/invoices/{id}/reversal"), reverse(&back["version"])).await.ok();
    turn(house, cookie, id).await;
    wait(house);
    let reversed = turn(house, cookie, id).await;
    assert_eq!(reversed["state"], "reversed");
    let red = house.get(&format!("/invoices/{}", reversed["other"]["id"]), cookie).await.ok().json.clone();
    assert_eq!(red["total_fen"].as_i64().unwrap(), -issued["total_fen"].as_i64().unwrap());
    assert!(red["serial_no"].as_str().unwrap().len() <= 20);
    assert_eq!(other.with(|books| books.confirms.len()), 2);
}

#[tokio::test]
async fn r5_5_class_nuonuo_issues_gives_the_file_and_takes_it_back() {
    for house in houses_outbound().await {
        let (other, customer, order, cookie) = ready(&house).await;
        let mut wanted = draft(customer, &[order], "request-01");
        (wanted["company"], wanted["special"]) = (json!(true), json!(true));
        (wanted["tax_no"], wanted["title"]) = (json!("91440300708461136T"), json!("江岸物流有限公司"));
        let made = apply(&house, &cookie, &wanted).await.ok().json.clone();
        let id = made["invoices"][0]["id"].as_i64().unwrap();
        let issuing = turn(&house, &cookie, id).await;
        assert_eq!(
            (issuing["state"].as_str(), issuing["kind"].as_str()),
            (Some("issuing"), Some("digital_special"))
        );
        let sent = other.with(|books| books.last.clone()).unwrap();
        assert_eq!(sent["orderNo"], issuing["serial_no"]);
        let told = [
            "invoiceLine",
            "invoiceType",
            "pushMode",
            "clerk",
            "buyerTaxNum",
            "salerTaxNum",
            "extensionNumber",
        ]
        .map(|name| sent[name].as_str().unwrap().to_owned());
        assert_eq!(told, ["bs", "1", "-1", "张三", "91440300708461136T", "91350100M000100Y43", "923"]);
        let lines = sent["invoiceDetail"].as_array().unwrap();
        let fen =
            |line: &Value, name: &str| line[name].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        let sum: i64 = lines.iter().map(|line| fen(line, "taxIncludedAmount")).sum();
        assert_eq!(sum, issuing["total_fen"].as_i64().unwrap());
        for line in lines {
            assert_eq!(fen(line, "taxExcludedAmount") + fen(line, "tax"), fen(line, "taxIncludedAmount"));
        }
        other.all("21", "");
        wait(&house);
        assert_eq!(turn(&house, &cookie, id).await["state"], "issuing", "signing is not done");
        // Only signing has failed: it is signed again, and its orders stay where they are.
        other.all("24", "");
        wait(&house);
        assert_eq!(turn(&house, &cookie, id).await["state"], "issuing");
        assert_eq!(other.with(|books| books.reissued), 1);
        other.all("2", "");
        // The channel calls; the answer is asked for at once, though its time has not come.
        let call = format!("operater=callback&orderno={}", issuing["serial_no"].as_str().unwrap());
        let called = house.post("/public/invoice-callbacks", "", &call).await;
        assert_eq!(called.ok().json["status"], "0000");
        house.post("/public/invoice-callbacks", "", &call).await.ok();
        house.post("/public/invoice-callbacks", "", "orderno=KP0&content=%7B").await.ok();
        let issued = turn(&house, &cookie, id).await;
        assert_eq!(
            (issued["state"].as_str(), issued["number"].as_str().unwrap().len()),
            (Some("issued"), 20)
        );
        assert_eq!(
            (issued["files"][0]["kind"].as_str(), issued["mail_count"].as_i64()),
            (Some("application/pdf"), Some(1))
        );
        assert_eq!(other.with(|books| books.issued), 1);
        taken_back(&house, &other, &cookie, &issued).await;
    }
}

#[tokio::test]
async fn r5_5_guess_nuonuo_a_lost_answer_and_a_crash_never_issue_twice() {
    for house in houses_outbound().await {
        let (other, customer, order, cookie) = ready(&house).await;
        other.with(|books| books.lose = true);
        let made = apply(&house, &cookie, &draft(customer, &[order], "request-01")).await.ok().json.clone();
        let id = made["invoices"][0]["id"].as_i64().unwrap();
        let unknown = turn(&house, &cookie, id).await;
        assert_eq!(unknown["state"], "issuing", "nobody knows what it did");
        assert!(unknown["failure"].as_str().unwrap().contains("502"));
        other.all("2", "");
        wait(&house);
        let issued = turn(&house, &cookie, id).await;
        assert_eq!((issued["state"].as_str(), other.with(|books| books.issued)), (Some("issued"), 1));
        assert_eq!(issued["failure"], Value::Null);
        // Stopped after it was written down and before it was sent: the number is unknown there, and is sent once.
        let order = charge(&house, "A-1", "PAYER1", 100_000).await;
        let cookie = house.sign_in("finance").await;
        let made = apply(&house, &cookie, &draft(customer, &[order], "request-02")).await.ok().json.clone();
        let id = made["invoices"][0]["id"].as_i64().unwrap();
        house.app.engine.invoice_begin(model::id::InvoiceId(id)).await.unwrap().unwrap();
        assert!(house.app.engine.invoice_begin(model::id::InvoiceId(id)).await.unwrap().is_none());
        wait(&house);
        turn(&house, &cookie, id).await;
        assert_eq!(other.with(|books| books.issued), 2);
        // Stopped after it was sent and before the answer was written down: it is there already.
        wait(&house);
        other.all("2", "");
        assert_eq!(turn(&house, &cookie, id).await["state"], "issued");
        assert_eq!(other.with(|books| books.issued), 2);
    }
}

#[tokio::test]
async fn r5_5_class_nuonuo_failures_are_told_retried_under_the_same_number_and_queue_without_a_sign_in() {
    for house in houses_outbound().await {
        let (other, customer, order, cookie) = ready(&house).await;
        other.with(|books| books.refuse = Some("抬头税号不符"));
        let made = apply(&house, &cookie, &draft(customer, &[order], "request-01")).await.ok().json.clone();
        let id = made["invoices"][0]["id"].as_i64().unwrap();
        let failed = turn(&house, &cookie, id).await;
        assert_eq!(failed["state"], "failed");
        assert!(failed["failure"].as_str().unwrap().contains("抬头税号不符"));
        let start = |version: &Value| json!({ "version": version });
        let path = format!("/invoices/{id}/start");
        act(&house, &cookie, &path, start(&failed["version"])).await.ok();
        let again = turn(&house, &cookie, id).await;
        assert_eq!((again["state"].as_str(), &again["serial_no"]), (Some("issuing"), &failed["serial_no"]));
        other.all("22", "额度不足");
        wait(&house);
        let failed = turn(&house, &cookie, id).await;
        assert_eq!(failed["failure"], "额度不足");
        // What it knows and could not make, it makes again under its number.
        act(&house, &cookie, &path, start(&failed["version"])).await.ok();
        assert_eq!(turn(&house, &cookie, id).await["state"], "issuing");
        assert_eq!(other.with(|books| (books.issued, books.reissued)), (1, 1));
        // The sign-in is lost: it queues, the page of sellers says so, and nobody is asked meanwhile.
        other.all("22", "请先登录电子税务局");
        other.with(|books| books.signed_out = true);
        wait(&house);
        assert_eq!(turn(&house, &cookie, id).await["state"], "waiting");
        let lost = house.get("/sellers/1", &cookie).await.ok().json.clone();
        assert_eq!((lost["login"].as_str(), lost["has_secret"].as_bool()), (Some("lost"), Some(true)));
        let asked = |other: &Nuonuo| {
            other.server.got().iter().filter(|got| got.header("method").contains("requestBillingNew")).count()
        };
        let before = asked(&other);
        wait(&house);
        assert_eq!(turn(&house, &cookie, id).await["state"], "waiting");
        let check = act(&house, &cookie, "/sellers/1/check", json!({})).await;
        assert_eq!(check.ok().json["login"], "lost");
        assert_eq!(asked(&other), before);
        // Somebody has signed in there: what waited goes on.
        other.with(|books| books.signed_out = false);
        assert_eq!(act(&house, &cookie, "/sellers/1/check", json!({})).await.ok().json["login"], "working");
        assert_eq!(turn(&house, &cookie, id).await["state"], "issuing");
        assert_eq!(other.with(|books| (books.issued, books.reissued)), (1, 2));
        other.all("3", "已作废");
        wait(&house);
        assert_eq!(turn(&house, &cookie, id).await["state"], "failed", "voided there");
        // A failed one lets its order go: then it cannot be tried again beside the new one.
        apply(&house, &cookie, &draft(customer, &[order], "request-02")).await.ok();
        let version = house.get(&format!("/invoices/{id}"), &cookie).await.json["version"].clone();
        act(&house, &cookie, &path, start(&version)).await.refused(422, "invoice.order_taken");
    }
}

#[tokio::test]
async fn r5_5_boundary_nuonuo_needs_what_it_needs_and_keeps_its_secrets() {
    for house in houses_outbound().await {
        let (other, customer, order, cookie) = ready(&house).await;
        let port = other.server.port;
        for (field, value, told) in [
            ("tax_no", Value::Null, "tax_no"),
            ("address", json!(" "), "address"),
            ("phone", Value::Null, "phone"),
            ("drawer", json!(""), "drawer"),
            ("nuonuo", Value::Null, "nuonuo.app_key"),
        ] {
            let mut bad = seller(port, 1);
            bad[field] = value;
            let answer = house.send("PUT", "/sellers/1", &cookie, Some(&bad.to_string()), &[]).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], told);
        }
        for (name, value, told) in [
            ("url", json!("http://127.0.0.1/short"), "nuonuo.url"),
            ("url", json!("http://10.0.0.1/open/v1/services"), "nuonuo.url"),
            ("timeout_s", json!(0), "nuonuo.timeout_s"),
            ("timeout_s", json!(121), "nuonuo.timeout_s"),
            ("extension_no", json!("12a"), "nuonuo.extension_no"),
        ] {
            let mut bad = seller(port, 1);
            bad["nuonuo"][name] = value;
            let answer = house.send("PUT", "/sellers/1", &cookie, Some(&bad.to_string()), &[]).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], told, "{name}");
        }
        // The secrets stay where nothing is given, and go nowhere else: another server wants them anew.
        let mut kept = seller(port, 1);
        (kept["app_secret"], kept["access_token"]) = (Value::Null, Value::Null);
        house.send("PUT", "/sellers/1", &cookie, Some(&kept.to_string()), &[]).await.ok();
        kept["version"] = json!(2);
        kept["nuonuo"]["url"] = json!("http://127.0.0.1:1/open/v1/services");
        let answer = house.send("PUT", "/sellers/1", &cookie, Some(&kept.to_string()), &[]).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "app_secret");
        let shown = house.get("/sellers/1", &cookie).await;
        assert!(!shown.ok().text.contains(SECRET) && !shown.text.contains("TOKEN"));
        // Nothing is sent that was refunded after it was applied for: the money is looked at once more.
        let made = apply(&house, &cookie, &draft(customer, &[order], "request-01")).await.ok().json.clone();
        let id = made["invoices"][0]["id"].as_i64().unwrap();
        let less = "UPDATE order_payment SET refunded_fen = refunded_fen + 1";
        house.app.engine.store.write(None, move |tx| tx.execute(less, &[])).await.unwrap();
        let failed = turn(&house, &cookie, id).await;
        assert_eq!((failed["state"].as_str(), other.with(|books| books.issued)), (Some("failed"), 0));
    }
}
