//! The relay under attack: a process of its own, and what it costs.
//! Knows: addresses, a process id, /proc. Never knows: what is said to it.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use partywall_test_street::relay::Relay;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;

/// A relay that runs until this is dropped.
pub(crate) struct Target {
    pub(crate) relay: Relay,
    _folder: TempDir,
}

/// What /proc counts processor time in.
pub(crate) const TICK: Duration = Duration::from_millis(10);

impl Target {
    pub(crate) fn start(more: &[&str]) -> Self {
        let _said = allow_many_files();
        let folder = tempfile::tempdir().expect("a test has a temporary folder");
        let relay = Relay::start(&folder.path().join("relay"), more);
        Self {
            relay: relay.expect("a relay starts in its own folder"),
            _folder: folder,
        }
    }

    pub(crate) fn peer(&self) -> SocketAddr {
        address(&self.relay.peer)
    }

    pub(crate) fn business(&self) -> SocketAddr {
        address(&self.relay.business)
    }

    pub(crate) fn operator(&self) -> SocketAddr {
        address(&self.relay.operator)
    }

    /// Every door of both wings.
    pub(crate) fn doors(&self) -> [(SocketAddr, &'static str); 3] {
        [
            (self.peer(), "/v1/collect"),
            (self.peer(), "/v1/deposit"),
            (self.business(), "/v1/business"),
        ]
    }

    /// The processor time that it has taken, to a hundredth of a second.
    pub(crate) fn cpu(&self) -> Duration {
        let line = self.of_proc("stat");
        // Its name stands in brackets and may hold blanks; 11 fields behind it come the two times.
        let (_, fields) = line.rsplit_once(')').expect("a process has a name");
        let times = fields.split_whitespace().skip(11).take(2);
        let ticks: u32 = times.filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
        TICK * ticks
    }

    /// The memory that it holds now, in KiB.
    pub(crate) fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most that it held since [`forget_peak`](Self::forget_peak), in KiB.
    pub(crate) fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// From here on the peak is counted anew.
    pub(crate) fn forget_peak(&self) {
        let at = format!("/proc/{}/clear_refs", self.relay.id());
        fs::write(at, "5").expect("the peak of a process of ours may be forgotten");
    }

    /// How many files and sockets it has open.
    pub(crate) fn open_files(&self) -> usize {
        let at = format!("/proc/{}/fd", self.relay.id());
        fs::read_dir(at).expect("it runs").count()
    }

    /// Waits until it has no more than so many files open, half a minute at most; how many it has then.
    pub(crate) fn files_come_down_to(&self, most: usize) -> usize {
        for _ in 0..300 {
            if self.open_files() <= most {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        self.open_files()
    }

    fn status(&self, name: &str) -> u64 {
        let page = self.of_proc("status");
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kib.and_then(|kib| kib.parse().ok())
            .expect("the kernel tells a process's memory")
    }

    fn of_proc(&self, page: &str) -> String {
        let at = format!("/proc/{}/{page}", self.relay.id());
        fs::read_to_string(at).expect("it runs")
    }
}

/// A crowd's sockets are files of this process too: as many as the system lets anybody ask for.
fn allow_many_files() -> std::io::Result<()> {
    let now = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: now.maximum,
        ..now
    };
    Ok(setrlimit(Resource::Nofile, most)?)
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("the relay says where it listens")
}
