//! .c 日类型: seasons, days of the week and dates of a tariff, as pages and scripts ask.

use super::house::{House, houses};
use serde_json::{Value, json};

fn table(price: i64) -> Value {
    let rate = |period| json!({"period": period, "electricity_price_e5": price, "service_price_e5": 40_000});
    let rates = ["sharp", "peak", "flat", "valley"].map(rate);
    json!({"rates": rates, "periods": vec!["flat"; 48]})
}

fn kind(name: &str, price: i64, rule: Value) -> Value {
    let mut kind = table(price);
    kind["name"] = json!(name);
    kind.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
    kind
}

fn draft(kinds: Vec<Value>) -> Value {
    let mut draft = table(100_000);
    draft["name"] = json!("城区");
    draft["kinds"] = Value::Array(kinds);
    draft
}

fn city() -> Value {
    let mut draft = draft(vec![
        kind("夏季", 130_000, json!({"season": {"from_mmdd": 601, "to_mmdd": 831}})),
        kind("周末", 80_000, json!({"weekdays": [7, 6]})),
        kind("春节", 70_000, json!({"dates": [20_260_218, 20_260_217]})),
    ]);
    draft["workdays"] = json!([20_260_214]);
    draft
}

async fn refused(house: &House, cookie: &str, draft: &Value, field: &str) -> String {
    let answer = house.post("/tariffs", cookie, &draft.to_string()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json["code"]),
        (400, &json!("field.invalid")),
        "{}",
        answer.text
    );
    assert_eq!(answer.json["field"], json!(field), "{}", answer.text);
    answer.json["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn r5_3_c_class_days_of_a_version_are_kept_shown_and_counted() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let made = house.post("/tariffs", &cookie, &city().to_string()).await;
        let id = made.ok().json["id"].as_i64().unwrap();
        let list = house.get("/tariffs", &cookie).await;
        let one = list.ok().json["items"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
        let kinds = one["kinds"].as_array().unwrap();
        let numbers: Vec<i64> = kinds.iter().map(|kind| kind["model_no"].as_i64().unwrap()).collect();
        let first = one["model_no"].as_i64().unwrap();
        assert_eq!(numbers, [first + 1, first + 2, first + 3], "each table has its own number");
        assert_eq!((&kinds[0]["season"]["to_mmdd"], &kinds[1]["weekdays"]), (&json!(831), &json!([6, 7])));
        assert_eq!(
            (&kinds[2]["dates"], &one["workdays"]),
            (&json!([20_260_217, 20_260_218]), &json!([20_260_214]))
        );
        // It is Monday, the 23rd of November.
        assert_eq!((&one["today"]["name"], &one["today"]["price_e5"]), (&Value::Null, &json!(140_000)));
        assert_eq!(one["today"]["next"], json!({"day": 20_261_128, "place": 2, "name": "周末"}));
        let year = house.get(&format!("/tariffs/{id}/days?year=2026"), &cookie).await;
        let places = year.ok().json["places"].as_array().unwrap();
        let count = |place: i64| places.iter().filter(|at| **at == json!(place)).count();
        assert_eq!((places.len(), count(1), count(3)), (365, 92, 2));
        assert_eq!(
            (&places[44], &places[47], &places[151]),
            (&json!(0), &json!(3), &json!(1)),
            "14 and 17 Feb, 1 June"
        );
        // The next version gets numbers after these.
        let next = house.post("/tariffs", &cookie, &draft(Vec::new()).to_string()).await;
        let id = next.ok().json["id"].clone();
        let list = house.get("/tariffs", &cookie).await;
        let one = list.ok().json["items"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
        assert_eq!((one["model_no"].as_i64(), &one["kinds"]), (Some(first + 4), &json!([])));
        // What the State Council has announced.
        let holidays = house.get("/holidays", &cookie).await;
        let years = holidays.ok().json["items"].as_array().unwrap();
        assert_eq!(
            years.iter().map(|year| year["year"].as_i64().unwrap()).collect::<Vec<i64>>(),
            [2022, 2023, 2024, 2025, 2026]
        );
        assert_eq!(years[4]["holidays"][1]["days"][0], 20_260_215);
        let station = house.get("/stations/1/tariffs", &cookie).await;
        assert_eq!(
            station.ok().json["items"][0]["today"]["next"],
            Value::Null,
            "all days of the first are alike"
        );
    }
}

#[tokio::test]
async fn r5_3_c_boundary_days_and_their_number() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let dated = |dates: &[i64]| draft(vec![kind("节假日", 1, json!({"dates": dates}))]);
        for (day, fine) in [
            (20_200_101, true),
            (20_991_231, true),
            (20_191_231, false),
            (21_000_101, false),
            (20_280_229, true),
            (20_270_229, false),
            (20_260_431, false),
        ] {
            let draft = dated(&[day]);
            match fine {
                true => drop(house.post("/tariffs", &cookie, &draft.to_string()).await.ok()),
                false => drop(refused(&house, &cookie, &draft, "kinds.dates").await),
            }
        }
        let seasonal = |from: i64, to: i64| {
            draft(vec![kind("季", 1, json!({"season": {"from_mmdd": from, "to_mmdd": to}}))])
        };
        for (from, to) in [(229, 229), (101, 1_231), (1_231, 101), (1_001, 331)] {
            house.post("/tariffs", &cookie, &seasonal(from, to).to_string()).await.ok();
        }
        for (from, to) in [(230, 301), (0, 101), (1_301, 101), (101, 100), (-101, 101), (431, 501)] {
            refused(&house, &cookie, &seasonal(from, to), "kinds.season").await;
        }
        let many = |count: i64| {
            let day = |at: i64| kind(&format!("日{at}"), 1, json!({"dates": [20_260_101 + at]}));
            draft((0..count).map(day).collect())
        };
        house.post("/tariffs", &cookie, &many(8).to_string()).await.ok();
        refused(&house, &cookie, &many(9), "kinds").await;
        let named = |name: &str| draft(vec![kind(name, 1, json!({"weekdays": [1]}))]);
        house.post("/tariffs", &cookie, &named("一二三四五六七八九十一二三四五六").to_string()).await.ok();
        refused(&house, &cookie, &named("一二三四五六七八九十一二三四五六七"), "kinds.name").await;
        refused(&house, &cookie, &named(" "), "kinds.name").await;
        // Seasons may touch; sharing their border day they meet on it.
        let two = |first_ends: i64| {
            draft(vec![
                kind("春季", 1, json!({"season": {"from_mmdd": 301, "to_mmdd": first_ends}})),
                kind("夏季", 1, json!({"season": {"from_mmdd": 601, "to_mmdd": 831}})),
            ])
        };
        house.post("/tariffs", &cookie, &two(531).to_string()).await.ok();
        let text = refused(&house, &cookie, &two(601), "kinds.rule").await;
        assert!(text.contains("“春季”与“夏季”") && text.contains("2027-06-01"), "{text}");
        for (year, status) in [(2020, 200), (2099, 200), (2019, 400), (2100, 400)] {
            assert_eq!(
                house.get(&format!("/tariffs/1/days?year={year}"), &cookie).await.status,
                status,
                "{year}"
            );
        }
        let leap = house.get("/tariffs/1/days?year=2028", &cookie).await;
        assert_eq!(leap.ok().json["places"].as_array().unwrap().len(), 366);
    }
}

