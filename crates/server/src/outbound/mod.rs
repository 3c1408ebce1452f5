//! The one door through which the server itself goes out by HTTP. It resolves a name once, looks at
//! every address that it stands for, and connects to one of those: a name that says something else a
//! moment later leads nowhere. No redirect is followed, and no answer is read without an end.

pub mod guard;
pub mod trust;

use guard::Guard;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::header::{ETAG, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use model::Text;
use model::web_address::WebAddress;
use rustls_pki_types::ServerName;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// A name may stand for many addresses; so many of them are tried.
const ADDRESSES_TRIED: usize = 3;
const HEAD_MAX: usize = 32 * 1024;

#[derive(Default)]
pub struct Outbound {
    guard: Guard,
    /// A program of our own beside us, as the demo has one.
    own: OnceLock<SocketAddr>,
    tls: OnceCell<Arc<ClientConfig>>,
}

pub struct Ask<'a> {
    pub method: Method,
    pub to: &'a WebAddress,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Bytes,
    /// For all of it, from the name to the last byte.
    pub patience: Duration,
    /// Of the answer's body.
    pub answer_max: usize,
}

#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    /// What the other side calls this version of the body.
    pub etag: Option<String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub struct OutboundFault {
    pub kind: OutboundFaultKind,
    pub text: Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboundFaultKind {
    /// The settings do not let us go there.
    Closed,
    /// No such name, nobody listens, no secure connection.
    Unreachable,
    Late,
    TooLarge,
    Broken,
}

fn fault(kind: OutboundFaultKind, zh: String, en: String) -> OutboundFault {
    OutboundFault { kind, text: Text::new(zh, en) }
}

impl Outbound {
    pub fn new(guard: Guard) -> Outbound {
        Outbound { guard, own: OnceLock::new(), tls: OnceCell::new() }
    }

    /// Lets this one place be gone to, whatever the settings say.
    pub fn own_set(&self, at: SocketAddr) {
        let _ = self.own.set(at);
    }

    fn may(&self, at: SocketAddr) -> bool {
        self.guard.may(at.ip()) || self.own.get() == Some(&at)
    }

    /// Whether the settings name the very address.
    pub fn is_opened(&self, to: &WebAddress) -> bool {
        to.ip().is_some_and(|ip| self.guard.opens(ip))
    }

    /// Whether an address that is written in numbers may be gone to: said when it is saved. Of a name that
    /// is found out when it is used.
    pub fn check(&self, field: &'static str, to: &WebAddress) -> model::Result<()> {
        match to.ip() {
            Some(ip) if !self.may(SocketAddr::new(ip, to.port)) => {
                let OutboundFault { text, .. } = closed(to, ip);
                Err(model::Error::invalid(field, text.zh, text.en))
            }
            _ => Ok(()),
        }
    }

    pub async fn ask(&self, ask: Ask<'_>) -> Result<Reply, OutboundFault> {
        let (patience, to) = (ask.patience, ask.to);
        match tokio::time::timeout(patience, self.asked(ask)).await {
            Ok(done) => done,
            Err(_) => {
                let (place, seconds) = (to.authority(), patience.as_secs());
                Err(fault(
                    OutboundFaultKind::Late,
                    format!("{place} 在 {seconds} 秒内没有应答完；请检查对方服务与网络，或调大超时"),
                    format!(
                        "{place} did not finish its answer within {seconds} s. Check that service and the network, or allow more time."
                    ),
                ))
            }
        }
    }

    async fn asked(&self, ask: Ask<'_>) -> Result<Reply, OutboundFault> {
        let stream = self.connect(ask.to).await?;
        let _ = stream.set_nodelay(true);
        if !ask.to.secure {
            return talk(TokioIo::new(stream), ask).await;
        }
        let unsafe_link = |why: &dyn std::fmt::Display| {
            let place = ask.to.authority();
            fault(
                OutboundFaultKind::Unreachable,
                format!("与 {place} 建立加密连接失败：{why}；请核对地址，或安装签发机构的根证书"),
                format!(
                    "No secure connection to {place}: {why}. Check the address, or install its authority's certificate."
                ),
            )
        };
        let name = ServerName::try_from(ask.to.host.clone()).map_err(|why| unsafe_link(&why))?;
        let config = self.tls.get_or_try_init(roots).await.map_err(|why| unsafe_link(&why))?;
        let link = TlsConnector::from(Arc::clone(config)).connect(name, stream).await;
        let link = link.map_err(|why| match trust::certificate_fault(&ask.to.authority(), &why) {
            Some(text) => OutboundFault { kind: OutboundFaultKind::Unreachable, text },
            None => unsafe_link(&why),
        })?;
        talk(TokioIo::new(link), ask).await
    }

    /// To one of the addresses that were looked at, and to no other.
    async fn connect(&self, to: &WebAddress) -> Result<TcpStream, OutboundFault> {
        let mut why = None;
        for at in self.resolve(to).await?.into_iter().take(ADDRESSES_TRIED) {
            match tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect(at)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(refused)) => why = Some(refused.to_string()),
                Err(_) => why = Some("timed out / 连接超时".to_owned()),
            }
        }
        let (place, why) = (to.authority(), why.unwrap_or_default());
        Err(fault(
            OutboundFaultKind::Unreachable,
            format!("连接不上 {place}：{why}；请检查地址、端口与防火墙"),
            format!("{place} cannot be reached: {why}. Check the address, the port and the firewall."),
        ))
    }

    async fn resolve(&self, to: &WebAddress) -> Result<Vec<SocketAddr>, OutboundFault> {
        let found: Vec<SocketAddr> = match to.ip() {
            Some(ip) => vec![SocketAddr::new(ip, to.port)],
            None => {
                let host = to.host.as_str();
                let unknown = |why: &str| {
                    fault(
                        OutboundFaultKind::Unreachable,
                        format!("找不到主机 {host}：{why}；请检查名称与 DNS"),
                        format!("The host {host} cannot be found: {why}. Check its name and DNS."),
                    )
                };
                let found = tokio::net::lookup_host((host, to.port)).await;
                let found: Vec<SocketAddr> = found.map_err(|why| unknown(&why.to_string()))?.collect();
                if found.is_empty() {
                    return Err(unknown("no address"));
                }
                found
            }
        };
        match found.iter().find(|at| !self.may(**at)) {
            Some(at) => Err(closed(to, at.ip())),
            None => Ok(found),
        }
    }
}

