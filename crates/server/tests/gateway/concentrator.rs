//! 集中器: several 云快充 piles over one TCP link, each of them for itself.

use super::commands::{ended, give};
use super::door::{DIGITS, Door, YKC, door, until};
use super::limits::set;
use super::ykc::{Pile, heartbeat, login};
use engine::audit::Actor;
use engine::command::CommandRequest;
use engine::site::PileDraft;
use model::id::{PileCode, PileId};
use model::site::{PileKind, Protocol};
use model::time::Clock;
use protocol::ykc::field::{Gun, PileNo};
use protocol::ykc::frame::CrcOrder;
use protocol::ykc::message::heartbeat::Heartbeat;
use protocol::ykc::message::reboot::RebootReply;
use protocol::ykc::message::{Body, Message};
use sim::pile::PileConfig;
use sim::runner::PileHandle;
use sim::trunk::Trunk;
use std::sync::Arc;
use std::time::Duration;
use store::commands::CommandState;

const SECOND: &str = "32010600019237";
const UNKNOWN: &str = "32010600019999";

/// A door with one 云快充 pile more, at the same station.
async fn two() -> Door {
    let door = door().await;
    pile_more(&door, SECOND).await;
    door
}

async fn pile_more(door: &Door, code: &str) {
    let draft = PileDraft {
        code: code.to_owned(),
        name: None,
        station_id: Some(door.find(YKC).await.unwrap().station.0),
        kind: PileKind::Dc,
        protocol: Protocol::Ykc16,
        rated_power_w: 60_000,
        connector_count: 2,
        password: None,
    };
    door.app.engine.pile_create(&Actor::local(), draft).await.unwrap();
    let pile = door.find(code).await.unwrap();
    door.app.devices.name(pile.id, PileCode::parse(code).unwrap(), pile.station);
}

fn beat(code: &str, sequence: u8) -> Vec<u8> {
    let pile = PileNo::parse(code).unwrap();
    Heartbeat { pile, gun: Gun::of(1).unwrap(), gun_state: 0 }.frame([sequence, 0], CrcOrder::LowFirst)
}

/// The next answer to a log-in: whose it is, and whether it came in.
async fn answered(link: &mut Pile) -> (String, bool) {
    let Message::LoginReply(reply) = link.hear(0x02).await else { panic!() };
    (reply.pile.to_string(), reply.result == 0)
}

async fn beats(link: &mut Pile, code: &str) -> bool {
    link.say(&beat(code, 1)).await;
    let Message::HeartbeatReply(reply) = link.hear(0x04).await else { panic!() };
    reply.pile.to_string() == code
}

/// A link with both piles let in.
async fn both(door: &Door) -> Pile {
    let mut link = Pile::connect(door).await;
    link.say(&[login(YKC), login(SECOND)].concat()).await;
    assert_eq!(answered(&mut link).await, (YKC.to_owned(), true));
    assert_eq!(answered(&mut link).await, (SECOND.to_owned(), true));
    link
}

