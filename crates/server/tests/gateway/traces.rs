//! Every frame has an id under which the log tells of it; that of a command is its request's.

use super::commands::give;
use super::door::{Link, PASSWORD, door, until};
use engine::command::CommandRequest;
use model::id::PileId;
use model::trace::{Traces, within};
use server::app::App;
use std::collections::HashSet;
use store::frames::{Frame, FrameFilter, list};

async fn frames(app: &App, pile: PileId) -> Vec<Frame> {
    let filter = FrameFilter { pile, order: None, from: None, before: None, limit: 100 };
    app.engine.store.read(move |conn| list(conn, &filter)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_frame_has_a_trace_of_its_own_and_a_command_that_of_its_request() {
    let mut door = door().await;
    let pile = door.id("A-1").await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    for number in 0..5 {
        link.ask(&format!(r#"[2,"h{number}","Heartbeat",{{}}]"#)).await;
    }
    let trace = Traces::new([42; 16]).next();
    let id = within(Some(trace), give(&door, "A-1", CommandRequest::Reset { hard: false })).await;
    let call = link.hear().await;
    link.say(&format!(r#"[3,{},{{"status":"Accepted"}}]"#, call[1])).await;
    super::commands::ended(&door, id).await;
    let is_kept =
        async || frames(&door.app, pile).await.iter().filter(|frame| frame.kind == "Reset").count() == 2;
    until("the command and its answer are kept", is_kept).await;
    let all = frames(&door.app, pile).await;
    let traces: HashSet<_> = all.iter().map(|frame| frame.trace.unwrap()).collect();
    assert_eq!(traces.len(), all.len(), "no two frames have one id: {all:?}");
    let sent = all.iter().find(|frame| frame.kind == "Reset" && !frame.up).unwrap();
    assert_eq!(sent.trace, Some(trace), "who looks into the log for the request finds the frame");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_counted_by_what_they_are_and_never_by_whose() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let mut other = Link::enter(&door, "A-2", super::door::KEY).await;
    link.ask(r#"[2,"1","Heartbeat",{}]"#).await;
    other.ask(r#"[2,"1","Heartbeat",{}]"#).await;
    link.ask(r#"[2,"2","NoSuchThing",{}]"#).await;
    link.ask(r#"[2,"3","StatusNotification",{"connectorId":"one"}]"#).await;
    let status =
        r#"[2,"4","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]"#;
    link.ask(status).await;
    // Some of it is counted when the answer has left, so that it may come after it.
    let counted = [
        "messages_total{protocol=\"ocpp1.6\",kind=\"heartbeat\",way=\"up\"} 4\n",
        "messages_total{protocol=\"ocpp1.6\",kind=\"StatusNotification\",way=\"up\"} 1\n",
        "messages_total{protocol=\"ocpp1.6\",kind=\"StatusNotification\",way=\"rejected\"} 1\n",
        "message_seconds_count{protocol=\"ocpp1.6\"} 1\n",
    ];
    let is_counted = async || {
        let text = server::http::metrics::text(&door.app).await;
        counted.iter().all(|line| text.contains(&format!("pileops_{line}")))
    };
    until("all of it is counted", is_counted).await;
    let text = server::http::metrics::text(&door.app).await;
    assert!(text.contains("pileops_piles_online 2\n"), "{text}");
    for whose in ["A-1", "A-2", "NoSuchThing", "127.0.0.1"] {
        assert!(!text.contains(whose), "{whose}: {text}");
    }
    door.stop().await;
}
