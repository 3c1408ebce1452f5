//! The API as the command line uses it: of a running server where there is one, else of an app that
//! is opened inside this process and listens to nobody.

use super::{Listen, Place, serve};
use crate::app::App;
use crate::{demo, gateway, http, install};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Method, Request, Response};
use futures_util::StreamExt;
use hyper_util::rt::TokioIo;
use model::{Error, Result, Text};
use serde_json::Value;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tower::ServiceExt;

const ANSWER_MAX: usize = 64 * 1024 * 1024;

pub struct Client {
    token: String,
    way: Way,
}

enum Way {
    /// `host:port` of a running server.
    Remote(String),
    Local {
        router: Router,
        app: Arc<App>,
        _lock: Option<install::Lock>,
    },
}

/// An answer that says no.
pub struct Refused {
    pub status: u16,
    pub body: Value,
}

/// Where the server of this data folder listens, and the token of its local door.
fn told(data: &std::path::Path) -> Option<(String, String)> {
    install::address_http(data).zip(install::token_read(data))
}

impl Client {
    /// `PILEOPS_SERVER` and `PILEOPS_TOKEN`, or the server that runs on the data folder, or none.
    pub async fn open(place: &Place) -> Result<Client> {
        let environment = super::environment()?;
        if let Some(server) = environment.get("server").filter(|server| !server.is_empty()) {
            let token = environment.get("token").cloned().unwrap_or_default();
            return Ok(Client { token, way: Way::Remote(host_of(server)?) });
        }
        let config = place.config(&Listen::default())?;
        let data = config.data();
        let running = async || match install::address_http(&data) {
            Some(host) => TcpStream::connect(&host).await.is_ok(),
            None => false,
        };
        let Some(lock) = install::lock_or(&data, running).await? else {
            let (host, token) = told(&data).ok_or_else(cut_off)?;
            return Ok(Client { token, way: Way::Remote(host) });
        };
        demo::unfinished_refuse(&data)?;
        let app = serve::open(&config).await?;
        let (token, generated) = app.local_open().await?;
        if let Some(password) = generated {
            eprintln!(
                "管理员账号 / administrator: {}  初始密码 / password: {password}（只显示这一次 / shown this once）",
                crate::app::ADMIN
            );
        }
        let router = http::router(Arc::clone(&app)).merge(gateway::router(Arc::clone(&app)));
        Ok(Client { token, way: Way::Local { router, app, _lock: Some(lock) } })
    }

    /// Of the server that this process is, by its local door.
    pub fn inside(app: &Arc<App>) -> Option<Client> {
        let token = app.local_token()?.to_owned();
        let way = Way::Local { router: http::router(Arc::clone(app)), app: Arc::clone(app), _lock: None };
        Some(Client { token, way })
    }

    /// Only of a server that runs, on this data folder or where the variables say; nothing is opened.
    pub async fn running(place: &Place) -> Result<Option<Client>> {
        let environment = super::environment()?;
        if environment.get("server").is_some_and(|server| !server.is_empty()) {
            return Client::open(place).await.map(Some);
        }
        let data = place.config(&Listen::default())?.data();
        let Some((host, token)) = told(&data) else { return Ok(None) };
        let runs = TcpStream::connect(&host).await.is_ok();
        Ok(runs.then_some(Client { token, way: Way::Remote(host) }))
    }

