//! A small file system of its own, in memory: full soon, or read-only.
//! Knows: how one is mounted. Never knows: what is written there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use partywall_row::not_run;

/// Mounted; unmounted when dropped.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one on this folder, which is made, with options of a tmpfs: `size=6m`, `size=1m,ro`. None where that
    /// is not allowed, which it says.
    #[must_use]
    pub fn mount(at: &Path, options: &str) -> Option<Self> {
        let made = fs::create_dir_all(at);
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "partywall-test"])
            .arg(at)
            .output();
        if made.is_ok() && mount.is_ok_and(|done| done.status.success()) {
            return Some(Self(at.to_owned()));
        }
        not_run("only root may mount a small disk here");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process that is ending may still look at it.
        let _gone = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
