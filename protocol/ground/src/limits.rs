//! How much of everything there may be. (SPEC §8)
//! Knows: numbers. The only place of this project where they stand.

/// Bytes before a frame's body. (SPEC §1.4)
pub const FRAME_HEADER: usize = 8;
/// Bytes of the longest frame, header included. (SPEC G-6)
pub const FRAME: usize = 65_792;
/// Bytes of the smallest envelope. (SPEC G-9)
pub const SMALL_ENVELOPE: usize = 4_096;
/// Bytes of the middle envelope. (SPEC G-9)
pub const MEDIUM_ENVELOPE: usize = 16_384;
/// Bytes of the largest envelope. (SPEC G-9)
pub const LARGE_ENVELOPE: usize = 65_536;
/// Bytes of UTF-8 in the longest text. (SPEC §6)
pub const TEXT: usize = 60_000;
/// Arrays and maps inside one another. (SPEC G-3)
pub const CBOR_NESTING: usize = 8;
/// Mailboxes on one collect connection. (SPEC §5.7, reason too-many)
pub const SLOTS: usize = 1_024;
/// Deliveries unacknowledged on a connection. (SPEC P-12)
pub const UNACKNOWLEDGED: usize = 64;
/// Bytes of envelopes unacknowledged on a connection. (SPEC P-12)
pub const UNACKNOWLEDGED_BYTES: usize = 256 * 1_024;
/// Deposits unanswered on a connection. (SPEC P-18)
pub const UNANSWERED: usize = 64;
/// Bytes of envelopes unanswered on a connection. (SPEC P-18)
pub const UNANSWERED_BYTES: usize = 256 * 1_024;
/// One-time bundles on a shelf. (SPEC P-9)
pub const SHELF: usize = 100;
/// One-time bundles in one `shelve`. (SPEC §5.4)
pub const SHELVE: usize = 32;
/// One-time bundles handed out at once before a shelf's pace sets in. (SPEC P-10)
pub const SHELF_BURST: u32 = 20;
/// Seconds from one one-time bundle to the next at a shelf's pace. (SPEC P-10)
pub const SHELF_PACE_SECONDS: u64 = 30;
/// Bytes of a sealed bundle. (SPEC §4.1)
pub const SEALED_BUNDLE: usize = 1_409;
/// Vouches in a `hello`. (SPEC §5.2)
pub const VOUCHES: usize = 8;
/// Further authorities in a link. (SPEC §3)
pub const FURTHER_AUTHORITIES: usize = 2;
/// Messages in a chain until a turn. (SPEC S-9)
pub const CHAIN: u32 = 20_000;
/// Numbers a receiver may jump forward. (SPEC S-7)
pub const FORWARD_JUMP: u32 = 25_000;
/// Skipped keys that are kept. (SPEC S-8)
pub const SKIPPED_KEYS: usize = 2_000;
/// Chains of a session that may have such keys. (SPEC S-8)
pub const SKIPPED_CHAINS: usize = 64;
/// Days a bundle's `not_after` may lie ahead. (SPEC S-1)
pub const BUNDLE_DAYS: u32 = 400;
/// Days beyond the relay's retention for which receivers remember. (SPEC S-2, S-8, C-2)
pub const GRACE_DAYS: u32 = 7;
/// Seconds for the handshake of TLS, HTTP and WebSocket together. (SPEC §8)
pub const HANDSHAKE_SECONDS: u64 = 10;
/// Control frames (ping, pong) taken from a peer in [`CONTROL_FRAMES_SECONDS`]. (SPEC §8)
pub const CONTROL_FRAMES: u32 = 20;
/// Seconds in which [`CONTROL_FRAMES`] are taken. (SPEC §8)
pub const CONTROL_FRAMES_SECONDS: u64 = 10;
/// Seconds of silence after which a client pings, a third more or less. (SPEC P-3)
pub const PING_SECONDS: u64 = 30;
/// Seconds of silence after which a relay closes. (SPEC P-3)
pub const SILENCE_SECONDS: u64 = 100;
/// Seconds after which an acknowledged envelope is gone from the files. (SPEC P-13)
pub const RESIDUE_SECONDS: u64 = 5;
