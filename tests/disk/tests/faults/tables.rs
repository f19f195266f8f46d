//! The tables are changed by a newer release, and the relay dies at every step of it. (X18)

use partywall_ground::Capability;
use partywall_peer::drop_id;
use partywall_row::Row;
use partywall_store::sql::params;
use partywall_store::{Check, Place, Settings, open};
use partywall_test_disk::disk::Disk;
use partywall_test_disk::event::mark;
use partywall_test_disk::mailbox::{Mailbox, Reader};
use partywall_test_disk::relay::{Relay, Start};

use crate::House;

/// The tables of the first release, as its databases have them. Never edited.
const FIRST_RELEASE: Settings = Settings {
    application_id: 0x7077_5045,
    migrations: &[include_str!("first-release.sql")],
    check: Check::Header,
};

const MAILBOXES: u16 = 300;
const LETTERS: u32 = 3;

/// A folder of the first release: one mailbox with mail among many.
fn of_the_first_release(house: &House) {
    drop(house.relay());
    for name in ["peer.db", "peer.db-wal", "peer.db-shm"] {
        let _was_not_there = std::fs::remove_file(house.data().join(name));
    }
    let place = Place::file(house.data().join("peer.db"));
    let mut database = open(&place, &FIRST_RELEASE).expect("tables of the first release");
    let change = database.writer().transaction().expect("a transaction");
    for number in 0..MAILBOXES {
        let key = Mailbox(1).reader();
        let (mut reader, mut drop) = (*key.public().as_bytes(), [number as u8; 32]);
        if number == 1 {
            let capability: Capability = Mailbox(1).capability();
            drop = *drop_id(&capability).as_bytes();
        } else {
            reader[..2].copy_from_slice(&number.to_be_bytes());
            drop[..2].copy_from_slice(&number.to_be_bytes());
        }
        let row = params![number, reader, drop, 0, today()];
        let insert = "INSERT INTO mailboxes VALUES (?1, ?2, ?3, ?4, ?5)";
        change.execute(insert, row).expect("a mailbox");
    }
    for number in 1..=LETTERS {
        let mut envelope = vec![7; 4_096];
        envelope[..16].copy_from_slice(&mark(100, number));
        let row = params![number, today(), envelope];
        let insert = "INSERT INTO envelopes VALUES (?1, 1, ?2, 4096, ?3)";
        change.execute(insert, row).expect("a letter");
    }
    change.commit().expect("it is committed");
}

fn today() -> u32 {
    use partywall_world::{Clock, SystemClock};
    SystemClock::new().wall().day().number()
}

#[test]
fn a_relay_that_dies_at_any_write_of_a_change_of_its_tables_has_every_mailbox_and_letter() {
    let mut row = Row::of("X18");
    let old = House::new();
    of_the_first_release(&old);
    let step = row.times(3, 1);
    let disk = Disk::prepare(old.path("").as_path()).expect("the shim is compiled");
    let mut at = 1;
    loop {
        let house = House::new();
        old.copy_to(&house);
        let data = house.data();
        disk.die_at(at);
        let begun = Start::over(&data)
            .watched_by(&disk)
            .with(&["--only", "peer"]);
        // Once it is ready the change is behind it.
        let ready = begun.begin().expect("a process starts").ready();
        let is_behind = ready.map(Relay::kill).is_ok();
        let relay = house.relay();
        let mut reader = Reader::attach(&relay, Mailbox(1)).expect("the mailbox is there");
        reader
            .collect(LETTERS as usize)
            .expect("the letters are there");
        let all: Vec<_> = (1..=LETTERS).map(|number| (100, number)).collect();
        assert_eq!(reader.delivered, all);
        if is_behind {
            break;
        }
        row.tried(1);
        at += step;
    }
    assert!(
        at > 20,
        "it dies {at} operations after it began: this shows nothing"
    );
    row.figure(format!(
        "{at} writes, fsyncs and cuts of the files, of {MAILBOXES} mailboxes"
    ));
}
