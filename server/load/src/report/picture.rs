//! A run as one SVG: throughput against latency, and memory against connections.
//! Knows: one report. Never knows: pixels.

use super::spelled::number;
use super::{Latency, Report, Which};
use crate::plot::{self, Axis, Chart, Growth, Line};

/// The drawing, as the text of an SVG file.
#[must_use]
pub fn drawn(report: &Report) -> String {
    let mut charts = vec![latency(report)];
    charts.extend(memory(report));
    let title = match &report.relay {
        Which::Own { .. } => "What this machine carries".to_owned(),
        Which::Running { host } => format!("What the relay at {host} carries"),
    };
    plot::drawn(&title, &report.verdict.join(" "), &charts)
}

/// How late messages are, the faster they come; the right end of each line is as fast as it goes.
#[must_use]
pub fn latency(report: &Report) -> Chart {
    type Milestone = (&'static str, fn(&Latency) -> f64);
    let milestones: [Milestone; 2] = [
        ("50 of 100", |latency| latency.p50_ms),
        ("99 of 100", |latency| latency.p99_ms),
    ];
    let mut lines = Vec::new();
    for accepted in [true, false] {
        for (name, milestone) in milestones {
            let what = match accepted {
                true => "accepted",
                false => "reader has it",
            };
            let paces = report.paces.iter().map(|pace| {
                let latency = if accepted {
                    &pace.accepted
                } else {
                    &pace.surfaced
                };
                (pace.rate.per_second, milestone(latency))
            });
            lines.push(Line {
                name: format!("{what}, {name}"),
                points: paces.collect(),
            });
        }
    }
    let most = number(report.online.rate.per_second);
    Chart {
        title: format!("Throughput against latency (as fast as it goes: {most} a second)"),
        across: Axis {
            label: format!(
                "messages of {} bytes a second",
                number(report.envelope_bytes.into())
            ),
            growth: Growth::Even,
        },
        up: Axis {
            label: "latency, ms".into(),
            growth: Growth::ByFactors,
        },
        lines,
    }
}

/// How the relay's memory grows with connections at rest; none if that was not measured.
#[must_use]
pub fn memory(report: &Report) -> Option<Chart> {
    let idle = report.idle.as_ref()?;
    let mebibytes = |bytes: u64| bytes as f64 / 1_048_576.0;
    let points = idle
        .counts
        .iter()
        .map(|count| (f64::from(count.connections), mebibytes(count.private_bytes)));
    Some(Chart {
        title: "Memory against connections".into(),
        across: Axis {
            label: "idle connections, each reading one mailbox".into(),
            growth: Growth::Even,
        },
        up: Axis {
            label: "private memory, MiB".into(),
            growth: Growth::Even,
        },
        lines: vec![Line {
            name: "the relay's process".into(),
            points: points.collect(),
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::drawn;

    #[test]
    fn the_picture_says_the_verdict_to_those_who_cannot_see_it() {
        let report = example::own();
        let svg = drawn(&report);
        let document = roxmltree::Document::parse(&svg).unwrap();
        let mut children = document.root_element().children();
        let description = children
            .find(|node| node.tag_name().name() == "desc")
            .unwrap();
        assert_eq!(description.text(), Some(report.verdict.join(" ").as_str()));
        assert!(svg.contains("Memory against connections"));
    }

    #[test]
    fn a_relay_whose_memory_is_unknown_has_a_picture_without_it() {
        let mut report = example::own();
        report.idle = None;
        let svg = drawn(&report);
        assert!(roxmltree::Document::parse(&svg).is_ok());
        assert!(!svg.contains("Memory against connections"));
    }
}
