//! An open client: the store unlocked, the wings at work.
//! Knows: which wings there are. Never knows: what they do.

use partywall_peer_client::{OpenError, Peer, Stopped, World};

use crate::Store;

/// An open client. While it lives, mailboxes are read and the outbox is sent, by themselves, on the
/// tokio runtime it was opened on. Dropping it loses nothing; [`Client::close`] waits until
/// connections are closed and the store is let go.
#[derive(Debug)]
pub struct Client {
    peer: Peer,
}

impl Client {
    /// Opens a store, or makes one where there is none, and begins to work. Must be called inside a
    /// tokio runtime with time and network drivers. Unlocking takes about a second on purpose:
    /// guessing a passphrase should be slow.
    ///
    /// # Errors
    /// [`OpenError::Vault`], with [`VaultError::WrongPassphrase`], [`VaultError::InUse`] when another
    /// program has it open, [`VaultError::Store`] for a damaged, foreign, newer or unwritable file.
    ///
    /// [`VaultError::WrongPassphrase`]: crate::VaultError::WrongPassphrase
    /// [`VaultError::InUse`]: crate::VaultError::InUse
    /// [`VaultError::Store`]: crate::VaultError::Store
    pub async fn open(store: Store, passphrase: &str) -> Result<Client, OpenError> {
        Client::open_in(store, passphrase, World::from_os()?).await
    }

    /// As [`Client::open`], with the clock, dice and street that are given: for tests and simulations.
    ///
    /// # Errors
    /// As [`Client::open`].
    pub async fn open_in(
        store: Store,
        passphrase: &str,
        world: World,
    ) -> Result<Client, OpenError> {
        let peer = Peer::open(store.path(), passphrase, world).await?;
        Ok(Client { peer })
    }

    /// The peer wing: people.
    pub fn peer(&self) -> Peer {
        self.peer.clone()
    }

    /// Stops: what is under way is committed, connections are closed, the store is let go. What is
    /// still in the outbox is sent when the store is opened again.
    ///
    /// # Errors
    /// [`Stopped`] when the client had failed before.
    pub async fn close(self) -> Result<(), Stopped> {
        self.peer.close().await
    }
}
