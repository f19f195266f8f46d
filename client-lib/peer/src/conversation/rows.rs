//! Records that are kept in memory whole, and written back when they changed.
//! Knows: which changed. Never knows: what a record means.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::error::StoreTrouble;
use crate::store::{Hands, Table};

struct Kept<T> {
    record: T,
    changed: bool,
}

/// All records of one table, by id.
pub(crate) struct Rows<T> {
    table: Table,
    rows: BTreeMap<i64, Kept<T>>,
}

/// A record as bytes.
pub(crate) fn written<T: Encode<()>>(record: &T) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(partywall_ground::cbor::encode(record))
}

/// A record from bytes.
pub(crate) fn read<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, StoreTrouble> {
    minicbor::decode(bytes).map_err(|_shape| StoreTrouble::Damaged)
}

impl<T: Encode<()> + for<'b> Decode<'b, ()>> Rows<T> {
    /// Reads the whole table.
    pub(crate) fn load(table: Table, hands: &mut Hands<'_>) -> Result<Self, StoreTrouble> {
        let mut rows = BTreeMap::new();
        for (id, plain) in hands.all(table)? {
            let record = read(&plain)?;
            let changed = false;
            rows.insert(id, Kept { record, changed });
        }
        Ok(Self { table, rows })
    }

    pub(crate) fn get(&self, id: i64) -> Option<&T> {
        self.rows.get(&id).map(|kept| &kept.record)
    }

    /// For changing: it is written back at the end of the step.
    pub(crate) fn edit(&mut self, id: i64) -> Option<&mut T> {
        let kept = self.rows.get_mut(&id)?;
        kept.changed = true;
        Some(&mut kept.record)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, &T)> {
        self.rows.iter().map(|(id, kept)| (*id, &kept.record))
    }

    /// The ids of those that fit.
    pub(crate) fn ids(&self, fits: impl Fn(i64, &T) -> bool) -> Vec<i64> {
        let fitting = self.iter().filter(|(id, record)| fits(*id, record));
        fitting.map(|(id, _)| id).collect()
    }

    pub(crate) fn insert(&mut self, record: T, hands: &mut Hands<'_>) -> Result<i64, StoreTrouble> {
        let id = hands.insert(self.table, &written(&record))?;
        let changed = false;
        self.rows.insert(id, Kept { record, changed });
        Ok(id)
    }

    pub(crate) fn remove(&mut self, id: i64, hands: &mut Hands<'_>) -> Result<(), StoreTrouble> {
        self.rows.remove(&id);
        hands.delete(self.table, id)
    }

    /// Writes back what changed.
    pub(crate) fn flush(&mut self, hands: &mut Hands<'_>) -> Result<(), StoreTrouble> {
        for (id, kept) in self.rows.iter_mut().filter(|(_, kept)| kept.changed) {
            hands.update(self.table, *id, &written(&kept.record))?;
            kept.changed = false;
        }
        Ok(())
    }
}
