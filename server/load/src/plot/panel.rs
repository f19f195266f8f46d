//! One chart on the canvas: heading, legend, grid, axes with their names, lines with their markers.
//! Knows: pixels. Never knows: what else is drawn.

use super::canvas::{Canvas, at};
use super::scale::Scale;
use super::{Chart, KINDS, Line, PANEL, WIDTH};
use crate::report::spelled::number;

/// The edges of the field in which lines are drawn.
const LEFT: f64 = 76.0;
const RIGHT: f64 = WIDTH - 28.0;
const TOP: f64 = 78.0;
const BOTTOM: f64 = PANEL - 58.0;

const DASHES: [&str; KINDS] = ["none", "7 4", "2 3", "10 3 2 3", "4 2", "1 4"];

/// Draws one chart from the canvas's origin.
pub(super) fn draw(canvas: &mut Canvas, chart: &Chart) {
    let all = || chart.lines.iter().flat_map(|line| line.points.iter());
    let across = Scale::over(all().map(|point| point.0), chart.across.growth);
    let up = Scale::over(all().map(|point| point.1), chart.up.growth);
    words(canvas, LEFT, 26.0, "start", "title", &chart.title);
    legend(canvas, &chart.lines);
    for value in across.named() {
        let Some(share) = across.share(value) else {
            continue;
        };
        let x = LEFT + share * (RIGHT - LEFT);
        stroke(canvas, "grid", (x, TOP), (x, BOTTOM));
        words(canvas, x, BOTTOM + 20.0, "middle", "", &number(value));
    }
    for value in up.named() {
        let Some(share) = up.share(value) else {
            continue;
        };
        let y = BOTTOM - share * (BOTTOM - TOP);
        stroke(canvas, "grid", (LEFT, y), (RIGHT, y));
        words(canvas, LEFT - 8.0, y + 4.5, "end", "", &number(value));
    }
    stroke(canvas, "frame", (LEFT, TOP), (LEFT, BOTTOM));
    stroke(canvas, "frame", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    let middle = (LEFT + RIGHT) / 2.0;
    words(
        canvas,
        middle,
        BOTTOM + 44.0,
        "middle",
        "",
        &chart.across.label,
    );
    let turned = format!("translate(18 {}) rotate(-90)", at((TOP + BOTTOM) / 2.0));
    canvas.element(
        "text",
        &[("transform", &turned), ("text-anchor", "middle")],
        &chart.up.label,
    );
    let mut drawn = 0;
    for (which, line) in chart.lines.iter().enumerate() {
        let places = line.points.iter().filter_map(|point| {
            let (x, y) = (across.share(point.0)?, up.share(point.1)?);
            let place = (LEFT + x * (RIGHT - LEFT), BOTTOM - y * (BOTTOM - TOP));
            Some((place, point))
        });
        drawn += joined(canvas, which, line, places);
    }
    if drawn == 0 {
        let height = (TOP + BOTTOM) / 2.0;
        words(canvas, middle, height, "middle", "", "not measured");
    }
}

/// Draws a line through its places, each with what it means for whoever points at it; gives how many there are.
fn joined<'a>(
    canvas: &mut Canvas,
    which: usize,
    line: &Line,
    places: impl Iterator<Item = ((f64, f64), &'a (f64, f64))>,
) -> usize {
    let places: Vec<_> = places.collect();
    let kind = which % KINDS;
    let path: Vec<String> = places
        .iter()
        .map(|((x, y), _)| format!("{},{}", at(*x), at(*y)))
        .collect();
    if path.len() > 1 {
        canvas.empty(
            "polyline",
            &[
                ("class", &format!("line k{kind}")),
                ("stroke-dasharray", DASHES[kind]),
                ("points", &path.join(" ")),
            ],
        );
    }
    for (place, (across, up)) in &places {
        canvas.open("g", &[]);
        let meaning = format!("{}: {} at {}", line.name, number(*up), number(*across));
        canvas.element("title", &[], &meaning);
        marker(canvas, kind, *place);
        canvas.close("g");
    }
    places.len()
}

/// Markers differ in shape, so that nobody needs colours to tell lines apart.
fn marker(canvas: &mut Canvas, kind: usize, (x, y): (f64, f64)) {
    let class = format!("dot k{kind}");
    let path = |steps: &[(f64, f64)]| {
        let corners: Vec<String> = steps
            .iter()
            .map(|(right, down)| format!("{},{}", at(x + right), at(y + down)))
            .collect();
        corners.join(" ")
    };
    let corners = match kind % 4 {
        0 => {
            let (x, y) = (at(x), at(y));
            return canvas.empty(
                "circle",
                &[("class", &class), ("cx", &x), ("cy", &y), ("r", "3.5")],
            );
        }
        1 => path(&[(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)]),
        2 => path(&[(0.0, -4.5), (4.5, 3.5), (-4.5, 3.5)]),
        _ => path(&[(0.0, -4.5), (4.5, 0.0), (0.0, 4.5), (-4.5, 0.0)]),
    };
    canvas.empty("polygon", &[("class", &class), ("points", &corners)]);
}

/// What each line is, above the field.
fn legend(canvas: &mut Canvas, lines: &[Line]) {
    let (mut x, mut y) = (LEFT, 46.0);
    for (which, line) in lines.iter().enumerate() {
        // Seven units a letter: more than any usual face needs.
        let width = 44.0 + 7.0 * line.name.chars().count() as f64;
        if x > LEFT && x + width > RIGHT {
            (x, y) = (LEFT, y + 18.0);
        }
        let kind = which % KINDS;
        let ends = format!("{},{y} {},{y}", at(x), at(x + 26.0));
        canvas.empty(
            "polyline",
            &[
                ("class", &format!("line k{kind}")),
                ("stroke-dasharray", DASHES[kind]),
                ("points", &ends),
            ],
        );
        marker(canvas, kind, (x + 13.0, y));
        words(canvas, x + 32.0, y + 4.5, "start", "", &line.name);
        x += width;
    }
}

fn words(canvas: &mut Canvas, x: f64, y: f64, anchor: &str, class: &str, words: &str) {
    let (x, y) = (at(x), at(y));
    let mut attributes = vec![("x", x.as_str()), ("y", &y), ("text-anchor", anchor)];
    if !class.is_empty() {
        attributes.push(("class", class));
    }
    canvas.element("text", &attributes, words);
}

fn stroke(canvas: &mut Canvas, class: &str, from: (f64, f64), to: (f64, f64)) {
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(at);
    canvas.empty(
        "line",
        &[
            ("class", class),
            ("x1", &x1),
            ("y1", &y1),
            ("x2", &x2),
            ("y2", &y2),
        ],
    );
}
