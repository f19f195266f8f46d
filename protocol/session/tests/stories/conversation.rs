//! Stories of one session: order, loss, replay, forgery, caps, healing, confirmation, deniability. (SPEC §4)
//! Knows: both sides. Never knows: a relay.

use crate::common::{Met, Pair, TODAY, copy};
use partywall_ground::{Business, Day, Peer};
use partywall_row::Row;
use partywall_session::{
    Binding, Line, OpenError, PreambleId, SealError, Session, Speaker, StateError, safety_number,
    simulate_transcript,
};
use partywall_world::Dice;

fn say(session: &mut Session<Peer>, text: &str, dice: &mut Dice) -> Vec<u8> {
    session.seal(text.as_bytes(), dice).unwrap()
}

fn reads(session: &mut Session<Peer>, envelope: &[u8]) -> String {
    let opened = session.open(envelope, TODAY).unwrap();
    String::from_utf8(opened.content.to_vec()).unwrap()
}

#[test]
fn what_one_says_the_other_reads_through_many_turns() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(1).met().answered();
    for turn in 0..20 {
        for n in 0..=turn % 4 {
            let text = format!("alice {turn} {n}");
            assert_eq!(reads(&mut bob, &say(&mut alice, &text, &mut dice)), text);
        }
        for n in 0..=turn % 3 {
            let text = format!("bob {turn} {n}");
            assert_eq!(reads(&mut alice, &say(&mut bob, &text, &mut dice)), text);
        }
        alice = copy(&alice);
        bob = copy(&bob);
    }
}

#[test]
fn any_order_and_any_loss_opens_what_arrives_once_each() {
    for seed in 0..20 {
        let Met {
            mut dice,
            mut alice,
            mut bob,
            ..
        } = Pair::with_seed(seed).met().answered();
        let mut to_bob: Vec<(String, Vec<u8>)> = Vec::new();
        let mut to_alice: Vec<(String, Vec<u8>)> = Vec::new();
        let mut opened = 0;
        for step in 0..200 {
            match dice.below(6) {
                0 | 1 => to_bob.push((
                    format!("a{step}"),
                    say(&mut alice, &format!("a{step}"), &mut dice),
                )),
                2 | 3 => to_alice.push((
                    format!("b{step}"),
                    say(&mut bob, &format!("b{step}"), &mut dice),
                )),
                n => {
                    let (queue, session) = if n == 4 {
                        (&mut to_bob, &mut bob)
                    } else {
                        (&mut to_alice, &mut alice)
                    };
                    if queue.is_empty() {
                        continue;
                    }
                    let pick = usize::try_from(dice.below(queue.len() as u64)).unwrap();
                    let (text, envelope) = queue.swap_remove(pick);
                    if dice.below(10) == 0 {
                        continue; // lost
                    }
                    assert_eq!(reads(session, &envelope), text);
                    let before = session.to_bytes();
                    assert!(
                        matches!(session.open(&envelope, TODAY), Err(OpenError)),
                        "replay"
                    );
                    assert_eq!(session.to_bytes(), before);
                    opened += 1;
                }
            }
        }
        assert!(opened > 20, "the story moved");
    }
}

#[test]
fn every_first_flight_repeats_one_preamble_and_any_of_them_may_come_first() {
    let mut pair = Pair::with_seed(3);
    let flights: Vec<_> = (0..4)
        .map(|n| say(&mut pair.alice, &format!("{n}"), &mut pair.dice))
        .collect();
    assert!(
        flights
            .iter()
            .all(|flight| flight[..1_216] == flights[0][..1_216])
    );
    let (mut bob, opened) = pair
        .maker
        .unlock(&flights[2])
        .unwrap()
        .begin(TODAY)
        .unwrap();
    assert_eq!(opened.content.as_slice(), b"2");
    // The one-time bundle's secrets are gone by now: the preamble alone leads to the session.
    for n in [0, 3, 1] {
        assert!(PreambleId::<Peer>::of(&flights[n]) == PreambleId::of(&flights[2]));
        assert_eq!(reads(&mut bob, &flights[n]), format!("{n}"));
    }
    assert!(bob.open(&flights[1], TODAY).is_err(), "replay");
    assert!(!pair.alice.answered());
    let answer = say(&mut bob, "yes", &mut pair.dice);
    assert_eq!(reads(&mut pair.alice, &answer), "yes");
    let after = say(&mut pair.alice, "so", &mut pair.dice);
    assert_ne!(after[..1_216], flights[0][..1_216]);
    assert_eq!(reads(&mut bob, &after), "so");
}

