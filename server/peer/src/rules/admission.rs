//! Who may make a mailbox. (SPEC P-6)
//! Knows: the operator's choice and hashes. Never knows: who holds a pass, or which mailbox came of it.

use partywall_ground::{Credit, Label, Pass, Peer};

use crate::Admission;
use crate::store::{Admit, Digest};

/// Under which a pass lies in the database. Local to the relay: never on the wire.
const STORED_PASS: Label = Label::of::<Peer>("stored pass");
/// Under which a credit lies in the database. Local to the relay: never on the wire.
const STORED_CREDIT: Label = Label::of::<Peer>("stored credit");

/// The hash under which a pass is kept.
pub(crate) fn digest_of_pass(pass: &[u8; 32]) -> Digest {
    partywall_proof::hash(STORED_PASS, &[pass])
}

/// The hash under which a credit is kept.
pub(crate) fn digest_of_credit(credit: &[u8; 32]) -> Digest {
    partywall_proof::hash(STORED_CREDIT, &[credit])
}

impl Admission {
    /// What the store has to ask before it makes a mailbox.
    pub(crate) fn admit(
        self,
        pass: Option<&Pass>,
        credit: Option<&Credit>,
        low_disk: bool,
    ) -> Admit {
        let open = self == Self::Open || partywall_mutant::is("E07");
        Admit {
            open,
            low_disk,
            credit: credit
                .filter(|_| !open)
                .map(|credit| digest_of_credit(credit.as_bytes())),
            pass: pass
                .filter(|_| !open)
                .map(|pass| digest_of_pass(pass.as_bytes())),
        }
    }

    /// Whether closing a mailbox returns a credit. Where everybody may make mailboxes it would be
    /// worth nothing, and its row would stay for ever.
    pub(crate) fn returns_credit(self) -> bool {
        self == Self::Pass
    }
}