#[tokio::test]
async fn r5_3_c_guess_rules_that_do_not_fit() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let clash = |one: Value, other: Value| draft(vec![kind("甲", 1, one), kind("乙", 1, other)]);
        let text = refused(
            &house,
            &cookie,
            &clash(json!({"dates": [20_260_217]}), json!({"dates": [20_260_216, 20_260_217]})),
            "kinds.rule",
        )
        .await;
        assert!(text.contains("“甲”与“乙”") && text.contains("2026-02-17"), "{text}");
        let text = refused(
            &house,
            &cookie,
            &clash(json!({"weekdays": [6, 7]}), json!({"weekdays": [7]})),
            "kinds.rule",
        )
        .await;
        assert!(text.contains("2026-11-29"), "the first Sunday from today: {text}");
        let mut worked = draft(vec![kind("春节", 1, json!({"dates": [20_260_214]}))]);
        worked["workdays"] = json!([20_260_214]);
        let text = refused(&house, &cookie, &worked, "kinds.rule").await;
        assert!(text.contains("调休上班日"), "{text}");
        worked["workdays"] = json!([20_260_230]);
        refused(&house, &cookie, &worked, "workdays").await;
        refused(&house, &cookie, &draft(vec![kind("空", 1, json!({}))]), "kinds.rule").await;
        refused(&house, &cookie, &draft(vec![kind("空", 1, json!({"weekdays": [0]}))]), "kinds.weekdays")
            .await;
        let twice =
            draft(vec![kind("甲", 1, json!({"weekdays": [1]})), kind("甲", 1, json!({"weekdays": [2]}))]);
        refused(&house, &cookie, &twice, "kinds.name").await;
        refused(
            &house,
            &cookie,
            &draft(vec![kind("贵", 10_000_001, json!({"weekdays": [1]}))]),
            "kinds.rates.electricity_price_e5",
        )
        .await;
        let mut short = draft(vec![kind("短", 1, json!({"weekdays": [1]}))]);
        short["kinds"][0]["periods"] = json!(vec!["flat"; 47]);
        refused(&house, &cookie, &short, "kinds.periods").await;
        // What is no rule at all is refused too, and nothing was published by any of this.
        for wrong in [
            json!({"season": {"from_mmdd": 601}}),
            json!({"season": "夏"}),
            json!({"weekdays": ["6"]}),
            json!({"holiday": true}),
        ] {
            let answer =
                house.post("/tariffs", &cookie, &draft(vec![kind("甲", 1, wrong)]).to_string()).await;
            assert_eq!(answer.status, 400, "{}", answer.text);
        }
        let list = house.get("/tariffs", &cookie).await;
        assert!(list.ok().json["items"].as_array().unwrap().iter().all(|one| one["name"] != "城区"));
        assert_eq!(house.get("/tariffs/99/days?year=2026", &cookie).await.status, 404);
        assert_eq!(house.get("/tariffs/1/days", &cookie).await.status, 400);
        let preview =
            json!({"year": 2026, "kinds": [{"name": "周末", "weekdays": [6, 7]}], "workdays": [20_260_718]});
        let year = house.post("/tariffs/preview", &cookie, &preview.to_string()).await;
        assert_eq!((&year.ok().json["places"][198], &year.json["places"][199]), (&json!(0), &json!(1)));
    }
}