async fn beside(door: &Door, code: &str) -> Vec<String> {
    door.app.devices.beside(door.id(code).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ykc_4_3_class_piles_on_one_link_live_each_for_itself() {
    let mut door = two().await;
    let mut link = both(&door).await;
    door.becomes_online(YKC, true).await;
    door.becomes_online(SECOND, true).await;
    assert_eq!(
        (beside(&door, YKC).await, beside(&door, SECOND).await),
        (vec![SECOND.into()], vec![YKC.into()])
    );
    assert!(beats(&mut link, SECOND).await && beats(&mut link, YKC).await);
    // A command goes down with its pile's code, and its answer ends it, whoever else is there.
    for code in [SECOND, YKC] {
        let id = give(&door, code, CommandRequest::Reset { hard: true }).await;
        let Message::Reboot(asked) = link.hear(0x92).await else { panic!() };
        assert_eq!(asked.pile.to_string(), code);
        let other = PileNo::parse(if code == YKC { SECOND } else { YKC }).unwrap();
        link.say(&RebootReply { pile: other, result: 0 }.frame([9, 0], CrcOrder::LowFirst)).await;
        link.say(&RebootReply { pile: asked.pile, result: 1 }.frame([9, 0], CrcOrder::LowFirst)).await;
        assert_eq!(ended(&door, id).await.state, CommandState::Accepted);
    }
    // One says its name anew; the other notices nothing.
    link.say(&login(SECOND)).await;
    assert_eq!(answered(&mut link).await, (SECOND.to_owned(), true));
    assert!(door.is_online(YKC, true).await);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ykc_4_3_class_an_unknown_code_is_listed_and_harms_nobody() {
    let mut door = two().await;
    // It comes first, between and last.
    let mut link = Pile::connect(&door).await;
    link.say(&login(UNKNOWN)).await;
    assert_eq!(answered(&mut link).await, (UNKNOWN.to_owned(), false));
    link.say(&[login(YKC), login(UNKNOWN), beat(UNKNOWN, 1), login(SECOND)].concat()).await;
    assert_eq!(answered(&mut link).await, (YKC.to_owned(), true));
    assert_eq!(answered(&mut link).await, (UNKNOWN.to_owned(), false));
    assert_eq!(answered(&mut link).await, (SECOND.to_owned(), true));
    link.say(&login(DIGITS)).await;
    assert_eq!(answered(&mut link).await, (DIGITS.to_owned(), false), "an OCPP pile's code is no pile here");
    assert!(beats(&mut link, YKC).await && beats(&mut link, SECOND).await);
    until("it is listed", async || {
        let noted = door.app.engine.store.read(store::unknown_piles::unknown_pile_list).await.unwrap();
        noted.items.iter().any(|pile| pile.code == UNKNOWN)
    })
    .await;
    // It is registered meanwhile: from then on it is let in, on the same link.
    pile_more(&door, UNKNOWN).await;
    link.say(&login(UNKNOWN)).await;
    assert_eq!(answered(&mut link).await, (UNKNOWN.to_owned(), true));
    assert_eq!(beside(&door, YKC).await, [SECOND, UNKNOWN]);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ykc_4_3_class_the_loss_of_the_link_takes_all_of_them() {
    let mut door = two().await;
    let link = both(&door).await;
    door.becomes_online(SECOND, true).await;
    let (one, other) = (
        give(&door, YKC, CommandRequest::Reset { hard: true }).await,
        give(&door, SECOND, CommandRequest::Reset { hard: true }).await,
    );
    drop(link);
    for (id, code) in [(one, YKC), (other, SECOND)] {
        assert_eq!(ended(&door, id).await.state, CommandState::LinkLost);
        door.becomes_online(code, false).await;
    }
    assert_eq!(door.app.devices.online_count(), 0);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ykc_4_3_guess_a_pile_that_logs_in_elsewhere_leaves_the_others_where_they_are() {
    let mut door = two().await;
    let mut link = both(&door).await;
    let mut alone = Pile::connect(&door).await;
    alone.say(&login(SECOND)).await;
    assert_eq!(answered(&mut alone).await, (SECOND.to_owned(), true));
    assert!(beats(&mut alone, SECOND).await);
    // What still comes of it on the old link is not answered, and the first pile goes on there.
    link.say(&beat(SECOND, 2)).await;
    assert!(beats(&mut link, YKC).await);
    let from = alone.stream.local_addr().unwrap().to_string();
    let online = door.app.devices.online(door.id(SECOND).await).unwrap();
    assert_eq!(online.remote_address, from);
    assert_eq!(beside(&door, YKC).await, Vec::<String>::new());
    // The old link's end does not take it along.
    drop(link);
    door.becomes_online(YKC, false).await;
    assert!(door.is_online(SECOND, true).await);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ykc_4_3_boundary_a_link_says_as_much_as_its_piles_together() {
    let mut door = two().await;
    set(&door, "pile_frames_s", 20).await;
    let connected = tokio::time::Instant::now();
    let mut link = both(&door).await;
    let begun = tokio::time::Instant::now();
    let all: Vec<u8> =
        (0..140).flat_map(|n| if n % 2 == 0 { heartbeat(n) } else { beat(SECOND, n) }).collect();
    link.say(&all).await;
    for _ in 0..140 {
        link.hear(0x04).await;
    }
    // Five seconds' worth of two piles is 200; one pile alone would have been slowed at 100.
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let all: Vec<u8> = (0..240).flat_map(|n| beat(SECOND, n)).collect();
    link.say(&all).await;
    for _ in 0..240 {
        link.hear(0x04).await;
    }
    // What one read holds is answered before the rest waits.
    assert!(connected.elapsed() > Duration::from_millis(1_500), "{:?}", connected.elapsed());
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_ykc_4_3_guess_whoever_tries_many_numbers_on_a_link_is_slowed() {
    let mut door = two().await;
    set(&door, "source_failures", 10).await;
    let mut link = both(&door).await;
    let tries: Vec<u8> = (0..60).flat_map(|n| login(&format!("320106000180{n:02}"))).collect();
    link.say(&tries).await;
    link.say(&beat(SECOND, 7)).await;
    let mut refused = 0;
    loop {
        match link.next().await.unwrap() {
            Message::LoginReply(reply) => {
                assert_eq!(reply.result, 1);
                refused += 1;
            }
            Message::HeartbeatReply(_) => break,
            _ => {}
        }
    }
    assert!((10..40).contains(&refused), "{refused}");
    assert!(door.is_online(YKC, true).await && door.is_online(SECOND, true).await);
    door.stop().await;
}

/// The simulator's piles on one wire: they come into service, and back after it was cut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pretend_piles_share_a_wire() {
    let mut door = two().await;
    let trunk = Arc::new(Trunk::new(&door.ykc.to_string()));
    let start = |code: &str| {
        let mut config = PileConfig::new(code, Protocol::Ykc16, &door.ykc.to_string());
        config.trunk = Some(Arc::clone(&trunk));
        config.connectors = 2;
        PileHandle::start(config, Clock::System)
    };
    let piles = [start(YKC), start(SECOND)];
    let ids: [PileId; 2] = [door.id(YKC).await, door.id(SECOND).await];
    for pile in &piles {
        assert!(pile.wait_for(Duration::from_secs(9), |seen| seen.in_service).await);
    }
    let address = |id| door.app.devices.online(id).map(|link| link.remote_address);
    assert!(address(ids[0]).is_some());
    assert_eq!(address(ids[0]), address(ids[1]));
    let before = address(ids[0]);
    trunk.cut().await;
    until("they are back on a new wire", async || {
        let (one, other) = (address(ids[0]), address(ids[1]));
        one.is_some() && one != before && one == other
    })
    .await;
    for pile in piles {
        pile.stop().await;
    }
    drop(trunk);
    door.becomes_online(YKC, false).await;
    door.becomes_online(SECOND, false).await;
    door.stop().await;
}
