//! The admin socket: a Unix socket in the data folder that only the relay's own user may open.
//! Knows: lines in, lines out. Never knows: what they mean, beyond that the office answers.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use super::office::Office;
use super::words::{Answer, Ask};
use crate::stop::Watch;

/// The socket's name inside the data folder.
pub const FILE: &str = "admin.sock";

/// The longest question.
const GREATEST: u64 = 16 * 1024;
/// How many may ask at once.
const AT_ONCE: usize = 8;
/// How long somebody may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest path that a Unix socket can have everywhere.
const GREATEST_PATH: usize = 100;

/// Where the socket is reached: its own path, or a short detour to it when that is too long.
pub struct Reach {
    /// The path to bind or connect to.
    pub path: PathBuf,
    _folder: Option<std::fs::File>,
}

impl Reach {
    /// The way to the socket in `folder`.
    pub fn to(folder: &Path) -> std::io::Result<Self> {
        let path = folder.join(FILE);
        if path.as_os_str().len() <= GREATEST_PATH {
            return Ok(Self {
                path,
                _folder: None,
            });
        }
        use std::os::fd::AsRawFd;
        let open = std::fs::File::open(folder)?;
        let path = Path::new("/proc/self/fd")
            .join(open.as_raw_fd().to_string())
            .join(FILE);
        Ok(Self {
            path,
            _folder: Some(open),
        })
    }
}

/// Binds the socket in `folder`, in place of one that a dead relay left. The caller holds the folder's lock.
pub fn bind(folder: &Path) -> std::io::Result<UnixListener> {
    let reach = Reach::to(folder)?;
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
        let asked =
            tokio::time::timeout(PATIENCE, (&mut reading).take(GREATEST).read_line(&mut line))
                .await;
        if !matches!(asked, Ok(Ok(1..))) {
            return;
        }
        let answer = match serde_json::from_str::<Ask>(&line) {
            Ok(ask) => office.answer(ask).await,
            Err(_) => Answer::Refused { sentence: "the relay does not understand this question; use the program of the same version".into() },
        };
        let mut text = serde_json::to_string(&answer).expect("answers are plain words and numbers");
        text.push('\n');
        if writing.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}