#[test]
fn a_failed_open_leaves_the_state_byte_for_byte_as_it_was() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(4).met().answered();
    say(&mut alice, "lost", &mut dice);
    let good = say(&mut alice, "good", &mut dice);
    let before = bob.to_bytes();
    for at in (0..good.len())
        .step_by(7)
        .chain([0, 23, 24, 2_352, 2_353, 4_079, 4_080, 4_095])
    {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        assert!(matches!(bob.open(&bad, TODAY), Err(OpenError)), "byte {at}");
        assert_eq!(bob.to_bytes(), before, "byte {at}");
    }
    for length in [0, 1, 24, 2_353, 4_095, 4_097, 16_384, 65_536, 70_000] {
        let mut cut = good.clone();
        cut.resize(length, 0);
        assert!(bob.open(&cut, TODAY).is_err(), "length {length}");
        assert_eq!(bob.to_bytes(), before);
    }
    assert_eq!(reads(&mut bob, &good), "good");
}

#[test]
fn a_broken_first_flight_makes_no_session() {
    let mut pair = Pair::with_seed(5);
    let good = say(&mut pair.alice, "hello", &mut pair.dice);
    for at in (0..good.len()).step_by(11) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        let begun = pair
            .maker
            .unlock(&bad)
            .and_then(|flight| flight.begin(TODAY));
        assert!(begun.is_err(), "byte {at}");
    }
    assert!(pair.maker.unlock(&good).unwrap().begin(TODAY).is_ok());
}

#[test]
fn an_envelope_sent_back_to_its_writer_does_not_open() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(6).met().answered();
    let envelope = say(&mut alice, "mine", &mut dice);
    assert!(alice.open(&envelope, TODAY).is_err());
    let envelope = say(&mut bob, "mine too", &mut dice);
    assert!(bob.open(&envelope, TODAY).is_err());
}

#[test]
fn three_sizes_and_the_lengths_that_the_spec_states() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(7).met().answered();
    for (length, size) in [
        (0, 4_096),
        (1_726, 4_096),
        (1_727, 16_384),
        (14_014, 16_384),
        (14_015, 65_536),
        (63_166, 65_536),
    ] {
        let content = vec![7; length];
        let envelope = alice.seal(&content, &mut dice).unwrap();
        assert_eq!(envelope.len(), size);
        assert_eq!(
            bob.open(&envelope, TODAY).unwrap().content.as_slice(),
            content
        );
    }
    let before = alice.to_bytes();
    let too_long = alice.seal(&vec![7; 63_167], &mut dice);
    assert_eq!(
        too_long,
        Err(SealError::TooLong {
            length: 63_167,
            limit: 63_166
        })
    );
    assert_eq!(alice.to_bytes(), before);
}

#[test]
fn a_sender_stops_at_twenty_thousand_and_goes_on_after_an_answer() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(8).met().answered();
    let mut last = Vec::new();
    for _ in 0..20_000 {
        last = say(&mut alice, "x", &mut dice);
    }
    let before = alice.to_bytes();
    assert_eq!(alice.seal(b"one more", &mut dice), Err(SealError::TurnDue));
    assert_eq!(alice.to_bytes(), before);
    let opened = bob.open(&last, TODAY).unwrap();
    assert_eq!(
        opened.forgotten,
        20_000 - 1 - 2_000,
        "only 2,000 keys are kept, and the loss is told"
    );
    let answer = say(&mut bob, "go on", &mut dice);
    assert_eq!(reads(&mut alice, &answer), "go on");
    assert_eq!(reads(&mut bob, &say(&mut alice, "on", &mut dice)), "on");
}

