//! The door with TLS: the same pages and piles as the plain one, for whoever has no proxy in front, and for
//! piles that show a certificate of their own (OCPP security profiles 2 and 3).

mod days;

pub use days::CertificateDays;

use crate::app::App;
use model::time::{DAY_MS, HOUR_MS, Timestamp};
use model::{Error, Result};
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

/// Whoever has not finished the handshake by then is cut off.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);

/// Whether other files lie there is looked at this often: whoever renews a certificate wants to see it shown.
pub const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Our own certificate is made anew, and one that ends is told of, this often.
const RENEW_EVERY_MS: i64 = 6 * HOUR_MS;

/// So long before its end a certificate is warned of.
pub const CERTIFICATE_SOON_MS: i64 = 30 * DAY_MS;

#[derive(Clone, Debug, Default)]
pub struct TlsSettings {
    /// Certificate chain and key (PEM); without them our own authority signs one for `names`.
    pub files: Option<(PathBuf, PathBuf)>,
    pub names: Vec<String>,
    /// Whose certificates of piles are taken besides our own authority's.
    pub client_ca_file: Option<PathBuf>,
}

pub struct Tls {
    app: Arc<App>,
    settings: TlsSettings,
    config: RwLock<Arc<ServerConfig>>,
    taken: Mutex<Taken>,
}

/// What was in the files when they were last read, each of them or none.
struct Taken {
    at: Timestamp,
    files: Vec<Option<Vec<u8>>>,
}

/// Put into each request that came over TLS.
#[derive(Clone)]
pub struct Secured {
    /// What the other side has shown and proved to be its own; its chain ends at a root that is trusted.
    pub certificate: Option<CertificateDer<'static>>,
}

impl Tls {
    pub async fn open(app: Arc<App>, settings: TlsSettings) -> Result<Arc<Tls>> {
        let taken = Mutex::new(Taken { at: app.now(), files: settings.read().await });
        let (config, days) = config(&app, &settings).await?;
        noted(&app, &days);
        Ok(Arc::new(Tls { app, settings, config: RwLock::new(config), taken }))
    }

    /// Takes what is in the files, if that is something else than before, or a new certificate of our own when it
    /// is time. What went wrong changes nothing: the certificate and its key are put there one after the other.
    pub async fn look(&self) {
        let (now, files) = (self.app.now(), self.settings.read().await);
        {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            if taken.files == files && now.since(taken.at) < RENEW_EVERY_MS {
                return;
            }
            *taken = Taken { at: now, files };
        }
        match config(&self.app, &self.settings).await {
            Ok((new, days)) => {
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = new;
                noted(&self.app, &days);
            }
            Err(why) => tracing::warn!(%why, "the TLS certificate could not be renewed; the old one goes on"),
        }
    }

    pub async fn accept(&self, stream: TcpStream) -> io::Result<(Socket, Secured)> {
        let config = Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner));
        let handshake = TlsAcceptor::from(config).accept(stream);
        let stream = tokio::time::timeout(HANDSHAKE_PATIENCE, handshake).await??;
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let secured = Secured { certificate: shown.map(|shown| shown.clone().into_owned()) };
        Ok((Socket::Tls(Box::new(stream)), secured))
    }
}

/// What is shown from now on. Nobody is kept out for it: whoever does not look goes on, and whoever does is told
/// by their own side.
fn noted(app: &App, days: &CertificateDays) {
    app.figures.certificate_shown(days.ends_at);
    let (now, ends) = (app.now(), days.ends_at.rfc3339());
    if days.begins_at > now {
        let begins = days.begins_at.rfc3339();
        tracing::error!(%begins, "the certificate of the TLS door is not valid yet; piles and browsers refuse it");
    } else if days.ends_at <= now {
        tracing::error!(%ends, "the certificate of the TLS door has expired; piles and browsers refuse it: renew it");
    } else if days.ends_at.since(now) < CERTIFICATE_SOON_MS {
        tracing::warn!(%ends, "the certificate of the TLS door expires soon: renew it");
    } else {
        tracing::info!(%ends, "the TLS door shows this certificate");
    }
}

impl TlsSettings {
    async fn read(&self) -> Vec<Option<Vec<u8>>> {
        let named = self.files.iter().flat_map(|(certificate, key)| [certificate, key]);
        let mut all = Vec::new();
        for path in named.chain(&self.client_ca_file) {
            all.push(tokio::fs::read(path).await.ok());
        }
        all
    }
}

fn unusable(field: &'static str, why: &dyn std::fmt::Display) -> Error {
    Error::invalid(
        field,
        format!("配置项 {field} 指定的文件无法使用：{why}；应为 PEM 格式"),
        format!("The file of the setting {field} cannot be used: {why}. It must be PEM."),
    )
}

fn chain(field: &'static str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let read: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let chain = read.map_err(|why| unusable(field, &why))?;
    if chain.is_empty() {
        return Err(unusable(field, &"其中没有证书 / there is no certificate in it"));
    }
    Ok(chain)
}

async fn file(field: &'static str, path: &PathBuf) -> Result<Vec<u8>> {
    tokio::fs::read(path).await.map_err(|why| unusable(field, &format!("{}: {why}", path.display())))
}

async fn config(app: &App, settings: &TlsSettings) -> Result<(Arc<ServerConfig>, CertificateDays)> {
    let authority = app.engine.authority().await?;
    let mut roots = RootCertStore::empty();
    let mut trusted = chain("authority", authority.body.as_bytes())?;
    if let Some(path) = &settings.client_ca_file {
        trusted.extend(chain("tls_client_ca_file", &file("tls_client_ca_file", path).await?)?);
    }
    for root in trusted {
        roots.add(root).map_err(|why| unusable("tls_client_ca_file", &why))?;
    }
    let (shown, key) = match &settings.files {
        Some((certificate, key)) => {
            (file("tls_certificate_file", certificate).await?, file("tls_key_file", key).await?)
        }
        None => {
            let serial = app.engine.certificate_serial()?;
            let made = authority.server_sign(&settings.names, &serial, app.now())?;
            (made.chain.into_bytes(), made.key.into_bytes())
        }
    };
    let shown = chain("tls_certificate_file", &shown)?;
    let days = CertificateDays::of(&shown[0]).map_err(|why| unusable("tls_certificate_file", &why))?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|why| unusable("tls_key_file", &why))?;
    let provider = Arc::new(ring::default_provider());
    let piles = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .map_err(|why| unusable("tls_client_ca_file", &why))?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| unusable("tls_key_file", &why))?
        .with_client_cert_verifier(piles)
        .with_single_cert(shown, key)
        .map_err(|why| unusable("tls_certificate_file", &why))?;
    Ok((Arc::new(config), days))
}

/// A connection, with TLS or without.
pub enum Socket {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Socket::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Socket::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Socket::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Socket::Plain(stream) => Pin::new(stream).poll_write_vectored(context, parts),
            Socket::Tls(stream) => Pin::new(stream).poll_write_vectored(context, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Socket::Plain(stream) => stream.is_write_vectored(),
            Socket::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Plain(stream) => Pin::new(stream).poll_flush(context),
            Socket::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Socket::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
