//! The proxy's own certificate: not the relay's, and vouched for by it.
//! Knows: one TLS key. Never knows: the relay's key.

use std::sync::Arc;

use partywall_ground::Spki;
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::version::TLS13;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// What the proxy shows to clients.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) acceptor: TlsAcceptor,
    /// What the relay has to vouch for.
    pub(crate) spki: Spki,
}

impl Shown {
    /// A fresh key and a certificate for this machine. TLS 1.3, no resumption, as the relay's own.
    pub(crate) fn fresh() -> Self {
        let key = KeyPair::generate().expect("the provider makes P-256 keys");
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let params = CertificateParams::new(names).expect("these are names");
        let certificate = params.self_signed(&key).expect("the key signs");
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .expect("the provider speaks TLS 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .expect("the key is the certificate's");
        config.send_tls13_tickets = 0;
        Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            spki: Spki::new(partywall_proof::sha256(&key.subject_public_key_info())),
        }
    }
}
