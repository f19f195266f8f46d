//! Leaks planted on purpose.

use partywall_world::Dice;

use crate::business::trace::Step;
use crate::business::{BusinessWing, Opening};
use crate::peer::PeerWing;
use crate::view::View;

/// A way in which the wall is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// The business wing's dice are the peer wing's too.
    SharedDice,
}

/// What a broken house has besides.
#[derive(Default)]
pub(crate) struct Plumbing {}

impl Plumbing {
    pub(crate) fn after_peer_step(
        &mut self,
        _: Leak,
        _: Option<&mut BusinessWing>,
        _: &PeerWing,
        _: &mut Dice,
    ) {
    }
    pub(crate) fn turn(
        &mut self,
        _: Leak,
        business: &mut BusinessWing,
        _: &PeerWing,
        steps: &[Step],
    ) {
        steps.iter().for_each(|step| business.does(step));
    }
    pub(crate) fn open(&mut self, _: Leak, opening: Opening, _: &PeerWing) -> BusinessWing {
        BusinessWing::open(opening)
    }
    pub(crate) fn look(&mut self, _: Leak, _: &mut View, _: &PeerWing) {}
}
