//! The settings of one relay: typed, and found to agree with one another.
//! Knows: what each value means and which do not fit together. Never knows: where they came from.

use std::net::SocketAddr;
use std::path::PathBuf;

use partywall_proof::link::Authority;

pub use partywall_peer_plane::Admission;

pub use super::business::{BusinessSettings, ExporterSettings};
use super::host::{Host, authority_of};
pub use super::tls::Tls;
use super::tls::{TlsKnobs, reachable, tls};
use super::values::{address, count, host, number, path, size, word};
use super::{ConfigError, Values};

/// Everything that an operator decides about one relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The folder that holds everything.
    pub data: PathBuf,
    /// Which wings run.
    pub wings: Wings,
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
    /// How many bytes of envelopes each wing may have in memory at once.
    pub memory_bytes: usize,
    /// Below so many free bytes no new mailboxes are made and no new customers are taken in.
    pub min_free_disk: u64,
    /// How many connections each wing may have at once.
    pub max_connections: usize,
    /// How many of them one source that is not this machine may hold.
    pub max_connections_per_source: usize,
    /// How log lines look.
    pub log_format: LogFormat,
    /// How much is logged.
    pub log_level: LogLevel,
    /// What concerns the business wing alone.
    pub business: BusinessSettings,
}

/// Which wings run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wings {
    /// Both.
    Both,
    /// People's.
    OnlyPeer,
    /// That of people and businesses.
    OnlyBusiness,
}

impl Wings {
    /// Whether people's wing runs.
    #[must_use]
    pub fn have_peer(self) -> bool {
        self != Self::OnlyBusiness
    }

    /// Whether the business wing runs.
    #[must_use]
    pub fn have_business(self) -> bool {
        self != Self::OnlyPeer
    }
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
        said.flags.insert("business", "127.0.0.1:0".into());
        said.flags.insert("operator", "127.0.0.1:0".into());
        super::gather(&said)
            .expect("the defaults agree with one another")
            .settings
    }

    /// Puts the values together and refuses those that do not fit.
    pub(super) fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let wings = match word(values, "only") {
            "peer" => Wings::OnlyPeer,
            "business" => Wings::OnlyBusiness,
            _ => Wings::Both,
        };
        let host = host(values, "host");
        let peer = address(values, "peer");
        let tls = tls(values, TlsKnobs::PEER)?;
        if wings.have_peer() {
            reachable("peer", "host", peer, host.as_ref(), &tls)?;
        }
        let business = BusinessSettings::from_values(values, host.as_ref(), wings)?;
        let stays_here = peer.ip().is_loopback() && host.as_ref().is_none_or(Host::is_loopback);
        Ok(Self {
            data: path(values, "data").expect("the data folder has a default"),
            wings,
            business,
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
        leads_to(self.host.as_ref(), &self.tls, bound)
    }

    /// Where business links lead, once the business listener has its port; none while that is 0.
    #[must_use]
    pub fn business_authority(&self, bound: SocketAddr) -> Option<Authority> {
        let business = &self.business;
        match (&business.host, &self.host) {
            (None, Some(host)) => {
                let port = business.tls.port_of_links(bound);
                Authority::new(host.authority(port).ok()?.host(), port).ok()
            }
            (host, _) => leads_to(host.as_ref(), &business.tls, bound),
        }
    }
}

fn leads_to(host: Option<&Host>, tls: &Tls, bound: SocketAddr) -> Option<Authority> {
    match host {
        Some(host) => host.authority(tls.port_of_links(bound)).ok(),
        None => authority_of(bound).ok(),
    }
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
    fn each_wing_has_its_certificate_and_its_name_and_only_a_wing_that_runs_needs_one() {
        let files = [("business_tls", "files"), ("business_tls_key", "k")];
        let sentence = with(&files).unwrap_err();
        assert!(
            sentence.contains("`--business-tls-certificate FILE`"),
            "{sentence}"
        );
        let sentence = with(&[("business", "0.0.0.0:7444")]).unwrap_err();
        assert!(
            sentence.contains("add `--business-host NAME[:PORT]`"),
            "{sentence}"
        );
        assert!(with(&[("business", "0.0.0.0:1"), ("only", "peer")]).is_ok());
        assert!(with(&[("peer", "0.0.0.0:1"), ("only", "business")]).is_ok());
        assert!(with(&[("business", "0.0.0.0:1"), ("host", "a.example")]).is_ok());
        let mixed = with(&[("business_tls", "proxy"), ("business_host", "b.example")]).unwrap();
        assert_eq!(
            (mixed.tls, mixed.business.tls),
            (Tls::SelfSigned, Tls::Proxy)
        );
    }

    #[test]
    fn business_links_say_their_own_host_or_the_hosts_name_with_their_own_port() {
        let said = |flags: &[(&'static str, &str)]| {
            with(flags)
                .unwrap()
                .business_authority("127.0.0.1:5001".parse().unwrap())
                .unwrap()
                .as_str()
                .to_owned()
        };
        assert_eq!(said(&[]), "127.0.0.1:5001");
        assert_eq!(said(&[("host", "a.example:8443")]), "a.example:5001");
        assert_eq!(
            said(&[("host", "a.example"), ("business_host", "b.example:1")]),
            "b.example:1"
        );
        assert_eq!(
            said(&[("business_tls", "proxy"), ("business_host", "b.example")]),
            "b.example:443"
        );
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
