//! R-5.4: customers by asking. On the other side stands a platform that speaks SCIM 2.0 as a test wants it to.

use super::house::{House, house, house_outbound, houses_outbound};
use super::receiver::{Got, Receiver, Say};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const TOKEN: &str = "bearer-of-the-tests";

/// A platform with its people, in the order in which it tells of them.
#[derive(Clone)]
struct Platform {
    receiver: Receiver,
    people: Arc<Mutex<Vec<Value>>>,
    /// It falls down at the page that begins with this person.
    falls_at: Arc<Mutex<Option<usize>>>,
}

fn person(id: &str, name: &str, phone: &str, modified: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": id, "userName": format!("{id}@example.com"),
        "displayName": name, "active": true, "phoneNumbers": [{"value": phone, "type": "mobile"}],
        "meta": {"lastModified": modified}})
}

fn parameter(got: &Got, name: &str) -> Option<String> {
    let query = got.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

impl Platform {
    async fn open(count: usize) -> Platform {
        let people = (1..=count).map(|n| {
            person(&format!("u{n}"), &format!("张{n}"), &format!("138{n:08}"), "2026-11-20T08:00:00Z")
        });
        let own = Platform {
            receiver: Receiver::open().await,
            people: Arc::new(Mutex::new(people.collect())),
            falls_at: Arc::default(),
        };
        own.answers(true);
        own
    }

    /// As a platform does; one that does not filter refuses to.
    fn answers(&self, filters: bool) {
        let (people, falls_at) = (Arc::clone(&self.people), Arc::clone(&self.falls_at));
        self.receiver.rules(move |got| {
            if got.header("authorization") != format!("Bearer {TOKEN}") {
                return Some(Say::Status(401, "{}".to_owned()));
            }
            let people = people.lock().unwrap();
            if let Some(id) = got.uri.path().strip_prefix("/scim/v2/Users/") {
                let found = people.iter().find(|one| one["id"] == id);
                return Some(
                    found.map_or(Say::Status(404, "{}".to_owned()), |one| Say::Status(200, one.to_string())),
                );
            }
            if got.uri.path() != "/scim/v2/Users" {
                return Some(Say::Status(404, String::new()));
            }
            let since = parameter(got, "filter").map(|text| text.split('"').nth(1).unwrap().to_owned());
            if since.is_some() && !filters {
                return Some(Say::Status(400, r#"{"scimType":"invalidFilter"}"#.to_owned()));
            }
            let chosen: Vec<Value> = people
                .iter()
                .filter(|one| {
                    since.as_deref().is_none_or(|since| one["meta"]["lastModified"].as_str().unwrap() > since)
                })
                .cloned()
                .collect();
            let number = |name: &str| parameter(got, name).unwrap().parse::<usize>().unwrap();
            if *falls_at.lock().unwrap() == Some(number("startIndex")) {
                return Some(Say::Status(503, String::new()));
            }
            let page: Vec<Value> =
                chosen.iter().skip(number("startIndex") - 1).take(number("count")).cloned().collect();
            let list =
                json!({"totalResults": chosen.len(), "startIndex": number("startIndex"), "Resources": page});
            Some(Say::Status(200, list.to_string()))
        });
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Value>)) {
        change(&mut self.people.lock().unwrap());
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/scim/v2", self.receiver.port)
    }

    /// How many lists were asked for, and how many of them with a filter.
    fn asked(&self) -> (usize, usize) {
        let got = self.receiver.got();
        self.receiver.forget();
        let lists: Vec<&Got> = got.iter().filter(|got| got.uri.path().ends_with("/Users")).collect();
        (lists.len(), lists.iter().filter(|got| parameter(got, "filter").is_some()).count())
    }
}

fn change(version: i64, url: &str, token: Option<&str>) -> Value {
    json!({"version": version, "url": url, "enabled": true, "page_size": 2, "token": token})
}

async fn put(house: &House, body: &Value) -> super::house::Answer {
    let admin = house.sign_in("admin").await;
    house.send("PUT", "/customer-source/pull", &admin, Some(&body.to_string()), &[]).await
}

async fn synced_by(house: &House, wish: Value) -> Value {
    let admin = house.sign_in("admin").await;
    house.post("/customer-source/pull/runs", &admin, &wish.to_string()).await.ok();
    loop {
        let state = house.get("/customer-source/pull", &admin).await.ok().json.clone();
        if state["running"] == false {
            return state["pull"]["last"].clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn synced(house: &House) -> Value {
    synced_by(house, json!({"whole": false, "gone_accepted": false})).await
}

fn counts(round: &Value) -> [i64; 5] {
    ["total_count", "new_count", "changed_count", "gone_count", "refused_count"]
        .map(|name| round[name].as_i64().unwrap())
}

/// Name, status and version of each.
async fn customers(house: &House) -> Vec<(String, String)> {
    let admin = house.sign_in("admin").await;
    let list = house.get("/customers?source=pull&limit=100", &admin).await;
    let mut all: Vec<_> = list.ok().json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap().to_owned(), one["status"].as_str().unwrap().to_owned()))
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn r5_4_class_people_come_page_by_page_and_later_only_those_who_have_changed() {
    for house in houses_outbound().await {
        house.furnish().await;
        let platform = Platform::open(5).await;
        put(&house, &change(0, &platform.url(), Some(TOKEN))).await.ok();
        let first = synced(&house).await;
        assert_eq!(
            (counts(&first), &first["error"], &first["was_whole"]),
            ([5, 5, 0, 0, 0], &Value::Null, &json!(true))
        );
        assert_eq!(platform.asked(), (3, 0), "pages of two");
        assert_eq!(customers(&house).await.len(), 5);

        // Nobody has changed: asked with a filter, and nothing is written.
        let version = async || {
            let sum = house.app.engine.store.read(|conn| {
                conn.one("SELECT CAST(SUM(version) AS BIGINT) FROM customer", &[], |row| row.int(0))
            });
            sum.await.unwrap()
        };
        let before = version().await;
        let second = synced(&house).await;
        assert_eq!((&counts(&second)[1..], &second["was_whole"]), (&[0, 0, 0, 0][..], &json!(false)));
        let asked = platform.asked();
        assert_eq!(asked.0, asked.1, "with a filter");
        assert_eq!(version().await, before);

        platform.change(|people| {
            people[1] = person("u2", "李二", "13900000002", "2026-11-22T08:00:00Z");
            people[1]["active"] = json!(false);
            people.push(person("u6", "张6", "13800000006", "2026-11-22T08:00:00Z"));
        });
        assert_eq!(counts(&synced(&house).await)[1..], [1, 1, 0, 0]);
        let all = customers(&house).await;
        assert!(all.contains(&("李二".to_owned(), "deactivated".to_owned())) && all.len() == 6, "{all:?}");

        // Whoever is gone shows when all are asked for: once a day by itself.
        platform.change(|people| drop(people.remove(0)));
        assert_eq!(counts(&synced(&house).await)[3], 0);
        house.clock.advance(Duration::from_secs(86_400));
        let whole = synced(&house).await;
        assert_eq!((counts(&whole), &whole["was_whole"]), ([5, 0, 0, 1, 0], &json!(true)));
        assert!(customers(&house).await.contains(&("张1".to_owned(), "deactivated".to_owned())));
        // And is known again when they come back.
        platform.change(|people| people.push(person("u1", "张1", "13800000001", "2026-11-25T08:00:00Z")));
        assert_eq!(counts(&synced(&house).await)[1..], [0, 1, 0, 0]);
        assert_eq!(customers(&house).await.iter().filter(|(_, status)| status == "active").count(), 5);

        let admin = house.sign_in("admin").await;
        let list = house.get("/customers?source=pull&name=李二", &admin).await;
        let path = format!("/customers/{}", list.json["items"][0]["id"]);
        let one = house.get(&path, &admin).await;
        assert_eq!(one.ok().json["read_only"], true);
        let body = json!({"version": one.json["version"], "name": "王五"});
        house
            .send("PATCH", &path, &admin, Some(&body.to_string()), &[])
            .await
            .refused(422, "customer.read_only");
        let log = house.get("/audit?noun=customer_source", &admin).await;
        assert!(!log.text.contains(TOKEN), "{}", log.text);
    }
}

#[tokio::test]
async fn r5_4_class_a_source_that_is_down_harms_nobody_and_says_why() {
    let house = house_outbound().await;
    house.furnish().await;
    let platform = Platform::open(3).await;
    put(&house, &change(0, &platform.url(), Some(TOKEN))).await.ok();
    let good = synced(&house).await;
    let broken = [
        (Say::Status(401, String::new()), "拒绝了令牌"),
        (Say::Status(500, "boom".to_owned()), "暂时不可用（500）"),
        (Say::Status(200, "<html>".to_owned()), "不是有效的 SCIM"),
        (Say::Status(200, "{\"Resources\": []}".to_owned()), "totalResults"),
        (Say::Status(200, "{\"totalResults\": 5, \"Resources\": {}}".to_owned()), "Resources"),
        (Say::Status(200, "{\"totalResults\": 9, \"Resources\": []}".to_owned()), "只给出 0 人"),
        (Say::Status(200, "{\"totalResults\": 9000000, \"Resources\": []}".to_owned()), "200 万"),
        (Say::Moved("http://127.0.0.1:1/".to_owned()), "跳转"),
        (Say::Bytes(4 * 1024 * 1024 + 1), "已停止读取"),
    ];
    for (say, word) in broken {
        platform.receiver.says(say);
        let round = synced_by(&house, json!({"whole": true, "gone_accepted": false})).await;
        let error = round["error"]["zh"].as_str().unwrap_or_default();
        assert!(error.contains(word), "{word}: {round}");
        assert_eq!(round["synced_at_ms"], good["synced_at_ms"], "what we have is as old as it was");
        assert_eq!(customers(&house).await.iter().filter(|(_, status)| status == "active").count(), 3);
        let viewer = house.sign_in("a.admin").await;
        let told = house.get("/customer-source", &viewer).await;
        assert_eq!(
            (&told.ok().json["pull_failed"], &told.json["pulled_at_ms"]),
            (&json!(true), &good["synced_at_ms"])
        );
    }
    let run = house.get("/jobs/customer_sync", &house.sign_in("admin").await).await;
    assert_eq!(run.ok().json["last"]["state"], "failed");
    assert_eq!(counts(&synced(&house).await), [3, 0, 0, 0, 0]);
    let told = house.get("/customer-source", &house.sign_in("admin").await).await;
    assert_eq!(told.json["pull_failed"], false);
}

#[tokio::test]
async fn r5_4_boundary_a_filter_is_refused_rows_are_odd_and_pages_overlap() {
    let house = house_outbound().await;
    house.furnish().await;
    let platform = Platform::open(3).await;
    platform.answers(false);
    put(&house, &change(0, &platform.url(), Some(TOKEN))).await.ok();
    synced(&house).await;
    platform.asked();
    platform.change(|people| people[0]["displayName"] = json!("改名"));
    let round = synced(&house).await;
    assert_eq!((counts(&round), &round["was_whole"]), ([3, 0, 1, 0, 0], &json!(true)));
    assert_eq!(platform.asked(), (3, 1), "with a filter first, then all");

    // What cannot be read is told and left out; the others come.
    platform.change(|people| {
        people.push(person("u7", "号码不对", "12345", "2026-11-22T08:00:00Z"));
        people.push(json!({"userName": "no id"}));
        people.push(json!({"id": "u8"}));
        people.push(json!("rubbish"));
        let mut twin = person("u9", "同名", "13800000009", "2026-11-22T08:00:00Z");
        twin["userName"] = json!("U1@example.com");
        people.push(twin);
        people.push(person("u10", "张10", "13800000010", "no time"));
    });
    let round = synced_by(&house, json!({"whole": true, "gone_accepted": false})).await;
    assert_eq!((counts(&round), &round["error"]), ([9, 1, 0, 0, 5], &Value::Null), "{round}");
    let faults = round["faults"].to_string();
    for word in ["phoneNumbers", "没有 id", "userName is required", "userName 已属于", "u9"] {
        assert!(faults.contains(word), "{word}: {faults}");
    }
    for (field, value) in [
        ("page_size", json!(0)),
        ("page_size", json!(1001)),
        ("url", json!("ftp://x")),
        ("url", json!("https://a:b@example.com/")),
        ("url", json!("https://example.com/scim?x=1")),
        ("url", json!("http://10.0.0.1/scim")),
        ("token", json!("")),
        ("token", json!("with blank")),
    ] {
        let mut body = change(1, &platform.url(), None);
        body[field] = value.clone();
        assert_eq!(put(&house, &body).await.refused(400, "field.invalid").json["field"], field, "{value}");
    }
}

#[tokio::test]
async fn r5_4_guess_an_empty_answer_a_stolen_token_and_strangers() {
    let house = house_outbound().await;
    house.furnish().await;
    let platform = Platform::open(30).await;
    let mut body = change(0, &platform.url(), Some(TOKEN));
    body["page_size"] = json!(7);
    put(&house, &body).await.ok();
    synced(&house).await;
    let active = async || customers(&house).await.iter().filter(|(_, status)| status == "active").count();
    // A source that has lost its people takes ours along only when somebody says that it is so.
    platform.change(Vec::clear);
    let round = synced_by(&house, json!({"whole": true, "gone_accepted": false})).await;
    assert!(round["error"]["zh"].as_str().unwrap().contains("没有停用任何人"), "{round}");
    assert_eq!((&round["gone_asked"], active().await), (&json!(30), 30));
    let round = synced_by(&house, json!({"whole": true, "gone_accepted": true})).await;
    assert_eq!((counts(&round)[3], active().await), (30, 0));
    // Not seen on a page, and there all the same: people move between pages while they are read.
    platform.change(|people| people.push(person("u1", "张1", "13800000001", "2026-11-25T08:00:00Z")));
    synced_by(&house, json!({"whole": true, "gone_accepted": false})).await;
    platform.receiver.says(Say::Status(200, "{\"totalResults\": 0}".to_owned()));
    let round = synced_by(&house, json!({"whole": true, "gone_accepted": false})).await;
    assert_eq!((&round["error"], counts(&round)[3], active().await), (&Value::Null, 0, 1), "{round}");

    // The token goes to no other host.
    let thief = Receiver::open().await;
    let mut body = change(1, &format!("http://127.0.0.1:{}/scim/v2", thief.port), None);
    assert_eq!(put(&house, &body).await.refused(400, "field.invalid").json["field"], "token");
    body["url"] = json!(platform.url().replace("/v2", "/v3"));
    put(&house, &body).await.ok();
    put(&house, &body).await.refused(409, "customer_source.version_differs");
    assert!(synced(&house).await["error"]["zh"].as_str().unwrap().contains("404"));
    let admin = house.sign_in("admin").await;
    let checked = house.post("/customer-source/pull/check", &admin, "").await;
    assert_eq!(checked.ok().json["success"], false);
    body["url"] = json!(platform.url());
    body["version"] = json!(2);
    put(&house, &body).await.ok();
    let checked = house.post("/customer-source/pull/check", &admin, "").await;
    assert_eq!((&checked.ok().json["success"], &checked.json["total_count"]), (&json!(true), &json!(1)));
    assert!(!house.get("/customer-source/pull", &admin).await.text.contains(TOKEN));
    body["version"] = json!(3);
    body["enabled"] = json!(false);
    put(&house, &body).await.ok();
    let wish = json!({"whole": false, "gone_accepted": false}).to_string();
    house.post("/customer-source/pull/runs", &admin, &wish).await.refused(422, "customer_source.disabled");
    let theirs = house.sign_in("a.admin").await;
    house.get("/customer-source/pull", &theirs).await.refused(403, "scope.denied");
    house.post("/customer-source/pull/runs", &theirs, &wish).await.refused(403, "scope.denied");
}

#[tokio::test]
async fn r5_4_boundary_a_round_that_breaks_off_keeps_what_it_has_and_the_next_one_begins_anew() {
    for house in houses_outbound().await {
        house.furnish().await;
        let platform = Platform::open(5).await;
        put(&house, &change(0, &platform.url(), Some(TOKEN))).await.ok();
        *platform.falls_at.lock().unwrap() = Some(3);
        let round = synced(&house).await;
        assert_eq!((counts(&round)[1], &round["synced_at_ms"]), (2, &Value::Null));
        assert!(round["error"]["zh"].as_str().unwrap().contains("503"), "{round}");
        assert_eq!(customers(&house).await.len(), 2);
        *platform.falls_at.lock().unwrap() = None;
        let round = synced(&house).await;
        assert_eq!((counts(&round), &round["was_whole"]), ([5, 3, 0, 0, 0], &json!(true)));
        // In the middle of asking for all again: whoever was not told of is not gone.
        *platform.falls_at.lock().unwrap() = Some(5);
        let round = synced_by(&house, json!({"whole": true, "gone_accepted": true})).await;
        assert_eq!((counts(&round)[3], customers(&house).await.len()), (0, 5));
        assert!(customers(&house).await.iter().all(|(_, status)| status == "active"));
    }
}

#[tokio::test]
async fn r5_4_guess_without_a_source_there_is_nothing_to_ask() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    assert_eq!(house.get("/customer-source/pull", &admin).await.ok().json["pull"], Value::Null);
    house.post("/customer-source/pull/check", &admin, "").await.refused(422, "customer_source.missing");
    let wish = json!({"whole": false, "gone_accepted": false}).to_string();
    house.post("/customer-source/pull/runs", &admin, &wish).await.refused(422, "customer_source.missing");
    house.post("/jobs/customer_sync/runs", &admin, "").await.ok();
    // Closed to what is inside.
    let body = json!({"version": 0, "url": "http://127.0.0.1:1/scim", "enabled": true, "page_size": 10, "token": "t"});
    assert_eq!(put(&house, &body).await.refused(400, "field.invalid").json["field"], "url");
}
