//! a mobility platform pushes its customers by SCIM 2.0.

use super::house::{Answer, House, SCIM_TOKEN, house, houses_scim};
use serde_json::{Value, json};

async fn ask(house: &House, method: &str, path: &str, body: Option<Value>, more: &[(&str, &str)]) -> Answer {
    let bearer = format!("Bearer {SCIM_TOKEN}");
    let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/scim+json")];
    headers.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    headers.extend_from_slice(more);
    let body = body.map(|body| body.to_string());
    house.send(method, &format!("/scim/v2{path}"), "", body.as_deref(), &headers).await
}

fn refused(answer: &Answer, status: u16, kind: Option<&str>) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.json["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(
        (&answer.json["status"], answer.json["scimType"].as_str()),
        (&json!(status.to_string()), kind)
    );
}

fn user(account: &str, phone: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": account, "externalId": format!("x-{account}"),
        "displayName": "韩梅梅", "userType": "driver", "phoneNumbers": [{"value": phone, "type": "mobile"}]})
}

#[tokio::test]
async fn r5_4_class_a_pushed_customer_lives_and_leaves() {
    for house in houses_scim().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let made = ask(&house, "POST", "/Users", Some(user("Han.Mei", "+86 13800131234")), &[]).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let id = made.json["id"].as_str().unwrap().to_owned();
        let path = format!("/Users/{id}");
        assert_eq!(made.headers["location"], format!("/scim/v2{path}"));
        assert_eq!(
            (&made.json["userName"], &made.json["phoneNumbers"][0]["value"]),
            (&json!("han.mei"), &json!("13800131234"))
        );
        // It is a customer like any other, read-only in what its source looks after.
        let seen = house.get(&format!("/customers/{id}"), &cookie).await;
        assert_eq!(
            (&seen.json["source"], &seen.json["read_only"], &seen.json["kind"]),
            (&json!("scim"), &json!(true), &json!("driver"))
        );
        let change = |body: Value| {
            let (house, cookie, id) = (&house, &cookie, &id);
            async move {
                house.send("PATCH", &format!("/customers/{id}"), cookie, Some(&body.to_string()), &[]).await
            }
        };
        assert_eq!(
            change(json!({"version": 1, "name": "改"})).await.refused(422, "customer.read_only").json["field"],
            "name"
        );
        change(json!({"version": 1, "note": "我方备注"})).await.ok();
        // The same number among our own is told, and nothing is merged.
        let own = json!({"name": "韩", "phone": "13800131234", "kind": "person"});
        house.post("/customers", &cookie, &own.to_string()).await.ok();
        let seen = house.get(&format!("/customers/{id}"), &cookie).await;
        assert_eq!(
            (&seen.json["same_phone"][0]["name"], &seen.json["phone_shared"]),
            (&json!("韩"), &json!(true))
        );

        let etag = ask(&house, "GET", &path, None, &[]).await.headers["etag"].to_str().unwrap().to_owned();
        let same = ask(&house, "GET", &path, None, &[("if-none-match", &etag)]).await;
        assert_eq!(same.status, 304);
        let off = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "active", "value": false}]});
        refused(&ask(&house, "PATCH", &path, Some(off.clone()), &[("if-match", "W/\"1\"")]).await, 412, None);
        let patched = ask(&house, "PATCH", &path, Some(off), &[("if-match", &etag)]).await;
        assert_eq!(patched.ok().json["active"], false);
        let seen = house.get(&format!("/customers/{id}"), &cookie).await;
        assert_eq!((&seen.json["status"], &seen.json["note"]), (&json!("deactivated"), &json!("我方备注")));
        let put = ask(&house, "PUT", &path, Some(user("han.mei", "13900131234")), &[]).await;
        assert_eq!(
            (&put.ok().json["active"], &put.json["phoneNumbers"][0]["value"]),
            (&json!(true), &json!("13900131234"))
        );
        assert_eq!(ask(&house, "DELETE", &path, None, &[]).await.status, 204);
        refused(&ask(&house, "GET", &path, None, &[]).await, 404, None);
        let seen = house.get(&format!("/customers/{id}"), &cookie).await;
        assert_eq!(seen.json["status"], "deactivated", "orders still name the customer");
        let again = ask(&house, "POST", "/Users", Some(user("han.mei", "13900131234")), &[]).await;
        assert_eq!(again.status, 201, "the account is free again");
        let state = house.get("/customer-source", &cookie).await;
        assert_eq!(
            (&state.json["scim"], &state.json["synced_at_ms"]),
            (&json!(true), &json!(super::house::NOON))
        );
    }
}

