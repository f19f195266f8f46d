//! TLS as a client of a few lines speaks it: with whoever shows a certificate and holds its key.
//! Knows: the key that was shown. Never knows: whose key it ought to be, doors, frames.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use partywall_ground::Spki;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::version::TLS13;
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A TLS 1.3 connection over TCP, and the key of the certificate that was shown on it.
///
/// # Errors
/// Nobody listens there, or it is no TLS 1.3, or the key in the certificate is not the other end's.
pub async fn tls(address: SocketAddr) -> io::Result<(TlsStream<TcpStream>, Spki)> {
    tls_over(TcpStream::connect(address).await?).await
}

/// The same over a connection that is there already.
///
/// # Errors
/// As [`tls`].
pub async fn tls_over(stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, Spki)> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .expect("the provider speaks TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(algorithms)))
        .with_no_client_auth();
    let name = ServerName::try_from("relay.example").expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await?;
    let shown = stream.get_ref().1.peer_certificates();
    let shown = shown.and_then(<[_]>::first).expect("servers show one");
    let parsed = ParsedCertificate::try_from(shown).map_err(io::Error::other)?;
    let spki = Spki::new(partywall_proof::sha256(&parsed.subject_public_key_info()));
    Ok((stream, spki))
}

#[derive(Debug)]
struct Anybody(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 only".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
