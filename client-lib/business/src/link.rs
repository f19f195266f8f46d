//! Links to a relay's business wing, as apps hold them.
//! Knows: where a relay is. Never knows: a secret; the link holds none.

pub use partywall_business::link::BusinessLink;
use partywall_street::RelayPlace;

/// Where the link's relay is, and who it must prove to be.
pub(crate) fn place(link: &BusinessLink) -> RelayPlace {
    RelayPlace {
        authorities: link
            .authorities()
            .map(|authority| authority.as_str().to_owned())
            .collect(),
        key: *link.operator().as_bytes(),
    }
}

/// The name of the link's ledger is that of its first authority. (SPEC L-6)
pub(crate) fn origin(link: &BusinessLink) -> String {
    link.authority().as_str().to_owned()
}
