//! How a socket says goodbye, first or in answer.
//! Knows: close frames and the bound of 2 s. Never knows: why.

use std::future::poll_fn;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::{FrameSocket, Incoming, State};
use crate::limits::CLOSE_BOUND;
use crate::meter::Metered;
use crate::{CloseCode, SocketError};

impl<S: AsyncRead + AsyncWrite + Unpin + Send> FrameSocket<S> {
    /// Says `code`, waits for the peer to agree, and shuts the stream down; all of it within 2 s.
    /// What the peer sends meanwhile is thrown away. Also tells a peer whose fault made
    /// [`recv`](Self::recv) fail. Does nothing on a socket that is already closed.
    ///
    /// # Errors
    /// [`SocketError::Stalled`] when the peer did not answer in time. The socket is closed either way.
    pub async fn close(&mut self, code: CloseCode) -> Result<(), SocketError> {
        let reads_on = match self.0.state {
            State::Open => true,
            State::Leaving(said) => {
                Box::pin(self.farewell(said)).await;
                return Ok(());
            }
            State::Broken(SocketError::NotBinary | SocketError::TooManyControlFrames) => true,
            State::Broken(SocketError::Stalled | SocketError::Io(_)) | State::Closed(_) => {
                self.0.state = State::Closed(None);
                return Ok(());
            }
            State::Broken(_) => false,
        };
        self.0.state = State::Closed(None);
        // Once in a connection's life: not a part of every future that may end in it.
        let goodbye = Box::pin(timeout(CLOSE_BOUND, self.say_goodbye(code, reads_on)));
        let finished = goodbye.await;
        finished.map_err(|_elapsed| SocketError::Stalled)
    }

    /// Ends when both sides have, or when the stream fails: then there is nobody left to tell.
    async fn say_goodbye(&mut self, code: CloseCode, reads_on: bool) {
        let frame = CloseFrame {
            code: code.number().into(),
            reason: Utf8Bytes::default(),
        };
        let Ok(socket) = self.0.wire.socket() else {
            return;
        };
        if socket.close(Some(frame)).await.is_err() {
            return;
        }
        let agreed = reads_on && self.hear_goodbye().await;
        let Some(stream) = self.0.wire.stream().map(Metered::stream) else {
            return;
        };
        if stream.shutdown().await.is_err() || agreed {
            return;
        }
        // Unread bytes would make the operating system reset the connection, and the close frame
        // would be lost with it.
        let mut thrown_away = [0; 1024];
        while let Ok(1..) = stream.read(&mut thrown_away).await {}
    }

    /// Throws away what still comes. True when the peer ended properly.
    async fn hear_goodbye(&mut self) -> bool {
        loop {
            match poll_fn(|cx| self.0.wire.poll_next(cx)).await {
                Some(Ok(_thrown_away)) => self.hear(),
                Some(Err(_fault)) => return false,
                None => return true,
            }
        }
    }

    /// The peer closes: answer and shut down. Dropped half-way, the next `recv` does so again.
    pub(super) async fn farewell(&mut self, code: Option<u16>) -> Incoming {
        let _bounded = timeout(CLOSE_BOUND, async {
            let _answered = poll_fn(|cx| self.0.wire.poll_flush(cx)).await;
            match self.0.wire.stream() {
                Some(stream) => stream.stream().shutdown().await,
                None => Ok(()),
            }
        })
        .await;
        self.0.state = State::Closed(code);
        Incoming::Closed(code)
    }
}
