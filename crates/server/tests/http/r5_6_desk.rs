//! 客服中心, the desk: who calls, what is written again and again, what people think of it, and what
//! goes up to a chief.

use super::house::{Answer, House, house, houses};
use super::r5_6::{draft, step, submit};
use model::time::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

async fn rate(house: &House, body: Value) -> Answer {
    house.send("PUT", "/public/feedback/score", "", Some(&body.to_string()), &[]).await
}

async fn template(house: &House, cookie: &str, body: Value) -> Answer {
    house.post("/feedback-templates", cookie, &body.to_string()).await
}

/// Forward, with the parameters' jobs behind it; who had signed in does so again.
async fn later(house: &House, by: Duration) -> usize {
    house.clock.advance(by);
    let now: Timestamp = house.app.engine.clock.now();
    house.app.engine.feedback_escalate(now).await.unwrap()
}

#[tokio::test]
async fn r5_6_class_whoever_calls_is_known_by_the_number_and_each_part_to_whom_may_see_it() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let customer = json!({"name": "王敏", "phone": "13812345678", "kind": "person", "tags": ["常客"]});
        let id = house.post("/customers", &admin, &customer.to_string()).await.ok().json["id"].clone();
        let car = json!({"plate": "鄂AD12345"}).to_string();
        house.post(&format!("/customers/{id}/cars"), &admin, &car).await.ok();
        submit(&house, &draft("req-00000001", "13812345678")).await.ok();
        submit(&house, &draft("req-00000002", "13812345678")).await.ok();
        let mut charged = super::orders::order(1);
        (charged.customer, charged.state) =
            (Some(model::id::CustomerId(id.as_i64().unwrap())), model::order::OrderState::Charging);
        house
            .app
            .engine
            .store
            .write(None, move |tx| {
                tx.order_save(&charged);
                Ok(())
            })
            .await
            .unwrap();
        let service = house.sign_in("service").await;
        let caller = house.get("/callers?phone=%2B86%20138-1234-5678", &service).await;
        let told = &caller.ok().json;
        assert_eq!(told["customers"][0]["name"], "王敏");
        assert_eq!(told["customers"][0]["phone"], "138****5678");
        assert_eq!(told["customers"][0]["cars"].as_array().unwrap().len(), 1);
        assert_eq!(told["running"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told["orders"].as_array().unwrap().len(), 1);
        assert_eq!(told["feedback"].as_array().unwrap().len(), 2);
        assert_eq!((&told["vouchers"], &told["invoices"]), (&json!([]), &json!([])));
        // The page of a feedback asks by it, and is not told of itself.
        let beside = house.get("/feedback/1/caller", &service).await;
        assert_eq!(beside.ok().json["feedback"].as_array().unwrap().len(), 1);
        assert!(!beside.text.contains("13812345678"), "the number stays with us: {}", beside.text);
        // A number that nobody has; and somebody who may see feedback and nothing else.
        let nobody = house.get("/callers?phone=13900000000", &service).await;
        assert_eq!((&nobody.ok().json["customers"], &nobody.json["orders"]), (&json!([]), &json!([])));
        let role = json!({"name": "只看反馈", "permissions": ["feedback.read"]}).to_string();
        let role = house.post("/roles", &admin, &role).await.ok().json["code"].clone();
        let account = json!({"account": "only.feedback", "name": "一", "role": role, "password": super::house::PASSWORD});
        house.staff_own(account).await;
        let only = house.sign_in("only.feedback").await;
        let caller = house.get("/callers?phone=13812345678", &only).await;
        for part in ["customers", "running", "orders", "vouchers", "invoices"] {
            assert_eq!(caller.ok().json[part], Value::Null, "{part}");
        }
        assert_eq!(caller.json["feedback"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn r5_6_class_people_say_what_they_think_and_it_is_shown_filtered_and_counted() {
    for house in houses().await {
        house.furnish().await;
        let receipt = submit(&house, &draft("req-00000001", "13812345678")).await.json;
        let second = submit(&house, &draft("req-00000002", "13812345678")).await.json;
        let rating = |no: &Value, score: i64, text: &str| json!({"no": no, "phone": "138 1234 5678", "score": score, "text": text});
        rate(&house, rating(&receipt["no"], 5, "")).await.refused(422, "feedback.not_answered");
        let cookie = house.sign_in("service").await;
        step(&house, &cookie, 1, json!({"version": 1, "action": "reply", "text": "已恢复"})).await.ok();
        rate(&house, rating(&receipt["no"], 2, "等得太久")).await.ok();
        rate(&house, rating(&receipt["no"], 2, "等得太久")).await.ok();
        // Second thoughts replace the first; one that was merged is rated where it goes on.
        step(&house, &cookie, 2, json!({"version": 1, "action": "merge", "into_no": receipt["no"]}))
            .await
            .ok();
        rate(&house, rating(&second["no"], 4, "后来很快")).await.ok();
        let detail = house.get("/feedback/1", &cookie).await;
        assert_eq!((&detail.ok().json["score"], &detail.json["score_text"]), (&json!(4), &json!("后来很快")));
        let rated: Vec<_> =
            detail.json["events"].as_array().unwrap().iter().filter(|e| e["action"] == "rate").collect();
        assert_eq!(rated.len(), 2, "a repeat adds nothing: {}", detail.text);
        for (query, total) in [("score=4", 1), ("score=2", 0), ("score=4&state=closed", 0)] {
            let list = house.get(&format!("/feedback?{query}"), &cookie).await;
            assert_eq!(list.ok().json["total"], total, "{query}");
        }
        let figures = house.get("/feedback-statistics", &cookie).await;
        assert_eq!(figures.ok().json["all"]["score_e2"], 400);
        assert_eq!(figures.json["stations"][0]["scored_count"], 1);
        let path = format!("/public/feedback?no={}&phone=13812345678", receipt["no"].as_str().unwrap());
        let progress = house.get(&path, "").await;
        assert_eq!((&progress.ok().json["score"], &progress.json["may_rate"]), (&json!(4), &json!(true)));
    }
}

#[tokio::test]
async fn r5_6_class_what_is_long_overdue_goes_up_by_itself_and_what_somebody_says_at_once() {
    for house in houses().await {
        house.furnish().await;
        for n in 1..=3 {
            submit(&house, &draft(&format!("req-0000000{n}"), &format!("1380000000{n}"))).await.ok();
        }
        let cookie = house.sign_in("service").await;
        step(&house, &cookie, 1, json!({"version": 1, "action": "escalate"}))
            .await
            .refused(400, "field.invalid");
        let up = json!({"version": 1, "action": "escalate", "text": "媒体关注"});
        step(&house, &cookie, 1, up).await.ok();
        step(&house, &cookie, 1, json!({"version": 2, "action": "escalate", "text": "再次"}))
            .await
            .refused(422, "feedback.escalated");
        step(&house, &cookie, 2, json!({"version": 1, "action": "reply", "text": "已恢复"})).await.ok();
        // A complaint is answered within an hour; two hours after that a chief looks at it.
        assert_eq!(later(&house, 3 * HOUR).await, 0, "not a moment too early");
        assert_eq!(later(&house, Duration::from_millis(1)).await, 1);
        assert_eq!(later(&house, HOUR).await, 0, "once");
        let cookie = house.sign_in("service").await;
        for (query, total) in [("escalated=true", 2), ("escalated=false", 1), ("overdue=true", 2)] {
            let list = house.get(&format!("/feedback?{query}"), &cookie).await;
            assert_eq!(list.ok().json["total"], total, "{query}");
        }
        let todo = house.get("/home", &cookie).await.json["todo"].clone();
        assert_eq!(
            (&todo["overdue_feedback_count"], &todo["escalated_feedback_count"]),
            (&json!(2), &json!(2))
        );
        assert_eq!(house.get("/feedback-statistics", &cookie).await.json["all"]["escalated_count"], 2);
        // Closed, it is no longer a chief's; nor does the answered one wait for an answer.
        step(&house, &cookie, 3, json!({"version": 2, "action": "close", "text": "已处理"})).await.ok();
        assert_eq!(house.get("/feedback?escalated=true", &cookie).await.json["total"], 1);
        assert_eq!(later(&house, 60 * HOUR).await, 1, "the answered one, two hours after its end was due");
    }
}

#[tokio::test]
async fn r5_6_class_templates_are_made_by_staff_and_fit_a_category() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("service").await;
        assert_eq!(
            house.get("/feedback-templates", &cookie).await.ok().json["items"].as_array().unwrap().len(),
            5
        );
        let made = template(
            &house,
            &cookie,
            json!({"category": "slow", "name": "功率说明", "text": "{name}您好，{no} 已核对"}),
        )
        .await;
        let id = made.ok().json["id"].clone();
        let change = |version: i64, name: &str| json!({"version": version, "category": null, "name": name, "text": "您好"});
        let path = format!("/feedback-templates/{id}");
        house.send("PATCH", &path, &cookie, Some(&change(1, "功率解释").to_string()), &[]).await.ok();
        house
            .send("PATCH", &path, &cookie, Some(&change(1, "过期").to_string()), &[])
            .await
            .refused(409, "feedback_template.version_differs");
        let taken = house.send("PATCH", &path, &cookie, Some(&change(2, "计费说明").to_string()), &[]).await;
        assert_eq!(taken.refused(409, "feedback_template.exists").json["field"], "name");
        house.send("DELETE", &path, &cookie, None, &[]).await.ok();
        house.send("DELETE", &path, &cookie, None, &[]).await.refused(404, "feedback_template.not_found");
        // An operator's staff use them; whose they are is the platform's to say.
        let own = house.sign_in("a.admin").await;
        house.get("/feedback-templates", &own).await.ok();
        template(&house, &own, json!({"name": "x", "text": "y"})).await.refused(403, "scope.denied");
    }
}

#[tokio::test]
async fn r5_6_boundary_scores_words_and_templates_end_where_they_are_said_to() {
    let house = house().await;
    house.furnish().await;
    let receipt = submit(&house, &draft("req-00000001", "13812345678")).await.json;
    let cookie = house.sign_in("service").await;
    step(&house, &cookie, 1, json!({"version": 1, "action": "close", "text": "已处理"})).await.ok();
    let no = receipt["no"].clone();
    let with =
        |score: Value, text: String| json!({"no": no, "phone": "13812345678", "score": score, "text": text});
    for score in [0, 6, -1] {
        let answer = rate(&house, with(json!(score), String::new())).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "score");
    }
    rate(&house, with(json!(4.5), String::new())).await.refused(400, "field.invalid");
    let answer = rate(&house, with(json!(1), "字".repeat(201))).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "text");
    house.clock.advance(Duration::from_secs(60));
    rate(&house, with(json!(1), "字".repeat(200))).await.ok();
    rate(&house, with(json!(5), String::new())).await.ok();
    house.clock.advance(30 * 24 * HOUR - Duration::from_secs(60));
    rate(&house, with(json!(4), String::new())).await.ok();
    house.clock.advance(Duration::from_millis(1));
    rate(&house, with(json!(3), String::new())).await.refused(422, "feedback.score_ended");
    let cookie = house.sign_in("service").await;
    for (body, field) in [
        (json!({"name": "名".repeat(21), "text": "y"}), "name"),
        (json!({"name": " ", "text": "y"}), "name"),
        (json!({"name": "x", "text": "字".repeat(1_001)}), "text"),
        (json!({"name": "x", "text": "{phone}"}), "text"),
        (json!({"name": "x", "text": "y", "category": "gone"}), "category"),
    ] {
        let answer = template(&house, &cookie, body.clone()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{body}");
    }
    for n in 0..95 {
        template(&house, &cookie, json!({"name": format!("模板 {n}"), "text": "y"})).await.ok();
    }
    template(&house, &cookie, json!({"name": "再一个", "text": "y"}))
        .await
        .refused(422, "feedback_template.too_many");
}

