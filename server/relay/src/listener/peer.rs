//! What the peer wing does with whoever comes in: two doors and a page.
//! Knows: which path leads to which door. Never knows: who comes, or from where; what is said at the doors.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::http::request::Parts;
use partywall_peer_plane::Plane;
use partywall_socket::FrameSocket;

use super::page::PEER;
use super::route::{self, Answer, Route};
use super::street::{Reception, Stream};

/// One of the plane's two doors. (SPEC §5.1)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Where readers prove mailboxes.
    Collect,
    /// Where anybody with a capability leaves envelopes unseen.
    Deposit,
}

/// Receives for the peer wing.
pub struct PeerReception {
    /// Where everybody goes.
    pub plane: Arc<Plane>,
}

/// Which door a request is for, or why it is for none.
#[must_use]
pub fn route(request: &Parts) -> Route<Door> {
    route::route(request, PEER, |path| match path {
        "/v1/collect" => Some(Door::Collect),
        "/v1/deposit" => Some(Door::Deposit),
        "/v1/contacts" if partywall_mutant::is("D04") => Some(Door::Deposit),
        _ => None,
    })
}

impl Reception for PeerReception {
    type Door = Door;
    /// Nothing: the network address goes no further than the gate.
    type Source = ();

    fn source(&self, from: IpAddr) {
        if partywall_mutant::is("D12") {
            tracing::info!("somebody came from {from}");
        }
    }

    async fn receive(&self, request: &Parts) -> (Answer, Option<Door>) {
        route(request).received()
    }

    async fn serve(&self, door: Door, socket: FrameSocket<Stream>, (): ()) {
        match door {
            Door::Collect => self.plane.collect(socket).await,
            Door::Deposit => self.plane.deposit(socket).await,
        }
    }
}
