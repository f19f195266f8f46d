//! The tables. Days, hashes, sealed bytes and random ids: nothing else is ever written.
//! Knows: what a thief of the disk sees. Never has: a time of day, a network address, or a column
//! that ties a mailbox to a pass, to another mailbox or to a connection.

use partywall_store::{Check, Settings};

/// "pwPE", the mark of a peer wing's database.
const APPLICATION: i32 = 0x7077_5045;

/// Never edited, only followed by another step: databases of earlier releases stand at one of them.
/// Rows of envelopes by acceptance; the small index finds a mailbox's rows and their sizes without
/// touching the envelopes. Keys of mailboxes are random, so their order tells nothing.
const FIRST: &str = r#"
CREATE TABLE mailboxes (
    mailbox  INTEGER PRIMARY KEY,
    reader   BLOB NOT NULL UNIQUE,
    "drop"   BLOB NOT NULL UNIQUE,
    acks     INTEGER NOT NULL DEFAULT 0,
    seen_day INTEGER NOT NULL
) STRICT;
CREATE INDEX mailboxes_by_day ON mailboxes (seen_day);

CREATE TABLE envelopes (
    place   INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL,
    day     INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    bytes   BLOB NOT NULL
) STRICT;
CREATE INDEX envelopes_by_mailbox ON envelopes (mailbox, place, size);
CREATE INDEX envelopes_by_day ON envelopes (day);

CREATE TABLE bundles (
    place   INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL,
    sealed  BLOB NOT NULL
) STRICT;
CREATE INDEX bundles_by_mailbox ON bundles (mailbox);

CREATE TABLE last_resorts (
    mailbox INTEGER PRIMARY KEY,
    sealed  BLOB NOT NULL
) STRICT;

-- Mailboxes that ended and whose rows are still being erased.
CREATE TABLE ended (mailbox INTEGER PRIMARY KEY) STRICT;

