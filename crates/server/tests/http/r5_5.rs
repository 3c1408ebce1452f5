//! 电子发票: issued invoices in the list, found by the standard's filters; another e-mail, and
//! sent again.

use super::house::{Answer, House, NOON, house, houses};
use model::id::{OperatorId, OrderId, StationId};
use model::invoice::{InvoiceCustomerKind, InvoiceKind, InvoiceState};
use model::time::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use store::invoices::NewInvoice;

pub fn invoice(serial: &str, operator: i64) -> NewInvoice {
    NewInvoice {
        serial_no: serial.to_owned(),
        kind: InvoiceKind::DigitalGeneral,
        red: false,
        state: InvoiceState::Issued,
        customer: None,
        customer_kind: InvoiceCustomerKind::Person,
        phone: Some("13812345678".to_owned()),
        title: "王敏".to_owned(),
        tax_no: None,
        operator: OperatorId(operator),
        station: Some(StationId(operator)),
        net_fen: 8_850,
        tax_fen: 1_150,
        electricity_fen: 6_000,
        service_fen: 4_000,
        number: Some("26420000000000000001".to_owned()),
        email: Some("min@example.com".to_owned()),
        failure: None,
        applied_at: Timestamp::from_ms(NOON),
        issued_at: Some(Timestamp::from_ms(NOON)),
        orders: vec![],
    }
}

/// Two invoices of the first operator and one of the second.
async fn filled(house: &House) -> String {
    house.furnish().await;
    let mut company = invoice("KP20261123000002", 1);
    company.kind = InvoiceKind::DigitalSpecial;
    company.customer_kind = InvoiceCustomerKind::Company;
    company.title = "100%物流_有限公司".to_owned();
    company.phone = Some("13900000000".to_owned());
    company.state = InvoiceState::Failed;
    company.email = None;
    company.number = None;
    (company.net_fen, company.tax_fen) = (885, 115);
    let all = vec![invoice("KP20261123000001", 1), company, invoice("KP20261123000003", 2)];
    house.app.engine.invoices_record(all).await.unwrap();
    house.sign_in("finance").await
}

async fn change(house: &House, cookie: &str, id: i64, version: i64, email: &str) -> Answer {
    let body = json!({"version": version, "email": email}).to_string();
    house.send("PATCH", &format!("/invoices/{id}"), cookie, Some(&body), &[]).await
}

async fn send(house: &House, cookie: &str, id: i64, version: i64) -> Answer {
    house.post(&format!("/invoices/{id}/mails"), cookie, &json!({"version": version}).to_string()).await
}

#[tokio::test]
async fn r5_5_class_every_filter_finds_its_invoices_and_the_totals_are_theirs() {
    for house in houses().await {
        let cookie = filled(&house).await;
        for (query, total, fen) in [
            ("", 3, 21_000),
            ("serial_no=kp2026", 3, 21_000),
            ("serial_no=000002", 1, 1_000),
            ("kind=digital_special", 1, 1_000),
            ("phone=1234", 2, 20_000),
            ("phone=%25", 0, 0),
            ("customer_kind=company", 1, 1_000),
            ("customer_kind=driver", 0, 0),
            ("state=failed", 1, 1_000),
            ("title=100%25", 1, 1_000),
            ("title=_", 1, 1_000),
            ("number=2642", 2, 20_000),
            ("email=MIN%40", 2, 20_000),
            ("from_ms=1795406400000", 3, 21_000),
            ("to_ms=1795406400000", 0, 0),
            ("amount_from_fen=1000&amount_to_fen=1000", 1, 1_000),
            ("amount_from_fen=1001", 2, 20_000),
        ] {
            let list = house.get(&format!("/invoices?{query}"), &cookie).await;
            assert_eq!(list.ok().json["total"], total, "{query}");
            assert_eq!(list.json["totals"]["total_fen"], fen, "{query}");
        }
        let list = house.get("/invoices?limit=2", &cookie).await;
        assert_eq!(list.json["items"][0]["phone"], "138****5678");
        let next = format!("/invoices?limit=2&cursor={}", list.json["next_cursor"].as_str().unwrap());
        assert_eq!(house.get(&next, &cookie).await.json["items"][0]["serial_no"], "KP20261123000001");
    }
}

