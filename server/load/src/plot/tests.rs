//! What a drawing promises, looked at with an XML parser that is not ours.
//! Knows: SVG. Never knows: how it is drawn.

use roxmltree::{Document, Node};

use super::{Axis, Chart, Growth, Line, drawn};

fn chart(points: &[(f64, f64)]) -> Chart {
    Chart {
        title: "Throughput against latency".into(),
        across: Axis {
            label: "messages a second".into(),
            growth: Growth::Even,
        },
        up: Axis {
            label: "latency, ms".into(),
            growth: Growth::ByFactors,
        },
        lines: vec![
            Line {
                name: "accepted, 50 of 100".into(),
                points: points.to_vec(),
            },
            Line {
                name: "accepted, 99 of 100".into(),
                points: points.iter().map(|(x, y)| (*x, y * 3.0)).collect(),
            },
        ],
    }
}

const LADDER: &[(f64, f64)] = &[(1_200.0, 0.8), (6_000.0, 1.4), (11_000.0, 7.5)];

fn texts(document: &Document<'_>) -> Vec<String> {
    let says = |node: Node<'_, '_>| Some(node.text()?.to_owned());
    let named = |node: &Node<'_, '_>| node.has_tag_name(("http://www.w3.org/2000/svg", "text"));
    document
        .descendants()
        .filter(named)
        .filter_map(says)
        .collect()
}

fn count(document: &Document<'_>, name: &str) -> usize {
    let named = |node: &Node<'_, '_>| node.tag_name().name() == name;
    document.descendants().filter(named).count()
}

#[test]
fn a_drawing_is_well_formed_and_names_its_axes_units_and_lines() {
    let svg = drawn("What it carries", "In words.", &[chart(LADDER)]);
    let document = Document::parse(&svg).unwrap();
    let said = texts(&document);
    for word in [
        "Throughput against latency",
        "messages a second",
        "latency, ms",
        "accepted, 99 of 100",
        "10,000",
        "0.5",
    ] {
        assert!(said.iter().any(|text| text == word), "{word} in {said:?}");
    }
    assert_eq!(
        count(&document, "circle"),
        LADDER.len() + 1,
        "and one in the legend"
    );
}

#[test]
fn a_screen_reader_finds_a_title_and_a_description() {
    let svg = drawn("What it carries", "11,000 a second.", &[chart(LADDER)]);
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let labels = root.attribute("aria-labelledby").unwrap();
    let said: Vec<_> = labels
        .split(' ')
        .map(|id| {
            let mut children = root.children();
            children
                .find(|node| node.attribute("id") == Some(id))
                .unwrap()
                .text()
                .unwrap()
        })
        .collect();
    assert_eq!(said, ["What it carries", "11,000 a second."]);
}

#[test]
fn words_with_brackets_ampersands_and_control_characters_break_nothing() {
    let mut hostile = chart(LADDER);
    hostile.lines[0].name = "</svg><script> & \"quoted\" \u{0}\u{1b}".into();
    let svg = drawn("<a> & b", "]]> \u{ffff}", &[hostile]);
    let document = Document::parse(&svg).unwrap();
    assert_eq!(count(&document, "script"), 0);
    let said = texts(&document);
    assert!(
        said.iter()
            .any(|text| text == "</svg><script> & \"quoted\" ??"),
        "{said:?}"
    );
}

#[test]
fn figures_that_are_none_are_left_out_and_a_chart_without_any_says_so() {
    let empty = chart(&[(f64::NAN, 1.0), (2.0, f64::INFINITY), (3.0, 0.0)]);
    let svg = drawn("t", "d", &[chart(LADDER), empty]);
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    let document = Document::parse(&svg).unwrap();
    let said = texts(&document);
    assert_eq!(
        said.iter().filter(|text| *text == "not measured").count(),
        1
    );
}

#[test]
fn everything_that_is_drawn_lies_on_the_paper() {
    let far = chart(&[(1.0, 0.001), (987_654_321.0, 123_456.0)]);
    let svg = drawn("t", "d", &[far.clone(), far]);
    let document = Document::parse(&svg).unwrap();
    for node in document.descendants() {
        for (name, most) in [
            ("cx", 720.0),
            ("x", 720.0),
            ("x2", 720.0),
            ("cy", 380.0),
            ("y", 380.0),
        ] {
            if let Some(place) = node.attribute(name) {
                let place: f64 = place.parse().unwrap();
                assert!((0.0..=most).contains(&place), "{name} {place}");
            }
        }
    }
}

#[test]
fn a_drawing_is_readable_on_light_and_on_dark_pages() {
    let svg = drawn("t", "d", &[chart(LADDER)]);
    let (light, dark) = svg
        .split_once("@media (prefers-color-scheme: dark)")
        .unwrap();
    for class in ["text", ".paper", ".grid", ".frame", ".k0", ".k5"] {
        let rule = format!("{class} {{");
        assert!(light.contains(&rule) && dark.contains(&rule), "{class}");
    }
}
