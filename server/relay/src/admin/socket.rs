//! The admin socket: a Unix socket in the data folder that only the relay's own user may open.
//! Knows: lines in, lines out. Never knows: what they mean, beyond that the office answers.

use std::io::{Cursor, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinSet, spawn_blocking};

use super::office::Office;
use super::reach::Reach;
use super::words::{Answer, Ask};
use crate::stop::Watch;

/// The socket's name inside the data folder.
pub const FILE: &str = "admin.sock";

/// The longest question: a policy file fits.
const GREATEST: u64 = 512 * 1024;
/// How many may ask at once.
const AT_ONCE: usize = 8;
/// How long somebody may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// Binds the socket in `folder`, in place of one that a dead relay left. The caller holds the folder's lock.
pub fn bind(folder: &Path) -> std::io::Result<UnixListener> {
    let reach = Reach::to(&folder.join(FILE))?;
    match std::fs::remove_file(&reach.path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&reach.path)?;
    std::fs::set_permissions(&reach.path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers until `stop` says so.
pub async fn run(listener: UnixListener, office: Arc<Office>, mut stop: Watch) {
    let mut asking = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.raised() => return,
            Some(_) = asking.join_next(), if !asking.is_empty() => {}
            accepted = listener.accept(), if asking.len() < AT_ONCE => match accepted {
                Ok((stream, _)) => {
                    asking.spawn(attend(stream, Arc::clone(&office)));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
        }
    }
}

/// Answers one asker, line by line.
async fn attend(stream: UnixStream, office: Arc<Office>) {
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    loop {
        let mut line = String::new();
        let asked = tokio::time::timeout(
            PATIENCE,
            AsyncReadExt::take(&mut reading, GREATEST).read_line(&mut line),
        )
        .await;
        if !matches!(asked, Ok(Ok(1..))) {
            return;
        }
        let answer = match serde_json::from_str::<Ask>(&line) {
            Ok(Ask::Audit) => {
                // Whoever asked and went away is told nothing.
                let _answered = compare(reading, writing, &office).await;
                return;
            }
            Ok(ask) => office.answer(ask).await,
            Err(_) => Answer::Refused { sentence: "the relay does not understand this question; use the program of the same version".into() },
        };
        if writing.write_all(spoken(&answer).as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Compares the file that follows with the ledger, and answers; none if the asker went away.
async fn compare(
    reading: BufReader<OwnedReadHalf>,
    writing: OwnedWriteHalf,
    office: &Office,
) -> Option<()> {
    let ahead = Cursor::new(reading.buffer().to_vec());
    let stream = reading
        .into_inner()
        .reunite(writing)
        .ok()?
        .into_std()
        .ok()?;
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut answering = stream.try_clone().ok()?;
    let answer = office
        .audit(std::io::BufReader::new(Read::chain(ahead, stream)))
        .await;
    let written = spawn_blocking(move || answering.write_all(spoken(&answer).as_bytes()));
    written.await.ok()?.ok()
}

fn spoken(answer: &Answer) -> String {
    let mut text = serde_json::to_string(answer).expect("answers are plain words and numbers");
    text.push('\n');
    text
}
