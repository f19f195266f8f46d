//! A plain table: the same pragmas, columns and indices, groups of 256, and nothing else.
//! Knows: SQL. Never knows: the plane.

use std::path::Path;

use partywall_store::{Check, Place, Settings, checkpoint_truncate, open};

use super::threads::Watch;

const SETTINGS: Settings = Settings {
    application_id: 7,
    migrations: &[
        "CREATE TABLE envelopes (place INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL,
           day INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
         CREATE INDEX envelopes_by_mailbox ON envelopes (mailbox, place, size);
         CREATE INDEX envelopes_by_day ON envelopes (day);",
    ],
    check: Check::Header,
};
const GROUP: u32 = 256;

pub(crate) fn run(folder: &Path, mailboxes: u32, messages: u32) {
    let place = Place::file(folder.join("plain.db"));
    let mut connection = open(&place, &SETTINGS).expect("a database").into_writer();
    let envelope = vec![7_u8; 4_096];
    let keys: Vec<i64> = (0..mailboxes)
        .map(|number| {
            i64::from(number)
                .wrapping_mul(0x1e37_79b9_7f4a_7c15)
                .wrapping_abs()
        })
        .collect();
    let watch = Watch::start();
    let mut keys = keys.iter().cycle();
    for _ in 0..messages / GROUP {
        let transaction = connection.transaction().expect("a transaction");
        {
            let mut insert = transaction
                .prepare_cached(
                    "INSERT INTO envelopes (mailbox, day, size, bytes) VALUES (?1, ?2, ?3, ?4)",
                )
                .expect("a statement");
            for _ in 0..GROUP {
                let key = keys.next().expect("they go round");
                insert
                    .execute((key, 20_000, 4_096, &envelope))
                    .expect("a row");
            }
        }
        transaction.commit().expect("a commit");
    }
    watch.stop("plain stored", messages / GROUP * GROUP);
    let watch = Watch::start();
    let mut lowest = 1;
    for _ in 0..messages / GROUP {
        let transaction = connection.transaction().expect("a transaction");
        {
            let mut read = transaction
                .prepare_cached("SELECT bytes FROM envelopes WHERE place = ?1")
                .expect("a statement");
            let mut delete = transaction
                .prepare_cached("DELETE FROM envelopes WHERE place = ?1")
                .expect("a statement");
            for place in lowest..lowest + GROUP {
                let bytes: Vec<u8> = read.query_row([place], |row| row.get(0)).expect("a row");
                assert_eq!(bytes.len(), 4_096);
                delete.execute([place]).expect("a row");
            }
        }
        lowest += GROUP;
        transaction.commit().expect("a commit");
    }
    let _done = checkpoint_truncate(&connection).expect("a checkpoint");
    watch.stop("plain drained", messages / GROUP * GROUP);
}
