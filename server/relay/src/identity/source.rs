//! Where the served certificate comes from, and whether its files changed since it was read.
//! Knows: paths and the files' stamps. Never knows: handshakes.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partywall_world::Wall;
use rustls::crypto::CryptoProvider;

use super::certificate::{self, CertificateError, Pair, Served};

/// Where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Made on first start, kept in the folder.
    SelfSigned {
        /// Where it lies.
        pair: Pair,
        /// The name in it, for people who look.
        name: String,
    },
    /// The operator's own files.
    Files {
        /// The chain.
        certificate: PathBuf,
        /// The private key.
        key: PathBuf,
    },
}

/// What tells two versions of a file apart without reading it.
type Stamp = Option<(u64, u64, i64, i64)>;

/// Reads certificates from one source and remembers which version it saw.
pub struct Reader {
    source: Source,
    provider: Arc<CryptoProvider>,
    seen: [Stamp; 2],
}

impl Reader {
    /// A reader that has read nothing yet.
    #[must_use]
    pub fn new(source: Source, provider: Arc<CryptoProvider>) -> Self {
        Self {
            source,
            provider,
            seen: [None; 2],
        }
    }

    /// Whether the files are others than when last read. Files that are missing at the moment count as unchanged: somebody is replacing them.
    #[must_use]
    pub fn changed(&self) -> bool {
        let now = self.stamps();
        now != self.seen && now.iter().all(Option::is_some)
    }

    /// Reads the certificate. What was served stays served when this fails.
    pub fn read(&mut self, now: Wall) -> Result<Served, CertificateError> {
        let before = self.stamps();
        let read = match &self.source {
            Source::SelfSigned { pair, name } => {
                certificate::self_signed(pair, name, now, &self.provider)
            }
            Source::Files { certificate, key } => {
                certificate::from_files(certificate, key, &self.provider)
            }
        };
        self.seen = match &self.source {
            Source::SelfSigned { .. } => self.stamps(),
            Source::Files { .. } => before,
        };
        read
    }

    fn stamps(&self) -> [Stamp; 2] {
        match &self.source {
            Source::SelfSigned { pair, .. } => [stamp(&pair.certificate), stamp(&pair.key)],
            Source::Files { certificate, key } => [stamp(certificate), stamp(key)],
        }
    }
}

fn stamp(path: &Path) -> Stamp {
    let about = std::fs::metadata(path).ok()?;
    Some((about.ino(), about.size(), about.mtime(), about.mtime_nsec()))
}

#[cfg(test)]
mod tests {
    use partywall_world::Wall;

    use super::super::certificate::Pair;
    use super::super::tls::provider;
    use super::{Reader, Source};
    use crate::wing::Wing;

    const NOW: Wall = Wall::from_seconds(1_800_000_000);

    #[test]
    fn files_that_were_replaced_are_noticed_once_and_files_on_their_way_are_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let name = "relay.example".to_owned();
        let make = || Source::SelfSigned {
            pair: Pair::of(Wing::Peer, folder.path()),
            name: name.clone(),
        };
        Reader::new(make(), provider()).read(NOW).unwrap();
        let Pair { certificate, key } = Pair::of(Wing::Peer, folder.path());
        let files = Source::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        };
        let mut reader = Reader::new(files, provider());
        reader.read(NOW).unwrap();
        assert!(!reader.changed());

        std::fs::remove_file(&key).unwrap();
        assert!(!reader.changed(), "half of the pair is on its way");
        std::fs::remove_file(&certificate).unwrap();
        Reader::new(make(), provider()).read(NOW).unwrap();
        assert!(reader.changed());
        reader.read(NOW).unwrap();
        assert!(!reader.changed());

        std::fs::write(&certificate, "nonsense").unwrap();
        assert!(reader.changed());
        assert!(reader.read(NOW).is_err());
        assert!(
            !reader.changed(),
            "what cannot be used is complained about once"
        );
    }
}