CREATE TABLE passes (
    digest   BLOB PRIMARY KEY,
    mailboxes_left INTEGER NOT NULL,
    made_day INTEGER NOT NULL,
    revoked  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE credits (digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
"#;

/// Two indexes over six bytes of an id instead of two over all of it: a mailbox takes 158 bytes and not
/// 218. Whoever looks an id up compares all of it, and the writer looks before it makes a mailbox: six
/// bytes may be those of several. (docs/decisions/six-bytes-of-an-id.md)
const SECOND: &str = r#"
DROP INDEX mailboxes_by_day;
CREATE TABLE slim (
    mailbox  INTEGER PRIMARY KEY,
    reader   BLOB NOT NULL,
    "drop"   BLOB NOT NULL,
    acks     INTEGER NOT NULL DEFAULT 0,
    seen_day INTEGER NOT NULL
) STRICT;
INSERT INTO slim (mailbox, reader, "drop", acks, seen_day)
    SELECT mailbox, reader, "drop", acks, seen_day FROM mailboxes ORDER BY mailbox;
DROP TABLE mailboxes;
ALTER TABLE slim RENAME TO mailboxes;
CREATE INDEX mailboxes_by_reader ON mailboxes (substr(reader, 1, 6));
CREATE INDEX mailboxes_by_drop ON mailboxes (substr("drop", 1, 6));
CREATE INDEX mailboxes_by_day ON mailboxes (seen_day);
"#;

/// The mailbox with the reader id `?1`. Of those that share its first bytes, the one that has all of it.
pub(super) const BY_READER: &str = "SELECT mailbox FROM mailboxes INDEXED BY mailboxes_by_reader
     WHERE substr(reader, 1, 6) = substr(?1, 1, 6) AND reader = ?1";

/// The same for a drop id.
pub(super) const BY_DROP: &str = r#"SELECT mailbox FROM mailboxes INDEXED BY mailboxes_by_drop
     WHERE substr("drop", 1, 6) = substr(?1, 1, 6) AND "drop" = ?1"#;

pub(crate) const SETTINGS: Settings = Settings {
    application_id: APPLICATION,
    migrations: &[FIRST, SECOND],
    check: Check::PagesOrLater,
};

#[cfg(test)]
mod tests {
    use partywall_ground::{DropId, ReaderId};
    use partywall_store::sql::params;
    use partywall_store::{Place, open};
    use partywall_world::{Day, Dice};

    use super::*;
    use crate::store::{
        Admit, Disk, MailboxKey, Outcome, Reading, Sqlite, SqliteReading, Store, Write,
    };

    const FIRST_RELEASE: Settings = Settings {
        migrations: &[FIRST],
        ..SETTINGS
    };
    const TODAY: Day = Day::from_number(20_000);

    /// Reader and drop of mailbox `number`; many begin alike.
    fn ids(number: u16) -> ([u8; 32], [u8; 32]) {
        let [high, low] = number.to_be_bytes();
        let mut reader = [low % 16; 32];
        reader[30..].copy_from_slice(&[high, low]);
        let mut drop = [low % 32; 32];
        drop[6..8].copy_from_slice(&[high, low]);
        (reader, drop)
    }

    fn create(key: MailboxKey, (reader, drop): ([u8; 32], [u8; 32])) -> Write {
        let admit = Admit {
            open: true,
            low_disk: false,
            credit: None,
            pass: None,
        };
        Write::Create {
            mailbox: key,
            reader: ReaderId::new(reader),
            drop: DropId::new(drop),
            admit,
        }
    }

    const OLD: u16 = 3_000;

    /// A database as the first release left it, with mail in one mailbox.
    fn of_the_first_release(place: &Place) {
        let mut database = open(place, &FIRST_RELEASE).unwrap();
        let transaction = database.writer().transaction().unwrap();
        for number in 0..OLD {
            let (reader, drop) = ids(number);
            let row = params![i64::from(number) * 7 + 1, reader, drop, number, number % 5];
            let insert = "INSERT INTO mailboxes VALUES (?1, ?2, ?3, ?4, ?5)";
            transaction.execute(insert, row).unwrap();
        }
        let mail = "INSERT INTO envelopes VALUES (1, 8, 20000, 4096, zeroblob(4096))";
        transaction.execute(mail, []).unwrap();
        transaction.commit().unwrap();
    }

    fn finds_every_mailbox(reading: &SqliteReading) {
        assert_eq!(reading.mailboxes().unwrap(), u64::from(OLD));
        for number in 0..OLD {
            let (reader, drop) = ids(number);
            let key = MailboxKey::stored(i64::from(number) * 7 + 1);
            assert!(reading.find(&DropId::new(drop)).unwrap() == Some(key));
            let identified = reading.identify(&ReaderId::new(reader)).unwrap().unwrap();
            assert!(identified.mailbox == key);
            assert!(identified.seen == Day::from_number(u32::from(number % 5)));
            let opened = reading.open(key).unwrap().unwrap();
            assert_eq!(opened.acks, u64::from(number));
            assert_eq!(opened.held.envelopes, u64::from(number == 1));
        }
        let (reader, drop) = ids(OLD);
        assert!(reading.find(&DropId::new(drop)).unwrap().is_none());
        let identified = reading.identify(&ReaderId::new(reader)).unwrap();
        assert!(identified.is_none());
    }

    #[test]
    fn a_database_of_the_first_release_keeps_every_mailbox_and_finds_each() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("peer.db"));
        of_the_first_release(&place);
        for _ in 0..2 {
            let database = open(&place, &SETTINGS).unwrap();
            finds_every_mailbox(&SqliteReading::over(database.readers(1).unwrap()));
        }
    }

    /// What lies in the files of a relay that is killed while it changes its tables is what lies there now.
    #[test]
    fn a_relay_that_is_killed_while_its_tables_are_changed_has_them_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("peer.db"));
        of_the_first_release(&place);
        let mut database = open(&place, &FIRST_RELEASE).unwrap();
        let writer = database.writer();
        // So little memory that half of it is written before it is committed.
        writer.pragma_update(None, "cache_size", 10).unwrap();
        let change = writer.transaction().unwrap();
        change.execute_batch(SECOND).unwrap();
        let written = folder.path().join("peer.db-wal").metadata().unwrap().len();
        assert!(written > 100 << 10, "{written}");

        let killed = tempfile::tempdir().unwrap();
        for name in ["peer.db", "peer.db-wal"] {
            std::fs::copy(folder.path().join(name), killed.path().join(name)).unwrap();
        }
        let place = Place::file(killed.path().join("peer.db"));
        let mut before = open(&place, &FIRST_RELEASE).unwrap();
        let unique = "SELECT COUNT(*) FROM sqlite_schema WHERE name LIKE 'sqlite_autoindex_mail%'";
        let count = |row: &partywall_store::sql::Row<'_>| row.get::<_, u32>(0);
        assert_eq!(before.writer().query_row(unique, [], count).unwrap(), 2);
        drop(before);
        let after = open(&place, &SETTINGS).unwrap();
        finds_every_mailbox(&SqliteReading::over(after.readers(1).unwrap()));
    }

    #[test]
    fn ids_that_begin_alike_are_told_apart_and_none_is_given_twice() {
        let place = Place::memory();
        let database = open(&place, &SETTINGS).unwrap();
        let reading = SqliteReading::over(database.readers(1).unwrap());
        let mut store = Sqlite::over(database.into_writer(), Disk::under(&place)).unwrap();
        let alike = |last: u8| {
            let mut id = [9; 32];
            id[31] = last;
            id
        };
        let key = |number: u64| MailboxKey::drawn(number << 1);
        let mut batch = [
            create(key(1), (alike(1), alike(1))),
            create(key(2), (alike(2), alike(2))),
            create(key(3), (alike(1), alike(1))), // there already
            create(key(4), (alike(1), alike(2))), // of two
            create(key(5), (alike(3), alike(2))),
            create(key(6), (alike(2), alike(3))),
            create(key(7), (alike(3), alike(3))),
        ]
        .into_iter();
        let outcomes = store.commit(&mut batch, TODAY).unwrap();
        let said = |outcome: &Outcome| match outcome {
            Outcome::Created => "created",
            Outcome::Existing(there) if *there == key(1) => "the first",
            Outcome::Taken => "taken",
            _ => "else",
        };
        let said: Vec<_> = outcomes.iter().map(said).collect();
        let expected = [
            "created",
            "created",
            "the first",
            "taken",
            "taken",
            "taken",
            "created",
        ];
        assert_eq!(said, expected);

        let found = |last| reading.find(&DropId::new(alike(last))).unwrap();
        let read = |last| {
            let identified = reading.identify(&ReaderId::new(alike(last))).unwrap();
            identified.map(|identified| identified.mailbox)
        };
        for (last, there) in [(1, Some(1)), (2, Some(2)), (3, Some(7)), (4, None)] {
            assert!(found(last) == there.map(key), "{last}");
            assert!(read(last) == there.map(key), "{last}");
        }
        // The one that stays is found when one that begins alike has ended.
        let close = Write::Close {
            mailbox: key(1),
            credit: None,
        };
        let mut batch = [close, create(key(8), (alike(1), alike(1)))].into_iter();
        let outcomes = store.commit(&mut batch, TODAY).unwrap();
        assert!(matches!(outcomes[1], Outcome::Created));
        assert!(found(1) == Some(key(8)) && found(2) == Some(key(2)));
    }

    #[test]
    fn an_empty_mailbox_takes_at_most_200_bytes_of_disk() {
        const MAILBOXES: u64 = 20_000;
        let place = Place::memory();
        let database = open(&place, &SETTINGS).unwrap();
        let look = place.look().unwrap();
        let mut store = Sqlite::over(database.into_writer(), Disk::under(&place)).unwrap();
        let mut dice = Dice::seeded(1);
        let mut random = (0..MAILBOXES).map(|_| {
            let key = MailboxKey::drawn(u64::from_be_bytes(dice.bytes()));
            create(key, (dice.bytes(), dice.bytes()))
        });
        store.commit(&mut random, TODAY).unwrap();
        let pages: u32 = look
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap();
        let each = u64::from(pages) * 4_096 / MAILBOXES;
        assert!((100..=200).contains(&each), "{each}");
    }
}
