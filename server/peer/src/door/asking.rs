//! Questions to the store, asked where blocking is allowed, a few at a time. (DESIGN §6)
//! Knows: turns and shares of memory. An answer goes to the line or the router even if whoever asked
//! has gone: somebody else may wait for it.

use std::sync::Arc;

use partywall_ground::{DropId, ReaderId};
use partywall_peer::Envelope;
use partywall_store::StoreError;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;

use super::Street;
use crate::rules::limits::{INSPECTED_AT_ONCE, INSPECTION_RESTS};
use crate::rules::line::Line;
use crate::rules::mailbox::Attachment;
use crate::rules::{collect, deposit};
use crate::store::{Cargo, Inspected, MailboxKey, Page, Place, Reading, Room, Rows, Shown};

impl Street {
    /// P-16: one look-up, whatever is asked for.
    pub(super) fn find(self: &Arc<Self>, drop: DropId, line: &Arc<Line<deposit::Event>>) {
        let (street, line) = (Arc::clone(self), Arc::clone(line));
        tokio::spawn(async move {
            if let Some(found) = street.ask(move |store| store.find(&drop)).await {
                line.tell(deposit::Event::Found(found));
            }
        });
    }

    /// P-4: one look-up, proven or not.
    pub(super) fn identify(
        self: &Arc<Self>,
        slot: u32,
        reader: ReaderId,
        line: &Arc<Line<collect::Event>>,
    ) {
        let (street, line) = (Arc::clone(self), Arc::clone(line));
        tokio::spawn(async move {
            if let Some(found) = street.ask(move |store| store.identify(&reader)).await {
                line.tell(collect::Event::Identified { slot, found });
            }
        });
    }

    /// Reads a mailbox's numbers into memory.
    pub(super) fn open(self: &Arc<Self>, mailbox: MailboxKey) {
        let street = Arc::clone(self);
        tokio::spawn(async move {
            if let Some(opened) = street.ask(move |store| store.open(mailbox)).await {
                street.core.router.opened(mailbox, opened);
            }
        });
    }

    /// Reads a page, once there is memory for it.
    pub(super) fn page(
        self: &Arc<Self>,
        attachment: Attachment,
        mailbox: MailboxKey,
        shown: Shown,
        room: Room,
        line: &Arc<Line<collect::Event>>,
    ) {
        let (street, line) = (Arc::clone(self), Arc::clone(line));
        tokio::spawn(async move {
            let Some(share) = street.share(room.bytes).await else {
                return;
            };
            let read = street.ask(move |store| loaded(store.page(mailbox, &shown, room)?, share));
            if let Some((rows, more)) = read.await {
                line.tell(collect::Event::Page {
                    attachment,
                    mailbox,
                    rows,
                    more,
                });
            }
        });
    }

    /// Reads the whole database through, a little at a time: what was too large for it when it was
    /// opened. A page that is damaged ends the relay, as it does whoever meets it.
    pub(crate) async fn inspect(self: Arc<Self>) {
        let mut inspected = Inspected::default();
        loop {
            let began = self.clock.monotonic();
            let step = self.ask(move |store| {
                let more = store.inspect(&mut inspected, INSPECTED_AT_ONCE)?;
                Ok(more.then_some(inspected))
            });
            match step.await.flatten() {
                Some(so_far) => inspected = so_far,
                None => return,
            }
            // While a step reads, the log cannot be emptied: as long as it took, nothing reads.
            let took = self.clock.monotonic().since(began);
            tokio::time::sleep(took.max(INSPECTION_RESTS)).await;
        }
    }

    /// So many bytes of the memory that envelopes may take up; waits for them.
    pub(super) async fn share(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes).ok()?;
        Arc::clone(&self.memory)
            .acquire_many_owned(bytes)
            .await
            .ok()
    }

    /// So many bytes of that memory, if they are free.
    pub(super) fn share_now(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes).ok()?;
        Arc::clone(&self.memory).try_acquire_many_owned(bytes).ok()
    }

    /// A store that cannot be read is as fatal as one that cannot be written.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Reading) -> Result<T, StoreError> + Send + 'static,
    ) -> Option<T> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        let reading = Arc::clone(&self.reading);
        // The turn lasts as long as the reading, whether somebody still waits for the answer or not.
        let asked = spawn_blocking(move || {
            let _turn = turn;
            question(&*reading)
        });
        let error = match asked.await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => error,
            Err(_panicked) => StoreError::Panicked,
        };
        self.fate.fail(error);
        None
    }
}

/// Gives each envelope its share, and what is left back.
fn loaded(page: Page, mut share: OwnedSemaphorePermit) -> Result<(Rows, bool), StoreError> {
    let load = |(place, bytes): (Place, Vec<u8>)| {
        let envelope = Envelope::try_from(bytes).map_err(|_size| StoreError::Corrupt)?;
        let own = share.split(envelope.size().bytes());
        Ok((place, Cargo::new(envelope, own)))
    };
    let rows: Result<_, StoreError> = page.rows.into_iter().map(load).collect();
    Ok((rows?, page.more))
}
