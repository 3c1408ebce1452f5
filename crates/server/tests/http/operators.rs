//! 运营商: keeping them, and closing their stations.

use super::house::houses;
use serde_json::json;

#[tokio::test]
async fn operators_are_kept_found_and_disabled() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let draft = json!({"name": " 丙运营 ", "credit_code": "91350100m000100y43", "contact": "王工",
            "phone": "027-12345678", "contract_from_day": 20260101, "contract_to_day": 20281231});
        let id = house.post("/operators", &cookie, &draft.to_string()).await.ok().json["id"].clone();
        let list = house.get("/operators?credit_code=m0001&contact=123&name=丙", &cookie).await;
        let made = &list.ok().json["items"][0];
        assert_eq!((&made["name"], &made["credit_code"]), (&json!("丙运营"), &json!("91350100M000100Y43")));
        assert_eq!((&made["station_count"], &made["status"]), (&json!(0), &json!("enabled")));
        let path = format!("/operators/{id}");
        let mut change = draft.clone();
        change["version"] = json!(1);
        change["contact"] = json!(null);
        house.send("PATCH", &path, &cookie, Some(&change.to_string()), &[]).await.ok();
        let stale = house.send("PATCH", &path, &cookie, Some(&change.to_string()), &[]).await;
        stale.refused(409, "operator.changed");
        change["version"] = json!(2);
        change["name"] = json!("甲运营");
        let twice = house.send("PATCH", &path, &cookie, Some(&change.to_string()), &[]).await;
        assert_eq!(twice.refused(409, "operator.exists").json["field"], "name");
        let status =
            async |body: &str| house.send("PUT", "/operators/1/status", &cookie, Some(body), &[]).await;
        let silent = status("{\"version\":1,\"status\":\"disabled\"}").await;
        assert_eq!(silent.refused(400, "field.invalid").json["field"], "reason");
        status("{\"version\":1,\"status\":\"disabled\",\"reason\":\"合同到期\"}").await.ok();
        status("{\"version\":1,\"status\":\"enabled\"}").await.refused(409, "operator.changed");
        let disabled = house.get("/operators?status=disabled", &cookie).await;
        assert_eq!(
            (&disabled.json["total"], &disabled.json["items"][0]["pile_count"]),
            (&json!(1), &json!(2))
        );
        assert_eq!(disabled.json["items"][0]["disable_reason"], "合同到期");
        status("{\"version\":2,\"status\":\"enabled\"}").await.ok();
        // An operator's own administrator sees it, and changes nothing.
        let own = house.sign_in("a.admin").await;
        assert_eq!(house.get("/operators", &own).await.json["items"][0]["station_count"], 1);
        house.post("/operators", &own, "{\"name\":\"x\"}").await.refused(403, "scope.denied");
    }
}

#[tokio::test]
async fn what_an_operator_cannot_be() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let good = json!({"name": "丙", "credit_code": "91350100M000100Y43"});
        for (field, value) in [
            ("name", json!(" ")),
            ("name", json!("长".repeat(65))),
            ("credit_code", json!("91350100M000100Y44")),
            ("credit_code", json!("91350100M000100Y4")),
            ("phone", json!("12")),
            ("phone", json!("<script>123")),
            ("contract_from_day", json!(20260230)),
            ("contract_to_day", json!(20261301)),
        ] {
            let mut bad = good.clone();
            bad[field] = value;
            let answer = house.post("/operators", &cookie, &bad.to_string()).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{bad}");
        }
        let mut backwards = good.clone();
        backwards["contract_from_day"] = json!(20260102);
        backwards["contract_to_day"] = json!(20260101);
        let answer = house.post("/operators", &cookie, &backwards.to_string()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "contract_to_day");
        house.post("/operators", &cookie, &good.to_string()).await.ok();
        let mut twin = good.clone();
        twin["name"] = json!("丁");
        let answer = house.post("/operators", &cookie, &twin.to_string()).await;
        assert_eq!(answer.refused(409, "operator.exists").json["field"], "credit_code");
        let gone = json!({"version": 1, "name": "x"}).to_string();
        house
            .send("PATCH", "/operators/99", &cookie, Some(&gone), &[])
            .await
            .refused(404, "operator.not_found");
    }
}
