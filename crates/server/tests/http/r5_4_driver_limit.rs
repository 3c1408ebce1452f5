//! R-5.4 司机用量上限: set by the platform from a fresh form, and shown with what each driver has used.

use super::house::{House, house};
use serde_json::{Value, json};

async fn fleet(house: &House, cookie: &str) -> (i64, i64) {
    let made = house.post("/fleets", cookie, r#"{"name":"东湖出租"}"#).await;
    let fleet = made.ok().json["id"].as_i64().unwrap();
    let person = json!({"name": "王伟", "phone": "13812345678", "kind": "driver", "fleet_id": fleet});
    let made = house.post("/customers", cookie, &person.to_string()).await;
    (fleet, made.ok().json["id"].as_i64().unwrap())
}

fn change(version: i64, customer: Option<i64>, limits: Value) -> String {
    json!({"version": version, "customer_id": customer, "limits": limits}).to_string()
}

#[tokio::test]
async fn r5_4_class_limits_of_every_driver_and_of_one_are_set_and_shown() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let (fleet, driver) = fleet(&house, &admin).await;
    let path = format!("/fleets/{fleet}/driver-limits");
    let put = async |body: String| house.send("PUT", &path, &admin, Some(&body), &[]).await;
    put(change(0, None, json!({"day_fen": 5_000, "month_dwh": 10_000_000}))).await.ok();
    let list = house.get(&path, &admin).await;
    let one = &list.ok().json["items"][0];
    assert_eq!(
        (&one["customer_id"], &one["own"], &one["limits"]["day_fen"]),
        (&json!(driver), &json!(false), &json!(5_000))
    );
    assert_eq!((&one["used"]["day_fen"], &one["phone"]), (&json!(0), &json!("138****5678")));
    put(change(0, Some(driver), json!({"order_fen": 100}))).await.ok();
    let list = house.get(&path, &admin).await;
    let one = &list.json["items"][0];
    assert_eq!(
        (&one["own"], &one["limits"]["order_fen"], &one["version"]),
        (&json!(true), &json!(100), &json!(1))
    );
    put(change(0, Some(driver), json!({}))).await.refused(409, "fleet.changed");
    put(change(1, Some(driver), json!({}))).await.ok();
    // Where and when, of every driver.
    let hours = json!([{"weekdays": [1, 2], "from_minute": 0, "to_minute": 360}]);
    let body = json!({"version": 1, "customer_id": null, "limits": {"day_fen": 5_000}, "stations": [1], "hours": hours});
    put(body.to_string()).await.ok();
    let one = house.get(&path, &admin).await.json["items"][0].clone();
    assert_eq!((&one["stations"], &one["hours"], &one["own_places"]), (&json!([1]), &hours, &json!(false)));
    assert_eq!(house.get(&path, &admin).await.json["items"][0]["own"], false);
}

#[tokio::test]
async fn r5_4_boundary_a_limit_is_refused_by_its_field() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let (fleet, driver) = fleet(&house, &admin).await;
    let path = format!("/fleets/{fleet}/driver-limits");
    for (limits, field) in [
        (json!({"order_fen": 0}), "order_fen"),
        (json!({"day_fen": 100_000_001}), "day_fen"),
        (json!({"month_dwh": 10_000_000_001_i64}), "month_dwh"),
        (json!({"order_fen": 100, "day_fen": 99}), "day_fen"),
        (json!({"day_dwh": 100, "month_dwh": 99}), "month_dwh"),
    ] {
        let body = change(0, Some(driver), limits);
        let refused = house.send("PUT", &path, &admin, Some(&body), &[]).await;
        assert_eq!(refused.refused(400, "field.invalid").json["field"], field, "{body}");
    }
    let hours = |from: i64, to: i64| json!([{"weekdays": [1], "from_minute": from, "to_minute": to}]);
    for (stations, hours, field) in [
        (json!([]), json!([]), "stations"),
        (json!([99_999]), json!([]), "stations"),
        (Value::Null, hours(60, 60), "hours"),
        (Value::Null, hours(0, 1_441), "hours"),
        (Value::Null, json!(vec![hours(0, 60)[0].clone(); 15]), "hours"),
    ] {
        let body =
            json!({"version": 0, "customer_id": driver, "limits": {}, "stations": stations, "hours": hours});
        let refused = house.send("PUT", &path, &admin, Some(&body.to_string()), &[]).await;
        assert_eq!(refused.refused(400, "field.invalid").json["field"], field, "{body}");
    }
}

#[tokio::test]
async fn r5_4_guess_who_drives_for_nobody_has_none_and_others_may_not_look() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let (fleet, _) = fleet(&house, &admin).await;
    let made =
        house.post("/customers", &admin, r#"{"name":"李强","phone":"13912345678","kind":"person"}"#).await;
    let stranger = made.ok().json["id"].as_i64().unwrap();
    let path = format!("/fleets/{fleet}/driver-limits");
    for customer in [stranger, 99_999] {
        let body = change(0, Some(customer), json!({"day_fen": 1}));
        let refused = house.send("PUT", &path, &admin, Some(&body), &[]).await;
        assert_eq!(refused.refused(400, "field.invalid").json["field"], "customer_id");
    }
    house.get("/fleets/99999/driver-limits", &admin).await.refused(404, "fleet.not_found");
    let theirs = house.sign_in("a.admin").await;
    assert_eq!(house.get(&path, &theirs).await.status.as_u16(), 403);
    let body = change(0, None, json!({"day_fen": 1, "year_fen": 1}));
    let refused = house.send("PUT", &path, &admin, Some(&body), &[]).await;
    assert_eq!(refused.status.as_u16(), 400, "{}", refused.text);
}
