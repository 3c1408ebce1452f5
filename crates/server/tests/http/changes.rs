//! What staff change: it is there afterwards, it is audited, and a mistake changes nothing.

use super::house::{House, houses, tariff};
use engine::audit::Actor;
use model::id::PileCode;
use serde_json::json;

#[tokio::test]
async fn a_pile_is_registered_changed_and_given_a_password() {
    for house in houses().await {
        let [station, other] = house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let code = PileCode::parse("NEW-1").unwrap();
        house.app.engine.pile_knocked(&code, "ocpp1.6", "10.0.0.9", Some("V"), None);
        house.app.engine.store.write(None, |_| Ok(())).await.unwrap();
        assert_eq!(house.get("/unknown-piles", &cookie).await.json["items"][0]["code"], "NEW-1");
        let draft = json!({"code": "NEW-1", "name": " 一号桩 ", "station_id": station, "kind": "dc",
            "protocol": "ocpp1.6", "rated_power_w": 120_000, "connector_count": 2, "password": null});
        let made = house.post("/piles", &cookie, &draft.to_string()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.json["password"].as_str().unwrap().len(), 20);
        house.post("/piles", &cookie, &draft.to_string()).await.refused(409, "pile.exists");
        assert_eq!(house.get("/unknown-piles", &cookie).await.json["total"], 0, "it is known now");

        let pile = house.get("/piles/NEW-1", &cookie).await;
        assert_eq!(pile.ok().json["name"], "一号桩");
        assert_eq!(pile.json["lifecycle"], "inactive");
        assert_eq!(pile.json["connectors"].as_array().unwrap().len(), 2);
        assert_eq!(pile.json["tariff"]["name"], "分时");
        let change =
            json!({"version": 1, "name": "二号", "station_id": other, "lifecycle": "disabled"}).to_string();
        house.send("PATCH", "/piles/NEW-1", &cookie, Some(&change), &[]).await.ok();
        let again = house.send("PATCH", "/piles/NEW-1", &cookie, Some(&change), &[]).await;
        again.refused(409, "pile.changed");
        let pile = house.get("/piles/NEW-1", &cookie).await;
        assert_eq!((&pile.json["version"], &pile.json["operator_name"]), (&json!(2), &json!("乙运营")));

        let set =
            async |body: &str| house.send("PUT", "/piles/NEW-1/password", &cookie, Some(body), &[]).await;
        assert_eq!(
            set("{\"password\":\"abc\"}").await.refused(400, "field.invalid").json["field"],
            "password"
        );
        let password = set("{\"password\":null}").await.ok().json["password"].as_str().unwrap().to_owned();
        let stored =
            house.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap();
        let (secrets, stored) = (&house.app.engine.secrets, stored.unwrap());
        assert!(engine::secrets::pile_password_matches(secrets, &stored, password.as_bytes()));
        assert!(!engine::secrets::pile_password_matches(secrets, &stored, b"other"));
        let audit = house.get("/audit?noun=pile", &cookie).await;
        let actions: Vec<_> =
            audit.json["items"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
        assert_eq!(actions[..3], ["pile_password_set", "pile_update", "pile_create"]);
        assert!(!audit.text.contains(&password));
    }
}

#[tokio::test]
async fn what_a_pile_cannot_be() {
    for house in houses().await {
        let [station, _] = house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let good = json!({"code": "X-1", "station_id": station, "kind": "dc", "protocol": "ocpp1.6",
            "rated_power_w": 60_000, "connector_count": 1});
        for (field, value) in [
            ("code", json!("a/b")),
            ("code", json!("")),
            ("station_id", json!(99)),
            ("protocol", json!("modbus")),
            ("rated_power_w", json!(0)),
            ("connector_count", json!(0)),
            ("connector_count", json!(100)),
            ("password", json!("with space")),
            ("name", json!("x".repeat(65))),
        ] {
            let mut bad = good.clone();
            bad[field] = value;
            let answer = house.post("/piles", &cookie, &bad.to_string()).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{bad}");
        }
        let mut ykc = good.clone();
        ykc["protocol"] = json!("ykc1.6");
        assert_eq!(
            house.post("/piles", &cookie, &ykc.to_string()).await.refused(400, "field.invalid").json["field"],
            "code"
        );
        ykc["code"] = json!("32010600019236");
        let made = house.post("/piles", &cookie, &ykc.to_string()).await;
        assert_eq!(made.ok().json["password"], json!(null));
        let put = house
            .send("PUT", "/piles/32010600019236/password", &cookie, Some("{\"password\":null}"), &[])
            .await;
        put.refused(422, "pile.no_password");
        a_pile_that_turns_to_ocpp_is_given_a_password(&house, &cookie).await;
        assert_eq!(house.get("/piles", &cookie).await.json["total"], 5);
    }
}

/// Once, and only the one that was told lets it in.
async fn a_pile_that_turns_to_ocpp_is_given_a_password(house: &House, cookie: &str) {
    let matches = async |password: &str| {
        let code = PileCode::parse("32010600019236").unwrap();
        let read = move |conn: &mut store::Conn| store::piles::by_code(conn, &code);
        let pile = house.app.engine.store.read(read).await.unwrap().unwrap();
        engine::secrets::pile_password_matches(&house.app.engine.secrets, &pile, password.as_bytes())
    };
    assert!(!matches("").await && !matches("any").await, "without a password none is right");
    let change = async |version: i64, protocol: &str| {
        let change = json!({"version": version, "protocol": protocol}).to_string();
        let answer = house.send("PATCH", "/piles/32010600019236", cookie, Some(&change), &[]).await;
        answer.ok().json["password"].as_str().map(str::to_owned)
    };
    assert_eq!(change(1, "ykc1.5").await, None);
    let password = change(2, "ocpp1.6").await.unwrap();
    assert!(matches(&password).await && !matches("").await && !matches("any").await);
    assert_eq!(change(3, "ykc1.6").await, None);
    assert_eq!(change(4, "ocpp1.6").await, None, "it has one");
    assert!(matches(&password).await);
}

#[tokio::test]
async fn a_new_version_of_a_tariff_moves_its_stations() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let engine = &house.app.engine;
        let second = engine.tariff_create(&Actor::local(), tariff("分时")).await.unwrap();
        let other = engine.tariff_create(&Actor::local(), tariff("别的")).await.unwrap();
        let list = house.get("/tariffs", &cookie).await;
        let items = list.ok().json["items"].as_array().unwrap().clone();
        let of = |id: i64| items.iter().find(|tariff| tariff["id"] == id).unwrap().clone();
        assert_eq!((&of(second.0)["version_no"], &of(second.0)["station_count"]), (&json!(2), &json!(2)));
        assert_eq!((&of(1)["station_count"], &of(other.0)["station_count"]), (&json!(0), &json!(0)));
        assert_eq!(of(other.0)["model_no"], 3);
        assert_eq!(of(1)["periods"].as_array().unwrap().len(), 48);
        let stations = house.get("/stations?name=甲", &cookie).await;
        assert_eq!(stations.json["items"][0]["tariff_id"], second.0);
        let users = house.get(&format!("/tariffs/{}/stations", second.0), &cookie).await;
        assert_eq!(users.ok().json["total"], 2, "{}", users.text);
        assert_eq!(
            (&users.json["items"][1]["name"], &users.json["items"][1]["pile_count"]),
            (&json!("甲站"), &json!(2))
        );
        assert_eq!(house.get("/tariffs/1/stations", &cookie).await.ok().json["items"], json!([]));
        house.get("/tariffs/99/stations", &cookie).await.refused(404, "tariff.not_found");
        let own =
            house.get(&format!("/tariffs/{}/stations", second.0), &house.sign_in("a.viewer").await).await;
        assert_eq!((&own.ok().json["total"], &own.json["items"][0]["name"]), (&json!(1), &json!("甲站")));
    }
}

