//! What an envelope costs whoever seals and whoever opens it: a 256-byte text, padded to 4 KiB, two AEADs.
//! `cargo bench -p partywall-session --bench session`, or `-- seal` and the like for one line of it (and a profiler).
//! Knows: two sessions, their keys. Never knows: a store, a socket.

use partywall_ground::{Day, Peer, Seconds};
use partywall_session::{
    Binding, BundleKind, BundleSecret, FirstFlight, Identity, LinkKeys, Session, UnverifiedBundle,
    VerifiedBundle, draw_link_secret,
};
use partywall_world::{Clock, Dice, SystemClock};
use std::hint::black_box;
use std::time::Duration;

const NOW: Seconds = Seconds::new(1_800_000_000);
const NOT_AFTER: Seconds = Seconds::new(1_800_000_000 + 90 * 86_400);
const TODAY: Day = Day::new(20_833);
const TEXT: [u8; 256] = [b'x'; 256];
/// Rounds of which the middle one is shown.
const ROUNDS: usize = 61;

type Measure = fn(&mut Pair, u32) -> Duration;

const MEASURES: [(&str, u32, Measure); 6] = [
    ("seal", 64, Pair::seal),
    ("open", 64, Pair::open),
    ("turn", 16, Pair::turn),
    ("initiate", 16, Pair::initiate),
    ("reach", 16, Pair::reach),
    ("respond", 16, Pair::respond),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| *word == name);
    let mut pair = Pair::meet();
    let mut seen = vec![Vec::new(); MEASURES.len()];
    for _ in 0..ROUNDS {
        for ((name, times, measure), seen) in MEASURES.iter().zip(&mut seen) {
            if wanted(name) {
                let took = measure(&mut pair, *times);
                seen.push(took.as_secs_f64() * 1e6 / f64::from(*times));
            }
        }
    }
    for ((name, ..), seen) in MEASURES.iter().zip(&mut seen) {
        seen.sort_by(f64::total_cmp);
        if let (Some(least), Some(middle)) = (seen.first(), seen.get(seen.len() / 2)) {
            println!("{name} (µs): {middle:.2}, at best {least:.2}");
        }
    }
}

/// Two sides with a session between them, the shelf of one, and the link that leads to it.
struct Pair {
    clock: SystemClock,
    dice: Dice,
    maker: Identity<Peer>,
    guest: Identity<Peer>,
    link: LinkKeys<Peer>,
    secret: BundleSecret<Peer>,
    shelf: Vec<u8>,
    bundle: VerifiedBundle<Peer>,
    alice: Session<Peer>,
    bob: Session<Peer>,
}

impl Pair {
    fn meet() -> Self {
        let mut dice = Dice::seeded(7);
        let maker = Identity::draw(&mut dice);
        let guest = Identity::draw(&mut dice);
        let link = LinkKeys::of(&draw_link_secret(&mut dice));
        let secret = BundleSecret::draw(BundleKind::OneTime, NOT_AFTER, &mut dice);
        let published = secret.publish(&maker, &link.drop_id());
        let shelf = published.seal(link.shelf_key(), &mut dice).to_vec();
        let bundle = unsealed(&shelf, &link, &maker);
        let mut alice = Session::initiate(&guest, &bundle, &link, Binding::NONE, &mut dice)
            .expect("the bundle's keys are good");
        let first = sealed_by(&mut alice, &mut dice);
        let (bob, _) = FirstFlight::unlock(&first, &secret, &maker, &link, Binding::NONE)
            .and_then(|flight| flight.begin(TODAY))
            .expect("the first flight opens");
        let clock = SystemClock::new();
        let mut pair = Self {
            clock,
            dice,
            maker,
            guest,
            link,
            secret,
            shelf,
            bundle,
            alice: bob,
            bob: alice,
        };
        // B answers: from here on both sides turn in full.
        pair.turn(3);
        pair
    }

