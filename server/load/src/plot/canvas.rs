//! Writes well-formed XML, element by element.
//! Knows: escaping. Never knows: what the elements mean.

/// A text that grows into an SVG.
pub(super) struct Canvas(String);

impl Canvas {
    pub(super) fn new() -> Self {
        Self(String::new())
    }

    /// Begins an element that holds others.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.begin(name, attributes);
        self.0.push_str(">\n");
    }

    /// Ends it.
    pub(super) fn close(&mut self, name: &str) {
        self.0.push_str(&format!("</{name}>\n"));
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.begin(name, attributes);
        self.0.push_str("/>\n");
    }

    /// An element that holds words.
    pub(super) fn element(&mut self, name: &str, attributes: &[(&str, &str)], words: &str) {
        self.begin(name, attributes);
        self.0.push_str(&format!(">{}</{name}>\n", escaped(words)));
    }

    /// What was written.
    pub(super) fn text(self) -> String {
        self.0
    }

    fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            self.0.push_str(&format!(" {key}=\"{}\"", escaped(value)));
        }
    }
}

/// A place on the canvas, to a tenth of a unit.
pub(super) fn at(place: f64) -> String {
    let tenths = (place * 10.0).round() / 10.0;
    format!("{tenths}")
}

/// Words as XML takes them; what it takes in no form becomes a question mark.
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                out.push('?');
            }
            letter => out.push(letter),
        }
    }
    out
}
