//! The settings of one relay: typed, and found to agree with one another.
//! Knows: what each value means and which do not fit together. Never knows: where they came from.

use std::net::SocketAddr;
use std::path::PathBuf;

use partywall_proof::link::Authority;

pub use partywall_peer_plane::Admission;

use super::host::{Host, authority_of};
use super::kind::Value;
use super::{ConfigError, Values};

/// Everything that an operator decides about one relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The folder that holds everything.
    pub data: PathBuf,
    /// What links say, if it differs from where the peer listener is bound.
    pub host: Option<Host>,
    /// Where clients connect; port 0 picks one.
    pub peer: SocketAddr,
    /// Where health and metrics answer; loopback; port 0 picks one.
    pub operator: SocketAddr,
    /// Who may make mailboxes.
    pub admission: Admission,
    /// Which certificate is served.
    pub tls: Tls,
    /// How long mail waits, in days.
    pub retention_days: u32,
    /// After how many unread days a mailbox is closed.
    pub mailbox_idle_days: u32,
    /// How many uncollected envelopes a mailbox may hold.
    pub quota_envelopes: u32,
    /// How many uncollected bytes a mailbox may hold.
    pub quota_bytes: u64,
    /// How many bytes of envelopes may be in memory at once.
    pub memory_bytes: usize,
    /// Below so many free bytes no new mailboxes are made.
    pub min_free_disk: u64,
    /// How many peer connections there may be at once.
    pub max_connections: usize,
    /// How many of them one source that is not this machine may hold.
    pub max_connections_per_source: usize,
    /// How log lines look.
    pub log_format: LogFormat,
    /// How much is logged.
    pub log_level: LogLevel,
}

/// Which certificate the peer listener serves.
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

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What stops the relay or a part of it.
    Error,
    /// And what an operator should look at.
    Warn,
    /// And what happens rarely and normally.
    Info,
    /// And what happens often.
    Debug,
}

impl Settings {
    /// The defaults, in another folder and on ports that the system picks: what a test wants.
    #[must_use]
    pub fn for_tests(data: PathBuf) -> Self {
        let mut said = super::Said::default();
        said.flags.insert("data", data.display().to_string());
        said.flags.insert("peer", "127.0.0.1:0".into());
        said.flags.insert("operator", "127.0.0.1:0".into());
        super::gather(&said)
            .expect("the defaults agree with one another")
            .settings
    }

    /// Puts the values together and refuses those that do not fit.
    pub(super) fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let host = match values.of("host") {
            Some(Value::Host(host)) => Some(host.clone()),
            _ => None,
        };
        let peer = address(values, "peer");
        let tls = tls(values)?;
        reachable(peer, host.as_ref(), &tls)?;
        let stays_here = peer.ip().is_loopback() && host.as_ref().is_none_or(Host::is_loopback);
        Ok(Self {
            data: path(values, "data").expect("the data folder has a default"),
            admission: match word(values, "admission") {
                "open" => Admission::Open,
                "pass" => Admission::Pass,
                _ if stays_here => Admission::Open,
                _ => Admission::Pass,
            },
            host,
            peer,
            operator: address(values, "operator"),
            tls,
            retention_days: count(values, "retention_days"),
            mailbox_idle_days: count(values, "mailbox_idle_days"),
            quota_envelopes: count(values, "quota_envelopes"),
            quota_bytes: number(values, "quota_bytes"),
            memory_bytes: size(values, "memory_bytes"),
            min_free_disk: number(values, "min_free_disk"),
            max_connections: size(values, "max_connections"),
            max_connections_per_source: size(values, "max_connections_per_source"),
            log_format: if word(values, "log_format") == "json" {
                LogFormat::Json
            } else {
                LogFormat::Text
            },
            log_level: match word(values, "log_level") {
                "error" => LogLevel::Error,
                "warn" => LogLevel::Warn,
                "debug" => LogLevel::Debug,
                _ => LogLevel::Info,
            },
        })
    }

    /// Where links lead, once the peer listener has its port; none while that is 0.
    #[must_use]
    pub fn authority(&self, bound: SocketAddr) -> Option<Authority> {
        let default_port = if self.tls == Tls::Proxy {
            443
        } else {
            bound.port()
        };
        match &self.host {
            Some(host) => host.authority(default_port).ok(),
            None => authority_of(bound).ok(),
        }
    }
}

/// Refuses a listener that nobody could find by its links.
fn reachable(peer: SocketAddr, host: Option<&Host>, tls: &Tls) -> Result<(), ConfigError> {
    let refuse = |sentence: String| Err(ConfigError::Disagreement(sentence));
    match (peer.ip().is_loopback(), host, tls) {
        (false, _, Tls::Proxy) => refuse(format!(
            "tls = \"proxy\" speaks plain HTTP and so listens on loopback only, not on {}; set `peer` to 127.0.0.1:PORT",
            peer.ip()
        )),
        (_, None, Tls::Proxy) => refuse(
            "tls = \"proxy\" needs `--host NAME[:PORT]`: the proxy's name, for links to say".into(),
        ),
        (false, None, _) => refuse(format!(
            "listening on {peer} reaches beyond this machine, so links need a name: add `--host NAME[:PORT]`, the name under which people reach this relay"
        )),
        _ => Ok(()),
    }
}

