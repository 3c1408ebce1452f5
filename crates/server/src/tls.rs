//! The door with TLS: the same pages and piles as the plain one, for whoever has no proxy in front, and for
//! piles that show a certificate of their own (OCPP security profiles 2 and 3).

use crate::app::App;
use model::{Error, Result};
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
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

/// Files are read again, and our own certificate is made anew, this often.
pub const RENEW_EVERY: Duration = Duration::from_secs(6 * 60 * 60);

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
}

/// Put into each request that came over TLS.
#[derive(Clone)]
pub struct Secured {
    /// What the other side has shown and proved to be its own; its chain ends at a root that is trusted.
    pub certificate: Option<CertificateDer<'static>>,
}

impl Tls {
    pub async fn open(app: Arc<App>, settings: TlsSettings) -> Result<Arc<Tls>> {
        let config = RwLock::new(config(&app, &settings).await?);
        Ok(Arc::new(Tls { app, settings, config }))
    }

    /// Takes what is in the files now, or a new certificate of our own. What went wrong changes nothing.
    pub async fn renew(&self) {
        match config(&self.app, &self.settings).await {
            Ok(new) => *self.config.write().unwrap_or_else(PoisonError::into_inner) = new,
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

async fn config(app: &App, settings: &TlsSettings) -> Result<Arc<ServerConfig>> {
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
        .with_single_cert(chain("tls_certificate_file", &shown)?, key)
        .map_err(|why| unusable("tls_certificate_file", &why))?;
    Ok(Arc::new(config))
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
