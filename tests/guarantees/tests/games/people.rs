//! Two people with a session, seeded: what the games are played with.
//! Knows: both sides' secrets. Never knows: a relay; envelopes are handed over by hand.

use partywall_ground::{Day, LinkSecret, Peer, Seconds};
use partywall_session::{
    Binding, BundleKind, BundleSecret, FirstFlight, Identity, LinkKeys, OpenError, Opened, Session,
    UnverifiedBundle, draw_link_secret,
};
use partywall_world::Dice;

/// The games' now, Unix seconds.
pub(crate) const NOW: Seconds = Seconds::new(1_800_000_000);
/// The games' today.
pub(crate) const TODAY: Day = Day::new(20_833);
/// Bytes of a preamble before a first flight.
pub(crate) const PREAMBLE: usize = 1_216;
const NOT_AFTER: Seconds = Seconds::new(1_800_000_000 + 90 * 86_400);

/// B's side of a link.
pub(crate) struct Maker {
    pub(crate) identity: Identity<Peer>,
    pub(crate) secret: LinkSecret,
    pub(crate) link: LinkKeys<Peer>,
    pub(crate) bundle: BundleSecret<Peer>,
}

/// Both sides, seen from outside.
pub(crate) struct Pair {
    pub(crate) maker: Maker,
    pub(crate) alice: Session<Peer>,
    pub(crate) bob: Session<Peer>,
    /// The first flights, of which Bob has opened the first.
    pub(crate) first: Vec<Vec<u8>>,
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

    /// The bundle, as it lies on the shelf.
    pub(crate) fn shelved(&self, dice: &mut Dice) -> Vec<u8> {
        let published = self.bundle.publish(&self.identity, &self.link.drop_id());
        published.seal(self.link.shelf_key(), dice).to_vec()
    }

    /// Takes a first flight in.
    pub(crate) fn begin(&self, envelope: &[u8]) -> Result<(Session<Peer>, Opened), OpenError> {
        let Self {
            identity,
            link,
            bundle,
            ..
        } = self;
        FirstFlight::unlock(envelope, bundle, identity, link, Binding::NONE)?.begin(TODAY)
    }
}

/// Uses a link as it was published.
pub(crate) fn initiate(
    identity: &Identity<Peer>,
    owner: &partywall_ground::IdentityId,
    secret: &[u8; 32],
    shelved: &[u8],
    dice: &mut Dice,
) -> Session<Peer> {
    let link = LinkKeys::<Peer>::of(&LinkSecret::new(*secret));
    let bundle = UnverifiedBundle::unseal(shelved, link.shelf_key())
        .expect("it lay on this link's shelf")
        .verify(owner, &link.drop_id(), NOW)
        .expect("it is the owner's");
    Session::initiate(identity, &bundle, &link, Binding::NONE, dice).expect("its keys are good")
}

impl Pair {
    /// Bob has taken in the first of three first flights and has not answered.
    pub(crate) fn met(dice: &mut Dice) -> Self {
        let maker = Maker::draw(dice);
        let alice_identity = Identity::draw(dice);
        let shelved = maker.shelved(dice);
        let (owner, secret) = (maker.identity.id(), *maker.secret.as_bytes());
        let mut alice = initiate(&alice_identity, &owner, &secret, &shelved, dice);
        let first: Vec<_> = (0..3)
            .map(|n| seal(&mut alice, format!("first {n}").as_bytes(), dice))
            .collect();
        let (bob, _) = maker.begin(&first[0]).expect("a first flight opens");
        Self {
            maker,
            alice,
            bob,
            first,
        }
    }

    /// Bob has answered, too.
    pub(crate) fn answered(dice: &mut Dice) -> Self {
        let mut pair = Self::met(dice);
        pair.back(b"answer", dice);
        pair
    }

    /// Alice says something and Bob opens it; the envelope.
    pub(crate) fn forth(&mut self, text: &[u8], dice: &mut Dice) -> Vec<u8> {
        hand_over(&mut self.alice, &mut self.bob, text, dice)
    }

    /// Bob says something and Alice opens it; the envelope.
    pub(crate) fn back(&mut self, text: &[u8], dice: &mut Dice) -> Vec<u8> {
        hand_over(&mut self.bob, &mut self.alice, text, dice)
    }
}

/// Seals what surely fits.
pub(crate) fn seal(session: &mut Session<Peer>, text: &[u8], dice: &mut Dice) -> Vec<u8> {
    session
        .seal(text, dice)
        .expect("it fits and a turn is not due")
}

fn hand_over(
    from: &mut Session<Peer>,
    to: &mut Session<Peer>,
    text: &[u8],
    dice: &mut Dice,
) -> Vec<u8> {
    let envelope = seal(from, text, dice);
    let opened = to.open(&envelope, TODAY).expect("an honest envelope opens");
    assert_eq!(opened.content.as_slice(), text);
    envelope
}

/// A copy of a session, by way of its stored bytes.
pub(crate) fn copy(session: &Session<Peer>) -> Session<Peer> {
    Session::from_bytes(&session.to_bytes()).expect("what was stored is read")
}
