//! A run as tables for a terminal.
//! Knows: one report, words. Never knows: the terminal's width; who draws says it.

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};

use crate::report::spelled::{bytes, number};
use crate::report::{Idle, Latency, Rate, Report};

/// How a table is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// For a terminal: bold headings, as wide as it is.
    Terminal,
    /// For a file or a pipe: no escapes.
    Plain,
}

/// The loads, one a row, and below them what resting connections cost, if that was measured.
#[must_use]
pub fn drawn(report: &Report, look: Look) -> String {
    let mut out = loads(report, look);
    if let Some(idle) = &report.idle {
        out.push_str("\n\n");
        out.push_str(&resting(idle, look));
    }
    out
}

fn loads(report: &Report, look: Look) -> String {
    let mut table = begun(
        look,
        &[
            "load",
            "messages/s",
            "accepted ms, p50",
            "p99",
            "reader has it ms, p50",
            "p99",
            "relay CPU µs each",
        ],
    );
    let online = &report.online;
    let most = format!("as fast as it goes, {} pairs", online.pairs);
    let both = (Some(online.accepted), Some(online.surfaced));
    table.add_row(row(&most, &online.rate, both));
    for pace in report.paces.iter().rev() {
        let name = format!("{} % of that", pace.percent);
        let both = (Some(pace.accepted), Some(pace.surfaced));
        table.add_row(row(&name, &pace.rate, both));
    }
    for (name, rate) in [
        ("stored, nobody reads", &report.stored),
        ("read and deleted again", &report.drained),
    ] {
        if let Some(rate) = rate {
            table.add_row(row(name, rate, (None, None)));
        }
    }
    table.to_string()
}

fn resting(idle: &Idle, look: Look) -> String {
    let mut table = begun(
        look,
        &["idle connections", "relay's memory", "each further one"],
    );
    let before = std::iter::once(None).chain(idle.counts.iter().map(Some));
    for (before, count) in before.zip(&idle.counts) {
        let each = before.map(|before| {
            let more = count.private_bytes as f64 - before.private_bytes as f64;
            bytes(more / f64::from((count.connections - before.connections).max(1)))
        });
        table.add_row([
            right(number(f64::from(count.connections))),
            right(bytes(count.private_bytes as f64)),
            right(each.unwrap_or_default()),
        ]);
    }
    table.to_string()
}

fn row(
    name: &str,
    rate: &Rate,
    (accepted, surfaced): (Option<Latency>, Option<Latency>),
) -> Vec<Cell> {
    let p50 = |latency: Latency| latency.p50_ms;
    let p99 = |latency: Latency| latency.p99_ms;
    let shown = |value: Option<f64>| right(value.map(number).unwrap_or_default());
    vec![
        Cell::new(name),
        right(number(rate.per_second)),
        shown(accepted.map(p50)),
        shown(accepted.map(p99)),
        shown(surfaced.map(p50)),
        shown(surfaced.map(p99)),
        shown(rate.cpu_us),
    ]
}

fn begun(look: Look, headings: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if look == Look::Plain {
        table.force_no_tty();
    }
    let bold = |word: &&str| Cell::new(word).add_attribute(Attribute::Bold);
    table.set_header(headings.iter().map(bold));
    table
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

#[cfg(test)]
mod tests {
    use super::{Look, drawn};
    use crate::report::example;

    #[test]
    fn every_load_has_its_row_with_its_figures() {
        let text = drawn(&example::own(), Look::Plain);
        for (name, figures) in [
            (
                "as fast as it goes, 20 pairs",
                &["12,000", "42", "78", "31", "66", "40"][..],
            ),
            ("90 % of that", &["10,800", "5.2", "21", "1.4", "9", "25"]),
            ("50 % of that", &["6,000", "2.6", "5.9"]),
            ("stored, nobody reads", &["15,000", "32"]),
            ("read and deleted again", &["30,000", "20"]),
        ] {
            let row = text.lines().find(|line| line.contains(name)).unwrap();
            let words: Vec<&str> = row.split_whitespace().collect();
            for figure in figures {
                assert!(words.contains(figure), "{figure} in {row}");
            }
        }
        assert!(text.contains("2,000") && text.contains("46 MiB") && text.contains("13.3 KiB"));
        assert!(!text.contains('\u{1b}'), "no colours where nobody looks");
    }

    #[test]
    fn what_was_not_measured_has_no_row() {
        let mut report = example::own();
        (report.stored, report.drained, report.idle) = (None, None, None);
        let text = drawn(&report, Look::Plain);
        assert!(!text.contains("stored") && !text.contains("idle"));
    }
}
