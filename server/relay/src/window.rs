//! What the operator's listener shows: the relay's vitals and the plane's gauges, as numbers.
//! Knows: numbers. Never knows: an id.

use std::sync::Arc;

use crate::listener::metrics::{Measure, Value};
use crate::listener::operator::Window;
use crate::vitals::{Readiness, Vitals};
use partywall_peer_plane::Plane;

/// The window of a running relay.
pub struct Panes {
    /// The process.
    pub vitals: Arc<Vitals>,
    /// The peer wing.
    pub plane: Arc<Plane>,
}

impl Window for Panes {
    fn is_healthy(&self) -> bool {
        self.vitals.is_healthy()
    }

    fn readiness(&self) -> Readiness {
        self.vitals.readiness()
    }

    fn measures(&self) -> Vec<Measure> {
        let (vitals, gate, plane) = (&self.vitals, self.vitals.gate(), self.plane.gauges());
        let readiness = vitals.readiness();
        let gauge = |name, says, value| Measure {
            name,
            says,
            value: Value::Gauge(value),
        };
        let counter = |name, says, value| Measure {
            name,
            says,
            value: Value::Counter(value),
        };
        vec![
            gauge(
                "ready",
                "1 while new connections are served",
                u64::from(readiness.ready),
            ),
            gauge(
                "low_disk",
                "1 while no new mailboxes are made for want of disk",
                u64::from(readiness.low_disk),
            ),
            gauge(
                "disk_free_bytes",
                "Free bytes where the folder lies",
                vitals.disk_free(),
            ),
            gauge(
                "uptime_seconds",
                "Seconds since the start",
                vitals.uptime().as_secs(),
            ),
            gauge(
                "connections",
                "Peer connections now, greetings included",
                gate.connections() as u64,
            ),
            counter(
                "connections_turned_away",
                "Peer connections over a cap",
                gate.turned_away(),
            ),
            counter(
                "handshakes_failed",
                "Peer connections that came to no door and no page",
                vitals.handshakes_failed_so_far(),
            ),
            counter(
                "certificates_read",
                "Times the certificate was read again",
                vitals.certificates_so_far(),
            ),
            gauge("peer_mailboxes", "Mailboxes", plane.mailboxes),
            gauge(
                "peer_mailboxes_in_memory",
                "Mailboxes read now, or with something waiting for the disk",
                plane.mailboxes_in_memory,
            ),
            gauge(
                "peer_collect_connections",
                "Connections at the collect door",
                plane.collect_connections,
            ),
            gauge(
                "peer_deposit_connections",
                "Connections at the deposit door",
                plane.deposit_connections,
            ),
            gauge(
                "peer_envelope_bytes_in_memory",
                "Bytes of envelopes in memory",
                plane.envelope_bytes_in_memory,
            ),
            counter("peer_accepted", "Envelopes accepted", plane.accepted),
            counter(
                "peer_delivered",
                "Envelopes handed to readers, repetitions included",
                plane.delivered,
            ),
            counter(
                "peer_acknowledged",
                "Envelopes acknowledged by readers",
                plane.acknowledged,
            ),
            counter(
                "peer_left_out",
                "Envelopes acknowledged before they had to be written",
                plane.left_out,
            ),
            counter(
                "peer_expired",
                "Envelopes that nobody collected in time",
                plane.expired,
            ),
            counter(
                "peer_idle_ended",
                "Mailboxes that nobody read for too long",
                plane.idle_ended,
            ),
            counter("peer_commits", "Groups committed", plane.commits),
            counter("peer_rows_written", "Writes in them", plane.rows_written),
            counter(
                "peer_refused_full",
                "Deposits refused because a mailbox was full",
                plane.refused_full,
            ),
            counter(
                "peer_refused_no_room",
                "Deposits refused because the disk was full",
                plane.refused_no_room,
            ),
            counter(
                "peer_violations",
                "Connections closed for breaking the protocol",
                plane.violations,
            ),
            counter(
                "peer_stalled",
                "Connections closed for being silent or slow",
                plane.stalled,
            ),
        ]
    }
}
