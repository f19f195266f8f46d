//! Two people with a session, seeded; they seal what a test says.
//! Knows: both sides' secrets. Never knows: a relay.

use partywall_ground::{Day, Peer, Seconds};
use partywall_session::{
    Binding, BundleKind, BundleSecret, FirstFlight, Identity, LinkKeys, Session, UnverifiedBundle,
    draw_link_secret,
};
use partywall_world::Dice;

const NOW: Seconds = Seconds::new(1_800_000_000);
const UNTIL: Seconds = Seconds::new(1_800_000_000 + 90 * 86_400);
const TODAY: Day = Day::new(20_833);

/// Envelopes after which the other side answers: the chains turn.
const TURN: u64 = 500;

/// Alice and Bob, who have gone through first contact.
pub(crate) struct Pair {
    alice: Session<Peer>,
    bob: Session<Peer>,
    dice: Dice,
    sealed: u64,
}

impl Pair {
    pub(crate) fn with_seed(seed: u64) -> Self {
        let mut dice = Dice::seeded(seed).stream("pair");
        let secret = draw_link_secret(&mut dice);
        let (identity, link) = (Identity::<Peer>::draw(&mut dice), LinkKeys::of(&secret));
        let bundle = BundleSecret::draw(BundleKind::OneTime, UNTIL, &mut dice);
        let sealed = bundle
            .publish(&identity, &link.drop_id())
            .seal(link.shelf_key(), &mut dice);
        let verified = UnverifiedBundle::unseal(&sealed, link.shelf_key())
            .and_then(|bundle| bundle.verify(&identity.id(), &link.drop_id(), NOW))
            .expect("the bundle is Bob's");
        let hers = Identity::draw(&mut dice);
        let begun = Session::initiate(&hers, &verified, &link, Binding::NONE, &mut dice);
        let mut alice = begun.expect("the bundle is verified");
        let first = alice.seal(b"first", &mut dice).expect("short");
        let flight = FirstFlight::unlock(&first, &bundle, &identity, &link, Binding::NONE);
        let begun = flight.and_then(|flight| flight.begin(TODAY));
        let (bob, _) = begun.expect("it was sealed for Bob");
        let mut pair = Self {
            alice,
            bob,
            dice,
            sealed: 0,
        };
        pair.answers();
        pair
    }

    /// What Alice sends for this content.
    pub(crate) fn seals(&mut self, content: &[u8]) -> Vec<u8> {
        let envelope = self.alice.seal(content, &mut self.dice);
        let envelope = envelope.expect("it fits, and Bob answers in time");
        self.sealed += 1;
        if self.sealed.is_multiple_of(TURN) {
            // With a defence broken it may not open; then the chain just grows longer.
            if self.bob.open(&envelope, TODAY).is_ok() {
                self.answers();
            }
        }
        envelope
    }

    pub(crate) fn dice(&mut self) -> &mut Dice {
        &mut self.dice
    }

    fn answers(&mut self) {
        if let Ok(answer) = self.bob.seal(b"answer", &mut self.dice) {
            let _opened = self.alice.open(&answer, TODAY);
        }
    }
}
