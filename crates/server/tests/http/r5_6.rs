//! 客服中心: complaints and suggestions from the mini-program, found by the standard's filters
//! and worked to an end.

use super::house::{Answer, House, house, houses};
use serde_json::{Value, json};
use std::time::Duration;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

pub fn draft(request: &str, phone: &str) -> Value {
    json!({"request_id": request, "kind": "complaint", "category": "cannot_start", "content": "扫码后无法启动 😡\n第二行",
        "phone": phone, "name": "王敏", "pile_code": "A-1", "connector_no": 2})
}

pub async fn submit(house: &House, body: &Value) -> Answer {
    house.post("/public/feedback", "", &body.to_string()).await
}

async fn photo(house: &House, receipt: &Value, body: &[u8]) -> Answer {
    let (no, token) = (receipt["no"].as_str().unwrap(), receipt["upload_token"].as_str().unwrap());
    let path = format!("/public/feedback/photos?no={no}&upload_token={token}");
    house.send_bytes("POST", &path, body, &[("content-type", "image/png")]).await
}

pub async fn step(house: &House, cookie: &str, id: i64, body: Value) -> Answer {
    house.send("PATCH", &format!("/feedback/{id}"), cookie, Some(&body.to_string()), &[]).await
}

#[tokio::test]
async fn r5_6_class_what_the_mini_program_sends_is_found_by_every_filter_of_the_standard() {
    for house in houses().await {
        house.furnish().await;
        let receipt = submit(&house, &draft("req-00000001", "138 1234-5678")).await;
        receipt.ok();
        let no = receipt.json["no"].as_str().unwrap().to_owned();
        let mut other = draft("req-00000002", "13900000000");
        other["kind"] = json!("suggestion");
        other["source"] = json!("app");
        other["name"] = json!("李 100%");
        other["pile_code"] = json!("B-1");
        submit(&house, &other).await.ok();
        let service = house.sign_in("service").await;
        let list = |query: String| {
            let (house, service) = (&house, service.clone());
            async move { house.get(&format!("/feedback?{query}"), &service).await }
        };
        let all = list(String::new()).await;
        assert_eq!(all.ok().json["total"], 2);
        let first = &all.json["items"][1];
        assert_eq!(first["phone"], "138****5678");
        assert_eq!(
            (first["station_name"].as_str(), first["pile_code"].as_str(), first["connector_no"].as_i64()),
            (Some("甲站"), Some("A-1"), Some(2))
        );
        for (query, total) in [
            ("source=app", 1),
            ("source=mini_program", 1),
            ("kind=complaint", 1),
            ("from_ms=0&to_ms=1", 0),
            ("from_ms=1795406400000", 2),
            (&format!("no={}", no[3..].to_lowercase()), 1),
            ("no=_", 0),
            ("customer_id=7", 0),
            ("name=%E6%95%8F", 1),
            ("name=100%25", 1),
            ("name=%25", 1),
            ("phone=5678", 1),
            ("state=waiting", 2),
            ("state=closed", 0),
            ("category=bill", 0),
            ("handler=x", 0),
            ("station_name=%E4%B9%99", 1),
            ("overdue=true", 0),
            ("overdue=false", 2),
        ] {
            assert_eq!(list(query.to_owned()).await.ok().json["total"], total, "{query}");
        }
        assert_eq!(house.get("/home", &service).await.json["todo"]["waiting_feedback_count"], 2);
        // Two days later nobody has looked at it.
        house.clock.advance(Duration::from_millis(48 * 3_600_000 + 1));
        let service = house.sign_in("service").await;
        assert_eq!(house.get("/feedback?overdue=true", &service).await.ok().json["total"], 2);
    }
}

