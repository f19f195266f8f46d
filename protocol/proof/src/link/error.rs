//! What can be wrong with a link, said to the person who holds it.
//! Knows: causes. Never repeats the link, or any part of it.

/// A link that is refused. (SPEC R-4)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Neither `https://` nor `partywall://` in front.
    #[error("this is not a Partywall link: one begins with https:// or partywall://")]
    NotALink,
    /// No `/#` with something behind it.
    #[error("the part of this link behind /# is missing: copy the whole link")]
    Cut,
    /// HOST or PORT is not as it has to be.
    #[error("the host in this link is not written as it has to be; ask for the link again")]
    Authority,
    /// Not base64url, or another check.
    #[error("this link was changed or cut: its check does not match; ask for it again")]
    Changed,
    /// Whole, but of a kind that there is not.
    #[error("this link is of a kind that this version does not know: update, then try again")]
    UnknownKind,
    /// Whole, but made wrongly.
    #[error("this link was made wrongly: ask whoever made it for a new one")]
    Body,
}
