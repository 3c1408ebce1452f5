//! A whole server that listens on ports of the system's choice, and a small OCPP pile to knock on it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engine::audit::Actor;
use engine::card::CardDraft;
use engine::pricing::TariffDraft;
use engine::secrets::Secrets;
use engine::site::{PileDraft, StationDraft};
use futures_util::{SinkExt, StreamExt};
use model::card::CardStatus;
use model::id::{OperatorId, PileCode, PileId};
use model::site::{Pile, PileKind, Protocol};
use model::tariff::Period;
use model::time::Clock;
use serde_json::Value;
use server::app::{App, AppSettings};
use server::http::{HttpSettings, router};
use server::serve::{Listeners, Serving};
use server::tls::{Tls, TlsSettings};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::tariff_list::TariffRate;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

pub const PASSWORD: &str = "pile-secret-1";
/// A password of hexadecimal digits, which a pile may send as the bytes that they mean.
pub const KEY: &str = "0123456789abcdef0123456789abcdef01234567";
pub const YKC: &str = "32010600019236";
/// An OCPP pile whose code could be a 云快充 pile's.
pub const DIGITS: &str = "32010600019300";

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(9);

pub struct Door {
    pub app: Arc<App>,
    pub http: SocketAddr,
    pub ykc: SocketAddr,
    pub tls: SocketAddr,
    serving: Option<Serving>,
    folder: std::path::PathBuf,
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Piles A-1 and `DIGITS` (`PASSWORD`), A-2 (`KEY`) and the 云快充 pile `YKC`; the card CARD1.
pub async fn door() -> Door {
    door_by(HttpSettings::default()).await
}

pub async fn door_by(http: HttpSettings) -> Door {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let unique = format!("pileops_gateway_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(unique);
    std::fs::create_dir_all(&folder).unwrap();
    let app = App::open(AppSettings {
        store: store::Settings::new(crate::template::sqlite(&folder.join("test.db"))),
        clock: Clock::System,
        rules: engine::Rules::default(),
        given: engine::parameter::Given::new(),
        secrets: Secrets::of(&[7; 32]),
        http,
        settings: Vec::new(),
        files: folder.clone(),
    })
    .await
    .unwrap();
    furnish(&app).await;
    app.begin().await.unwrap();
    let (http, ykc) = (listener().await, listener().await);
    let router = router(Arc::clone(&app)).merge(server::gateway::router(Arc::clone(&app)));
    let settings = TlsSettings { names: vec!["localhost".to_owned()], ..TlsSettings::default() };
    let tls = Some((listener().await, Tls::open(Arc::clone(&app), settings).await.unwrap()));
    let serving = Serving::start(Arc::clone(&app), router, Listeners { http, ykc, tls }).await.unwrap();
    let (http, ykc, tls) = (serving.http, serving.ykc, serving.tls.unwrap());
    Door { app, http, ykc, tls, serving: Some(serving), folder }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn furnish(app: &App) {
    let (engine, local) = (&app.engine, Actor::local());
    engine.city_ensure(&local, "420100", "湖北", "武汉").await.unwrap();
    let rate = |period| TariffRate { period, electricity_price_e5: 60_000, service_price_e5: 40_000 };
    let rates = Period::ALL.into_iter().map(rate).collect();
    let tariff = TariffDraft {
        at_once: None,
        name: "分时".to_owned(),
        rates,
        periods: vec![Period::Flat; 48],
        kinds: Vec::new(),
        workdays: Vec::new(),
    };
    let tariff = engine.tariff_create(&local, tariff).await.unwrap();
    let OperatorId(operator_id) = engine.operator_ensure(&local, "甲运营").await.unwrap();
    let station = StationDraft {
        name: "甲站".to_owned(),
        operator_id: Some(operator_id),
        city_code: Some("420100".to_owned()),
        address: "一路1号".to_owned(),
        tariff_id: Some(tariff.0),
        longitude_e6: None,
        latitude_e6: None,
        time_zone: None,
    };
    let station = engine.station_create(&local, station).await.unwrap();
    let piles = [
        ("A-1", Protocol::Ocpp16, Some(PASSWORD)),
        ("A-2", Protocol::Ocpp16, Some(KEY)),
        (YKC, Protocol::Ykc16, None),
        (DIGITS, Protocol::Ocpp16, Some(PASSWORD)),
    ];
    for (code, protocol, password) in piles {
        let draft = PileDraft {
            code: code.to_owned(),
            name: None,
            station_id: Some(station.0),
            kind: PileKind::Dc,
            protocol,
            rated_power_w: 60_000,
            connector_count: 2,
            password: password.map(str::to_owned),
        };
        engine.pile_create(&local, draft).await.unwrap();
    }
    let card = CardDraft {
        tag: "CARD1".to_owned(),
        status: CardStatus::Accepted,
        group: None,
        expires_at_ms: None,
        sessions_max: None,
        offline: None,
    };
    engine.card_create(&local, card).await.unwrap();
}

impl Door {
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.stop().await;
        }
    }

    pub async fn find(&self, code: &str) -> Option<Pile> {
        let code = PileCode::parse(code).unwrap();
        self.app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await.unwrap()
    }

    pub async fn id(&self, code: &str) -> PileId {
        self.find(code).await.unwrap().id
    }

    /// The database and the registry say the same of the pile's link, and it is this.
    pub async fn is_online(&self, code: &str, wanted: bool) -> bool {
        let pile = self.find(code).await.unwrap();
        pile.online == wanted && self.app.devices.online(pile.id).is_some() == wanted
    }

    pub async fn becomes_online(&self, code: &str, wanted: bool) {
        until(&format!("{code} on line: {wanted}"), async || self.is_online(code, wanted).await).await;
    }
}

/// Waits until something holds; fails when it does not come about.
pub async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let patience = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < patience, "did not come about: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What must not take long.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("took too long: {what}"))
}

