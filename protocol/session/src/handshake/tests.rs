//! What a handshake binds, seen from beneath: who holds some of its secrets gets no further than those.
//! Knows: every secret of both sides, so that a story can lose one. Never knows: a relay.

use partywall_ground::{Day, Peer, Seconds};
use partywall_row::Row;
use partywall_world::Dice;
use zeroize::Zeroizing;

use super::*;
use crate::bundle::{BundleKind, UnverifiedBundle};
use crate::first_flight::FirstFlight;
use crate::safety::safety_number;
use crate::secret::draw_link_secret;

const NOW: Seconds = Seconds::new(1_800_000_000);
const NOT_AFTER: Seconds = Seconds::new(1_800_000_000 + 86_400);
const TODAY: Day = Day::new(20_833);

/// B, with a link and a bundle for it.
struct Maker {
    identity: Identity<Peer>,
    link: LinkKeys<Peer>,
    bundle: BundleSecret<Peer>,
}

/// What the one who begins draws for one handshake alone.
struct Drawn {
    ephemeral: dh::SecretKey,
    ct: [u8; kem::CIPHERTEXT_LENGTH],
    kem: Key,
}

impl Maker {
    fn draw(dice: &mut Dice) -> Self {
        Self {
            identity: Identity::draw(dice),
            link: LinkKeys::of(&draw_link_secret(dice)),
            bundle: BundleSecret::draw(BundleKind::OneTime, NOT_AFTER, dice),
        }
    }

    fn shelf(&self) -> VerifiedBundle<Peer> {
        let drop = self.link.drop_id();
        let bundle = self.bundle.publish(&self.identity, &drop);
        UnverifiedBundle::from_bytes(*bundle.as_bytes())
            .verify(&self.identity.id(), &drop, NOW)
            .unwrap()
    }

    fn published(&self) -> Published<Peer> {
        let shelf = self.shelf();
        Published {
            drop: shelf.drop,
            owner: shelf.owner.id(),
            bundle: shelf.bytes,
        }
    }

    /// What whoever drew this has in common with B.
    fn shares(&self, drawn: &Drawn) -> FirstSecrets {
        let shelf = self.shelf();
        FirstSecrets {
            identity: drawn.ephemeral.agree(&shelf.owner.dh).unwrap(),
            prekey: drawn.ephemeral.agree(&shelf.prekey).unwrap(),
            kem: drawn.kem.clone(),
        }
    }

    fn opens(&self, envelope: &[u8]) -> Result<Session<Peer>, OpenError> {
        let (secret, identity, link) = (&self.bundle, &self.identity, &self.link);
        let flight = FirstFlight::unlock(envelope, secret, identity, link, Binding::NONE)?;
        Ok(flight.begin(TODAY)?.0)
    }
}

impl Drawn {
    fn towards(maker: &Maker, dice: &mut Dice) -> Self {
        let ephemeral = dh::SecretKey::draw(dice);
        let (ct, kem) = maker.shelf().ek.encapsulate(dice);
        Self { ephemeral, ct, kem }
    }
}

/// A first flight in the name of `claimed`, with `last` where `DH(a, P)` belongs.
fn flight(
    to: &Maker,
    claimed: &IdentityKeys<Peer>,
    drawn: &Drawn,
    last: &Key,
    dice: &mut Dice,
) -> Vec<u8> {
    let (shelf, ephemeral) = (to.shelf(), drawn.ephemeral.public());
    let h0 = to.published().h0(Binding::NONE, &ephemeral, &drawn.ct);
    let half = Half::<Peer>::new(h0, &to.shares(drawn), &to.link.psk);
    let c1 = half.seal_identity(claimed);
    let agreed = half.finish(&c1, claimed, last);
    let preamble = Preamble::join(&shelf.id, &ephemeral, &drawn.ct, &c1);
    let own = dh::SecretKey::draw(dice);
    let mut session = Session::initiator(agreed, shelf.owner, preamble, |agreed| {
        Ratchet::initiator(agreed, shelf.prekey, own)
    });
    session.seal(b"it is me, alice", dice).unwrap()
}

/// What can be put in the place of `DH(a, P)` by somebody with neither `a` nor `p`.
fn guesses(maker: &Maker, alice: &IdentityKeys<Peer>, drawn: &Drawn, dice: &mut Dice) -> [Key; 5] {
    let shelf = maker.shelf();
    [
        Zeroizing::new([0; 32]),
        maker.identity.dh.agree(&alice.dh).unwrap(),
        drawn.ephemeral.agree(&shelf.prekey).unwrap(),
        drawn.ephemeral.agree(&alice.dh).unwrap(),
        dh::SecretKey::draw(dice).agree(&shelf.prekey).unwrap(),
    ]
}

