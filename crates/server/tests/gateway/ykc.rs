//! 云快充 over a real socket.

use super::commands::{ended, give};
use super::door::{DIGITS, Door, YKC, door, soon, until};
use model::id::{SessionKey, TradeNo};
use model::order::{Order, OrderState};
use model::time::Zone;

use engine::command::CommandRequest;
use protocol::ykc::field::{Ascii, Bcd, CardNo, Cp56, Gun, Meter, PileNo, Raw};
use protocol::ykc::frame::{CrcOrder, Packet, Reader};
use protocol::ykc::message::bill::{Bill, BillPeriod};
use protocol::ykc::message::ground_lock::GroundLockReply;
use protocol::ykc::message::heartbeat::Heartbeat;
use protocol::ykc::message::login::Login;
use protocol::ykc::message::offline_cards::{Found, OfflineCardsFindReply};
use protocol::ykc::message::{Body, Message};
use std::collections::VecDeque;
use std::time::Duration;
use store::commands::CommandState;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A pile's side of a link.
pub struct Pile {
    pub stream: TcpStream,
    reader: Reader,
    heard: VecDeque<Message>,
}

fn number(code: &str) -> PileNo {
    PileNo::parse(code).unwrap()
}

pub fn login(code: &str) -> Vec<u8> {
    login_as(code, "V1")
}

pub fn login_as(code: &str, firmware: &str) -> Vec<u8> {
    let login = Login {
        pile: number(code),
        pile_type: 0,
        gun_count: 2,
        protocol_version: 0x10,
        firmware: Ascii::of(firmware),
        net_type: 1,
        sim_iccid: Bcd([0; 10]),
        carrier: 4,
    };
    login.frame([0, 0], CrcOrder::LowFirst)
}

pub fn heartbeat(sequence: u8) -> Vec<u8> {
    let beat = Heartbeat { pile: number(YKC), gun: Gun::of(1).unwrap(), gun_state: 0 };
    beat.frame([sequence, 0], CrcOrder::LowFirst)
}

fn is_beat(message: &Message) -> bool {
    message.kind() == 0x04
}

impl Pile {
    pub async fn connect(door: &Door) -> Pile {
        Pile::on(TcpStream::connect(door.ykc).await.unwrap())
    }

    pub fn on(stream: TcpStream) -> Pile {
        stream.set_nodelay(true).unwrap();
        Pile { stream, reader: Reader::default(), heard: VecDeque::new() }
    }

    /// Connected and let in.
    pub async fn enter(door: &Door) -> Pile {
        let mut pile = Pile::connect(door).await;
        pile.say(&login(YKC)).await;
        assert!(pile.is_let_in().await);
        pile
    }

