//! `pileops <noun> <verb>`: said twice it is done once, and what differs is told.

use super::program::Program;
use model::site::Protocol;
use model::time::Clock;
use serde_json::Value;
use sim::pile::PileConfig;
use sim::runner::PileHandle;
use std::time::Duration;

#[test]
fn what_is_said_twice_is_done_once() {
    let program = Program::new();
    let rows = |noun: &str| program.run(&[noun, "list", "--json"]).ok().json().as_array().unwrap().len();
    program.run(&["station", "add", "甲站"]).ok();
    for call in [
        vec!["staff", "add", "li.lei", "--role", "finance"],
        vec!["tariff", "add", "分时", "--service-price-e5", "30000"],
        vec!["pile", "add", "A-1", "--protocol", "ocpp1.6", "--station", "甲站"],
        vec!["card", "add", "A+B%41", "--group", "车队1"],
    ] {
        let first = program.run(&call).ok();
        assert!(!first.out.contains("exists"), "{first:?}");
        let second = program.run(&call).ok();
        assert!(second.out.contains("exists"), "{second:?}");
    }
    assert_eq!((rows("staff"), rows("pile")), (2, 1));
    // Another price is the next version.
    let next = program.run(&["tariff", "add", "分时", "--service-price-e5", "30001"]).ok();
    assert!(!next.out.contains("exists"), "{next:?}");
}

#[test]
fn what_is_there_and_differs_is_told_and_left_as_it_is() {
    let program = Program::new();
    for name in ["甲站", "乙站"] {
        program.run(&["station", "add", name]).ok();
    }
    program.run(&["staff", "add", "li.lei", "--role", "finance"]).ok();
    program.run(&["pile", "add", "32010600019236", "--protocol", "ocpp1.6", "--station", "甲站"]).ok();
    program.run(&["card", "add", "CARD1", "--group", "车队1"]).ok();
    for (call, field) in [
        (vec!["staff", "add", "li.lei", "--role", "admin"], "role"),
        (vec!["staff", "add", "li.lei", "--role", "finance", "--operator", "1"], "operator_id"),
        (vec!["pile", "add", "32010600019236", "--protocol", "ykc1.6"], "protocol"),
        (vec!["pile", "add", "32010600019236", "--protocol", "ocpp1.6", "--station", "乙站"], "station_id"),
        (
            vec!["pile", "add", "32010600019236", "--protocol", "ocpp1.6", "--connectors", "2"],
            "connector_count",
        ),
        (vec!["card", "add", "CARD1", "--group", "车队2"], "group"),
    ] {
        program.run(&call).refused(&[field, "存在", "Nothing was changed"]);
    }
    assert!(program.run(&["staff", "list"]).ok().out.contains("li.lei  li.lei  finance"));
}

#[test]
fn a_card_is_blocked_by_its_status_and_the_answer_has_the_new_one() {
    let program = Program::new();
    program.run(&["card", "add", "CARD1"]).ok();
    let blocked = program.run(&["card", "add", "card1", "--status", "blocked", "--json"]).ok();
    assert_eq!(blocked.json()["status"], "blocked");
    let again = program.run(&["card", "add", "CARD1", "--status", "blocked", "--json"]).ok();
    assert_eq!(again.json()["status"], "blocked");
}

#[test]
fn the_administrator_gets_in_again_from_the_machine_itself() {
    let program = Program::new();
    let server = program.start(&["serve"]);
    let password = program.run(&["staff", "password", "admin", "--json"]).ok().json()["password"].clone();
    program.run(&["staff", "unlock", "Admin"]).ok();
    program.run(&["staff", "unlock", "nobody"]).refused(&["nobody", "staff list"]);
    let body = serde_json::json!({"account": "admin", "password": password}).to_string();
    let head = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: {}\r\nX-Requested-With: pileops\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        server.http,
        body.len()
    );
    let mut stream = std::net::TcpStream::connect(&server.http).unwrap();
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    let answer = std::io::read_to_string(stream).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn tokens_are_made_listed_and_removed() {
    let program = Program::new();
    let server = program.start(&["serve"]);
    let token = program.run(&["token", "add", "夜间导出"]).ok().out.trim().to_owned();
    program.run(&["token", "add", "夜间导出"]).ok();
    let mut elsewhere = Program::new().with("PILEOPS_SERVER", format!("http://{}", server.http));
    elsewhere.run(&["pile", "list"]).refused(&["未登录"]);
    elsewhere = Program::new().with("PILEOPS_SERVER", &server.http).with("PILEOPS_TOKEN", &token);
    elsewhere.run(&["pile", "list"]).ok();
    let list = program.run(&["token", "list", "--json"]).ok();
    assert!(!list.out.contains(&token));
    program.run(&["token", "remove", "夜间导出"]).refused(&["2", "token list"]);
    for row in list.json().as_array().unwrap() {
        program.run(&["token", "remove", row["id"].as_str().unwrap()]).ok();
    }
    elsewhere.run(&["pile", "list"]).refused(&["未登录"]);
}

#[test]
fn a_file_with_a_column_that_nobody_knows_is_refused() {
    let program = Program::new();
    for (noun, text) in
        [("pile", "code,protocol,pasword\nA-1,ocpp1.6,x\n"), ("card", "tag,status,gruop\nC1,accepted,x\n")]
    {
        std::fs::write(program.folder.join("rows.csv"), text).unwrap();
        let said = program.run(&[noun, "import", "rows.csv"]);
        assert_eq!(said.code, Some(1), "{said:?}");
        let column = text.lines().next().unwrap().rsplit(',').next().unwrap();
        assert!(said.err.contains(column), "{said:?}");
    }
    assert!(program.run(&["pile", "list"]).ok().out.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pile_is_called_and_its_answer_printed() {
    let program = Program::new();
    let server = program.start(&["serve"]);
    program.run(&["pile", "add", "SIM-1", "--protocol", "ocpp1.6", "--password", "pile-secret-1"]).ok();
    let call = |payload: &str| program.run(&["pile", "call", "SIM-1", "GetConfiguration", payload]);
    let mut config = PileConfig::new("SIM-1", Protocol::Ocpp16, &format!("ws://{}/ocpp", server.http));
    config.password = "pile-secret-1".to_owned();
    let pile = PileHandle::start(config, Clock::System);
    assert!(pile.wait_for(Duration::from_secs(30), |seen| seen.in_service).await);
    let answer = call(r#"{"key":["HeartbeatInterval"]}"#).ok();
    let answer: Value = serde_json::from_str(&answer.out).unwrap();
    assert!(answer.get("configurationKey").or(answer.get("unknownKey")).is_some(), "{answer}");
    call("{\"key\":").refused(&["JSON"]);
    pile.stop().await;
}
