//! Two people with a session, seeded: what the session's tests stand on.
//! Knows: both sides' secrets. Never knows: a relay; envelopes are handed over by hand.

use partywall_ground::{Day, LinkSecret, Peer, Seconds};
use partywall_session::{
    Binding, BundleKind, BundleSecret, FirstFlight, Identity, LinkKeys, Session, UnverifiedBundle,
    VerifiedBundle, draw_link_secret,
};
use partywall_world::Dice;

/// The tests' now, Unix seconds.
pub(crate) const NOW: Seconds = Seconds::new(1_800_000_000);
/// The tests' today.
pub(crate) const TODAY: Day = Day::new(20_833);
/// The bundle's end.
pub(crate) const NOT_AFTER: Seconds = Seconds::new(1_800_000_000 + 90 * 86_400);

/// B's side of a link.
pub(crate) struct Maker {
    pub(crate) identity: Identity<Peer>,
    pub(crate) secret: LinkSecret,
    pub(crate) link: LinkKeys<Peer>,
    pub(crate) bundle: BundleSecret<Peer>,
}

/// Everything drawn from one seed.
pub(crate) struct Pair {
    pub(crate) dice: Dice,
    pub(crate) maker: Maker,
    pub(crate) alice: Session<Peer>,
    pub(crate) alice_identity: Identity<Peer>,
}

impl Maker {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let secret = draw_link_secret(dice);
        Self {
            identity: Identity::draw(dice),
            link: LinkKeys::of(&secret),
            bundle: BundleSecret::draw(BundleKind::OneTime, NOT_AFTER, dice),
            secret,
        }
    }

    /// What A gets from the shelf, verified.
    pub(crate) fn verified(&self, dice: &mut Dice) -> VerifiedBundle<Peer> {
        let drop = self.link.drop_id();
        let sealed = self
            .bundle
            .publish(&self.identity, &drop)
            .seal(self.link.shelf_key(), dice);
        UnverifiedBundle::unseal(&sealed, self.link.shelf_key())
            .unwrap()
            .verify(&self.identity.id(), &drop, NOW)
            .unwrap()
    }

    /// Unlocks a first flight.
    pub(crate) fn unlock<'a>(
        &'a self,
        envelope: &'a [u8],
    ) -> Result<FirstFlight<'a, Peer>, partywall_session::OpenError> {
        FirstFlight::unlock(
            envelope,
            &self.bundle,
            &self.identity,
            &self.link,
            Binding::NONE,
        )
    }
}

impl Pair {
    /// A has initiated; B has not heard of it.
    pub(crate) fn with_seed(seed: u64) -> Self {
        println!("seed {seed}");
        let mut dice = Dice::seeded(seed);
        let maker = Maker::draw(&mut dice);
        let bundle = maker.verified(&mut dice);
        let alice_identity = Identity::draw(&mut dice);
        let alice = Session::initiate(
            &alice_identity,
            &bundle,
            &LinkKeys::of(&maker.secret),
            Binding::NONE,
            &mut dice,
        )
        .unwrap();
        Self {
            dice,
            maker,
            alice,
            alice_identity,
        }
    }

    /// A's first envelope and the session that B made of it.
    pub(crate) fn met(mut self) -> Met {
        let first = self.alice.seal(b"first", &mut self.dice).unwrap();
        let (bob, opened) = self.maker.unlock(&first).unwrap().begin(TODAY).unwrap();
        assert_eq!(opened.content.as_slice(), b"first");
        Met {
            dice: self.dice,
            maker: self.maker,
            alice: self.alice,
            bob,
            first,
            alice_identity: self.alice_identity,
        }
    }
}

/// Both sides have a session.
pub(crate) struct Met {
    pub(crate) dice: Dice,
    pub(crate) maker: Maker,
    pub(crate) alice: Session<Peer>,
    pub(crate) bob: Session<Peer>,
    pub(crate) first: Vec<u8>,
    pub(crate) alice_identity: Identity<Peer>,
}

impl Met {
    /// B answers and A opens it: the handshake is over on both sides.
    pub(crate) fn answered(mut self) -> Self {
        let answer = self.bob.seal(b"answer", &mut self.dice).unwrap();
        assert_eq!(
            self.alice.open(&answer, TODAY).unwrap().content.as_slice(),
            b"answer"
        );
        self
    }
}

/// A copy, by way of its stored bytes.
pub(crate) fn copy(session: &Session<Peer>) -> Session<Peer> {
    Session::from_bytes(&session.to_bytes()).unwrap()
}