fn closed(to: &WebAddress, ip: IpAddr) -> OutboundFault {
    let host = &to.host;
    fault(
        OutboundFaultKind::Closed,
        format!(
            "{host} 指向内部或保留地址 {ip}，出于安全不会访问；确属自家网络时，请运维在 outbound_allow 中加入该网段"
        ),
        format!(
            "{host} stands for {ip}, which is internal or reserved and not gone to. If it is your own network, have it added to outbound_allow."
        ),
    )
}

/// What the system trusts; read once.
async fn roots() -> Result<Arc<ClientConfig>, String> {
    let load = || {
        let mut roots = RootCertStore::empty();
        for certificate in rustls_native_certs::load_native_certs().certs {
            let _ = roots.add(certificate);
        }
        if roots.is_empty() {
            return Err("系统没有根证书，请安装 ca-certificates / the system has no root certificates: install ca-certificates".to_owned());
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|why| why.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    };
    tokio::task::spawn_blocking(load).await.map_err(|why| why.to_string())?
}

/// Ends with whoever waits for it.
struct Driver(tokio::task::JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn talk<T>(io: TokioIo<T>, ask: Ask<'_>) -> Result<Reply, OutboundFault>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let place = ask.to.authority();
    let broken = |why: &dyn std::fmt::Display| {
        fault(
            OutboundFaultKind::Broken,
            format!("{place} 的应答不是有效的 HTTP，或连接中断：{why}"),
            format!("{place} did not answer in HTTP, or the connection broke: {why}"),
        )
    };
    let mut request = Request::builder()
        .method(ask.method)
        .uri(&ask.to.path)
        .header(HOST, ask.to.authority())
        .header(USER_AGENT, concat!("PileOps/", env!("CARGO_PKG_VERSION")));
    for (name, value) in ask.headers {
        let value = HeaderValue::try_from(value).map_err(|why| broken(&why))?;
        request = request.header(name, value);
    }
    let request = request.body(Full::new(ask.body)).map_err(|why| broken(&why))?;
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(HEAD_MAX)
        .handshake(io)
        .await
        .map_err(|why| broken(&why))?;
    let _driver = Driver(tokio::spawn(async move { drop(connection.await) }));
    let answer = sender.send_request(request).await.map_err(|why| broken(&why))?;
    let status = answer.status();
    let etag = answer.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    let headers = answer.headers().clone();
    match Limited::new(answer.into_body(), ask.answer_max).collect().await {
        Ok(body) => Ok(Reply { status, etag, headers, body: body.to_bytes() }),
        Err(why) if why.is::<LengthLimitError>() => {
            let most = ask.answer_max / 1024;
            Err(fault(
                OutboundFaultKind::TooLarge,
                format!("{place} 的应答超过 {most} KiB，已停止读取"),
                format!("The answer of {place} is larger than {most} KiB; it was read no further."),
            ))
        }
        Err(why) => Err(broken(&why)),
    }
}