#[tokio::test]
async fn cards_are_issued_found_and_blocked() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let draft = json!({"tag": " ab_1 ", "status": "accepted", "group": "队"}).to_string();
        let id = house.post("/cards", &cookie, &draft).await.ok().json["id"].clone();
        house.post("/cards", &cookie, &draft).await.refused(409, "card.exists");
        assert_eq!(house.get("/cards?tag=AB_", &cookie).await.json["total"], 1);
        assert_eq!(house.get("/cards?tag=AB%25", &cookie).await.json["total"], 0);
        let path = format!("/cards/{id}");
        house.send("PATCH", &path, &cookie, Some("{\"status\":\"blocked\"}"), &[]).await.ok();
        let cards = house.get("/cards?status=blocked", &cookie).await;
        assert_eq!(
            (&cards.json["items"][0]["tag"], &cards.json["items"][0]["sessions_max"]),
            (&json!("AB_1"), &json!(1))
        );
        let gone = house.send("PATCH", "/cards/99", &cookie, Some("{\"status\":\"blocked\"}"), &[]).await;
        gone.refused(404, "card.not_found");
    }
}

#[tokio::test]
async fn a_file_is_taken_as_a_whole_or_not_at_all_and_twice_does_no_harm() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let send = async |path: &str, text: &str| {
            house.send("POST", path, &cookie, Some(text), &[("content-type", "text/csv")]).await
        };
        let head = "code,name,station,kind,protocol,rated_power_w,connector_count,password\n";
        let bad = format!(
            "{head}N1,,甲站,dc,ocpp1.6,60000,2,\nN2,,没有,dc,ocpp1.6,60000,2,\nN3,,甲站,dc,ocpp1.6,x,2,\n"
        );
        let report = send("/imports/piles", &bad).await;
        let lines: Vec<_> = report.ok().json["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["line"].as_i64().unwrap())
            .collect();
        assert_eq!((report.json["created"].as_i64(), lines.len()), (Some(0), 2), "{}", report.text);
        assert!(lines.contains(&3) && lines.contains(&4), "{lines:?}");
        assert_eq!(house.get("/piles", &cookie).await.json["total"], 4);
        let good =
            format!("\u{feff}{head}N1,,甲站,dc,ocpp1.6,60000,2,\nN2,二,乙站,ac,ocpp1.6,7000,1,Secret-123\n");
        let report = send("/imports/piles", &good).await;
        assert_eq!(report.ok().json["created"], 2);
        assert_eq!(report.json["passwords"].as_array().unwrap().len(), 1);
        let report = send("/imports/piles", &good).await;
        assert_eq!((&report.json["created"], &report.json["existing"]), (&json!(0), &json!(2)));
        assert_eq!(house.get("/piles", &cookie).await.json["total"], 6);

        let cards =
            "tag,status,group,expires_at,sessions_max\nC1,accepted,,2027-01-01T00:00:00+08:00,\nC2,,,,3\n";
        assert_eq!(send("/imports/cards", cards).await.ok().json["created"], 2);
        let twice = send("/imports/cards", "tag\nD1\nd1\n").await;
        assert_eq!(twice.ok().json["errors"][0]["line"], 3, "{}", twice.text);
        assert_eq!(house.get("/cards", &cookie).await.json["total"], 2);
    }
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    for house in houses().await {
        let engine = &house.app.engine;
        let password = engine.staff_ensure_admin("root", None).await.unwrap().unwrap();
        assert_eq!(engine.staff_ensure_admin("root", None).await.unwrap(), None);
        let body = json!({"account": "root", "password": password}).to_string();
        house.post("/session", "", &body).await.ok();
    }
}
