//! R-5.4 车队: files of drivers and cars, lists given out, usable stations and hours. Classes, boundaries,
//! guesses.

use super::house::{Answer, House, houses, sheet as file};
use serde_json::{Value, json};
use store::exports::ExportFormat;

const HEAD: [&str; 5] = ["姓名", "手机号", "卡号", "车牌号", "车架号"];

fn csv(rows: &[[&str; 5]]) -> Vec<u8> {
    file(ExportFormat::Csv, &[&[HEAD], rows].concat())
}

async fn send(house: &House, cookie: &str, fleet: i64, query: &str, bytes: &[u8]) -> Answer {
    let path = format!("/fleets/{fleet}/import?{query}");
    house
        .send_bytes("POST", &path, bytes, &[("content-type", "application/octet-stream"), ("cookie", cookie)])
        .await
}

async fn fleet(house: &House, cookie: &str, name: &str) -> i64 {
    let made = house.post("/fleets", cookie, &json!({ "name": name }).to_string()).await;
    made.ok().json["id"].as_i64().unwrap()
}

async fn customer(house: &House, cookie: &str, name: &str, phone: &str, fleet: Option<i64>) -> i64 {
    let draft = json!({"name": name, "phone": phone, "kind": "person", "fleet_id": fleet});
    house.post("/customers", cookie, &draft.to_string()).await.ok().json["id"].as_i64().unwrap()
}

async fn counts(house: &House, cookie: &str, fleet: i64) -> [i64; 2] {
    let one = house.get(&format!("/fleets/{fleet}"), cookie).await.ok().json.clone();
    ["driver_count", "car_count"].map(|key| one[key].as_i64().unwrap())
}

fn figures(report: &Value) -> [i64; 7] {
    ["drivers_new", "drivers_joined", "cars_new", "cars_joined", "cards_bound", "existing"]
        .map(|key| report[key].as_i64().unwrap())
        .into_iter()
        .chain([i64::try_from(report["errors"].as_array().unwrap().len()).unwrap()])
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}

async fn put(house: &House, cookie: &str, path: &str, body: Value) -> Answer {
    house.send("PUT", path, cookie, Some(&body.to_string()), &[]).await
}

async fn exported(house: &House, cookie: &str, noun: &str, fleet: i64) -> String {
    let draft = json!({"format": "csv", "query": {"fleet_id": fleet.to_string()}});
    let made = house.post(&format!("/exports/{noun}"), cookie, &draft.to_string()).await;
    assert_eq!(house.export_ended(cookie, &made).await["state"], "done");
    house.get(&format!("/exports/{}/file", made.json["id"]), cookie).await.ok().text.clone()
}

#[tokio::test]
async fn r5_4_class_a_file_of_drivers_and_cars_is_checked_looked_at_and_taken_once() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        for tag in ["F1", "F2"] {
            house.post("/cards", &cookie, &json!({"tag": tag, "status": "accepted"}).to_string()).await.ok();
        }
        for (format, n) in [(ExportFormat::Xlsx, 1), (ExportFormat::Csv, 2)] {
            let fleet = fleet(&house, &cookie, &format!("车队{n}")).await;
            let known = customer(&house, &cookie, "陈静", &format!("1380000100{n}"), None).await;
            let [new, joined] = [format!("1380000200{n}"), format!("138 0000 100{n}")];
            let [first, second, third] =
                [format!("鄂AD1000{n}"), format!("鄂A2000{n}"), format!("粤B3000{n}D")];
            let (vin, card) = (["1M8GDM9AXKP042788", "1HGCM82633A004352"][n - 1], format!("f{n}"));
            let bytes = file(
                format,
                &[
                    HEAD,
                    ["王伟", &new, &card, &first, vin],
                    ["", &new, "", &second, ""],
                    ["陈 静", &joined, "", "", ""],
                    ["", "", "", &third, ""],
                ],
            );
            let name = format!("name=fleet.{}", format.as_str());
            let checked =
                send(&house, &cookie, fleet, &format!("{name}&check=true"), &bytes).await.ok().json.clone();
            assert_eq!(figures(&checked), [1, 1, 3, 0, 1, 0, 0], "{checked}");
            assert_eq!(counts(&house, &cookie, fleet).await, [0, 0], "a check takes nothing");
            let rows = &checked["rows"];
            assert_eq!(
                (&rows[0]["phone"], &rows[0]["driver"], &rows[0]["car"]),
                (&json!(format!("138****200{n}")), &json!("new"), &json!("new")),
                "masked as in the lists"
            );
            assert_eq!((&rows[1]["driver"], &rows[2]["driver"]), (&json!("existing"), &json!("joined")));
            let warning = &checked["warnings"][0];
            assert_eq!((&warning["line"], &warning["field"]), (&json!(4), &json!("name")), "{warning}");
            let taken = send(&house, &cookie, fleet, &name, &bytes).await.ok().json.clone();
            assert_eq!(figures(&taken), [1, 1, 3, 0, 1, 0, 0], "{taken}");
            assert_eq!(counts(&house, &cookie, fleet).await, [2, 3]);
            let again = send(&house, &cookie, fleet, &name, &bytes).await.ok().json.clone();
            assert_eq!(figures(&again), [0, 0, 0, 0, 0, 4, 0], "twice adds nothing: {again}");
            assert_eq!(counts(&house, &cookie, fleet).await, [2, 3]);
            let person = house.get(&format!("/customers/{known}"), &cookie).await.ok().json.clone();
            assert_eq!((&person["name"], &person["fleet_id"]), (&json!("陈静"), &json!(fleet)));
            let path = format!("/imports/fleets/template?format={}", format.as_str());
            assert_eq!(house.get(&path, &cookie).await.status, 200);
        }
    }
}

