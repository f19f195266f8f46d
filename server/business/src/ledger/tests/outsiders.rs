//! The log, checked by a verifier that is not ours.
