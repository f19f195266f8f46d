//! Why a relay did not start, one sentence each, with what to do about it.
//! Knows: causes, folders, listening addresses of our own. Never knows: who connects.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use partywall_store::StoreError;

use crate::identity::business_key::BusinessKeyError;
use crate::identity::certificate::CertificateError;
use crate::identity::key::IdentityError;
use crate::identity::vouches::VouchError;
use crate::words::in_words;
use partywall_peer_plane::PlaneError;

/// Why a relay did not start: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder is another relay's at the moment.
    #[error("another relay is running on {}; stop it first, or choose another folder with `--data DIR`", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder cannot be written.
    #[error("cannot write in the data folder {}; make it writable for the user who runs the relay, or choose another with `--data DIR`", folder.display())]
    Unwritable {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder cannot be used for another reason.
    #[error("cannot use the data folder {}: {why}; choose another with `--data DIR`", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        why: String,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address} for {what}: {}; choose another address with `--{what} IP:PORT` (port 0 picks a free one)", reason(*why))]
    Listen {
        /// `peer`, `business` or `operator`.
        what: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        why: std::io::ErrorKind,
    },
    /// The admin socket cannot be made.
    #[error("cannot make the admin socket in {}: {}; choose a folder on a local disk with `--data DIR`", folder.display(), in_words(*why))]
    Admin {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        why: std::io::ErrorKind,
    },
    /// The exporter's socket cannot be made.
    #[error("cannot make the exporter's socket {}: {}; name another place with `--exporter-socket FILE`", file.display(), reason(*why))]
    ExporterSocket {
        /// The socket.
        file: PathBuf,
        /// What the system said.
        why: std::io::ErrorKind,
    },
    /// The exporter could not connect there.
    #[error("the path of the exporter's socket {} is too long for a socket; name a shorter one with `--exporter-socket FILE`", file.display())]
    LongSocket {
        /// The socket.
        file: PathBuf,
    },
    /// There is no exporter to start.
    #[error("`exporter_config` is set, but there is no {} to start; name the binary with `--exporter FILE`", binary.display())]
    NoExporter {
        /// What was looked for.
        binary: PathBuf,
    },
    /// The exporter's own file is not there.
    #[error("cannot read the exporter's file {}: {}; name it with `--exporter-config FILE`", file.display(), in_words(*why))]
    ExporterConfig {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: std::io::ErrorKind,
    },
    /// The first policy cannot be published.
    #[error("the first policy {} cannot be published: {why}", file.display())]
    FirstPolicy {
        /// The file.
        file: PathBuf,
        /// What to do about it.
        why: String,
    },
    /// The name cannot be a ledger's.
    #[error(
        "the business host is too long to name a ledger; choose a shorter one with `--business-host NAME`"
    )]
    LongName,
    /// The identity cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The business keys cannot be used.
    #[error(transparent)]
    BusinessKeys(#[from] BusinessKeyError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The vouches cannot be used.
    #[error(transparent)]
    Vouches(#[from] VouchError),
    /// TLS would not take our settings.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The peer wing did not open.
    #[error(transparent)]
    Plane(#[from] PlaneError),
    /// The business wing did not open.
    #[error("the business wing: {0}")]
    Business(partywall_business_plane::PlaneError),
}

fn reason(why: std::io::ErrorKind) -> String {
    match why {
        std::io::ErrorKind::AddrInUse => "something else listens there already".into(),
        std::io::ErrorKind::PermissionDenied => {
            "this user may not (ports below 1024 need a privilege)".into()
        }
        std::io::ErrorKind::AddrNotAvailable => "this machine does not have that address".into(),
        other => in_words(other),
    }
}

impl StartError {
    /// The folder's lock could not be taken.
    pub(crate) fn at_the_door(folder: &Path, why: StoreError) -> Self {
        let folder = folder.to_owned();
        match why {
            StoreError::Locked { .. } => Self::InUse { folder },
            StoreError::ReadOnly => Self::Unwritable { folder },
            StoreError::Io(error) => Self::Folder {
                folder,
                why: in_words(error.kind()),
            },
            other => Self::Folder {
                folder,
                why: other.to_string(),
            },
        }
    }
}