#[tokio::test]
async fn r5_4_class_the_lists_of_a_fleet_go_out_masked() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let [ours, theirs] = [fleet(&house, &cookie, "甲车队").await, fleet(&house, &cookie, "乙车队").await];
        let rows = csv(&[["=王伟", "13800002001", "", "鄂AD10001", "1M8GDM9AXKP042788"]]);
        send(&house, &cookie, ours, "name=a.csv", &rows).await.ok();
        send(&house, &cookie, theirs, "name=a.csv", &csv(&[["李强", "13900002002", "", "鄂AD10002", ""]]))
            .await
            .ok();
        let drivers = exported(&house, &cookie, "customers", ours).await;
        assert!(drivers.contains("138****2001") && !drivers.contains("13800002001"), "{drivers}");
        assert!(
            drivers.contains("'=王伟") && !drivers.contains("李强"),
            "no formula, nobody else: {drivers}"
        );
        let cars = exported(&house, &cookie, "fleet-cars", ours).await;
        assert!(
            cars.contains("鄂A***01") && cars.contains("***042788") && !cars.contains("鄂A***02"),
            "{cars}"
        );
        let nobody = house.post("/exports/fleet-cars", &cookie, r#"{"format":"csv"}"#).await;
        assert_eq!(nobody.refused(400, "field.invalid").json["field"], "fleet_id");
        // An operator's staff see no more of a fleet in the file than on its page.
        let own = house.sign_in("a.admin").await;
        let cars = exported(&house, &own, "fleet-cars", ours).await;
        assert!(!cars.contains("鄂A"), "{cars}");
    }
}

