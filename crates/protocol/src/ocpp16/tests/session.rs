//! The rules of the link: repeats, one call at a time, deadlines, silence.

use super::*;
use model::card::TokenVerdict;
use model::device::{Answer, CloseReason, DeviceCommand, Outcome, TokenAnswer};
use model::id::CommandId;

const START: &str = r#"[2,"7","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-07-15T02:30:05Z"}]"#;
const STATUS: &str =
    r#"[2,"8","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]"#;

fn later(ms: i64) -> Timestamp {
    NOW.plus_ms(ms)
}

/// What is sent, and nothing else.
fn only_sent(session: &mut Session) -> Vec<u8> {
    let mut outputs = outputs(session);
    assert_eq!(outputs.len(), 1, "{outputs:?}");
    match outputs.remove(0) {
        Output::Send { bytes, frame: None } => bytes,
        other => panic!("{other:?}"),
    }
}

fn id_of(outputs: &[Output]) -> String {
    let sent = outputs.iter().find_map(|output| match output {
        Output::Send { bytes, .. } => Some(text(bytes)),
        _ => None,
    });
    let value: serde_json::Value = serde_json::from_str(sent.unwrap()).unwrap();
    value[1].as_str().unwrap().to_owned()
}

#[test]
fn heartbeats_are_answered_here_and_every_time() {
    let mut session = session();
    // OCPP-J 1.6, 4.2.1: null or {} where there is no payload.
    for payload in ["{}", "{}", "null", " null "] {
        session.receive(format!(r#"[2,"h","Heartbeat",{payload}]"#).as_bytes(), NOW);
        let outputs = outputs(&mut session);
        let [Output::Send { bytes, frame: None }, Output::Alive] = outputs.as_slice() else {
            panic!("{outputs:?}")
        };
        assert_eq!(text(bytes), r#"[3,"h",{"currentTime":"2026-07-15T02:30:05.123Z"}]"#);
    }
}

#[test]
fn a_repeat_gets_the_first_answer_and_no_second_event() {
    let mut session = session();
    let (asked, _) = event(&mut session, START);
    session.receive(START.as_bytes(), NOW);
    assert!(outputs(&mut session).is_empty(), "the answer is on its way");
    let answer = Ok(Answer::Started { transaction: 5, token: TokenAnswer::of(TokenVerdict::Accepted) });
    let bytes = asked.render(&answer, NOW);
    session.answered(&asked, &answer, &bytes, NOW);
    for _ in 0..3 {
        session.receive(START.as_bytes(), NOW);
        assert_eq!(only_sent(&mut session), bytes);
    }
    let (asked, _) = event(&mut session, STATUS);
    session.answered(&asked, &Ok(Answer::Noted), b"[3,\"8\",{}]", NOW);
    session.receive(STATUS.as_bytes(), NOW);
    assert_eq!(only_sent(&mut session), b"[3,\"8\",{}]");
    let reply = refused(&mut session, START.replace("\"A\"", "\"B\"").as_bytes());
    assert!(reply.starts_with(r#"[4,"7","ProtocolError","#), "{reply}");
}

#[test]
fn what_was_not_answered_may_be_asked_again() {
    let mut session = session();
    let (asked, _) = event(&mut session, START);
    let fault = Err(model::Error::internal());
    let bytes = asked.render(&fault, NOW);
    assert!(bytes.is_empty());
    session.answered(&asked, &fault, &bytes, NOW);
    event(&mut session, START);
}

#[test]
fn a_known_pile_may_talk_without_booting() {
    event(&mut session(), STATUS);
}

#[test]
fn one_call_at_a_time_in_order_each_with_its_own_id() {
    let mut session = session();
    for id in 1..=3 {
        session.command(CommandId(id), &DeviceCommand::CacheClear, NOW);
    }
    let mut ids = vec![];
    let mut said = outputs(&mut session);
    for command in 1..=3 {
        assert_eq!(said.len(), if command == 1 { 1 } else { 2 }, "{said:?}");
        let id = id_of(&said);
        session.receive(format!(r#"[3,"{id}",{{"status":"Accepted"}}]"#).as_bytes(), NOW);
        ids.push(id);
        said = outputs(&mut session);
        assert!(
            matches!(said[0], Output::Done { command: CommandId(done), outcome: Outcome::Accepted { detail: None }, frame: Some(_) } if done == command)
        );
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let mut next = Session::new(later(1), Settings::default());
    next.command(CommandId(1), &DeviceCommand::CacheClear, later(1));
    assert!(!ids.contains(&id_of(&outputs(&mut next))), "a late answer must not meet the next link's call");
}

#[test]
fn the_queue_is_bounded_and_each_command_ends_once() {
    let mut session = session();
    for id in 0..100 {
        session.command(CommandId(id), &DeviceCommand::CacheClear, NOW);
    }
    let mut done: Vec<i64> = vec![];
    let mut refused = 0;
    let mut clock = 0;
    while done.len() < 100 {
        for output in outputs(&mut session) {
            if let Output::Done { command, outcome, frame: None } = output {
                done.push(command.0);
                refused += i32::from(matches!(outcome, Outcome::Refused(_)));
            }
        }
        clock += 30_000;
        assert!(clock < 300_000, "never ends: {done:?}");
        session.tick(later(clock));
    }
    done.sort_unstable();
    assert_eq!(done, (0..100).collect::<Vec<_>>());
    assert_eq!(refused, 67);
}

#[test]
fn deadlines_and_late_answers() {
    let mut session = session();
    session.command(CommandId(1), &DeviceCommand::CacheClear, NOW);
    let id = id_of(&outputs(&mut session));
    assert_eq!(session.deadline(), Some(later(30_000)));
    session.tick(later(29_999));
    assert!(outputs(&mut session).is_empty());
    session.tick(later(30_000));
    let ended = outputs(&mut session);
    assert!(matches!(ended[..], [Output::Done { outcome: Outcome::TimedOut, .. }]), "{ended:?}");
    for late in [
        format!(r#"[3,"{id}",{{"status":"Accepted"}}]"#),
        format!(r#"[4,"{id}","InternalError","",{{}}]"#),
        r#"[3,"never asked",{}]"#.to_owned(),
        "[3]".to_owned(),
        "[4,5]".to_owned(),
    ] {
        session.receive(late.as_bytes(), NOW);
        let outputs = outputs(&mut session);
        assert!(matches!(outputs[..], [Output::Rejected { .. }]), "{late}: {outputs:?}");
    }
}

#[test]
fn a_silent_link_is_given_up_once() {
    let mut session = Session::new(NOW, Settings { silence_ms: 1_000, ..Settings::default() });
    session.receive(br#"[2,"h","Heartbeat",{}]"#, later(500));
    outputs(&mut session);
    assert_eq!(session.deadline(), Some(later(1_500)));
    session.tick(later(1_499));
    assert!(outputs(&mut session).is_empty());
    session.tick(later(1_500));
    assert!(matches!(outputs(&mut session)[..], [Output::Close(CloseReason::Silent)]));
    session.tick(later(9_999));
    assert!(outputs(&mut session).is_empty());
    assert_eq!(session.deadline(), None);
    let mut patient = Session::new(NOW, Settings { silence_ms: 0, ..Settings::default() });
    assert_eq!(patient.deadline(), None);
    patient.tick(later(i64::MAX / 2));
    assert!(outputs(&mut patient).is_empty());
}

#[test]
fn a_lost_link_ends_every_command() {
    let mut session = session();
    for id in 1..=3 {
        session.command(CommandId(id), &DeviceCommand::CacheClear, NOW);
    }
    outputs(&mut session);
    session.lost();
    session.command(CommandId(4), &DeviceCommand::CacheClear, NOW);
    let ended: Vec<i64> = outputs(&mut session)
        .into_iter()
        .map(|output| match output {
            Output::Done { command, outcome: Outcome::LinkLost, .. } => command.0,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ended, [1, 2, 3, 4]);
    session.lost();
    assert!(session.next().is_none());
}

#[test]
fn an_idle_session_is_small() {
    let size = size_of::<Session>();
    assert!(size <= 512, "{size}");
    let mut session = session();
    event(&mut session, STATUS);
    assert!(session.next().is_none());
}
