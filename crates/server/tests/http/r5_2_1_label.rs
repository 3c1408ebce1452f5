//! 桩贴: what the codes on the connectors say.

use super::house::{Answer, House, houses};
use serde_json::{Value, json};

async fn labels(house: &House, cookie: &str, codes: &[&str]) -> Answer {
    let body = json!({"pile_codes": codes}).to_string();
    house.send("POST", "/piles/labels", cookie, Some(&body), &[]).await
}

async fn link_set(house: &House, cookie: &str, owner: i64, link: Value) -> Answer {
    let version = house.get(&format!("/brands/{owner}"), cookie).await.ok().json["version"].clone();
    let body = json!({"version": version, "name": "江城智充", "short_name": "江城", "qr_link": link});
    house.send("PUT", &format!("/brands/{owner}"), cookie, Some(&body.to_string()), &[]).await
}

fn texts(answer: &Answer) -> Vec<Value> {
    answer.ok().json["items"].as_array().unwrap().iter().map(|label| label["text"].clone()).collect()
}

fn refused(answer: &Answer, field: &str) {
    assert_eq!(answer.refused(400, "field.invalid").json["field"], field);
}

async fn pile_of(house: &House, cookie: &str) -> (String, usize) {
    let piles = house.get("/piles?limit=1", cookie).await;
    let pile = &piles.ok().json["items"][0];
    (pile["code"].as_str().unwrap().to_owned(), pile["connectors"].as_array().unwrap().len())
}

#[tokio::test]
async fn r5_2_1_label_class_every_connector_has_its_link_the_operators_before_the_platforms() {
    for house in houses().await {
        house.furnish().await;
        let (own, platform) = (house.sign_in("a.admin").await, house.sign_in("admin").await);
        let (code, connectors) = pile_of(&house, &own).await;
        let answer = labels(&house, &own, &[&code]).await;
        assert_eq!(texts(&answer).len(), connectors, "one for each connector");
        let first = &answer.json["items"][0];
        assert_eq!((&first["pile_code"], &first["connector_no"]), (&json!(code), &json!(1)));
        assert!(!first["station_name"].as_str().unwrap().is_empty());
        link_set(&house, &platform, 0, json!("https://all.cn/{pile}/{connector}")).await.ok();
        assert_eq!(texts(&labels(&house, &own, &[&code]).await)[0], format!("https://all.cn/{code}/1"));
        link_set(&house, &own, 1, json!("https://own.cn/?p={pile}&n={connector3}")).await.ok();
        assert_eq!(
            texts(&labels(&house, &own, &[&code]).await)[0],
            format!("https://own.cn/?p={code}&n=001")
        );
        // Taken away again, it is the platform's; nothing else of the brand is lost.
        link_set(&house, &own, 1, Value::Null).await.ok();
        assert_eq!(texts(&labels(&house, &own, &[&code]).await)[0], format!("https://all.cn/{code}/1"));
        assert_eq!(house.get("/brands/1", &own).await.ok().json["name"], "江城智充");
    }
}

#[tokio::test]
async fn r5_2_1_label_boundary_one_pile_to_500_and_200_characters() {
    for house in houses().await {
        house.furnish().await;
        let own = house.sign_in("a.admin").await;
        let (code, _) = pile_of(&house, &own).await;
        refused(&labels(&house, &own, &[]).await, "pile_codes");
        // Twice the same is one pile.
        let many = vec![code.as_str(); 501];
        assert!(!texts(&labels(&house, &own, &many).await).is_empty());
        let codes: Vec<String> = (0..501).map(|n| format!("NONE{n}")).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        refused(&labels(&house, &own, &codes).await, "pile_codes");
        let link = format!("https://a.cn/{{pile}}/{{connector}}/{}", "x".repeat(168));
        assert_eq!(link.len(), 200);
        link_set(&house, &own, 1, json!(link)).await.ok();
        refused(&link_set(&house, &own, 1, json!(format!("{link}x"))).await, "qr_link");
    }
}

#[tokio::test]
async fn r5_2_1_label_guess_the_default_needs_a_credit_code_and_strangers_get_nothing() {
    for house in houses().await {
        house.furnish().await;
        let (own, platform) = (house.sign_in("a.admin").await, house.sign_in("admin").await);
        let (code, _) = pile_of(&house, &own).await;
        assert_eq!(texts(&labels(&house, &own, &[&code]).await)[0], Value::Null, "no credit code, no number");
        let operators = house.get("/operators", &own).await;
        let operator = &operators.ok().json["items"][0];
        assert_eq!(operator["id"], 1);
        let body = json!({"version": operator["version"], "name": operator["name"], "credit_code": "91350100M000100Y43"});
        house.send("PATCH", "/operators/1", &platform, Some(&body.to_string()), &[]).await.ok();
        let told = format!("hlht://M000100Y4{code}001.M000100Y4/");
        assert_eq!(texts(&labels(&house, &own, &[&code]).await)[0], told);
        // One link for all connectors, a word that is not known, another operator's pile.
        for bad in ["https://a.cn/{pile}", "https://a.cn/{pile}/{gun}", "a.cn/{pile}/{connector}"] {
            refused(&link_set(&house, &own, 1, json!(bad)).await, "qr_link");
        }
        house.staff("b.viewer", model::access::Role::Viewer, Some(2)).await;
        let neighbour = house.sign_in("b.viewer").await;
        refused(&labels(&house, &neighbour, &[&code]).await, "pile_codes");
    }
}
