//! What the relay promises about its disk, against its real process.

mod accepted;
mod business;
mod failing;
mod presence;

use std::path::Path;

use partywall_test_disk::disk::Disk;
use partywall_test_disk::relay::Relay;
use tempfile::TempDir;

/// A relay whose disk is watched, in a folder of its own.
struct House {
    relay: Relay,
    disk: Disk,
    folder: TempDir,
}

impl House {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let disk = Disk::prepare(folder.path()).expect("the shim is compiled");
        let relay = Relay::start(&data(folder.path()), Some(&disk)).expect("the relay starts");
        Self {
            relay,
            disk,
            folder,
        }
    }

    /// Starts again over what lies in the folder, on a disk that nobody touches.
    fn again(&self) -> Relay {
        Relay::start(&data(self.folder.path()), None).expect("the relay starts again")
    }
}

fn data(folder: &Path) -> std::path::PathBuf {
    folder.join("relay")
}
