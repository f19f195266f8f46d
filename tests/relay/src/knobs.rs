//! The knobs: what goes wrong at which door, in which direction, from now on.
//! Knows: faults and dice. Never knows: frames' content, sockets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partywall_world::Dice;
use tokio::sync::watch;

use crate::road::Road;
use crate::when::{Counted, When};

/// A door of the relay. (SPEC §5.1, §11.2)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// Where readers prove mailboxes.
    Collect,
    /// Where anybody who holds a capability leaves envelopes.
    Deposit,
    /// Where businesses and their customers meet.
    Business,
}

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From clients.
    ToRelay,
    /// To clients.
    ToClient,
}

/// What happens to those who come to a door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visitors {
    /// They are let through.
    #[default]
    Welcome,
    /// They are hung up on, before anything is answered.
    HungUp,
}

/// All knobs of one relay. Clones turn the same ones. Turning one takes effect with the next frame
/// or visitor; connections that stand are not touched, except by [`Knobs::cut_all`].
#[derive(Clone)]
pub struct Knobs {
    state: Arc<Mutex<State>>,
    cuts: watch::Sender<u64>,
}

/// The faults at one door in one direction. Made by [`Knobs::of`].
pub struct Knob {
    knobs: Knobs,
    place: (Door, Direction),
}

/// What becomes of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Passes,
    Dropped,
    Doubled,
    /// Goes behind the one after it.
    Swapped,
    /// The connection ends here, and the frame does not pass.
    Cut,
}

struct State {
    dice: Dice,
    visitors: BTreeMap<Door, Visitors>,
    road: Road,
    faults: BTreeMap<(Door, Direction), Faults>,
}

#[derive(Default)]
struct Faults {
    delay: Duration,
    dropped: Counted,
    doubled: Counted,
    swapped: Counted,
    /// Bytes that may still pass.
    until_cut: Option<u64>,
    /// The same, of what the WebSocket writes, in the middle of a frame if it comes so.
    until_torn: Option<u64>,
}