#[test]
fn keys_of_missing_messages_are_given_up_after_their_days() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(9).met().answered();
    let mut row = Row::of("B07");
    let late: Vec<_> = (0..200)
        .map(|n| say(&mut alice, &format!("late {n}"), &mut dice))
        .collect();
    assert_eq!(
        reads(&mut bob, &say(&mut alice, "on time", &mut dice)),
        "on time"
    );
    let mut patient = copy(&bob);
    assert_eq!(patient.expire(Day::new(TODAY.value() + 36), 37), 0);
    for (n, envelope) in late.iter().enumerate() {
        assert_eq!(reads(&mut patient, envelope), format!("late {n}"));
    }
    assert_eq!(bob.expire(Day::new(TODAY.value() + 37), 37), 200);
    // A thief who takes the state now has the code and all that it knows.
    let mut thief = copy(&bob);
    for envelope in &late {
        assert!(thief.open(envelope, TODAY).is_err());
        row.tried(1);
    }
    row.figure("200 withheld envelopes, 37 days: none opens; the day before, all did");
}

#[test]
fn a_complete_snapshot_opens_nothing_that_was_read_before() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        first,
        ..
    } = Pair::with_seed(10).met().answered();
    let mut recorded = Vec::new();
    for turn in 0..6 {
        for n in 0..3 {
            let envelope = say(&mut alice, &format!("{turn} {n}"), &mut dice);
            reads(&mut bob, &envelope);
            recorded.push(envelope);
        }
        let back = say(&mut bob, "back", &mut dice);
        reads(&mut alice, &back);
    }
    let withheld = say(&mut alice, "withheld", &mut dice);
    let newest = say(&mut alice, "newest", &mut dice);
    reads(&mut bob, &newest);
    let mut thief = copy(&bob);
    for envelope in &recorded {
        assert!(thief.open(envelope, TODAY).is_err());
    }
    assert!(thief.open(&first, TODAY).is_err());
    assert_eq!(
        reads(&mut thief, &withheld),
        "withheld",
        "the control: a key that is still kept does open"
    );
}

#[test]
fn a_thief_of_the_whole_state_is_locked_out_after_one_round_trip() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(11).met().answered();
    reads(&mut bob, &say(&mut alice, "so far", &mut dice));
    let (mut thief_a, mut thief_b) = (copy(&alice), copy(&bob));
    let back = say(&mut bob, "b", &mut dice);
    reads(&mut alice, &back);
    let forth = say(&mut alice, "a", &mut dice);
    reads(&mut bob, &forth);
    let back = say(&mut bob, "b again", &mut dice);
    reads(&mut alice, &back);
    for n in 0..100 {
        let forth = say(&mut alice, &format!("{n}"), &mut dice);
        assert!(thief_b.open(&forth, TODAY).is_err(), "thief of B");
        reads(&mut bob, &forth);
        let back = say(&mut bob, &format!("{n}"), &mut dice);
        assert!(thief_a.open(&back, TODAY).is_err(), "thief of A");
        reads(&mut alice, &back);
    }
}

#[test]
fn a_thief_of_the_prekey_can_begin_but_not_be_confirmed() {
    let mut story = Pair::with_seed(12);
    // The thief has the bundle's secrets and the link, and forges a first flight in Alice's name.
    let script = [Line::<Peer>::of(Speaker::Initiator, b"it is me, alice")];
    let forged = simulate_transcript(
        &story.alice_identity.public(),
        &story.maker.bundle,
        &story.maker.identity,
        &story.maker.link,
        Binding::NONE,
        &script,
        &mut story.dice,
    )
    .unwrap();
    let (mut bob, _) = story
        .maker
        .unlock(&forged.envelopes[0])
        .unwrap()
        .begin(TODAY)
        .unwrap();
    assert!(bob.peer() == story.alice_identity.public());
    assert!(
        !bob.confirmed(),
        "unconfirmed: a thief of the prekey can do this"
    );
    // Bob's answer mixes DH(his new key, IK_A): the thief has neither secret, cannot open it, and so cannot answer it.
    let mut thief = forged.initiator;
    let answer = say(&mut bob, "who is there?", &mut story.dice);
    assert!(thief.open(&answer, TODAY).is_err());
    let more = say(&mut thief, "trust me", &mut story.dice);
    assert_eq!(reads(&mut bob, &more), "trust me");
    assert!(!bob.confirmed());
    // The real Alice is confirmed by her first message on the chain that answers.
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(13).met();
    assert!(!bob.confirmed() && !alice.confirmed());
    let answer = say(&mut bob, "answer", &mut dice);
    reads(&mut alice, &answer);
    assert!(alice.confirmed());
    assert!(!bob.confirmed());
    reads(&mut bob, &say(&mut alice, "me", &mut dice));
    assert!(bob.confirmed());
}

