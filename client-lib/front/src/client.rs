//! An open client: the store unlocked, the wings at work.
//! Knows: which wings there are. Never knows: what they do.

use partywall_business_client::customer::Customer;
use partywall_business_client::error::OpenError as BusinessOpenError;
use partywall_business_client::error::Stopped as BusinessStopped;
use partywall_peer_client::{OpenError, Peer, Stopped, VaultError, World};
use partywall_store::StoreError;

use crate::Store;

/// An open client. While it lives, mailboxes are read and the outbox is sent, by themselves, on the
/// tokio runtime it was opened on. Dropping it loses nothing; [`Client::close`] waits until
/// connections are closed and the store is let go.
#[derive(Debug)]
pub struct Client {
    peer: Peer,
    business: Customer,
}

/// A client's clock, dice and streets, one world for each wing: they share nothing.
#[derive(Debug)]
pub struct Worlds {
    /// The peer wing's.
    pub peer: World,
    /// The business wing's.
    pub business: partywall_business_client::World,
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
        let worlds = Worlds {
            peer: World::from_os()?,
            business: partywall_business_client::World::from_os()?,
        };
        Client::open_in(store, passphrase, worlds).await
    }

    /// As [`Client::open`], with the clocks, dice and streets that are given: for tests and simulations.
    ///
    /// # Errors
    /// As [`Client::open`].
    pub async fn open_in(
        store: Store,
        passphrase: &str,
        worlds: Worlds,
    ) -> Result<Client, OpenError> {
        let beside = store.business_path();
        let peer = Peer::open(store.path(), passphrase, worlds.peer);
        let business = Customer::open(&beside, passphrase, worlds.business);
        // A new file is made only under a passphrase that is known to be right.
        let (peer, business) = if beside.exists() {
            let (peer, business) = tokio::join!(peer, business);
            (peer?, business)
        } else {
            (peer.await?, business.await)
        };
        let business = business.map_err(of_the_business_file)?;
        Ok(Client { peer, business })
    }

    /// The peer wing: people.
    pub fn peer(&self) -> Peer {
        self.peer.clone()
    }

    /// The business wing, from the customer's side. Its events are a stream of its own.
    pub fn business(&self) -> Customer {
        self.business.clone()
    }

    /// Wraps both stores' keys under a new passphrase. Copies of the files made before still open
    /// with the old one.
    ///
    /// # Errors
    /// [`Stopped`]. If it comes between the two files, each opens with the passphrase that it has.
    pub async fn change_passphrase(&self, new: &str) -> Result<(), Stopped> {
        let changed = self.business.change_passphrase(new).await;
        changed.map_err(of_the_business_wing)?;
        self.peer.change_passphrase(new).await
    }

    /// Stops: what is under way is committed, connections are closed, the store is let go. What is
    /// still in the outbox is sent when the store is opened again.
    ///
    /// # Errors
    /// [`Stopped`] when the client had failed before.
    pub async fn close(self) -> Result<(), Stopped> {
        let (peer, business) = tokio::join!(self.peer.close(), self.business.close());
        peer?;
        business.map_err(of_the_business_wing)
    }
}

fn of_the_business_file(error: BusinessOpenError) -> OpenError {
    match error {
        BusinessOpenError::NoEntropy(none) => none.into(),
        BusinessOpenError::Vault(vault) => vault.into(),
        _ => VaultError::Store(StoreError::Foreign.into()).into(),
    }
}

fn of_the_business_wing(stopped: BusinessStopped) -> Stopped {
    match stopped {
        BusinessStopped::Closed => Stopped::Closed,
        _ => Stopped::Store,
    }
}