    pub async fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next message; `None` when the other side has closed.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.heard.pop_front() {
                return Some(message);
            }
            let mut bytes = [0; 512];
            let length = soon("a frame", self.stream.read(&mut bytes)).await.unwrap_or(0);
            if length == 0 {
                return None;
            }
            let heard = &mut self.heard;
            self.reader.receive(&bytes[..length], |frame| {
                let (packet, _) = Packet::parse(frame).unwrap();
                heard.extend(Message::decode(packet.kind, &packet.body).ok());
            });
        }
    }

    /// The next message of a kind.
    pub async fn hear(&mut self, kind: u8) -> Message {
        loop {
            let message = self.next().await.unwrap_or_else(|| panic!("closed before {kind:#x}"));
            if message.kind() == kind {
                return message;
            }
        }
    }

    pub async fn is_let_in(&mut self) -> bool {
        let Message::LoginReply(reply) = self.hear(0x02).await else { panic!() };
        reply.result == 0
    }

    pub async fn ended(&mut self) {
        while self.next().await.is_some() {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_is_accepted_or_refused() {
    let mut door = door().await;
    let mut pile = Pile::enter(&door).await;
    door.becomes_online(YKC, true).await;
    pile.hear(0x56).await;
    pile.say(&heartbeat(7)).await;
    pile.hear(0x04).await;
    drop(pile);
    door.becomes_online(YKC, false).await;
    let mut stranger = Pile::connect(&door).await;
    stranger.say(&login("32010600019999")).await;
    assert!(!stranger.is_let_in().await);
    stranger.ended().await;
    until("it is noted", async || {
        let noted = door.app.engine.store.read(store::unknown_piles::unknown_pile_list).await.unwrap();
        noted.items.iter().any(|pile| pile.code == "32010600019999")
    })
    .await;
    assert!(door.find("32010600019999").await.is_none());
    assert_eq!(door.app.devices.online_count(), 0);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_are_found_however_they_are_cut() {
    let mut door = door().await;
    let mut pile = Pile::connect(&door).await;
    for byte in login(YKC) {
        pile.say(&[byte]).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(pile.is_let_in().await);
    // Two in one write, garbage before, between and behind.
    let mut bytes = vec![0x00, 0x68, 0x02, 0xFF];
    bytes.extend(heartbeat(1));
    bytes.extend(b"noise \x68\x00");
    bytes.extend(heartbeat(2));
    let mut broken = heartbeat(3);
    *broken.last_mut().unwrap() ^= 0x55;
    bytes.extend(broken);
    bytes.extend(heartbeat(4));
    pile.say(&bytes).await;
    for _ in 0..3 {
        pile.hear(0x04).await;
    }
    let more = tokio::time::timeout(Duration::from_millis(200), pile.next()).await;
    assert!(
        !more.is_ok_and(|more| more.is_some_and(|message| is_beat(&message))),
        "the broken one is not answered"
    );
    assert!(door.is_online(YKC, true).await);
    door.stop().await;
}

fn bill(door: &Door, trade_no: TradeNo) -> Vec<u8> {
    let (now, zone) = (door.app.now(), Zone::shanghai());
    let period =
        |energy: u32| BillPeriod { price: 120_000, energy, loss_energy: energy, amount: energy * 12 / 10 };
    let bill = Bill {
        trade_no,
        pile: number(YKC),
        gun: Gun::of(1).unwrap(),
        start_time: Cp56::of(now.plus_ms(-1_800_000), &zone),
        end_time: Cp56::of(now.plus_ms(-10_000), &zone),
        sharp: period(0),
        peak: period(0),
        flat: period(100_000),
        valley: period(0),
        meter_start: Meter::of(0),
        meter_end: Meter::of(100_000),
        total_energy: 100_000,
        total_loss_energy: 100_000,
        total_amount: 120_000,
        vin: Ascii::EMPTY,
        trade_flag: 2,
        trade_time: Cp56::of(now, &zone),
        stop_reason: 0x41,
        physical_card: CardNo::ZERO,
    };
    bill.frame([9, 0], CrcOrder::LowFirst)
}

async fn order(door: &Door, trade: TradeNo) -> Option<Order> {
    let pile = door.id(YKC).await;
    let key = SessionKey::Trade(trade);
    door.app.engine.store.read(move |conn| store::orders::by_session(conn, pile, key)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bill_is_confirmed_when_it_is_kept() {
    let mut door = door().await;
    let mut pile = Pile::enter(&door).await;
    for n in 0..20 {
        let trade = TradeNo::parse(&format!("{YKC}01261123{n:010}")).unwrap();
        let bytes = bill(&door, trade);
        pile.say(&bytes).await;
        let Message::BillReply(reply) = pile.hear(0x40).await else { panic!() };
        assert_eq!((reply.trade_no, reply.result), (trade, 0));
        let kept = order(&door, trade).await.expect("confirmed, so it is kept");
        assert!(matches!(kept.state, OrderState::Completed | OrderState::Abnormal), "{kept:?}");
        assert_eq!(kept.energy.dwh(), 100_000);
        pile.say(&bytes).await;
        let Message::BillReply(reply) = pile.hear(0x40).await else { panic!() };
        assert_eq!((reply.trade_no, reply.result), (trade, 0), "said again");
        assert_eq!(order(&door, trade).await.map(|order| order.id), Some(kept.id));
    }
    // Before a log-in, nothing is taken.
    let mut stranger = Pile::connect(&door).await;
    let trade = TradeNo::parse(&format!("{YKC}012611239999999999")).unwrap();
    let bytes = bill(&door, trade);
    stranger.say(&bytes).await;
    let told = tokio::time::timeout(Duration::from_millis(300), stranger.next()).await;
    assert!(!matches!(told, Ok(Some(Message::BillReply(_)))), "{told:?}");
    assert!(order(&door, trade).await.is_none());
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_log_in_takes_over() {
    let mut door = door().await;
    let mut link = Pile::enter(&door).await;
    for _ in 0..10 {
        let mut next = Pile::enter(&door).await;
        link.ended().await;
        next.say(&heartbeat(1)).await;
        next.hear(0x04).await;
        assert!(door.is_online(YKC, true).await);
        let from = next.stream.local_addr().unwrap().to_string();
        assert_eq!(door.app.devices.online(door.id(YKC).await).unwrap().remote_address, from);
        link = next;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(door.is_online(YKC, true).await);
    // The same link logs in once more.
    link.say(&login(YKC)).await;
    assert!(link.is_let_in().await);
    assert!(door.is_online(YKC, true).await);
    drop(link);
    door.becomes_online(YKC, false).await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_one_pile_of_its_own_protocol() {
    let mut door = door().await;
    let mut ocpp = Pile::connect(&door).await;
    ocpp.say(&login(DIGITS)).await;
    assert!(!ocpp.is_let_in().await, "an OCPP pile has a password to show");
    ocpp.ended().await;
    assert!(door.is_online(DIGITS, false).await);
    // Nor is it one on a link that another pile is on, which goes on.
    let mut pile = Pile::enter(&door).await;
    pile.hear(0x56).await;
    pile.say(&login(DIGITS)).await;
    assert!(!pile.is_let_in().await);
    pile.say(&heartbeat(1)).await;
    assert!(pile.next().await.is_some_and(|message| is_beat(&message)));
    assert!(door.is_online(YKC, true).await);
    drop(pile);
    door.becomes_online(YKC, false).await;
    assert!(door.is_online(DIGITS, false).await);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_confirmed_before_a_stop_is_kept() {
    let mut door = door().await;
    let mut pile = Pile::enter(&door).await;
    let trade = |n: usize| TradeNo::parse(&format!("{YKC}01261124{n:010}")).unwrap();
    let bills: Vec<u8> = (0..40).flat_map(|n| bill(&door, trade(n))).collect();
    pile.say(&bills).await;
    let mut confirmed = Vec::new();
    let hear = async {
        while let Some(message) = pile.next().await {
            if let Message::BillReply(reply) = message {
                confirmed.push(reply.trade_no);
            }
        }
    };
    tokio::join!(hear, async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        door.stop().await;
    });
    for trade in confirmed {
        assert!(order(&door, trade).await.is_some(), "{trade}");
    }
    assert!(door.is_online(YKC, false).await);
}

/// From the person's question to the frame, and from the pile's answer to what the person reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_about_cards_comes_back_with_what_the_pile_has() {
    let mut door = door().await;
    let mut pile = Pile::enter(&door).await;
    door.becomes_online(YKC, true).await;
    let cards = vec!["D14B0A54".to_owned(), "77".to_owned()];
    let id = give(&door, YKC, CommandRequest::OfflineCardsFind { cards }).await;
    let Message::OfflineCardsFind(asked) = pile.hear(0x48).await else { panic!() };
    let found = |(physical_card, found)| Found { physical_card, found };
    let cards = asked.cards.into_iter().zip([1, 0]).map(found).collect();
    let reply = OfflineCardsFindReply { pile: number(YKC), cards };
    pile.say(&reply.frame([1, 0], CrcOrder::LowFirst)).await;
    let row = ended(&door, id).await;
    assert_eq!(row.state, CommandState::Accepted);
    assert_eq!(row.detail.as_deref(), Some(r#"{"77":false,"D14B0A54":true}"#));
    let id = give(&door, YKC, CommandRequest::GroundLock { connector: 2, raise: true }).await;
    let Message::GroundLock(lock) = pile.hear(0x62).await else { panic!() };
    assert_eq!((lock.gun, lock.action), (2, 0x55));
    let reply = GroundLockReply { pile: number(YKC), gun: 2, result: 0, reserved: Raw([0; 4]) };
    pile.say(&reply.frame([2, 0], CrcOrder::LowFirst)).await;
    assert_eq!(ended(&door, id).await.state, CommandState::Refused);
    door.stop().await;
}
