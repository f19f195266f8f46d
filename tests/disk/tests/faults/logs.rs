//! A log that cannot be written: its disk is full, or nobody reads it. (X26)

use std::fs::File;
use std::io::{PipeReader, Write, pipe};
use std::os::fd::OwnedFd;

use partywall_row::Row;
use partywall_test_disk::relay::Start;
use partywall_test_disk::town::Town;

use crate::House;

#[test]
fn a_log_that_is_full_or_that_nobody_reads_keeps_nobody_waiting() {
    let mut row = Row::of("X26");
    let times = row.times(1, 50);
    let house = House::new();
    let data = house.data();
    let mut town = Town::of(&house.relay(), 2, 2).expect("mailboxes are made");
    for _ in 0..times {
        let full = File::options().write(true).open("/dev/full");
        serves(
            &mut town,
            &data,
            full.expect("the system has a full device").into(),
        );
        let (nobody_reads, log) = full_pipe();
        serves(&mut town, &data, log);
        drop(nobody_reads);
        row.tried(2);
    }
    let judged = town.judged(&house.relay()).expect("nothing is wrong");
    row.figure(format!("{} letters accepted, 0 lost", judged.accepted));
}

fn serves(town: &mut Town, data: &std::path::Path, log: OwnedFd) {
    let start = Start::over(data)
        .with(&["--log-level", "debug"])
        .logging_to(log);
    let begun = start.begin().expect("a process starts");
    let relay = begun.ready_within_patience().expect("it starts");
    town.go_on(&relay, 10).expect("it serves");
    relay.kill();
}

/// A pipe into which not a byte more goes.
fn full_pipe() -> (PipeReader, OwnedFd) {
    let (reader, writer) = pipe().expect("a pipe");
    let filling: OwnedFd = writer.try_clone().expect("a second end").into();
    let flags = rustix::fs::fcntl_getfl(&filling).expect("it has flags");
    let at_once = flags | rustix::fs::OFlags::NONBLOCK;
    rustix::fs::fcntl_setfl(&filling, at_once).expect("it takes flags");
    let mut filling = File::from(filling);
    while filling.write(&[b'.'; 4_096]).is_ok() {}
    while filling.write(b".").is_ok() {}
    // The flags are those of both ends: whoever writes now waits.
    rustix::fs::fcntl_setfl(&filling, flags).expect("it takes flags");
    (reader, writer.into())
}
