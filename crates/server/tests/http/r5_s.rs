//! R-5.s 系统管理: accounts and roles.

use super::house::{House, PASSWORD, house, houses};
use serde_json::{Value, json};

async fn put(house: &House, path: &str, cookie: &str, body: &Value) -> super::house::Answer {
    house.send("PUT", path, cookie, Some(&body.to_string()), &[]).await
}

/// The row of an account, as the list has it.
async fn row(house: &House, cookie: &str, account: &str) -> Value {
    let page = house.get(&format!("/staff?account={account}"), cookie).await;
    let items = page.ok().json["items"].as_array().unwrap().clone();
    items.into_iter().find(|row| row["account"] == account).unwrap()
}

/// The change that changes nothing.
fn unchanged(row: &Value) -> Value {
    let mut change = json!({});
    for field in ["version", "name", "role", "operator_id", "area", "disabled", "handover"] {
        change[field] = row[field].clone();
    }
    change
}

fn with(row: &Value, field: &str, value: Value) -> Value {
    let mut change = unchanged(row);
    change[field] = value;
    change
}

#[tokio::test]
async fn r5_s_class_an_account_is_changed_and_its_sessions_follow_at_once() {
    for house in houses().await {
        let [station, _] = house.furnish().await;
        let (admin, theirs) = (house.sign_in("admin").await, house.sign_in("operations").await);
        assert_eq!(house.get("/piles", &theirs).await.ok().json["total"], 4);
        let before = row(&house, &admin, "operations").await;
        let path = format!("/staff/{}", before["id"]);
        // The area and the role hold from the next request on.
        let mut change = with(&before, "area", json!({"kind": "stations", "stations": [station]}));
        change["role"] = json!("viewer");
        change["name"] = json!(" 李雷 ");
        put(&house, &path, &admin, &change).await.ok();
        assert_eq!(house.get("/piles", &theirs).await.ok().json["total"], 2);
        house.get("/cards", &theirs).await.refused(403, "permission.denied");
        let after = row(&house, &admin, "operations").await;
        assert_eq!((&after["name"], &after["role"]), (&json!("李雷"), &json!("viewer")));
        assert_eq!(after["area_names"], json!(["甲站"]));
        // Whoever read it before the change is told, and nothing is overwritten.
        put(&house, &path, &admin, &change).await.refused(409, "staff.changed");
        // Disabled: out at once, for good, with the note of what is handed over.
        let mut change = with(&after, "disabled", json!(true));
        change["handover"] = json!("异常订单交给王芳\n钥匙在前台");
        put(&house, &path, &admin, &change).await.ok();
        house.get("/piles", &theirs).await.refused(401, "session.missing");
        let body = format!("{{\"account\":\"operations\",\"password\":\"{PASSWORD}\"}}");
        house.post("/session", "", &body).await.refused(401, "session.wrong_credentials");
        let after = row(&house, &admin, "operations").await;
        assert_eq!(after["handover"], "异常订单交给王芳\n钥匙在前台");
        put(&house, &path, &admin, &with(&after, "disabled", json!(false))).await.ok();
        house.get("/piles", &theirs).await.refused(401, "session.missing");
        let log = house.get("/audit?action=staff_update", &admin).await;
        let detail: Value = serde_json::from_str(log.json["items"][2]["detail"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&detail["before"]["role"], &detail["after"]["role"]),
            (&json!("operations"), &json!("viewer"))
        );
    }
}

#[tokio::test]
async fn r5_s_class_accounts_are_found_by_what_is_known_of_them() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let count =
            async |query: &str| house.get(&format!("/staff{query}"), &admin).await.ok().json["total"].clone();
        assert_eq!(count("").await, 11);
        assert_eq!(count("?account=A.").await, 2, "contains, in any case");
        assert_eq!(count("?account=%25").await, 0, "what was typed is no pattern");
        assert_eq!(count("?name=%E5%85%88%E7%94%9F").await, 11);
        assert_eq!(count("?role=viewer").await, 2);
        assert_eq!(count("?operator_id=1").await, 2);
        assert_eq!(count("?disabled=true").await, 0);
        let first = house.get("/staff?limit=5", &admin).await;
        let cursor = first.json["next_cursor"].as_str().unwrap();
        let second = house.get(&format!("/staff?limit=5&cursor={cursor}"), &admin).await;
        assert_eq!(second.json["items"].as_array().unwrap().len(), 5);
        house.get("/staff?role=viewer&colour=red", &admin).await.refused(400, "field.invalid");
    }
}

#[tokio::test]
async fn r5_s_class_a_locked_account_is_shown_and_unlocked() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    for _ in 0..5 {
        house.post("/session", "", "{\"account\":\"viewer\",\"password\":\"wrong\"}").await;
    }
    let viewer = row(&house, &admin, "viewer").await;
    assert_eq!(viewer["locked"], true);
    house.send("DELETE", &format!("/staff/{}/lock", viewer["id"]), &admin, None, &[]).await.ok();
    assert_eq!(row(&house, &admin, "viewer").await["locked"], false);
    house.sign_in("viewer").await;
}