impl Knobs {
    pub(crate) fn new(dice: Dice) -> Self {
        let state = State {
            dice,
            visitors: BTreeMap::new(),
            road: Road::Smooth,
            faults: BTreeMap::new(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            cuts: watch::Sender::new(0),
        }
    }

    /// The faults at a door in a direction.
    #[must_use]
    pub fn of(&self, door: Door, direction: Direction) -> Knob {
        Knob {
            knobs: self.clone(),
            place: (door, direction),
        }
    }

    /// What happens to those who come to a door from now on.
    pub fn visitors(&self, door: Door, visitors: Visitors) {
        self.state().visitors.insert(door, visitors);
    }

    /// What connections that begin from now on go through, at all doors.
    pub fn road(&self, road: Road) {
        self.state().road = road;
    }

    /// Ends every connection that stands, at both doors, without a word.
    pub fn cut_all(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Turns everything off.
    pub fn clear(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.visitors.clear();
        state.road = Road::Smooth;
    }

    pub(crate) fn present_road(&self) -> Road {
        self.state().road
    }

    pub(crate) fn welcomes(&self, door: Door) -> bool {
        let visitors = self.state().visitors.get(&door).copied();
        visitors.unwrap_or_default() == Visitors::Welcome
    }

    /// Changes when everything is to be cut.
    pub(crate) fn cuts(&self) -> watch::Receiver<u64> {
        self.cuts.subscribe()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Knob {
    /// Every frame arrives so much later; their order stays.
    pub fn delay(&self, by: Duration) {
        self.turn(|faults| faults.delay = by);
    }

    /// These frames do not arrive.
    pub fn drop_frames(&self, when: When) {
        self.turn(|faults| faults.dropped = Counted::new(when));
    }

    /// These frames arrive twice.
    pub fn duplicate(&self, when: When) {
        self.turn(|faults| faults.doubled = Counted::new(when));
    }

    /// These frames arrive behind the one that was sent after them. Until there is one, they wait.
    pub fn swap(&self, when: When) {
        self.turn(|faults| faults.swapped = Counted::new(when));
    }

    /// So many bytes of frames still pass, on whichever connections of this door; the connection on
    /// which one more would pass ends instead, without a word, once. 0 cuts at the next frame.
    pub fn cut_after(&self, bytes: u64) {
        self.turn(|faults| faults.until_cut = Some(bytes));
    }

    /// So many bytes more of what is written here pass, heads of frames included, on whichever connections
    /// of this door; then the connection on which one more would pass ends in the middle of its frame, without
    /// a word, once. 0 cuts before the next byte.
    pub fn tear_after(&self, bytes: u64) {
        self.turn(|faults| faults.until_torn = Some(bytes));
    }

    /// Whether [`Knob::tear_after`] has still to come.
    #[must_use]
    pub fn will_tear(&self) -> bool {
        self.until_torn().is_some()
    }

    /// How many bytes may still be written here, if that is bounded.
    pub(crate) fn until_torn(&self) -> Option<u64> {
        let state = self.knobs.state();
        state.faults.get(&self.place)?.until_torn
    }

    /// So many bytes were written here.
    pub(crate) fn written(&self, bytes: usize) {
        self.turn(|faults| {
            if let Some(left) = &mut faults.until_torn {
                *left = left.saturating_sub(u64::try_from(bytes).unwrap_or(u64::MAX));
            }
        });
    }

    /// A connection was torn.
    pub(crate) fn torn(&self) {
        self.turn(|faults| faults.until_torn = None);
    }

    /// Turns everything at this door in this direction off.
    pub fn clear(&self) {
        self.turn(|faults| *faults = Faults::default());
    }

    fn turn(&self, change: impl FnOnce(&mut Faults)) {
        change(self.knobs.state().faults.entry(self.place).or_default());
    }

    /// What becomes of the next frame, which has so many bytes.
    pub(crate) fn fate(&self, bytes: usize) -> Fate {
        let mut state = self.knobs.state();
        let State { dice, faults, .. } = &mut *state;
        let faults = faults.entry(self.place).or_default();
        if let Some(left) = faults.until_cut {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            faults.until_cut = left.checked_sub(bytes);
            if faults.until_cut.is_none() {
                return Fate::Cut;
            }
        }
        // Each rule counts every frame, whatever befalls it otherwise.
        let dropped = faults.dropped.befalls(dice);
        let doubled = faults.doubled.befalls(dice);
        let swapped = faults.swapped.befalls(dice);
        match (dropped, doubled, swapped) {
            (true, _, _) => Fate::Dropped,
            (_, true, _) => Fate::Doubled,
            (_, _, true) => Fate::Swapped,
            _ => Fate::Passes,
        }
    }

    pub(crate) fn delayed_by(&self) -> Duration {
        let state = self.knobs.state();
        let faults = state.faults.get(&self.place);
        faults.map_or(Duration::ZERO, |faults| faults.delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_happens_once_and_at_its_byte() {
        let knobs = Knobs::new(Dice::seeded(1));
        let knob = knobs.of(Door::Deposit, Direction::ToRelay);
        knob.cut_after(10);
        assert_eq!(knob.fate(4), Fate::Passes);
        assert_eq!(knob.fate(6), Fate::Passes);
        assert_eq!(knob.fate(1), Fate::Cut);
        assert_eq!(knob.fate(100), Fate::Passes);
    }

    #[test]
    fn a_knob_turns_nothing_at_another_door_or_in_the_other_direction() {
        let knobs = Knobs::new(Dice::seeded(1));
        let here = knobs.of(Door::Deposit, Direction::ToRelay);
        here.drop_frames(When::percent(100));
        here.delay(Duration::from_secs(1));
        knobs.visitors(Door::Deposit, Visitors::HungUp);
        assert_eq!(here.fate(1), Fate::Dropped);
        for (door, direction) in [
            (Door::Deposit, Direction::ToClient),
            (Door::Collect, Direction::ToRelay),
        ] {
            let there = knobs.of(door, direction);
            assert_eq!(there.fate(1), Fate::Passes);
            assert_eq!(there.delayed_by(), Duration::ZERO);
        }
        assert!(knobs.welcomes(Door::Collect) && !knobs.welcomes(Door::Deposit));
        knobs.clear();
        assert_eq!(here.fate(1), Fate::Passes);
        assert!(knobs.welcomes(Door::Deposit));
    }
}
