//! A yardstick that loses something, or does less than it says, measures nothing.
//! Knows: the binary and the load. Never knows: what is inside.

use std::io::{BufRead, BufReader};
use std::num::NonZeroUsize;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use partywall_load::{
    Drain, Lanes, Mailboxes, Online, Process, Stored, Target, drain, online, stored,
};

const SIZE: usize = 4_096;
const TIME: Duration = Duration::from_secs(60);

struct Yardstick {
    child: Child,
    folder: tempfile::TempDir,
    target: Target,
}

impl Yardstick {
    fn start(which: &str, tls: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_partywall-yardstick"));
        command.arg(which);
        if which == "--group-commit" {
            command.arg("--db").arg(folder.path().join("table.db"));
        }
        if tls {
            command.arg("--tls");
        }
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let said = child.stdout.take().context("its output")?;
        BufReader::new(said).read_line(&mut line)?;
        let ready: serde_json::Value = serde_json::from_str(&line)?;
        let address = ready["address"].as_str().context("an address")?;
        let target = Target::yardstick(address.parse()?, tls);
        Ok(Self {
            target: target.served_by(Process::of(child.id())),
            child,
            folder,
        })
    }
}

impl Drop for Yardstick {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

const fn count(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).expect("not zero")
}

#[tokio::test]
async fn both_yardsticks_deliver_and_accept_all_that_is_sent_with_tls_and_without() {
    for which in ["--bare", "--group-commit"] {
        for tls in [false, true] {
            let yardstick = Yardstick::start(which, tls).unwrap();
            let mut lanes = Lanes::open(&yardstick.target, count(5)).await.unwrap();
            let load = Online {
                in_flight: 32,
                size: SIZE,
                count: 5_000,
                time: TIME,
            };
            for _ in 0..2 {
                let figures = online(&mut lanes, load).await.unwrap();
                assert_eq!(figures.messages, 5_000, "{which}");
                assert_eq!(figures.surfaced.count(), 5_000, "{which}");
            }
        }
    }
}

#[tokio::test]
async fn what_nobody_read_is_kept_for_whoever_comes_and_is_gone_afterwards() {
    let yardstick = Yardstick::start("--group-commit", false).unwrap();
    let mailboxes = Mailboxes::make(&yardstick.target, count(40)).await.unwrap();
    let load = Stored {
        in_flight: 8,
        size: SIZE,
        count: 4_000,
        time: TIME,
    };
    let figures = stored(&mailboxes, load).await.unwrap();
    assert_eq!(figures.messages, 4_000);
    let load = Drain {
        each: 10,
        size: SIZE,
        count: 4_000,
        log: Some(yardstick.folder.path().join("table.db-wal")),
        time: TIME,
    };
    let figures = drain(&mailboxes, load).await.unwrap();
    assert_eq!(figures.messages, 4_000);

    // Nothing lies there any more: what comes next is only what is sent next.
    let load = Stored {
        in_flight: 1,
        size: SIZE,
        count: 40,
        time: TIME,
    };
    stored(&mailboxes, load).await.unwrap();
    let load = Drain {
        each: 40,
        size: SIZE,
        count: 40,
        log: None,
        time: TIME,
    };
    let figures = drain(&mailboxes, load).await.unwrap();
    assert_eq!(figures.messages, 40);
}