#[tokio::test]
async fn r5_4_boundary_of_numbers_plates_vins_and_cards() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let fleet = fleet(&house, &cookie, "甲车队").await;
        let good = ["王伟", "13800002001", "", "鄂AD10001", ""];
        for (row, field) in [
            (["李强", "1380000200", "", "", ""], "phone"),
            (["李强", "138000020022", "", "", ""], "phone"),
            (["李强", "", "", "", ""], "phone"),
            (["", "", "F1", "鄂A12345", ""], "phone"),
            (["", "13800002002", "", "", ""], "name"),
            (["李强", "13800002001", "", "", ""], "name"),
            (["李强", "13800002002", "NONE", "", ""], "card"),
            (["", "", "", "鄂A1234", ""], "plate"),
            (["", "", "", "鄂AL12345", ""], "plate"),
            (["", "", "", "鄂AD123456", ""], "plate"),
            (["", "", "", "鄂AD10001", ""], "plate"),
            (["李强", "13800002002", "", "", "1M8GDM9AXKP042788"], "plate"),
            (["", "", "", "鄂A12345", "1M8GDM9AXKP04278"], "vin"),
            (["", "", "", "鄂A12345", "1M8GDM9AXKP0427888"], "vin"),
            (["", "", "", "鄂A12345", "1M8GDM9AXKPO42788"], "vin"),
        ] {
            let report =
                send(&house, &cookie, fleet, "name=a.csv", &csv(&[good, row])).await.ok().json.clone();
            let error = &report["errors"][0];
            assert_eq!((&error["line"], &error["field"]), (&json!(3), &json!(field)), "{row:?}: {report}");
            assert_eq!(report["errors"].as_array().unwrap().len(), 1, "{report}");
        }
        assert_eq!(counts(&house, &cookie, fleet).await, [0, 0], "not even the good rows");
        let odd = send(
            &house,
            &cookie,
            fleet,
            "name=a.csv&check=true",
            &csv(&[["", "", "", "鄂A12345", "1M8GDM9A1KP042788"]]),
        )
        .await
        .ok()
        .json
        .clone();
        assert_eq!(
            (figures(&odd)[2], &odd["warnings"][0]["field"]),
            (1, &json!("vin")),
            "only a warning: {odd}"
        );
        for (bytes, field) in [
            (file(ExportFormat::Csv, &[HEAD]), "file"),
            (file(ExportFormat::Csv, &[["姓名", "电话号码", "", "", ""], good]), "file"),
            (Vec::new(), "file"),
        ] {
            let answer = send(&house, &cookie, fleet, "name=a.csv", &bytes).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field);
        }
        let phones: Vec<String> = (0..5_001).map(|n| format!("139{n:08}")).collect();
        let rows: Vec<[&str; 5]> = phones.iter().map(|phone| ["甲", phone, "", "", ""]).collect();
        let answer = send(&house, &cookie, fleet, "name=a.csv", &csv(&rows)).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "file");
        let most = send(&house, &cookie, fleet, "name=a.csv", &csv(&rows[..5_000])).await.ok().json.clone();
        assert_eq!(figures(&most)[0], 5_000);
        assert_eq!(counts(&house, &cookie, fleet).await, [5_000, 0]);
    }
}

#[tokio::test]
async fn r5_4_guess_who_and_what_belongs_to_others_is_not_taken() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let [ours, theirs] = [fleet(&house, &cookie, "甲车队").await, fleet(&house, &cookie, "乙车队").await];
        let other = customer(&house, &cookie, "李强", "13800002002", Some(theirs)).await;
        let alone = customer(&house, &cookie, "赵敏", "13800002003", None).await;
        for (path, plate) in [
            (format!("/fleets/{theirs}/cars"), "鄂AD20001"),
            (format!("/customers/{alone}/cars"), "鄂AD20002"),
        ] {
            house.post(&path, &cookie, &json!({ "plate": plate, "vin": null }).to_string()).await.ok();
        }
        house.post("/cards", &cookie, r#"{"tag":"HELD","status":"accepted"}"#).await.ok();
        house.post(&format!("/customers/{other}/cards"), &cookie, r#"{"tag":"HELD"}"#).await.ok();
        for (row, field) in [
            (["李强", "13800002002", "", "", ""], "phone"),
            (["", "", "", "鄂AD20001", ""], "plate"),
            (["", "", "", "鄂AD20002", ""], "plate"),
            (["王伟", "13800002009", "HELD", "", ""], "card"),
        ] {
            let report = send(&house, &cookie, ours, "name=a.csv", &csv(&[row])).await.ok().json.clone();
            assert_eq!(report["errors"][0]["field"], field, "{row:?}: {report}");
        }
        // With their own driver the car comes along.
        let row = [["赵敏", "13800002003", "", "鄂AD20002", ""]];
        let report = send(&house, &cookie, ours, "name=a.csv", &csv(&row)).await.ok().json.clone();
        assert_eq!(figures(&report), [0, 1, 0, 1, 0, 0, 0], "{report}");
        let gone = send(&house, &cookie, 999, "name=a.csv", &csv(&row)).await;
        gone.refused(404, "fleet.not_found");
        let viewer = house.sign_in("viewer").await;
        send(&house, &viewer, ours, "name=a.csv", &csv(&row)).await.refused(403, "permission.denied");
        // Who may not edit customers brings cars only.
        let draft = r#"{"name":"车管","permissions":["fleet.read","fleet.write"],"operator_id":null}"#;
        let role = house.post("/roles", &cookie, draft).await.ok().json["code"].as_str().unwrap().to_owned();
        let draft = json!({"account": "cars.only", "name": "车管", "role": role, "operator_id": null,
            "area": {"kind": "everywhere"}, "password": super::house::PASSWORD});
        house.staff_own(draft).await;
        let cars = house.sign_in("cars.only").await;
        let rows = csv(&[["", "", "", "鄂AD20009", ""], ["钱进", "13800002019", "", "", ""]]);
        let report = send(&house, &cars, ours, "name=a.csv", &rows).await.ok().json.clone();
        assert_eq!(
            (&report["errors"][0]["line"], &report["errors"][0]["field"]),
            (&json!(3), &json!("phone"))
        );
        let rows = csv(&[["", "", "", "鄂AD20009", ""]]);
        assert_eq!(figures(&send(&house, &cars, ours, "name=a.csv", &rows).await.ok().json)[2], 1);
        let audit = house.get("/audit?noun=fleet&action=fleet_import", &cookie).await;
        assert!(audit.ok().text.contains("fleet_import"));
        assert!(!audit.text.contains("13800002003") && !audit.text.contains("鄂AD20002"), "nothing personal");
    }
}