#[tokio::test]
async fn r5_s_boundary_the_last_administrator_stays() {
    for house in houses().await {
        let [station, _] = house.furnish().await;
        let admin = house.sign_in("admin").await;
        let own = row(&house, &admin, "admin").await;
        let path = format!("/staff/{}", own["id"]);
        for (field, value) in [
            ("role", json!("operations")),
            ("operator_id", json!(1)),
            ("area", json!({"kind": "stations", "stations": [station]})),
        ] {
            let answer = put(&house, &path, &admin, &with(&own, field, value)).await;
            assert_eq!(answer.refused(422, "staff.last_admin").json["field"], field);
        }
        put(&house, &path, &admin, &with(&own, "disabled", json!(true))).await.refused(422, "staff.oneself");
        // An administrator of one operator, or one who is disabled, is none of the platform's.
        assert_eq!(row(&house, &admin, "admin").await["version"], own["version"]);
        let other = row(&house, &admin, "viewer").await;
        let other_path = format!("/staff/{}", other["id"]);
        put(&house, &other_path, &admin, &with(&other, "role", json!("admin"))).await.ok();
        // Now there are two, and one may go: the other does it.
        let second = house.sign_in("viewer").await;
        put(&house, &path, &second, &with(&own, "disabled", json!(true))).await.ok();
        let other = row(&house, &second, "viewer").await;
        let answer = put(&house, &other_path, &second, &with(&other, "role", json!("viewer"))).await;
        answer.refused(422, "staff.last_admin");
    }
}

#[tokio::test]
async fn r5_s_boundary_names_notes_and_places() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let viewer = row(&house, &admin, "a.viewer").await;
    let path = format!("/staff/{}", viewer["id"]);
    let long = "长".repeat(501);
    let many: Vec<i64> = (0..201).collect();
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("名".repeat(65))),
        ("handover", json!(long)),
        ("handover", json!("a\u{7}b")),
        ("role", json!("nobody")),
        ("operator_id", json!(99)),
        ("area", json!({"kind": "stations", "stations": []})),
        ("area", json!({"kind": "stations", "stations": many})),
        ("area", json!({"kind": "stations", "stations": [2]})),
        ("area", json!({"kind": "stations", "stations": [99]})),
        ("area", json!({"kind": "cities", "cities": ["999999"]})),
    ] {
        let answer = put(&house, &path, &admin, &with(&viewer, field, value)).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field);
    }
    let mut change = with(&viewer, "handover", json!("长".repeat(500)));
    change["name"] = json!("名".repeat(64));
    put(&house, &path, &admin, &change).await.ok();
    for body in ["{}", "[]", "{\"version\":1}", "nonsense"] {
        let answer = house.send("PUT", &path, &admin, Some(body), &[]).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
    house
        .send("PUT", "/staff/9999", &admin, Some(&unchanged(&viewer).to_string()), &[])
        .await
        .refused(404, "staff.not_found");
}

#[tokio::test]
async fn r5_s_guess_nobody_raises_themselves_or_reaches_beyond() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    // A role that may edit staff, and little else.
    let draft = json!({"name": "人事", "permissions": ["staff.read", "staff.write", "pile.read"]});
    let made = house.post("/roles", &admin, &draft.to_string()).await;
    let code = made.ok().json["code"].as_str().unwrap().to_owned();
    let staff =
        json!({"account": "clerk", "name": "人事", "role": code, "operator_id": 1, "password": PASSWORD});
    let staff = serde_json::from_value(staff).unwrap();
    house.app.engine.staff_create(&engine::audit::Actor::local(), staff).await.unwrap();
    let clerk = house.sign_in("clerk").await;
    let own = row(&house, &clerk, "clerk").await;
    let path = format!("/staff/{}", own["id"]);
    let answer = put(&house, &path, &clerk, &with(&own, "role", json!("admin"))).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "role");
    let answer = put(&house, &path, &clerk, &with(&own, "operator_id", Value::Null)).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "operator_id");
    // The administrator of the operator may do more than the clerk: not the clerk's to change.
    let boss = row(&house, &clerk, "a.admin").await;
    let answer =
        put(&house, &format!("/staff/{}", boss["id"]), &clerk, &with(&boss, "disabled", json!(true))).await;
    answer.refused(403, "staff.beyond");
    // Nor is a role made that may more, or the own one given more.
    let draft = json!({"name": "更多", "permissions": ["staff.read", "order.read"]});
    let answer = house.post("/roles", &clerk, &draft.to_string()).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "permissions");
    let change = json!({"version": 1, "name": "人事", "permissions": ["staff.write", "audit.read"]});
    let answer = put(&house, &format!("/roles/{code}"), &clerk, &change).await;
    assert_eq!(answer.status, 400);
    let change = json!({"version": 1, "name": "人事", "permissions": ["staff.write"]});
    put(&house, &format!("/roles/{code}"), &clerk, &change).await.refused(403, "scope.denied");
}

