//! How fast records reach a file: through the exporter as it is, which proves each, writes JSON lines and fsyncs every
//! batch before it closes it.
//! Knows: the exporter's socket, at the relay's end. Never knows: the exporter's inside.

mod minted;

use std::io;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use partywall_business::export::{Carried, Closed, FromExporter, FromRelay, Head, Outcome};
use partywall_business::field::Recipient;
use partywall_exporter::config::{Settings, SinkSettings, Way};
use partywall_exporter::{Dial, Exporter, Stop};
use partywall_world::{Clock, Dice, SystemClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use self::minted::Mint;
use crate::row::{Amount, Limit, Row, median};
use crate::setting::Setting;

/// Batches of a round, each of as many records as the exporter claims.
const BATCHES: u64 = 30;

struct Once(Option<UnixStream>);

impl Dial for Once {
    type Stream = UnixStream;

    async fn dial(&mut self) -> io::Result<UnixStream> {
        self.0.take().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

pub(super) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    setting.tell("making records to export");
    let batches = setting.many(BATCHES).max(5);
    let mint = Mint::new();
    let frames = mint.frames(batches)?;
    let mut rates = Vec::new();
    for round in 0..setting.rounds {
        setting.tell(&format!(
            "export: round {} of {}",
            round + 1,
            setting.rounds
        ));
        let folder = setting.folder("export")?;
        let (mut relay, exporter) = UnixStream::pair()?;
        let sink = SinkSettings {
            name: minted::SINK.to_owned(),
            recipient: Recipient::Parent,
            way: Way::File {
                path: folder.join("records.jsonl"),
            },
            attempt_timeout: Duration::from_secs(600),
        };
        let settings = Settings { sinks: vec![sink] };
        let exporter_of = Exporter::open(&settings, Dice::seeded(1))?;
        let (_stop, stopping) = Stop::new();
        let running = tokio::spawn(exporter_of.run(Once(Some(exporter)), stopping));
        rates.push(rate(&mut relay, &mint, &frames).await?);
        running.abort();
        setting.forget(&folder);
    }
    let what = format!(
        "records a second exported to a file: proven, written, fsynced, in batches of {}",
        minted::RECORDS
    );
    let measured = Amount(median(&rates), "/s");
    Ok(vec![Row::alone(
        "8",
        what,
        measured,
        Limit::AtLeast(50_000.0),
    )])
}

/// From the first claim to the last close.
async fn rate(relay: &mut UnixStream, mint: &Mint, frames: &[Vec<u8>]) -> Result<f64> {
    let FromExporter::Carry(_) = hear(relay).await? else {
        bail!("carry comes first");
    };
    say(relay, &carried(mint).into()).await?;
    let clock = SystemClock::new();
    let mut begun = None;
    for frame in frames {
        let FromExporter::Claim(_) = hear(relay).await? else {
            bail!("it did not claim");
        };
        begun = begun.or_else(|| Some(clock.monotonic()));
        relay.write_all(frame).await?;
        let FromExporter::Close(close) = hear(relay).await? else {
            bail!("it did not close");
        };
        ensure!(close.outcome == Outcome::Sent, "a batch was not written");
        say(relay, &Closed { batch: close.batch }.into()).await?;
    }
    let took = clock
        .monotonic()
        .since(begun.context("there were no batches")?);
    let records = frames.len() * usize::from(minted::RECORDS);
    Ok(records as f64 / took.as_secs_f64())
}

fn carried(mint: &Mint) -> Carried {
    Carried {
        operator: mint.operator(),
        origin: mint.origin(),
    }
}

async fn say(relay: &mut UnixStream, word: &FromRelay) -> Result<()> {
    Ok(relay.write_all(&word.encode()).await?)
}

async fn hear(relay: &mut UnixStream) -> Result<FromExporter> {
    let mut head = [0; Head::LENGTH];
    relay.read_exact(&mut head).await?;
    let head = Head::parse(&head).ok().context("a frame")?;
    let mut body = vec![0; head.length()];
    relay.read_exact(&mut body).await?;
    FromExporter::decode(&head, &body).ok().context("a word")
}
