//! Which certificate a listener serves, and whether anybody could find that listener by its links.
//! Knows: the knobs of both wings. Never knows: what is in the files.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::host::Host;
use super::values::{path, word};
use super::{ConfigError, Values};

/// Which certificate a listener serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// One made on first start and kept in the folder.
    SelfSigned,
    /// The operator's own.
    Files {
        /// The chain, PEM.
        certificate: PathBuf,
        /// The private key, PEM.
        key: PathBuf,
    },
    /// None: a proxy on this machine terminates TLS.
    Proxy,
}

impl Tls {
    /// Which port links say where nobody named one.
    pub(super) fn port_of_links(&self, bound: SocketAddr) -> u16 {
        if *self == Self::Proxy {
            443
        } else {
            bound.port()
        }
    }
}

/// Refuses a listener that nobody could find by its links.
pub(super) fn reachable(
    listener: &str,
    named: &str,
    address: SocketAddr,
    host: Option<&Host>,
    tls: &Tls,
) -> Result<(), ConfigError> {
    let refuse = |sentence: String| Err(ConfigError::Disagreement(sentence));
    let prefix = if listener == "peer" { "" } else { "business_" };
    match (address.ip().is_loopback(), host, tls) {
        (false, _, Tls::Proxy) => refuse(format!(
            "{prefix}tls = \"proxy\" speaks plain HTTP and so listens on loopback only, not on {}; set `{listener}` to 127.0.0.1:PORT",
            address.ip()
        )),
        (_, None, Tls::Proxy) => refuse(format!(
            "{prefix}tls = \"proxy\" needs `--{named} NAME[:PORT]`: the proxy's name, for links to say"
        )),
        (false, None, _) => refuse(format!(
            "listening on {address} reaches beyond this machine, so links need a name: add `--{named} NAME[:PORT]`, the name under which people reach this relay"
        )),
        _ => Ok(()),
    }
}

/// The three knobs that say which certificate a listener serves.
pub(super) struct TlsKnobs {
    tls: &'static str,
    certificate: &'static str,
    key: &'static str,
    flags: &'static str,
}

impl TlsKnobs {
    pub(super) const PEER: Self = Self {
        tls: "tls",
        certificate: "tls_certificate",
        key: "tls_key",
        flags: "`--tls-certificate FILE` and `--tls-key FILE`",
    };
    pub(super) const BUSINESS: Self = Self {
        tls: "business_tls",
        certificate: "business_tls_certificate",
        key: "business_tls_key",
        flags: "`--business-tls-certificate FILE` and `--business-tls-key FILE`",
    };
}

pub(super) fn tls(values: &Values, knobs: TlsKnobs) -> Result<Tls, ConfigError> {
    let TlsKnobs {
        tls,
        certificate,
        key,
        flags,
    } = knobs;
    let refuse = |sentence: String| Err(ConfigError::Disagreement(sentence));
    match (
        word(values, tls),
        (path(values, certificate), path(values, key)),
    ) {
        ("files", (Some(certificate), Some(key))) => Ok(Tls::Files { certificate, key }),
        ("files", _) => refuse(format!(
            "{tls} = \"files\" needs both `{certificate}` and `{key}`: name them with {flags}, or in the file"
        )),
        ("proxy", (None, None)) => Ok(Tls::Proxy),
        (_, (None, None)) => Ok(Tls::SelfSigned),
        _ => refuse(format!(
            "`{certificate}` and `{key}` are used only with {tls} = \"files\"; set that, or leave them out"
        )),
    }
}
