//! Asks a running relay over its admin socket.
//! Knows: the socket's place and its lines. Never knows: how an answer comes about.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::reach::Reach;
use super::socket::FILE;
use super::words::{Answer, Ask};

/// The longest answer.
const GREATEST: u64 = 4 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there was no answer: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The relay's user is another one.
    #[error("the relay on this folder belongs to another user; run this command as that user")]
    NotYours,
    /// Nothing answered.
    #[error(
        "the folder is in use, but no relay answers there; it may be starting or stopping, so try again in a moment"
    )]
    Silent,
}

impl NoAnswer {
    fn because(error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::PermissionDenied => Self::NotYours,
            _ => Self::Silent,
        }
    }
}

/// Asks the relay on `folder`.
pub fn ask(folder: &Path, ask: &Ask) -> Result<Answer, NoAnswer> {
    let text = exchange(folder, ask).map_err(|error| NoAnswer::because(&error))?;
    serde_json::from_str(&text).map_err(|_| NoAnswer::Silent)
}

/// Has the relay on `folder` compare what `file` gives with its ledger.
///
/// # Errors
/// [`NoAnswer`], or the file's own trouble.
pub fn audit(folder: &Path, mut file: impl Read) -> Result<Answer, NoAnswer> {
    let mut sent = |stream: &mut UnixStream| -> std::io::Result<String> {
        let mut line = serde_json::to_vec(&Ask::Audit)?;
        line.push(b'\n');
        stream.write_all(&line)?;
        std::io::copy(&mut file, stream)?;
        stream.shutdown(std::net::Shutdown::Write)?;
        hear(stream)
    };
    let reach = Reach::to(&folder.join(FILE)).map_err(|_| NoAnswer::Silent)?;
    let stream = UnixStream::connect(&reach.path);
    let text = stream.and_then(|mut stream| sent(&mut stream));
    let text = text.map_err(|error| NoAnswer::because(&error))?;
    serde_json::from_str(&text).map_err(|_| NoAnswer::Silent)
}

fn exchange(folder: &Path, ask: &Ask) -> std::io::Result<String> {
    let reach = Reach::to(&folder.join(FILE))?;
    let mut stream = UnixStream::connect(&reach.path)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_string(ask).expect("questions are plain words and numbers");
    line.push('\n');
    stream.write_all(line.as_bytes())?;
    hear(&mut stream)
}

fn hear(stream: &mut UnixStream) -> std::io::Result<String> {
    let mut answer = String::new();
    BufReader::new(stream)
        .take(GREATEST)
        .read_line(&mut answer)?;
    Ok(answer)
}
