//! How the routes of work orders are asked for well; as in `samples.rs`.

use super::house::House;
use super::samples::About::*;
use super::samples::{PICTURE, Sample, asked};
use engine::audit::Actor;
use serde_json::json;

pub const SAMPLES: &[Sample] = &[
    asked("overview_get", List, "/overview", ""),
    asked("board_get", Thing, "/stations/{station}/board", ""),
    asked("work_order_list", List, "/work-orders", ""),
    asked("work_order_get", Thing, "/work-orders/{work_order}", ""),
    asked(
        "work_order_create",
        Field("station_id"),
        "/work-orders",
        r#"{"request_id":"sample-{n}-000000","level":"minor","title":"更换枪线","station_id":{station}}"#,
    ),
    asked(
        "work_order_update",
        Thing,
        "/work-orders/{work_order}",
        r#"{"version":1,"action":"note","text":"已联系现场"}"#,
    ),
    asked("work_order_photo_create", Thing, "/work-orders/{work_order}/photos", PICTURE),
    asked("work_order_photo_get", Thing, "/work-order-photos/{work_order_photo}", ""),
    asked("work_order_handler_list", ListOfOperator, "/work-order-handlers", ""),
    asked("work_order_limit_list", Shared, "/work-order-limits", ""),
    asked(
        "work_order_limit_set",
        Platform,
        "/work-order-limits",
        r#"{"level":"minor","accept_minutes":60,"finish_minutes":600}"#,
    ),
    asked("work_order_export", List, "/exports/work-orders", r#"{"format":"csv"}"#),
    asked("inspection_plan_list", Platform, "/inspection-plans", ""),
    asked(
        "inspection_plan_create",
        Platform,
        "/inspection-plans",
        r#"{"name":"计划{n}","station_ids":[1],"items":["灭火器"],"every_days":30,"level":"minor","enabled":false}"#,
    ),
    asked(
        "inspection_plan_update",
        Platform,
        "/inspection-plans/1",
        r#"{"version":1,"name":"月检","station_ids":[1],"items":["灭火器"],"every_days":30,"level":"minor","enabled":false}"#,
    ),
    asked("inspection_plan_delete", Platform, "/inspection-plans/1", ""),
];

/// A work order of this pile with a photo: their ids.
pub async fn ordered(house: &House, code: &str, name: &str) -> [String; 2] {
    let engine = &house.app.engine;
    let draft = json!({"request_id": format!("thing-{code}-0000"), "level": "minor", "title": format!("{name}站检修"),
        "pile_code": code});
    let draft = serde_json::from_value(draft).unwrap();
    let id = engine.work_order_create(&Actor::local(), draft).await.unwrap().id;
    let body = include_bytes!("../../src/demo/photos/place.jpg").to_vec();
    engine.work_order_photo_create(&Actor::local(), id, body).await.unwrap();
    let photos =
        engine.store.read(move |conn| store::attachments::of(conn, store::work_order_list::PHOTOS, id));
    [id.to_string(), photos.await.unwrap()[0].to_string()]
}

/// A plan of the platform's.
pub async fn planned(house: &House) {
    let draft = json!({"name": "月检", "station_ids": [1], "items": ["灭火器"], "every_days": 30, "level": "minor",
        "enabled": false});
    let draft = serde_json::from_value(draft).unwrap();
    house.app.engine.inspection_plan_create(&Actor::local(), draft).await.unwrap();
}
