//! R-5.x: 备份保留. The job takes away from the place what was kept long enough, by days and by number, in a folder and in
//! a bucket alike; what is left restores.

use super::house::{House, house_backed_at};
use super::r5_x_backup::{Folder, ended, kept};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use model::time::Clock;
use model::web_address::WebAddress;
use serde_json::{Value, json};
use server::backup::check;
use server::backup::place::Place;
use server::backup::plan::Stock;
use server::backup::restore::restore;
use server::backup::s3::{Credentials, S3};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

/// An object store with one bucket, which tells three names at a time.
#[derive(Clone, Default)]
struct Bucket(Arc<Mutex<BTreeMap<String, Bytes>>>);

const AT_ONCE: usize = 3;

impl Bucket {
    async fn open() -> Place {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}/pileops/", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(answer).with_state(Bucket::default());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let credentials = Credentials { id: "id".to_owned(), secret: "secret".to_owned() };
        let bucket = WebAddress::parse("backup_place", &at).unwrap();
        Place::S3(S3::new(bucket, "site-1", "us-east-1", credentials, Clock::System))
    }

    fn listed(&self, query: &str) -> String {
        let all = self.0.lock().unwrap();
        let from = query.split('&').find_map(|pair| pair.strip_prefix("continuation-token="));
        let from: usize = from.map_or(0, |from| from.parse().unwrap());
        let entry = |(key, body): (&String, &Bytes)| {
            format!("<Contents><Key>{key}</Key><Size>{}</Size></Contents>", body.len())
        };
        let page: String = all.iter().skip(from).take(AT_ONCE).map(entry).collect();
        let more = all.len() > from + AT_ONCE;
        let next = from + AT_ONCE;
        format!(
            "<R>{page}<IsTruncated>{more}</IsTruncated><NextContinuationToken>{next}</NextContinuationToken></R>"
        )
    }
}

async fn answer(
    State(own): State<Bucket>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    assert!(headers["authorization"].to_str().unwrap().starts_with("AWS4-HMAC-SHA256 "));
    let key = uri.path().strip_prefix("/pileops/").unwrap().to_owned();
    let (status, said) = match method {
        Method::PUT => {
            own.0.lock().unwrap().insert(key, body);
            (200, Bytes::new())
        }
        Method::DELETE => {
            (if own.0.lock().unwrap().remove(&key).is_some() { 204 } else { 404 }, Bytes::new())
        }
        _ if key.is_empty() => (200, own.listed(uri.query().unwrap()).into()),
        _ => own.0.lock().unwrap().get(&key).map_or((404, Bytes::new()), |found| (200, found.clone())),
    };
    Response::builder().status(status).body(Body::from(said)).unwrap()
}

async fn set(house: &House, admin: &str, name: &str, value: i64) {
    let path = format!("/parameters/{name}");
    let version = house.get(&path, admin).await.ok().json["version"].clone();
    let body = json!({"version": version, "value": value, "reason": "核对"}).to_string();
    house.send("PATCH", &path, admin, Some(&body), &[]).await.ok();
}

/// A day later there is one more full backup; what the job says.
async fn next(house: &House) -> Value {
    house.clock.advance(Duration::from_secs(86_400));
    let admin = house.sign_in("admin").await;
    kept(house).await;
    let run = ended(house, &admin, "/backups", "backup_run").await;
    assert_eq!(run["state"], "done", "{run}");
    kept(house).await;
    run
}

async fn fulls(place: &Place) -> usize {
    Stock::of(place.list("").await.unwrap()).fulls.len()
}

async fn story(place: Place) {
    let house = house_backed_at(place.clone(), None).await;
    house.furnish().await;
    for _ in 0..5 {
        next(&house).await;
    }
    assert_eq!(fulls(&place).await, 5, "all within thirty days");
    // One is proved; it stays, however old it becomes.
    let admin = house.sign_in("admin").await;
    let run = ended(&house, &admin, "/backups/check", "backup_check").await;
    assert_eq!(run["state"], "done", "{run}");
    let proved = house.get("/backups", &admin).await.ok().json["items"][0].clone();
    assert_eq!(proved["check_passed"], true);
    set(&house, &admin, "backup_keep_count", 3).await;
    set(&house, &admin, "backup_days", 2).await;
    let told = house.get("/backup", &admin).await.ok().json.clone();
    assert_eq!((&told["kept_days"], &told["kept_count"]), (&json!(2), &json!(3)));
    // Two days need the one before them; the number wants no more than three.
    for left in [3, 3, 4, 4] {
        let run = next(&house).await;
        assert_eq!(fulls(&place).await, left, "{run}");
    }
    let stock = Stock::of(place.list("").await.unwrap());
    assert_eq!(Some(stock.fulls[0].name.as_str()), proved["name"].as_str());
    let admin = house.sign_in("admin").await;
    let gone = house.get("/backups?state=gone", &admin).await.ok().json["total"].clone();
    assert_eq!(gone, 5, "the page knows what went");
    // The last moment and one of two days ago come back whole.
    let last = stock.fulls.last().unwrap().at_ms;
    for to in [None, Some(last - 86_400_000)] {
        let data = Folder::new("retained");
        let to = to.map(model::time::Timestamp::from_ms);
        restore(&place, None, to, &data.0).await.unwrap();
        let proved = check::prove(&data.0).unwrap();
        assert!(proved.passed() && proved.counts.piles == 4, "{}", proved.faults());
    }
    for (name, value) in [("backup_keep_count", 1), ("backup_keep_count", 1_001), ("backup_days", 1)] {
        let version = house.get(&format!("/parameters/{name}"), &admin).await.ok().json["version"].clone();
        let body = json!({"version": version, "value": value, "reason": "核对"}).to_string();
        house.send("PATCH", &format!("/parameters/{name}"), &admin, Some(&body), &[]).await.at("value");
    }
}

#[tokio::test]
async fn r5_x_class_a_folder_keeps_its_days_and_its_number() {
    let folder = Folder::new("retention");
    story(Place::Folder(folder.0.clone())).await;
}

#[tokio::test]
async fn r5_x_class_a_bucket_keeps_its_days_and_its_number() {
    story(Bucket::open().await).await;
}

#[tokio::test]
async fn r5_x_guess_a_place_that_is_away_loses_nothing_by_it() {
    let folder = Folder::new("retention-away");
    let place = Place::Folder(folder.0.clone());
    let house = house_backed_at(place.clone(), None).await;
    house.furnish().await;
    for _ in 0..4 {
        next(&house).await;
    }
    let admin = house.sign_in("admin").await;
    set(&house, &admin, "backup_days", 2).await;
    // Nothing can be written there: the full backup fails, and nothing is taken away for it.
    let (fulls_at, aside) = (folder.0.join("fulls"), folder.0.join("aside"));
    std::fs::rename(&fulls_at, &aside).unwrap();
    std::fs::write(&fulls_at, "a file in its place").unwrap();
    house.clock.advance(Duration::from_secs(10 * 86_400));
    let admin = house.sign_in("admin").await;
    kept(&house).await;
    let run = ended(&house, &admin, "/backups", "backup_run").await;
    assert_eq!(run["state"], "failed", "{run}");
    std::fs::remove_file(&fulls_at).unwrap();
    std::fs::rename(&aside, &fulls_at).unwrap();
    assert_eq!(fulls(&place).await, 4);
    next(&house).await;
    assert_eq!(fulls(&place).await, 2, "the new one and the one before it");
}
