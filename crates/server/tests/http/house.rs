//! A whole server without sockets: requests go into the router, answers come out.

use crate::template;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use engine::audit::Actor;
use engine::pricing::TariffDraft;
use engine::secrets::Secrets;
use engine::site::{PileDraft, StationDraft};
use engine::staff::StaffDraft;
use model::access::{Area, Role};
use model::id::{OperatorId, StationId};
use model::site::{PileKind, Protocol};
use model::tariff::Period;
use model::time::{Clock, Timestamp};
use serde_json::Value;
use server::app::{App, AppSettings};
use server::http::{HttpSettings, router};
use server::outbound::guard::Network;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::tariff_list::TariffRate;
use tower::ServiceExt;

pub const PASSWORD: &str = "Correct-Horse-9";

/// 2026-11-23 12:00 in Shanghai.
pub const NOON: i64 = 1_795_406_400_000;

pub struct House {
    pub app: Arc<App>,
    pub router: Router,
    pub clock: Clock,
    folder: std::path::PathBuf,
    /// The server of PostgreSQL and the database on it.
    database: Option<(String, String)>,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some((server, name)) = &self.database {
            template::postgres_drop(server, name);
        }
    }
}

/// On SQLite, and on PostgreSQL when PILEOPS_TEST_PG names a server.
pub async fn houses() -> Vec<House> {
    let mut all = vec![House::new(None).await];
    match std::env::var("PILEOPS_TEST_PG") {
        Ok(url) => all.push(House::new(Some(url)).await),
        Err(_) => eprintln!("SKIPPED on PostgreSQL: PILEOPS_TEST_PG is not set"),
    }
    all
}

/// Where one database says enough: on SQLite, or with PILEOPS_TEST_ALL_PG on the server of PILEOPS_TEST_PG, so
/// that a run can show that these hold there too.
pub async fn house() -> House {
    let all = std::env::var_os("PILEOPS_TEST_ALL_PG");
    House::new(all.and_then(|_| std::env::var("PILEOPS_TEST_PG").ok())).await
}

/// One that is reached by https only.
pub async fn house_secure() -> House {
    House::with(None, HttpSettings { secure_cookies: true, ..HttpSettings::default() }).await
}

/// One behind a proxy at this address.
pub async fn house_behind(proxy: &str) -> House {
    let proxies = vec![Network::parse(proxy).unwrap()];
    House::with(None, HttpSettings { behind_proxy: true, proxies, ..HttpSettings::default() }).await
}

/// One whose environment gives a parameter.
pub async fn house_given(
    name: &'static str,
    value: i64,
    origin: engine::parameter::ParameterOrigin,
) -> House {
    let given = engine::parameter::Given::from([(name, (value, origin))]);
    House::started(None, HttpSettings::default(), given).await
}

pub const SCIM_TOKEN: &str = "scim-token-of-the-tests-0123456789";

/// Where a mobility platform pushes its customers; on both databases.
pub async fn houses_scim() -> Vec<House> {
    let settings = || HttpSettings { scim_token: Some(SCIM_TOKEN.to_owned()), ..HttpSettings::default() };
    let mut all = vec![House::with(None, settings()).await];
    if let Ok(url) = std::env::var("PILEOPS_TEST_PG") {
        all.push(House::with(Some(url), settings()).await);
    }
    all
}

/// Whose settings open the receiver of a test, which is on this machine.
fn opened() -> HttpSettings {
    let allow = ["127.0.0.1/32", "::1"].map(|text| Network::parse(text).unwrap()).to_vec();
    HttpSettings { outbound_allow: allow, ..HttpSettings::default() }
}

pub async fn house_outbound() -> House {
    House::with(None, opened()).await
}

/// On both databases.
pub async fn houses_outbound() -> Vec<House> {
    let mut all = vec![house_outbound().await];
    if let Ok(url) = std::env::var("PILEOPS_TEST_PG") {
        all.push(House::with(Some(url), opened()).await);
    }
    all
}

