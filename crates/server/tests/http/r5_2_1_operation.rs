//! 远程操作: every operation of the protocol by its own name, with the schema that its form is
//! made from, checked by that schema before anything is kept.

use super::house::houses;
use serde_json::{Value, json};

#[tokio::test]
async fn r5_2_1_class_every_operation_has_its_words_and_its_schema() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("viewer").await;
        let all = house.get("/operations?protocol=ocpp1.6", &cookie).await.ok().json.clone();
        let items = all["items"].as_array().unwrap();
        assert_eq!(items.len(), 26);
        for one in items {
            for text in ["label", "about", "profile_label"] {
                assert!(one[text]["zh"].as_str().is_some_and(|zh| !zh.is_empty()), "{one}");
                assert!(one[text]["en"].as_str().is_some_and(|en| !en.is_empty()), "{one}");
            }
            assert_eq!(one["schema"]["type"], "object", "{one}");
        }
        let reset = items.iter().find(|one| one["name"] == "Reset").unwrap();
        assert_eq!(reset["schema"]["properties"]["type"]["enum"], json!(["Hard", "Soft"]));
        let profiles: Vec<&Value> = items.iter().map(|one| &one["profile"]).collect();
        for profile in
            ["core", "firmware", "local_list", "reservation", "smart_charging", "remote_trigger", "security"]
        {
            assert!(profiles.contains(&&json!(profile)), "{profile}");
        }
        let ykc = house.get("/operations?protocol=ykc1.6", &cookie).await;
        let names: Vec<&str> = ykc.ok().json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        for name in ["start", "merged_start", "balance_update", "work_parameters", "ground_lock", "reset"] {
            assert!(names.contains(&name), "{name}");
        }
    }
}

#[tokio::test]
async fn r5_2_1_boundary_a_text_as_long_as_allowed_and_one_longer() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let call = |tag: String| {
            json!({"kind":"call","action":"ReserveNow","payload":{"connectorId":1,"expiryDate":"2026-07-15T02:30:05Z","idTag":tag,"reservationId":1}}).to_string()
        };
        // As long as allowed: the pile is off line, which is all that is wrong with it.
        let fits = house.post("/piles/A-1/commands", &cookie, &call("A".repeat(20))).await;
        assert_eq!(fits.json["code"], "pile.offline", "{:?}", fits.json);
        let long = house.post("/piles/A-1/commands", &cookie, &call("A".repeat(21))).await;
        assert_eq!(
            (long.status.as_u16(), &long.json["field"]),
            (400, &json!("payload.idTag")),
            "{:?}",
            long.json
        );
    }
}

#[tokio::test]
async fn r5_2_1_guess_what_breaks_the_schema_is_refused_at_its_field_and_not_kept() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        for (action, payload, field) in [
            ("Reset", json!({}), "payload.type"),
            ("Reset", json!({"type": "Warm"}), "payload.type"),
            ("Reset", json!({"type": "Soft", "now": true}), "payload.now"),
            ("Reset", json!([]), "payload"),
            ("GetConfiguration", json!({"key": ["A", 7]}), "payload.key[1]"),
            (
                "UpdateFirmware",
                json!({"location": "http://x/", "retrieveDate": "soon"}),
                "payload.retrieveDate",
            ),
            ("BootNotification", json!({}), "action"),
            ("reset", json!({"type": "Soft"}), "action"),
            ("", json!({}), "action"),
        ] {
            let body = json!({"kind": "call", "action": action, "payload": payload});
            let told = house.post("/piles/A-1/commands", &cookie, &body.to_string()).await;
            assert_eq!(
                (told.status.as_u16(), &told.json["field"]),
                (400, &json!(field)),
                "{action} {:?}",
                told.json
            );
            assert_eq!(told.json["code"], "field.invalid");
        }
        let kept = house.get("/piles/A-1/commands", &cookie).await;
        assert_eq!(kept.ok().json["items"], json!([]));
        let wrong = house.get("/operations?protocol=modbus", &cookie).await;
        assert_eq!(wrong.status, 400);
    }
}
