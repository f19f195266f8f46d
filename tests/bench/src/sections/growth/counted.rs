//! A message's instructions in a small relay and in a large one: they do not wait for a disk, and they do not depend on
//! who else works on this machine. (target 6)
//! Knows: the program that counts, and what it prints. Never knows: what it does under valgrind.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use partywall_test_street::house;

use crate::row::{Amount, Limit, Row};
use crate::setting::Setting;

/// How much more a message may cost in the large relay.
const MOST: f64 = 1.1;
/// As many as the program can do without.
const FEWEST: u32 = 10;
const FEW: u64 = 1_000;

/// A relay, by what it holds.
#[derive(Clone, Copy)]
struct Size {
    mailboxes: u32,
    stored: u64,
}

/// Instructions for each envelope, at both doors.
struct Doors {
    deposit: f64,
    deliver: f64,
}

pub(super) fn run(setting: &Setting) -> Result<Vec<Row>> {
    if !valgrind() {
        return Ok(vec![Row::seen(
            "instructions of a message in a small relay and in a large one",
            "not counted: valgrind is not here",
        )]);
    }
    // Where a million envelopes lie, they lie in a thousand mailboxes, and so do the thousand beside them.
    let with = |mailboxes, stored| Size { mailboxes, stored };
    let mailboxes = u32::try_from(setting.many(10_000))?;
    let pairs = [
        (with(1_000, FEW), with(1_000, setting.many(1_000_000))),
        (with(FEWEST, FEW), with(mailboxes, FEW)),
    ];
    let mut rows = Vec::new();
    for (small, large) in pairs {
        let (few, many) = (small.count(setting)?, large.count(setting)?);
        let what = |door: &str| {
            format!(
                "instructions to {door} an envelope, {} mailboxes and {} stored",
                large.mailboxes, large.stored
            )
        };
        let beside = format!("{} and {}", small.mailboxes, small.stored);
        let row = |door: &str, few, many| {
            let (few, many) = (Amount(few, ""), Amount(many, ""));
            Row::ratio("6", what(door), many, (&beside, few), Limit::AtMost(MOST))
        };
        rows.push(row("deposit", few.deposit, many.deposit));
        rows.push(row("deliver", few.deliver, many.deliver));
    }
    Ok(rows)
}

impl Size {
    fn count(self, setting: &Setting) -> Result<Doors> {
        let Self { mailboxes, stored } = self;
        setting.tell(&format!(
            "instructions, {mailboxes} mailboxes, {stored} stored"
        ));
        let program = house::binary("partywall-instructions").map_err(|said| anyhow!(said))?;
        let counted = Command::new(program)
            .args(["size", "--mailboxes", &mailboxes.to_string()])
            .args(["--stored", &stored.to_string()])
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(counted.status.success(), "instructions were not counted");
        Doors::read(&String::from_utf8(counted.stdout)?)
    }
}

impl Doors {
    /// Lines of `door, anything: number`.
    fn read(printed: &str) -> Result<Self> {
        let door = |name: &str| -> Result<f64> {
            let line = printed.lines().find(|line| line.starts_with(name));
            let number = line.and_then(|line| line.rsplit(": ").next()?.parse().ok());
            number.with_context(|| format!("no count of {name}"))
        };
        Ok(Self {
            deposit: door("deposit,")?,
            deliver: door("deliver,")?,
        })
    }
}

fn valgrind() -> bool {
    let asked = Command::new("valgrind").arg("--version").output();
    asked.is_ok_and(|answer| answer.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_doors_are_read_from_what_the_program_prints() {
        let printed =
            "deposit, 10 mailboxes, 1000 stored: 90579\ndeliver, 10 mailboxes, 1000 stored: 4\n";
        let doors = Doors::read(printed).unwrap();
        assert_eq!((doors.deposit, doors.deliver), (90_579.0, 4.0));
        assert!(Doors::read("deposit, 10 mailboxes: 1\n").is_err());
    }
}