#[tokio::test]
async fn r5_4_class_searches_and_pages() {
    for house in houses_scim().await {
        for n in 1..=5 {
            ask(&house, "POST", "/Users", Some(user(&format!("user{n}"), &format!("1380013000{n}"))), &[])
                .await
                .ok();
        }
        for (filter, expected) in [
            ("userName eq \"USER3\"", 1),
            ("userName sw \"user\"", 5),
            ("userName co \"er5\"", 1),
            ("externalId eq \"x-user2\"", 1),
            ("externalId eq \"X-user2\"", 0),
            ("phoneNumbers.value eq \"13800130004\"", 1),
            ("displayName co \"梅\" and active eq true", 5),
            ("active eq false", 0),
            ("userName eq \"%\"", 0),
            ("userName eq \"' OR 1=1 --\"", 0),
        ] {
            let query: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
            let found = ask(&house, "GET", &format!("/Users?filter={query}"), None, &[]).await;
            assert_eq!(found.ok().json["totalResults"], expected, "{filter}");
        }
        let page = ask(&house, "GET", "/Users?startIndex=4&count=10", None, &[]).await;
        assert_eq!((&page.json["totalResults"], &page.json["itemsPerPage"]), (&json!(5), &json!(2)));
        assert_eq!(page.json["Resources"][0]["userName"], "user4");
        let none = ask(&house, "GET", "/Users?count=0", None, &[]).await;
        assert_eq!((&none.json["totalResults"], &none.json["Resources"]), (&json!(5), &json!([])));
        for path in ["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas"] {
            let answer = ask(&house, "GET", path, None, &[]).await;
            assert_eq!(answer.ok().headers["content-type"], "application/scim+json");
        }
    }
}

#[tokio::test]
async fn r5_4_guess_what_a_platform_may_get_wrong() {
    for house in houses_scim().await {
        let path = "/Users";
        ask(&house, "POST", path, Some(user("one", "13800130001")), &[]).await.ok();
        refused(
            &ask(&house, "POST", path, Some(user("ONE", "13800130002")), &[]).await,
            409,
            Some("uniqueness"),
        );
        for (body, kind) in [
            (json!([]), "invalidSyntax"),
            (json!({}), "invalidValue"),
            (json!({"userName": ""}), "invalidValue"),
            (json!({"userName": 7}), "invalidValue"),
            (json!({"userName": "two", "userType": "robot"}), "invalidValue"),
            (json!({"userName": "two", "active": "maybe"}), "invalidValue"),
            (json!({"userName": "two", "phoneNumbers": [{"value": "12"}]}), "invalidValue"),
            (json!({"userName": "x".repeat(129)}), "invalidValue"),
        ] {
            refused(&ask(&house, "POST", path, Some(body), &[]).await, 400, Some(kind));
        }
        refused(
            &ask(&house, "GET", "/Users?filter=userName%20gt%201", None, &[]).await,
            400,
            Some("invalidFilter"),
        );
        refused(&ask(&house, "GET", "/Users?count=x", None, &[]).await, 400, Some("invalidValue"));
        refused(&ask(&house, "GET", "/Users/99", None, &[]).await, 404, None);
        refused(&ask(&house, "GET", "/Groups", None, &[]).await, 404, None);
        refused(&ask(&house, "DELETE", "/Users", None, &[]).await, 405, None);
        refused(
            &ask(&house, "POST", path, Some(json!({})), &[("content-type", "text/plain")]).await,
            415,
            None,
        );
        for wrong in ["", "Bearer", "Bearer x", "Basic x"] {
            refused(&ask(&house, "GET", path, None, &[("authorization", wrong)]).await, 401, None);
        }
    }
    // Where no token is set nobody comes in, not even with an empty one.
    let closed = house().await;
    refused(&ask(&closed, "GET", "/Users", None, &[("authorization", "Bearer ")]).await, 404, None);
}
