//! The catalogue: every row's id, what is attacked, which tests show that it fails, and which break makes them fail.
//! Knows: `catalogue/*.toml`. Never knows: how a test goes about it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// Chapters, with how many rows each has.
pub(crate) const CHAPTERS: [(char, usize, &str); 10] = [
    ('A', 25, "Handshake, identity, prekeys"),
    ('B', 18, "Ratchet, ordering, state"),
    ('C', 11, "Groups"),
    ('D', 17, "Metadata, anonymity, side channels"),
    ('E', 10, "Content, abuse"),
    ('F', 17, "Transport and server"),
    ('P', 40, "The wall"),
    ('X', 30, "Faults"),
    ('G', 14, "Guarantees and their sharpest test"),
    ('S', 13, "Strangers' code, models, constant time"),
];

/// What can be said of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// The attack is tried and fails.
    Demonstrated,
    /// It cannot be defeated, only bounded: the bound is measured.
    Bounded,
    /// The design has nothing that could be attacked; a test shows that the thing is not there.
    Removed,
    /// It attacks what is not built yet. Counts for nothing.
    NotBuilt,
    /// It applies, and no test shows that it fails. Counts for nothing.
    Open,
}

/// One row as its file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// The attack or fault, in a few words.
    pub(crate) attack: String,
    pub(crate) state: State,
    /// Tests, each as `package target name`, where target is `lib` or the name of a test target.
    #[serde(default)]
    pub(crate) tests: Vec<Test>,
    /// The break under which one of them fails, in a few words. In the code: `partywall_mutant::is("ID")`.
    pub(crate) mutant: Option<String>,
    /// The row whose break is made, if this one has none of its own.
    pub(crate) breaks: Option<String>,
    /// Whether a test starts the relay, the exporter or the command line as processes.
    #[serde(default)]
    pub(crate) processes: bool,
    /// Whether a quick run leaves it out, because it takes minutes.
    #[serde(default)]
    pub(crate) only_in_full: bool,
    /// Why it is not shown, or how far what is shown goes.
    pub(crate) why: Option<String>,
}

/// One test in one test program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Test {
    pub(crate) package: String,
    pub(crate) target: String,
    pub(crate) name: String,
}

impl TryFrom<String> for Test {
    type Error = String;

    fn try_from(words: String) -> Result<Self, String> {
        match words.split_whitespace().collect::<Vec<_>>()[..] {
            [package, target, name] => Ok(Self {
                package: package.to_owned(),
                target: target.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(format!("`{words}` is not `package target name`")),
        }
    }
}

/// All rows by id: A01 … F17, P01 … P40, X01 … X30, and ours: G01 … G14, S01 … S13.
#[derive(Debug)]
pub(crate) struct Catalogue(pub(crate) BTreeMap<String, Row>);

impl Catalogue {
    /// Reads every file of the folder.
    ///
    /// # Errors
    /// One sentence about the first row that is missing, unknown or does not say what it has to.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut rows = BTreeMap::new();
        for entry in
            fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?
        {
            let path = entry?.path();
            let page = fs::read_to_string(&path)?;
            let more: BTreeMap<String, Row> =
                toml::from_str(&page).with_context(|| format!("in {}", path.display()))?;
            for (id, row) in more {
                row.check()
                    .with_context(|| format!("{id} in {}", path.display()))?;
                if rows.insert(id.clone(), row).is_some() {
                    bail!("{id} stands in the catalogue twice");
                }
            }
        }
        let expected: Vec<String> = ids().collect();
        for id in &expected {
            ensure!(rows.contains_key(id), "{id} is missing from the catalogue");
        }
        ensure!(
            rows.len() == expected.len(),
            "the catalogue has rows that nobody knows"
        );
        Ok(Self(rows))
    }
}

impl Row {
    /// The row whose break makes a test of this one fail.
    pub(crate) fn broken<'a>(&'a self, id: &'a str) -> &'a str {
        self.breaks.as_deref().unwrap_or(id)
    }

    fn check(&self) -> Result<()> {
        let shown = self.state.is_shown();
        ensure!(
            shown != self.tests.is_empty(),
            "a row that is shown has tests, and no other"
        );
        ensure!(
            shown == self.mutant.is_some(),
            "a row that is shown has a mutant, and no other"
        );
        ensure!(
            shown || self.why.is_some(),
            "a row that is not shown says why"
        );
        let texts = [Some(&self.attack), self.mutant.as_ref(), self.why.as_ref()];
        let fits = |text: &&String| !text.contains(['|', '\n']);
        ensure!(
            texts.iter().flatten().all(fits),
            "a text has a `|` or a line break"
        );
        Ok(())
    }
}

impl State {
    /// Whether there is something to run.
    pub(crate) const fn is_shown(self) -> bool {
        matches!(self, Self::Demonstrated | Self::Bounded | Self::Removed)
    }

    /// As the table says it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Demonstrated => "demonstrated",
            Self::Bounded => "bounded",
            Self::Removed => "nothing there to attack",
            Self::NotBuilt => "not built yet",
            Self::Open => "not shown yet",
        }
    }
}

/// Every id there is, in the catalogue's order.
fn ids() -> impl Iterator<Item = String> {
    CHAPTERS.iter().flat_map(|&(letter, count, _)| {
        (1..=count).map(move |number| format!("{letter}{number:02}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use partywall_test_street::house;

    #[test]
    fn the_catalogue_has_every_row_and_every_mutant_stands_in_the_code() {
        let root = house::root();
        let catalogue = Catalogue::read(&root.join("tests/guarantees/catalogue")).unwrap();
        // The last one: what stands in a document is broken as the test reads it.
        let documents = "tests/guarantees/tests";
        let code: Vec<String> = [
            "protocol",
            "plumbing",
            "server",
            "client-lib",
            "apps",
            documents,
        ]
        .iter()
        .flat_map(|floor| house::files(&root.join(floor), ".rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
        for (id, row) in &catalogue.0 {
            let broken = row.broken(id);
            let line = format!("partywall_mutant::is(\"{broken}\")");
            let there = code.iter().any(|page| page.contains(&line));
            assert_eq!(row.state.is_shown(), there, "{id}: {line}");
        }
    }

    #[test]
    fn a_row_without_a_mutant_or_a_reason_is_refused() {
        let row = |text: &str| toml::from_str::<Row>(text).unwrap();
        let shown = "attack = 'a'\nstate = 'demonstrated'\ntests = ['p lib t']\n";
        assert!(row(shown).check().is_err());
        assert!(row(&format!("{shown}mutant = 'm'")).check().is_ok());
        assert!(row(&format!("{shown}mutant = 'm | n'")).check().is_err());
        assert!(
            row("attack = 'a'\nstate = 'removed'\nmutant = 'm'")
                .check()
                .is_err()
        );
        assert!(row("attack = 'a'\nstate = 'not-built'").check().is_err());
        assert!(
            row("attack = 'a'\nstate = 'open'\nwhy = 'w'")
                .check()
                .is_ok()
        );
        assert!(Test::try_from("only two".to_owned()).is_err());
    }
}
