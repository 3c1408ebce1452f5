//! Every request has an id: the caller's where it brings one, in the answer, in the error and in the log.

use super::house::{house, houses};
use axum::body::Body;
use axum::http::Request;
use model::trace::{Traces, within};
use std::collections::HashSet;

const THEIRS: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test]
async fn an_error_bears_the_trace_of_its_request() {
    let house = house().await;
    let header = format!("00-{THEIRS}-00f067aa0ba902b7-01");
    let answer = house.send("GET", "/home", "", None, &[("traceparent", &header)]).await;
    assert_eq!(answer.refused(401, "session.missing").json["trace_id"], THEIRS);
    assert_eq!(answer.headers["x-trace-id"], THEIRS);
    let mut seen = HashSet::new();
    for bad in ["", "00-zz", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "\u{7f}"] {
        let headers: &[(&str, &str)] = if bad == "\u{7f}" { &[] } else { &[("traceparent", bad)] };
        let answer = house.send("GET", "/home", "", None, headers).await;
        let trace = answer.refused(401, "session.missing").json["trace_id"].as_str().unwrap().to_owned();
        assert_eq!(answer.headers["x-trace-id"], trace.as_str());
        assert!(trace != THEIRS && seen.insert(trace), "one of ours, and a new one");
    }
    // An answer that is good, and one that is not the API's, can be named as well.
    for path in ["/healthz", "/", "/api/openapi.json", "/metrics"] {
        let request = Request::get(path).header("traceparent", &header).body(Body::empty()).unwrap();
        assert_eq!(house.raw(request).await.headers()["x-trace-id"], THEIRS, "{path}");
    }
    // Two of them are nobody's.
    let twice = Request::get("/healthz").header("traceparent", &header).header("traceparent", &header);
    assert_ne!(house.raw(twice.body(Body::empty()).unwrap()).await.headers()["x-trace-id"], THEIRS);
}

#[tokio::test]
async fn a_frame_is_shown_with_its_trace() {
    for house in houses().await {
        house.furnish().await;
        let code = model::id::PileCode::parse("A-1").unwrap();
        let store = &house.app.engine.store;
        let pile = store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap().unwrap();
        let trace = Traces::new([5; 16]).next();
        for trace in [None, Some(trace)] {
            let frame = store::frames::FrameRow { pile: pile.id, kind: "Heartbeat", ..Default::default() };
            let write = store.write(Some(pile.id), move |tx| tx.frame_append(frame.clone()).map(drop));
            within(trace, write).await.unwrap();
        }
        let admin = house.sign_in("admin").await;
        let page = house.get("/piles/A-1/frames", &admin).await;
        let shown: Vec<_> =
            page.ok().json["items"].as_array().unwrap().iter().map(|one| one["trace_id"].clone()).collect();
        assert_eq!(shown, [serde_json::json!(trace.to_string()), serde_json::Value::Null]);
    }
}
