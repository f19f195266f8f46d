//! What an operator states beside the cells: who is responsible, whom to ask, what is kept for how
//! long. (SPEC §12.3)
//! Knows: texts for people and numbers of days. Never knows: customers.

use super::text::Text;
use crate::precision::KeepDays;
use minicbor::{Decode, Encode};
use partywall_ground::AtMost;

/// At most this many transfers are named.
pub const TRANSFERS: usize = 16;

/// The transfers that a table names.
pub type Transfers = AtMost<Transfer, TRANSFERS>;

/// Who answers for the relay, and what it promises. (SPEC §12.3)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Terms {
    /// The policy's name.
    #[n(0)]
    pub name: Text<80>,
    /// Who is responsible.
    #[n(1)]
    pub controller: Text<200>,
    /// Where to write to them.
    #[n(2)]
    pub contact: Text<200>,
    /// Where to complain about them.
    #[n(3)]
    pub complaint_authority: Text<200>,
    /// Where data goes beyond the controller's own country.
    #[n(4)]
    pub transfers: Transfers,
    /// The parent's name, if any cell lets it be told something.
    #[n(5)]
    pub parent: Option<Text<80>>,
    /// The service provider's name, if any cell lets it be told something.
    #[n(6)]
    pub service_provider: Option<Text<80>>,
    /// How long the relay keeps what it stores.
    #[n(7)]
    pub retention: Retention,
    /// Days between a new version's publication and its effect. (SPEC T-10)
    #[n(8)]
    pub notice_days: KeepDays,
}

/// One country, or group of countries, that data goes to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Transfer {
    /// Where to.
    #[n(0)]
    pub to: Text<80>,
    /// What protects it there.
    #[n(1)]
    pub safeguard: Text<200>,
}

/// For how many days the relay keeps what it stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Retention {
    /// Sealed mail that nobody collected.
    #[n(0)]
    pub mail: KeepDays,
    /// Consent receipts that newer ones replaced.
    #[n(1)]
    pub receipts: KeepDays,
    /// Payloads of the ledger's disclosures.
    #[n(2)]
    pub disclosures: KeepDays,
    /// Reports with the message that a customer opened in them.
    #[n(3)]
    pub reports: KeepDays,
    /// What is left of a conversation after the customer left.
    #[n(4)]
    pub after_leaving: KeepDays,
    /// Certificates that have run out.
    #[n(5)]
    pub certificates: KeepDays,
    /// Values that a customer's client declared.
    #[n(6)]
    pub declared: KeepDays,
}
