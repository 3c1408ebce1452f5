//! R-5.4 用户: everything of one person as a file for them, and their erasure once they have left; the books still add up.

use super::house::{House, houses};
use super::r5_5_wallet::{change, charge, customer, wallet};
use super::r5_6::{draft, submit};
use model::access::Role;
use serde_json::{Value, json};
use server::jobs::persons::reapply;
use std::time::Duration;
use store::attachments::{NewPicture, insert};
use store::personal::PARTS;

const PHONE: &str = "13800131234";
const PLATE: &str = "鄂AD12345";
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photo of a pile";

/// A customer with a car, money, an order, and a piece of feedback with a photo. Two administrators.
async fn furnished(house: &House) -> (i64, String, String, i64) {
    house.furnish().await;
    house.staff("admin2", Role::Admin, None).await;
    let admin = house.sign_in("admin").await;
    let id = customer(house, &admin).await;
    let car = json!({"plate": PLATE, "vin": "LGXCE6CB8N0123456", "note": ""}).to_string();
    house.post(&format!("/customers/{id}/cars"), &admin, &car).await.ok();
    change(house, &admin, id, "top_up", 10_000, "top_up-01").await.ok();
    charge(house, 0).await;
    let receipt = submit(house, &draft("req-00000001", PHONE)).await.ok().json.clone();
    let admin = house.sign_in("admin").await;
    let no = receipt["no"].as_str().unwrap();
    let feedback = house.get(&format!("/feedback?no={no}"), &admin).await.ok().json["items"][0]["id"].clone();
    let feedback = feedback.as_i64().unwrap();
    let now = house.clock.now();
    let write = house.app.engine.store.write(None, move |tx| {
        let photo =
            NewPicture { noun: "feedback", noun_id: feedback, kind: "image/jpeg", digest: "d", body: PHOTO };
        insert(tx, &photo, now)
    });
    write.await.unwrap();
    (id, admin, house.sign_in("admin2").await, feedback)
}

/// Gives the money back, closes the feedback and cancels the account.
async fn left(house: &House, (id, feedback): (i64, i64), admin: &str) {
    let [principal, ..] = wallet(house, admin, id).await;
    change(house, admin, id, "principal_deduction", principal, "back-0001").await.ok();
    let write = house.app.engine.store.write(None, move |tx| {
        tx.execute("UPDATE feedback SET state = 'closed' WHERE id = $1", &[feedback.into()])
    });
    write.await.unwrap();
    let version = house.get(&format!("/customers/{id}"), admin).await.ok().json["version"].clone();
    let leave = json!({"version": version, "status": "cancelled", "reason": "本人申请注销"}).to_string();
    house.send("PUT", &format!("/customers/{id}/status"), admin, Some(&leave), &[]).await.ok();
}

/// How often this stands in any column of a table that people are in.
async fn found(house: &House, what: &'static str) -> Vec<String> {
    let read = house.app.engine.store.read(move |conn| {
        let mut all = Vec::new();
        for table in PARTS {
            let parts = table.parts.iter().map(|part| part.column);
            for column in parts.chain(table.facts()).chain(table.own()) {
                let sql = format!(
                    "SELECT COUNT(*) FROM {} WHERE CAST({column} AS TEXT) LIKE '%{what}%'",
                    table.name
                );
                if conn.one(&sql, &[], |row| row.int(0))? > 0 {
                    all.push(format!("{}.{column}", table.name));
                }
            }
        }
        Ok(all)
    });
    read.await.unwrap()
}

async fn sound(house: &House) {
    assert_eq!(house.app.engine.orders_verify().await.unwrap().problems, []);
}

const WHY: &str = r#"{"reason":"本人来电申请，已核对手机号"}"#;