    /// Copies of both sides, to be thrown away, that are in the middle of a chain: nothing is due, nothing is missing.
    fn chain(&mut self) -> (Session<Peer>, Session<Peer>) {
        let (mut writer, mut reader) = (copy_of(&self.alice), copy_of(&self.bob));
        opened_by(&mut reader, &sealed_by(&mut writer, &mut self.dice));
        (writer, reader)
    }

    fn seal(&mut self, times: u32) -> Duration {
        let (mut writer, _) = self.chain();
        let begun = self.clock.monotonic();
        for _ in 0..times {
            drop(black_box(sealed_by(&mut writer, &mut self.dice)));
        }
        self.clock.monotonic().since(begun)
    }

    fn open(&mut self, times: u32) -> Duration {
        let (mut writer, mut reader) = self.chain();
        let sealed = || sealed_by(&mut writer, &mut self.dice);
        let envelopes: Vec<Vec<u8>> = std::iter::repeat_with(sealed)
            .take(times as usize)
            .collect();
        let begun = self.clock.monotonic();
        for envelope in &envelopes {
            opened_by(&mut reader, envelope);
        }
        self.clock.monotonic().since(begun)
    }

    /// A seals and B opens on new keys, a KEM included; the next time it is B's turn.
    fn turn(&mut self, times: u32) -> Duration {
        let begun = self.clock.monotonic();
        for _ in 0..times {
            let there = sealed_by(&mut self.alice, &mut self.dice);
            opened_by(&mut self.bob, &there);
            std::mem::swap(&mut self.alice, &mut self.bob);
        }
        self.clock.monotonic().since(begun)
    }

    /// From a verified bundle to a session.
    fn initiate(&mut self, times: u32) -> Duration {
        let begun = self.clock.monotonic();
        for _ in 0..times {
            drop(black_box(self.begun()));
        }
        self.clock.monotonic().since(begun)
    }

    /// From what lies on a shelf to the first envelope that leaves.
    fn reach(&mut self, times: u32) -> Duration {
        let begun = self.clock.monotonic();
        for _ in 0..times {
            self.bundle = unsealed(&self.shelf, &self.link, &self.maker);
            let mut session = self.begun();
            drop(black_box(sealed_by(&mut session, &mut self.dice)));
        }
        self.clock.monotonic().since(begun)
    }

    /// From the first envelope to a session and what the envelope says.
    fn respond(&mut self, times: u32) -> Duration {
        let mut session = self.begun();
        let first = sealed_by(&mut session, &mut self.dice);
        let begun = self.clock.monotonic();
        for _ in 0..times {
            let flight =
                FirstFlight::unlock(&first, &self.secret, &self.maker, &self.link, Binding::NONE);
            drop(black_box(flight.and_then(|flight| flight.begin(TODAY))));
        }
        self.clock.monotonic().since(begun)
    }

    fn begun(&mut self) -> Session<Peer> {
        let (link, dice) = (&self.link, &mut self.dice);
        Session::initiate(&self.guest, &self.bundle, link, Binding::NONE, dice)
            .expect("the bundle's keys are good")
    }
}

fn unsealed(shelf: &[u8], link: &LinkKeys<Peer>, maker: &Identity<Peer>) -> VerifiedBundle<Peer> {
    UnverifiedBundle::unseal(shelf, link.shelf_key())
        .and_then(|bundle| bundle.verify(&maker.id(), &link.drop_id(), NOW))
        .expect("it was sealed a moment ago")
}

fn copy_of(session: &Session<Peer>) -> Session<Peer> {
    Session::from_bytes(&session.to_bytes()).expect("they were written a moment ago")
}

fn sealed_by(session: &mut Session<Peer>, dice: &mut Dice) -> Vec<u8> {
    session.seal(&TEXT, dice).expect("it is short enough")
}

fn opened_by(session: &mut Session<Peer>, envelope: &[u8]) {
    let opened = session.open(envelope, TODAY);
    drop(black_box(opened.expect("it was sealed for us")));
}
