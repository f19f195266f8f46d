//! What the fuzz targets share: one session with everything in it that an envelope could meet.
//! Knows: both sides' secrets, from one seed. Never knows: a relay.

use partywall_ground::{Day, LinkSecret, Peer, Seconds};
use partywall_session::{
    Binding, BundleKind, BundleSecret, FirstFlight, Identity, LinkKeys, Session, UnverifiedBundle,
};
use partywall_world::Dice;

/// The targets' today.
pub const TODAY: Day = Day::new(20_833);
/// The targets' now.
pub const NOW: Seconds = Seconds::new(1_800_000_000);

/// B's side of a link, and B's session with skipped keys on two chains.
pub struct World {
    /// B's identity.
    pub identity: Identity<Peer>,
    /// B's link.
    pub link: LinkKeys<Peer>,
    /// The bundle that first flights name.
    pub bundle: BundleSecret<Peer>,
    /// B's session as bytes.
    pub session: Vec<u8>,
    /// Envelopes that would open.
    pub good: Vec<Vec<u8>>,
}

impl World {
    /// The same each time.
    pub fn build() -> Self {
        let mut dice = Dice::seeded(1);
        let link = LinkKeys::of(&LinkSecret::new(dice.bytes()));
        let identity = Identity::draw(&mut dice);
        let not_after = Seconds::new(NOW.value() + 86_400);
        let bundle = BundleSecret::draw(BundleKind::LastResort, not_after, &mut dice);
        let drop = link.drop_id();
        let published = bundle.publish(&identity, &drop);
        let verified = UnverifiedBundle::from_bytes(*published.as_bytes())
            .verify(&identity.id(), &drop, NOW)
            .expect("our own bundle");
        let alice = Identity::draw(&mut dice);
        let mut alice = Session::initiate(&alice, &verified, &link, Binding::NONE, &mut dice)
            .expect("good keys");
        let first = alice.seal(b"first", &mut dice).expect("short");
        let (mut bob, _) = FirstFlight::unlock(&first, &bundle, &identity, &link, Binding::NONE)
            .and_then(|flight| flight.begin(TODAY))
            .expect("a real first flight");
        let mut good = vec![first];
        for turn in 0..2 {
            let answer = bob.seal(b"answer", &mut dice).expect("short");
            alice.open(&answer, TODAY).expect("in order");
            for n in 0..4 {
                let envelope = alice.seal(&[turn, n], &mut dice).expect("short");
                if n % 2 == 1 {
                    bob.open(&envelope, TODAY).expect("skipping one");
                } else {
                    good.push(envelope);
                }
            }
        }
        good.push(alice.seal(b"next", &mut dice).expect("short"));
        let session = bob.to_bytes().to_vec();
        Self {
            identity,
            link,
            bundle,
            session,
            good,
        }
    }
}
