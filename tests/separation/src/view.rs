//! What an `Eavesdropper` has: all that can be seen of one wing after a world has been lived through, and where two
//! worlds differ.
//! Knows: names of parts and their lines. Never knows: which difference is allowed: none is.

use std::sync::{Arc, Mutex};

use partywall_store::Place;

use crate::dump;
use crate::line::{Heard, open};

/// Everything of one wing that anybody could look at.
#[derive(Default)]
pub struct View {
    parts: Vec<(String, Vec<String>)>,
}

/// The first place in which two worlds are not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is part of.
    pub part: String,
    /// Which line of it, from 0.
    pub line: usize,
    /// The line in either world.
    pub lines: [String; 2],
}

impl std::fmt::Display for Difference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [one, other] = &self.lines;
        write!(
            formatter,
            "{} differs in line {}:\n  {one}\n  {other}",
            self.part, self.line
        )
    }
}

impl View {
    /// Takes in a part.
    pub fn add(&mut self, part: impl Into<String>, lines: impl IntoIterator<Item = String>) {
        self.parts.push((part.into(), lines.into_iter().collect()));
    }

    /// Takes in connections, each as two parts: what `is_news` says apart from the rest, because
    /// which of the two is written first is the runtime's choice.
    pub fn add_lines(
        &mut self,
        of: &str,
        transcripts: &[Arc<Mutex<Heard>>],
        is_news: impl Fn(&[u8]) -> bool,
    ) {
        for (number, transcript) in transcripts.iter().enumerate() {
            let heard = open(transcript);
            let (news, answers): (Vec<_>, Vec<_>) =
                heard.frames.iter().partition(|frame| is_news(frame));
            let shown = |frame: &Vec<u8>| short(frame);
            let end = format!("end {:?}", heard.end);
            let answers = answers.into_iter().map(shown).chain([end]);
            self.add(format!("{of} {number}: answers"), answers);
            self.add(
                format!("{of} {number}: events"),
                news.into_iter().map(shown),
            );
        }
    }

    /// Takes in a whole database: schema, rows, and how many pages it has.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn add_database(&mut self, place: &Place) {
        let connection = place.look().expect("the world's database is there");
        let schema = dump::schema(&connection).expect("a schema can be read");
        self.add("database: schema", schema);
        let tables = dump::tables(&connection).expect("tables can be read");
        for (table, rows) in tables {
            let rows = rows.iter().map(|row| dump::line(row));
            self.add(format!("database: {table}"), rows);
        }
        let pages = connection.query_row("PRAGMA page_count", [], |row| row.get::<_, i64>(0));
        self.add("database: pages", pages.map(|pages| pages.to_string()));
    }

    /// Changes a part that is there.
    pub(crate) fn amend(&mut self, name: &str, change: impl FnOnce(&mut Vec<String>)) {
        let found = self.parts.iter_mut().find(|(part, _)| part == name);
        if let Some((_, lines)) = found {
            change(lines);
        }
    }

    /// Names and numbers of what there is to see.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        let parts = self.parts.iter();
        parts.map(|(part, lines)| (part.as_str(), lines.len()))
    }

    /// The lines of a part.
    #[must_use]
    pub fn part(&self, name: &str) -> &[String] {
        let found = self.parts.iter().find(|(part, _)| part == name);
        found.map_or(&[], |(_, lines)| lines)
    }

    /// Where another world is not the same, if anywhere.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        let none = ("(nothing)".to_owned(), Vec::new());
        let most = self.parts.len().max(other.parts.len());
        (0..most).find_map(|number| {
            let one = self.parts.get(number).unwrap_or(&none);
            let two = other.parts.get(number).unwrap_or(&none);
            differs(one, two)
        })
    }
}

fn differs(one: &(String, Vec<String>), two: &(String, Vec<String>)) -> Option<Difference> {
    if one == two {
        return None;
    }
    if one.0 != two.0 {
        return Some(Difference {
            part: "parts".to_owned(),
            line: 0,
            lines: [one.0.clone(), two.0.clone()],
        });
    }
    let end = "(end)".to_owned();
    let most = one.1.len().max(two.1.len());
    (0..most).find_map(|line| {
        let (first, second) = (one.1.get(line), two.1.get(line));
        (first != second).then(|| Difference {
            part: one.0.clone(),
            line,
            lines: [first, second].map(|line| line.unwrap_or(&end).clone()),
        })
    })
}

/// A frame in a line: as it is if it is short, by its hash if it is not.
#[must_use]
pub(crate) fn short(frame: &[u8]) -> String {
    if frame.len() <= 200 {
        return hex::encode(frame);
    }
    let hash = partywall_proof::sha256(frame);
    format!("{} bytes {}", frame.len(), hex::encode(hash))
}
