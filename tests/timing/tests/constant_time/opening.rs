//! Opening an envelope: the time says nothing of how much of a forged tag was right, nor of what is sealed. (SPEC S-11)
//! Knows: honest envelopes and forgeries of them. Never knows: how one is opened.

use std::cell::RefCell;
use std::hint::black_box;

use dudect_bencher::{BenchRng, Class, CtRunner};
use partywall_ground::{Day, Peer, Seconds};
use partywall_row::Row;
use partywall_session::{
    Binding, BundleKind, BundleSecret, FirstFlight, Identity, LinkKeys, Session, UnverifiedBundle,
    draw_link_secret,
};
use partywall_world::Dice;

use crate::measure::{LEAK, Measurement, least_measured, measured, was_asked_to_measure, words};

const TEST: &str = "opening::how_long_an_envelope_takes_to_open_does_not_say_how_it_is_forged";
const NOW: Seconds = Seconds::new(1_800_000_000);
const NOT_AFTER: Seconds = Seconds::new(1_800_000_000 + 90 * 86_400);
const TODAY: Day = Day::new(20_833);

/// `r` and the sealed header stand before the body. (SPEC §4.3)
const HEADER_END: usize = 24 + 2_329;
const TAG: usize = 16;

const HEADER_TAG: &str = "the first or the last byte of the header's tag";
const BODY_TAG: &str = "the first or the last byte of the body's tag";
const BODY: &str = "the first or the last byte of the body";
const LENGTH: &str = "a long or a short text in one size of envelope";
const HASTY: &str = "an opening that looks at the tag's first byte before all else";
const MEASUREMENTS: [Measurement; 5] = [
    (HEADER_TAG, |runner, _| {
        forge(runner, |_| [HEADER_END - TAG, HEADER_END - 1], opens);
    }),
    (BODY_TAG, |runner, _| {
        forge(runner, |end| [end - TAG, end - 1], opens);
    }),
    (BODY, |runner, _| {
        forge(runner, |end| [HEADER_END, end - TAG - 1], opens);
    }),
    (LENGTH, lengths),
    (HASTY, |runner, _| {
        forge(runner, |end| [end - TAG, end - 1], opens_hastily);
    }),
];

/// Alice, who has had an answer, and Bob, who goes on writing.
struct Street {
    alice: Session<Peer>,
    bob: Session<Peer>,
    dice: Dice,
}

impl Street {
    fn begins() -> Self {
        let mut dice = Dice::seeded(partywall_row::seed());
        let secret = draw_link_secret(&mut dice);
        let link = LinkKeys::of(&secret);
        let (identity, other) = (Identity::draw(&mut dice), Identity::draw(&mut dice));
        let bundle = BundleSecret::draw(BundleKind::OneTime, NOT_AFTER, &mut dice);
        let drop = link.drop_id();
        let shelved = bundle.publish(&identity, &drop);
        let sealed = shelved.seal(link.shelf_key(), &mut dice);
        let taken = UnverifiedBundle::unseal(&sealed, link.shelf_key())
            .and_then(|bundle| bundle.verify(&identity.id(), &drop, NOW))
            .expect("an honest shelf");
        let mut alice = Session::initiate(&other, &taken, &link, Binding::NONE, &mut dice)
            .expect("an honest bundle");
        let first = alice.seal(b"first", &mut dice).expect("it fits");
        let flight = FirstFlight::unlock(&first, &bundle, &identity, &link, Binding::NONE);
        let (mut bob, _) = flight
            .and_then(|flight| flight.begin(TODAY))
            .expect("an honest first flight");
        let answer = bob.seal(b"answer", &mut dice).expect("it fits");
        alice.open(&answer, TODAY).expect("an honest answer");
        Self { alice, bob, dice }
    }
}

fn samples() -> u64 {
    Row::of("S12").times(10_000, 1_000_000)
}

fn opens(alice: &mut Session<Peer>, envelope: &[u8], _honest: &[u8]) -> bool {
    alice.open(envelope, TODAY).is_ok()
}

fn opens_hastily(alice: &mut Session<Peer>, envelope: &[u8], honest: &[u8]) -> bool {
    let first = envelope.len() - TAG;
    envelope[first] == honest[first] && opens(alice, envelope, honest)
}

/// One honest envelope with one bit changed: at the first place, or at the second.
fn forge(
    runner: &mut CtRunner,
    places: fn(usize) -> [usize; 2],
    opens: fn(&mut Session<Peer>, &[u8], &[u8]) -> bool,
) {
    let mut street = Street::begins();
    let honest = street
        .bob
        .seal(b"hello", &mut street.dice)
        .expect("it fits");
    let [left, right] = places(honest.len());
    let alice = RefCell::new(street.alice);
    let (mut forgery, mut comes) = (honest.clone(), honest.clone());
    for _ in 0..samples() {
        forgery.copy_from_slice(&honest);
        let (class, at) = match street.dice.below(2) {
            0 => (Class::Left, left),
            _ => (Class::Right, right),
        };
        forgery[at] ^= 1 << street.dice.below(8);
        // As from a socket: nobody wrote to one place of it last, which the processor would still be doing.
        black_box(&mut comes).copy_from_slice(black_box(&forgery));
        runner.run_one(class, || {
            let mut alice = alice.borrow_mut();
            black_box(opens(&mut alice, black_box(&comes), &honest))
        });
    }
}

/// Two texts, one of a byte and one that fills its envelope, and the same forgery of both.
fn lengths(runner: &mut CtRunner, _: &mut BenchRng) {
    let mut street = Street::begins();
    let bob = street.bob.to_bytes();
    let mut says = |text: &[u8]| {
        let mut bob = Session::<Peer>::from_bytes(&bob).expect("what was stored");
        bob.seal(text, &mut street.dice).expect("it fits")
    };
    let texts = [says(b"!"), says(&[b'!'; 1_726])];
    let alice = RefCell::new(street.alice);
    let mut forgery = texts[0].clone();
    let last = forgery.len() - 1;
    for _ in 0..samples() {
        let (class, text) = match street.dice.below(2) {
            0 => (Class::Left, &texts[0]),
            _ => (Class::Right, &texts[1]),
        };
        forgery.copy_from_slice(text);
        forgery[last] ^= 1 << street.dice.below(8);
        runner.run_one(class, || {
            let mut alice = alice.borrow_mut();
            black_box(opens(&mut alice, black_box(&forgery), &[]))
        });
    }
}

#[test]
fn how_long_an_envelope_takes_to_open_does_not_say_how_it_is_forged() {
    if was_asked_to_measure(&MEASUREMENTS) {
        return;
    }
    let mut row = Row::of("S12");
    let hasty = measured(TEST, HASTY);
    assert!(hasty > LEAK, "the control: a leak is seen: {hasty}");
    for name in [HEADER_TAG, BODY_TAG, BODY, LENGTH] {
        let ours = least_measured(TEST, name);
        assert!(ours < LEAK, "{name}: t = {ours}");
        row.tried(samples());
        row.figure(format!("{name}: |t| {}", words(ours)));
    }
    row.figure(format!(
        "{} samples each; an opening that stops early: |t| {hasty:.0}",
        samples()
    ));
}
