//! A day of a relay's life: people who come and go, write, answer, and whose receipts wait.
//! Knows: who belongs to whom. What the attacker sees of it is [`Day::arrivals`] and [`Day::reads`].

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use partywall_world::Dice;

/// People.
pub(super) const USERS: usize = 1_000;
/// Conversations of each, on average.
const CONTACTS: usize = 8;
const CONVERSATIONS: usize = USERS * CONTACTS / 2;
/// Two to a conversation: at one its first side reads, at the other the second.
pub(super) const DROPS: usize = 2 * CONVERSATIONS;

/// Seconds of a day on which people are awake.
const AWAKE: f64 = 57_600.0;
/// Times a day that somebody begins to write to somebody.
const BEGINNINGS: u64 = 25;
/// Of a hundred texts that are read, so many are answered.
const ANSWERED: u64 = 60;
/// Seconds from a text that is read to its answer, half of the time.
const ANSWER: f64 = 45.0;
/// Seconds that somebody is there, and away, on average.
const THERE: f64 = 600.0;
const AWAY: f64 = 1_200.0;
/// Seconds on the way to the relay or from it.
const WAY: f64 = 0.04;

/// What becomes of receipts.
#[derive(Clone, Copy)]
pub(super) enum Receipts<'a> {
    Off,
    /// They wait for one of these times, in seconds.
    Wait(&'a [f64]),
}

impl<'a> Receipts<'a> {
    /// They do not wait.
    pub(super) const AT_ONCE: Receipts<'static> = Receipts::Wait(&[0.0]);

    pub(super) fn on(waits: &'a [f64]) -> Self {
        Self::Wait(waits)
    }

    fn wait(self, dice: &mut Dice) -> Option<f64> {
        match self {
            Self::Off => None,
            Self::Wait(waits) => Some(waits[dice.below(waits.len() as u64) as usize]),
        }
    }
}

/// All that the relay sees of a day.
pub(super) struct Day {
    /// When something came to which drop, in order.
    pub(super) arrivals: Vec<(f64, usize)>,
    /// When the reader of each mailbox had something.
    pub(super) reads: Vec<Vec<f64>>,
}

/// Whole microseconds, so that moments have an order.
type Moment = u64;

fn moment(seconds: f64) -> Moment {
    (seconds * 1e6) as Moment
}

fn seconds(moment: Moment) -> f64 {
    moment as f64 / 1e6
}

fn unit(dice: &mut Dice) -> f64 {
    (dice.below(1 << 52) as f64 + 0.5) / (1_u64 << 52) as f64
}

fn waits_about(mean: f64, dice: &mut Dice) -> f64 {
    -mean * unit(dice).ln()
}

struct World<'a> {
    owners: Vec<usize>,
    there: Vec<Vec<(f64, f64)>>,
    /// Envelopes on their way: when, to which drop, whether a person wrote it.
    coming: BinaryHeap<Reverse<(Moment, usize, bool)>>,
    /// Until when a receipt is owed to each drop's peer.
    owed: Vec<f64>,
    receipts: Receipts<'a>,
    dice: Dice,
    day: Day,
}

impl Day {
    /// Lives it.
    pub(super) fn lived(seed: u64, receipts: Receipts<'_>) -> Self {
        let mut dice = Dice::seeded(seed).stream("population");
        let mut owners = Vec::with_capacity(DROPS);
        for _ in 0..CONVERSATIONS {
            let one = dice.below(USERS as u64) as usize;
            let step = 1 + dice.below(USERS as u64 - 1) as usize;
            owners.extend([one, (one + step) % USERS]);
        }
        let there = (0..USERS).map(|_| presence(&mut dice)).collect();
        let mut coming = BinaryHeap::new();
        for _ in 0..USERS as u64 * BEGINNINGS {
            // Some conversations are much busier than others.
            let few = (unit(&mut dice).powi(3) * DROPS as f64) as usize;
            let at = moment(unit(&mut dice) * AWAKE);
            coming.push(Reverse((at, few.min(DROPS - 1), true)));
        }
        let mut world = World {
            owners,
            there,
            coming,
            owed: vec![-1.0; DROPS],
            receipts,
            dice,
            day: Self {
                arrivals: Vec::new(),
                reads: vec![Vec::new(); DROPS],
            },
        };
        while let Some(Reverse((at, drop, is_text))) = world.coming.pop() {
            world.comes(seconds(at), drop, is_text);
        }
        world.day
    }

    /// Mailboxes in which enough was read to attack them, and how many of them are wanted.
    pub(super) fn busy(&self, most: usize) -> Vec<usize> {
        let enough = |drop: &usize| self.reads[*drop].len() > 2 * super::attack::MESSAGES;
        let busy: BTreeSet<usize> = (0..DROPS).filter(enough).collect();
        let every = (busy.len() / most).max(1);
        busy.into_iter().step_by(every).take(most).collect()
    }
}

impl World<'_> {
    fn comes(&mut self, at: f64, drop: usize, is_text: bool) {
        self.day.arrivals.push((at, drop));
        let Some(read) = self.reached(self.owners[drop], at + WAY) else {
            return;
        };
        self.day.reads[drop].push(read);
        if !is_text {
            return;
        }
        let back = drop ^ 1;
        if let Some(wait) = self.receipts.wait(&mut self.dice)
            && self.owed[drop] < read
            && let Some(due) = self.reached(self.owners[drop], read + wait)
        {
            self.owed[drop] = due;
            self.coming.push(Reverse((moment(due + WAY), back, false)));
        }
        if self.dice.below(100) < ANSWERED {
            // Log-normal, about.
            let spread = (0..6).map(|_| unit(&mut self.dice)).sum::<f64>() - 3.0;
            let thought = ANSWER * (1.4 * spread).exp();
            let answered = moment(read + thought + WAY);
            self.coming.push(Reverse((answered, back, true)));
        }
    }

    /// When somebody is there at or after a moment.
    fn reached(&self, who: usize, at: f64) -> Option<f64> {
        let there = &self.there[who];
        let next = there.partition_point(|(_, until)| *until < at);
        there.get(next).map(|(from, _)| from.max(at))
    }
}

fn presence(dice: &mut Dice) -> Vec<(f64, f64)> {
    let mut now = -waits_about(AWAY, dice);
    let mut there = Vec::new();
    while now < 1.1 * AWAKE {
        let until = now + waits_about(THERE, dice);
        there.push((now, until));
        now = until + waits_about(AWAY, dice);
    }
    there
}
