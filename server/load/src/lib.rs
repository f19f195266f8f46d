//! A load for the peer wing: many readers and writers at once, and what serving them cost.
//! Knows: the peer wire, as its clients speak it. Never knows: how to open an envelope, what a server
//! is like inside, the business wing.
