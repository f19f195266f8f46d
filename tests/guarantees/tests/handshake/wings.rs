//! One pair of people in both wings at once, from the same secrets: only the wings tell them apart.
//! Knows: every secret. Never knows: a relay.

use partywall_ground::{Business, Day, LinkSecret, Peer, Seconds, Wing};
use partywall_session::{
    Binding, BundleKind, BundleSecret, Clear, FirstFlight, Identity, IdentityKeys, LinkKeys,
    Session, UnverifiedBundle,
};
use partywall_world::Dice;

const NOW: Seconds = Seconds::new(1_800_000_000);
const TODAY: Day = Day::new(20_833);

/// What either wing says through doors of its own.
pub(crate) trait Speaks: Wing {
    fn seal(session: &mut Session<Self>, content: &[u8], dice: &mut Dice) -> Vec<u8>;
    fn opens(session: &mut Session<Self>, envelope: &[u8]) -> bool;
    fn begin(flight: FirstFlight<'_, Self>) -> Option<Session<Self>>;
    fn binding<'a>(endpoint: &IdentityKeys<Self>) -> Binding<'a, Self>;
}

impl Speaks for Peer {
    fn seal(session: &mut Session<Self>, content: &[u8], dice: &mut Dice) -> Vec<u8> {
        session.seal(content, dice).unwrap()
    }

    fn opens(session: &mut Session<Self>, envelope: &[u8]) -> bool {
        session.open(envelope, TODAY).is_ok()
    }

    fn begin(flight: FirstFlight<'_, Self>) -> Option<Session<Self>> {
        flight.begin(TODAY).ok().map(|(session, _)| session)
    }

    fn binding<'a>(_: &IdentityKeys<Self>) -> Binding<'a, Self> {
        Binding::<Self>::NONE
    }
}

impl Speaks for Business {
    fn seal(session: &mut Session<Self>, content: &[u8], dice: &mut Dice) -> Vec<u8> {
        let nothing = Clear::of(b"").unwrap();
        session.seal(content, nothing, dice).unwrap()
    }

    fn opens(session: &mut Session<Self>, envelope: &[u8]) -> bool {
        let nothing = Clear::of(b"").unwrap();
        session.open(envelope, nothing, TODAY).is_ok()
    }

    fn begin(flight: FirstFlight<'_, Self>) -> Option<Session<Self>> {
        let nothing = Clear::of(b"").unwrap();
        let begun = flight.begin(nothing, TODAY).ok();
        begun.map(|(session, _)| session)
    }

    fn binding<'a>(endpoint: &IdentityKeys<Self>) -> Binding<'a, Self> {
        Binding::<Self>::of(&[7; 32], b"self", endpoint)
    }
}

/// Both sides in one wing, and one of everything that is ever sealed between them.
pub(crate) struct Pair<W: Speaks> {
    maker: Identity<W>,
    link: LinkKeys<W>,
    secret: BundleSecret<W>,
    responder: Vec<u8>,
    initiator: Vec<u8>,
    /// What is sealed, by name.
    pub(crate) things: Vec<(&'static str, Vec<u8>)>,
    /// One link, one identity, one bundle's secrets: the bundle as the relay gets it.
    pub(crate) names: [[u8; 32]; 2],
}

impl<W: Speaks> Pair<W> {
    /// The same seed gives both wings the same secrets.
    pub(crate) fn with_seed(seed: u64) -> Self {
        let mut dice = Dice::seeded(seed);
        let people: [[u8; 64]; 2] = std::array::from_fn(|_| {
            let halves: [[u8; 32]; 2] = [dice.bytes(), dice.bytes()];
            halves.concat().try_into().unwrap()
        });
        let maker = Identity::<W>::from_bytes(&people[0]).unwrap();
        let guest = Identity::<W>::from_bytes(&people[1]).unwrap();
        let link = LinkKeys::<W>::of(&LinkSecret::new(dice.bytes()));
        let until = Seconds::new(NOW.value() + 86_400);
        let secret = BundleSecret::<W>::draw(BundleKind::LastResort, until, &mut dice);
        let bundle = secret.publish(&maker, &link.drop_id());
        let shelved = bundle.seal(link.shelf_key(), &mut dice);
        let verified = UnverifiedBundle::from_bytes(*bundle.as_bytes())
            .verify(&maker.id(), &link.drop_id(), NOW)
            .unwrap();
        let binding = W::binding(&maker.public());
        let begun = Session::initiate(&guest, &verified, &link, binding, &mut dice);
        let mut initiator = begun.unwrap();
        let flight = W::seal(&mut initiator, b"hello", &mut dice);
        let unlocked = FirstFlight::unlock(&flight, &secret, &maker, &link, binding);
        let mut responder = W::begin(unlocked.ok().unwrap()).unwrap();
        let back = W::seal(&mut responder, b"answer", &mut dice);
        let before = initiator.to_bytes().to_vec();
        assert!(W::opens(&mut initiator, &back));
        let forth = W::seal(&mut initiator, b"so", &mut dice);
        let names = [maker.id().into_bytes(), link.drop_id().into_bytes()];
        Self {
            responder: responder.to_bytes().to_vec(),
            initiator: before,
            things: vec![
                ("shelved bundle", shelved.to_vec()),
                ("bundle", bundle.as_bytes().to_vec()),
                ("first flight", flight),
                ("envelope back", back),
                ("envelope forth", forth),
            ],
            maker,
            link,
            secret,
            names,
        }
    }

    /// Whether these bytes are taken for the thing of this name.
    pub(crate) fn takes(&self, name: &str, bytes: &[u8]) -> bool {
        match name {
            "shelved bundle" => UnverifiedBundle::<W>::unseal(bytes, self.link.shelf_key()).is_ok(),
            "bundle" => bytes.try_into().is_ok_and(|bytes| {
                let (owner, drop) = (self.maker.id(), self.link.drop_id());
                let bundle = UnverifiedBundle::<W>::from_bytes(bytes);
                bundle.verify(&owner, &drop, NOW).is_ok()
            }),
            "first flight" => {
                let binding = W::binding(&self.maker.public());
                let (secret, maker, link) = (&self.secret, &self.maker, &self.link);
                let flight = FirstFlight::unlock(bytes, secret, maker, link, binding);
                flight.is_ok_and(|flight| W::begin(flight).is_some())
            }
            "envelope back" => self.opens(&self.initiator, bytes),
            _ => self.opens(&self.responder, bytes),
        }
    }

    fn opens(&self, session: &[u8], bytes: &[u8]) -> bool {
        let mut session = Session::<W>::from_bytes(session).unwrap();
        W::opens(&mut session, bytes)
    }
}