#[test]
fn a_thief_of_bs_identity_without_the_prekey_cannot_write_to_b_as_alice() {
    let mut row = Row::of("A10");
    let mut dice = Dice::seeded(row.seed());
    let (mut refused, mut accepted) = (0, 0);
    for _ in 0..row.times(15, 2_000) {
        let maker = Maker::draw(&mut dice);
        let alice = Identity::<Peer>::draw(&mut dice).public();
        let drawn = Drawn::towards(&maker, &mut dice);
        for guess in guesses(&maker, &alice, &drawn, &mut dice) {
            let forged = flight(&maker, &alice, &drawn, &guess, &mut dice);
            assert!(matches!(maker.opens(&forged), Err(OpenError)));
            refused += 1;
        }
        // The limit that is stated: who has the prekey's secret as well is believed, but not confirmed.
        let stolen = maker.bundle.dh.agree(&alice.dh).unwrap();
        let forged = flight(&maker, &alice, &drawn, &stolen, &mut dice);
        let session = maker.opens(&forged).unwrap();
        assert!(session.peer() == alice && !session.confirmed());
        accepted += 1;
    }
    row.tried(refused);
    row.figure(format!(
        "with B's identity key: 0 of {refused} forged first messages open; with the prekey too: \
         {accepted} of {accepted} open, and none is confirmed"
    ));
}

#[test]
fn a_leaked_ephemeral_key_does_not_speak_for_whoever_drew_it() {
    let mut row = Row::of("A25");
    let mut dice = Dice::seeded(row.seed());
    for _ in 0..row.times(15, 2_000) {
        let maker = Maker::draw(&mut dice);
        let alice = Identity::<Peer>::draw(&mut dice);
        let keys = alice.public();
        let leaked = Drawn::towards(&maker, &mut dice);
        let last = alice.dh.agree(&maker.shelf().prekey).unwrap();
        let real = flight(&maker, &keys, &leaked, &last, &mut dice);
        assert!(maker.opens(&real).unwrap().peer() == keys);
        for guess in guesses(&maker, &keys, &leaked, &mut dice) {
            let forged = flight(&maker, &keys, &leaked, &guess, &mut dice);
            assert!(maker.opens(&forged).is_err());
            row.tried(1);
        }
    }
}

#[test]
fn what_was_encapsulated_to_one_kem_key_is_nothing_under_another_of_equal_secret() {
    let mut row = Row::of("A05");
    let mut dice = Dice::seeded(row.seed());
    for _ in 0..row.times(30, 5_000) {
        let maker = Maker::draw(&mut dice);
        let alice = Identity::<Peer>::draw(&mut dice).public();
        let drawn = Drawn::towards(&maker, &mut dice);
        // The same bundle in everything but its KEM key.
        let mut bytes = maker.bundle.to_bytes();
        let seed = bytes.len() - kem::SEED_LENGTH;
        bytes[seed..].copy_from_slice(kem::SecretKey::draw(&mut dice).seed());
        let other = BundleSecret::<Peer>::from_bytes(&bytes).unwrap();
        let other = Published {
            bundle: other.publish(&maker.identity, &maker.link.drop_id()),
            ..maker.published()
        };
        let ephemeral = drawn.ephemeral.public();
        let (another_ct, _) = maker.shelf().ek.encapsulate(&mut dice);
        let half = |published: &Published<Peer>, ct: &[u8]| {
            // Somebody who could have both keys give one secret: all four inputs are the same.
            let h0 = published.h0(Binding::NONE, &ephemeral, ct);
            Half::<Peer>::new(h0, &maker.shares(&drawn), &maker.link.psk)
        };
        let c1 = half(&maker.published(), &drawn.ct).seal_identity(&alice);
        assert!(
            half(&maker.published(), &drawn.ct)
                .open_identity(&c1)
                .is_ok()
        );
        for swapped in [
            half(&other, &drawn.ct),
            half(&maker.published(), &another_ct),
            half(&other, &another_ct),
        ] {
            assert!(matches!(swapped.open_identity(&c1), Err(OpenError)));
            row.tried(1);
        }
    }
}

#[test]
fn whoever_borrows_one_of_alices_two_keys_is_not_alice() {
    let mut row = Row::of("A21");
    let mut dice = Dice::seeded(row.seed());
    for _ in 0..row.times(15, 2_000) {
        let maker = Maker::draw(&mut dice);
        let (alice, mallory) = (
            Identity::<Peer>::draw(&mut dice),
            Identity::<Peer>::draw(&mut dice),
        );
        let (real, own) = (alice.public(), mallory.public());
        let drawn = Drawn::towards(&maker, &mut dice);
        let borrowed = IdentityKeys::new(real.sign, own.dh);
        let last = mallory.dh.agree(&maker.shelf().prekey).unwrap();
        let session = maker.opens(&flight(&maker, &borrowed, &drawn, &last, &mut dice));
        let seen = session.unwrap().peer().id();
        assert!(seen != real.id(), "known by Alice's id");
        let bob = maker.identity.id();
        let number = safety_number::<Peer>(&bob, &seen);
        assert_ne!(number, safety_number::<Peer>(&bob, &real.id()));
        let halves = IdentityKeys::new(own.sign, real.dh);
        assert!(halves.id() != real.id() && halves.id() != own.id());
        // Her other key cannot even be borrowed: its secret enters the handshake.
        let forged = flight(&maker, &halves, &drawn, &last, &mut dice);
        assert!(maker.opens(&forged).is_err());
        row.tried(3);
    }
}
