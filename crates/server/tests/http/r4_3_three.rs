//! 三员分立: three administrators, none of whom may do what another does.

use super::house::{Answer, House, PASSWORD, houses};
use serde_json::{Value, json};

fn draft(reason: &str) -> String {
    let one = |account: &str| json!({"account": account, "name": format!("{account}先生")});
    json!({"system": one("sys.one"), "security": one("sec.one"), "audit": one("aud.one"), "reason": reason})
        .to_string()
}

/// In with a password that was given, and on with one's own.
async fn entered(house: &House, account: &str, given: &str) -> String {
    let body = json!({"account": account, "password": given}).to_string();
    let answer = house.post("/session", "", &body).await;
    assert_eq!(answer.ok().json["owed"], "password");
    let cookie = answer.cookie.clone().unwrap().split(';').next().unwrap().to_owned();
    let change = json!({"current_password": given, "new_password": PASSWORD}).to_string();
    house.send("PUT", "/session/password", &cookie, Some(&change), &[]).await.ok();
    cookie
}

async fn staff_of(house: &House, cookie: &str, account: &str) -> Value {
    house.get(&format!("/staff?account={account}"), cookie).await.ok().json["items"][0].clone()
}

async fn role_given(house: &House, cookie: &str, staff: &Value, role: &str) -> Answer {
    let change = json!({"version": staff["version"], "name": staff["name"], "role": role, "operator_id": null,
        "area": {"kind": "everywhere"}, "disabled": false, "handover": ""});
    house.send("PUT", &format!("/staff/{}", staff["id"]), cookie, Some(&change.to_string()), &[]).await
}

#[tokio::test]
async fn r4_3_class_the_administrator_is_split_into_three_who_keep_to_their_own() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        // Switched on by itself it is refused while somebody holds more than one power.
        let on = json!({"version": 1, "value": 1, "reason": "等保"}).to_string();
        let early = house.send("PATCH", "/parameters/administrators_apart", &admin, Some(&on), &[]).await;
        early.refused(422, "staff.mixed");
        let made = house.post("/administrators", &admin, &draft("等保三级")).await;
        let made = made.ok().json.clone();
        let stopped: Vec<&str> =
            made["stopped"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(
            stopped.contains(&"admin") && stopped.contains(&"a.admin") && stopped.len() == 2,
            "{stopped:?}"
        );
        house.get("/session", &admin).await.refused(401, "session.missing");
        let mut cookies = Vec::new();
        for one in made["made"].as_array().unwrap() {
            let (account, password) = (one["account"].as_str().unwrap(), one["password"].as_str().unwrap());
            cookies.push(entered(&house, account, password).await);
        }
        let [system, security, audit] = &cookies[..] else { panic!() };
        // Each to their own, and nothing of the others'.
        for (path, may) in [("/parameters", system), ("/staff", security), ("/audit", audit)] {
            house.get(path, may).await.ok();
        }
        for (cookie, path) in [
            (system, "/audit"),
            (system, "/staff"),
            (security, "/audit"),
            (security, "/parameters"),
            (audit, "/parameters"),
            (audit, "/jobs"),
            (audit, "/orders"),
        ] {
            house.get(path, cookie).await.refused(403, "permission.denied");
        }
        house.post("/staff", audit, "{}").await.refused(403, "permission.denied");
        // Who administers security gives to others what they have not, and to themselves nothing.
        let viewer = staff_of(&house, security, "viewer").await;
        role_given(&house, security, &viewer, "finance").await.ok();
        let own = staff_of(&house, security, "sec.one").await;
        for role in ["audit_admin", "system_admin", "finance"] {
            role_given(&house, security, &own, role).await.refused(422, "staff.to_oneself");
        }
        let both = role_given(&house, security, &staff_of(&house, security, "viewer").await, "admin").await;
        assert_eq!(both.refused(400, "field.invalid").json["field"], "role");
        let role =
            json!({"name": "两员", "operator_id": null, "permissions": ["audit.read", "parameter.write"]})
                .to_string();
        assert_eq!(
            house.post("/roles", security, &role).await.refused(400, "field.invalid").json["field"],
            "permissions"
        );
        // Nor do they come in as one of the other two.
        for account in ["sys.one", "aud.one"] {
            let id = staff_of(&house, security, account).await["id"].clone();
            let reset = house.send("PUT", &format!("/staff/{id}/password"), security, None, &[]).await;
            reset.refused(403, "staff.beyond");
        }
        let id = staff_of(&house, security, "finance").await["id"].clone();
        house.send("PUT", &format!("/staff/{id}/password"), security, None, &[]).await.ok();
        // The last who administers security stays, or nobody could give anything any more.
        let own = staff_of(&house, security, "sec.one").await;
        role_given(&house, security, &own, "viewer").await.refused(422, "staff.to_oneself");
        let log = house.get("/audit?action=administrator_split_create", audit).await;
        assert!(log.ok().json["total"] == 1 && log.text.contains("等保三级"));
    }
}

#[tokio::test]
async fn r4_3_error_the_three_are_three_and_new_and_only_the_platform_splits() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let same = draft("x").replace("aud.one", "sys.one");
        assert_eq!(
            house.post("/administrators", &admin, &same).await.refused(400, "field.invalid").json["field"],
            "audit"
        );
        let taken = draft("x").replace("sec.one", "finance");
        assert_eq!(
            house.post("/administrators", &admin, &taken).await.refused(409, "staff.exists").json["field"],
            "security"
        );
        let empty = house.post("/administrators", &admin, &draft(" ")).await;
        assert_eq!(empty.refused(400, "field.invalid").json["field"], "reason");
        house
            .post("/administrators", &house.sign_in("a.admin").await, &draft("x"))
            .await
            .refused(403, "scope.denied");
        // Nothing of it was kept.
        house.get("/session", &admin).await.ok();
        assert_eq!(
            house.get("/staff?account=sys.one", &admin).await.ok().json["items"].as_array().unwrap().len(),
            0
        );
    }
}
