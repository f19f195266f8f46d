//! The bare forwarder: a message goes to its pair's reader as it came and is accepted at once. No storage.
//! Knows: who reads a pair now. Never knows: anything afterwards.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::hello::{Hello, numbers_of, two};
use crate::socket::Socket;
use crate::street::Stream;

/// Messages that may wait for a reader.
const QUEUE: usize = 256;

/// Messages written in one go.
const BATCH: usize = 64;

#[derive(Default)]
pub(crate) struct Bare {
    readers: Mutex<BTreeMap<u32, mpsc::Sender<Bytes>>>,
}

impl Bare {
    pub(crate) async fn read<S: Stream>(&self, socket: &mut Socket<S>, hello: Hello) -> Result<()> {
        let (to_reader, mut queue) = mpsc::channel(QUEUE);
        for pair in hello.pairs() {
            let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            readers.insert(pair, to_reader.clone());
        }
        hello.answer(socket).await?;
        let (mut came, mut goes) = (Vec::new(), Vec::new());
        loop {
            tokio::select! {
                _ = queue.recv_many(&mut goes, BATCH) => {
                    for message in goes.drain(..) {
                        socket.feed(message).await?;
                    }
                    socket.flush().await?;
                }
                taken = socket.take(&mut came) => {
                    taken?;
                    came.clear(); // acknowledgements of what nobody kept
                }
            }
        }
    }

    pub(crate) async fn write<S: Stream>(
        &self,
        socket: &mut Socket<S>,
        hello: Hello,
    ) -> Result<()> {
        let pair = hello.first;
        let reader = {
            let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            readers.get(&pair).cloned().context("nobody reads")?
        };
        hello.answer(socket).await?;
        let mut came = Vec::new();
        loop {
            socket.take(&mut came).await?;
            let last = came.last().and_then(|message| numbers_of(message));
            for message in came.drain(..) {
                reader.send(message).await?;
            }
            let (_, number) = last.context("numbers")?;
            socket.feed(two(pair, number)).await?;
            socket.flush().await?;
        }
    }
}