#[tokio::test]
async fn r5_s_class_a_role_is_copied_changed_and_deleted_when_nobody_has_it() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let listed = house.get("/roles", &admin).await;
        let items = listed.ok().json["items"].as_array().unwrap().clone();
        assert_eq!((items.len(), &items[5]["fixed"]), (9, &json!(true)));
        assert_eq!(items[5]["staff_count"], 2, "viewer and a.viewer");
        let draft = json!({"name": "夜班", "permissions": items[5]["permissions"], "operator_id": 1});
        let code = house.post("/roles", &admin, &draft.to_string()).await.ok().json["code"].clone();
        let path = format!("/roles/{}", code.as_str().unwrap());
        let viewer = row(&house, &admin, "a.viewer").await;
        let staff = format!("/staff/{}", viewer["id"]);
        put(&house, &staff, &admin, &with(&viewer, "role", code.clone())).await.ok();
        assert_eq!(row(&house, &admin, "a.viewer").await["role_name"], "夜班");
        let refused = house.send("DELETE", &path, &admin, None, &[]).await;
        assert!(refused.refused(409, "role.used").json["message"].as_str().unwrap().contains("1 个账号"));
        let change = json!({"version": 1, "name": "夜班二", "permissions": ["pile.read"]});
        put(&house, &path, &admin, &change).await.ok();
        put(&house, &path, &admin, &change).await.refused(409, "role.changed");
        let theirs = house.sign_in("a.viewer").await;
        house.get("/piles", &theirs).await.ok();
        house.get("/orders", &theirs).await.refused(403, "permission.denied");
        let viewer = row(&house, &admin, "a.viewer").await;
        put(&house, &staff, &admin, &with(&viewer, "role", json!("viewer"))).await.ok();
        house.send("DELETE", &path, &admin, None, &[]).await.ok();
        house.send("DELETE", &path, &admin, None, &[]).await.refused(404, "role.not_found");
        house.send("DELETE", "/roles/admin", &admin, None, &[]).await.refused(422, "role.fixed");
    }
}

#[tokio::test]
async fn r5_s_boundary_names_of_roles() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let make = async |name: &str, operator: Value| {
        let draft = json!({"name": name, "permissions": ["pile.read"], "operator_id": operator});
        house.post("/roles", &admin, &draft.to_string()).await
    };
    for name in ["", "  ", &"名".repeat(33), "a\nb"] {
        assert_eq!(make(name, Value::Null).await.refused(400, "field.invalid").json["field"], "name");
    }
    make(&"名".repeat(32), Value::Null).await.ok();
    make("夜班", json!(1)).await.ok();
    make("夜班", json!(2)).await.ok();
    assert_eq!(make("夜班", json!(1)).await.refused(409, "role.exists").json["field"], "name");
    make("系统管理员", Value::Null).await.refused(409, "role.exists");
    let none = json!({"name": "空", "permissions": []}).to_string();
    assert_eq!(
        house.post("/roles", &admin, &none).await.refused(400, "field.invalid").json["field"],
        "permissions"
    );
    let unknown = json!({"name": "空", "permissions": ["order.destroy"]}).to_string();
    assert_eq!(house.post("/roles", &admin, &unknown).await.status, 400);
    // A role of another operator is given to nobody of this one.
    let theirs = house.get("/roles", &admin).await;
    let own = theirs.json["items"].as_array().unwrap().iter().find(|role| role["operator_id"] == 2).unwrap()
        ["code"]
        .clone();
    let viewer = row(&house, &admin, "a.viewer").await;
    let answer = put(&house, &format!("/staff/{}", viewer["id"]), &admin, &with(&viewer, "role", own)).await;
    assert_eq!(answer.refused(400, "field.invalid").json["field"], "role");
}

#[tokio::test]
async fn r5_s_class_the_log_is_read_and_its_chain_is_whole() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        house.post("/session", "", "{\"account\":\"viewer\",\"password\":\"x\"}").await;
        house.post("/session", "", "{\"account\":\"nobody\",\"password\":\"x\"}").await;
        let total = async |query: &str| {
            house.get(&format!("/audit?{query}"), &admin).await.ok().json["total"].clone()
        };
        assert_eq!(total("action=session_create").await, 3);
        assert_eq!(total("action=session_create&success=false&key=VIEW").await, 1);
        assert_eq!(total("action=session_create&address=nowhere").await, 0);
        let verified = house.app.engine.orders_verify().await.unwrap();
        assert_eq!((verified.audit > 10, verified.audit_head.len()), (true, 64));
        assert_eq!(verified.problems, []);
    }
}

#[tokio::test]
async fn r5_s_guess_a_row_of_the_log_that_was_changed_behind_our_back_is_found() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        house.get("/audit", &admin).await.ok();
        let spoil = house.app.engine.store.write(None, |tx| {
            tx.execute("UPDATE audit SET staff_name = 'nobody' WHERE action = 'session_create'", &[])
        });
        assert_eq!(spoil.await.unwrap(), 1);
        let problems = house.app.engine.orders_verify().await.unwrap().problems;
        assert_eq!((problems.len(), problems[0].about), (1, "audit"));
        assert!(problems[0].what.contains("is not as it was written"), "{}", problems[0].what);
    }
}
