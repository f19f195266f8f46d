//! What is said inside an envelope. (SPEC §11.6)
pub(crate) mod money;