#[tokio::test]
async fn r5_4_class_a_person_is_given_everything_that_is_held_about_them() {
    for house in houses().await {
        let (id, admin, _, _) = furnished(&house).await;
        let path = format!("/customers/{id}/person-exports");
        let made = house.post(&path, &admin, WHY).await.ok().json.clone();
        assert_eq!((&made["noun"], &made["format"]), (&json!("person"), &json!("zip")));
        let export = format!("/exports/{}", made["id"]);
        let mut state = Value::Null;
        for _ in 0..250 {
            state = house.get(&export, &admin).await.ok().json.clone();
            if state["state"] == "done" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(state["state"], "done", "{state}");
        let file = house.get(&format!("{export}/file"), &admin).await;
        // The archive is not compressed: what is in its JSON can be read.
        for part in
            [PHONE, PLATE, "LGXCE6CB8N0123456", "王伟", "扫码后无法启动", "a photo of a pile", "WALLET1"]
        {
            assert!(file.ok().text.contains(part), "{part}");
        }
        let log = house.get("/audit?noun=customer", &admin).await.ok().json.clone();
        let mine = log["items"].as_array().unwrap().iter().find(|one| one["action"] == "person_export");
        assert!(mine.unwrap()["detail"].to_string().contains("本人来电申请"));
        // Who may look at customers may not take them out.
        let service = house.sign_in("service").await;
        house.post(&path, &service, WHY).await.refused(403, "permission.denied");
        house.get(&format!("{export}/file"), &service).await.refused(404, "export.not_found");
        house.post(&path, &admin, r#"{"reason":" "}"#).await.at("reason");
        house.post("/customers/99/person-exports", &admin, WHY).await.refused(404, "customer.not_found");
    }
}

#[tokio::test]
async fn r5_4_class_who_has_left_is_erased_by_two_people_and_the_books_add_up() {
    for house in houses().await {
        let (id, admin, second, feedback) = furnished(&house).await;
        let ask = format!("/customers/{id}/erasures");
        let check = house.get(&format!("/customers/{id}/erasure"), &admin).await.ok().json.clone();
        let kinds: Vec<&str> =
            check["ties"].as_array().unwrap().iter().map(|tie| tie["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["account", "balance", "feedback"]);
        let refused = house.post(&ask, &admin, WHY).await;
        let text = refused.refused(422, "erasure.tied").text.clone();
        assert!(
            text.contains("未注销") && text.contains("钱包余额") && text.contains("反馈未关闭"),
            "{text}"
        );
        left(&house, (id, feedback), &admin).await;
        let erasure = house.post(&ask, &admin, WHY).await.ok().json["id"].clone();
        house.post(&ask, &second, WHY).await.refused(409, "erasure.asked");
        let decision = format!("/erasures/{erasure}/decision");
        house.post(&decision, &admin, r#"{"approve":true}"#).await.refused(422, "erasure.own");
        house.post(&decision, &second, r#"{"approve":false}"#).await.at("reason");
        assert!(!found(&house, PHONE).await.is_empty());
        house.post(&decision, &second, r#"{"approve":true}"#).await.ok();
        house.post(&decision, &second, r#"{"approve":true}"#).await.refused(409, "erasure.decided");
        for what in [PHONE, PLATE, "LGXCE6CB8N0123456", "扫码后无法启动", "WALLET1"] {
            let places: Vec<String> = found(&house, what).await;
            let kept = |place: &String| place.starts_with("audit.") || place.starts_with("card.");
            assert!(places.iter().all(kept), "{what}: {places:?}");
        }
        let one = house.get(&format!("/customers/{id}"), &admin).await.ok().json.clone();
        assert_eq!((&one["name"], &one["phone"]), (&json!("已注销用户"), &json!(null)));
        let orders = house.get(&format!("/orders?customer_id={id}"), &admin).await.ok().json.clone();
        assert_eq!(orders["total"], 1, "the order stays with its number");
        sound(&house).await;
        house.post(&ask, &admin, WHY).await.refused(409, "erasure.done");
        let list = house.get("/erasures?state=done", &admin).await.ok().json.clone();
        assert_eq!((&list["total"], &list["items"][0]["staff_name"]), (&json!(1), &json!("admin先生")));
        assert!(list["items"][0]["row_count"].as_i64().unwrap() > 5);
        // A restore brings them back: the register erases them again, once.
        let write = house.app.engine.store.write(None, move |tx| {
            tx.execute(
                "UPDATE customer SET name = '王伟', phone = '13800131234', status = 'active', erased_at_ms = NULL \
                 WHERE id = $1",
                &[id.into()],
            )
        });
        write.await.unwrap();
        reapply(&house.app).await.unwrap();
        assert!(found(&house, PHONE).await.iter().all(|place| place.starts_with("audit.")));
        let one = house.get(&format!("/customers/{id}"), &admin).await.ok().json.clone();
        assert_eq!((&one["name"], &one["status"]), (&json!("已注销用户"), &json!("cancelled")));
        reapply(&house.app).await.unwrap();
        let log = house.get("/audit?noun=customer", &admin).await.ok().json.clone();
        let again = log["items"].as_array().unwrap().iter().filter(|one| one["action"] == "erasure_reapply");
        assert_eq!(again.count(), 1);
        sound(&house).await;
    }
}

#[tokio::test]
async fn r5_4_boundary_logs_are_kept_for_190_days_at_least() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let version = house.get("/parameters/frame_days", &admin).await.ok().json["version"].clone();
        for (days, fine) in [(189, false), (1, false), (0, false), (191, true)] {
            let body = json!({"version": version, "value": days, "reason": "调整"}).to_string();
            let answer = house.send("PATCH", "/parameters/frame_days", &admin, Some(&body), &[]).await;
            assert_eq!(answer.status.is_success(), fine, "{days}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn r5_4_guess_rejections_strangers_and_people_of_a_source() {
    for house in houses().await {
        let (id, admin, second, feedback) = furnished(&house).await;
        left(&house, (id, feedback), &admin).await;
        let ask = format!("/customers/{id}/erasures");
        let operations = house.sign_in("operations").await;
        house.post(&ask, &operations, WHY).await.refused(403, "permission.denied");
        let own = house.sign_in("a.admin").await;
        house.post(&ask, &own, WHY).await.refused(403, "scope.denied");
        house.post("/customers/99/erasures", &admin, WHY).await.refused(404, "customer.not_found");
        house
            .post("/erasures/99/decision", &admin, r#"{"approve":true}"#)
            .await
            .refused(404, "erasure.not_found");
        let erasure = house.post(&ask, &admin, WHY).await.ok().json["id"].clone();
        let decision = format!("/erasures/{erasure}/decision");
        house.post(&decision, &second, r#"{"approve":false,"reason":"未核实身份"}"#).await.ok();
        assert!(found(&house, PHONE).await.contains(&"customer.phone".to_owned()), "nothing was erased");
        // Who is still known at their source comes back with the next synchronisation.
        let write = house.app.engine.store.write(None, move |tx| {
            let sql = "UPDATE customer SET source = 'scim', external_id = 'x', active_at_source = TRUE WHERE id = $1";
            tx.execute(sql, &[id.into()])
        });
        write.await.unwrap();
        let refused = house.post(&ask, &admin, WHY).await;
        assert!(refused.refused(422, "erasure.tied").text.contains("来源平台"));
        let write = house.app.engine.store.write(None, move |tx| {
            tx.execute("UPDATE customer SET active_at_source = FALSE WHERE id = $1", &[id.into()])
        });
        write.await.unwrap();
        let again = house.post(&ask, &second, WHY).await.ok().json["id"].clone();
        // Something has come up between the wish and the decision: it is asked again.
        let write = house.app.engine.store.write(None, move |tx| {
            tx.execute("UPDATE feedback SET state = 'working' WHERE id = $1", &[feedback.into()])
        });
        write.await.unwrap();
        let decision = format!("/erasures/{again}/decision");
        house.post(&decision, &admin, r#"{"approve":true}"#).await.refused(422, "erasure.tied");
    }
}
