//! The tables that were published, for the doors: the one that holds now is shown with every business.
//! (SPEC §11.4, §12.3)
//! Knows: what is on disk, level with it after each commit. Never knows: who accepted what.

use std::sync::{Arc, PoisonError, RwLock};

use partywall_business::field::Field;
use partywall_business::id::TableHash;
use partywall_business::table::{Lineage, Table};
use partywall_ground::Seconds;

use crate::sharing::tells_of;

/// All tables, shared by the doors.
#[derive(Default)]
pub(crate) struct Tables(RwLock<Option<Arc<Known>>>);

struct Known {
    lineage: Lineage,
    /// Some table lets somebody be told a network address.
    tells_addresses: bool,
}

impl Tables {
    /// After a commit: what the writer has.
    pub(crate) fn keep_level(&self, lineage: Option<&Lineage>) {
        let Some(lineage) = lineage else { return };
        let known = self.known();
        let newest = |lineage: &Lineage| lineage.newest().version();
        if known.is_some_and(|known| newest(&known.lineage) == newest(lineage)) {
            return;
        }
        let tells_addresses = lineage
            .tables()
            .any(|table| tells_of(table, Field::IpAddress));
        let known = Known {
            lineage: lineage.clone(),
            tells_addresses,
        };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
    }

    /// The table that holds at a moment.
    pub(crate) fn current(&self, now: Seconds) -> Option<Table> {
        self.known()?.lineage.current(now).cloned()
    }

    /// A table that was published, by its hash.
    pub(crate) fn find(&self, hash: &TableHash) -> Option<Table> {
        self.known()?.lineage.find(hash).cloned()
    }

    /// Whether anybody may ever be told a network address. What nobody may is dropped at the door.
    pub(crate) fn tells_addresses(&self) -> bool {
        self.known().is_some_and(|known| known.tells_addresses)
    }

    fn known(&self) -> Option<Arc<Known>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