fn tls(values: &Values) -> Result<Tls, ConfigError> {
    let refuse = |sentence: &str| Err(ConfigError::Disagreement(sentence.into()));
    let files = (path(values, "tls_certificate"), path(values, "tls_key"));
    match (word(values, "tls"), files) {
        ("files", (Some(certificate), Some(key))) => Ok(Tls::Files { certificate, key }),
        ("files", _) => refuse(
            "tls = \"files\" needs both `tls_certificate` and `tls_key`: name them with `--tls-certificate FILE` and `--tls-key FILE`, or in the file",
        ),
        ("proxy", (None, None)) => Ok(Tls::Proxy),
        (_, (None, None)) => Ok(Tls::SelfSigned),
        _ => refuse(
            "`tls_certificate` and `tls_key` are used only with tls = \"files\"; set that, or leave them out",
        ),
    }
}

fn path(values: &Values, name: &str) -> Option<PathBuf> {
    match values.of(name) {
        Some(Value::Path(path)) => Some(path.clone()),
        _ => None,
    }
}

fn address(values: &Values, name: &str) -> SocketAddr {
    match values.of(name) {
        Some(Value::Address(address)) => *address,
        _ => SocketAddr::from(([127, 0, 0, 1], 0)),
    }
}

fn word(values: &Values, name: &str) -> &'static str {
    match values.of(name) {
        Some(Value::Word(word)) => word,
        _ => "",
    }
}

fn number(values: &Values, name: &str) -> u64 {
    match values.of(name) {
        Some(Value::Number(number)) => *number,
        _ => 0,
    }
}

fn count(values: &Values, name: &str) -> u32 {
    u32::try_from(number(values, name)).expect("the table keeps counts below 2^32")
}

fn size(values: &Values, name: &str) -> usize {
    usize::try_from(number(values, name)).expect("the table keeps sizes below 2^32")
}

#[cfg(test)]
mod tests {
    use super::super::{Said, gather};
    use super::{Admission, Settings, Tls};

    fn with(flags: &[(&'static str, &str)]) -> Result<Settings, String> {
        let mut said = Said::default();
        said.flags.insert("data", "/nonexistent/partywall".into());
        said.flags.extend(
            flags
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        gather(&said)
            .map(|found| found.settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_bind_beyond_loopback_without_a_host_is_refused_with_a_sentence() {
        let sentence = with(&[("peer", "0.0.0.0:7443")]).unwrap_err();
        assert!(sentence.contains("add `--host NAME[:PORT]`"), "{sentence}");
        assert!(with(&[("peer", "0.0.0.0:7443"), ("host", "relay.example")]).is_ok());
    }

    #[test]
    fn admission_is_open_only_while_everything_stays_on_this_machine() {
        let admission = |flags: &[(&'static str, &str)]| with(flags).unwrap().admission;
        assert_eq!(admission(&[]), Admission::Open);
        assert_eq!(admission(&[("host", "localhost")]), Admission::Open);
        assert_eq!(admission(&[("host", "relay.example")]), Admission::Pass);
        assert_eq!(
            admission(&[("host", "relay.example"), ("tls", "proxy")]),
            Admission::Pass
        );
        assert_eq!(
            admission(&[("peer", "[::]:1"), ("host", "relay.example")]),
            Admission::Pass
        );
        assert_eq!(
            admission(&[
                ("peer", "[::]:1"),
                ("host", "relay.example"),
                ("admission", "open")
            ]),
            Admission::Open
        );
        assert_eq!(admission(&[("admission", "pass")]), Admission::Pass);
    }

    #[test]
    fn plain_http_for_a_proxy_never_leaves_the_machine_and_needs_the_proxys_name() {
        assert!(
            with(&[
                ("tls", "proxy"),
                ("peer", "0.0.0.0:1"),
                ("host", "a.example")
            ])
            .is_err()
        );
        assert!(with(&[("tls", "proxy")]).is_err());
        assert_eq!(
            with(&[("tls", "proxy"), ("host", "a.example")])
                .unwrap()
                .tls,
            Tls::Proxy
        );
    }

    #[test]
    fn own_files_come_in_pairs_and_are_not_ignored() {
        let sentence = with(&[("tls", "files"), ("tls_key", "k")]).unwrap_err();
        assert!(sentence.contains("`--tls-certificate FILE`"), "{sentence}");
        assert!(with(&[("tls_certificate", "c"), ("tls_key", "k")]).is_err());
        assert!(with(&[("tls", "files"), ("tls_certificate", "c"), ("tls_key", "k")]).is_ok());
    }

    #[test]
    fn links_say_the_host_with_the_port_people_need() {
        let said = |flags: &[(&'static str, &str)]| {
            with(flags)
                .unwrap()
                .authority("127.0.0.1:5000".parse().unwrap())
                .unwrap()
                .as_str()
                .to_owned()
        };
        assert_eq!(said(&[]), "127.0.0.1:5000");
        assert_eq!(said(&[("host", "a.example")]), "a.example:5000");
        assert_eq!(said(&[("host", "a.example:8443")]), "a.example:8443");
        assert_eq!(
            said(&[("host", "a.example"), ("tls", "proxy")]),
            "a.example:443"
        );
    }
}
