//! The crash load against servers that hang up before they answer: what was acknowledged is written
//! down once, what was not is said again.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use clap::Parser;
use model::id::TradeNo;
use model::time::Clock;
use protocol::ykc::field::{Bcd, RateNumbers};
use protocol::ykc::frame::{CrcOrder, Packet, Reader};
use protocol::ykc::message::bill::BillReply;
use protocol::ykc::message::card_start::CardStartReply;
use protocol::ykc::message::login::LoginReply;
use protocol::ykc::message::tariff::{TariffReply, WireRate};
use protocol::ykc::message::{Body, Message};
use sim::load;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    load: load::Options,
}

fn options(arguments: &str) -> load::Options {
    Arguments::try_parse_from(std::iter::once("load").chain(arguments.split_whitespace())).unwrap().load
}

/// How often each bill came.
type Bills = Arc<Mutex<HashMap<TradeNo, usize>>>;

/// A platform that hangs up on every bill that it hears for the first time.
async fn platform(mut stream: TcpStream, bills: Bills) {
    let (mut reader, mut buffer) = (Reader::default(), [0; 512]);
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        if count == 0 {
            return;
        }
        let mut heard = Vec::new();
        reader.receive(&buffer[..count], |frame| heard.push(Packet::parse(frame).unwrap().0));
        for packet in heard {
            let answer = match Message::decode(packet.kind, &packet.body).unwrap() {
                Message::Login(m) => {
                    LoginReply { pile: m.pile, result: 0 }.frame(packet.sequence, CrcOrder::LowFirst)
                }
                Message::TariffRequest(m) => {
                    let rate = WireRate { electricity: 100_000, service: 40_000 };
                    let (sharp, peak, flat, valley) = (rate, rate, rate, rate);
                    let (model_no, periods) = (Bcd([1, 0]), RateNumbers([2; 48]));
                    TariffReply { pile: m.pile, model_no, sharp, peak, flat, valley, loss_ratio: 0, periods }
                        .frame(packet.sequence, CrcOrder::LowFirst)
                }
                Message::CardStart(m) => {
                    let number = bills.lock().unwrap().len();
                    let trade_no = TradeNo::parse(&format!("{}01260715105000{number:04}", m.pile)).unwrap();
                    let (logic_card, balance) = (Bcd::ZERO, 0);
                    CardStartReply {
                        trade_no,
                        pile: m.pile,
                        gun: m.gun,
                        logic_card,
                        balance,
                        auth_ok: 1,
                        fail_reason: 0,
                    }
                    .frame(packet.sequence, CrcOrder::LowFirst)
                }
                Message::Bill(bill) => {
                    let times = {
                        let mut bills = bills.lock().unwrap();
                        let times = bills.entry(bill.trade_no).or_default();
                        *times += 1;
                        *times
                    };
                    if times == 1 {
                        return;
                    }
                    BillReply { trade_no: bill.trade_no, result: 0 }
                        .frame(packet.sequence, CrcOrder::LowFirst)
                }
                _ => continue,
            };
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}

fn lines(path: &Path) -> Vec<serde_json::Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn bills_are_said_again_until_they_are_confirmed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bills = Bills::default();
    let kept = bills.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(platform(stream, kept.clone()));
        }
    });
    let witness = std::env::temp_dir().join(format!("pileops-sim-bills-{}", std::process::id()));
    let text = format!(
        "--mode crash --piles 0 --ykc-piles 1 --ykc {address} --warmup 0 --seconds 0.5 --witness {}",
        witness.display()
    );
    load::run(options(&text), Clock::System).await.unwrap();
    let told = lines(&witness);
    let _ = std::fs::remove_file(&witness);
    let bills = bills.lock().unwrap();
    assert!(!told.is_empty());
    assert_eq!(told.len(), bills.len(), "each bill is witnessed once");
    for line in &told {
        let trade_no = TradeNo::parse(line["transactionId"].as_str().unwrap()).unwrap();
        assert_eq!((line["kind"].as_str(), bills[&trade_no]), (Some("bill"), 2));
        assert_eq!(line["meterStop"].as_i64().unwrap() - line["meterStart"].as_i64().unwrap(), 1);
    }
}

#[tokio::test]
async fn sessions_outlive_their_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let base = std::env::temp_dir().join(format!("pileops-sim-crash-{}", std::process::id()));
    let (witness, log) = (base.with_extension("witness"), base.with_extension("log"));
    // A relay whose connections are cut all the time stands between the piles and the floor.
    let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let floor = inner.local_addr().unwrap();
    let file = log.clone();
    tokio::spawn(async move { sim::floor::serve(inner, &file, Clock::System).await });
    tokio::spawn(async move {
        while let Ok((mut pile, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut server = TcpStream::connect(floor).await.unwrap();
                let relay = tokio::io::copy_bidirectional(&mut pile, &mut server);
                let _ = tokio::time::timeout(std::time::Duration::from_millis(60), relay).await;
            });
        }
    });
    let text = format!(
        "--mode crash --server ws://{address}/ocpp --piles 4 --warmup 0 --seconds 1 --witness {}",
        witness.display()
    );
    load::run(options(&text), Clock::System).await.unwrap();
    let told = lines(&witness);
    let said = std::fs::read_to_string(&log).unwrap();
    let _ = (std::fs::remove_file(&witness), std::fs::remove_file(&log));
    let count = |kind: &str| told.iter().filter(|line| line["kind"] == kind).count();
    assert!(count("stop") > 10, "{}", told.len());
    assert_eq!(count("start"), count("stop"), "every session that began has ended");
    for line in told.iter().filter(|line| line["kind"] == "stop") {
        let stop = format!("\"transactionId\":{},", line["transactionId"].as_str().unwrap());
        assert!(said.lines().any(|l| l.contains("StopTransaction") && l.contains(&stop)));
    }
}

/// A load that could not do what it was asked says so in its end, for scripts.
#[tokio::test]
async fn a_load_whose_calls_failed_has_failed() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (nobody, listener) = (silent.local_addr().unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    drop(silent);
    let floor = listener.local_addr().unwrap();
    let log = std::env::temp_dir().join(format!("pileops-sim-{}-verdict", std::process::id()));
    let file = log.clone();
    let server = tokio::spawn(async move {
        let _ = sim::floor::serve(listener, &file, Clock::System).await;
    });
    let run = async |more: &str| {
        load::run(options(&format!("--warmup 0 --seconds 0.3 --hold 0.1 {more}")), Clock::System).await
    };
    assert_eq!(run(&format!("--server ws://{floor}/ocpp --piles 2")).await, Ok(()));
    for mode in ["sessions", "open", "idle"] {
        let failed = run(&format!("--server ws://{nobody}/ocpp --piles 2 --mode {mode}")).await.unwrap_err();
        assert!(failed.contains("2 calls failed"), "{mode}: {failed}");
    }
    let many = run(&format!("--server ws://{floor}/ocpp --piles 999999999999")).await.unwrap_err();
    assert!(many.contains("open files"), "{many}");
    server.abort();
    let _ = std::fs::remove_file(&log);
}
