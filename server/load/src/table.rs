//! A run as tables for a terminal.
//! Knows: one report, words. Never knows: the terminal's width; who draws says it.

use comfy_table::{
    Attribute, Cell, CellAlignment, ContentArrangement, Table, TableComponent, presets,
};

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

/// The loads, one a row: how long until the writer hears `accepted`, until the reader has it, what it cost the relay's
/// processor; and below them what resting connections cost, if that was measured.
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
            "\nload",
            "\nmessages/s",
            "accepted\np50 ms",
            "\np99 ms",
            "reader\np50 ms",
            "\np99 ms",
            "CPU\nµs",
        ],
    );
    let online = &report.online;
    let most = match online.pairs {
        1 => "full speed, 1 pair".to_owned(),
        pairs => format!("full speed, {pairs} pairs"),
    };
    let both = (Some(online.accepted), Some(online.surfaced));
    table.add_row(row(&most, &online.rate, both));
    for pace in report.paces.iter().rev() {
        let name = match pace.was_kept() {
            true => format!("{} % of that", pace.percent),
            false => format!("{} %, not kept up", pace.percent),
        };
        let both = (Some(pace.accepted), Some(pace.surfaced));
        table.add_row(row(&name, &pace.rate, both));
    }
    for (name, rate) in [
        ("stored, nobody reads", &report.stored),
        ("read and deleted", &report.drained),
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
    for between_rows in [
        TableComponent::HorizontalLines,
        TableComponent::LeftBorderIntersections,
        TableComponent::MiddleIntersections,
        TableComponent::RightBorderIntersections,
    ] {
        table.remove_style(between_rows);
    }
    let heading = |(column, word): (usize, &&str)| {
        let cell = Cell::new(word).add_attribute(Attribute::Bold);
        match column {
            0 => cell,
            _ => cell.set_alignment(CellAlignment::Right),
        }
    };
    table.set_header(headings.iter().enumerate().map(heading));
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
                "full speed, 20 pairs",
                &["12,000", "42", "78", "31", "66", "40"][..],
            ),
            ("90 % of that", &["10,800", "5.2", "21", "1.4", "9", "25"]),
            ("50 % of that", &["6,000", "2.6", "5.9"]),
            ("stored, nobody reads", &["15,000", "32"]),
            ("read and deleted", &["30,000", "20"]),
        ] {
            let row = text.lines().find(|line| line.contains(name)).unwrap();
            let words: Vec<&str> = row.split_whitespace().collect();
            for figure in figures {
                assert!(words.contains(figure), "{figure} in {row}");
            }
        }
        assert!(text.contains("2,000") && text.contains("33 MiB") && text.contains("13.3 KiB"));
        assert!(!text.contains('\u{1b}'), "no colours where nobody looks");
    }

    #[test]
    fn a_pace_that_was_not_kept_says_so_in_its_row() {
        let mut report = example::own();
        report.paces[2].rate.per_second = 9_000.0;
        let text = drawn(&report, Look::Plain);
        assert!(text.contains("90 %, not kept up"), "{text}");
        assert!(!text.contains("50 %, not"), "{text}");
    }

    #[test]
    fn a_table_fits_a_terminal_of_eighty_columns() {
        let text = drawn(&example::own(), Look::Plain);
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{text}");
        }
    }

    #[test]
    fn what_was_not_measured_has_no_row() {
        let mut report = example::own();
        (report.stored, report.drained, report.idle) = (None, None, None);
        let text = drawn(&report, Look::Plain);
        assert!(!text.contains("stored") && !text.contains("idle"));
    }
}
