//! The relay dies at every moment of a story there is: between any two effects, and in every gap of the
//! writer. (SPEC §5.5, §5.6; X02)

use std::collections::{BTreeMap, BTreeSet};

use partywall_peer::Envelope;
use partywall_row::Row;
use partywall_test_histories::{History, Judged, Letter, judge};
use partywall_world::Dice;

use super::people::{Connection, Owner, Reader, Writer, settle};
use super::world::World;
use crate::scribe::Job;

/// Effects in a story; deaths come between them and inside them.
const EFFECTS: usize = 60;
/// Letters that an author leaves without an answer.
const UNANSWERED: usize = 8;

/// Somebody who writes, over all lives of the relay.
struct Author {
    /// Where their letters go on this connection, and how many were accepted before it.
    writer: Option<Writer>,
    before: usize,
    left: Vec<Envelope>,
    accepted: usize,
}

struct Story {
    world: Option<World>,
    dice: Dice,
    owner: Owner,
    authors: [Author; 2],
    reader: Option<Reader>,
    taken: usize,
    letters: BTreeMap<[u8; 32], Letter>,
    known: BTreeSet<[u8; 32]>,
    histories: [History; 2],
}

/// The relay is dead.
struct Died;

impl Story {
    fn with_seed(seed: u64) -> Self {
        let mut world = World::with_seed(seed);
        let owner = Owner::number(1);
        drop(Reader::of_new(&mut world, &owner));
        let author = || Author {
            writer: None,
            before: 0,
            left: Vec::new(),
            accepted: 0,
        };
        let mut story = Self {
            world: Some(world),
            dice: Dice::seeded(seed),
            owner,
            authors: [author(), author()],
            reader: None,
            taken: 0,
            letters: BTreeMap::new(),
            known: BTreeSet::new(),
            histories: [History::default(), History::default()],
        };
        story.come();
        story
    }

    fn world(&mut self) -> &mut World {
        self.world.as_mut().unwrap()
    }

    /// Everybody comes, and says again what was not accepted. (P-19)
    fn come(&mut self) {
        let mut world = self.world.take().unwrap();
        for author in &mut self.authors {
            let mut writer = Writer::to(&mut world, &self.owner);
            author.before = author.accepted;
            for envelope in &author.left[author.before..] {
                writer.leaves(&mut world, envelope);
            }
            author.writer = Some(writer);
        }
        self.reader = Some(Reader::of(&mut world, &self.owner));
        self.taken = 0;
        self.world = Some(world);
        self.look();
    }

    /// One effect, drawn; or death.
    fn happens(&mut self) -> Result<(), Died> {
        let (what, who) = (self.dice.below(12), self.dice.below(2) as usize);
        if self.world().dies.is_last() {
            return Err(Died);
        }
        let mut world = self.world.take().unwrap();
        let reader = self.reader.as_mut().unwrap();
        let author = &mut self.authors[who];
        let mut lives = true;
        match what {
            0..=3 => {
                if author.left.len() < author.accepted + UNANSWERED {
                    let letter = Letter {
                        conversation: 1,
                        sender: who as u64,
                        number: author.left.len() as u64,
                    };
                    let envelope = world.envelope();
                    self.letters.insert(*envelope.id().as_bytes(), letter);
                    author.left.push(envelope.clone());
                    let writer = author.writer.as_mut().unwrap();
                    writer.leaves(&mut world, &envelope);
                }
            }
            4 => drop(author.writer.as_mut().unwrap().pump(&mut world)),
            5 | 6 => lives = world.writer().step().is_ok(),
            7 => drop(reader.pump(&mut world)),
            8 => reader.ack_all(&mut world),
            9 => world.core.router.gather(),
            10 => while world.answer_one() {},
            _ => {
                let expire = Job::Expire(world.core.lifetimes());
                let _asked = world.core.router.desk().try_submit(expire, |_| {});
                lives = world.writer().tidy().is_ok();
            }
        }
        self.world = Some(world);
        self.look();
        lives.then_some(()).ok_or(Died)
    }

    /// Everybody notes what came.
    fn look(&mut self) {
        for (who, author) in self.authors.iter_mut().enumerate() {
            let accepted = author.before + author.writer.as_ref().unwrap().accepted() as usize;
            while author.accepted < accepted {
                self.histories[0].accepted(Letter {
                    conversation: 1,
                    sender: who as u64,
                    number: author.accepted as u64,
                });
                author.accepted += 1;
            }
        }
        let delivered = self.reader.as_ref().unwrap().envelopes();
        for envelope in &delivered[self.taken..] {
            let id = *envelope.id().as_bytes();
            // What the reader has already it does not surface again. (C-2)
            if self.known.insert(id) {
                let letter = self.letters[&id];
                self.histories[1].surfaced(letter);
                self.histories[1].done(letter);
            }
        }
        self.taken = delivered.len();
    }

    fn dies(&mut self) {
        self.reader = None;
        for author in &mut self.authors {
            author.writer = None;
        }
        self.world = self.world.take().map(World::crash);
        self.come();
    }

    /// Everybody hears and reads everything there is.
    fn ends(mut self) -> Judged {
        loop {
            let mut world = self.world.take().unwrap();
            let [one, other] = &mut self.authors;
            let (one, other) = (one.writer.as_mut().unwrap(), other.writer.as_mut().unwrap());
            let reader = self.reader.as_mut().unwrap();
            settle(&mut world, &mut [one, other, reader]);
            reader.ack_all(&mut world);
            world.core.router.gather();
            let before = self.taken;
            self.world = Some(world);
            self.look();
            if before == self.taken {
                break;
            }
        }
        let all = |author: &Author| author.accepted == author.left.len();
        assert!(
            self.authors.iter().all(all),
            "everything is accepted in the end"
        );
        judge(&self.histories).unwrap()
    }
}

/// A story in which the relay dies at this moment, if there is one; how many moments it had.
fn story(seed: u64, dies_at: u64) -> (u64, Judged) {
    let mut story = Story::with_seed(seed);
    story.world().dies.live_until(dies_at);
    let mut moments = 0;
    for _ in 0..EFFECTS {
        if story.happens().is_err() {
            story.dies();
        }
        moments = story.world().dies.moments().max(moments);
    }
    story.world().dies.live_until(0);
    (moments, story.ends())
}

#[test]
fn at_whichever_moment_the_relay_dies_what_it_accepted_arrives_once_and_in_order() {
    let mut row = Row::of("X02");
    let (seeds, first) = (row.times(2, 100), row.seed());
    let (mut deaths, mut accepted) = (0, 0);
    for seed in first..first + seeds {
        let (moments, nobody_died) = story(seed, 0);
        assert!(nobody_died.accepted > 5 && moments > EFFECTS as u64);
        for moment in 1..=moments {
            accepted += story(seed, moment).1.accepted;
        }
        deaths += moments;
    }
    row.tried(deaths);
    row.figure(format!(
        "every moment of {seeds} stories: {deaths} deaths, {accepted} letters accepted, 0 lost, doubled or out of order"
    ));
}
