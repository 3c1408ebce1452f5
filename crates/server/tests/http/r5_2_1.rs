//! 充电桩: the list with its columns and five filters, and what can be done to a pile.

use super::house::{Answer, houses};
use serde_json::json;

pub fn codes(answer: &Answer) -> Vec<String> {
    let items = answer.ok().json["items"].as_array().unwrap().clone();
    items.iter().map(|pile| pile["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn r5_2_1_class_the_list_has_its_columns_and_five_fuzzy_filters() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        let all = house.get("/piles", &cookie).await;
        assert_eq!(codes(&all), ["A-1", "A-2", "B-1", "B-2"]);
        let first = &all.json["items"][0];
        for (column, value) in [
            ("code", json!("A-1")),
            ("name", json!("A-1")),
            ("operator_name", json!("甲运营")),
            ("station_name", json!("甲站")),
            ("kind", json!("dc")),
            ("lifecycle", json!("inactive")),
            ("online", json!(false)),
        ] {
            assert_eq!(first[column], value, "{column}");
        }
        for (query, found) in [
            ("operator_name=乙运", vec!["B-1", "B-2"]),
            ("city_name=汉", vec!["A-1", "A-2", "B-1", "B-2"]),
            ("station_name=甲", vec!["A-1", "A-2"]),
            ("code=b-", vec!["B-1", "B-2"]),
            ("state=offline", vec!["A-1", "A-2", "B-1", "B-2"]),
            ("state=charging", vec![]),
            ("station_name=甲&code=2", vec!["A-2"]),
        ] {
            assert_eq!(codes(&house.get(&format!("/piles?{query}"), &cookie).await), found, "{query}");
        }
    }
}

#[tokio::test]
async fn r5_2_1_boundary_pages_have_neither_gaps_nor_repetitions() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        for limit in [1, 3, 4, 200] {
            let mut seen = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = house.get(&format!("/piles?limit={limit}&cursor={cursor}"), &cookie).await;
                seen.extend(codes(&page));
                let Some(next) = page.json["next_cursor"].as_str() else { break };
                next.clone_into(&mut cursor);
            }
            assert_eq!(seen, ["A-1", "A-2", "B-1", "B-2"], "{limit}");
        }
        for limit in ["0", "201", "-1"] {
            let answer = house.get(&format!("/piles?limit={limit}"), &cookie).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], "limit");
        }
    }
}

#[tokio::test]
async fn r5_2_1_guess_patterns_unknown_words_and_moves_to_other_peoples_stations() {
    for house in houses().await {
        house.furnish().await;
        let viewer = house.sign_in("viewer").await;
        for query in ["code=%25", "code=_-1", "station_name=%27%20OR%201%3D1", "operator_name=%5C"] {
            assert_eq!(codes(&house.get(&format!("/piles?{query}"), &viewer).await).len(), 0, "{query}");
        }
        house.get("/piles?state=asleep", &viewer).await.refused(400, "field.invalid");
        house.get("/piles?colour=red", &viewer).await.refused(400, "field.invalid");
        // Moved between stations of its own operator only, and never over somebody else's change.
        let own = house.sign_in("a.admin").await;
        let patch = async |body: &str| house.send("PATCH", "/piles/A-1", &own, Some(body), &[]).await;
        let theirs = patch("{\"version\":1,\"station_id\":2}").await;
        assert_eq!(theirs.refused(400, "field.invalid").json["field"], "station_id");
        patch("{\"version\":1,\"lifecycle\":\"disabled\"}").await.ok();
        patch("{\"version\":1,\"lifecycle\":\"enabled\"}").await.refused(409, "pile.changed");
        patch("{\"version\":2,\"lifecycle\":\"asleep\"}").await.refused(400, "field.invalid");
        assert_eq!(codes(&house.get("/piles?lifecycle=disabled", &viewer).await), ["A-1"]);
        let admin = house.sign_in("admin").await;
        house.send("PATCH", "/piles/A-1", &admin, Some("{\"version\":2,\"station_id\":2}"), &[]).await.ok();
        let moved = house.get("/piles/A-1", &admin).await;
        assert_eq!(
            (&moved.json["station_name"], &moved.json["operator_name"]),
            (&json!("乙站"), &json!("乙运营"))
        );
        house.get("/piles/A-1", &own).await.refused(404, "pile.not_found");
    }
}
