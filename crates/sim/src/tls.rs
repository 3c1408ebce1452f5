//! A pile's side of TLS: whom it trusts, and what it shows of itself (security profiles 2 and 3).

use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// What a WebSocket runs over.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire for S {}

#[derive(Clone)]
pub struct Tls(TlsConnector);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// `authorities`: PEM of whom the pile trusts. `own`: PEM of its certificate, with those up to the root,
    /// and of its key; a pile of security profile 2 has none and shows its password.
    pub fn new(authorities: &str, own: Option<(&str, &str)>) -> Result<Tls> {
        let mut roots = RootCertStore::empty();
        for one in CertificateDer::pem_slice_iter(authorities.as_bytes()) {
            roots.add(one.map_err(unreadable)?).map_err(Error::other)?;
        }
        if roots.is_empty() {
            return Err(Error::new(ErrorKind::InvalidInput, "there is no certificate of an authority"));
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(Error::other)?
            .with_root_certificates(roots);
        let config = match own {
            None => config.with_no_client_auth(),
            Some((chain, key)) => {
                let chain: Vec<_> = CertificateDer::pem_slice_iter(chain.as_bytes())
                    .collect::<std::result::Result<_, _>>()
                    .map_err(unreadable)?;
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(unreadable)?;
                config.with_client_auth_cert(chain, key).map_err(Error::other)?
            }
        };
        Ok(Tls(TlsConnector::from(Arc::new(config))))
    }

    /// The same from files.
    pub fn read(authorities: &Path, own: Option<(&Path, &Path)>) -> Result<Tls> {
        let authorities = std::fs::read_to_string(authorities)?;
        let own = match own {
            Some((chain, key)) => Some((std::fs::read_to_string(chain)?, std::fs::read_to_string(key)?)),
            None => None,
        };
        Tls::new(&authorities, own.as_ref().map(|(chain, key)| (chain.as_str(), key.as_str())))
    }

    pub(crate) async fn connect(&self, host: &str, stream: TcpStream) -> Result<Box<dyn Wire>> {
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(Error::other)?;
        Ok(Box::new(self.0.connect(name, stream).await?))
    }
}

fn unreadable(why: tokio_rustls::rustls::pki_types::pem::Error) -> Error {
    Error::new(ErrorKind::InvalidInput, why.to_string())
}
