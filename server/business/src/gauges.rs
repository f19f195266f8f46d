//! The business wing in numbers that say nothing about anybody.
//! Knows: sums since the start, and how many there are now. Never knows: an id.

partywall_door::gauges! {
    /// Connections now.
    connections,
    /// Bytes of requests and events in memory now.
    bytes_in_memory,
    /// Messages accepted: each was durable before it was said.
    accepted,
    /// Events handed to receivers, repetitions included.
    delivered,
    /// Events that receivers acknowledged.
    acknowledged,
    /// Conversations begun.
    begun,
    /// Conversations that customers left.
    left,
    /// Reports that were proven and kept.
    reports,
    /// Requests refused by a rule.
    refused,
    /// Groups committed.
    commits,
    /// Jobs in them.
    jobs,
    /// Connections closed for breaking the protocol.
    violations,
    /// Connections closed for being silent or slow.
    stalled,
}
