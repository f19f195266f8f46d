//! Which sinks there are, and what is needed to reach them.
//! Knows: `exporter.toml`. Never knows: the relay, and what is sent.

mod error;
mod read;
mod template;

use std::path::{Path, PathBuf};
use std::time::Duration;

use partywall_business::field::Recipient;
use partywall_fetch::{Client, Reach, Roots, Url};

pub use error::ConfigError;
pub use template::EXAMPLE;

use crate::secret::Secret;
use crate::sink::{FileSink, Sink, Webhook};

/// Every sink of one exporter: 1 to 64.
pub struct Settings {
    /// In the order of the file.
    pub sinks: Vec<SinkSettings>,
}

/// One sink, as the file has it.
pub struct SinkSettings {
    /// Its name: 1 to 64 of `a–z`, `0–9`, `-`, `_`. The relay knows it by this.
    pub name: String,
    /// On whose behalf it takes records.
    pub recipient: Recipient,
    /// Where it is.
    pub way: Way,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
}

/// Where a sink is.
pub enum Way {
    /// A file of JSON lines.
    File {
        /// The file.
        path: PathBuf,
    },
    /// An HTTPS webhook.
    Webhook {
        /// Where it listens.
        url: Url,
        /// Where the shared secret stands.
        secret_file: PathBuf,
        /// Whose certificates are believed.
        roots: Roots,
    },
}

/// Sinks at the most.
pub const MOST_SINKS: usize = 64;

impl Settings {
    /// Reads a file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// [`ConfigError`]: one sentence with the line and what to do.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        read::file(file)
    }
}

impl SinkSettings {
    /// Reads secrets and certificates: what `config check` has to find in order as well.
    ///
    /// # Errors
    /// [`ConfigError::Secret`] or [`ConfigError::Roots`].
    pub(crate) fn open(&self) -> Result<Sink, ConfigError> {
        Ok(match &self.way {
            Way::File { path } => Sink::File(FileSink::new(path.clone())),
            Way::Webhook {
                url,
                secret_file,
                roots,
            } => {
                let client = Client::new(roots, Reach::Anywhere)
                    .map_err(|why| ConfigError::roots(&self.name, &why))?;
                let secret = Secret::read(secret_file)
                    .map_err(|why| ConfigError::secret(&self.name, &why))?;
                Sink::Webhook(Webhook::new(client, url.clone(), secret))
            }
        })
    }
}

#[cfg(test)]
mod tests;