/// User and password.
pub type Login<'a> = Option<(&'a str, &'a [u8])>;

/// A handshake as bytes.
pub fn handshake(path: &str, login: Login<'_>, protocol: Option<&str>) -> String {
    let mut head = format!(
        "GET /ocpp/{path} HTTP/1.1\r\nHost: pile.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    );
    if let Some((user, password)) = login {
        let pair = [user.as_bytes(), b":", password].concat();
        head.push_str(&format!("Authorization: Basic {}\r\n", BASE64_STANDARD.encode(pair)));
    }
    if let Some(protocol) = protocol {
        head.push_str(&format!("Sec-WebSocket-Protocol: {protocol}\r\n"));
    }
    head + "\r\n"
}

/// An answer to a handshake: status, head without the date and the trace, body.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// A socket of either kind.
pub trait Wire: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire for S {}

pub async fn answered(stream: &mut impl Wire) -> Answered {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon("an answer's head", stream.read_u8()).await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    soon("an answer's body", stream.read_exact(&mut body)).await.unwrap();
    let lines: Vec<&str> =
        head.lines().filter(|line| !line.starts_with("date:") && !line.starts_with("x-trace-id:")).collect();
    Answered {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: lines.join("\n"),
        body: String::from_utf8(body).unwrap(),
    }
}

pub async fn knock(at: SocketAddr, handshake: &str) -> (TcpStream, Answered) {
    knock_on(TcpStream::connect(at).await.unwrap(), handshake).await
}

pub async fn knock_on<S: Wire>(mut stream: S, handshake: &str) -> (S, Answered) {
    stream.write_all(handshake.as_bytes()).await.unwrap();
    let answered = answered(&mut stream).await;
    (stream, answered)
}

/// A pile's side of an OCPP link.
pub struct Link<S = TcpStream>(pub WebSocketStream<S>);

impl Link {
    pub async fn open(door: &Door, code: &str, password: &str) -> Link {
        Link::open_as(door, code, password, "ocpp1.6").await
    }

    pub async fn open_as(door: &Door, code: &str, password: &str, protocol: &str) -> Link {
        let hands = handshake(code, Some((code, password.as_bytes())), Some(protocol));
        let (stream, answered) = knock(door.http, &hands).await;
        assert_eq!(answered.status, 101, "{answered:?}");
        Link(WebSocketStream::from_raw_socket(stream, Role::Client, None).await)
    }

    /// Open, and known to the server.
    pub async fn enter(door: &Door, code: &str, password: &str) -> Link {
        let mut link = Link::open(door, code, password).await;
        assert_eq!(link.ask(r#"[2,"in","Heartbeat",{}]"#).await[0], 3);
        link
    }
}

impl<S: Wire> Link<S> {
    pub async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text.to_owned())).await.unwrap();
    }

    /// The next message of the other side; pings are answered meanwhile.
    pub async fn hear(&mut self) -> Value {
        loop {
            match soon("a message", self.0.next()).await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(text.as_str()).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub async fn ask(&mut self, text: &str) -> Value {
        self.say(text).await;
        self.hear().await
    }

    /// The code under which the other side closes.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match soon("the end", self.0.next()).await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}
