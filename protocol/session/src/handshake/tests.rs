//! What a handshake binds, seen from beneath: whoever holds some of its secrets gets no further than those.
//! Knows: every secret of both sides, so that a story can lose one. Never knows: a relay.
