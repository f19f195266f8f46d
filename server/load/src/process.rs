//! What a process has used up, as Linux counts it.
//! Knows: /proc. Never knows: what the process does.

use std::fs;
use std::time::Duration;

use crate::LoadError;

/// A process that is looked at from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(u32);

/// `CLK_TCK` of Linux on everything that Rust runs on.
const TICK: Duration = Duration::from_millis(10);

impl Process {
    /// By its number.
    #[must_use]
    pub const fn of(id: u32) -> Self {
        Self(id)
    }

    /// The process that asks.
    #[must_use]
    pub fn own() -> Self {
        Self(std::process::id())
    }

    /// Its number.
    #[must_use]
    pub const fn id(self) -> u32 {
        self.0
    }

    /// User and system time of all its threads, those that ended included, from `/proc/PID/stat`:
    /// exact run time, cut to ticks of 10 ms.
    ///
    /// # Errors
    /// It is gone, or this is not Linux.
    pub fn cpu(self) -> Result<Duration, LoadError> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // The name in parentheses may hold anything, spaces included.
        let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let field = |number: usize| -> Option<u32> {
            behind_name.split_whitespace().nth(number)?.parse().ok()
        };
        let ticks = field(11).zip(field(12)).ok_or(LoadError::Nonsense)?;
        Ok(TICK * ticks.0.saturating_add(ticks.1))
    }

    /// Bytes of its own pages now: `Private_Clean` and `Private_Dirty` of `/proc/PID/smaps_rollup`.
    ///
    /// # Errors
    /// It is gone, it belongs to somebody else, or this is not Linux.
    pub fn private_bytes(self) -> Result<u64, LoadError> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0))?;
        Ok(kibibytes(&rollup, "Private_Clean:") + kibibytes(&rollup, "Private_Dirty:"))
    }

    /// Bytes in memory now, shared pages included: `VmRSS`.
    ///
    /// # Errors
    /// As [`Process::private_bytes`].
    pub fn resident_bytes(self) -> Result<u64, LoadError> {
        Ok(kibibytes(&self.status()?, "VmRSS:"))
    }

    /// The most it ever had in memory: `VmHWM`.
    ///
    /// # Errors
    /// As [`Process::private_bytes`].
    pub fn peak_bytes(self) -> Result<u64, LoadError> {
        Ok(kibibytes(&self.status()?, "VmHWM:"))
    }

    fn status(self) -> Result<String, LoadError> {
        Ok(fs::read_to_string(format!("/proc/{}/status", self.0))?)
    }
}

fn kibibytes(page: &str, name: &str) -> u64 {
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or(0) * 1_024
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_sees_its_own_memory_and_time() {
        let own = Process::own();
        assert!(own.private_bytes().unwrap() > 0);
        assert!(own.peak_bytes().unwrap() >= own.resident_bytes().unwrap() / 2);
        assert!(own.cpu().is_ok());
        assert!(Process::of(u32::MAX).cpu().is_err());
    }

    #[test]
    fn a_line_that_is_not_there_counts_nothing() {
        assert_eq!(kibibytes("VmRSS:\t  12 kB\n", "VmRSS:"), 12 * 1_024);
        assert_eq!(kibibytes("", "VmRSS:"), 0);
    }
}
