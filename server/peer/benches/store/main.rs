//! What the peer wing's store costs, thread by thread, beside a plain table with the same pragmas.
//! `cargo bench -p partywall-peer-plane --bench store -- [FOLDER] [MAILBOXES] [MESSAGES]`
//! Knows: the plane's two doors over pipes in memory. Never knows: what is behind them.
//! A benchmark, not a test: it prints what it saw and judges nothing.

mod people;
mod plain;
mod threads;

use std::path::Path;

use people::Town;
use threads::Watch;

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let folder = words.next().unwrap_or_else(|| ".".to_owned());
    let mailboxes = words
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or(1_000);
    let messages = words
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or(50_000);
    let parts: Vec<String> = words.collect();
    let wants = |part: &str| parts.is_empty() || parts.iter().any(|word| word == part);
    let folder = tempfile::tempdir_in(Path::new(&folder)).expect("a folder to write to");
    if wants("plain") {
        plain::run(folder.path(), mailboxes, messages);
    }
    if wants("stored") || wants("drained") {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(run(folder.path(), mailboxes, messages, wants("drained")));
    }
}

async fn run(folder: &Path, mailboxes: u32, messages: u32, drained: bool) {
    let town = Town::found(folder, mailboxes).await;
    let each = messages.div_ceil(mailboxes);
    let watch = Watch::start();
    town.write(each).await;
    watch.stop("stored", mailboxes * each);
    println!("{:?}", town.gauges());
    if drained {
        let watch = Watch::start();
        town.read(each).await;
        watch.stop("drained", mailboxes * each);
    }
    println!("{:?}", town.gauges());
}
