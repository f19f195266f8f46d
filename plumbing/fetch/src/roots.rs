//! Who may issue certificates: the platform's authorities, or one file and nobody else.
//! Knows: where they are read from. Never knows: who is asked.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// Whose certificates are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// The authorities that this machine trusts.
    Platform,
    /// The certificates of a PEM file, and no other.
    File(PathBuf),
}

/// Why there is nobody to believe.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// The machine has none.
    #[error(
        "this machine has no trusted certificate authorities; install its `ca-certificates`, or name a CA file"
    )]
    NoneHere,
    /// The file cannot be read.
    #[error("cannot read the CA file {}: {why}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// The file holds no certificate that could issue one.
    #[error("{} holds no certificate in PEM form", file.display())]
    NotPem {
        /// The file.
        file: PathBuf,
    },
}

impl Roots {
    /// TLS 1.3 or 1.2, hybrid key exchange first, no resumption, no certificate of our own.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, RootsError> {
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_protocol_versions(&[&TLS13, &TLS12])
                .expect("the provider speaks both")
                .with_root_certificates(self.read()?)
                .with_no_client_auth();
        config.resumption = Resumption::disabled();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn read(&self) -> Result<RootCertStore, RootsError> {
        let mut store = RootCertStore::empty();
        match self {
            Self::Platform => {
                let found = rustls_native_certs::load_native_certs();
                store.add_parsable_certificates(found.certs);
                if store.is_empty() {
                    return Err(RootsError::NoneHere);
                }
            }
            Self::File(file) => {
                let bytes = std::fs::read(file).map_err(|why| RootsError::Unreadable {
                    file: file.clone(),
                    why,
                })?;
                let not_pem = || RootsError::NotPem { file: file.clone() };
                for certificate in CertificateDer::pem_slice_iter(&bytes) {
                    let certificate = certificate.map_err(|_| not_pem())?;
                    store.add(certificate).map_err(|_| not_pem())?;
                }
                if store.is_empty() {
                    return Err(not_pem());
                }
            }
        }
        Ok(store)
    }
}
