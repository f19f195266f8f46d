//! What happens in the peer wing, step by step, and how one world's differs from another's.
//! Knows: deeds by number. Never knows: what comes of them.

use partywall_world::Dice;

/// One thing that somebody does. Numbers are taken by the remainder of how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The operator makes a pass for so many mailboxes.
    Pass(u32),
    /// Somebody makes a mailbox.
    Make,
    /// A reader comes back to a mailbox.
    Attach(usize),
    /// Somebody leaves an envelope of one of three sizes.
    Deposit(usize, u64),
    /// A reader acknowledges what it has.
    Ack(usize),
    /// A reader stocks its shelf.
    Shelve(usize),
    /// Somebody takes a bundle.
    Take(usize),
    /// A reader ends its mailbox.
    Close(usize),
    /// Somebody leaves mail where nobody reads.
    Astray,
    /// Everybody leaves mail at one mailbox until it is full.
    Fill(usize),
    /// Somebody sends what is no frame, at one door or the other.
    Malformed(u64),
    /// Somebody sends a whole frame of the other wing.
    WrongWing,
    /// Somebody begins to say something and stays so.
    HalfOpen,
    /// Everybody who is half open goes away.
    Release,
    /// A reader goes away without a word.
    Vanish(usize),
    /// The wing dies and is started again.
    Crash,
    /// The operator lists the passes.
    Look,
}

/// So many deeds as they come, with someone to do them to.
#[must_use]
pub fn deeds(dice: &mut Dice, count: usize) -> Vec<Step> {
    (0..count).map(|_| deed(dice)).collect()
}

fn deed(dice: &mut Dice) -> Step {
    let who = dice.below(5) as usize;
    match dice.below(100) {
        0..4 => Step::Pass(1 + dice.below(4) as u32),
        4..18 => Step::Make,
        18..26 => Step::Attach(who),
        26..52 => Step::Deposit(who, dice.below(8)),
        52..64 => Step::Ack(who),
        64..69 => Step::Shelve(who),
        69..75 => Step::Take(who),
        75..79 => Step::Close(who),
        79..82 => Step::Astray,
        82..84 => Step::Fill(who),
        84..88 => Step::Malformed(dice.below(6)),
        88..90 => Step::WrongWing,
        90..93 => Step::HalfOpen,
        93..95 => Step::Release,
        95..97 => Step::Vanish(who),
        97 => Step::Look,
        _ => Step::Crash,
    }
}

/// How the peer trace of one world is made of the other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// Nobody comes at all.
    Silent,
    /// One step more.
    OneMore,
    /// One step less.
    OneLess,
    /// Everything three times, and as much again of other things.
    Heavy,
    /// Broken frames, frames of the other wing, connections that stay half open, in between.
    Hostile,
    /// The wing dies in between, again and again.
    Crashing,
    /// Every mailbox is full.
    Full,
    /// The same steps at other times.
    Shifted,
    /// Something else altogether.
    Other,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Silent,
        Self::OneMore,
        Self::OneLess,
        Self::Heavy,
        Self::Hostile,
        Self::Crashing,
        Self::Full,
        Self::Shifted,
        Self::Other,
    ];

    /// The other world's trace, turn by turn.
    #[must_use]
    pub fn of(self, turns: &[Vec<Step>], dice: &mut Dice) -> Vec<Vec<Step>> {
        let mut turns = turns.to_vec();
        let some = dice.below(turns.len() as u64) as usize;
        match self {
            Self::Silent => turns.iter_mut().for_each(Vec::clear),
            Self::OneMore => turns[some].push(deed(dice)),
            Self::OneLess => {
                let busy = (0..turns.len()).map(|next| (some + next) % turns.len());
                let mut busy = busy.filter(|turn| !turns[*turn].is_empty());
                let one = busy.next();
                one.map(|turn| turns[turn].remove(0));
            }
            Self::Heavy => turns.iter_mut().for_each(|turn| {
                let once = turn.clone();
                turn.extend(once.iter().cloned().chain(once.iter().cloned()));
                let more = once.len() + 2;
                turn.extend(deeds(dice, more));
            }),
            Self::Hostile => turns.iter_mut().for_each(|turn| {
                let hostile = [
                    Step::Malformed(dice.below(6)),
                    Step::WrongWing,
                    Step::HalfOpen,
                ];
                turn.extend(hostile.into_iter().filter(|_| dice.below(2) == 0));
            }),
            Self::Crashing => turns.iter_mut().for_each(|turn| {
                if dice.below(2) == 0 {
                    turn.push(Step::Crash);
                }
            }),
            Self::Full => turns.iter_mut().for_each(|turn| {
                turn.insert(0, Step::Make);
                turn.push(Step::Fill(dice.below(5) as usize));
            }),
            Self::Shifted => turns.rotate_right(1 + some % 3),
            Self::Other => turns.iter_mut().for_each(|turn| {
                let count = dice.below(5) as usize;
                *turn = deeds(dice, count);
            }),
        }
        turns
    }
}
