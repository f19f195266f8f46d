//! What the operating system keeps for connections, apart from the processes that hold them.
//! Knows: /proc. Never knows: whose connections they are: both ends are on this machine.

use std::fs;

use anyhow::{Context, Result};

/// What `/proc/net/sockstat` counts in.
const PAGE: u64 = 4_096;

/// What there was at one moment.
pub(super) struct Kernel {
    /// Bytes of unread and unsent data.
    buffers: u64,
    /// Bytes of sockets, files and their kin.
    objects: u64,
}

impl Kernel {
    pub(super) fn now() -> Result<Self> {
        let sockets = fs::read_to_string("/proc/net/sockstat")?;
        let memory = fs::read_to_string("/proc/meminfo")?;
        let tcp = number(&sockets, "TCP:", "mem").context("sockstat tells of TCP")?;
        let slab = number(&memory, "Slab:", "Slab:").context("meminfo tells of slabs")?;
        Ok(Self {
            buffers: tcp * PAGE,
            objects: slab * 1_024,
        })
    }

    /// How much more there is now, for each of so many connections.
    pub(super) fn since(&self, connections: usize) -> Result<String> {
        let now = Self::now()?;
        let each = |now: u64, then: u64| (now as f64 - then as f64) / 1_024.0 / connections as f64;
        Ok(format!(
            "{:.1} KiB of slabs, {:.1} KiB of buffers",
            each(now.objects, self.objects),
            each(now.buffers, self.buffers)
        ))
    }
}

/// The number after a word, on the line that begins with another.
fn number(page: &str, line: &str, word: &str) -> Option<u64> {
    let line = page.lines().find(|found| found.starts_with(line))?;
    let mut words = line.split_whitespace().skip_while(|found| *found != word);
    words.nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_stands_behind_its_word() {
        let page = "sockets: used 4\nTCP: inuse 3 orphan 0 tw 1 alloc 5 mem 7\n";
        assert_eq!(number(page, "TCP:", "mem"), Some(7));
        assert_eq!(number("Slab:  123 kB\n", "Slab:", "Slab:"), Some(123));
        assert_eq!(number(page, "UDP:", "mem"), None);
    }
}
