//! Proofs over the tree: that a leaf is in it, and that it grew out of a smaller one. (SPEC §13.4; RFC 6962 §2.1, RFC 9162 §2.1.3, §2.1.4)
//! Knows: hashes and positions. Never knows: who signed a root, what a leaf says.

use super::{Hash, Index, LedgerError, Size};
use minicbor::{Decode, Encode};
use partywall_ground::AtMost;

/// Hashes in the longest proof.
pub const LONGEST_PATH: usize = 64;

/// The hashes of a proof, from the leaves upwards.
pub type Path = AtMost<Hash, LONGEST_PATH>;

/// That a leaf is in the tree of a certain size: RFC 6962's audit path. Proves nothing until [`Inclusion::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Inclusion {
    /// Where the leaf stands.
    #[n(0)]
    pub index: Index,
    /// How many leaves the tree has.
    #[n(1)]
    pub size: Size,
    /// The hashes beside the way from the leaf to the root.
    #[n(2)]
    pub path: Path,
}

impl Inclusion {
    /// Proves that `leaf` stands at `index` of the tree with this root. (SPEC L-8)
    ///
    /// # Errors
    /// [`LedgerError::NotIncluded`].
    pub fn verify(&self, leaf: Hash, root: &Hash) -> Result<(), LedgerError> {
        if !self.size.holds(self.index) {
            return Err(LedgerError::NotIncluded);
        }
        let mut climb = Climb::new(self.index.value(), self.size.value() - 1);
        let mut hash = leaf;
        for beside in self.path.iter() {
            hash = match climb.step().ok_or(LedgerError::NotIncluded)? {
                Side::Left => Hash::above(beside, &hash),
                Side::Right => Hash::above(&hash, beside),
            };
        }
        if !climb.is_at_root() || hash != *root {
            return Err(LedgerError::NotIncluded);
        }
        Ok(())
    }
}

/// That a tree grew out of a smaller one: RFC 6962's consistency proof. Proves nothing until [`Consistency::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Consistency {
    /// How many leaves the smaller tree had.
    #[n(0)]
    pub old: Size,
    /// How many the larger one has.
    #[n(1)]
    pub new: Size,
    /// The hashes that lead to both roots.
    #[n(2)]
    pub path: Path,
}

impl Consistency {
    /// Proves that the tree with the root `new` begins with all that the tree with the root `old` has. (SPEC L-9)
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`].
    pub fn verify(&self, old: &Hash, new: &Hash) -> Result<(), LedgerError> {
        if self.holds(old, new) {
            Ok(())
        } else {
            Err(LedgerError::Inconsistent)
        }
    }

    fn holds(&self, old: &Hash, new: &Hash) -> bool {
        let (first, second) = (self.old.value(), self.new.value());
        if first == 0 {
            let grown = second > 0 || *new == Hash::of_nothing();
            return self.path.is_empty() && *old == Hash::of_nothing() && grown;
        }
        if first == second {
            return self.path.is_empty() && old == new;
        }
        if first > second {
            return false;
        }
        let mut hashes = self.path.iter();
        // A smaller tree that is complete is itself the node to begin with: the proof leaves it out.
        let start = if first.is_power_of_two() {
            Some(old)
        } else {
            hashes.next()
        };
        let Some(start) = start else { return false };
        let mut climb = Climb::new(first - 1, second - 1);
        climb.skip_right_turns();
        let (mut smaller, mut larger) = (*start, *start);
        for beside in hashes {
            match climb.step() {
                Some(Side::Left) => {
                    smaller = Hash::above(beside, &smaller);
                    larger = Hash::above(beside, &larger);
                }
                Some(Side::Right) => larger = Hash::above(&larger, beside),
                None => return false,
            }
        }
        climb.is_at_root() && smaller == *old && larger == *new
    }
}

/// On which side of a node its sibling stands.
enum Side {
    Left,
    Right,
}

/// The way from a node up to the root: RFC 9162's `fn` and `sn`.
struct Climb {
    node: u64,
    last: u64,
}

impl Climb {
    const fn new(node: u64, last: u64) -> Self {
        Self { node, last }
    }

    const fn is_at_root(&self) -> bool {
        self.last == 0
    }

    /// One level up, past the levels at which the node has no sibling; `None` at the root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node & 1 == 1 {
            Side::Left
        } else if self.node == self.last {
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Some(side)
    }

    /// To the root of the largest complete tree that ends with this node.
    fn skip_right_turns(&mut self) {
        while self.node & 1 == 1 {
            self.up();
        }
    }

    const fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }
}