/// One whose changes are archived to the folder `place`.
pub async fn house_backed(place: &std::path::Path, key: Option<[u8; 32]>) -> House {
    house_backed_at(server::backup::place::Place::Folder(place.to_owned()), key).await
}

pub async fn house_backed_at(place: server::backup::place::Place, key: Option<[u8; 32]>) -> House {
    let house = House::new(None).await;
    let settings = server::backup::BackupSettings { place, key, data: house.folder.clone(), config: None };
    server::backup::open(&house.app, settings).await.unwrap();
    house
}

impl House {
    async fn new(server: Option<String>) -> House {
        House::with(server, HttpSettings::default()).await
    }

    async fn with(server: Option<String>, http: HttpSettings) -> House {
        House::started(server, http, engine::parameter::Given::new()).await
    }

    async fn started(server: Option<String>, http: HttpSettings, given: engine::parameter::Given) -> House {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = format!("pileops_http_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(&unique);
        std::fs::create_dir_all(&folder).unwrap();
        let source = match &server {
            None => template::sqlite(&folder.join("test.db")),
            Some(server) => template::postgres(server, &unique),
        };
        let clock = Clock::manual(Timestamp::from_ms(NOON));
        let app = App::open(AppSettings {
            store: store::Settings::new(source),
            clock: clock.clone(),
            rules: engine::Rules::default(),
            given,
            secrets: Secrets::of(&[7; 32]),
            http,
            settings: Vec::new(),
            files: folder.clone(),
        })
        .await
        .unwrap();
        let database = server.map(|server| (server, unique));
        House { router: router(Arc::clone(&app)), app, clock, folder, database }
    }

    /// Two operators with a station and two piles each, and one account per role; `a.admin` and
    /// `a.viewer` belong to the first operator.
    pub async fn furnish(&self) -> [StationId; 2] {
        let (engine, local) = (&self.app.engine, Actor::local());
        engine.city_ensure(&local, "420100", "湖北", "武汉").await.unwrap();
        let tariff = engine.tariff_create(&local, tariff("分时")).await.unwrap();
        let mut stations = Vec::new();
        for name in ["甲", "乙"] {
            let OperatorId(operator_id) =
                engine.operator_ensure(&local, &format!("{name}运营")).await.unwrap();
            let station = StationDraft {
                name: format!("{name}站"),
                operator_id: Some(operator_id),
                city_code: Some("420100".to_owned()),
                address: "一路1号".to_owned(),
                tariff_id: Some(tariff.0),
                longitude_e6: None,
                latitude_e6: None,
                time_zone: None,
            };
            let station = engine.station_create(&local, station).await.unwrap();
            for n in 1..=2 {
                let code = format!("{}-{n}", if name == "甲" { "A" } else { "B" });
                engine.pile_create(&local, pile(&code, station)).await.unwrap();
            }
            stations.push(station);
        }
        for role in Role::ALL {
            self.staff(role.as_str(), role, None).await;
        }
        self.staff("a.admin", Role::Admin, Some(1)).await;
        self.staff("a.viewer", Role::Viewer, Some(1)).await;
        [stations[0], stations[1]]
    }

    pub async fn staff(&self, account: &str, role: Role, operator_id: Option<i64>) {
        let (name, password) = (format!("{account}先生"), Some(PASSWORD.to_owned()));
        let role = role.as_str().to_owned();
        let draft = StaffDraft {
            account: account.to_owned(),
            name,
            role,
            operator_id,
            area: Area::Everywhere,
            password,
        };
        self.app.engine.staff_create(&Actor::local(), draft).await.unwrap();
    }

    /// Of a body as the API takes it, with a password that is the person's own.
    pub async fn staff_own(&self, draft: serde_json::Value) {
        let draft = serde_json::from_value(draft).unwrap();
        self.app.engine.staff_create(&Actor::local(), draft).await.unwrap();
    }

    /// Signs in and gives the cookie.
    pub async fn sign_in(&self, account: &str) -> String {
        let answer = self
            .post("/session", "", &format!("{{\"account\":\"{account}\",\"password\":\"{PASSWORD}\"}}"))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{account}: {}", answer.text);
        answer.cookie.unwrap().split(';').next().unwrap().to_owned()
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send("GET", path, cookie, None, &[]).await
    }

    pub async fn post(&self, path: &str, cookie: &str, body: &str) -> Answer {
        self.send("POST", path, cookie, Some(body), &[]).await
    }

    /// A request as the console makes it; an empty value takes a header away.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        cookie: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let uri =
            if path.starts_with("/api") || path.starts_with("/scim") || path == "/" || !path.starts_with('/')
            {
                path.to_owned()
            } else {
                format!("/api/v1{path}")
            };
        let mut request = Request::builder().method(method).uri(uri).header(header::HOST, "pile.example");
        let mut all = vec![("x-requested-with", "pileops"), ("content-type", "application/json")];
        if !cookie.is_empty() {
            all.push(("cookie", cookie));
        }
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        for (name, value) in all.iter().chain(headers).filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_owned()));
        Answer::of(self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()).await
    }

    /// Bytes of anybody who is not signed in.
    pub async fn send_bytes(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::HOST, "pile.example")
            .header("x-requested-with", "pileops");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(self.raw(request.body(Body::from(body.to_vec())).unwrap()).await).await
    }

    /// Waits for the end of an export as a page does.
    pub async fn export_ended(&self, cookie: &str, made: &Answer) -> Value {
        for _ in 0..600 {
            let export = self.get(&format!("/exports/{}", made.json["id"]), cookie).await;
            let state = export.ok().json["state"].as_str().unwrap().to_owned();
            if state != "queued" && state != "running" {
                return export.json;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the export does not end");
    }

    /// As it comes: for streams and files.
    pub async fn raw(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub text: String,
    pub json: Value,
    pub cookie: Option<String>,
    pub headers: axum::http::HeaderMap,
}

impl Answer {
    pub async fn of(response: axum::response::Response) -> Answer {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let cookie = parts.headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
        Answer {
            status: parts.status,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
            cookie,
            headers: parts.headers,
        }
    }

    /// It is a refusal of this kind, in the shape that every refusal has.
    pub fn refused(&self, status: u16, code: &str) -> &Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.json["code"], code, "{}", self.text);
        assert!(!self.json["message"].as_str().unwrap().is_empty());
        assert_eq!(self.json["trace_id"].as_str().unwrap().len(), 32);
        assert!(self.json.get("field").is_some());
        self
    }

    pub fn ok(&self) -> &Answer {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self
    }
}

/// A file of this kind with these rows.
pub fn sheet(format: store::exports::ExportFormat, rows: &[[&str; 5]]) -> Vec<u8> {
    let path = std::env::temp_dir().join(format!(
        "pileops_sheet_{}_{:?}.{}",
        std::process::id(),
        std::thread::current().id(),
        format.as_str()
    ));
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    server::exchange::sheet::template_write(&path, format, &rows).unwrap_or_else(|_| panic!("no file"));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    bytes
}

pub fn tariff(name: &str) -> TariffDraft {
    let rate = |period| TariffRate { period, electricity_price_e5: 60_000, service_price_e5: 40_000 };
    TariffDraft {
        at_once: None,
        name: name.to_owned(),
        rates: Period::ALL.into_iter().map(rate).collect(),
        periods: vec![Period::Flat; 48],
        kinds: Vec::new(),
        workdays: Vec::new(),
    }
}

pub fn pile(code: &str, station: StationId) -> PileDraft {
    PileDraft {
        code: code.to_owned(),
        name: None,
        station_id: Some(station.0),
        kind: PileKind::Dc,
        protocol: Protocol::Ocpp16,
        rated_power_w: 60_000,
        connector_count: 2,
        password: None,
    }
}
