//! Stories of bundles on the way from their maker: whoever carries one can change nothing about it. (SPEC §4.1, S-1)
//! Knows: both sides, and what lies on a shelf. Never knows: a relay.

use partywall_ground::{Business, DropId, Label, Peer, Seconds};
use partywall_proof::SigningKey;
use partywall_row::Row;
use partywall_session::{
    BUNDLE_LENGTH, Binding, BundleError, BundleKind, BundleSecret, Identity, LinkKeys, Session,
    UnverifiedBundle, VerifiedBundle,
};
use partywall_world::Dice;

use crate::common::{Maker, NOT_AFTER, NOW, TODAY};

type Bytes = [u8; BUNDLE_LENGTH];

const SIGNED: usize = BUNDLE_LENGTH - 64;
/// Where P, ek and the two identity keys stand in a bundle. (SPEC §4.1)
const P: usize = 17;
const EK: usize = P + 32;
const ED: usize = EK + 1_184 + 8;
const IK: usize = ED + 32;

fn bundle(maker: &Maker) -> Bytes {
    let drop = maker.link.drop_id();
    *maker.bundle.publish(&maker.identity, &drop).as_bytes()
}

fn verify(bytes: Bytes, maker: &Maker) -> Result<VerifiedBundle<Peer>, BundleError> {
    verify_at(bytes, maker, NOW)
}

fn verify_at(
    bytes: Bytes,
    maker: &Maker,
    now: Seconds,
) -> Result<VerifiedBundle<Peer>, BundleError> {
    let drop = maker.link.drop_id();
    UnverifiedBundle::from_bytes(bytes).verify(&maker.identity.id(), &drop, now)
}

/// The fields as they are, under another signature.
fn signed_again(bytes: &Bytes, by: &SigningKey, label: Label, parts: &[&[u8]]) -> Bytes {
    let mut again = *bytes;
    again[SIGNED..].copy_from_slice(by.sign(label, parts).as_bytes());
    again
}

fn swapped(bytes: &Bytes, one: usize, other: usize, length: usize) -> Bytes {
    let mut swapped = *bytes;
    swapped[one..one + length].copy_from_slice(&bytes[other..other + length]);
    swapped[other..other + length].copy_from_slice(&bytes[one..one + length]);
    swapped
}

#[test]
fn a_bundle_of_either_kind_with_any_one_bit_changed_is_refused() {
    let mut row = Row::of("A03");
    let mut dice = Dice::seeded(row.seed());
    let mut maker = Maker::draw(&mut dice);
    for kind in [BundleKind::OneTime, BundleKind::LastResort] {
        maker.bundle = BundleSecret::draw(kind, NOT_AFTER, &mut dice);
        let good = bundle(&maker);
        assert!(verify(good, &maker).is_ok());
        // The second kind in steps that still meet every field, unless there is time.
        let step = match kind {
            BundleKind::OneTime => 1,
            BundleKind::LastResort => row.times(7, 1),
        };
        for bit in (0..BUNDLE_LENGTH * 8).step_by(usize::try_from(step).unwrap()) {
            let mut flipped = good;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(flipped, &maker).is_err(), "{kind:?}, bit {bit}");
            row.tried(1);
        }
        let mut unsigned = good;
        unsigned[SIGNED..].fill(0);
        assert!(verify(unsigned, &maker).is_err());
        row.tried(1);
    }
    row.figure("every bit of a bundle's 1,369 bytes: 100 % refused");
}

#[test]
fn a_signature_made_for_anything_else_is_none_on_a_bundle() {
    let mut row = Row::of("A04");
    let maker = Maker::draw(&mut Dice::seeded(row.seed()));
    let seed = maker.identity.to_bytes();
    let key = SigningKey::from_seed(seed[..32].try_into().unwrap());
    let (good, drop) = (bundle(&maker), maker.link.drop_id());
    let (suite, fields) = ([0, 1], &good[..SIGNED]);
    let parts: [&[u8]; 3] = [&suite, drop.as_bytes(), fields];
    let right = Label::of::<Peer>("bundle");
    assert!(verify(signed_again(&good, &key, right, &parts), &maker).is_ok());
    let mut refuse = |bytes: Bytes, what: &str| {
        assert!(verify(bytes, &maker).is_err(), "{what}");
        row.tried(1);
    };

    // Made for another purpose, or for the other wing.
    let purposes = [
        "identity",
        "shelf",
        "h0",
        "h1",
        "seal",
        "root",
        "create",
        "attach",
        "vouch",
        "link",
        "login",
        "certificate",
        "revocation",
        "template",
        "table",
        "consent",
        "erasure",
        "device",
    ];
    let others = purposes.iter().flat_map(|name| {
        [
            Label::of::<Peer>(name),
            Label::of::<Business>(name),
            Label::ground(name),
        ]
    });
    let twins = [Label::of::<Business>("bundle"), Label::ground("bundle")];
    for label in others.chain(twins) {
        refuse(signed_again(&good, &key, label, &parts), label.as_str());
    }

    // Made for this purpose over the same bytes, cut elsewhere.
    let (head, all) = (
        [&suite[..], drop.as_bytes()].concat(),
        [&suite[..], drop.as_bytes(), fields].concat(),
    );
    let tail = [drop.as_bytes(), fields].concat();
    let cuts: [&[&[u8]]; 4] = [&[&head, fields], &[&suite, &tail], &[&all], &[fields]];
    for parts in cuts {
        refuse(signed_again(&good, &key, right, parts), "another cut");
    }

    // A key of one type in the place of another's, under the signature that there is.
    for (one, other, what) in [
        (P, EK, "P and ek"),
        (P, IK, "P and IK"),
        (P, ED, "P and Ed"),
        (EK, IK, "ek and IK"),
        (EK, ED, "ek and Ed"),
        (ED, IK, "Ed and IK"),
    ] {
        refuse(swapped(&good, one, other, 32), what);
    }
    let mut other_kind = good;
    other_kind[16] ^= 3;
    refuse(other_kind, "one-time and last-resort");
}

