//! R-5.x 用户端运营, 司机端运营: what the apps show, to whom and when; messages, prices for drivers.
//! Coupons are in `r5_x_coupon.rs`.

use super::house::{Answer, House, NOON, house, houses};
use serde_json::{Value, json};
use std::time::Duration;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
const HOUR: i64 = 3_600_000;

fn notice(title: &str) -> Value {
    json!({"audience": "customer", "kind": "notice", "title": title, "body": "正文"})
}

fn with(mut draft: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        draft[key] = value.clone();
    }
    draft
}

async fn create(house: &House, cookie: &str, draft: &Value) -> i64 {
    house.post("/contents", cookie, &draft.to_string()).await.ok().json["id"].as_i64().unwrap()
}

async fn status(house: &House, cookie: &str, id: i64, status: &str) -> Answer {
    let version = house.get(&format!("/contents/{id}"), cookie).await.ok().json["version"].clone();
    let body = json!({"version": version, "status": status}).to_string();
    house.send("PUT", &format!("/contents/{id}/status"), cookie, Some(&body), &[]).await
}

async fn published(house: &House, cookie: &str, draft: &Value) -> i64 {
    let id = create(house, cookie, draft).await;
    status(house, cookie, id, "published").await.ok();
    id
}

async fn picture(house: &House, cookie: &str, id: i64, body: &[u8]) -> Answer {
    let headers = [("content-type", "image/png"), ("cookie", cookie)];
    house.send_bytes("POST", &format!("/contents/{id}/pictures"), body, &headers).await
}

/// The titles that an app is given, in its order.
async fn shown(house: &House, query: &str) -> Vec<String> {
    let answer = house.get(&format!("/public/content?{query}"), "").await;
    let items = answer.ok().json["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn fleet(house: &House, cookie: &str, name: &str) -> i64 {
    let draft = json!({"name": name}).to_string();
    house.post("/fleets", cookie, &draft).await.ok().json["id"].as_i64().unwrap()
}

#[tokio::test]
async fn r5_x_class_content_goes_out_at_its_time_to_its_city_and_group() {
    for house in houses().await {
        house.furnish().await;
        house.post("/cities", &house.sign_in("admin").await, r#"{"codes":["440300"]}"#).await.ok();
        let cookie = house.sign_in("operations").await;
        let own = fleet(&house, &cookie, "江城网约车").await;
        for (title, more) in [
            ("全部", json!({})),
            ("武汉", json!({"cities": ["420100"]})),
            ("深圳", json!({"cities": ["440300", "440300"]})),
            ("个人", json!({"group": "person"})),
            ("车队", json!({"group": "fleet", "fleet_id": own})),
            ("在前", json!({"rank": 9})),
            ("稍后", json!({"from_ms": NOON + HOUR})),
            ("一小时", json!({"until_ms": NOON + HOUR})),
            ("甲的", json!({"operator_id": 1})),
            ("司机的", json!({"audience": "driver"})),
        ] {
            published(&house, &cookie, &with(notice(title), more)).await;
        }
        create(&house, &cookie, &notice("草稿")).await;
        let all = ["在前", "甲的", "一小时", "全部"];
        assert_eq!(shown(&house, "audience=customer").await, all);
        let wuhan = ["在前", "甲的", "一小时", "武汉", "全部"];
        assert_eq!(shown(&house, "audience=customer&city_code=420100").await, wuhan);
        let person = shown(&house, "audience=customer&city_code=440300&customer_kind=person").await;
        assert_eq!(person, ["在前", "甲的", "一小时", "个人", "深圳", "全部"]);
        let driver = shown(&house, &format!("audience=customer&customer_kind=driver&fleet_id={own}")).await;
        assert_eq!(driver, ["在前", "甲的", "一小时", "车队", "全部"]);
        assert_eq!(shown(&house, "audience=customer&operator_id=2").await, ["在前", "一小时", "全部"]);
        assert_eq!(shown(&house, "audience=driver").await, ["司机的"]);
        // The preview of the console shows the same, at any moment.
        let later = format!("/contents/shown?audience=customer&at_ms={}", NOON + HOUR);
        let preview = house.get(&later, &cookie).await;
        let titles: Vec<_> =
            preview.ok().json["items"].as_array().unwrap().iter().map(|one| one["title"].clone()).collect();
        house.clock.advance(Duration::from_millis(HOUR.unsigned_abs()));
        assert_eq!(json!(titles), json!(shown(&house, "audience=customer").await));
        assert_eq!(titles, ["在前", "甲的", "稍后", "全部"]);
    }
}

#[tokio::test]
async fn r5_x_class_a_list_is_narrowed_by_each_filter_and_states_follow_the_clock() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        published(&house, &cookie, &notice("公告 100%")).await;
        published(&house, &cookie, &with(notice("稍后"), json!({"from_ms": NOON + 1}))).await;
        published(&house, &cookie, &with(notice("将止"), json!({"until_ms": NOON + 1}))).await;
        let gone = published(&house, &cookie, &with(notice("撤回"), json!({"operator_id": 2}))).await;
        status(&house, &cookie, gone, "withdrawn").await.ok();
        create(
            &house,
            &cookie,
            &json!({"audience": "driver", "kind": "faq", "title": "怎么充电", "body": "扫码",
            "topic": "charging", "group": "driver", "cities": ["420100"]}),
        )
        .await;
        let counts = |cases: &'static [(&'static str, i64)]| {
            let (house, cookie) = (&house, cookie.clone());
            async move {
                for (query, total) in cases {
                    let answer = house.get(&format!("/contents?{query}"), &cookie).await;
                    assert_eq!(answer.ok().json["total"], *total, "{query}");
                }
            }
        };
        counts(&[
            ("", 5),
            ("audience=customer", 4),
            ("audience=staff", 0),
            ("kinds=faq", 1),
            ("kinds=notice,faq", 5),
            ("title=100%25", 1),
            ("title=%25", 1),
            ("group=driver", 1),
            ("city_code=440300", 4),
            ("city_code=420100", 5),
            ("operator_name=%E4%B9%99", 1),
            ("topic=charging", 1),
            ("event=refund", 0),
            ("state=draft", 1),
            ("state=scheduled", 1),
            ("state=published", 2),
            ("state=withdrawn", 1),
            ("state=ended", 0),
        ])
        .await;
        house.clock.advance(Duration::from_millis(1));
        counts(&[("state=scheduled", 0), ("state=published", 2), ("state=ended", 1)]).await;
        let ended =
            house.get("/contents?state=ended", &cookie).await.json["items"][0]["id"].as_i64().unwrap();
        status(&house, &cookie, ended, "withdrawn").await.ok();
        let again = status(&house, &cookie, ended, "published").await;
        assert_eq!(again.refused(400, "field.invalid").json["field"], "until_ms");
        house.get("/contents?kinds=notice,none", &cookie).await.refused(400, "field.invalid");
        // Two to a page.
        let first = house.get("/contents?limit=2", &cookie).await;
        let cursor = first.ok().json["next_cursor"].as_str().unwrap().to_owned();
        let second = house.get(&format!("/contents?limit=2&cursor={cursor}"), &cookie).await;
        assert_eq!(second.ok().json["items"][0]["title"], "将止");
    }
}

