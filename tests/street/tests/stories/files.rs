//! How the house is written: every file says what it is; the README names files that exist.
//! Knows: text. Never knows: Rust.

use partywall_test_street::house;

#[test]
fn every_file_opens_by_saying_what_it_is() {
    let files = house::files(&house::root(), ".rs");
    assert!(files.len() > 50, "the walk found the house");
    let silent: Vec<_> = files
        .iter()
        .filter(|path| !std::fs::read_to_string(path).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "no `//!` at the top of {silent:?}");
}

#[test]
fn the_documents_name_files_and_tests_that_exist() {
    let root = house::root();
    let sources: String = house::files(&root, ".rs")
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let mut named = 0;
    for document in ["README.md", "SECURITY.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(root.join(document)).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = word.contains('/')
                && !word.contains([' ', '#', ':', '<', '*', '{', '$'])
                && !word.starts_with(['/', '.', '~']);
            if is_path {
                assert!(
                    root.join(word).exists(),
                    "{document} names `{word}`, which is not there"
                );
                named += 1;
            }
        }
        for line in text.lines().filter(|line| line.starts_with('|')) {
            for word in line.split('`').skip(1).step_by(2) {
                let is_test = word.matches('_').count() >= 3
                    && word.chars().all(|letter| {
                        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
                    });
                if is_test {
                    assert!(
                        sources.contains(&format!("fn {word}(")),
                        "{document} names the test `{word}`, which is not there"
                    );
                    named += 1;
                }
            }
        }
    }
    assert!(named > 30, "the documents name files and tests: {named}");
}

/// The page of the guarantees is written by a run; what the README says of it is what it says.
#[test]
fn the_readme_says_of_the_guarantees_what_the_last_run_saw() {
    let page = |name| std::fs::read_to_string(house::root().join(name)).unwrap();
    let (seen, readme) = (page("docs/guarantees.md"), page("README.md"));
    assert!(
        seen.contains("; `cargo xtask guarantees --"),
        "it says how deep it was"
    );
    let headline = seen.lines().find(|line| line.starts_with("**"));
    let headline = headline.expect("the page has its headline");
    assert!(headline.contains("0 accepted") && headline.contains("0 lost"));
    let first_screen: String = readme
        .split("\n## Two people talking")
        .next()
        .unwrap()
        .into();
    assert!(
        first_screen.contains(headline),
        "README.md has another headline"
    );
}

#[test]
fn no_document_and_no_source_names_a_path_of_one_machine() {
    let root = house::root();
    let home = std::env::var("HOME").unwrap_or_default();
    for ending in [".rs", ".md", ".toml", ".py", ".json"] {
        for path in house::files(&root, ending) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if home.len() > 1 {
                assert!(!text.contains(&format!("{home}/")), "{}", path.display());
            }
        }
    }
}
