//! The relay's two notebooks, peer and business, side by side, and what they have in common.
//! Knows: tables, and what each is for in words. Never knows: what any value means.

use std::collections::BTreeSet;

use comfy_table::Cell as Drawn;
use serde_json::json;

use super::dump::{Cell, Table};
use super::evidence::Evidence;
use super::telling::{Telling, plain_table};
use crate::screen::strong;
use crate::trouble::Trouble;
use crate::words::one_line;

/// The peer wing's database.
pub(crate) const PEER: &str = "peer.db";
/// The business wing's.
pub(crate) const BUSINESS: &str = "business.db";
/// What is shorter than this may be the same by chance.
const LENGTH: usize = 8;

/// What a table is for, by its name.
const WORDS: &[(&str, &str, &str)] = &[
    (
        PEER,
        "bundles",
        "sealed keys that lie on shelves, each given out once",
    ),
    (PEER, "credits", "hashes of credits for closed mailboxes"),
    (PEER, "ended", "mailboxes that are being cleared"),
    (
        PEER,
        "envelopes",
        "sealed messages that wait: a day, a size, bytes",
    ),
    (
        PEER,
        "last_resorts",
        "a sealed key for each shelf that is empty",
    ),
    (
        PEER,
        "mailboxes",
        "whose key reads, the hash of what may write, a day",
    ),
    (
        PEER,
        "passes",
        "hashes of passes, and how much is left of each",
    ),
    (
        BUSINESS,
        "acceptances",
        "which pseudonym accepted which policy",
    ),
    (BUSINESS, "batches", "what was handed to which sink"),
    (
        BUSINESS,
        "bundles",
        "sealed keys of businesses, each given out once",
    ),
    (BUSINESS, "businesses", "who is verified, by which name"),
    (BUSINESS, "certificates", "what was signed about a business"),
    (BUSINESS, "clock", "the relay's own time"),
    (
        BUSINESS,
        "consents",
        "what a pseudonym signed that may be told",
    ),
    (
        BUSINESS,
        "conversations",
        "a pseudonym, a business, the window of 24 hours",
    ),
    (
        BUSINESS,
        "counts",
        "how many messages a pseudonym wrote, where a policy asks",
    ),
    (BUSINESS, "declared", "values that a customer lets be told"),
    (
        BUSINESS,
        "disclosures",
        "what was told of whom to whom, by its place in the ledger",
    ),
    (BUSINESS, "enrolments", "who asks to be a business"),
    (
        BUSINESS,
        "events",
        "what waits to be collected, sealed where it was said",
    ),
    (
        BUSINESS,
        "evidence",
        "what the operator saw before verifying",
    ),
    (
        BUSINESS,
        "last_resorts",
        "a sealed key for each business whose shelf is empty",
    ),
    (
        BUSINESS,
        "ledger_checkpoint",
        "the ledger's newest signed note",
    ),
    (
        BUSINESS,
        "ledger_entry",
        "entries: hashes that say nothing by themselves",
    ),
    (
        BUSINESS,
        "ledger_frontier",
        "the ledger's edge, to go on from",
    ),
    (BUSINESS, "ledger_node", "the ledger's inner hashes"),
    (BUSINESS, "notices", "what everybody is being told"),
    (
        BUSINESS,
        "openings",
        "text and salt of entries that still can be opened",
    ),
    (
        BUSINESS,
        "policies",
        "every policy that was published, signed",
    ),
    (BUSINESS, "records", "what is about to be told"),
    (
        BUSINESS,
        "redactions",
        "which entries were erased, and in which hour",
    ),
    (BUSINESS, "reports", "messages that customers chose to show"),
    (
        BUSINESS,
        "retractions",
        "sinks that have to be asked to erase",
    ),
    (BUSINESS, "revocations", "businesses that were revoked"),
    (BUSINESS, "sinks", "where records go"),
    (BUSINESS, "templates", "texts for outside the 24 hours"),
    (
        BUSINESS,
        "tombstones",
        "that something was erased, so that nothing comes back",
    ),
];

