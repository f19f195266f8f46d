//! What changes from one table to the next, exact over every cell: what customers are asked.
//! (SPEC T-11)
//! Knows: two tables. Never knows: what a customer chose.

use super::cell::{Cell, Row};
use super::rule::Rule;
use super::{Draft, Table};
use crate::field::{Basis, Region};

/// Everything that changes. Each cell that differs is in exactly one [`Change`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What was denied and would be allowed.
    pub newly_shared: Vec<Change>,
    /// What was allowed and would be denied.
    pub stopped: Vec<Change>,
    /// What was and would be allowed, otherwise than before.
    pub changed: Vec<Change>,
}

/// One change, in all regions where it is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What, to whom, what for.
    pub row: Row,
    /// On what ground.
    pub basis: Basis,
    /// Where.
    pub regions: RegionSet,
    /// What was allowed.
    pub before: Option<Rule>,
    /// What would be allowed.
    pub after: Option<Rule>,
}

/// Some of the five regions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegionSet(u8);

impl Difference {
    /// What changes from `old` to `next`.
    pub(super) fn between(old: &Table, next: &Table) -> Self {
        Self::of(|cell| old.cell(cell), |cell| next.cell(cell))
    }

    /// What changes from `old` to a draft that is not signed yet.
    #[must_use]
    pub fn to_draft(old: &Table, next: &Draft) -> Self {
        Self::of(|cell| old.cell(cell), |cell| next.cell(cell))
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.newly_shared.is_empty() && self.stopped.is_empty() && self.changed.is_empty()
    }

    fn of<'a>(
        before: impl Fn(Cell) -> Option<&'a Rule>,
        after: impl Fn(Cell) -> Option<&'a Rule>,
    ) -> Self {
        let mut difference = Self::default();
        for row in Row::all() {
            for basis in Basis::ALL {
                for change in changes(row, basis, &before, &after) {
                    match (&change.before, &change.after) {
                        (None, _) => difference.newly_shared.push(change),
                        (_, None) => difference.stopped.push(change),
                        _ => difference.changed.push(change),
                    }
                }
            }
        }
        difference
    }
}

/// The changes of a row and basis, regions with the same change together.
fn changes<'a>(
    row: Row,
    basis: Basis,
    before: &impl Fn(Cell) -> Option<&'a Rule>,
    after: &impl Fn(Cell) -> Option<&'a Rule>,
) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for region in Region::ALL {
        let cell = row.at(region, basis);
        let (before, after) = (before(cell), after(cell));
        if before == after {
            continue;
        }
        let same = changes
            .iter_mut()
            .find(|known| known.before.as_ref() == before && known.after.as_ref() == after);
        match same {
            Some(known) => known.regions.add(region),
            None => changes.push(Change {
                row,
                basis,
                regions: RegionSet::from(region),
                before: before.cloned(),
                after: after.cloned(),
            }),
        }
    }
    changes
}

impl RegionSet {
    /// All five.
    pub const ALL: Self = Self(0b1_1111);

    /// Adds one.
    pub const fn add(&mut self, region: Region) {
        self.0 |= 1 << region.place();
    }

    /// Whether a region is among them.
    #[must_use]
    pub const fn contains(self, region: Region) -> bool {
        self.0 & (1 << region.place()) != 0
    }

    /// Those that are in it, in order.
    pub fn iter(self) -> impl Iterator<Item = Region> {
        Region::ALL
            .into_iter()
            .filter(move |region| self.contains(*region))
    }

    /// How many.
    #[must_use]
    pub const fn count(self) -> usize {
        self.0.count_ones() as usize
    }
}

impl From<Region> for RegionSet {
    fn from(region: Region) -> Self {
        let mut set = Self::default();
        set.add(region);
        set
    }
}

impl FromIterator<Region> for RegionSet {
    fn from_iter<I: IntoIterator<Item = Region>>(regions: I) -> Self {
        let mut set = Self::default();
        regions.into_iter().for_each(|region| set.add(region));
        set
    }
}
