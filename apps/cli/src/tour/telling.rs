//! How the tour is told: short sections with colours for people, the same as objects for scripts.
//! Knows: the screen. Never knows: whether what it tells is true.

use std::cell::Cell;
use std::path::Path;

use comfy_table::{ContentArrangement, presets};
use serde_json::{Map, Value, json};

use super::claims::Claims;
use super::dump::{self, Table};
use super::evidence::Evidence;
use super::notebooks::PEER;
use super::people::Line;
use crate::screen::{Screen, bad, faint, good, strong};
use crate::trouble::Trouble;
use crate::words::{indented, one_line};

/// Columns where nobody says how many there are.
const COLUMNS: u16 = 100;
/// Rows of a table that people are shown; scripts get all.
const SHOWN_ROWS: usize = 12;

/// Tells it.
pub(crate) struct Telling {
    pub(super) screen: Screen,
    sections: Cell<u32>,
}

impl Telling {
    /// On this screen.
    pub(crate) fn new(screen: Screen) -> Self {
        Self {
            screen,
            sections: Cell::new(0),
        }
    }

    /// A new section.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn section(&self, title: &str, words: &str) -> Result<(), Trouble> {
        let number = self.sections.get() + 1;
        self.sections.set(number);
        self.screen.either(
            &json!({"type": "section", "number": number, "title": title, "words": words}),
            &format!(
                "\n{}\n{}",
                strong(&format!("{number}. {title}")),
                faint(&wrapped(words))
            ),
        )
    }

    /// Something that can be seen at this point.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn fact(&self, what: &str, value: &str) -> Result<(), Trouble> {
        let value = one_line(value);
        self.screen.either(
            &json!({"type": "fact", "what": what, "value": value}),
            &format!("   {what}: {value}"),
        )
    }

    /// A line that was said, and accepted or heard.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn said(&self, line: &Line) -> Result<(), Trouble> {
        self.screen.either(
            &json!({"type": "said", "who": line.who, "text": line.text}),
            &format!("   {}: {}", strong(line.who), indented(&line.text, 6)),
        )
    }

    /// A line that was read later.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn read(&self, who: &str, text: &str) -> Result<(), Trouble> {
        self.screen.either(
            &json!({"type": "read", "who": who, "text": text}),
            &format!("   {who} reads: {}", indented(text, 6)),
        )
    }

    /// What was said beside what the relay has of it.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn side_by_side(&self, said: &[Line], wrote: &Evidence) -> Result<(), Trouble> {
        if self.screen.json {
            let said: Vec<Value> = said
                .iter()
                .map(|line| json!({"who": line.who, "text": line.text}))
                .collect();
            let wrote: Vec<Value> = wrote.notebook(PEER).map(counted).collect();
            return self
                .screen
                .object(&json!({"type": "side-by-side", "said": said, "wrote": wrote}));
        }
        let left: Vec<String> = said
            .iter()
            .map(|line| format!("{}: {}", line.who, one_line(&line.text)))
            .collect();
        let mut right: Vec<String> = wrote.notebook(PEER).flat_map(sealed_rows).collect();
        if right.is_empty() {
            right.push("no message, sealed or otherwise".to_owned());
        }
        for table in wrote
            .notebook(PEER)
            .filter(|table| sealed_rows(table).is_empty())
        {
            right.push(format!("table {}: {} rows", table.name, table.count));
        }
        right.push(format!("log: {} lines", wrote.log.lines().count()));
        let mut table = plain_table();
        table.set_header(["what was said", "what the relay has"]);
        table.add_row([left.join("\n\n"), right.join("\n")]);
        self.screen.line(&format!("{table}"))
    }

    /// Every file, every table, every row, and the whole log.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn rows(&self, wrote: &Evidence) -> Result<(), Trouble> {
        for (name, bytes) in &wrote.files {
            self.screen.either(
                &json!({"type": "file", "name": name, "bytes": bytes.len()}),
                &format!("   file {} ({} bytes)", one_line(name), bytes.len()),
            )?;
        }
        for table in &wrote.tables {
            self.table(table)?;
        }
        if !self.screen.json {
            self.screen
                .line(&format!("\n   {}", strong("the whole log")))?;
        }
        for line in wrote.log.lines() {
            self.screen.either(
                &json!({"type": "log", "line": line}),
                &format!("   {}", one_line(line)),
            )?;
        }
        Ok(())
    }

    fn table(&self, table: &Table) -> Result<(), Trouble> {
        if self.screen.json {
            self.screen.object(&counted(table))?;
            for row in &table.rows {
                let mut cells = Map::new();
                for (column, cell) in table.columns.iter().zip(row) {
                    cells.insert(column.clone(), json!(cell.shown()));
                }
                self.screen
                    .object(&json!({"type": "row", "database": table.database, "table": table.name, "row": cells}))?;
            }
            return Ok(());
        }
        let title = strong(&format!(
            "table {} in {}",
            one_line(&table.name),
            one_line(&table.database)
        ));
        if table.count == 0 {
            return self.screen.line(&format!(
                "\n   {title}: empty ({})",
                table.columns.join(", ")
            ));
        }
        let mut drawn = plain_table();
        drawn.set_header(&table.columns);
        for row in table.rows.iter().take(SHOWN_ROWS) {
            drawn.add_row(row.iter().map(|cell| one_line(&cell.shown())));
        }
        let more = match table.count - table.rows.len().min(SHOWN_ROWS) {
            0 => String::new(),
            more => format!("\n   and {more} more"),
        };
        self.screen.line(&format!("\n   {title}\n{drawn}{more}"))
    }

    /// What was checked.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn claims(&self, claims: &Claims) -> Result<(), Trouble> {
        for (claim, holds) in claims.all() {
            let mark = if *holds { good("yes") } else { bad("NO ") };
            self.screen.either(
                &json!({"type": "claim", "claim": claim, "holds": holds}),
                &format!("   {mark}  {}", indented(&wrapped(claim), 8)),
            )?;
        }
        Ok(())
    }

    /// Where everything was.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn folder(&self, path: &Path, kept: bool) -> Result<(), Trouble> {
        let shown = one_line(&path.display().to_string());
        let words = if kept {
            format!("\nEverything is still in {shown}")
        } else {
            "\nThe folder is gone. Two people of your own: see `partywall --help`.".to_owned()
        };
        let kept_at = kept.then_some(shown);
        self.screen.either(
            &json!({"type": "end", "holds": true, "kept_at": kept_at}),
            &words,
        )
    }
}

