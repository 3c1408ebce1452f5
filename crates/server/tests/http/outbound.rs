//! The door through which the server goes out: where it may go, and what it takes from there.

use super::receiver::{Receiver, Say};
use hyper::Method;
use model::web_address::WebAddress;
use server::outbound::guard::{Guard, Network};
use server::outbound::{Ask, Outbound, OutboundFaultKind, Reply};
use std::time::Duration;

fn door(allow: &[&str]) -> Outbound {
    Outbound::new(Guard { allow: allow.iter().map(|text| Network::parse(text).unwrap()).collect() })
}

async fn asked(door: &Outbound, url: &str) -> Result<Reply, OutboundFaultKind> {
    let to = WebAddress::parse("url", url).unwrap();
    let ask = Ask {
        method: Method::GET,
        to: &to,
        headers: Vec::new(),
        body: Default::default(),
        patience: Duration::from_secs(2),
        answer_max: 64 * 1024,
    };
    door.ask(ask).await.map_err(|fault| fault.kind)
}

#[tokio::test]
async fn nobody_is_asked_on_an_address_that_is_closed_however_it_is_spelt() {
    let (receiver, door) = (Receiver::open().await, door(&[]));
    let port = receiver.port;
    for host in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "0.0.0.0",
        "[64:ff9b::7f00:1]",
    ] {
        let told = asked(&door, &format!("http://{host}:{port}/")).await;
        assert_eq!(told.unwrap_err(), OutboundFaultKind::Closed, "{host}");
    }
    for url in ["http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://[fd00:ec2::254]/"] {
        assert_eq!(asked(&door, url).await.unwrap_err(), OutboundFaultKind::Closed, "{url}");
    }
    assert!(receiver.got().is_empty(), "nobody came");
}

#[tokio::test]
async fn what_the_settings_open_is_asked_and_its_answer_has_an_end() {
    let (receiver, door) = (Receiver::open().await, door(&["127.0.0.1", "::1"]));
    let reply = asked(&door, &receiver.url()).await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.body.as_ref()), (200, &b"ok"[..]));
    let got = receiver.got().remove(0);
    assert_eq!(
        (got.uri.path(), got.header("host")),
        ("/hook", format!("127.0.0.1:{}", receiver.port).as_str())
    );
    receiver.says(Say::Bytes(64 * 1024));
    assert_eq!(asked(&door, &receiver.url()).await.unwrap().body.len(), 64 * 1024);
    receiver.says(Say::Bytes(64 * 1024 + 1));
    assert_eq!(asked(&door, &receiver.url()).await.unwrap_err(), OutboundFaultKind::TooLarge);
    receiver.says(Say::Nothing);
    assert_eq!(asked(&door, &receiver.url()).await.unwrap_err(), OutboundFaultKind::Late);
    receiver.says(Say::Moved(format!("http://127.0.0.1:{}/elsewhere", receiver.port)));
    assert_eq!(asked(&door, &receiver.url()).await.unwrap().status.as_u16(), 302);
    assert!(receiver.got().iter().all(|got| got.uri.path() == "/hook"), "no redirect is followed");
}

#[tokio::test]
async fn what_does_not_speak_http_or_is_not_there_is_told_apart() {
    let door = door(&["127.0.0.1"]);
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let talk = tokio::spawn(async move {
        while let Ok((mut stream, _)) = silent.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"SSH-2.0-OpenSSH\r\n").await;
        }
    });
    assert_eq!(
        asked(&door, &format!("http://127.0.0.1:{port}/")).await.unwrap_err(),
        OutboundFaultKind::Broken
    );
    assert_eq!(
        asked(&door, &format!("https://127.0.0.1:{port}/")).await.unwrap_err(),
        OutboundFaultKind::Unreachable
    );
    talk.abort();
    assert_eq!(asked(&door, "http://127.0.0.1:1/").await.unwrap_err(), OutboundFaultKind::Unreachable);
    assert_eq!(
        asked(&door, "http://no-such-host.invalid/").await.unwrap_err(),
        OutboundFaultKind::Unreachable
    );
}