#[tokio::test]
async fn r5_6_class_feedback_is_worked_to_an_end_and_the_person_hears_of_it() {
    for house in houses().await {
        house.furnish().await;
        let receipt = submit(&house, &draft("req-00000001", "13812345678")).await.json;
        let second = submit(&house, &draft("req-00000002", "13812345678")).await.json;
        assert_eq!(photo(&house, &receipt, PNG).await.ok().json["photo_count"], 1);
        assert_eq!(photo(&house, &receipt, PNG).await.ok().json["photo_count"], 1, "the same picture again");
        let cookie = house.sign_in("service").await;
        let handlers = house.get("/feedback-handlers", &cookie).await;
        let names: Vec<_> =
            handlers.ok().json["items"].as_array().unwrap().iter().map(|h| h["name"].clone()).collect();
        assert!(names.contains(&json!("service先生")) && !names.contains(&json!("viewer先生")), "{names:?}");
        let operations = handlers.json["items"].as_array().unwrap().iter();
        let operations = operations.clone().find(|h| h["name"] == "operations先生").unwrap()["id"].clone();
        step(&house, &cookie, 1, json!({"version": 1, "action": "accept"})).await.ok();
        house.clock.advance(Duration::from_millis(60_000));
        step(&house, &cookie, 1, json!({"version": 2, "action": "assign", "handler_id": operations}))
            .await
            .ok();
        step(&house, &cookie, 1, json!({"version": 3, "action": "reply", "text": "已派人检修，请换 3 号枪"}))
            .await
            .ok();
        step(&house, &cookie, 1, json!({"version": 4, "action": "note", "text": "枪锁损坏"})).await.ok();
        step(&house, &cookie, 1, json!({"version": 5, "action": "close", "text": "枪锁已更换"})).await.ok();
        step(&house, &cookie, 2, json!({"version": 1, "action": "merge", "into_no": receipt["no"]}))
            .await
            .ok();
        let detail = house.get("/feedback/1", &cookie).await;
        assert_eq!(detail.ok().json["state"], "closed");
        assert_eq!(detail.json["handler_name"], "operations先生");
        assert_eq!(
            detail.json["answered_at_ms"].as_i64(),
            detail.json["created_at_ms"].as_i64().map(|ms| ms + 60_000)
        );
        assert_eq!(detail.json["others"][0]["no"], second["no"]);
        let picture = format!("/feedback-photos/{}", detail.json["photos"][0]);
        let shown = house.get(&picture, &cookie).await;
        assert_eq!(shown.ok().headers["content-type"], "image/png");
        // The person reads the reply, and nothing that we wrote to ourselves.
        let path = format!("/public/feedback?no={}&phone=%2B8613812345678", receipt["no"].as_str().unwrap());
        let progress = house.get(&path, "").await;
        assert_eq!(progress.ok().json["state"], "closed");
        assert!(
            progress.text.contains("请换 3 号枪") && !progress.text.contains("枪锁"),
            "{}",
            progress.text
        );
        assert!(!progress.text.contains("先生"), "{}", progress.text);
        let figures = house.get("/feedback-statistics", &cookie).await;
        assert_eq!(figures.ok().json["all"]["count"], 1, "merged ones count once: {}", figures.text);
        assert_eq!(figures.json["all"]["answer_ms"], 60_000);
        assert_eq!(figures.json["all"]["answer_in_time_permille"], 1_000);
        assert_eq!(figures.json["stations"][0]["key"], "甲站");
        step(&house, &cookie, 1, json!({"version": 6, "action": "reopen", "text": "用户称仍无法启动"}))
            .await
            .ok();
        assert_eq!(house.get("/feedback/1", &cookie).await.json["state"], "working");
        let phone = house.get("/feedback/1/phone", &cookie).await;
        assert_eq!(phone.ok().json["phone"], "13812345678");
        let admin = house.sign_in("admin").await;
        assert!(
            house.get("/audit", &admin).await.text.contains("feedback_phone_get"),
            "each look is written down"
        );
    }
}