fn counted(table: &Table) -> Value {
    json!({"type": "table", "database": table.database, "table": table.name, "columns": table.columns, "rows": table.count})
}

/// Each row that holds a sealed message, with every column.
fn sealed_rows(table: &Table) -> Vec<String> {
    let sealed = table
        .rows
        .iter()
        .filter(|row| row.iter().any(dump::Cell::is_envelope));
    sealed
        .map(|row| {
            let columns = table.columns.iter().zip(row);
            let words: Vec<String> = columns
                .map(|(column, cell)| format!("{column} {}", one_line(&cell.shown())))
                .collect();
            format!("{}\n", words.join(", "))
        })
        .collect()
}

pub(super) fn plain_table() -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(COLUMNS);
    }
    table
}

/// Breaks a sentence into lines that a terminal of any usual width holds.
pub(super) fn wrapped(words: &str) -> String {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].len() + word.len() > 86 {
            lines.push(word.to_owned());
        } else {
            let line = &mut lines[last];
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn a_long_sentence_is_broken_between_words_and_keeps_them_all() {
        let words = vec!["wordy"; 50].join(" ");
        let broken = wrapped(&words);
        assert!(broken.lines().all(|line| line.len() <= 86) && broken.lines().count() > 2);
        assert_eq!(broken.replace('\n', " "), words);
    }
}
