//! Commands, from the console to the pile's socket and back.

use super::door::{Door, KEY, Link, PASSWORD, door};
use engine::command::CommandRequest;
use model::Result;
use model::access::{Caller, Role, Scope};
use model::error::Kind;
use model::id::{CommandId, StaffId};
use serde_json::json;
use std::time::Duration;
use store::commands::{CommandRow, CommandState};

async fn try_give(door: &Door, code: &str, request: CommandRequest) -> Result<CommandId> {
    let caller = Caller {
        staff: StaffId(1),
        name: "王".to_owned(),
        permissions: Role::Admin.permissions(),
        scope: Scope::ALL,
    };
    door.app.engine.command(&caller, door.id(code).await, request).await
}

pub async fn give(door: &Door, code: &str, request: CommandRequest) -> CommandId {
    try_give(door, code, request).await.unwrap()
}

pub async fn ended(door: &Door, id: CommandId) -> CommandRow {
    door.app.engine.command_wait(id, Duration::from_secs(5)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_reaches_the_pile_and_its_answer_comes_back() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let mut other = Link::enter(&door, "A-2", KEY).await;
    for (answer, state) in [("Accepted", CommandState::Accepted), ("Rejected", CommandState::Refused)] {
        let id = give(&door, "A-1", CommandRequest::Reset { hard: false }).await;
        let call = link.hear().await;
        assert_eq!((&call[0], &call[2], &call[3]), (&json!(2), &json!("Reset"), &json!({"type": "Soft"})));
        link.say(&json!([3, call[1], {"status": answer}]).to_string()).await;
        assert_eq!(ended(&door, id).await.state, state);
    }
    let id = give(&door, "A-1", CommandRequest::CacheClear).await;
    let call = link.hear().await;
    link.say(&json!([4, call[1], "NotImplemented", "", {}]).to_string()).await;
    assert_eq!(ended(&door, id).await.state, CommandState::Unsupported);
    assert_eq!(other.ask(r#"[2,"o","Heartbeat",{}]"#).await[1], "o", "nothing of it went elsewhere");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_go_one_at_a_time_and_in_order() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let first = give(&door, "A-1", CommandRequest::Reset { hard: false }).await;
    let second = give(&door, "A-1", CommandRequest::CacheClear).await;
    let call = link.hear().await;
    assert_eq!(call[2], "Reset");
    // The pile asks something itself before it answers; the second command waits.
    assert_eq!(link.ask(r#"[2,"mine","Heartbeat",{}]"#).await[1], "mine");
    link.say(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    let call = link.hear().await;
    assert_eq!(call[2], "ClearCache");
    link.say(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    assert_eq!(ended(&door, first).await.state, CommandState::Accepted);
    assert_eq!(ended(&door, second).await.state, CommandState::Accepted);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_ends_takes_its_commands_with_it() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let asked = give(&door, "A-1", CommandRequest::Reset { hard: true }).await;
    let waiting = give(&door, "A-1", CommandRequest::CacheClear).await;
    assert_eq!(link.hear().await[2], "Reset");
    drop(link);
    for id in [asked, waiting] {
        assert_eq!(ended(&door, id).await.state, CommandState::LinkLost);
    }
    door.becomes_online("A-1", false).await;
    let refused = try_give(&door, "A-1", CommandRequest::CacheClear).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Refused, "pile.offline"));
    door.stop().await;
}

/// Whatever the moment at which the link ends: a command that it was given does not hang.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_is_forgotten_in_the_moment_in_which_a_link_ends() {
    let mut door = door().await;
    let mut given = Vec::new();
    for _ in 0..20 {
        let link = Link::enter(&door, "A-1", PASSWORD).await;
        given.push(give(&door, "A-1", CommandRequest::CacheClear).await);
        drop(link);
        // Until the server has noticed, and refuses.
        while let Ok(id) = try_give(&door, "A-1", CommandRequest::CacheClear).await {
            given.push(id);
        }
        door.becomes_online("A-1", false).await;
    }
    for id in given {
        assert_eq!(ended(&door, id).await.state, CommandState::LinkLost);
    }
    door.stop().await;
}