#[tokio::test]
async fn r5_6_boundary_texts_numbers_and_photos_end_where_they_are_said_to() {
    let house = house().await;
    house.furnish().await;
    let with = |field: &str, value: Value| {
        let mut body = draft("req-00000001", "13812345678");
        body[field] = value;
        body
    };
    for (field, value) in [
        ("content", json!("字".repeat(1_001))),
        ("content", json!(" \n ")),
        ("content", json!("a\u{7}b")),
        ("phone", json!("1234")),
        ("phone", json!("1234567890123456")),
        ("phone", json!("13812345678x")),
        ("request_id", json!("1234567")),
        ("request_id", json!("x".repeat(65))),
        ("request_id", json!("req 0000001")),
        ("name", json!("名".repeat(33))),
        ("pile_code", json!("Z-9")),
        ("order_no", json!("202611230000000099")),
        ("order_no", json!("abc")),
        ("kind", json!("praise")),
        ("website", json!("https://spam.example")),
    ] {
        let answer = submit(&house, &with(field, value.clone())).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{value}");
        house.clock.advance(Duration::from_millis(60_000));
    }
    submit(&house, &with("content", json!("字".repeat(1_000)))).await.ok();
    let receipt = submit(&house, &draft("req-00000002", "12345")).await.json;
    for n in 0..6u8 {
        let mut body = PNG.to_vec();
        body.push(n);
        assert_eq!(photo(&house, &receipt, &body).await.ok().json["photo_count"], i64::from(n) + 1);
    }
    house.clock.advance(Duration::from_millis(60_000));
    let seventh = photo(&house, &receipt, b"\xff\xd8\xff\xe0").await;
    assert_eq!(seventh.refused(400, "field.invalid").json["field"], "photo");
    let mut large = PNG.to_vec();
    large.resize(5 * 1024 * 1024 + 1, 0);
    assert_eq!(photo(&house, &receipt, &large).await.refused(400, "field.invalid").json["field"], "photo");
    large.resize(6 * 1024 * 1024, 0);
    photo(&house, &receipt, &large).await.refused(413, "body.too_large");
    house.clock.advance(Duration::from_millis(3_600_000));
    photo(&house, &receipt, PNG).await.refused(422, "feedback.upload_ended");
}

#[tokio::test]
async fn r5_6_boundary_a_phone_number_and_an_address_have_their_measure() {
    let house = house().await;
    for n in 0..10 {
        submit(
            &house,
            &json!({"request_id": format!("req-0000000{n}"), "kind": "question", "category": "other",
            "content": "请问", "phone": "13812345678"}),
        )
        .await
        .ok();
    }
    let again = json!({"request_id": "req-00000010", "kind": "question", "category": "other", "content": "请问",
        "phone": "13812345678"});
    let answer = submit(&house, &again).await;
    assert_eq!(answer.refused(429, "feedback.phone_limited").json["field"], "phone");
    for _ in 0..19 {
        house.get("/public/feedback?no=F1&phone=12345", "").await.refused(404, "feedback.not_found");
    }
    house.get("/public/feedback?no=F1&phone=12345", "").await.refused(429, "feedback.limited");
    house.clock.advance(Duration::from_millis(24 * 3_600_000));
    submit(&house, &again).await.ok();
}

#[tokio::test]
async fn r5_6_guess_repeats_strangers_and_files_that_are_no_pictures() {
    let house = house().await;
    house.furnish().await;
    // A double click, and the same name from somebody else.
    let first = submit(&house, &draft("req-00000001", "13812345678")).await;
    let again = submit(&house, &draft("req-00000001", "13812345678")).await;
    assert_eq!(first.ok().json, again.ok().json);
    let other = submit(&house, &draft("req-00000001", "13900000000")).await;
    assert_eq!(other.refused(409, "feedback.request_used").json["field"], "request_id");
    // A wrong phone opens nothing, and says no more than a wrong number does.
    let no = first.json["no"].as_str().unwrap();
    house
        .get(&format!("/public/feedback?no={no}&phone=13812345679"), "")
        .await
        .refused(404, "feedback.not_found");
    house.get(&format!("/public/feedback?no={no}"), "").await.refused(400, "field.invalid");
    let stolen = json!({"no": no, "upload_token": "00"});
    photo(&house, &stolen, PNG).await.refused(404, "feedback.not_found");
    for bad in [&b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"[..], b"MZ\x90", b"", b"GIF89a"] {
        assert_eq!(
            photo(&house, &first.json, bad).await.refused(400, "field.invalid").json["field"],
            "photo"
        );
    }
    // A form as mini-programs send it; one without the field; one that is cut off.
    let (no, token) = (no, first.json["upload_token"].as_str().unwrap());
    let path = format!("/public/feedback/photos?no={no}&upload_token={token}");
    let kind = [("content-type", "multipart/form-data; boundary=X")];
    let form = |name: &str, end: &str| {
        let head =
            format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.exe\"\r\n\r\n");
        [head.as_bytes(), PNG, format!("\r\n--X{end}").as_bytes()].concat()
    };
    house.send_bytes("POST", &path, &form("photo", "--\r\n"), &kind).await.ok();
    for bad in [form("file", "--\r\n"), form("photo", "")[..40].to_vec(), b"nothing".to_vec()] {
        house.send_bytes("POST", &path, &bad, &kind).await.refused(400, "field.invalid");
    }
}

