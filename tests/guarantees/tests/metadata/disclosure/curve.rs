//! The curve as a picture: rank of the true peer against messages, drawn from a run.
//! Knows: numbers. Never knows: what they are about.

use std::fmt::Write as _;

/// How an attack went.
pub(super) struct Curve {
    pub(super) name: &'static str,
    /// The median rank after 1, 2, … messages.
    pub(super) median: Vec<f64>,
    /// The share of those attacked that were found.
    found: Vec<f64>,
    pub(super) attacked: usize,
}

impl Curve {
    /// Of all ranks after each number of messages.
    pub(super) fn of(name: &'static str, after: Vec<Vec<f64>>) -> Self {
        let attacked = after.first().map_or(0, Vec::len);
        let found = |ranks: &Vec<f64>| {
            let found = ranks.iter().filter(|rank| **rank < 1.5).count();
            found as f64 / attacked as f64
        };
        let found = after.iter().map(found).collect();
        let middle = |mut ranks: Vec<f64>| {
            ranks.sort_by(f64::total_cmp);
            ranks.get(attacked / 2).copied().unwrap_or(0.0)
        };
        Self {
            name,
            median: after.into_iter().map(middle).collect(),
            found,
            attacked,
        }
    }

    /// After how many messages this share was found, if ever.
    pub(super) fn messages_until(&self, share: f64) -> Option<usize> {
        self.found
            .iter()
            .position(|found| *found >= share)
            .map(|at| at + 1)
    }
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 60.0;
const BOTTOM: f64 = 360.0;
const RIGHT: f64 = 560.0;
const DECADES: f64 = 4.0;
const COLOURS: [&str; 3] = ["#1f5fa8", "#2e7d32", "#b23b3b"];

/// A picture of all of them; `chance` is the rank of whoever guesses.
pub(super) fn picture(curves: &[Curve], chance: f64) -> String {
    let most = curves
        .iter()
        .map(|curve| curve.median.len())
        .max()
        .unwrap_or(2);
    let across = |at: usize| LEFT + (RIGHT - LEFT) * at as f64 / (most - 1) as f64;
    let up = |rank: f64| BOTTOM - (BOTTOM - TOP) * rank.max(1.0).log10() / DECADES;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n<text x=\"{LEFT}\" y=\"28\" font-size=\"16\">A malicious relay looks for the mailbox of a mailbox's peer</text>\n<text x=\"{LEFT}\" y=\"46\" fill=\"#555\">median rank of the true one among all, against messages read (1 is found)</text>\n"
    );
    for decade in 0..=4_u32 {
        let y = up(10_f64.powi(decade.cast_signed()));
        let label = 10_u64.pow(decade);
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {y:.1}H{RIGHT}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            LEFT - 8.0,
            y + 4.0
        );
    }
    for at in (0..most).filter(|at| *at == 0 || (at + 1) % 5 == 0) {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            across(at),
            BOTTOM + 20.0,
            at + 1
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">messages</text>",
        (LEFT + RIGHT) / 2.0,
        BOTTOM + 42.0
    );
    let y = up(chance);
    let _ = writeln!(
        svg,
        "<path d=\"M{LEFT} {y:.1}H{RIGHT}\" stroke=\"#888\" stroke-dasharray=\"5 4\"/><text x=\"{:.1}\" y=\"{:.1}\" fill=\"#555\">who guesses: {chance:.0}</text>",
        RIGHT + 10.0,
        y + 4.0
    );
    for (number, (curve, colour)) in curves.iter().zip(COLOURS).enumerate() {
        let points: Vec<String> = curve
            .median
            .iter()
            .enumerate()
            .map(|(at, rank)| format!("{:.1},{:.1}", across(at), up(*rank)))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
        let y = TOP + 70.0 + 22.0 * number as f64;
        let _ = writeln!(
            svg,
            "<path d=\"M{:.1} {:.1}h18\" stroke=\"{colour}\" stroke-width=\"3\"/><text x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
            RIGHT + 10.0,
            y - 4.0,
            RIGHT + 34.0,
            curve.name
        );
    }
    svg.push_str("</svg>\n");
    svg
}
