//! Pairs of whole relays: `partywall-relay` as a process, real sockets, real clock, real dice.
//! Knows: what can be compared when neither time nor chance is the test's. Never knows: a plane's inside.
//!
//! The same business traffic goes to both relays of a pair, one request at a time. The first has no
//! peer traffic; the second has some, of the seed's kind, all the while. Compared are: for every
//! connection the kind and length of each answer, the rule of each refusal, the name and sequence of
//! each event; for every table of `business.db` the number of rows and each row with its random bytes
//! replaced by their length and its times left out; the pages of the file; of `/metrics` the names of
//! all and the values of the business wing's, but for commits and jobs, which follow real time; the
//! business log without times. No exporter is connected: under the first policy nothing is for one.

mod business;
mod peer;
mod street;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow};
use partywall_store::sql::types::Value;
use partywall_store::{Place, sql};
use partywall_test_street::relay::Relay;

pub use self::peer::Traffic;
use crate::dump;
use crate::view::{Difference, View};

/// Integers from here on are times, in hours, seconds or milliseconds.
const TIMES: i64 = 400_000;

/// Lives a pair, and says where the two differ, if they do.
///
/// # Errors
/// When a relay cannot be started or reached; that is no difference.
pub fn pair(seed: u64) -> anyhow::Result<Option<Difference>> {
    let kinds = Traffic::ALL;
    let kind = kinds[usize::try_from(seed)? % kinds.len()];
    let quiet = lived(seed, None).context("the quiet relay")?;
    let busy = lived(seed, Some(kind)).context("the busy relay")?;
    Ok(quiet.difference(&busy))
}

/// A relay's whole life, and what was seen of its business wing.
fn lived(seed: u64, traffic: Option<Traffic>) -> anyhow::Result<View> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("relay");
    let mut relay = Relay::start(&data, &[]).map_err(|said| anyhow!(said))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut view = View::default();
    let over = Arc::new(AtomicBool::new(false));
    let (ports, stop) = (Ports::of(&relay)?, Arc::clone(&over));
    let told = runtime.block_on(async {
        let people = traffic.map(|kind| tokio::spawn(peer::flows(kind, ports.peer, stop)));
        let told = business::flows(seed, &ports, &data).await;
        over.store(true, Ordering::Relaxed);
        if let Some(people) = people {
            people.await??;
        }
        told
    })?;
    view.add("connections", told);
    runtime.shutdown_timeout(Duration::from_secs(1));
    let (names, values) = metrics(&relay.page("/metrics").map_err(|said| anyhow!(said))?);
    view.add("metrics: names", names);
    view.add("metrics: values", values);
    relay.stop().map_err(|said| anyhow!(said))?;
    view.add("log", log(relay.log())?);
    database(&mut view, &data.join("business.db"))?;
    Ok(view)
}

/// Where a relay listens.
pub(crate) struct Ports {
    pub(crate) peer: std::net::SocketAddr,
    pub(crate) business: std::net::SocketAddr,
}

impl Ports {
    fn of(relay: &Relay) -> anyhow::Result<Self> {
        Ok(Self {
            peer: relay.peer.parse()?,
            business: relay.business.parse()?,
        })
    }
}

/// Names of all measures, and the lines of the business wing that do not follow real time.
fn metrics(page: &str) -> (Vec<String>, Vec<String>) {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    let measures: Vec<&str> = lines.filter(|line| line.contains("partywall")).collect();
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let names = measures.iter().map(|line| name(line)).collect();
    let timed = [
        "commits",
        "jobs",
        "door_connections",
        "business_connections",
    ];
    let values = measures
        .iter()
        .filter(|line| line.contains("business"))
        .filter(|line| !timed.iter().any(|word| name(line).contains(word)))
        .map(|line| (*line).to_owned())
        .collect();
    (names, values)
}

/// The log without times, and without what only the peer wing says.
fn log(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(path)?;
    let lines = text.lines().map(|line| {
        let words = line.split_whitespace().skip(1);
        words.collect::<Vec<_>>().join(" ")
    });
    Ok(lines.filter(|line| !line.contains("peer")).collect())
}

/// Every table, its rows without what chance and time made of them, in order.
fn database(view: &mut View, path: &Path) -> anyhow::Result<()> {
    let connection = Place::file(path).look()?;
    view.add("database: schema", dump::schema(&connection)?);
    for (table, rows) in dump::tables(&connection)? {
        let mut lines: Vec<String> = rows.iter().map(|row| shape(row)).collect();
        lines.sort_unstable();
        view.add(format!("database: {table}"), lines);
    }
    let pages = |pragma: &str| -> sql::Result<String> {
        let count: i64 = connection.pragma_query_value(None, pragma, |row| row.get(0))?;
        Ok(format!("{pragma} {count}"))
    };
    view.add(
        "database: pages",
        [pages("page_count")?, pages("freelist_count")?],
    );
    Ok(())
}

fn shape(row: &[Value]) -> String {
    let shown = row.iter().map(|value| match value {
        Value::Blob(bytes) => format!("{}B", bytes.len()),
        Value::Integer(number) if *number >= TIMES => "time".to_owned(),
        other => dump::line(std::slice::from_ref(other)),
    });
    shown.collect::<Vec<_>>().join(" ")
}
