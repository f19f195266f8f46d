//! What the log answers to GET, and to whatever else comes in its place. (SPEC L-12)

use super::*;
use proptest::prelude::*;

fn ask(connection: &Connection, path: &str) -> Option<Answer> {
    answer(connection, path).unwrap()
}

#[test]
fn tiles_and_bundles_are_there_as_far_as_the_ledger_reaches_and_stay_for_good() {
    let connection = log_of(700);
    let all = leaves(700);
    let hashes = |range: std::ops::Range<usize>| -> Vec<u8> {
        all[range]
            .iter()
            .flat_map(Hash::as_bytes)
            .copied()
            .collect()
    };
    let tile = ask(&connection, "/tile/0/001").unwrap();
    assert_eq!(tile.bytes, hashes(256..512));
    assert_eq!(tile.keep, Keep::Forever);
    assert_eq!(tile.content_type, "application/octet-stream");
    assert_eq!(
        ask(&connection, "/tile/0/002.p/188").unwrap().bytes,
        hashes(512..700)
    );
    assert_eq!(
        ask(&connection, "/tile/0/002.p/3").unwrap().bytes,
        hashes(512..515)
    );
    let above = [tree_hash(&all[..256]), tree_hash(&all[256..512])];
    let above: Vec<u8> = above.iter().flat_map(Hash::as_bytes).copied().collect();
    assert_eq!(ask(&connection, "/tile/1/000.p/2").unwrap().bytes, above);
    let bundle = ask(&connection, "/tile/entries/002.p/188").unwrap().bytes;
    assert_eq!(bundle.len(), 188 * 35);
    assert_eq!(bundle[..2], [0, 33]);
    assert_eq!(bundle[35 + 2..70], entry(513).as_bytes()[..]);
    for beyond in [
        "/tile/0/002",
        "/tile/0/002.p/189",
        "/tile/0/003.p/1",
        "/tile/1/000",
        "/tile/1/000.p/3",
        "/tile/2/000.p/1",
        "/tile/5/000.p/1",
        "/tile/entries/002",
        "/tile/entries/002.p/189",
        "/tile/0/x018/x446/x744/x073/x709/551",
        "/tile/entries/x072/x057/x594/x037/x927/935",
        "tile/0/001",
        "//tile/0/001",
        "/tile/0/001/",
        "/tile/0/001?a",
        "/",
        "",
    ] {
        assert_eq!(ask(&connection, beyond), None, "{beyond}");
    }
}

#[test]
fn the_checkpoint_is_the_one_that_was_published_last() {
    let mut connection = log_of(5);
    assert_eq!(ask(&connection, "/checkpoint"), None);
    for count in [5, 9] {
        grow_to(&mut connection, count);
        let transaction = connection.transaction().unwrap();
        let published = publish(&transaction, &origin(), &key()).unwrap();
        transaction.commit().unwrap();
        assert_eq!(published.size().value(), count);
        assert_eq!(*published.root(), tree_hash(&leaves(count)));
        let answer = ask(&connection, "/checkpoint").unwrap();
        assert_eq!(answer.bytes, published.note());
        assert_eq!(answer.keep, Keep::Never);
        assert_eq!(answer.content_type, "text/plain; charset=utf-8");
    }
}

proptest! {
    #[test]
    fn no_path_harms_the_log(path in "/(tile|checkpoint|entries|x?[0-9]{3}|[0-9]|\\.p|/){0,9}|\\PC{0,80}") {
        let connection = log_of(3);
        if let Some(answer) = ask(&connection, &path) {
            prop_assert!(answer.bytes.len() <= 3 * 35);
        }
    }
}
