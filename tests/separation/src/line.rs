//! The far end of a connection: says what it is told to say, keeps all that it hears.
//! Knows: frames of either wing, whole or broken. Never knows: what they mean.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partywall_ground::limits::FRAME;
use partywall_socket::{CloseCode, FrameSocket, Incoming, Limits};
use partywall_world::Clock;
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;

use crate::rig::Rig;

/// Bytes that are on their way at most; more than any test leaves unread.
const PIPE: usize = 1 << 20;

/// Of every socket in the house.
pub(crate) const LIMITS: Limits = Limits {
    max_frame: FRAME,
    stall: Duration::from_secs(10),
};

/// What came out of a connection.
#[derive(Default)]
pub struct Heard {
    /// Frames, in order.
    pub frames: Vec<Vec<u8>>,
    /// How it ended, if it did: a close code, if one was given.
    pub end: Option<Option<u16>>,
    /// Nobody listens any more.
    deaf: bool,
}

impl Heard {
    fn hear(&mut self, frame: Vec<u8>) {
        if !self.deaf {
            self.frames.push(frame);
        }
    }

    fn ends(&mut self, end: Option<u16>) {
        if !self.deaf {
            self.end = Some(end);
        }
    }
}

/// The end at which a client sits.
pub struct Line {
    say: mpsc::Sender<Say>,
    heard: Arc<Mutex<Heard>>,
}

enum Say {
    Frame(Vec<u8>),
    Farewell,
}

/// Both ends of a street without a network.
#[must_use]
pub(crate) fn street() -> (DuplexStream, DuplexStream) {
    duplex(PIPE)
}

impl Line {
    /// A client at the near end of a street.
    pub fn at(rig: &Rig, near: DuplexStream, clock: Arc<dyn Clock>) -> Self {
        let (say, mut said) = mpsc::channel(256);
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let hears = Arc::clone(&heard);
        let _running = rig.spawn(async move {
            let mut socket = FrameSocket::client(near, LIMITS, clock).await;
            let end = loop {
                tokio::select! {
                    biased;
                    incoming = socket.recv() => match incoming {
                        Ok(Incoming::Frame(frame)) => open(&hears).hear(frame.to_vec()),
                        Ok(Incoming::Closed(code)) => break code,
                        Err(_) => break None,
                    },
                    say = said.recv() => match say {
                        Some(Say::Frame(frame)) => if socket.send(frame).await.is_err() {
                            break None;
                        },
                        Some(Say::Farewell) => {
                            let _gone = socket.close(CloseCode::NORMAL).await;
                            break None;
                        }
                        None => break None,
                    },
                }
            };
            open(&hears).ends(end);
        });
        Self { say, heard }
    }

    /// Says a frame. What is said on a dead line is lost.
    pub fn say(&self, frame: Vec<u8>) {
        let _lost = self.say.try_send(Say::Frame(frame));
    }

    /// Closes politely.
    pub fn farewell(&self) {
        let _lost = self.say.try_send(Say::Farewell);
    }

    /// What was heard so far.
    pub fn heard(&self) -> MutexGuard<'_, Heard> {
        open(&self.heard)
    }

    /// The same, for whoever compares later.
    #[must_use]
    pub fn transcript(&self) -> Arc<Mutex<Heard>> {
        Arc::clone(&self.heard)
    }

    /// Whether it ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.heard().end.is_some()
    }
}

/// Whoever hangs up hears nothing more, however the tasks at both ends take their turns.
impl Drop for Line {
    fn drop(&mut self) {
        let mut heard = self.heard();
        heard.end.get_or_insert(None);
        heard.deaf = true;
    }
}

/// Looks at a transcript.
pub(crate) fn open(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes bytes as they are, then stays silent and holds the connection until it is dropped.
pub(crate) fn raw(rig: &Rig, mut near: DuplexStream, bytes: Vec<u8>) -> mpsc::Sender<()> {
    let (hold, mut held) = mpsc::channel(1);
    let _running = rig.spawn(async move {
        let _written = near.write_all(&bytes).await;
        let _let_go = held.recv().await;
    });
    hold
}
