//! The certificate that a listener serves: the operator's own, or one made on first start and kept.
//! Knows: X.509 and two files. Never knows: who connects; names and dates in it matter to no client of ours (SPEC R-1).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::Spki;
use partywall_world::Wall;
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::private::{self, PrivateError};
use crate::wing::Wing;
use crate::words::in_words;

/// Where a wing's self-signed pair lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Pair {
    /// A wing's own inside the data folder.
    #[must_use]
    pub fn of(wing: Wing, folder: &Path) -> Self {
        let (certificate, key) = match wing {
            Wing::Peer => ("tls-certificate.pem", "tls-key.pem"),
            Wing::Business => ("business-tls-certificate.pem", "business-tls-key.pem"),
        };
        Self {
            certificate: folder.join(certificate),
            key: folder.join(key),
        }
    }
}

const SELF_SIGNED_LIFE: Duration = Duration::from_secs(3650 * 86_400);
const DAY: Duration = Duration::from_secs(86_400);
/// The greatest certificate file that is read.
const GREATEST: u64 = 256 * 1024;

/// A certificate, ready to be served.
#[derive(Clone)]
pub struct Served {
    /// Chain and key for rustls.
    pub certified: Arc<CertifiedKey>,
    /// Its key's hash.
    pub spki: Spki,
}

/// Why a certificate cannot be served: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("cannot read {}: {}; name a file that the user who runs this may read", file.display(), in_words(*why))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: std::io::ErrorKind,
    },
    /// It holds something else.
    #[error("{} holds no usable {what} in PEM", file.display())]
    NotPem {
        /// The file.
        file: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// Certificate and key do not belong together.
    #[error("the key in {} is not that of the certificate in {}; name a pair that belongs together", key.display(), certificate.display())]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// A file of the data folder could not be used.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Unmade(String),
}

/// Reads the operator's own pair.
pub fn from_files(
    certificate: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<Served, CertificateError> {
    let chain = chain(&readable(certificate)?, certificate)?;
    let secret =
        PrivateKeyDer::from_pem_slice(&readable(key)?).map_err(|_| CertificateError::NotPem {
            file: key.to_owned(),
            what: "private key",
        })?;
    let mismatch = || CertificateError::Mismatch {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
    };
    let spki = chain
        .first()
        .and_then(spki)
        .ok_or_else(|| CertificateError::NotPem {
            file: certificate.to_owned(),
            what: "certificate",
        })?;
    let certified = CertifiedKey::from_der(chain, secret, provider).map_err(|_| mismatch())?;
    Ok(Served {
        certified: Arc::new(certified),
        spki,
    })
}

/// A wing's own pair, made now if it is not there.
pub fn self_signed(
    pair: &Pair,
    name: &str,
    now: Wall,
    provider: &CryptoProvider,
) -> Result<Served, CertificateError> {
    let Pair { certificate, key } = pair;
    if private::read(key)?.is_none() || !certificate.exists() {
        make(certificate, key, name, now)?;
    }
    from_files(certificate, key, provider)
}

fn make(certificate: &Path, key: &Path, name: &str, now: Wall) -> Result<(), CertificateError> {
    let unmade = |error: rcgen::Error| CertificateError::Unmade(error.to_string());
    let pair = KeyPair::generate().map_err(unmade)?;
    let mut parameters = CertificateParams::new(vec![name.to_owned()]).map_err(unmade)?;
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    parameters.not_before = epoch + Duration::from_secs(now.seconds()).saturating_sub(DAY);
    parameters.not_after = epoch + Duration::from_secs(now.seconds()) + SELF_SIGNED_LIFE;
    parameters
        .distinguished_name
        .push(DnType::CommonName, "Partywall relay");
    let made = parameters.self_signed(&pair).map_err(unmade)?;
    private::write(key, pair.serialize_pem().as_bytes())?;
    private::write(certificate, made.pem().as_bytes())?;
    Ok(())
}

/// The hash of the first certificate in a PEM text, for a vouch.
pub fn spki_of_pem(text: &[u8], file: &Path) -> Result<Spki, CertificateError> {
    let not_pem = || CertificateError::NotPem {
        file: file.to_owned(),
        what: "certificate",
    };
    chain(text, file)?
        .first()
        .and_then(spki)
        .ok_or_else(not_pem)
}

fn chain(text: &[u8], file: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    chain
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| CertificateError::NotPem {
            file: file.to_owned(),
            what: "certificate",
        })
}

fn spki(certificate: &CertificateDer<'_>) -> Option<Spki> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(Spki::new(partywall_proof::sha256(
        parsed.tbs_certificate.subject_pki.raw,
    )))
}

/// Reads a certificate or key that the operator named.
pub fn readable(file: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>, CertificateError> {
    use std::io::Read;
    let unreadable = |error: std::io::Error| CertificateError::Unreadable {
        file: file.to_owned(),
        why: error.kind(),
    };
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    std::fs::File::open(file)
        .map_err(unreadable)?
        .take(GREATEST)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use partywall_world::Wall;
    use rustls::crypto::aws_lc_rs::default_provider;

    use super::{CertificateError, Pair, from_files, self_signed, spki_of_pem};
    use crate::wing::Wing;

    fn pair(folder: &tempfile::TempDir) -> Pair {
        Pair::of(Wing::Peer, folder.path())
    }

    fn now() -> Wall {
        Wall::from_seconds(1_800_000_000)
    }

    #[test]
    fn the_self_signed_certificate_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let first =
            self_signed(&pair(&folder), "relay.example", now(), &default_provider()).unwrap();
        let again =
            self_signed(&pair(&folder), "other.example", now(), &default_provider()).unwrap();
        assert_eq!(first.spki, again.spki);
        let pem = std::fs::read(pair(&folder).certificate).unwrap();
        assert_eq!(spki_of_pem(&pem, folder.path()).unwrap(), first.spki);
    }

    #[test]
    fn the_wings_show_different_keys() {
        let folder = tempfile::tempdir().unwrap();
        let spki = |wing| {
            let pair = Pair::of(wing, folder.path());
            let made = self_signed(&pair, "relay.example", now(), &default_provider());
            made.unwrap().spki
        };
        assert_ne!(spki(Wing::Peer), spki(Wing::Business));
    }

    #[test]
    fn a_bare_address_can_have_a_certificate() {
        let folder = tempfile::tempdir().unwrap();
        assert!(self_signed(&pair(&folder), "192.0.2.7", now(), &default_provider()).is_ok());
    }

    #[test]
    fn a_pair_that_does_not_belong_together_is_refused() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [&one, &other] {
            self_signed(&pair(folder), "relay.example", now(), &default_provider()).unwrap();
        }
        let mixed = from_files(
            &pair(&one).certificate,
            &pair(&other).key,
            &default_provider(),
        );
        assert!(matches!(mixed, Err(CertificateError::Mismatch { .. })));
        let swapped = from_files(
            &pair(&one).key,
            &pair(&one).certificate,
            &default_provider(),
        );
        assert!(matches!(swapped, Err(CertificateError::NotPem { .. })));
    }
}