#[tokio::test]
async fn r5_4_class_usable_stations_and_hours_are_kept_and_shown() {
    for house in houses().await {
        let [station, _] = house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let fleet = fleet(&house, &cookie, "甲车队").await;
        let path = format!("/fleets/{fleet}/limits");
        let night = json!({"weekdays": [5, 1, 1], "from_minute": 1_320, "to_minute": 360});
        let change = json!({"version": 1, "stations": [station.0], "hours": [night]});
        put(&house, &cookie, &path, change.clone()).await.ok();
        let one = house.get(&format!("/fleets/{fleet}"), &cookie).await.ok().json.clone();
        assert_eq!(one["stations"], json!([station.0]));
        assert_eq!(one["hours"], json!([{"weekdays": [1, 5], "from_minute": 1_320, "to_minute": 360}]));
        put(&house, &cookie, &path, change).await.refused(409, "fleet.changed");
        let audit = house.get("/audit?noun=fleet&action=fleet_limit_set", &cookie).await;
        assert!(audit.ok().text.contains("1320"), "before and after: {}", audit.text);
        put(&house, &cookie, &path, json!({"version": 2, "stations": null, "hours": []})).await.ok();
        let one = house.get(&format!("/fleets/{fleet}"), &cookie).await.ok().json.clone();
        assert_eq!((&one["stations"], &one["hours"]), (&Value::Null, &json!([])));
    }
}

#[tokio::test]
async fn r5_4_boundary_of_stations_and_hours() {
    for house in houses().await {
        let [station, _] = house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let fleet = fleet(&house, &cookie, "甲车队").await;
        let hours = |weekdays: Value, from: i64, to: i64| json!([{"weekdays": weekdays, "from_minute": from, "to_minute": to}]);
        let window = &hours(json!([1]), 0, 60)[0];
        for (stations, hours, field) in [
            (json!([]), json!([]), "stations"),
            (json!([station.0, 999]), json!([]), "stations"),
            (json!((1..=2_001).collect::<Vec<i64>>()), json!([]), "stations"),
            (Value::Null, hours(json!([]), 0, 60), "hours"),
            (Value::Null, hours(json!([8]), 0, 60), "hours"),
            (Value::Null, hours(json!([1]), 60, 60), "hours"),
            (Value::Null, hours(json!([1]), 0, 1_441), "hours"),
            (Value::Null, json!(vec![window; 15]), "hours"),
        ] {
            let change = json!({"version": 1, "stations": stations, "hours": hours});
            let answer = put(&house, &cookie, &format!("/fleets/{fleet}/limits"), change).await;
            assert_eq!(answer.refused(400, "field.invalid").json["field"], field);
        }
        let change = json!({"version": 1, "stations": null, "hours": vec![window; 14]});
        put(&house, &cookie, &format!("/fleets/{fleet}/limits"), change).await.ok();
    }
}
