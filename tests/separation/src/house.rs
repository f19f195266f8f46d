//! A house with both wings, put together as `server/relay` does it.
//! Knows: what each wing is handed, and in which order turns are lived. The one place where a planted
//! leak is built in; product code has none.

use std::sync::Arc;

use partywall_relay::listener::gate::Caps;
use partywall_store::Place;
use partywall_world::{Clock, Dice, ManualClock, Wall};

use crate::business::{self, BusinessWing};
use crate::leak::{Leak, Plumbing};
use crate::peer::{self, PeerWing};
use crate::script::{Script, Turn};
use crate::view::View;

/// 2026-06-01, noon.
const START: u64 = 1_780_315_200;

/// Connections that each wing takes at once: enough for everybody who comes, and few enough for a
/// gate that is shared by mistake to be felt.
const CAPS: Caps = Caps {
    connections: 24,
    per_source: 24,
};

/// Both wings.
pub struct House {
    /// Both wings' time; a story may move it.
    pub clock: ManualClock,
    /// The peer wing.
    pub peer: PeerWing,
    /// The business wing, from the first turn on.
    pub business: Option<BusinessWing>,
    master: Dice,
    actors: Dice,
    leak: Option<Leak>,
    plumbing: Plumbing,
    places: [Place; 2],
}

impl House {
    /// A house of this seed in memory. Nothing leaks unless a leak is planted.
    #[must_use]
    pub fn of(seed: u64, leak: Option<Leak>) -> Self {
        Self::at(seed, leak, [Place::memory(), Place::memory()])
    }

    /// As [`House::of`], with the peer wing's database and the business wing's elsewhere.
    #[must_use]
    pub fn at(seed: u64, leak: Option<Leak>, places: [Place; 2]) -> Self {
        let clock = ManualClock::at(Wall::from_seconds(START));
        let mut master = Dice::seeded(seed);
        // Who comes to a wing throws dice of their own, whatever happens in the house.
        let mut actors = master.stream("actors");
        let peer = PeerWing::open(peer::Opening {
            place: places[0].clone(),
            clock: Arc::new(clock.clone()),
            plane: master.stream("peer"),
            gate: master.stream("relay/gate"),
            actors: actors.stream("people"),
            caps: CAPS,
            failpoints: Arc::new(partywall_peer_plane::NoFailpoints),
        });
        Self {
            clock,
            peer,
            business: None,
            master,
            actors,
            leak,
            plumbing: Plumbing::default(),
            places,
        }
    }

    /// Lives a whole world through.
    pub fn lives(&mut self, script: &Script) {
        script.turns.iter().for_each(|turn| self.turn(turn));
    }

    /// Lives one turn.
    pub fn turn(&mut self, turn: &Turn) {
        self.clock.advance(turn.passes);
        self.peer.wake(turn.passes);
        if let Some(business) = &mut self.business {
            business.wake(turn.passes);
        }
        for step in &turn.peer {
            self.peer.does(step);
            if let Some(leak) = self.leak {
                self.plumbing.after_peer_step(
                    leak,
                    self.business.as_mut(),
                    &self.peer,
                    &mut self.master,
                );
            }
            if let Some(business) = &mut self.business {
                business.rig.settle();
            }
        }
        // The wing opens when people were there already: what it is handed must not depend on them.
        if self.business.is_none() {
            self.business = Some(self.open_business());
        }
        let Some(business) = &mut self.business else {
            return;
        };
        match self.leak {
            None => turn.business.iter().for_each(|step| business.does(step)),
            Some(leak) => self
                .plumbing
                .turn(leak, business, &self.peer, &turn.business),
        }
        self.peer.rig.settle();
    }

    fn open_business(&mut self) -> BusinessWing {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let failpoints = Arc::new(partywall_business_plane::NoFailpoints);
        let opening = business::Opening {
            place: self.places[1].clone(),
            clock,
            plane: self.master.stream("business"),
            gate: self.master.stream("business/gate"),
            actors: self.actors.stream("customers"),
            caps: CAPS,
            failpoints,
        };
        match self.leak {
            Some(leak) => self.plumbing.open(leak, opening, &self.peer),
            None => BusinessWing::open(opening),
        }
    }

    /// All that can be seen of the business wing.
    #[must_use]
    pub fn business_view(&mut self) -> View {
        let Some(business) = &mut self.business else {
            return View::default();
        };
        business.get("/checkpoint", "");
        let mut view = business.view();
        if let Some(leak) = self.leak {
            self.plumbing.look(leak, &mut view, &self.peer);
        }
        view
    }

    /// All that can be seen of the peer wing.
    #[must_use]
    pub fn peer_view(&mut self) -> View {
        self.peer.view()
    }
}
