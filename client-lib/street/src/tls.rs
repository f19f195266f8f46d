//! TLS towards a relay: the certificate is looked at, not believed. (SPEC R-1)
//! Knows: how to prove that the other end holds the key in its certificate. Never knows: whose key
//! that ought to be (that is `greet`'s question), frames, mailboxes.

use std::net::IpAddr;
use std::sync::Arc;

use partywall_ground::Spki;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls13_signature_with_raw_key,
};
use rustls::version::TLS13;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

/// The one TLS setting with which this house speaks to relays: TLS 1.3 only, X25519MLKEM768 before
/// everything else, no resumption (a ticket would tie two connections together), no certificate of
/// our own, and a verifier that proves possession and nothing more. (SPEC R-1)
pub(crate) fn client_config() -> Arc<ClientConfig> {
    let provider = provider();
    let certificate = AnyCertificate {
        algorithms: provider.signature_verification_algorithms,
    };
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&TLS13])
        .expect("the provider speaks TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(certificate))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Arc::new(config)
}

fn provider() -> CryptoProvider {
    CryptoProvider {
        kx_groups: vec![
            aws_lc_rs::kx_group::X25519MLKEM768,
            aws_lc_rs::kx_group::X25519,
            aws_lc_rs::kx_group::SECP256R1,
        ],
        ..aws_lc_rs::default_provider()
    }
}

/// The name for SNI: the host when it is a DNS name. An address is never sent.
///
/// `host` stands without brackets. None when it is neither a name nor an address.
pub(crate) fn server_name(host: &str) -> Option<ServerName<'static>> {
    match host.parse::<IpAddr>() {
        Ok(address) => Some(ServerName::from(address)),
        Err(_not_an_address) => ServerName::try_from(host.to_owned()).ok(),
    }
}

/// The SHA-256 of a certificate's DER SubjectPublicKeyInfo, which is what vouches name. (SPEC §2.3)
///
/// None when the bytes are not one X.509 certificate.
pub(crate) fn spki_of(certificate: &CertificateDer<'_>) -> Option<Spki> {
    let parsed = parsed(certificate)?;
    let digest = partywall_proof::sha256(parsed.tbs_certificate.subject_pki.raw);
    Some(Spki::new(digest))
}

/// From when until when a certificate says that it is valid, in Unix seconds. For reports only:
/// nothing is decided by it. (SPEC R-1)
pub(crate) fn dates_of(certificate: &CertificateDer<'_>) -> Option<(u64, u64)> {
    let parsed = parsed(certificate)?;
    let seconds = |time: x509_parser::time::ASN1Time| u64::try_from(time.timestamp()).unwrap_or(0);
    let validity = parsed.validity();
    Some((seconds(validity.not_before), seconds(validity.not_after)))
}

/// Exactly one certificate, and nothing behind it.
fn parsed<'a>(certificate: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    match X509Certificate::from_der(certificate.as_ref()) {
        Ok(([], parsed)) => Some(parsed),
        _ => None,
    }
}

/// A verifier that takes any certificate, whatever names, dates and issuer it has, and then insists
/// that the handshake is signed with the very key whose hash vouches name. (SPEC R-1)
#[derive(Debug)]
struct AnyCertificate {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match parsed(end_entity) {
            Some(_whoever) => Ok(ServerCertVerified::assertion()),
            None => Err(CertificateError::BadEncoding.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 only".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let parsed = parsed(certificate).ok_or(CertificateError::BadEncoding)?;
        let key = SubjectPublicKeyInfoDer::from(parsed.tbs_certificate.subject_pki.raw);
        verify_tls13_signature_with_raw_key(message, &key, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
