//! The forged transcript: what Bob made up alone is accepted like a real one, and no judge who has all that Bob has
//! tells them apart. (SPEC §4.6)
//! Knows: everything that Bob knows. Never knows: a secret of Alice.

use partywall_ground::{Label, Peer};
use partywall_proof::{PublicKey, Signature, SigningKey};
use partywall_row::Row;
use partywall_session::{Binding, Line, Session, Speaker, simulate_transcript};
use partywall_world::Dice;

use crate::people::{Maker, PREAMBLE, TODAY, initiate, seal};

/// Who says what: true for Alice.
const SCRIPT: [(bool, &[u8]); 6] = [
    (true, b"i owe you"),
    (true, b"money"),
    (false, b"how much?"),
    (true, b"a hundred"),
    (true, b"no, two"),
    (false, b"noted"),
];

/// All that Bob can show a judge.
struct Shown {
    maker: Maker,
    envelopes: Vec<Vec<u8>>,
    session: Session<Peer>,
}

/// All that a judge can find in it.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    accepted: bool,
    texts: Vec<Vec<u8>>,
    names_alice: bool,
    confirmed: bool,
    lengths: Vec<usize>,
    preambles: Vec<bool>,
    state: usize,
}

/// The verifier: opens with Bob's secrets what a stranger could, and looks at the rest.
fn judged(shown: &Shown, alice: &partywall_session::IdentityKeys<Peer>) -> Verdict {
    let first = &shown.envelopes[0];
    let mut texts = Vec::new();
    let mut accepted = false;
    if let Ok((mut session, opened)) = shown.maker.begin(first) {
        accepted = session.handshake() == shown.session.handshake();
        texts.push(opened.content.to_vec());
        for envelope in &shown.envelopes[1..] {
            if let Ok(opened) = session.open(envelope, TODAY) {
                texts.push(opened.content.to_vec());
            }
        }
    }
    let has_preamble = |envelope: &Vec<u8>| envelope[..PREAMBLE] == first[..PREAMBLE];
    Verdict {
        accepted,
        texts,
        names_alice: shown.session.peer() == *alice,
        confirmed: shown.session.confirmed(),
        lengths: shown.envelopes.iter().map(Vec::len).collect(),
        preambles: shown.envelopes.iter().map(has_preamble).collect(),
        state: shown.session.to_bytes().len(),
    }
}

fn real(alice: &partywall_session::Identity<Peer>, dice: &mut Dice) -> Shown {
    let maker = Maker::draw(dice);
    let shelved = maker.shelved(dice);
    let (owner, secret) = (maker.identity.id(), *maker.secret.as_bytes());
    let mut initiator = initiate(alice, &owner, &secret, &shelved, dice);
    let mut responder: Option<Session<Peer>> = None;
    let mut envelopes = Vec::new();
    for (by_alice, text) in SCRIPT {
        let envelope = match (&mut responder, by_alice) {
            (None, _) => {
                let envelope = seal(&mut initiator, text, dice);
                responder = Some(maker.begin(&envelope).expect("a first flight opens").0);
                envelope
            }
            (Some(bob), true) => {
                let envelope = seal(&mut initiator, text, dice);
                bob.open(&envelope, TODAY)
                    .expect("an honest envelope opens");
                envelope
            }
            (Some(bob), false) => {
                let envelope = seal(bob, text, dice);
                initiator
                    .open(&envelope, TODAY)
                    .expect("an honest envelope opens");
                envelope
            }
        };
        envelopes.push(envelope);
    }
    Shown {
        maker,
        envelopes,
        session: responder.expect("Alice began"),
    }
}

fn forged(alice: &partywall_session::IdentityKeys<Peer>, dice: &mut Dice) -> Shown {
    let maker = Maker::draw(dice);
    let script = SCRIPT.map(|(by_alice, text)| {
        let speaker = match by_alice {
            true => Speaker::Initiator,
            false => Speaker::Responder,
        };
        Line::<Peer>::of(speaker, text)
    });
    let Maker {
        identity,
        link,
        bundle,
        ..
    } = &maker;
    let made = simulate_transcript(alice, bundle, identity, link, Binding::NONE, &script, dice)
        .expect("the script begins with Alice");
    Shown {
        envelopes: made.envelopes,
        session: made.responder,
        maker,
    }
}

