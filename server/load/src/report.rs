//! What one run for an operator found out, as one object: the shape behind the table, the plot, the verdict and `--json`.
//! Knows: figures. Never knows: how they were measured; no id, no capability, no network address that was not said on the command line.

pub mod machine;
pub mod picture;
pub mod spelled;
pub mod verdict;

use serde::Serialize;

pub use machine::Machine;

/// The number of the shape that `--json` has; it grows when a field changes its meaning or goes.
pub const SHAPE: u32 = 1;

/// Everything that one run found out. Absent is what could not be measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// [`SHAPE`].
    pub shape: u32,
    /// When the run ended, RFC 3339, UTC.
    pub at: String,
    /// The version of the program that measured.
    pub version: String,
    /// Which relay was measured.
    pub relay: Which,
    /// The machine that measured; with a relay of its own, also the one that carried.
    pub machine: Machine,
    /// The size of each envelope, in bytes.
    pub envelope_bytes: u32,
    /// How long the disk takes until a small write is safe.
    pub disk: Option<Disk>,
    /// As fast as it goes, readers connected.
    pub online: Online,
    /// Slower than that, at an even pace, slowest first.
    pub paces: Vec<Pace>,
    /// As fast as it goes, nobody reading.
    pub stored: Option<Rate>,
    /// What was stored, read and acknowledged until its deletion is on disk.
    pub drained: Option<Rate>,
    /// What connections cost that rest.
    pub idle: Option<Idle>,
    /// The same in sentences.
    pub verdict: Vec<String>,
}

/// Which relay was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "whose", rename_all = "lowercase")]
pub enum Which {
    /// One that was started for this, and is gone.
    Own {
        /// The folder on whose disk it kept its mail.
        disk: String,
    },
    /// One that ran already.
    Running {
        /// What its link says.
        host: String,
    },
}

/// How long a disk takes to make a small write safe.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Disk {
    /// How often that was tried.
    pub tries: u32,
    /// How long an `fsync` took.
    pub fsync: Latency,
}

/// Two milestones of a distribution, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    /// Half took at most so long.
    pub p50_ms: f64,
    /// 99 of 100 took at most so long.
    pub p99_ms: f64,
}

/// How much went through, and how fast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// How many messages.
    pub messages: u64,
    /// How long they took, in seconds.
    pub seconds: f64,
    /// How many that is a second.
    pub per_second: f64,
    /// What one cost the relay's processor (user and system), in microseconds; absent where its process cannot be seen.
    pub cpu_us: Option<f64>,
}

impl Rate {
    /// So many messages in so long, and what they cost together.
    #[must_use]
    pub fn of(messages: u64, seconds: f64, cpu_seconds: Option<f64>) -> Self {
        let count = messages as f64;
        let each = |cpu: f64| (messages > 0).then_some(cpu * 1e6 / count);
        Self {
            messages,
            seconds,
            per_second: if seconds > 0.0 { count / seconds } else { 0.0 },
            cpu_us: cpu_seconds.and_then(each),
        }
    }
}

/// As fast as it goes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Online {
    /// How many writers, each with a reader of its own.
    pub pairs: u32,
    /// How many unanswered messages each writer has on its way.
    pub in_flight: u32,
    /// How much went through.
    pub rate: Rate,
    /// What one message cost the processor on the side of its writer and its reader, in microseconds.
    pub clients_cpu_us: Option<f64>,
    /// From sending to the relay's word that it is on disk.
    pub accepted: Latency,
    /// From sending to the reader's connection.
    pub surfaced: Latency,
}

/// At an even pace; latencies count from when a message was due.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pace {
    /// Which part of `online` this was meant to be, in hundredths.
    pub percent: u32,
    /// How many messages were due a second.
    pub due_per_second: f64,
    /// How much went through.
    pub rate: Rate,
    /// From when a message was due to the relay's word that it is on disk.
    pub accepted: Latency,
    /// From when a message was due to the reader's connection.
    pub surfaced: Latency,
}

impl Pace {
    /// Whether as many went through as were due, a twentieth more or less.
    #[must_use]
    pub fn was_kept(&self) -> bool {
        self.rate.per_second >= self.due_per_second * 0.95
    }
}

/// What connections cost that rest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Idle {
    /// Fewest connections first.
    pub counts: Vec<IdleCount>,
    /// What each further connection costs, in bytes, by the first and the last count that is not zero.
    pub bytes_each: Option<f64>,
}

/// The relay's memory with so many connections at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct IdleCount {
    /// How many are connected, each reading one mailbox.
    pub connections: u32,
    /// The private pages of the relay's process, in bytes.
    pub private_bytes: u64,
}

impl Idle {
    /// From counts in any order.
    #[must_use]
    pub fn of(mut counts: Vec<IdleCount>) -> Self {
        counts.sort_by_key(|count| count.connections);
        // A relay that served nobody yet has not warmed up; that is not the first connection's fault.
        let served = |count: &&IdleCount| count.connections > 0;
        let bytes_each = match (counts.iter().find(served), counts.last()) {
            (Some(first), Some(last)) if last.connections > first.connections => {
                let more = last.private_bytes as f64 - first.private_bytes as f64;
                Some(more / f64::from(last.connections - first.connections))
            }
            _ => None,
        };
        Self { counts, bytes_each }
    }
}

#[cfg(test)]
pub(crate) mod example;

#[cfg(test)]
mod tests {
    use super::{Idle, IdleCount, Rate, example};

    #[test]
    fn a_rate_says_how_many_a_second_and_what_each_cost() {
        let rate = Rate::of(20_000, 2.0, Some(0.5));
        assert_eq!((rate.per_second, rate.cpu_us), (10_000.0, Some(25.0)));
        let unseen = Rate::of(20_000, 2.0, None);
        assert_eq!(unseen.cpu_us, None);
        let nothing = Rate::of(0, 0.0, Some(0.0));
        assert_eq!((nothing.per_second, nothing.cpu_us), (0.0, None));
    }

    #[test]
    fn what_a_connection_costs_is_what_further_ones_add_and_not_what_the_relay_weighs() {
        let count = |connections, private_bytes| IdleCount {
            connections,
            private_bytes,
        };
        let idle = Idle::of(vec![
            count(2_000, 50_000_000),
            count(0, 30_000_000),
            count(1_000, 40_000_000),
        ]);
        assert_eq!(idle.bytes_each, Some(10_000.0));
        assert_eq!(idle.counts[0].connections, 0);
        assert_eq!(Idle::of(vec![count(0, 0), count(5, 1)]).bytes_each, None);
    }

    #[test]
    fn as_json_what_was_not_measured_is_null_and_every_unit_is_in_a_name() {
        let mut report = example::own();
        report.idle = None;
        report.online.rate.cpu_us = None;
        let json = serde_json::to_value(&report).unwrap();
        assert!(json["idle"].is_null() && json["online"]["rate"]["cpu_us"].is_null());
        assert_eq!(json["shape"], super::SHAPE);
        assert_eq!(json["relay"]["whose"], "own");
        assert_eq!(json["paces"][1]["accepted"]["p99_ms"], 5.9);
        assert_eq!(json["disk"]["fsync"]["p50_ms"], 1.9);
    }
}
