//! 报文录制 through HTTP: who may have it, how it is masked, what is refused, and that it is written down.

use super::house::house;
use super::things::furnished;

#[tokio::test]
async fn r_ocpp_5_class_a_recording_is_given_to_whoever_may_see_and_written_down() {
    let (house, ours, _) = furnished().await;
    let admin = house.sign_in("admin").await;
    let path = ours.in_text("/piles/{pile}/recording?from_ms=0&to_ms=600000000");
    let file = house.get(&path, &admin).await;
    let first = file.ok().text.lines().next().unwrap().to_owned();
    assert!(first.starts_with(r#"{"format":"pileops-recording","version":1,"#), "{first}");
    assert!(first.contains(r#""masked":true"#));
    let plain = house.get(&format!("{path}&plain=true"), &admin).await;
    assert!(plain.ok().text.contains(r#""masked":false"#));
    let log = house.get("/audit?action=pile_recording_fetch", &admin).await;
    assert_eq!(log.ok().json["total"], 2);
}

#[tokio::test]
async fn r_ocpp_5_boundary_seven_days_are_a_file_and_more_are_refused_at_the_field() {
    let (house, ours, _) = furnished().await;
    let admin = house.sign_in("admin").await;
    let path = |to_ms: i64| ours.in_text(&format!("/piles/{{pile}}/recording?from_ms=1000&to_ms={to_ms}"));
    let week_ms = 7 * 86_400_000;
    house.get(&path(1_000 + week_ms), &admin).await.ok();
    house.get(&path(1_000), &admin).await.ok();
    for to_ms in [1_000 + week_ms + 1, 999, i64::MAX] {
        let refused = house.get(&path(to_ms), &admin).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json["field"]),
            (400, &"to_ms".into()),
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn r_ocpp_5_guess_personal_data_are_not_given_out_without_the_right_to_see_them() {
    let house = house().await;
    house.furnish().await;
    let viewer = house.sign_in("a.viewer").await;
    let path = "/piles/A-1/recording?from_ms=0&to_ms=1";
    house.get(path, &viewer).await.ok();
    house.get(&format!("{path}&plain=true"), &viewer).await.refused(403, "permission.denied");
    house.get("/orders/999999/recording", &viewer).await.refused(404, "order.not_found");
    house.get("/piles/A-1/recording?from_ms=x&to_ms=1", &viewer).await.refused(400, "field.invalid");
    house.get("/piles/A-1/recording", &viewer).await.refused(400, "field.invalid");
}