/// How well one number tells two crowds apart: 0.5 is not at all.
fn auc(real: &[f64], forged: &[f64]) -> f64 {
    let mut wins = 0.0;
    for one in real {
        for other in forged {
            wins += match one.partial_cmp(other) {
                Some(core::cmp::Ordering::Greater) => 1.0,
                Some(core::cmp::Ordering::Equal) => 0.5,
                _ => 0.0,
            };
        }
    }
    wins / (real.len() * forged.len()) as f64
}

/// Numbers that a judge may look at: sums over each field of the first flight, over each envelope and over the state.
fn features(shown: &Shown) -> Vec<f64> {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| f64::from(*byte)).sum::<f64>();
    let first = &shown.envelopes[0];
    let fields = [16, 47, 48, 1_136, 1_200, 1_216, 1_240, 3_569, 4_080, 4_096];
    let mut all: Vec<f64> = fields
        .windows(2)
        .map(|at| sum(&first[at[0]..at[1]]))
        .collect();
    all.extend(shown.envelopes.iter().map(|envelope| sum(envelope)));
    all.push(sum(&shown.session.to_bytes()));
    all
}

#[test]
fn a_judge_with_all_that_bob_has_cannot_tell_a_forged_transcript_from_a_real_one() {
    let mut row = Row::of("G05");
    let mut dice = Dice::seeded(row.seed());
    let alice = partywall_session::Identity::<Peer>::draw(&mut dice);
    let count = row.times(150, 5_000);
    let (mut real_ones, mut forged_ones) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (one, other) = (real(&alice, &mut dice), forged(&alice.public(), &mut dice));
        let verdict = judged(&one, &alice.public());
        assert!(verdict.accepted && verdict.names_alice && verdict.confirmed);
        assert_eq!(verdict.texts, [&b"i owe you"[..], b"money"]);
        assert_eq!(verdict, judged(&other, &alice.public()));
        real_ones.push(features(&one));
        forged_ones.push(features(&other));
        row.tried(1);
    }
    let mut worst: f64 = 0.5;
    for feature in 0..real_ones[0].len() {
        let of = |all: &[Vec<f64>]| all.iter().map(|one| one[feature]).collect::<Vec<_>>();
        let auc = auc(&of(&real_ones), &of(&forged_ones));
        if (auc - 0.5).abs() > (worst - 0.5).abs() {
            worst = auc;
        }
    }
    // Five times the spread that chance alone gives, over some twenty numbers.
    let spread = (1.0 / (6.0 * count as f64)).sqrt();
    assert!((worst - 0.5).abs() < 5.0 * spread, "told apart: {worst:.3}");
    row.figure(format!(
        "{count} forged transcripts beside {count} real ones: all accepted, best of {} features AUC {worst:.3}",
        real_ones[0].len()
    ));
}

/// What a signature of Alice's over contents or handshake could be over: what stands before it, behind it, around it,
/// under any label that she has.
const LABELS: [Label; 5] = [
    Label::of::<Peer>("bundle"),
    Label::of::<Peer>("h0"),
    Label::of::<Peer>("h1"),
    Label::of::<Peer>("header"),
    Label::of::<Peer>("body"),
];

/// Where a signature under this key stands in these bytes, if one does.
fn signature_in(bytes: &[u8], key: &PublicKey) -> Option<usize> {
    (0..=bytes.len() - 64).find(|at| {
        let (before, rest) = bytes.split_at(*at);
        let (signature, after) = rest.split_first_chunk::<64>().expect("64 bytes are left");
        let signature = Signature::from_bytes(*signature);
        LABELS.iter().any(|label| {
            let over: [&[&[u8]]; 3] = [&[before], &[after], &[before, after]];
            let holds = |parts: &&[&[u8]]| key.verify(*label, parts, &signature).is_ok();
            over.iter().any(holds)
        })
    })
}

#[test]
fn nothing_on_the_wire_is_a_signature_of_alices() {
    let mut row = Row::of("G05");
    let mut dice = Dice::seeded(row.seed());
    let alice = partywall_session::Identity::<Peer>::draw(&mut dice);
    let shown = real(&alice, &mut dice);
    let key = alice.public().sign;
    for envelope in [&shown.envelopes[0], &shown.envelopes[3]] {
        assert_eq!(signature_in(envelope, &key), None);
        row.tried(envelope.len() as u64 - 63);
    }
    // The control: one that stands there is found.
    let mut signed = shown.envelopes[3].clone();
    let signer = SigningKey::from_seed(&[7; 32]);
    let signature = signer.sign(LABELS[4], &[&signed[..1_000]]);
    signed[1_000..1_064].copy_from_slice(signature.as_bytes());
    assert_eq!(signature_in(&signed, &signer.public()), Some(1_000));
}
