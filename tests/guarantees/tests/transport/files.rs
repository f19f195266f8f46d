//! Names that mean something to SQLite, and statements that nobody puts together: F12.
//! Knows: the relay's folder, the sources. Never knows: its tables but by name.

use std::fs;
use std::path::Path;

use partywall_row::Row;
use partywall_test_street::house;
use partywall_test_street::relay::Relay;

/// Folders that SQLite would take for something else, were they not taken for what they are.
const FOLDERS: [&str; 8] = [
    "file:elsewhere?mode=memory&cache=shared",
    "x?vfs=unix-none&immutable=1",
    "a'; DROP TABLE mailboxes; --",
    "\"; ATTACH 'stolen.db' AS stolen; --",
    ":memory:",
    "%00%2e%2e%2f",
    "with blank and\nline",
    "[brackets] `ticks` ;",
];

#[test]
fn a_folder_with_a_name_that_means_something_to_sqlite_is_a_folder() {
    let mut row = Row::of("F12");
    let folder = tempfile::tempdir().expect("a test has a temporary folder");
    for name in FOLDERS {
        let at = folder.path().join(name);
        let mut relay = Relay::start(&at, &[]).expect("it starts");
        relay.stop().expect("it stops");
        for wing in ["peer.db", "business.db"] {
            let bytes = fs::read(at.join(wing)).expect("the database lies in its folder");
            assert!(bytes.starts_with(b"SQLite format 3\0"), "{name}");
        }
        row.tried(1);
    }
    let mut there: Vec<String> = fs::read_dir(folder.path())
        .expect("it is there")
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let mut made = FOLDERS.map(str::to_owned).to_vec();
    there.sort();
    made.sort();
    assert_eq!(there, made, "and nothing else was made");
}

/// What may stand in braces in a statement: names and question marks that stand in the code beside it, never what
/// somebody said.
const PARTS: [&str; 9] = [
    "table", "column", "which", "of_sinks", "key", "since", "only", "COLUMNS", "OPEN",
];
const VERBS: [&str; 8] = [
    "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "ATTACH ", "PRAGMA ", "WHERE ",
];

/// The statements in a source that are put together, and what stands in their braces.
fn put_together(source: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices("format!(") {
        let rest = &source[at..];
        let text: String = rest.chars().take(400).collect();
        let Some(begin) = text.find('"') else {
            continue;
        };
        let inside = &text[begin + 1..];
        let statement = &inside[..inside.find('"').unwrap_or(inside.len())];
        let names = statement.split('{').skip(1);
        let names: Vec<String> = names
            .filter_map(|part| Some(part.split_once('}')?.0.to_owned()))
            .collect();
        let is_sql = VERBS.iter().any(|verb| statement.contains(verb))
            || names.iter().any(|name| name == "COLUMNS" || name == "OPEN");
        if is_sql {
            found.push((statement.to_owned(), names));
        }
    }
    found
}

#[test]
fn no_statement_is_put_together_from_what_somebody_said() {
    let mut row = Row::of("F12");
    let mut seen = 0;
    for floor in ["plumbing", "server"] {
        for path in house::files(&house::root().join(floor), ".rs") {
            if is_test(&path) {
                continue;
            }
            let source = fs::read_to_string(&path).expect("it is there");
            let product = source.split("#[cfg(test)]\nmod tests").next();
            for (statement, names) in put_together(product.unwrap_or_default()) {
                seen += 1;
                for name in names {
                    let is_known = PARTS.contains(&name.as_str());
                    assert!(is_known, "{}: {name} in `{statement}`", path.display());
                }
            }
        }
    }
    assert!(
        seen > 5,
        "the control: {seen} statements with a table's name were seen"
    );
    row.tried(seen);
    // The control: one that is put together from a value is noticed.
    let bad = "db.execute(&format!(\"SELECT 1 FROM people WHERE name = '{name}'\"))";
    assert_eq!(put_together(bad)[0].1, ["name"]);
}

fn is_test(path: &Path) -> bool {
    let mut parts = path.components();
    parts.any(|part| {
        matches!(
            part.as_os_str().to_str(),
            Some("tests" | "tests.rs" | "benches")
        )
    })
}
