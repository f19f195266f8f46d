//! A wing's voice for its TLS keys: signs its vouches and has its plane say them. (SPEC §2.3)
//! Knows: one wing's signing key and book. Never knows: the other wing's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partywall_ground::Spki;
use partywall_proof::{SigningKey, Vouch};
use partywall_world::{Clock, Wall};

use super::vouches::{Proxy, VouchBook, VouchError};

/// Tells a plane what to say.
type Tell = Box<dyn Fn(Vec<Vouch>) + Send + Sync>;

/// One wing's vouches, and where they are said.
pub struct Vouching {
    key: SigningKey,
    book: Mutex<VouchBook>,
    clock: Arc<dyn Clock>,
    tell: Tell,
}

impl Vouching {
    /// Signs with `key` what is in `book`, and hands it to `tell` whenever it changes.
    #[must_use]
    pub fn new(
        key: SigningKey,
        book: VouchBook,
        clock: Arc<dyn Clock>,
        tell: impl Fn(Vec<Vouch>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            key,
            book: Mutex::new(book),
            clock,
            tell: Box::new(tell),
        })
    }

    /// Signs all that holds and has it said: as often as something changed, and once a day.
    pub fn renew(&self) {
        let signed = self.book().signed(&self.key, self.clock.wall());
        (self.tell)(signed);
    }

    /// Another certificate is served from now on.
    pub fn serves(&self, spki: Spki) {
        self.book().serves(spki);
        self.renew();
    }

    /// Vouches for a proxy's key for so long.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn add(&self, spki: Spki, life: Duration) -> Result<Proxy, VouchError> {
        let now = self.clock.wall();
        let added = self.book().add(spki, now + life, now)?;
        self.renew();
        Ok(added)
    }

    /// No longer vouches for the key with that id.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn revoke(&self, id: &str) -> Result<(), VouchError> {
        self.book().revoke(id)?;
        self.renew();
        Ok(())
    }

    /// The proxies' keys.
    #[must_use]
    pub fn proxies(&self) -> Vec<Proxy> {
        self.book().proxies().to_vec()
    }

    /// What time it is for this wing's certificates.
    #[must_use]
    pub fn now(&self) -> Wall {
        self.clock.wall()
    }

    fn book(&self) -> MutexGuard<'_, VouchBook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
