//! Counts: the same program run twice, once with more to do; the difference is the cost of the more.
//! Knows: valgrind's command line and its closing line. Never knows: what the program does.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use clap::Args;

use crate::program::{ROUND, SEALED};

/// What something costs, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) what: String,
    pub(crate) instructions: u64,
}

/// How full a relay is.
#[derive(Args, Clone, Copy)]
pub(crate) struct Size {
    /// Mailboxes in the relay; ten of them are used.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(10..))]
    mailboxes: u32,
    /// Envelopes that lie in the relay, in the mailboxes that are not used (if there are any).
    #[arg(long, default_value_t = 1_000)]
    stored: u64,
}

/// Rounds of the shorter and of the longer run.
const FEW: u64 = 4;
const MANY: u64 = 8;
/// Rounds that wait for the reader: after the longer run there is still more on its way than one connection's credit.
const WAITING: u64 = 12;

/// Stored envelopes of a relay that fits in memory.
const MOST_IN_MEMORY: u64 = 100_000;

/// What a session's two ends cost.
pub(crate) fn small() -> Result<Vec<Counted>> {
    let one = |what: &str, (few, many): (usize, usize)| -> Result<Counted> {
        let count = |times: usize| instructions(&[what, &times.to_string()]);
        let (less, more) = both(|| count(few), || count(many))?;
        Ok(Counted {
            what: what.to_owned(),
            instructions: more.saturating_sub(less) / (many - few) as u64,
        })
    };
    Ok(vec![
        one("seal", (SEALED / 2, SEALED))?,
        one("open", (SEALED / 2, SEALED))?,
        one("turn", (4, 12))?,
    ])
}

/// What the two doors cost in a small relay, and in one with a thousand times as many mailboxes.
pub(crate) fn growth() -> Result<Vec<Counted>> {
    let [small, large] = [10, 10_000].map(|mailboxes| Size {
        mailboxes,
        stored: 1_000,
    });
    let (small, large) = both(|| small.count(), || large.count())?;
    Ok([small, large].concat())
}

impl Size {
    /// Deposit and deliver, each envelope.
    pub(crate) fn count(&self) -> Result<Vec<Counted>> {
        let folder = self.folder()?;
        let prepared = text(&folder.path().join("prepared"))?;
        self.prepare(&prepared)?;
        // The first that opens what was prepared pays for the log that lies there.
        there_and_back(&prepared, ["deposit", "deliver"], MANY, uncounted)?;
        let each = |[there, back]: [&str; 2]| -> Result<Counted> {
            let run = |times: u64| there_and_back(&prepared, [there, back], times, instructions);
            let few = run(FEW)?;
            let more = run(MANY)?.saturating_sub(few);
            let Self { mailboxes, stored } = self;
            Ok(Counted {
                what: format!("{there}, {mailboxes} mailboxes, {stored} stored"),
                instructions: more / ((MANY - FEW) * ROUND),
            })
        };
        Ok(vec![
            each(["deposit", "deliver"])?,
            each(["deliver", "deposit"])?,
        ])
    }

    /// In memory, if there is a file system in memory and this relay is small: what a disk takes is not counted.
    fn folder(&self) -> Result<tempfile::TempDir> {
        let memory = Path::new("/dev/shm");
        let mut named = tempfile::Builder::new();
        named.prefix("partywall-instructions");
        if memory.is_dir() && self.stored <= MOST_IN_MEMORY {
            return Ok(named.tempdir_in(memory)?);
        }
        Ok(named.tempdir()?)
    }

    fn prepare(&self, folder: &str) -> Result<()> {
        let arguments = [u64::from(self.mailboxes), self.stored, WAITING].map(|n| n.to_string());
        let [mailboxes, stored, waiting] = &arguments;
        uncounted(&["prepare", folder, mailboxes, stored, waiting])?;
        Ok(())
    }
}

/// Counts one way, and goes the other way uncounted: whoever comes next finds as much as this one.
fn there_and_back<T>(
    folder: &str,
    [there, back]: [&str; 2],
    times: u64,
    count: impl Fn(&[&str]) -> Result<T>,
) -> Result<T> {
    let times = times.to_string();
    let counted = count(&[there, folder, &times])?;
    uncounted(&[back, folder, &times])?;
    Ok(counted)
}

/// Both at once: what is counted does not depend on how fast it is.
fn both<T: Send>(
    one: impl FnOnce() -> Result<T> + Send,
    other: impl FnOnce() -> Result<T>,
) -> Result<(T, T)> {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other()?;
        let one = one.join().map_err(|_| anyhow!("a count broke off"))??;
        Ok((one, other))
    })
}

/// Runs this program as it is.
fn uncounted(arguments: &[&str]) -> Result<()> {
    let status = Command::new(std::env::current_exe()?)
        .arg("do")
        .args(arguments)
        .stdin(Stdio::null())
        .status()?;
    ensure!(status.success(), "what is counted could not be prepared");
    Ok(())
}

/// Runs this program under callgrind; how many instructions it took.
fn instructions(arguments: &[&str]) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .arg("do")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("valgrind could not be started; it is Debian's package `valgrind`")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "what is counted did not come to its end:\n{said}"
    );
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .context("valgrind did not say what it collected")?;
    Ok(collected.1.trim().parse()?)
}

fn text(path: &Path) -> Result<String> {
    let text = path.to_str().context("the folder's name is no text")?;
    Ok(text.to_owned())
}
