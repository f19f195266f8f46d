//! What it adds to a group's transaction that its disclosures stand in the ledger: a commitment, the tree, two rows each.
//! That it is the same transaction shows `what_is_rolled_back_was_never_in_the_ledger` in `server/business`.
//! Knows: the ledger's tables and a disk. Never knows: what an entry says.

use anyhow::Result;
use partywall_business::ledger::{Entry, Payload, Salt};
use partywall_business_plane::{Place, ledger};
use partywall_store::{Check, Settings};
use partywall_world::{Clock, Dice, SystemClock};

use crate::row::{Amount, Row, median};
use crate::setting::Setting;

const GROUP: u64 = 64;
const GROUPS: u64 = 400;
/// As long as a disclosure.
const PAYLOAD: usize = 240;

const SETTINGS: Settings = Settings {
    application_id: 0x7077_4C65,
    migrations: &[ledger::SCHEMA],
    check: Check::Header,
};

pub(super) fn run(setting: &Setting) -> Result<Vec<Row>> {
    let folder = setting.folder("ledger")?;
    let database = partywall_store::open(&Place::file(folder.join("ledger.db")), &SETTINGS)?;
    let mut connection = database.into_writer();
    let clock = SystemClock::new();
    let mut dice = Dice::seeded(5);
    let (mut append, mut commit) = (Vec::new(), Vec::new());
    for _ in 0..setting.many(GROUPS) {
        let begun = clock.monotonic();
        let entries: Vec<Entry> = (0..GROUP)
            .map(|_| {
                let payload = Payload::new(vec![7; PAYLOAD])?;
                Ok(Entry::commit(&Salt::draw(&mut dice), &payload))
            })
            .collect::<Result<_>>()?;
        let transaction = connection.transaction()?;
        ledger::append(&transaction, &entries)?;
        let appended = clock.monotonic();
        transaction.commit()?;
        let committed = clock.monotonic();
        append.push(appended.since(begun).as_secs_f64() * 1e6 / GROUP as f64);
        commit.push(committed.since(begun).as_secs_f64() * 1e6 / GROUP as f64);
    }
    setting.forget(&folder);
    let (append, commit) = (median(&append), median(&commit));
    Ok(vec![Row::seen(
        "an entry of the ledger, in its group's transaction (groups of 64)",
        format!(
            "{} of {} with the group's fsync: {:.0} %",
            Amount(append, "µs").told(),
            Amount(commit, "µs").told(),
            100.0 * append / commit
        ),
    )])
}