    /// The answer of a call that must succeed.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let body = body.map(|value| ("application/json", value.to_string()));
        self.ask(method, path, body).await?.map_err(|refused| refused.into_error())
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, None).await
    }

    /// The rows of a short list, which has no pages.
    pub async fn whole(&self, path: &str) -> Result<Vec<Value>> {
        let list = self.get(path).await?;
        Ok(list.get("items").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// Every row of a list, page by page.
    pub async fn all(&self, path: &str) -> Result<Vec<Value>> {
        let mut rows = Vec::new();
        let mut cursor = None::<String>;
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = match &cursor {
                Some(cursor) => self.get(&format!("{path}{joint}limit=200&cursor={cursor}")).await?,
                None => self.get(&format!("{path}{joint}limit=200")).await?,
            };
            rows.extend(page.get("items").and_then(Value::as_array).cloned().unwrap_or_default());
            match page.get("next_cursor").and_then(Value::as_str) {
                Some(next) => cursor = Some(next.to_owned()),
                None => return Ok(rows),
            }
        }
    }

    /// A call whose refusal the caller wants to see.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<(&'static str, String)>,
    ) -> Result<Result<Value, Refused>> {
        let body = body.map(|(kind, text)| (kind, Body::from(text)));
        let response = self.respond(method, path, body).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), ANSWER_MAX).await.map_err(|_| cut_off())?;
        let value = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or(Value::Null)
        };
        Ok(if status.is_success() {
            Ok(value)
        } else {
            Err(Refused { status: status.as_u16(), body: value })
        })
    }

    /// Sends a file as it is.
    pub async fn send(&self, path: &str, bytes: Vec<u8>) -> Result<Value> {
        let body = Some(("application/octet-stream", Body::from(bytes)));
        let response = self.respond(Method::POST, path, body).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), ANSWER_MAX).await.map_err(|_| cut_off())?;
        let value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let refused = Refused { status: status.as_u16(), body: value.clone() };
        if status.is_success() { Ok(value) } else { Err(refused.into_error()) }
    }

    /// Writes an answer into a file, piece by piece.
    pub async fn fetch(&self, path: &str, file: &std::path::Path) -> Result<()> {
        self.fetch_by(Method::GET, path, file).await
    }

    pub async fn fetch_by(&self, method: Method, path: &str, file: &std::path::Path) -> Result<()> {
        let response = self.respond(method, path, None).await?;
        let status = response.status();
        if !status.is_success() {
            let bytes = to_bytes(response.into_body(), ANSWER_MAX).await.map_err(|_| cut_off())?;
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            return Err(Refused { status: status.as_u16(), body }.into_error());
        }
        let unwritable = |why: std::io::Error| {
            Error::invalid(
                "FILE",
                format!("无法写入 {}：{why}", file.display()),
                format!("{} cannot be written: {why}", file.display()),
            )
        };
        let mut out = tokio::fs::File::create(file).await.map_err(unwritable)?;
        let mut pieces = response.into_body().into_data_stream();
        while let Some(piece) = pieces.next().await {
            out.write_all(&piece.map_err(|_| cut_off())?).await.map_err(unwritable)?;
        }
        out.sync_all().await.map_err(unwritable)
    }

    async fn respond(
        &self,
        method: Method,
        path: &str,
        body: Option<(&'static str, Body)>,
    ) -> Result<Response<Body>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(ACCEPT_LANGUAGE, language());
        if let Way::Remote(host) = &self.way {
            request = request.header(HOST, host);
        }
        let request = match body {
            Some((kind, body)) => request.header(CONTENT_TYPE, kind).body(body),
            None => request.body(Body::empty()),
        };
        let request = request.map_err(|_| {
            Error::invalid("argument", "参数含有无法传送的字符", "An argument cannot be sent.")
        })?;
        match &self.way {
            Way::Local { router, .. } => match router.clone().oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            },
            Way::Remote(host) => remote(host, request).await,
        }
    }

    /// Waits until what was queued is written.
    pub async fn close(self) {
        if let Way::Local { app, .. } = self.way {
            let _ = app.engine.store.write_everywhere(|_| Ok(())).await;
        }
    }
}

impl Refused {
    /// The server's own words, as an error of this process.
    pub fn into_error(self) -> Error {
        let words = |name: &str| self.body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let message = words("message");
        let message = if message.is_empty() { format!("HTTP {}", self.status) } else { message };
        let mut error = Error::refused("server.refused", message.clone(), message);
        if let Some(field) = self.body.get("field").and_then(Value::as_str) {
            error = error.on_field(field.to_owned());
        }
        error
    }
}

/// Chinese unless the terminal says otherwise.
fn language() -> &'static str {
    let lang = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    if lang.is_some_and(|lang| lang.starts_with("en")) { "en" } else { "zh-CN" }
}

fn host_of(server: &str) -> Result<String> {
    let host = server.strip_prefix("http://").unwrap_or(server).trim_end_matches('/');
    if host.contains("://") || host.is_empty() || host.contains('/') {
        return Err(Error::invalid(
            "PILEOPS_SERVER",
            "应为 http://地址:端口，例如 http://127.0.0.1:8080（TLS 请在本机以隧道转接）",
            "Give http://ADDRESS:PORT, such as http://127.0.0.1:8080 (for TLS use a local tunnel).",
        ));
    }
    Ok(if host.contains(':') { host.to_owned() } else { format!("{host}:80") })
}

async fn remote(host: &str, request: Request<Body>) -> Result<Response<Body>> {
    let stream = TcpStream::connect(host).await.map_err(|why| {
        Error::new(
            model::error::Kind::Unavailable,
            "server.unreachable",
            Text::new(
                format!("无法连接 {host}：{why}；请确认服务已启动、地址正确"),
                format!("Cannot reach {host}: {why}. See that the server runs and the address is right."),
            ),
        )
    })?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|_| cut_off())?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|_| cut_off())?;
    Ok(response.map(Body::new))
}

fn cut_off() -> Error {
    Error::unavailable("服务器连接", "connection to the server")
}
