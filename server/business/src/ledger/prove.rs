//! Makes the proofs that `partywall_business::ledger` verifies. (SPEC §13.4; RFC 6962 §2.1)
//! Knows: tiles. Reads each tile once for a proof. Never knows: rows, what an entry commits to.

use super::{LedgerFault, Nodes};
use partywall_business::ledger::{Consistency, Hash, Inclusion, Index, Level, Path, Size};
use std::collections::BTreeMap;
use std::ops::Range;

/// Proves that the entry at `index` is in the ledger as it was at `size`.
///
/// # Errors
/// [`LedgerFault::Outside`] for an index that is not below the size, or a size that the ledger has not reached.
pub fn prove_inclusion(
    nodes: &impl Nodes,
    index: Index,
    size: Size,
) -> Result<Inclusion, LedgerFault> {
    let mut proofs = prove_inclusions(nodes, &[index], size)?;
    proofs.pop().ok_or(LedgerFault::Outside)
}

/// Proves the same of several entries; a tile is read once for all of them.
///
/// # Errors
/// As [`prove_inclusion`].
pub fn prove_inclusions(
    nodes: &impl Nodes,
    indices: &[Index],
    size: Size,
) -> Result<Vec<Inclusion>, LedgerFault> {
    let mut tree = Tree::at(nodes, size)?;
    indices
        .iter()
        .map(|index| tree.prove(*index, size))
        .collect()
}

/// Proves that the ledger at `new` begins with all that it had at `old`.
///
/// # Errors
/// [`LedgerFault::Outside`] when `old` is above `new`, or the ledger has not reached `new`.
pub fn prove_consistency(
    nodes: &impl Nodes,
    old: Size,
    new: Size,
) -> Result<Consistency, LedgerFault> {
    if old > new {
        return Err(LedgerFault::Outside);
    }
    let mut tree = Tree::at(nodes, new)?;
    let mut path = Vec::new();
    if old > Size::EMPTY && old < new {
        let mut leaves = 0..new.value();
        while leaves.end != old.value() {
            let (left, right) = halves(&leaves);
            let (inside, beside) = if old.value() <= left.end {
                (left, right)
            } else {
                (right, left)
            };
            path.push(tree.root_of(&beside)?);
            leaves = inside;
        }
        if leaves.start > 0 {
            path.push(tree.root_of(&leaves)?);
        }
    }
    Ok(Consistency {
        old,
        new,
        path: upwards(path)?,
    })
}

/// The root that the ledger had at a size.
///
/// # Errors
/// [`LedgerFault::Outside`] when the ledger has not reached it.
pub fn root_at(nodes: &impl Nodes, size: Size) -> Result<Hash, LedgerFault> {
    let mut tree = Tree::at(nodes, size)?;
    if size == Size::EMPTY {
        return Ok(Hash::of_nothing());
    }
    tree.root_of(&(0..size.value()))
}

/// The left part holds the largest power of two of leaves that is smaller than all.
fn halves(leaves: &Range<u64>) -> (Range<u64>, Range<u64>) {
    let left = (leaves.end - leaves.start).next_power_of_two() / 2;
    let middle = leaves.start + left;
    (leaves.start..middle, middle..leaves.end)
}

/// Hashes found on the way down, as a proof has them.
fn upwards(mut found: Vec<Hash>) -> Result<Path, LedgerFault> {
    found.reverse();
    found.try_into().map_err(|_| LedgerFault::Damaged)
}

/// The tree at one size, and the tiles of it that were read.
struct Tree<'n, N> {
    nodes: &'n N,
    read: BTreeMap<(Level, u64), Vec<Hash>>,
}

impl<'n, N: Nodes> Tree<'n, N> {
    fn prove(&mut self, index: Index, size: Size) -> Result<Inclusion, LedgerFault> {
        if !size.holds(index) {
            return Err(LedgerFault::Outside);
        }
        let mut leaves = 0..size.value();
        let mut path = Vec::new();
        while leaves.end - leaves.start > 1 {
            let (left, right) = halves(&leaves);
            let (inside, beside) = if left.contains(&index.value()) {
                (left, right)
            } else {
                (right, left)
            };
            path.push(self.root_of(&beside)?);
            leaves = inside;
        }
        Ok(Inclusion {
            index,
            size,
            path: upwards(path)?,
        })
    }

    fn at(nodes: &'n N, size: Size) -> Result<Self, LedgerFault> {
        if size > nodes.frontier()?.size() {
            return Err(LedgerFault::Outside);
        }
        let read = BTreeMap::new();
        Ok(Self { nodes, read })
    }

    /// The root over some leaves, which begin where a tree of their number may begin.
    fn root_of(&mut self, leaves: &Range<u64>) -> Result<Hash, LedgerFault> {
        let count = leaves.end - leaves.start;
        if count.is_power_of_two() {
            let height = count.trailing_zeros();
            return self.node(height, leaves.start >> height);
        }
        let (left, right) = halves(leaves);
        Ok(Hash::above(&self.root_of(&left)?, &self.root_of(&right)?))
    }

    /// A node over a complete tree: folded out of the hashes of the tile below it.
    fn node(&mut self, height: u32, place: u64) -> Result<Hash, LedgerFault> {
        let (level, rise) = (height / 8, height % 8);
        let level = u8::try_from(level).ok().and_then(Level::new);
        let level = level.ok_or(LedgerFault::Outside)?;
        let first = place << rise;
        let tile = self.tile(level, first / 256)?;
        let start = usize::try_from(first % 256).map_err(|_| LedgerFault::Damaged)?;
        let hashes = tile.get(start..start + (1 << rise));
        Ok(fold(hashes.ok_or(LedgerFault::Damaged)?))
    }

    fn tile(&mut self, level: Level, number: u64) -> Result<&[Hash], LedgerFault> {
        use std::collections::btree_map::Entry;
        match self.read.entry((level, number)) {
            Entry::Occupied(read) => Ok(read.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(self.nodes.tile(level, number)?)),
        }
    }
}

/// The root over a power of two of hashes, at least one.
fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            Hash::above(&fold(left), &fold(right))
        }
    }
}
