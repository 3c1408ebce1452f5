//! 节假日安排: entered for a year, kept with its history, used instead of what was delivered.

use super::house::{House, houses};
use serde_json::{Value, json};

fn spring() -> Value {
    json!({"version": 0, "source": "国办发明电〔2026〕8号", "workdays": [20_270_213],
        "holidays": [{"name_zh": "春节", "name_en": "Spring Festival", "from": 20_270_205, "to": 20_270_211},
            {"name_zh": "元旦", "name_en": "New Year", "from": 20_261_231, "to": 20_270_102}]})
}

async fn put(house: &House, cookie: &str, year: i64, body: &Value) -> super::house::Answer {
    house.send("PUT", &format!("/holidays/{year}"), cookie, Some(&body.to_string()), &[]).await
}

#[tokio::test]
async fn r4_2_3_class_a_year_is_entered_changed_and_taken_back() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        put(&house, &admin, 2027, &spring()).await.ok();
        let listed = house.get("/holidays", &admin).await;
        let year =
            listed.ok().json["items"].as_array().unwrap().iter().find(|one| one["year"] == 2027).unwrap();
        assert_eq!(
            (&year["version"], &year["holidays"][0]["name"]["zh"]),
            (&json!(1), &json!("元旦")),
            "by date"
        );
        assert_eq!(year["holidays"][1]["days"].as_array().unwrap().len(), 7);
        // One that was delivered, entered anew; what was delivered comes back when that is taken away.
        let mut entered = spring();
        entered["holidays"] =
            json!([{"name_zh": "元旦", "name_en": "New Year", "from": 20_260_101, "to": 20_260_101}]);
        entered["workdays"] = json!([]);
        put(&house, &admin, 2026, &entered).await.ok();
        let stale = put(&house, &admin, 2026, &entered).await;
        assert_eq!((stale.status.as_u16(), &stale.json["code"]), (409, &json!("holiday.version_differs")));
        let count = async || {
            let listed = house.get("/holidays", &admin).await;
            let items = listed.ok().json["items"].as_array().unwrap().clone();
            items.iter().find(|one| one["year"] == 2026).unwrap()["holidays"].as_array().unwrap().len()
        };
        assert_eq!(count().await, 1);
        for _ in 0..2 {
            house.send("DELETE", "/holidays/2026", &admin, None, &[]).await.ok();
        }
        assert_eq!(count().await, 7);
        let changes = house.get("/holiday-changes?year=2026", &admin).await;
        assert_eq!(changes.ok().json["total"], 2);
        assert_eq!(changes.json["items"][0]["after"], Value::Null);
        assert!(
            changes.json["items"][1]["before"].as_str().unwrap().contains("20260217"),
            "{}",
            changes.text
        );
    }
}

#[tokio::test]
async fn r4_2_3_error_and_boundary_days_that_are_none_are_refused_at_their_field() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let span = |from: i64, to: i64| json!([{"name_zh": "节", "name_en": "Day", "from": from, "to": to}]);
        for (year, field, value, told) in [
            (1_999, "version", json!(0), "year"),
            (2_027, "source", json!(" "), "source"),
            (2_027, "holidays", json!([]), "holidays"),
            (2_027, "holidays", span(20_270_230, 20_270_301), "holidays"),
            (2_027, "holidays", span(20_270_103, 20_270_101), "holidays"),
            (2_027, "holidays", span(20_261_130, 20_270_101), "holidays"),
            (2_027, "holidays", span(20_270_101, 20_270_121), "holidays"),
            (2_027, "workdays", json!([20_270_215]), "workdays"),
            (2_027, "workdays", json!([20_270_206]), "workdays"),
            (2_027, "workdays", json!([20_280_101]), "workdays"),
        ] {
            let mut body = spring();
            body[field] = value.clone();
            let refused = put(&house, &admin, year, &body).await;
            assert_eq!(
                (refused.status.as_u16(), &refused.json["field"]),
                (400, &json!(told)),
                "{value}: {}",
                refused.text
            );
        }
        let mut twice = spring();
        twice["holidays"] = json!([twice["holidays"][0], twice["holidays"][0]]);
        assert_eq!(put(&house, &admin, 2027, &twice).await.json["field"], "holidays");
        // Twenty days are the most.
        let mut long = spring();
        (long["holidays"], long["workdays"]) = (span(20_270_101, 20_270_120), json!([]));
        put(&house, &admin, 2027, &long).await.ok();
        let theirs = house.sign_in("operations").await;
        assert_eq!(put(&house, &theirs, 2028, &spring()).await.status.as_u16(), 403);
    }
}
