//! Carries what is permitted to the sinks.
//! Knows: the sinks' credentials and one batch at a time. Never knows: a database, the peer wing.
fn main() {}
