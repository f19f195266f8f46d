//! Two tables laid over one another for one region: what both allow, looked up in a moment.
//! (SPEC T-16)
//! Knows: 210 rows with three grounds each. Never knows: customers.

use super::{Permit, Standing};
use crate::consent::Consent;
use crate::field::{Basis, Region};
use crate::id::TableHash;
use crate::precision::Grant;
use crate::table::{Row, Table};
use partywall_ground::Seconds;

/// Grounds in the order in which they are tried. (SPEC T-16)
pub(super) const GROUNDS: [Basis; 3] = [Basis::Legal, Basis::Necessary, Basis::Consent];

/// What an accepted and the current table both allow in a region, for every customer who accepted
/// the one there.
#[derive(Clone, Debug)]
pub struct Joined {
    accepted: TableHash,
    current: TableHash,
    region: Option<Region>,
    rows: Box<[[Option<Grant>; GROUNDS.len()]]>,
}

impl Joined {
    /// Lays them over one another.
    #[must_use]
    pub fn of(accepted: &Table, current: &Table, region: Option<Region>) -> Self {
        let grants = |row| GROUNDS.map(|basis| both(accepted, current, row, basis, region));
        Self {
            accepted: accepted.hash(),
            current: current.hash(),
            region,
            rows: Row::all().map(grants).collect(),
        }
    }

    /// The permit of a row for one customer, if there is one. None, too, if this customer accepted
    /// another table or lives elsewhere. (SPEC T-16)
    #[must_use]
    pub fn permit(
        &self,
        consent: &Consent,
        standing: Standing,
        row: Row,
        now: Seconds,
    ) -> Option<Permit> {
        if standing != Standing::Verified
            || consent.region() != self.region
            || consent.table() != self.accepted
        {
            return None;
        }
        let grants = self.rows.get(row.place())?;
        let (basis, grant) = GROUNDS.into_iter().zip(grants).find_map(|(basis, grant)| {
            let holds = basis != Basis::Consent || consent.chose(row, now);
            holds.then_some((basis, (*grant)?))
        })?;
        Some(Permit::of(consent, self.current, row, basis, grant))
    }
}

/// What both tables allow: the coarser, the shorter.
pub(super) fn both(
    accepted: &Table,
    current: &Table,
    row: Row,
    basis: Basis,
    region: Option<Region>,
) -> Option<Grant> {
    if partywall_mutant::is("P17") {
        return current.grant(row, basis, region);
    }
    let grant = accepted.grant(row, basis, region)?;
    Some(grant.and(current.grant(row, basis, region)?))
}
