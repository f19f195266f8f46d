//! The peer wing in numbers that say nothing about anybody.
//! Knows: sums since the start, and how many there are now. Never knows: an id.

partywall_door::gauges! {
    /// Mailboxes that exist.
    mailboxes,
    /// Mailboxes in memory now: read, or with something waiting for the disk.
    mailboxes_in_memory,
    /// Collect connections now.
    collect_connections,
    /// Deposit connections now.
    deposit_connections,
    /// Bytes of envelopes in memory now.
    envelope_bytes_in_memory,
    /// Envelopes accepted: each was durable, or acknowledged by its reader, before it was said.
    accepted,
    /// Envelopes handed to readers, repetitions included.
    delivered,
    /// Envelopes that readers acknowledged.
    acknowledged,
    /// Of them never written, because their reader was faster than the disk.
    left_out,
    /// Envelopes that nobody collected in time.
    expired,
    /// Mailboxes that nobody read for too long.
    idle_ended,
    /// Groups committed.
    commits,
    /// Writes in them.
    rows_written,
    /// Deposits refused because a mailbox was full.
    refused_full,
    /// Deposits refused because the disk was full.
    refused_no_room,
    /// Connections closed for breaking the protocol.
    violations,
    /// Connections closed for being silent or slow.
    stalled,
}
