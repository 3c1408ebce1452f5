//! R-5.x: 备份与恢复. What was changed is at the place, comes back to the moment, and what stands in the way is told.

use super::house::{House, NOON, house, house_backed};
use model::time::Timestamp;
use serde_json::{Value, json};
use server::backup::place::Place;
use server::backup::restore::restore;
use server::backup::{check, keep};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::archive::pack::Key;

pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("pileops-backup-{name}-{}-{unique}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub async fn ended(house: &House, admin: &str, path: &str, job: &str) -> Value {
    let id = house.post(path, admin, "").await.ok().json["id"].clone();
    loop {
        let last = house.get(&format!("/jobs/{job}"), admin).await.json["last"].clone();
        if last["id"] == id && last["state"] != "running" {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A second later everything that was changed is brought away.
pub async fn kept(house: &House) {
    house.clock.advance(Duration::from_secs(1));
    keep::last(&house.app).await;
}

async fn status(house: &House, admin: &str) -> Value {
    house.get("/backup", admin).await.ok().json.clone()
}

async fn piles(place: &Path, key: Option<Key>, to: Option<i64>) -> model::Result<i64> {
    let data = Folder::new("restored");
    let to = to.map(Timestamp::from_ms);
    restore(&Place::Folder(place.to_owned()), key, to, &data.0).await?;
    let proved = check::prove(&data.0).unwrap();
    assert!(proved.passed(), "{}", proved.faults());
    Ok(proved.counts.piles)
}

async fn pile_add(house: &House, admin: &str, code: &str) {
    let body = json!({"code": code, "station_id": 1, "protocol": "ocpp1.6", "kind": "ac", "rated_power_w": 7000,
                      "connector_count": 1, "password": "a-password-of-a-pile"});
    house.post("/piles", admin, &body.to_string()).await.ok();
}

#[tokio::test]
async fn r5_x_class_what_was_changed_is_backed_up_checked_and_comes_back_to_the_moment() {
    for key in [None, Some([3; 32])] {
        let place = Folder::new(if key.is_some() { "class-sealed" } else { "class" });
        let house = house_backed(&place.0, key).await;
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        kept(&house).await;
        let run = ended(&house, &admin, "/backups", "backup_run").await;
        assert_eq!(run["state"], "done", "{run}");
        kept(&house).await;
        pile_add(&house, &admin, "LATE-1").await;
        kept(&house).await;
        let before = house.clock.now().as_ms();
        pile_add(&house, &admin, "WRONG-1").await;
        kept(&house).await;
        assert_eq!(piles(&place.0, key, Some(before)).await.unwrap(), 5);
        assert_eq!(piles(&place.0, key, None).await.unwrap(), 6);

        let told = status(&house, &admin).await;
        assert_eq!(
            (&told["lag_ms"], &told["alarms"], &told["problem"]),
            (&json!(0), &json!([]), &Value::Null),
            "{told}"
        );
        assert_eq!(told["sealed"], key.is_some());
        let range = &told["ranges"][0];
        assert!(
            range["from_ms"].as_i64().unwrap() <= before && range["to_ms"].as_i64().unwrap() > before,
            "{told}"
        );
        let list = house.get("/backups?state=done", &admin).await.ok().json.clone();
        assert_eq!(list["total"], 1);
        assert!(
            list["items"][0]["stored_bytes"].as_i64().unwrap()
                < list["items"][0]["plain_bytes"].as_i64().unwrap()
        );

        let run = ended(&house, &admin, "/backups/check", "backup_check").await;
        assert_eq!(run["state"], "done", "{run}");
        let drills = house.get("/drills?kind=restore&passed=true", &admin).await.ok().json.clone();
        assert_eq!((&drills["total"], &drills["items"][0]["staff_name"]), (&json!(1), &json!("admin先生")));
        assert!(
            drills["items"][0]["rto_ms"].as_i64().is_some()
                && drills["items"][0]["rpo_ms"].as_i64().unwrap() <= 10_000
        );
        assert_eq!(house.get("/backups", &admin).await.json["items"][0]["check_passed"], true);
    }
}

#[tokio::test]
async fn r5_x_boundary_a_moment_before_the_first_and_a_folder_that_is_not_empty_are_refused() {
    let place = Folder::new("boundary");
    let house = house_backed(&place.0, None).await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    kept(&house).await;
    ended(&house, &admin, "/backups", "backup_run").await;
    let first = house.get("/backups", &admin).await.json["items"][0]["at_ms"].as_i64().unwrap();
    assert_eq!(piles(&place.0, None, Some(first)).await.unwrap(), 4);
    let why = piles(&place.0, None, Some(first - 1)).await.unwrap_err();
    assert_eq!(why.field.as_deref(), Some("to"));
    assert!(why.text.zh.contains("最早只能恢复到"), "{}", why.text.zh);
    let full = Folder::new("not-empty");
    std::fs::write(full.0.join("something"), "x").unwrap();
    let why = restore(&Place::Folder(place.0.clone()), None, None, &full.0).await.unwrap_err();
    assert_eq!(why.field.as_deref(), Some("data"));
    assert_eq!(std::fs::read(full.0.join("something")).unwrap(), b"x", "left as it was");

    let week = 7 * 86_400_000_i64;
    for (started, ended_at, note, field) in [
        (NOON, NOON, "回切", ""),
        (NOON - week, NOON, "整周", ""),
        (NOON - week - 1, NOON, "太久", "started_at_ms"),
        (NOON + 1, NOON, "倒置", "started_at_ms"),
        (NOON, NOON + 3_600_000, "未来", "ended_at_ms"),
        (NOON, NOON, " ", "note"),
    ] {
        let body = json!({"kind": "fallback", "passed": true, "started_at_ms": started, "ended_at_ms": ended_at, "note": note});
        let answer = house.post("/drills", &admin, &body.to_string()).await;
        let wanted = if field.is_empty() { Value::Null } else { json!(field) };
        assert_eq!(answer.json["field"], wanted, "{note}: {}", answer.text);
    }
}

#[tokio::test]
async fn r5_x_guess_a_place_that_is_away_is_told_and_caught_up_with_without_a_gap() {
    let place = Folder::new("guess");
    let house = house_backed(&place.0, None).await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    kept(&house).await;
    ended(&house, &admin, "/backups", "backup_run").await;
    kept(&house).await;
    // The disk is unmounted: an empty folder is left in its place.
    let aside = place.0.with_extension("aside");
    std::fs::rename(&place.0, &aside).unwrap();
    std::fs::create_dir(&place.0).unwrap();
    for number in 1..=3 {
        pile_add(&house, &admin, &format!("AWAY-{number}")).await;
        kept(&house).await;
    }
    house.clock.advance(Duration::from_secs(120));
    let told = status(&house, &admin).await;
    assert!(told["problem"]["zh"].as_str().unwrap().contains("未挂载"), "{told}");
    assert_eq!((&told["waiting_count"], told["alarms"].as_array().unwrap().len()), (&json!(3), 1), "{told}");
    assert!(told["lag_ms"].as_i64().unwrap() > 120_000);
    assert_eq!(house.get("/home", &admin).await.json["todo"]["backup_alarm_count"], 1);
    assert_eq!(std::fs::read_dir(&place.0).unwrap().count(), 0, "nothing is written beside the disk");
    std::fs::remove_dir(&place.0).unwrap();
    std::fs::rename(&aside, &place.0).unwrap();
    kept(&house).await;
    let told = status(&house, &admin).await;
    assert_eq!(
        (&told["problem"], &told["waiting_count"], &told["alarms"]),
        (&Value::Null, &json!(0), &json!([])),
        "{told}"
    );
    assert_eq!(piles(&place.0, None, None).await.unwrap(), 7);
    // One is taken away by hand.
    let line = std::fs::read_dir(place.0.join("lines")).unwrap().next().unwrap().unwrap().path();
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(&line).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    std::fs::remove_file(&all[all.len() - 2]).unwrap();
    assert_eq!(piles(&place.0, None, None).await.unwrap_err().code, "backup.gap");
}

#[tokio::test]
async fn r5_x_guess_without_a_place_it_is_said_so_and_only_the_platform_is_told() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let told = status(&house, &admin).await;
    assert_eq!((&told["place"], &told["lag_ms"]), (&Value::Null, &Value::Null));
    for path in ["/backups", "/backups/check"] {
        let answer = house.post(path, &admin, "").await;
        assert_eq!(answer.json["code"], "backup.off", "{}", answer.text);
    }
    let other = house.sign_in("a.admin").await;
    for path in ["/backup", "/backups", "/drills"] {
        assert_eq!(house.get(path, &other).await.status, 403, "{path}");
    }
}