#[tokio::test]
async fn r5_5_class_another_address_and_sent_again_with_its_story() {
    for house in houses().await {
        let cookie = filled(&house).await;
        change(&house, &cookie, 1, 1, " new.one@mail.example.com ").await.ok();
        send(&house, &cookie, 1, 2).await.ok();
        let detail = house.get("/invoices/1", &cookie).await;
        assert_eq!(detail.ok().json["email"], "new.one@mail.example.com");
        assert_eq!(detail.json["state"], "issued", "the invoice itself is what it was");
        assert_eq!(detail.json["mails"][0]["address"], "new.one@mail.example.com");
        // Nobody has carried it away yet, and nothing says otherwise.
        assert_eq!(
            (detail.json["mail_state"].as_str(), detail.json["mail_count"].as_i64()),
            (Some("waiting"), Some(1))
        );
        let actions: Vec<_> =
            detail.json["events"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
        assert_eq!(actions, ["mail", "email"]);
        assert_eq!(detail.json["events"][1]["text"], "min@example.com → new.one@mail.example.com");
    }
}

#[tokio::test]
async fn r5_5_boundary_five_mails_a_day_and_addresses_of_every_length() {
    let house = house().await;
    let cookie = filled(&house).await;
    for version in 1..=5 {
        send(&house, &cookie, 1, version).await.ok();
    }
    send(&house, &cookie, 1, 6).await.refused(429, "invoice.mail_limited");
    // The day ends at midnight in Shanghai, twelve hours after noon.
    house.clock.advance(Duration::from_secs(12 * 3_600 - 1));
    let cookie = house.sign_in("finance").await;
    send(&house, &cookie, 1, 6).await.refused(429, "invoice.mail_limited");
    house.clock.advance(Duration::from_secs(1));
    send(&house, &cookie, 1, 6).await.ok();
    let local = |n: usize| format!("{}@example.com", "a".repeat(n));
    change(&house, &cookie, 1, 7, &local(64)).await.ok();
    assert_eq!(
        change(&house, &cookie, 1, 8, &local(65)).await.refused(400, "field.invalid").json["field"],
        "email"
    );
    for (query, field) in [
        ("from_ms=2&to_ms=1", "to_ms"),
        ("amount_from_fen=2&amount_to_fen=1", "amount_to_fen"),
        ("limit=201", "limit"),
        ("kind=paper", "kind"),
    ] {
        let answer = house.get(&format!("/invoices?{query}"), &cookie).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{query}");
    }
}

#[tokio::test]
async fn r5_5_guess_header_injection_double_clicks_and_other_operators() {
    let house = house().await;
    let cookie = filled(&house).await;
    for bad in ["", "a@b", "a@b.cn\r\nBcc: x@y.cn", "a@b.cn,c@d.cn", "王@b.cn", "<a@b.cn>"] {
        assert_eq!(
            change(&house, &cookie, 1, 1, bad).await.refused(400, "field.invalid").json["field"],
            "email"
        );
    }
    // A double click sends once; two people do not overwrite each other.
    send(&house, &cookie, 1, 1).await.ok();
    send(&house, &cookie, 1, 1).await.refused(409, "invoice.version_differs");
    change(&house, &cookie, 1, 1, "x@y.cn").await.refused(409, "invoice.version_differs");
    assert_eq!(house.get("/invoices/1", &cookie).await.json["mail_count"], 1);
    // What was not issued is not sent, whatever its address.
    send(&house, &cookie, 2, 1).await.refused(422, "invoice.not_issued");
    change(&house, &cookie, 2, 1, "x@y.cn").await.ok();
    send(&house, &cookie, 2, 2).await.refused(422, "invoice.not_issued");
    // Another operator's invoices are not there, nor is what does not exist.
    let own = house.sign_in("a.admin").await;
    assert_eq!(house.get("/invoices", &own).await.ok().json["total"], 2);
    for path in ["/invoices/3", "/invoices/99", "/invoice-files/1"] {
        house.get(path, &own).await.refused(404, "invoice.not_found");
    }
    change(&house, &own, 3, 1, "x@y.cn").await.refused(404, "invoice.not_found");
    send(&house, &own, 3, 1).await.refused(404, "invoice.not_found");
    // An order stands in one live invoice; a failed one lets it go.
    let with = |serial: &str, state| NewInvoice { state, orders: vec![OrderId(7)], ..invoice(serial, 1) };
    let engine = &house.app.engine;
    engine
        .invoices_record(vec![with("F", InvoiceState::Failed), with("A", InvoiceState::Issued)])
        .await
        .unwrap();
    assert!(engine.invoices_record(vec![with("B", InvoiceState::Issued)]).await.is_err());
    let list: Value = house.get("/invoices?serial_no=B", &cookie).await.json;
    assert_eq!(list["total"], 0);
}
