//! A connection to a host, and over it TLS with a verified certificate.
//! Knows: addresses, handshakes. Never knows: a byte of the request.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::{CertificateError, ClientConfig};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use crate::{Reach, Trouble, Url};

/// A connection, with TLS or, on loopback, without.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

pub(crate) async fn connected(
    url: &Url,
    tls: &Arc<ClientConfig>,
    reach: Reach,
) -> Result<Box<dyn Stream>, Trouble> {
    let found = lookup_host((url.host.as_str(), url.port))
        .await
        .map_err(|_| Trouble::Unresolved)?;
    let stream = nearest(found, |address| {
        reach.admits(address.ip()) && (!url.plain || address.ip().is_loopback())
    })
    .await?;
    // Nothing is gained by waiting for more to send; that it cannot be set harms nobody.
    let _unset = stream.set_nodelay(true);
    if url.plain {
        return Ok(Box::new(stream));
    }
    let address = stream.peer_addr().ok();
    let name = ServerName::try_from(url.host.clone()).map_err(|_| Trouble::Tls)?;
    let stream = TlsConnector::from(Arc::clone(tls))
        .connect(name, stream)
        .await;
    if let (Err(_), Some(address), true) = (&stream, address, partywall_mutant::is("P38")) {
        let again = TcpStream::connect(address).await;
        return Ok(Box::new(
            again.map_err(|error| Trouble::Unreachable(error.kind()))?,
        ));
    }
    Ok(Box::new(stream.map_err(|error| of_handshake(&error))?))
}

/// The first of the admitted addresses at which somebody listens.
async fn nearest(
    found: impl Iterator<Item = SocketAddr>,
    admitted: impl Fn(&SocketAddr) -> bool,
) -> Result<TcpStream, Trouble> {
    let mut trouble = Trouble::Unresolved;
    for address in found {
        if !admitted(&address) {
            if trouble == Trouble::Unresolved {
                trouble = Trouble::OutOfReach;
            }
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => trouble = Trouble::Unreachable(error.kind()),
        }
    }
    Err(trouble)
}

fn of_handshake(error: &io::Error) -> Trouble {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => match why {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Trouble::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Trouble::WrongHost
            }
            _ => Trouble::Untrusted,
        },
        _ => Trouble::Tls,
    }
}
