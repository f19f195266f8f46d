//! How much memory the task of one connection takes, whoever comes: it is there for as long as the connection rests.
//! Knows: types. Never knows: a connection.

use std::future::Future;
use std::sync::Arc;

use partywall_world::Clock;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::{Arrival, Place, Reception, Street, at_door};
use crate::listener::business::BusinessReception;
use crate::listener::peer::PeerReception;

fn at_the_door<R: Reception, F: Future>(
    _: impl Fn(Arc<R>, Arrival<R>, Arc<dyn Clock>) -> F,
) -> usize {
    size_of::<F>()
}

fn in_greeting<R: Reception, F: Future>(
    _: impl Fn(&Street<R>, TcpStream, R::Source, Place, Arc<Semaphore>) -> F,
) -> usize {
    size_of::<F>()
}

/// A resting connection costs this, besides what hangs on it; more for each is more for a million.
#[test]
fn the_task_of_a_resting_connection_stays_small() {
    let peer = at_the_door(at_door::<PeerReception>);
    let business = at_the_door(at_door::<BusinessReception>);
    assert!(peer <= 1_536, "{peer} bytes at a door of the peer wing");
    assert!(
        business <= 512,
        "{business} bytes at a door of the business wing"
    );
}

#[test]
fn a_greeting_keeps_what_it_needs_in_a_box() {
    let peer = in_greeting(Street::<PeerReception>::greeting);
    let business = in_greeting(Street::<BusinessReception>::greeting);
    assert!(peer <= 96 && business <= 96, "{peer} and {business} bytes");
}
