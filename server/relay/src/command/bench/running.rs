//! A relay that runs already: where it is, whether it may be loaded, which process it is if it is on this machine.
//! Knows: a link, addresses, the admin socket's other end. Never knows: what is kept there.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use partywall_load::{Process, Target};
use partywall_peer::{Link, RelayLink};
use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio::time::timeout;

use crate::admin::client;
use crate::admin::reach::Reach;
use crate::admin::socket;
use crate::admin::words::{Answer, Ask};

/// How long a relay may take to answer the telephone.
const PATIENCE: Duration = Duration::from_secs(10);

/// A relay that runs.
pub(super) struct Running {
    link: String,
    /// What the link says.
    pub(super) host: String,
    address: SocketAddr,
    process: Option<Process>,
}

/// Whether a relay elsewhere may be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaching {
    ThisMachine,
    Anywhere,
}

impl Running {
    /// The relay of a link; `data` is the folder in which a relay of this machine would have its admin socket.
    pub(super) async fn find(text: &str, reaching: Reaching, data: &Path) -> anyhow::Result<Self> {
        let link = relay_link(text)?;
        let host = link.authority().as_str().to_owned();
        let addresses = addresses(&host).await;
        if addresses.is_empty() {
            bail!(
                "{host} has no address; is the name right, and does this machine reach the network?"
            );
        }
        let elsewhere = addresses.iter().any(|address| !address.ip().is_loopback());
        if elsewhere && reaching == Reaching::ThisMachine {
            bail!(
                "{host} is not on this machine, and this would load it as fast as it can; if it is yours and nobody minds, add `--remote`"
            );
        }
        let Some(address) = listening(&addresses).await else {
            bail!("nobody answers at {host}; start the relay first, or look at its name and port");
        };
        let process = process_of(data, &host).await;
        Ok(Self {
            link: text.trim().to_owned(),
            host,
            address,
            process,
        })
    }

    /// How it is reached.
    pub(super) fn target(&self) -> anyhow::Result<Target> {
        let target = Target::relay(&self.link, self.address)?;
        Ok(match self.process {
            Some(process) => target.served_by(process),
            None => target,
        })
    }

    /// Whether what it costs can be seen.
    pub(super) fn is_seen(&self) -> bool {
        self.process.is_some()
    }
}

fn relay_link(text: &str) -> anyhow::Result<RelayLink> {
    match Link::parse(text.trim()) {
        Ok(Link::Relay(link)) => Ok(link),
        Ok(_) => bail!(
            "this link leads to a person; the relay's own is printed when it starts, and by `partywall-relay pass`"
        ),
        Err(_) => bail!(
            "`--relay` takes a whole relay link, https://HOST:PORT/#…, because the key in it is how the relay proves who it is; it is printed when the relay starts, and by `partywall-relay pass`"
        ),
    }
}

async fn addresses(host: &str) -> Vec<SocketAddr> {
    match timeout(PATIENCE, lookup_host(host)).await {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

/// The first address where somebody listens.
async fn listening(addresses: &[SocketAddr]) -> Option<SocketAddr> {
    for address in addresses {
        if let Ok(Ok(_)) = timeout(PATIENCE, TcpStream::connect(address)).await {
            return Some(*address);
        }
    }
    None
}

/// The process behind the admin socket in `data`, if its relay is the one at `host`.
async fn process_of(data: &Path, host: &str) -> Option<Process> {
    let folder = data.to_owned();
    let asked = tokio::task::spawn_blocking(move || client::ask(&folder, &Ask::Status));
    match asked.await.ok()?.ok()? {
        Answer::Status(status) if status.host.as_deref() == Some(host) => {}
        _ => return None,
    }
    let reach = Reach::to(&data.join(socket::FILE)).ok()?;
    let stream = UnixStream::connect(&reach.path).await.ok()?;
    let id = stream.peer_cred().context("unseen").ok()?.pid()?;
    let process = Process::of(u32::try_from(id).ok()?);
    process.cpu().is_ok().then_some(process)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Reaching, Running, relay_link};

    #[test]
    fn what_is_no_relay_link_is_refused_with_what_to_do() {
        for text in ["", "127.0.0.1:7443", "https://relay.example/", "nonsense"] {
            let refused = relay_link(text).err().unwrap().to_string();
            assert!(refused.contains("whole relay link"), "{text}: {refused}");
        }
    }

    #[tokio::test]
    async fn a_relay_elsewhere_is_not_loaded_unless_that_was_said() {
        // 192.0.2.0/24 is nobody's.
        let key = partywall_ground::RelayKey::new([7; 32]);
        let authority = partywall_proof::link::Authority::new("192.0.2.1", 7443).unwrap();
        let link = partywall_peer::RelayLink::new(authority, key, None);
        let text = partywall_peer::Link::Relay(link).as_web_link().to_string();
        let found = Running::find(&text, Reaching::ThisMachine, Path::new("/nonexistent")).await;
        let refused = found.err().unwrap().to_string();
        assert!(
            refused.contains("not on this machine") && refused.contains("`--remote`"),
            "{refused}"
        );
    }
}
