//! What a message goes through, in pieces that can be counted and timed: a session's two ends, a wing's two doors.
//! Knows: how each piece is set going, from seeds. Never knows: what it costs; whoever calls it looks.

pub mod pair;
pub mod town;