#[tokio::test]
async fn r5_x_class_an_app_asks_again_for_a_few_bytes() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("operations").await;
    published(&house, &cookie, &notice("甲")).await;
    let first = house.get("/public/content?audience=customer", "").await;
    let tag = first.ok().headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.headers["cache-control"], "public, max-age=60");
    let again = |known: String| {
        let house = &house;
        async move {
            let headers = [("if-none-match", known.as_str())];
            house.send("GET", "/public/content?audience=customer", "", None, &headers).await
        }
    };
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = again(known.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""), "{known}");
        assert_eq!(answer.headers["etag"], tag.as_str());
    }
    published(&house, &cookie, &notice("乙")).await;
    let changed = again(tag.clone()).await;
    assert_eq!(changed.ok().json["total"], 2);
    assert_ne!(changed.headers["etag"], tag.as_str());
    // What is wrong is kept by nobody.
    let wrong = house.get("/public/content?audience=nobody", "").await;
    wrong.refused(400, "field.invalid");
    assert_eq!(wrong.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn r5_x_class_a_banner_needs_its_picture_and_the_public_sees_it_while_it_is_shown() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let draft =
            json!({"audience": "customer", "kind": "banner", "title": "立减", "link": "/pages/coupon/index"});
        let id = create(&house, &cookie, &draft).await;
        status(&house, &cookie, id, "published").await.refused(422, "content.picture_missing");
        let kept = picture(&house, &cookie, id, PNG).await.ok().json["id"].as_i64().unwrap();
        let public = format!("/public/content-pictures/{kept}");
        house.get(&public, "").await.refused(404, "content.not_found");
        house.get(&format!("/content-pictures/{kept}"), &cookie).await.ok();
        status(&house, &cookie, id, "published").await.ok();
        let seen = house.get(&public, "").await;
        assert_eq!(seen.ok().headers["content-type"], "image/png");
        assert_eq!(seen.headers["cache-control"], "public, max-age=3600");
        let one = house.get("/public/content?audience=customer", "").await.json["items"][0].clone();
        assert_eq!((&one["pictures"], &one["link"]), (&json!([kept]), &json!("/pages/coupon/index")));
        let path = format!("/content-pictures/{kept}");
        house.send("DELETE", &path, &cookie, None, &[]).await.refused(422, "content.picture_needed");
        status(&house, &cookie, id, "withdrawn").await.ok();
        house.get(&public, "").await.refused(404, "content.not_found");
        house.send("DELETE", &path, &cookie, None, &[]).await.ok();
        status(&house, &cookie, id, "published").await.refused(422, "content.picture_missing");
        let gone = house.send("DELETE", &format!("/contents/{id}"), &cookie, None, &[]).await;
        gone.refused(422, "content.not_draft");
    }
}