/// What a table is for.
fn words(table: &Table) -> &'static str {
    let named = WORDS
        .iter()
        .find(|(database, name, _)| *database == table.database && *name == table.name);
    named.map_or("a table that this tour does not know", |(_, _, words)| {
        words
    })
}

/// Whether every table has its words.
pub(crate) fn are_all_known(evidence: &Evidence) -> bool {
    let known = |table: &Table| {
        WORDS
            .iter()
            .any(|(database, name, _)| *database == table.database && *name == table.name)
    };
    !evidence.tables.is_empty() && evidence.tables.iter().all(known)
}

/// Every run of eight bytes that occurs in values of both: identifiers, keys, hashes, texts, numbers.
/// Eight equal bytes in a row are padding and count as none.
pub(crate) fn in_common<'a>(
    one: impl Iterator<Item = &'a Table>,
    other: impl Iterator<Item = &'a Table>,
) -> BTreeSet<Vec<u8>> {
    let runs = runs(one);
    let others = self::runs(other);
    runs.intersection(&others).cloned().collect()
}

fn runs<'a>(tables: impl Iterator<Item = &'a Table>) -> BTreeSet<Vec<u8>> {
    let mut runs = BTreeSet::new();
    for cell in tables.flat_map(|table| &table.rows).flatten() {
        let bytes = match cell {
            Cell::Bytes(bytes) => bytes.as_slice(),
            Cell::Plain(words) => words.as_bytes(),
        };
        let windows = bytes.windows(LENGTH);
        let told = windows.filter(|run| run.iter().any(|byte| *byte != run[0]));
        runs.extend(told.map(<[u8]>::to_vec));
    }
    runs
}

/// Shows both: what each table is for, how many rows it has, and what they have in common.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn tell(telling: &Telling, evidence: &Evidence) -> Result<(), Trouble> {
    if telling.screen.json {
        for table in &evidence.tables {
            telling.screen.object(&json!({
                "type": "notebook", "database": table.database, "table": table.name,
                "rows": table.count, "words": words(table),
            }))?;
        }
        return Ok(());
    }
    let mut drawn = plain_table();
    drawn.set_header(["people: peer.db", "businesses: business.db"].map(strong));
    drawn.add_row([PEER, BUSINESS].map(|database| Drawn::new(page(evidence, database))));
    telling.screen.line(&drawn.to_string())?;
    let common = in_common(evidence.notebook(PEER), evidence.notebook(BUSINESS)).len();
    telling.fact(
        "in common",
        &format!("the machine; of values with 8 bytes or more: {common}"),
    )
}

fn page(evidence: &Evidence, database: &str) -> String {
    let lines = evidence.notebook(database).map(|table| {
        let name = one_line(&table.name).replace('_', " ");
        format!("{name} ({}): {}", table.count, words(table))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(database: &str, cells: Vec<Cell>) -> Table {
        Table {
            database: database.into(),
            name: "mailboxes".into(),
            columns: cells.iter().map(|_| "c".into()).collect(),
            count: 1,
            rows: vec![cells],
        }
    }

    #[test]
    fn eight_bytes_in_common_are_found_wherever_they_stand() {
        let one = table(
            PEER,
            vec![
                Cell::Bytes(b"..abcdefgh..".to_vec()),
                Cell::Plain("1795312380".into()),
            ],
        );
        let same =
            |cells| in_common([&one].into_iter(), [&table(BUSINESS, cells)].into_iter()).len();
        assert_eq!(same(vec![Cell::Bytes(b"XXabcdefghXX".to_vec())]), 1);
        assert_eq!(same(vec![Cell::Plain("at 17953123".into())]), 1);
        assert_eq!(
            same(vec![
                Cell::Bytes(b"abcdefg".to_vec()),
                Cell::Plain("1795".into())
            ]),
            0
        );
        let padded = table(PEER, vec![Cell::Bytes(vec![0; 40])]);
        assert!(in_common([&padded].into_iter(), [&padded].into_iter()).is_empty());
    }
}
