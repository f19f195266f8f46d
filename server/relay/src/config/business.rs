//! What concerns the business wing alone: where it listens, whom it takes, what looks after its exports.
//! Knows: what each value means. Never knows: the sinks; the exporter's own file has them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use partywall_business::certificate::Industry;

use super::host::Host;
use super::settings::Wings;
use super::tls::{Tls, TlsKnobs, reachable, tls};
use super::values::{address, address_if_any, host, number_if_any, path, word, words};
use super::{ConfigError, Values};

/// Everything that an operator decides about the business wing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessSettings {
    /// Where businesses and customers connect; port 0 picks one.
    pub address: SocketAddr,
    /// What its links say, if it is neither the relay's host nor where the listener is bound.
    pub host: Option<Host>,
    /// Which certificate is served.
    pub tls: Tls,
    /// Whether lint-clean UTILITY templates are approved at once.
    pub auto_approve_utility: bool,
    /// Industries that are not verified, besides those that nobody verifies.
    pub prohibited: BTreeSet<Industry>,
    /// The policy to begin with, if it is not the strict one.
    pub first_policy: Option<PathBuf>,
    /// Whether the machine's date counts where it is far behind what was written down last.
    pub accept_clock: bool,
    /// Whose certificates a domain's proof is believed under; the machine's own if nothing is said.
    pub well_known_ca: Option<PathBuf>,
    /// What concerns the exporter.
    pub exporter: ExporterSettings,
}

/// Everything that an operator decides about the exporter's process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExporterSettings {
    /// Its own file; none when the relay starts no exporter.
    pub config: Option<PathBuf>,
    /// Where it connects, if not in the data folder.
    pub socket: Option<PathBuf>,
    /// Whose users may connect besides the relay's own.
    pub group: Option<u32>,
    /// Its binary, if not the one beside the relay's or on PATH.
    pub binary: Option<PathBuf>,
}

/// Where the wing listens if nobody says where.
const PORT: u16 = 7444;

/// The socket's name inside the data folder.
pub const EXPORTER_SOCKET: &str = "exporter.sock";

impl BusinessSettings {
    /// Puts the values together; `relay_host` is the name that stands in where the wing has none.
    pub(super) fn from_values(
        values: &Values,
        relay_host: Option<&Host>,
        wings: Wings,
    ) -> Result<Self, ConfigError> {
        let by_default = match address(values, "peer").port() {
            0 => 0,
            _ => PORT,
        };
        let address = address_if_any(values, "business")
            .unwrap_or(SocketAddr::from(([127, 0, 0, 1], by_default)));
        let host = host(values, "business_host");
        let tls = tls(values, TlsKnobs::BUSINESS)?;
        if wings.have_business() {
            let named = host.as_ref().or(relay_host);
            reachable("business", "business-host", address, named, &tls)?;
        }
        Ok(Self {
            address,
            host,
            tls,
            auto_approve_utility: word(values, "auto_approve_utility") != "no",
            prohibited: words(values, "prohibited_industries")
                .into_iter()
                .filter_map(Industry::from_word)
                .collect(),
            first_policy: path(values, "first_policy"),
            accept_clock: word(values, "accept_clock") == "yes",
            well_known_ca: path(values, "well_known_ca"),
            exporter: ExporterSettings {
                config: path(values, "exporter_config"),
                socket: path(values, "exporter_socket"),
                group: number_if_any(values, "exporter_group")
                    .and_then(|group| u32::try_from(group).ok()),
                binary: path(values, "exporter"),
            },
        })
    }
}

impl ExporterSettings {
    /// Where the exporter connects, for a relay whose folder is `data`.
    #[must_use]
    pub fn socket_in(&self, data: &Path) -> PathBuf {
        let inside = || data.join(EXPORTER_SOCKET);
        self.socket.clone().unwrap_or_else(inside)
    }
}