#[tokio::test]
async fn r5_x_class_a_message_is_checked_against_what_its_event_can_tell() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("operations").await;
    let events = house.get("/message-events", &cookie).await;
    assert_eq!(events.ok().json["items"][0]["event"], "charge_start");
    let message = |body: &str| {
        json!({"audience": "customer", "kind": "message", "event": "charge_end", "title": "充电完成",
            "body": body})
    };
    let check = |draft: Value| {
        let (house, cookie) = (&house, cookie.clone());
        async move { house.post("/contents/check", &cookie, &json!({"content": draft}).to_string()).await }
    };
    let good = check(message("您在{station_name}充入 {energy_kwh} 度，共 {total_yuan} 元。")).await;
    assert_eq!(
        good.ok().json["blocks"][0]["spans"][0]["text"],
        "您在光谷广场充电站充入 32.56 度，共 45.58 元。"
    );
    for bad in ["退款 {refund_yuan} 元", "{station_name", "}", "{}"] {
        let answer = check(message(bad)).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "body", "{bad}");
    }
    let no_event = with(message("好"), json!({"event": null}));
    assert_eq!(check(no_event).await.refused(400, "field.invalid").json["field"], "event");
    // It is sent, and never shown.
    published(&house, &cookie, &message("已充满")).await;
    assert!(shown(&house, "audience=customer").await.is_empty());
}

#[tokio::test]
async fn r5_x_class_staff_read_their_notices_on_the_home_page() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let staff = |title: &str| json!({"audience": "staff", "kind": "notice", "title": title, "body": "今晚 **升级**"});
        published(&house, &admin, &staff("全体")).await;
        published(&house, &admin, &with(staff("甲的员工"), json!({"operator_id": 1}))).await;
        create(&house, &admin, &staff("草稿")).await;
        for (account, titles) in [("viewer", json!(["全体"])), ("a.viewer", json!(["甲的员工", "全体"]))]
        {
            let list = house.get("/home/notices", &house.sign_in(account).await).await;
            let told: Vec<_> =
                list.ok().json["items"].as_array().unwrap().iter().map(|one| one["title"].clone()).collect();
            assert_eq!(json!(told), titles, "{account}");
            assert_eq!(
                list.json["items"][0]["blocks"][0]["spans"][1],
                json!({"text": "升级", "bold": true, "link": null})
            );
        }
        // Nobody outside reads them.
        let outside = house.get("/public/content?audience=staff", "").await;
        assert_eq!(outside.refused(400, "field.invalid").json["field"], "audience");
    }
}

fn price() -> Value {
    json!({"name": "夜间司机价", "fee": "service", "cut": "percent", "percent_off": 25, "group": "driver",
        "area": {"kind": "cities", "cities": ["420100"]}, "weekdays": [1, 2, 3], "from_minute": 1320, "to_minute": 360})
}

#[tokio::test]
async fn r5_x_class_a_price_for_drivers_is_kept_shown_and_audited() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("operations").await;
        let made = house.post("/driver-prices", &cookie, &price().to_string()).await;
        let path = format!("/driver-prices/{}", made.ok().json["id"]);
        let one = house.get(&path, &cookie).await;
        assert_eq!(one.ok().json["state"], "draft");
        assert_eq!(one.json["area_names"], json!(["武汉"]));
        let rate = &one.json["example"]["rates"][0];
        assert_eq!(rate["before"]["service_price_e5"], 40_000);
        assert_eq!(rate["after"]["service_price_e5"], 30_000);
        assert_eq!(rate["after"]["electricity_price_e5"], 60_000);
        let publish = json!({"version": 1, "status": "published"}).to_string();
        house.send("PUT", &format!("{path}/status"), &cookie, Some(&publish), &[]).await.ok();
        house.send("DELETE", &path, &cookie, None, &[]).await.refused(422, "content.not_draft");
        for (query, total) in [
            ("fee=service", 1),
            ("fee=electricity", 0),
            ("group=driver", 1),
            ("state=published", 1),
            ("name=%E5%A4%9C", 1),
            ("fleet_name=x", 0),
            ("operator_name=x", 0),
        ] {
            let list = house.get(&format!("/driver-prices?{query}"), &cookie).await;
            assert_eq!(list.ok().json["total"], total, "{query}");
        }
        // The apps are not told of prices: the bill shows what they take off.
        assert!(!house.get("/public/content?audience=driver", "").await.text.contains("夜间司机价"));
        let log = house.get("/audit?noun=driver_price", &house.sign_in("admin").await).await;
        assert_eq!(log.ok().json["total"], 2);
    }
}

