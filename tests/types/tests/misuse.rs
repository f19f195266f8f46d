//! Runs the cases, and sees to it that every misuse has its twin.

use std::collections::BTreeSet;
use std::path::Path;

fn names(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).expect("the folder of cases is there");
    files
        .map(|file| file.expect("it is listed").file_name())
        .map(|name| name.into_string().expect("its name is ASCII"))
        .filter(|name| name.ends_with(".rs"))
        .collect()
}

#[test]
fn every_misuse_has_a_twin_that_compiles() {
    let misuses = names("cases/fail");
    assert_eq!(misuses, names("cases/pass"));
    assert!(misuses.len() >= 12);
}

#[test]
fn misuse_does_not_compile_and_its_twin_does() {
    let cases = trybuild::TestCases::new();
    cases.pass("cases/pass/*.rs");
    cases.compile_fail("cases/fail/*.rs");
}
