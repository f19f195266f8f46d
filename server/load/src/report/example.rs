//! A run as it may look, for tests.
//! Knows: made-up figures. Never knows: a machine.

use super::{
    Disk, Idle, IdleCount, Latency, Machine, Online, Pace, Rate, Report, SHAPE, Which, verdict,
};

pub(crate) fn own() -> Report {
    let latency = |p50_ms, p99_ms| Latency { p50_ms, p99_ms };
    let pace = |percent: u32, accepted, surfaced| Pace {
        percent,
        due_per_second: 120.0 * f64::from(percent),
        rate: Rate::of(
            u64::from(percent) * 480,
            4.0,
            Some(0.012 * f64::from(percent)),
        ),
        accepted,
        surfaced,
    };
    let mut report = Report {
        shape: SHAPE,
        at: "2026-11-22T04:00:00Z".into(),
        version: "0.1.0".into(),
        relay: Which::Own {
            disk: "/srv/relay".into(),
        },
        machine: Machine {
            cores: 2,
            processor: "Example 3000".into(),
            system: "Linux 6.12.0".into(),
            memory_bytes: Some(8 << 30),
        },
        envelope_bytes: 4_096,
        disk: Some(Disk {
            tries: 100,
            fsync: latency(1.9, 4.4),
        }),
        online: Online {
            pairs: 20,
            in_flight: 32,
            rate: Rate::of(96_000, 8.0, Some(3.84)),
            clients_cpu_us: Some(21.0),
            accepted: latency(42.0, 78.0),
            surfaced: latency(31.0, 66.0),
        },
        paces: vec![
            pace(10, latency(2.1, 4.0), latency(0.4, 1.2)),
            pace(50, latency(2.6, 5.9), latency(0.6, 2.2)),
            pace(90, latency(5.2, 21.0), latency(1.4, 9.0)),
        ],
        stored: Some(Rate::of(60_000, 4.0, Some(1.92))),
        drained: Some(Rate::of(60_000, 2.0, Some(1.2))),
        idle: Some(Idle::of(vec![
            IdleCount {
                connections: 0,
                private_bytes: 6 << 20,
            },
            IdleCount {
                connections: 1_000,
                private_bytes: 20 << 20,
            },
            IdleCount {
                connections: 2_000,
                private_bytes: 33 << 20,
            },
        ])),
        verdict: Vec::new(),
    };
    report.verdict = verdict::sentences(&report);
    report
}
