//! The street outside: TLS, WebSockets, reconnecting. Offers what `seam` asks for.
//! Knows: sockets, frames, relay keys. Never knows: contacts, sessions, texts, the store.

use std::sync::Arc;

use partywall_world::{Clock, Dice};
use tokio::sync::mpsc;

use crate::seam::{CollectLine, DepositLine, DropPlace, LINE_ROOM, RelayPlace, Street};

/// Lines over real sockets.
pub struct Sockets;

impl Sockets {
    /// Lines that tell the time by `clock` and draw from `dice`.
    pub fn new(_clock: Arc<dyn Clock>, _dice: Dice) -> Self {
        Self
    }
}

impl Street for Sockets {
    fn collect(&self, _relay: RelayPlace) -> CollectLine {
        let commands = mpsc::channel(LINE_ROOM).0;
        let events = mpsc::channel(LINE_ROOM).1;
        CollectLine { commands, events }
    }

    fn deposit(&self, _to: DropPlace) -> DepositLine {
        let commands = mpsc::channel(LINE_ROOM).0;
        let events = mpsc::channel(LINE_ROOM).1;
        DepositLine { commands, events }
    }
}
