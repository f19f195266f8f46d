//! The growing edge of the tree: the roots of the complete trees that it is made of, largest first.
//! Knows: hashes and how many leaves there are. Never knows: what lies below, where anything is kept.

use super::LedgerFault;
use partywall_business::ledger::{Hash, Level, Size};

/// As many leaves as there may be: above, a sixth level of tiles would begin.
const MOST: u64 = (1 << 48) - 1;
const HEIGHT_OF_A_TILE: u32 = 8;

/// Enough to add a leaf, and to say the root: one hash for each bit that is set in the size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Of the empty ledger.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// As it was kept.
    ///
    /// # Errors
    /// [`LedgerFault::Damaged`] when there are not as many hashes as the size asks for.
    pub fn from_parts(size: Size, peaks: &[u8]) -> Result<Self, LedgerFault> {
        let (hashes, rest) = peaks.as_chunks::<{ Hash::LENGTH }>();
        let size = size.value();
        if size > MOST || !rest.is_empty() || hashes.len() != size.count_ones() as usize {
            return Err(LedgerFault::Damaged);
        }
        Ok(Self {
            size,
            peaks: hashes.iter().copied().map(Hash::new).collect(),
        })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> Size {
        Size::new(self.size)
    }

    /// The hashes, joined.
    #[must_use]
    pub fn peaks(&self) -> Vec<u8> {
        self.peaks
            .iter()
            .flat_map(Hash::as_bytes)
            .copied()
            .collect()
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let joined = |right, left: &Hash| Hash::above(left, &right);
        let mut upwards = self.peaks.iter().rev();
        match upwards.next() {
            Some(lowest) => upwards.fold(*lowest, joined),
            None => Hash::of_nothing(),
        }
    }

    /// Adds a leaf. Each node at a height of 8, 16, … that is complete by it is shown to `kept`, with its place among those of its level.
    ///
    /// # Errors
    /// [`LedgerFault::Full`], or what `kept` says.
    pub fn push(
        &mut self,
        leaf: Hash,
        mut kept: impl FnMut(Level, u64, &Hash) -> Result<(), LedgerFault>,
    ) -> Result<(), LedgerFault> {
        if self.size >= MOST {
            return Err(LedgerFault::Full);
        }
        let mut hash = leaf;
        for height in 1..=self.size.trailing_ones() {
            let left = self.peaks.pop().ok_or(LedgerFault::Damaged)?;
            hash = Hash::above(&left, &hash);
            if height % HEIGHT_OF_A_TILE == 0 {
                let level = u8::try_from(height / HEIGHT_OF_A_TILE).ok();
                let level = level.and_then(Level::new).ok_or(LedgerFault::Full)?;
                kept(level, self.size >> height, &hash)?;
            }
        }
        self.peaks.push(hash);
        self.size += 1;
        Ok(())
    }
}
