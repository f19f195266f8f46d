//! The machine on which something was measured, as its kernel describes it.
//! Knows: `/proc`. Never knows: its name, its addresses, who uses it.

use std::path::Path;

use serde::Serialize;

/// What has to be said beside any figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// How many threads run at the same time.
    pub cores: usize,
    /// What the processor calls itself.
    pub processor: String,
    /// The kernel's name and release.
    pub system: String,
    /// How much memory there is, in bytes.
    pub memory_bytes: Option<u64>,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        let read = |path: &str| std::fs::read_to_string(Path::new(path)).unwrap_or_default();
        let kind = std::env::consts::OS;
        let release = read("/proc/sys/kernel/osrelease");
        let kernel = read("/proc/sys/kernel/ostype");
        let system = match kernel.trim() {
            "" => kind.to_owned(),
            kernel => format!("{kernel} {}", release.trim()),
        };
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: processor(&read("/proc/cpuinfo")),
            system,
            memory_bytes: memory(&read("/proc/meminfo")),
        }
    }
}

fn processor(cpuinfo: &str) -> String {
    let named = |name: &str| {
        let mut lines = cpuinfo.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(key, _)| key.trim() == name)?.1.trim();
        (!found.is_empty()).then(|| found.to_owned())
    };
    named("model name")
        .or_else(|| named("Model"))
        .or_else(|| named("Hardware"))
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kibibytes: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    kibibytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::{Machine, memory, processor};

    #[test]
    fn a_machine_is_described_as_its_kernel_does() {
        assert_eq!(
            processor("processor\t: 0\nmodel name\t: Example 3000\n"),
            "Example 3000"
        );
        assert_eq!(processor("Model\t\t: Raspberry Pi 4\n"), "Raspberry Pi 4");
        assert_eq!(processor(""), std::env::consts::ARCH);
        assert_eq!(memory("MemTotal:        2048 kB\n"), Some(2 << 20));
        assert_eq!(memory("MemFree: 1 kB\n"), None);
        assert!(Machine::here().cores > 0);
    }
}
