//! The task that joins desk, engine, store and street.
//! Knows: whose turn it is. Never knows: what a message says.

use std::path::Path;

use tokio::sync::{broadcast, mpsc, watch};

use crate::desk::{DESK_ROOM, Desk};
use crate::error::OpenError;
use crate::peer::Peer;
use crate::world::World;

/// Fleeting events a slow stream may lag behind.
const FLEETING_ROOM: usize = 1_024;

impl Peer {
    /// Opens a store, or makes one where there is none, and begins to work. Must be called inside
    /// a tokio runtime. Apps call `Client::open` of `partywall-client`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(path: &Path, passphrase: &str, world: World) -> Result<Peer, OpenError> {
        let _ = (path, passphrase, world);
        let (orders, _order_end) = mpsc::channel(DESK_ROOM);
        let (_stopped, stopped) = watch::channel(None);
        let (_moved, moved) = watch::channel(0);
        let (_newest, newest) = watch::channel(0);
        let (fleeting, _) = broadcast::channel(FLEETING_ROOM);
        Ok(Peer {
            desk: Desk {
                orders,
                stopped,
                moved,
            },
            newest,
            fleeting,
        })
    }
}
