//! What lies in the store's files: nothing that anybody said, and nobody's name.
//! Knows: canaries. Never knows: the schema.

use std::fs;

use super::street::Street;

const TEXT: &str = "canary-text-5f0e2c9a7b41d86302ef";
const NAME: &str = "canary-name-91c4e07d5ab832f6";

/// Whether any file of the folder holds these bytes.
fn finds(street: &Street, what: &str) -> bool {
    let path = street.path("alice");
    let folder = path.parent().unwrap();
    fs::read_dir(folder).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes
            .windows(what.len())
            .any(|window| window == what.as_bytes())
    })
}

#[test]
fn the_stores_files_hold_no_text_and_no_name() {
    let mut street = Street::with_seed(40);
    street.opens("alice");
    street.opens("bob");
    let link = street.invites("alice", NAME, false).unwrap();
    street.adds("bob", &link, NAME).unwrap();
    street.goes_offline("alice");
    street.says("bob", NAME, TEXT).unwrap();
    street.comes_online("alice");
    street.says("alice", NAME, TEXT).unwrap();
    street.settles();
    assert_eq!(street.texts("alice"), [TEXT]);
    for canary in [TEXT, NAME, "relay.example", link.as_str()] {
        assert!(!finds(&street, canary), "{canary}");
    }
    // The scan finds what is there: in the open files, and a canary of its own.
    assert!(finds(&street, "SQLite format 3"));
    let beside = street.path("alice").with_extension("control");
    fs::write(beside, format!("..{TEXT}..")).unwrap();
    assert!(finds(&street, TEXT));
}
