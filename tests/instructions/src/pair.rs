//! Two people with a session, seeded: a 256-byte text, padded to 4 KiB, two AEADs.
//! Knows: both sides' secrets. Never knows: a store, a socket.

use std::hint::black_box;

use partywall_ground::{Day, Peer, Seconds};
use partywall_session::{
    Binding, BundleKind, BundleSecret, FirstFlight, Identity, LinkKeys, Session, UnverifiedBundle,
    VerifiedBundle, draw_link_secret,
};
use partywall_world::Dice;

const NOW: Seconds = Seconds::new(1_800_000_000);
const NOT_AFTER: Seconds = Seconds::new(1_800_000_000 + 90 * 86_400);
const TODAY: Day = Day::new(20_833);
const TEXT: [u8; 256] = [b'x'; 256];

/// Two sides with a session between them, the shelf of one, and the link that leads to it.
pub struct Pair {
    dice: Dice,
    maker: Identity<Peer>,
    guest: Identity<Peer>,
    link: LinkKeys<Peer>,
    secret: BundleSecret<Peer>,
    shelf: Vec<u8>,
    bundle: VerifiedBundle<Peer>,
    near: Session<Peer>,
    far: Session<Peer>,
}

/// Copies of both sides in the middle of a chain: no turn is due, nothing is missing.
pub struct Chain {
    dice: Dice,
    writer: Session<Peer>,
    reader: Session<Peer>,
}

impl Pair {
    /// A and B have each answered the other.
    #[must_use]
    pub fn meet() -> Self {
        let mut dice = Dice::seeded(7);
        let maker = Identity::draw(&mut dice);
        let guest = Identity::draw(&mut dice);
        let link = LinkKeys::of(&draw_link_secret(&mut dice));
        let secret = BundleSecret::draw(BundleKind::OneTime, NOT_AFTER, &mut dice);
        let published = secret.publish(&maker, &link.drop_id());
        let shelf = published.seal(link.shelf_key(), &mut dice).to_vec();
        let bundle = unsealed(&shelf, &link, &maker);
        let mut a = Session::initiate(&guest, &bundle, &link, Binding::NONE, &mut dice)
            .expect("the bundle's keys are good");
        let first = sealed_by(&mut a, &mut dice);
        let (b, _) = FirstFlight::unlock(&first, &secret, &maker, &link, Binding::NONE)
            .and_then(|flight| flight.begin(TODAY))
            .expect("the first flight opens");
        let mut pair = Self {
            dice,
            maker,
            guest,
            link,
            secret,
            shelf,
            bundle,
            near: b,
            far: a,
        };
        // B answers, A answers that: from here on every turn is a full one.
        pair.turn();
        pair.turn();
        pair
    }

    /// Copies to seal and to open with, along one chain.
    #[must_use]
    pub fn chain(&mut self) -> Chain {
        let mut chain = Chain {
            dice: self.dice.stream("chain"),
            writer: copy_of(&self.near),
            reader: copy_of(&self.far),
        };
        let first = chain.sealed(1);
        chain.open(&first);
        chain
    }

    /// One side seals and the other opens, on new keys, a KEM included. The next time it is the other's turn.
    pub fn turn(&mut self) {
        let envelope = sealed_by(&mut self.near, &mut self.dice);
        opened_by(&mut self.far, &envelope);
        std::mem::swap(&mut self.near, &mut self.far);
    }

    /// From a verified bundle to a session.
    pub fn initiate(&mut self) {
        drop(black_box(self.begun()));
    }

    /// From what lies on a shelf to the first envelope that leaves.
    #[must_use]
    pub fn reach(&mut self) -> Vec<u8> {
        self.bundle = unsealed(&self.shelf, &self.link, &self.maker);
        let mut session = self.begun();
        sealed_by(&mut session, &mut self.dice)
    }

    /// From a first envelope, as [`Self::reach`] gave it, to a session and what the envelope says.
    ///
    /// # Panics
    /// With any other envelope.
    pub fn respond(&self, first: &[u8]) {
        let begun =
            FirstFlight::unlock(first, &self.secret, &self.maker, &self.link, Binding::NONE)
                .and_then(|flight| flight.begin(TODAY));
        drop(black_box(begun.expect("it was sealed for us")));
    }

    fn begun(&mut self) -> Session<Peer> {
        let (link, dice) = (&self.link, &mut self.dice);
        Session::initiate(&self.guest, &self.bundle, link, Binding::NONE, dice)
            .expect("the bundle's keys are good")
    }
}

impl Chain {
    /// Seals so many, each thrown away at once.
    pub fn seal(&mut self, many: usize) {
        for _ in 0..many {
            drop(black_box(sealed_by(&mut self.writer, &mut self.dice)));
        }
    }

    /// Seals so many to be opened.
    #[must_use]
    pub fn sealed(&mut self, many: usize) -> Vec<Vec<u8>> {
        let seal = || sealed_by(&mut self.writer, &mut self.dice);
        std::iter::repeat_with(seal).take(many).collect()
    }

    /// Opens what [`Self::sealed`] gave.
    ///
    /// # Panics
    /// With any other envelope.
    pub fn open(&mut self, envelopes: &[Vec<u8>]) {
        for envelope in envelopes {
            opened_by(&mut self.reader, envelope);
        }
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
