//! How long the disk takes until a small write is safe.
//! Knows: one file of its own. Never knows: what a store would write.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use partywall_load::Latency;
use partywall_load::report::Disk;
use partywall_world::{Clock, SystemClock};

use super::figures::latency;

/// As much as one envelope with its row.
const BLOCK: usize = 8_192;

/// Tries at the most.
const MOST: u32 = 2_000;

/// Appends and syncs, one after the other, for about so long; blocks.
pub(super) fn measure(folder: &Path, time: Duration) -> anyhow::Result<Disk> {
    let sentence = "the disk takes no writes";
    let path = folder.join("fsync");
    let mut file = File::create(&path).context(sentence)?;
    let clock = SystemClock::new();
    let start = clock.monotonic();
    let mut seen = Latency::new();
    let mut tries = 0;
    while tries < MOST && clock.monotonic().since(start) < time {
        let before = clock.monotonic();
        file.write_all(&[0x5a; BLOCK]).context(sentence)?;
        file.sync_data().context(sentence)?;
        let took = clock.monotonic().since(before).as_nanos();
        seen.add(u64::try_from(took).unwrap_or(u64::MAX));
        tries += 1;
    }
    std::fs::remove_file(&path).context(sentence)?;
    Ok(Disk {
        tries,
        fsync: latency(&seen),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::measure;

    #[test]
    fn a_disk_is_tried_at_least_once_and_keeps_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let disk = measure(folder.path(), Duration::from_millis(20)).unwrap();
        assert!(disk.tries > 0 && disk.fsync.p99_ms >= disk.fsync.p50_ms);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