#[tokio::test]
async fn r5_6_guess_strangers_rate_nothing_and_numbers_are_not_fished_for() {
    let house = house().await;
    house.furnish().await;
    let receipt = submit(&house, &draft("req-00000001", "13812345678")).await.json;
    let cookie = house.sign_in("service").await;
    step(&house, &cookie, 1, json!({"version": 1, "action": "reply", "text": "已恢复"})).await.ok();
    let stolen = json!({"no": receipt["no"], "phone": "13812345679", "score": 1});
    rate(&house, stolen).await.refused(404, "feedback.not_found");
    // Staff rate nothing in somebody's name.
    let answer = step(&house, &cookie, 1, json!({"version": 2, "action": "rate", "text": "5"})).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "action");
    for phone in ["", "1234", "138123", "138%25", "13812345678x"] {
        let answer = house.get(&format!("/callers?phone={phone}"), &cookie).await;
        let known = answer.status == 200 && answer.json["customers"] == json!([]);
        assert!(known || answer.json["field"] == "phone", "{phone}: {}", answer.text);
    }
    // Another operator's feedback, orders and people are not there.
    let mut of_b = draft("req-00000002", "13800000009");
    of_b["pile_code"] = json!("B-1");
    submit(&house, &of_b).await.ok();
    let own = house.sign_in("a.admin").await;
    house.get("/feedback/2/caller", &own).await.refused(404, "feedback.not_found");
    let caller = house.get("/callers?phone=13800000009", &own).await;
    assert_eq!((&caller.ok().json["feedback"], &caller.json["customers"]), (&json!([]), &json!([])));
    for _ in 0..30 {
        rate(&house, json!({"no": "F1", "phone": "12345", "score": 5})).await;
    }
    rate(&house, json!({"no": "F1", "phone": "12345", "score": 5})).await.refused(429, "feedback.limited");
}
