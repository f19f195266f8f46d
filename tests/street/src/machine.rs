//! Where and of what a run was made: for the head of the page.
//! Knows: /proc and git. Never knows: what was measured.

use std::fs;
use std::process::Command;

use partywall_world::{Clock, SystemClock};
use serde::{Deserialize, Serialize};

use crate::house;

/// The machine and the moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    /// The day, as year-month-day.
    pub date: String,
    /// The commit that is checked out, in twelve digits.
    pub commit: String,
    /// Cores that the process may use.
    pub cores: usize,
    /// What the processor calls itself.
    pub model: String,
    /// Memory in GiB, to a tenth.
    pub memory_gib: f64,
    /// The kernel's release.
    pub kernel: String,
}

impl Machine {
    /// This machine, now.
    #[must_use]
    pub fn here() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |page: &str, name: &str| {
            let line = page.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split_once(':'));
            value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
        };
        let memory = field(&read("/proc/meminfo"), "MemTotal");
        let kibibytes: f64 = memory.trim_end_matches(" kB").parse().unwrap_or(0.0);
        Self {
            date: date(),
            commit: said("git", &["rev-parse", "--short=12", "HEAD"]),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            model: field(&read("/proc/cpuinfo"), "model name"),
            memory_gib: (kibibytes / 104_857.6).round() / 10.0,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        }
    }
}

fn date() -> String {
    let day = i64::try_from(SystemClock::new().wall().seconds() / 86_400).unwrap_or(0);
    // Days to a date: the civil calendar, counted in eras of 400 years from March on.
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{of_month:02}")
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(house::root())
        .output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
