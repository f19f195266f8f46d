//! What the operator's listener shows: each wing's vitals and its plane's gauges, as numbers, each wing in a section of its own.
//! Knows: numbers. Never knows: an id.

use std::sync::Arc;

use crate::exporter::ExporterWatch;
use crate::listener::metrics::{Measure, Value};
use crate::listener::operator::Window;
use crate::vitals::{Readiness, Vitals};

/// The window of a running relay.
pub struct Panes {
    /// The peer wing, if it runs.
    pub peer: Option<PeerPane>,
    /// The business wing, if it runs.
    pub business: Option<BusinessPane>,
}

/// What is seen of the peer wing.
pub struct PeerPane {
    /// Its street side.
    pub vitals: Arc<Vitals>,
    /// What it keeps and carries.
    pub plane: Arc<partywall_peer_plane::Plane>,
}

/// What is seen of the business wing.
pub struct BusinessPane {
    /// Its street side.
    pub vitals: Arc<Vitals>,
    /// What it keeps and carries.
    pub plane: Arc<partywall_business_plane::Plane>,
    /// Its exporter.
    pub exporter: ExporterWatch,
}

impl Panes {
    fn vitals(&self) -> impl Iterator<Item = &Vitals> {
        let peer = self.peer.as_ref().map(|pane| pane.vitals.as_ref());
        let business = self.business.as_ref().map(|pane| pane.vitals.as_ref());
        peer.into_iter().chain(business)
    }

    fn house(&self) -> Vec<Measure> {
        let readiness = self.readiness();
        let free = self.vitals().map(Vitals::disk_free).min();
        let uptime = self.vitals().map(Vitals::uptime).max();
        vec![
            gauge(
                "ready",
                "1 while new connections are served",
                u64::from(readiness.ready),
            ),
            gauge(
                "low_disk",
                "1 while no new mailboxes are made and no new customers taken in for want of disk",
                u64::from(readiness.low_disk),
            ),
            gauge(
                "disk_free_bytes",
                "Free bytes where the folder lies",
                free.unwrap_or(0),
            ),
            gauge(
                "uptime_seconds",
                "Seconds since the start",
                uptime.unwrap_or_default().as_secs(),
            ),
        ]
    }
}

impl Window for Panes {
    fn is_healthy(&self) -> bool {
        self.vitals().all(Vitals::is_healthy)
    }

    fn readiness(&self) -> Readiness {
        let all: Vec<_> = self.vitals().map(Vitals::readiness).collect();
        Readiness {
            ready: all.iter().all(|one| one.ready),
            low_disk: all.iter().any(|one| one.low_disk),
            reason: all.into_iter().find_map(|one| one.reason),
        }
    }

    fn measures(&self) -> Vec<Measure> {
        let mut measures = self.house();
        measures.extend(self.peer.iter().flat_map(PeerPane::measures));
        measures.extend(self.business.iter().flat_map(BusinessPane::measures));
        if partywall_mutant::is("P32") {
            let both = self.vitals().map(|one| one.gate().connections() as u64);
            let both = Value::Gauge(both.sum());
            let mut of_business = measures.iter_mut();
            let one = of_business.find(|one| one.name == "business_connections");
            one.into_iter().for_each(|one| one.value = both);
        }
        measures
    }
}

fn gauge(name: &'static str, says: &'static str, value: u64) -> Measure {
    let value = Value::Gauge(value);
    Measure { name, says, value }
}

fn counter(name: &'static str, says: &'static str, value: u64) -> Measure {
    let value = Value::Counter(value);
    Measure { name, says, value }
}

impl PeerPane {
    fn measures(&self) -> Vec<Measure> {
        let (vitals, gate, plane) = (&self.vitals, self.vitals.gate(), self.plane.gauges());
        vec![
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

impl BusinessPane {
    fn measures(&self) -> Vec<Measure> {
        let (vitals, gate, plane) = (&self.vitals, self.vitals.gate(), self.plane.gauges());
        vec![
            gauge(
                "business_connections",
                "Business connections now, greetings included",
                gate.connections() as u64,
            ),
            counter(
                "business_connections_turned_away",
                "Business connections over a cap",
                gate.turned_away(),
            ),
            counter(
                "business_handshakes_failed",
                "Business connections that came to no door, no page and no tile",
                vitals.handshakes_failed_so_far(),
            ),
            counter(
                "business_certificates_read",
                "Times the business certificate was read again",
                vitals.certificates_so_far(),
            ),
            gauge(
                "business_door_connections",
                "Connections at the business door",
                plane.connections,
            ),
            gauge(
                "business_bytes_in_memory",
                "Bytes of requests and events in memory",
                plane.bytes_in_memory,
            ),
            counter("business_accepted", "Messages accepted", plane.accepted),
            counter(
                "business_delivered",
                "Events handed to receivers, repetitions included",
                plane.delivered,
            ),
            counter(
                "business_acknowledged",
                "Events acknowledged by receivers",
                plane.acknowledged,
            ),
            counter("business_begun", "Conversations begun", plane.begun),
            counter(
                "business_left",
                "Conversations that customers left",
                plane.left,
            ),
            counter(
                "business_reports",
                "Reports that were proven and kept",
                plane.reports,
            ),
            counter(
                "business_refused",
                "Requests refused by a rule",
                plane.refused,
            ),
            counter("business_commits", "Groups committed", plane.commits),
            counter("business_jobs", "Jobs in them", plane.jobs),
            counter(
                "business_violations",
                "Business connections closed for breaking the protocol",
                plane.violations,
            ),
            counter(
                "business_stalled",
                "Business connections closed for being silent or slow",
                plane.stalled,
            ),
            gauge(
                "business_exporter_connected",
                "1 while an exporter is connected",
                u64::from(self.exporter.is_connected()),
            ),
            counter(
                "business_exporter_starts",
                "Times the relay started its exporter",
                self.exporter.starts(),
            ),
            counter(
                "business_exporter_refused",
                "Exporters turned away because there was one",
                self.exporter.refused(),
            ),
        ]
    }
}