#[tokio::test]
async fn r5_x_boundary_texts_pictures_times_and_places_at_their_limits() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("operations").await;
    let cases = [
        (json!({"title": "字".repeat(60)}), None),
        (json!({"title": "字".repeat(61)}), Some("title")),
        (json!({"title": "  "}), Some("title")),
        (json!({"body": "字".repeat(5_000)}), None),
        (json!({"body": "字".repeat(5_001)}), Some("body")),
        (json!({"body": " "}), Some("body")),
        (json!({"rank": 999}), None),
        (json!({"rank": 1_000}), Some("rank")),
        (json!({"rank": -1}), Some("rank")),
        (json!({"from_ms": 10, "until_ms": 11}), None),
        (json!({"from_ms": 10, "until_ms": 10}), Some("until_ms")),
        (json!({"link": format!("https://a.example/{}", "x".repeat(282))}), None),
        (json!({"link": format!("https://a.example/{}", "x".repeat(283))}), Some("link")),
        (json!({"audience": "driver", "kind": "task", "metric": "orders", "goal": 100_000}), None),
        (json!({"audience": "driver", "kind": "task", "metric": "orders", "goal": 100_001}), Some("goal")),
        (json!({"audience": "driver", "kind": "task", "metric": "orders", "goal": 0}), Some("goal")),
        (json!({"audience": "driver", "kind": "task", "metric": "energy", "goal": 10_000}), None),
        (json!({"audience": "driver", "kind": "task", "metric": "energy", "goal": 9_999}), Some("goal")),
        (json!({"kind": "banner", "title": "字".repeat(30), "body": null}), None),
        (json!({"kind": "banner", "title": "字".repeat(31), "body": null}), Some("title")),
    ];
    for (more, field) in cases {
        let answer = house.post("/contents", &cookie, &with(notice("公告"), more.clone()).to_string()).await;
        match field {
            None => drop(answer.ok()),
            Some(field) => {
                assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{more}");
            }
        }
    }
    let id = create(&house, &cookie, &notice("六张")).await;
    for n in 0..6u8 {
        picture(&house, &cookie, id, &[PNG, &[n]].concat()).await.ok();
    }
    let seventh = picture(&house, &cookie, id, &[PNG, &[6]].concat()).await;
    assert_eq!(seventh.refused(400, "field.invalid").json["field"], "photo");
    let mut large = PNG.to_vec();
    large.resize(5 * 1024 * 1024 + 1, 0);
    let other = create(&house, &cookie, &notice("大图")).await;
    assert_eq!(picture(&house, &cookie, other, &large).await.status.as_u16(), 400);
    large.truncate(5 * 1024 * 1024);
    picture(&house, &cookie, other, &large).await.ok();
    // Hours of a day and the share of a price.
    for (more, field) in [
        (json!({"percent_off": 100}), None),
        (json!({"percent_off": 101}), Some("percent_off")),
        (json!({"from_minute": 0, "to_minute": 1_440}), None),
        (json!({"from_minute": 0, "to_minute": 1_441}), Some("to_minute")),
        (json!({"weekdays": []}), Some("weekdays")),
        (json!({"weekdays": [8]}), Some("weekdays")),
        (json!({"area": {"kind": "stations", "stations": []}}), Some("area")),
        (json!({"group": "fleet"}), Some("fleet_id")),
    ] {
        let answer = house.post("/driver-prices", &cookie, &with(price(), more.clone()).to_string()).await;
        match field {
            None => drop(answer.ok()),
            Some(field) => {
                assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{more}");
            }
        }
    }
}

#[tokio::test]
async fn r5_x_boundary_an_address_may_read_three_hundred_times_at_once() {
    let house = house().await;
    for _ in 0..300 {
        house.get("/public/content?audience=customer", "").await.ok();
    }
    let limited = house.get("/public/content?audience=customer", "").await;
    limited.refused(429, "content.limited");
    assert!(limited.headers.contains_key("retry-after"));
    house.clock.advance(Duration::from_millis(100));
    house.get("/public/content?audience=customer", "").await.ok();
}