#[tokio::test]
async fn r5_6_guess_two_people_one_feedback_and_steps_that_make_no_sense() {
    let house = house().await;
    house.furnish().await;
    submit(&house, &draft("req-00000001", "13812345678")).await.ok();
    let mut of_b = draft("req-00000002", "13900000000");
    of_b["pile_code"] = json!("B-1");
    submit(&house, &of_b).await.ok();
    let cookie = house.sign_in("service").await;
    step(&house, &cookie, 1, json!({"version": 1, "action": "accept"})).await.ok();
    step(&house, &cookie, 1, json!({"version": 1, "action": "close", "text": "x"}))
        .await
        .refused(409, "feedback.version_differs");
    step(&house, &cookie, 1, json!({"version": 2, "action": "accept"}))
        .await
        .refused(422, "feedback.accepted");
    step(&house, &cookie, 1, json!({"version": 2, "action": "reopen", "text": "x"}))
        .await
        .refused(422, "feedback.open");
    for (body, field) in [
        (json!({"version": 2, "action": "reply"}), "text"),
        (json!({"version": 2, "action": "reply", "text": "字".repeat(1_001)}), "text"),
        (json!({"version": 2, "action": "assign"}), "handler_id"),
        (json!({"version": 2, "action": "assign", "handler_id": 999}), "handler_id"),
        (json!({"version": 2, "action": "assign", "handler_id": 6}), "handler_id"),
        (json!({"version": 2, "action": "merge"}), "into_no"),
        (json!({"version": 2, "action": "merge", "into_no": "F20261123000001"}), "into_no"),
        (json!({"version": 2, "action": "merge", "into_no": "F1"}), "into_no"),
        (json!({"version": 2, "action": "link_order", "order_no": "202611230000000099"}), "order_no"),
        (json!({"version": 2, "action": "create"}), "action"),
    ] {
        let answer = step(&house, &cookie, 1, body.clone()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{body}");
    }
    assert_eq!(house.get("/feedback/1", &cookie).await.json["version"], 2, "nothing of it was kept");
    // Another operator's feedback is not there.
    let own = house.sign_in("a.admin").await;
    assert_eq!(house.get("/feedback", &own).await.ok().json["total"], 1);
    for path in ["/feedback/2", "/feedback/2/phone", "/feedback/99"] {
        house.get(path, &own).await.refused(404, "feedback.not_found");
    }
    step(&house, &own, 2, json!({"version": 1, "action": "accept"})).await.refused(404, "feedback.not_found");
    let into = json!({"version": 2, "action": "merge", "into_no": "F20261123000002"});
    assert_eq!(step(&house, &own, 1, into).await.refused(400, "field.invalid").json["field"], "into_no");
    let limit = json!({"kind": "fault", "answer_minutes": 10, "close_minutes": 60}).to_string();
    house.send("PUT", "/feedback-limits", &own, Some(&limit), &[]).await.refused(403, "scope.denied");
    house.send("PUT", "/feedback-limits", &cookie, Some(&limit), &[]).await.ok();
    let wrong = json!({"kind": "fault", "answer_minutes": 61, "close_minutes": 60}).to_string();
    let answer = house.send("PUT", "/feedback-limits", &cookie, Some(&wrong), &[]).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "close_minutes");
}