#[test]
fn a_forged_transcript_is_accepted_like_a_real_one() {
    let mut pair = Pair::with_seed(14);
    let script = [
        Line::<Peer>::of(Speaker::Initiator, b"i owe you"),
        Line::<Peer>::of(Speaker::Responder, b"how much?"),
        Line::<Peer>::of(Speaker::Initiator, b"a hundred"),
        Line::<Peer>::of(Speaker::Initiator, b"no, two"),
        Line::<Peer>::of(Speaker::Responder, b"noted"),
        Line::<Peer>::of(Speaker::Initiator, b"good"),
    ];
    let forged = simulate_transcript(
        &pair.alice_identity.public(),
        &pair.maker.bundle,
        &pair.maker.identity,
        &pair.maker.link,
        Binding::NONE,
        &script,
        &mut pair.dice,
    )
    .unwrap();
    assert_eq!(forged.envelopes.len(), script.len());
    assert!(forged.responder.confirmed());
    // A judge who is handed B's secrets opens it exactly like a real one, in A's name.
    let (judge, opened) = pair
        .maker
        .unlock(&forged.envelopes[0])
        .unwrap()
        .begin(TODAY)
        .unwrap();
    assert_eq!(opened.content.as_slice(), b"i owe you");
    assert!(judge.peer() == pair.alice_identity.public());
    assert!(judge.handshake() == forged.responder.handshake());
}

#[test]
fn a_state_of_another_wing_version_or_length_is_refused() {
    let Met { bob, .. } = Pair::with_seed(15).met();
    let bytes = bob.to_bytes();
    assert!(Session::<Business>::from_bytes(&bytes).is_err());
    assert!(Session::<Peer>::from_bytes(&bytes).is_ok());
    for cut in (0..bytes.len()).step_by(13) {
        assert!(matches!(
            Session::<Peer>::from_bytes(&bytes[..cut]),
            Err(StateError)
        ));
    }
    assert!(Session::<Peer>::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    let mut version = bytes.to_vec();
    version[0] ^= 1;
    assert!(Session::<Peer>::from_bytes(&version).is_err());
}

#[test]
fn both_people_read_the_same_safety_number_and_a_man_in_the_middle_shows() {
    let story = Pair::with_seed(16).met();
    let mine = story.alice_identity.id();
    let theirs = story.alice.peer().id();
    let number = safety_number::<Peer>(&mine, &theirs);
    assert_eq!(
        number,
        safety_number::<Peer>(&story.maker.identity.id(), &story.bob.peer().id())
    );
    let other = Pair::with_seed(17).alice_identity.id();
    assert_ne!(number, safety_number::<Peer>(&mine, &other));
}

#[test]
fn gaps_of_at_most_64_chains_are_kept_and_the_oldest_go_first() {
    let Met {
        mut dice,
        mut alice,
        mut bob,
        ..
    } = Pair::with_seed(18).met().answered();
    let mut missing = Vec::new();
    let mut forgotten = 0;
    for turn in 0..70 {
        missing.push(say(&mut alice, &format!("missing {turn}"), &mut dice));
        let arrived = say(&mut alice, "arrived", &mut dice);
        forgotten += bob.open(&arrived, TODAY).unwrap().forgotten;
        let back = say(&mut bob, "back", &mut dice);
        reads(&mut alice, &back);
    }
    assert_eq!(forgotten, 6);
    for (turn, envelope) in missing.iter().enumerate() {
        assert_eq!(bob.open(envelope, TODAY).is_ok(), turn >= 6, "turn {turn}");
    }
}
