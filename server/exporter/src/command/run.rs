//! Carries, until a signal says to end.
//! Knows: the socket's path, signals, where log lines go. Never knows: what is carried.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use partywall_process::CoreImages;
use partywall_world::Dice;
use serde_json::json;
use tokio::net::UnixStream;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, fmt};

use super::Carry;
use crate::config::Settings;
use crate::{Dial, Exporter, Stop, wind_down};

pub(super) fn run(carry: &Carry, core_images: CoreImages) -> anyhow::Result<()> {
    let socket = carry
        .socket
        .clone()
        .context("say where the relay's socket is with `--socket PATH`")?;
    let _database = partywall_mutant::is("P13")
        .then(|| std::fs::File::open(socket.with_file_name("business.db")));
    let settings = Settings::read(&carry.file.config)?;
    let exporter = Exporter::open(&settings, Dice::from_os()?)?;
    log(carry.json)?;
    if core_images == CoreImages::Allowed && !carry.allow_core_dumps {
        tracing::warn!("the system would not switch core images off");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the system gave no threads to work with")?;
    let outcome = runtime.block_on(until_told(exporter, Socket(socket), || {
        ready(carry, &settings)
    }));
    // The threads end first, for none may use TLS's randomness while the process takes that down. A
    // write to a disk that hangs is not waited for: it was called off, and its batch is offered again.
    runtime.shutdown_timeout(FAREWELL);
    outcome
}

/// How long what still runs at the end is waited for.
const FAREWELL: Duration = Duration::from_secs(1);

/// One line for whoever waits to send signals or records.
fn ready(carry: &Carry, settings: &Settings) -> anyhow::Result<()> {
    if carry.json {
        super::print(&json!({"ready": true, "sinks": settings.sinks.len()}).to_string())?;
    }
    Ok(())
}

async fn until_told(
    exporter: Exporter,
    socket: Socket,
    ready: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut told = Told::listen().context("signals cannot be listened to")?;
    ready()?;
    let (stop, stopping) = Stop::new();
    let end = async {
        told.ending().await;
        tracing::info!("told to end: nothing more is claimed");
        tokio::select! {
            () = wind_down(&stop) => tracing::warn!("ended before everything was closed; the relay offers it again"),
            () = told.ending() => tracing::warn!("ended at once"),
        }
    };
    tokio::select! {
        () = exporter.run(socket, stopping) => {}
        () = end => {}
    }
    Ok(())
}

struct Socket(PathBuf);

impl Dial for Socket {
    type Stream = UnixStream;

    async fn dial(&mut self) -> io::Result<UnixStream> {
        UnixStream::connect(&self.0).await
    }
}

/// The two signals that mean: end.
struct Told {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Told {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn ending(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Log lines on standard error. Only this crate speaks: libraries would mention addresses.
fn log(json: bool) -> anyhow::Result<()> {
    let ours = Targets::new().with_target("partywall_exporter", LevelFilter::INFO);
    let lines = fmt::layer().with_writer(io::stderr).with_target(false);
    let lines = if json {
        lines.json().flatten_event(true).boxed()
    } else {
        lines.with_ansi(false).boxed()
    };
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(ours));
    tracing::subscriber::set_global_default(subscriber).context("log lines cannot be written")
}
