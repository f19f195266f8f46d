//! What the business wing does with whoever comes in: one door, the ledger for everybody, a page.
//! Knows: paths; the network address, for as long as it takes to hand it to the plane, which keeps it only if the policy says so.
//! Never knows: what is said at the door, who reads the ledger.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, HeaderValue};
use hyper::http::request::Parts;
use partywall_business_plane::ledger::{self, Keep};
use partywall_business_plane::{Plane, PlaneError};
use partywall_socket::FrameSocket;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::page::BUSINESS;
use super::route::{self, Answer, Refusal, Route, is_reading, strict};
use super::street::{Reception, Stream};

/// How many read the ledger at once; the others wait within the ten seconds of their greeting.
const READERS: usize = 4;

/// The plane's one door. (SPEC §11.2)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door;

/// Receives for the business wing.
pub struct BusinessReception {
    plane: Arc<Plane>,
    way: Way,
    reading: Arc<Semaphore>,
}

/// How connections come to the listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From where they say.
    Straight,
    /// Through a proxy: the address seen is the proxy's, and so it is nobody's.
    ThroughProxy,
}

impl Way {
    /// Whose address it is that a connection comes from.
    fn source(self, from: IpAddr) -> Option<IpAddr> {
        match self {
            Self::Straight => Some(from.to_canonical()),
            Self::ThroughProxy => None,
        }
    }
}

impl BusinessReception {
    /// Receives for `plane`.
    #[must_use]
    pub fn new(plane: Arc<Plane>, way: Way) -> Self {
        Self {
            plane,
            way,
            reading: Arc::new(Semaphore::new(READERS)),
        }
    }

    /// What lies in the ledger at a path. (SPEC §13.6)
    async fn ledger(&self, request: &Parts) -> Answer {
        if !is_reading(request) {
            return Refusal::Method.answer();
        }
        let (plane, path) = (Arc::clone(&self.plane), request.uri.path().to_owned());
        let turn = Arc::clone(&self.reading).acquire_owned().await;
        let read = spawn_blocking(move || {
            let _turn = turn;
            plane.ledger(&path)
        });
        match read.await {
            Ok(read) => answer(read),
            Err(_stopped) => unavailable(),
        }
    }
}

/// Which door a request is for, or why it is for none.
#[must_use]
pub fn route(request: &Parts) -> Route<Door> {
    route::route(request, BUSINESS, |path| {
        let is_a_peer_door = path == "/v1/deposit" && partywall_mutant::is("P10");
        (path == "/v1/business" || is_a_peer_door).then_some(Door)
    })
}

impl Reception for BusinessReception {
    type Door = Door;
    type Source = Option<IpAddr>;

    fn source(&self, from: IpAddr) -> Option<IpAddr> {
        self.way.source(from)
    }

    async fn receive(&self, request: &Parts) -> (Answer, Option<Door>) {
        let path = request.uri.path();
        if path == "/checkpoint" || path.starts_with("/tile/") {
            return (self.ledger(request).await, None);
        }
        route(request).received()
    }

    async fn serve(&self, Door: Door, socket: FrameSocket<Stream>, from: Option<IpAddr>) {
        self.plane.door(socket, from).await;
    }
}

fn answer(read: Result<Option<ledger::Answer>, PlaneError>) -> Answer {
    let found = match read {
        Ok(Some(found)) => found,
        Ok(None) => return Refusal::NotFound.answer(),
        Err(_unreadable) => return unavailable(),
    };
    let mut answer = strict(StatusCode::OK, found.content_type, found.bytes);
    if found.keep == Keep::Forever {
        let for_good = HeaderValue::from_static("public, max-age=31536000, immutable");
        answer.headers_mut().insert(CACHE_CONTROL, for_good);
    }
    answer
}

fn unavailable() -> Answer {
    strict(
        StatusCode::SERVICE_UNAVAILABLE,
        "text/plain; charset=utf-8",
        "the ledger cannot be read at the moment\n",
    )
}

#[cfg(test)]
mod tests {
    use super::Way;

    #[test]
    fn a_proxys_address_is_taken_for_nobodys_and_a_mapped_one_for_what_it_is() {
        let mapped = "::ffff:192.0.2.7".parse().unwrap();
        assert_eq!(Way::ThroughProxy.source(mapped), None);
        assert_eq!(Way::Straight.source(mapped), "192.0.2.7".parse().ok());
    }
}
