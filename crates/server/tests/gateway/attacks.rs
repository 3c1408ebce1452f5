//! Known attacks on platforms of this kind, tried over real sockets. Their numbers are those of docs/security.md.

use super::door::{DIGITS, Door, KEY, Link, Login, PASSWORD, YKC, door, handshake, knock, soon, until};
use super::ykc::{Pile, heartbeat};
use futures_util::SinkExt;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

const OCPP: Option<&str> = Some("ocpp1.6");

fn right() -> Login<'static> {
    Some(("A-1", PASSWORD.as_bytes()))
}

/// What comes back to some bytes until the other side is done; nothing when it just hangs up.
async fn sent(door: &Door, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(door.http).await.unwrap();
    // The other side may have hung up before all of it is through.
    let _ = stream.write_all(bytes).await;
    let mut told = vec![0; 4_096];
    let length = soon("an answer or the end", stream.read(&mut told)).await.unwrap_or(0);
    String::from_utf8_lossy(&told[..length]).into_owned()
}

/// Those who did nothing wrong do not notice.
async fn others_are_served(door: &Door, link: &mut Link) {
    assert_eq!(link.ask(r#"[2,"still","Heartbeat",{}]"#).await[0], 3);
    let begun = Instant::now();
    let mut fresh = Link::enter(door, DIGITS, PASSWORD).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let _ = fresh.0.close(None).await;
    door.becomes_online(DIGITS, false).await;
}

/// The orders' page of whoever sits at the machine.
async fn orders_page(door: &Door) -> (u16, String) {
    let (token, _) = door.app.local_open().await.unwrap();
    let mut stream = TcpStream::connect(door.http).await.unwrap();
    let request = format!(
        "GET /api/v1/orders?limit=200 HTTP/1.1\r\nHost: pile.example\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    soon("the orders", stream.read_to_string(&mut text)).await.unwrap();
    (text.split(' ').nth(1).unwrap().parse().unwrap(), text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a01_no_odd_spelling_of_an_id_opens_a_door() {
    let mut door = door().await;
    let mut all = Vec::new();
    for path in [
        "A-1/",
        "A-1;x",
        "A-1%20",
        "A-1%00",
        "A%252D1",
        "..%2FA-1",
        "%2e%2e/A-1",
        "A-1%2F",
        "a-1",
        "A-1?x=/A-2",
    ] {
        for login in
            [None, Some(("A-1", &b""[..])), Some(("A-2", PASSWORD.as_bytes())), Some(("A-1", KEY.as_bytes()))]
        {
            let (_, answer) = knock(door.http, &handshake(path, login, OCPP)).await;
            // A path that is no pile's is the console's page, as everywhere.
            let page = answer.status == 200 && answer.body.contains("<html");
            assert!(matches!(answer.status, 400 | 401 | 404) || page, "{path}: {answer:?}");
            all.push(answer.status);
        }
    }
    // Too many tries of one source are another matter.
    assert!(!all.contains(&429) && door.app.devices.online_count() == 0);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a07_no_header_of_a_handshake_harms_the_process() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-2", KEY).await;
    let plain = handshake("A-1", right(), None);
    let head = plain.trim_end_matches("\r\n").as_bytes();
    let with = |lines: &[u8]| [head, b"\r\n", lines, b"\r\n\r\n"].concat();
    let high: Vec<u8> = (0x80..=0xff).collect();
    let many = "X-Many: 1\r\n".repeat(2_000);
    let cases: [(&str, Vec<u8>); 5] = [
        ("bytes that are no text", with(&[b"Sec-WebSocket-Protocol: ", high.as_slice()].concat())),
        ("blanks", with(format!("Sec-WebSocket-Protocol: {}", " ".repeat(16_384)).as_bytes())),
        ("commas", with(format!("Sec-WebSocket-Protocol: {}", ",".repeat(16_384)).as_bytes())),
        ("two thousand headers", with(many.trim_end().as_bytes())),
        ("a megabyte", with(format!("X-Long: {}", "x".repeat(1_000_000)).as_bytes())),
    ];
    for (what, bytes) in cases {
        let begun = Instant::now();
        let told = sent(&door, &bytes).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{what}");
        // Nobody agrees on a protocol that was not named in text.
        assert!(!told.to_lowercase().contains("sec-websocket-protocol"), "{what}: {told}");
        others_are_served(&door, &mut link).await;
    }
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a08_passwords_of_any_bytes_are_compared_and_break_nothing() {
    let mut door = door().await;
    let raw: Vec<u8> = (0..=255).collect();
    let colon = [PASSWORD.as_bytes(), b":x"].concat();
    let nul = [PASSWORD.as_bytes(), b"\0"].concat();
    for bytes in [&raw[..], &[0xff; 20], b"\0", &colon, &nul, &[0xc3, 0x28], &[b'x'; 3_000]] {
        let (_, answer) = knock(door.http, &handshake("A-1", Some(("A-1", bytes)), OCPP)).await;
        assert!(matches!(answer.status, 401 | 431), "{bytes:?}: {answer:?}");
    }
    let (stream, answer) = knock(door.http, &handshake("A-1", right(), OCPP)).await;
    assert_eq!(answer.status, 101);
    drop(stream);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_a_message_in_countless_pieces_ends_at_the_limit() {
    let mut door = door().await;
    let mut other = Link::enter(&door, "A-2", KEY).await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    // The beginning of a text, then pieces of one byte that never end.
    let piece = [0x00, 0x81, 0, 0, 0, 0, b'x'];
    let mut all = vec![0x01, 0x81, 0, 0, 0, 0, b'['];
    for _ in 0..300_000 {
        all.extend_from_slice(&piece);
    }
    let _ = link.0.get_mut().write_all(&all).await;
    let code = link.closed().await;
    assert!(matches!(code, Some(1008 | 1009) | None), "{code:?}");
    door.becomes_online("A-1", false).await;
    others_are_served(&door, &mut other).await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_a_stop_is_never_matched_by_guess_and_a15_always_answered() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let mut other = Link::enter(&door, "A-2", KEY).await;
    let at = door.app.now().plus_ms(-60_000).rfc3339();
    let start = json!([2, "s", "StartTransaction", {"connectorId": 1, "idTag": "CARD1", "meterStart": 0, "timestamp": at}]);
    let own = link.ask(&start.to_string()).await[2]["transactionId"].as_i64().unwrap();
    for (turn, id) in
        [0, -1, i64::from(i32::MAX), i64::from(i32::MIN), 7, own - 1, own + 1, own].into_iter().enumerate()
    {
        let stop = json!([2, format!("g{turn}"), "StopTransaction",
            {"transactionId": id, "meterStop": 999_999, "timestamp": door.app.now().rfc3339()}]);
        let begun = Instant::now();
        let answer = other.ask(&stop.to_string()).await;
        assert_eq!((&answer[0], &answer[1]), (&json!(3), &json!(format!("g{turn}"))), "{id}: {answer}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{id}");
    }
    // The one session that runs is its own pile's, and runs.
    let pile = door.id("A-1").await;
    let orders = door.app.engine.store.read(store::orders::open_all).await.unwrap();
    let own: Vec<_> = orders.iter().filter(|open| open.order.pile == pile).collect();
    assert_eq!((own.len(), own[0].order.state), (1, model::order::OrderState::Charging));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a25_times_that_cannot_be_are_answered_and_later_pages_still_open() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    for (turn, at) in [
        "0000-01-01T00:00:00Z",
        "+222222017-01-01T00:00:00Z",
        "222222017-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "2038-01-19T03:14:08Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T12:00:00",
        "2026-11-23T12:00:00+14:00",
        "yesterday",
        "",
    ]
    .into_iter()
    .enumerate()
    {
        let start = json!([2, format!("s{turn}"), "StartTransaction",
            {"connectorId": 1, "idTag": "CARD1", "meterStart": 0, "timestamp": at}]);
        let answer = link.ask(&start.to_string()).await;
        assert!(answer[0] == 3 || answer[0] == 4, "{at}: {answer}");
        if let Some(id) = answer[2]["transactionId"].as_i64() {
            let stop = json!([2, format!("e{turn}"), "StopTransaction",
                {"transactionId": id, "meterStop": 10, "timestamp": at}]);
            let answer = link.ask(&stop.to_string()).await;
            assert!(answer[0] == 3 || answer[0] == 4, "{at}: {answer}");
        }
        let (status, text) = orders_page(&door).await;
        assert_eq!(status, 200, "{at}: {text}");
    }
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a31_no_field_of_a_boot_brings_anything_down() {
    let mut door = door().await;
    let mut other = Link::enter(&door, "A-2", KEY).await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    let fields = [
        "chargePointVendor",
        "chargePointModel",
        "chargePointSerialNumber",
        "chargeBoxSerialNumber",
        "firmwareVersion",
        "iccid",
        "meterType",
    ];
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let long = format!("\"{}\"", "x".repeat(60_000));
    let values = [
        "null",
        "7",
        "-1e400",
        "9223372036854775808",
        "true",
        "{}",
        "[]",
        "\"\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"<img src=x onerror=alert(1)>\"",
        &long,
        &deep,
    ];
    let mut turn = 0;
    for field in fields {
        for value in values {
            turn += 1;
            let mut all: Vec<String> = vec![format!("\"{field}\":{value}")];
            for must in ["chargePointVendor", "chargePointModel"] {
                if must != field {
                    all.push(format!("\"{must}\":\"x\""));
                }
            }
            let text = format!("[2,\"b{turn}\",\"BootNotification\",{{{}}}]", all.join(","));
            let answer = link.ask(&text).await;
            assert!(answer[0] == 3 || answer[0] == 4, "{field}: {answer}");
        }
    }
    assert_eq!(link.ask(r#"[2,"none","BootNotification",{}]"#).await[0], 4);
    others_are_served(&door, &mut other).await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a32_errors_about_errors_bring_nothing_down() {
    let mut door = door().await;
    let mut other = Link::enter(&door, "A-2", KEY).await;
    let quoted = r#"[2,"\"}]{\u0000","Heart\"beat",{"a":"\"}{"}]"#.to_owned();
    let long_id = format!("[2,\"{}\",\"Heartbeat\",{{}}]", "i".repeat(10_000));
    let long_word = format!("[2,\"x\",\"{}\",{{}}]", "W".repeat(10_000));
    let bad = [
        "[]",
        "{}",
        "null",
        "7",
        "\"x\"",
        "[2]",
        "[2,1,\"Heartbeat\",{}]",
        "[2,null,\"Heartbeat\",{}]",
        "[9,\"x\",\"Heartbeat\",{}]",
        "[3,\"nobody asked\",{}]",
        "[4,\"nobody asked\",\"x\",\"y\",{}]",
        "[2,\"x\",\"Heartbeat\",[]]",
        "[2,\"x\",\"Heartbeat\"",
        "",
        &quoted,
        &long_id,
        &long_word,
    ];
    for text in bad {
        let mut link = Link::enter(&door, "A-1", PASSWORD).await;
        link.say(text).await;
        let _ = link.0.send(Message::binary(vec![0xff, 0xfe, 0x00])).await;
        // Whatever is answered, the link either goes on or is closed; nothing hangs.
        link.say(r#"[2,"alive","Heartbeat",{}]"#).await;
        let mut lives = false;
        for _ in 0..6 {
            let heard = tokio::time::timeout(Duration::from_secs(2), next(&mut link)).await;
            match heard {
                Ok(Some(value)) if value[1] == "alive" => {
                    lives = true;
                    break;
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => panic!("nothing comes after {text:.60}"),
            }
        }
        if lives {
            let _ = link.0.close(None).await;
        }
        drop(link);
        door.becomes_online("A-1", false).await;
    }
    others_are_served(&door, &mut other).await;
    door.stop().await;
}

/// The next message, or none when the link has ended.
async fn next(link: &mut Link) -> Option<Value> {
    use futures_util::StreamExt;
    loop {
        match link.0.next().await {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(text.as_str()).ok(),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a33_before_its_log_in_a_ykc_link_is_told_nothing() {
    let mut door = door().await;
    let mut stranger = Pile::connect(&door).await;
    let _ = stranger.stream.write_all(&heartbeat(1)).await;
    let heard = tokio::time::timeout(Duration::from_secs(2), stranger.next()).await;
    assert!(matches!(heard, Err(_) | Ok(None)), "a heartbeat before the log-in was answered");
    assert!(door.is_online(YKC, false).await);
    // A wrong checksum is no log-in, and what follows it is found.
    let mut pile = Pile::connect(&door).await;
    let mut broken = super::ykc::login(YKC);
    let last = broken.len() - 1;
    broken[last] ^= 0x55;
    pile.say(&broken).await;
    pile.say(b"\x00garbage between frames\x68").await;
    assert!(door.is_online(YKC, false).await);
    drop(pile);
    let mut pile = Pile::enter(&door).await;
    pile.say(&heartbeat(1)).await;
    pile.hear(0x04).await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a35_a_nul_is_answered_and_kept() {
    let mut door = door().await;
    let mut link = Link::enter(&door, "A-1", PASSWORD).await;
    for (turn, text) in [
        r#""Authorize",{"idTag":"CARD1\u0000"}"#,
        r#""DataTransfer",{"vendorId":"\u0000","messageId":"\u0000","data":"a\u0000b"}"#,
        r#""StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","info":"\u0000","vendorId":"\u0000"}"#,
        r#""BootNotification",{"chargePointVendor":"\u0000","chargePointModel":"x\u0000"}"#,
    ]
    .into_iter()
    .enumerate()
    {
        let answer = link.ask(&format!("[2,\"n{turn}\",{text}]")).await;
        assert!(answer[0] == 3 || answer[0] == 4, "{text}: {answer}");
    }
    until("the link goes on", async || door.is_online("A-1", true).await).await;
    door.stop().await;
}
