//! A peer who holds every key of its own side and keeps no rule: headers and paddings that no client of ours makes.
//! Knows: the sender's session from inside. Never knows: a secret of the receiver.

mod caps;
mod failures;

use partywall_ground::{Day, LinkSecret, Peer, Seconds};
use partywall_world::Dice;

use crate::bundle::{BundleKind, BundleSecret, UnverifiedBundle};
use crate::chain::MessageKey;
use crate::clear::Aside;
use crate::envelope;
use crate::first_flight::FirstFlight;
use crate::header::{CHAIN_HEADER_LENGTH, RANDOM_LENGTH};
use crate::identity::Identity;
use crate::padding::{Padded, Room};
use crate::seal::{Context, xseal};
use crate::secret::LinkKeys;
use crate::session::Session;
use crate::turn::{Sending, Turn};
use crate::wiped::Wiped;
use crate::{Binding, draw_link_secret};

const TODAY: Day = Day::new(20_833);
const NOW: Seconds = Seconds::new(1_800_000_000);
/// Room for a padded text in the smallest envelope without a preamble.
const ROOM: usize = 1_727;

/// Two people who have heard each other; `mallory` is the one who keeps no rule.
struct Two {
    dice: Dice,
    mallory: Session<Peer>,
    bob: Session<Peer>,
}

impl Two {
    fn with_seed(seed: u64) -> Self {
        println!("seed {seed}");
        let mut dice = Dice::seeded(seed);
        let secret = draw_link_secret(&mut dice);
        let keys = || LinkKeys::<Peer>::of(&LinkSecret::new(*secret.as_bytes()));
        let (owner, link) = (Identity::<Peer>::draw(&mut dice), keys());
        let not_after = Seconds::new(NOW.value() + 86_400);
        let prekey = BundleSecret::draw(BundleKind::OneTime, not_after, &mut dice);
        let published = prekey
            .publish(&owner, &link.drop_id())
            .seal(link.shelf_key(), &mut dice);
        let bundle = UnverifiedBundle::unseal(&published, link.shelf_key())
            .unwrap()
            .verify(&owner.id(), &link.drop_id(), NOW)
            .unwrap();
        let identity = Identity::draw(&mut dice);
        let mut mallory =
            Session::initiate(&identity, &bundle, &keys(), Binding::NONE, &mut dice).unwrap();
        let first = mallory.seal(b"first", &mut dice).unwrap();
        let flight = FirstFlight::unlock(&first, &prekey, &owner, &link, Binding::NONE).unwrap();
        let (bob, _) = flight.begin(TODAY).unwrap();
        let mut two = Self { dice, mallory, bob };
        two.bob_answers();
        two.mallory_turns();
        two
    }

    /// Bob says something, so that Mallory owes a turn.
    fn bob_answers(&mut self) {
        let answer = self.bob.seal(b"answer", &mut self.dice).unwrap();
        self.mallory.open(&answer, TODAY).unwrap();
    }

    /// Mallory says something, so that Bob is on her newest chain.
    fn mallory_turns(&mut self) {
        let turned = self.mallory.seal(b"turned", &mut self.dice).unwrap();
        self.bob.open(&turned, TODAY).unwrap();
    }

    /// The chain that Mallory sends on.
    fn chain(&mut self) -> &mut Sending {
        match &mut self.mallory.ratchet.turn {
            Turn::Taken(taken) => taken.sending.as_mut().expect("Mallory has sent"),
            Turn::Due(_) => panic!("Mallory has turned"),
        }
    }

    /// Steps Mallory's chain without sealing, as if so many envelopes had been lost.
    fn skips(&mut self, messages: u32) {
        let chain = self.chain();
        for _ in 0..messages {
            chain.chain = chain.chain.stepped::<Peer>().1;
            chain.n += 1;
        }
    }

    /// The header that Mallory's next envelope would have.
    fn header(&mut self) -> Header {
        let chain = self.chain();
        Header {
            fixed: chain.fixed.as_bytes().try_into().unwrap(),
            n: chain.n,
        }
    }

    /// An envelope with this header, and a body under the chain's key of the moment.
    fn envelope(&mut self, header: &Header, body: Body<'_>) -> Vec<u8> {
        let random: [u8; RANDOM_LENGTH] = self.dice.bytes();
        let sid = *self.mallory.sid.bytes();
        let context = Context::<Peer> {
            sid: &sid,
            direction: self.mallory.role.outward(),
            flight: None,
            aside: Aside::NONE,
        };
        let mut made = envelope::begun(&[], Room(ROOM));
        made.extend_from_slice(&random);
        let from = made.len();
        made.extend_from_slice(&header.fixed);
        made.extend_from_slice(&header.n.to_be_bytes());
        let chain = self.chain();
        let (key, _) = chain.chain.stepped::<Peer>();
        xseal(
            chain.header.0.bytes(),
            &random,
            &context.of_header(),
            &mut made,
            from,
        );
        let content = match body {
            Body::Text(text) => text,
            // Content as long as its room leaves no place for a padding of ours.
            Body::Unpadded(padded) => padded,
        };
        let room = Room(ROOM);
        MessageKey(Wiped::copy_of(key.0.bytes())).seal(
            &context,
            &random,
            Padded { content, room },
            &mut made,
        );
        made
    }
}

/// A header's fields, to be changed at will.
struct Header {
    fixed: [u8; CHAIN_HEADER_LENGTH],
    n: u32,
}

impl Header {
    const DH: core::ops::Range<usize> = 1..33;
    const EK: core::ops::Range<usize> = 33..1_217;
    const CT: core::ops::Range<usize> = 1_217..2_305;
    const PN: core::ops::Range<usize> = 2_305..2_309;

    fn set_pn(&mut self, pn: u32) {
        self.fixed[Self::PN].copy_from_slice(&pn.to_be_bytes());
    }
}

/// What stands in an envelope's body.
enum Body<'a> {
    /// Padded as it should be.
    Text(&'a [u8]),
    /// Exactly these bytes: [`ROOM`] of them.
    Unpadded(&'a [u8]),
}
