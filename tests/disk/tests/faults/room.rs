//! A disk that is really full: a small one in memory, filled by mail or by somebody else. (X08)

use std::path::Path;

use partywall_ground::Close;
use partywall_row::Row;
use partywall_test_disk::disk::until;
use partywall_test_disk::relay::{Relay, Start};
use partywall_test_disk::town::Town;
use partywall_test_street::small_disk::SmallDisk;

#[test]
fn a_disk_that_mail_or_somebody_else_filled_refuses_more_and_serves_again_when_there_is_room() {
    let mut row = Row::of("X08");
    let times = row.times(4, 200);
    let around = tempfile::tempdir().expect("there is room for a folder");
    let disk = around.path().join("disk");
    let Some(_mounted) = SmallDisk::mount(&disk, "size=12m") else {
        return;
    };
    let data = disk.join("relay");
    let relay = start(&data);
    let mut town = Town::of(&relay, 2, 2).expect("mailboxes are made");
    for author in &mut town.authors {
        author.size = 65_536;
    }
    for time in 0..times {
        let by_others = time % 2 == 1;
        if by_others {
            fill(&disk.join("of somebody else"));
        }
        let ended = town.write(&relay, 100_000, || {});
        assert!(
            ended.iter().all(|code| *code == Some(Close::NoRoom.code())),
            "each writer is told why: {ended:?}"
        );
        if by_others {
            std::fs::remove_file(disk.join("of somebody else")).expect("it was there");
        }
        served_again(&mut town, &relay);
    }
    // Everybody was just served and has read everything; a disk this full may have no room for one letter more.
    let judged = town.verdict().expect("nothing is wrong");
    relay.kill();
    drop(start(&data));
    row.tried(times);
    row.figure(format!(
        "a disk of 12 MiB full {times} times; {} letters of 64 KiB accepted, 0 lost",
        judged.accepted
    ));
}

/// Whoever reads makes room, also on a disk that mail alone has filled. Writers come again, as clients do who were
/// told that there is no room: it may take a moment until a log that somebody reads is emptied.
fn served_again(town: &mut Town, relay: &Relay) {
    town.go_on(relay, 0).expect("readers are served");
    let served = || town.write(relay, 1, || {}).is_empty();
    until("writers are served", served).expect("there is room");
    town.go_on(relay, 0).expect("readers are served");
}

fn start(data: &Path) -> Relay {
    let start = Start::over(data).with(&["--min-free-disk", "0"]);
    let begun = start.begin().expect("a process starts");
    begun.ready().expect("it starts")
}

/// Takes all the room there is.
fn fill(path: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(path).expect("a file is made");
    while file.write_all(&[0; 4_096]).is_ok() {}
}