#[test]
fn a_bundle_without_its_kem_key_or_of_another_suite_is_refused() {
    let mut row = Row::of("A16");
    let maker = Maker::draw(&mut Dice::seeded(row.seed()));
    let seed = maker.identity.to_bytes();
    let key = SigningKey::from_seed(seed[..32].try_into().unwrap());
    let (good, drop) = (bundle(&maker), maker.link.drop_id());
    let right = Label::of::<Peer>("bundle");
    for suite in (0..=u16::MAX).filter(|suite| *suite != 1).step_by(997) {
        let parts: [&[u8]; 3] = [&suite.to_be_bytes(), drop.as_bytes(), &good[..SIGNED]];
        let other = signed_again(&good, &key, right, &parts);
        assert!(matches!(
            verify(other, &maker),
            Err(BundleError::BadSignature)
        ));
        row.tried(1);
    }
    let mut stripped = good;
    stripped[EK..EK + 1_184].fill(0);
    assert!(verify(stripped, &maker).is_err());
    let without = [&good[..EK], &good[EK + 1_184..]].concat();
    assert!(UnverifiedBundle::<Peer>::unseal(&without, maker.link.shelf_key()).is_err());
    row.tried(2);
}

#[test]
fn a_bundle_is_good_until_its_date_and_not_a_second_longer() {
    let mut row = Row::of("A08");
    let maker = Maker::draw(&mut Dice::seeded(row.seed()));
    let (good, end) = (bundle(&maker), NOT_AFTER.value());
    let at = |now: u64| verify_at(good, &maker, Seconds::new(now)).map(|_| ());
    assert_eq!(at(end - 1), Ok(()));
    let later = (0..=40).map(|power| end + (1 << power) - 1);
    for now in later.chain([u64::MAX - 1, u64::MAX]) {
        assert_eq!(at(now), Err(BundleError::Expired), "{}", now - end);
        row.tried(1);
    }
    let farthest = end - 400 * 86_400;
    assert_eq!(at(farthest), Ok(()));
    for now in [farthest - 1, farthest - 86_400, 1, 0] {
        assert_eq!(at(now), Err(BundleError::TooFarAhead), "{now}");
        row.tried(1);
    }
}

/// Carol makes a link of her own that names Bob, and puts on its shelf what Bob published for his.
#[test]
fn a_bundle_is_for_one_link_and_nobody_can_lend_it_to_another() {
    let mut row = Row::of("A09");
    let mut dice = Dice::seeded(row.seed());
    for _ in 0..row.times(200, 5_000) {
        let (bob, carol) = (Maker::draw(&mut dice), Maker::draw(&mut dice));
        let of_bob = bob
            .bundle
            .publish(&bob.identity, &bob.link.drop_id())
            .seal(carol.link.shelf_key(), &mut dice);
        let drop: DropId = carol.link.drop_id();
        let lent = UnverifiedBundle::unseal(&of_bob, carol.link.shelf_key())
            .unwrap()
            .verify(&bob.identity.id(), &drop, NOW);
        assert!(matches!(lent, Err(BundleError::BadSignature)));
        row.tried(1);
    }
}

#[test]
fn what_alice_wrote_to_bob_opens_for_nobody_else_and_both_know_whom_they_talk_to() {
    let mut row = Row::of("A09");
    let mut dice = Dice::seeded(row.seed());
    for _ in 0..row.times(30, 1_000) {
        let (bob, carol) = (Maker::draw(&mut dice), Maker::draw(&mut dice));
        let alice = Identity::<Peer>::draw(&mut dice);
        let shelf = bob.verified(&mut dice);
        let link = LinkKeys::of(&bob.secret);
        let begun = Session::initiate(&alice, &shelf, &link, Binding::NONE, &mut dice);
        let mut session = begun.unwrap();
        let envelope = session.seal(b"to bob", &mut dice).unwrap();
        // Delivered to Carol as it is, and as if it were towards her bundle.
        let mut renamed = envelope.clone();
        renamed[..16].copy_from_slice(carol.bundle.id().as_bytes());
        assert!(carol.unlock(&envelope).is_err());
        assert!(carol.unlock(&renamed).is_err());
        // And to Bob as if it had come by another link or bundle of his.
        let other = Maker {
            identity: Identity::from_bytes(&*bob.identity.to_bytes()).unwrap(),
            ..Maker::draw(&mut dice)
        };
        renamed[..16].copy_from_slice(other.bundle.id().as_bytes());
        assert!(other.unlock(&renamed).is_err());
        row.tried(3);
        let (answering, _) = bob.unlock(&envelope).unwrap().begin(TODAY).unwrap();
        assert!(answering.peer() == alice.public());
        assert!(session.peer() == bob.identity.public());
    }
}