#[tokio::test]
async fn r5_x_guess_what_is_typed_is_text_and_wrong_pieces_are_told_at_their_field() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("operations").await;
    let script = "<script>alert(1)</script> <img src=x onerror=alert(1)>";
    let id = published(&house, &cookie, &with(notice(script), json!({"body": script}))).await;
    let one = house.get("/public/content?audience=customer", "").await.json["items"][0].clone();
    assert_eq!(
        one["blocks"],
        json!([{"kind": "paragraph", "spans": [{"text": script, "bold": false, "link": null}]}])
    );
    assert_eq!(house.get(&format!("/contents/{id}"), &cookie).await.json["title"], script);
    for (more, field) in [
        (json!({"body": "[领券](javascript:alert(1))"}), "body"),
        (json!({"link": "javascript:alert(1)"}), "link"),
        (json!({"link": "https://bank.example@evil.example/"}), "link"),
        (json!({"title": "换\n行"}), "title"),
        (json!({"body": "\u{7}"}), "body"),
        (json!({"cities": ["110000"]}), "cities"),
        (json!({"cities": ["420100,440300"]}), "cities"),
        (json!({"group": "fleet", "fleet_id": 99}), "fleet_id"),
        (json!({"fleet_id": 1}), "fleet_id"),
        (json!({"operator_id": 99}), "operator_id"),
        (json!({"kind": "task", "metric": "orders", "goal": 5}), "kind"),
        (json!({"audience": "driver", "group": "person"}), "group"),
        (json!({"topic": "other"}), "topic"),
        (json!({"event": "refund"}), "event"),
        (json!({"goal": 5}), "goal"),
        (json!({"coupon_id": 1}), "coupon_id"),
        (json!({"kind": "activity", "coupon_id": 99}), "coupon_id"),
        (json!({"audience": "staff", "cities": ["420100"]}), "cities"),
        (json!({"kind": "nothing"}), "kind"),
        (json!({"extra": 1}), "extra"),
    ] {
        let answer = house.post("/contents", &cookie, &with(notice("公告"), more.clone()).to_string()).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{more}");
    }
    let gif = picture(&house, &cookie, id, b"GIF89a").await;
    assert_eq!(gif.refused(400, "field.invalid").json["field"], "photo");
    picture(&house, &cookie, id, PNG).await.ok();
    assert_eq!(picture(&house, &cookie, id, PNG).await.refused(400, "field.invalid").json["field"], "photo");
    house.get("/public/content?audience=customer&city_code=1", "").await.refused(400, "field.invalid");
    house.get("/public/content?audience=customer&all=1", "").await.refused(400, "field.invalid");
    // Two people at once, a second click, and what somebody else has taken away.
    let body = json!({"version": 1, "content": notice("改")}).to_string();
    let path = format!("/contents/{id}");
    house.send("PATCH", &path, &cookie, Some(&body), &[]).await.refused(409, "content.version_differs");
    status(&house, &cookie, id, "published").await.refused(422, "content.same_status");
    house.get("/contents/99", &cookie).await.refused(404, "content.not_found");
    house.send("DELETE", "/contents/99", &cookie, None, &[]).await.refused(404, "content.not_found");
}

#[tokio::test]
async fn r5_x_guess_an_operator_reads_what_the_platform_says_and_changes_its_own_alone() {
    let house = house().await;
    house.furnish().await;
    let (admin, own) = (house.sign_in("admin").await, house.sign_in("a.admin").await);
    let platform = published(&house, &admin, &notice("平台公告")).await;
    let foreign = published(&house, &admin, &with(notice("乙的公告"), json!({"operator_id": 2}))).await;
    house.get(&format!("/contents/{platform}"), &own).await.ok();
    status(&house, &own, platform, "withdrawn").await.refused(403, "scope.denied");
    house.get(&format!("/contents/{foreign}"), &own).await.refused(404, "content.not_found");
    let mine = create(&house, &own, &notice("本站公告")).await;
    assert_eq!(house.get(&format!("/contents/{mine}"), &admin).await.json["operator_id"], 1);
    status(&house, &own, mine, "published").await.ok();
    let preview = house.get("/contents/shown?audience=customer", &own).await;
    assert_eq!(preview.ok().json["total"], 2, "the platform's and its own");
    let service = house.sign_in("service").await;
    house.post("/contents", &service, &notice("x").to_string()).await.refused(403, "permission.denied");
    house.get("/contents", &service).await.ok();
}
