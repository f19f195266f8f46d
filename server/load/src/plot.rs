//! Draws figures as one SVG: a panel for each chart, readable on light and dark pages, by eyes and by screen readers.
//! Knows: points, axes, words. Never knows: what was measured, or how.

mod canvas;
mod panel;
mod scale;

use canvas::Canvas;

/// One chart of a drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows, as a heading.
    pub title: String,
    /// The axis from left to right.
    pub across: Axis,
    /// The axis from below to above.
    pub up: Axis,
    /// At most six lines are told apart by colour, marker and dashes together.
    pub lines: Vec<Line>,
}

/// One axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is along it, with its unit: `messages a second`, `latency, ms`.
    pub label: String,
    /// How it grows.
    pub growth: Growth,
}

/// How an axis grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// From nothing, each step as long as the one before.
    Even,
    /// Each step by a factor; what is not above zero has no place on it and is left out.
    ByFactors,
}

/// Points that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What the legend calls it.
    pub name: String,
    /// Across and up, in the order in which they are joined. What is not a number is left out.
    pub points: Vec<(f64, f64)>,
}

/// The colours, markers and dashes that tell lines apart; further lines begin anew.
const KINDS: usize = 6;

/// The width of a drawing, in SVG's own units.
const WIDTH: f64 = 720.0;
/// The height of one panel.
const PANEL: f64 = 380.0;

const STYLE: &str = "\
text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.paper { fill: #ffffff; }
.grid { stroke: #d1d9e0; stroke-width: 1; fill: none; }
.frame { stroke: #59636e; stroke-width: 1; fill: none; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.dot { stroke-width: 1.5; }
.k0 { stroke: #0969da; } .dot.k0 { fill: #0969da; }
.k1 { stroke: #bc4c00; } .dot.k1 { fill: #bc4c00; }
.k2 { stroke: #1a7f37; } .dot.k2 { fill: #1a7f37; }
.k3 { stroke: #8250df; } .dot.k3 { fill: #8250df; }
.k4 { stroke: #9a6700; } .dot.k4 { fill: #9a6700; }
.k5 { stroke: #bf3989; } .dot.k5 { fill: #bf3989; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.paper { fill: #0d1117; }
.grid { stroke: #30363d; }
.frame { stroke: #8b949e; }
.k0 { stroke: #58a6ff; } .dot.k0 { fill: #58a6ff; }
.k1 { stroke: #f0883e; } .dot.k1 { fill: #f0883e; }
.k2 { stroke: #3fb950; } .dot.k2 { fill: #3fb950; }
.k3 { stroke: #d2a8ff; } .dot.k3 { fill: #d2a8ff; }
.k4 { stroke: #e3b341; } .dot.k4 { fill: #e3b341; }
.k5 { stroke: #f778ba; } .dot.k5 { fill: #f778ba; }
}
";

/// Draws charts one below the other, as the text of an SVG file.
///
/// `title` and `description` are what a screen reader says; the description should hold the figures that matter.
#[must_use]
pub fn drawn(title: &str, description: &str, charts: &[Chart]) -> String {
    let height = PANEL * charts.len().max(1) as f64;
    let mut canvas = Canvas::new();
    canvas.open(
        "svg",
        &[
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", &format!("0 0 {WIDTH} {height}")),
            ("width", &WIDTH.to_string()),
            ("height", &height.to_string()),
            ("role", "img"),
            ("aria-labelledby", "title description"),
        ],
    );
    canvas.element("title", &[("id", "title")], title);
    canvas.element("desc", &[("id", "description")], description);
    canvas.element("style", &[], STYLE);
    canvas.empty(
        "rect",
        &[("class", "paper"), ("width", "100%"), ("height", "100%")],
    );
    for (row, chart) in charts.iter().enumerate() {
        let shift = format!("translate(0 {})", PANEL * row as f64);
        canvas.open("g", &[("transform", &shift)]);
        panel::draw(&mut canvas, chart);
        canvas.close("g");
    }
    canvas.close("svg");
    canvas.text()
}

#[cfg(test)]
mod tests;
