//! The handshake and the ratchet, as they are: real sessions, a street that hands over what it likes, when it likes.
//! A message that is lost is one that is never handed over, so every state is also an end. (SPEC §4.2 to §4.4)
//! Bound: so many messages from each side; nothing else.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use partywall_ground::{Day, LinkSecret, Peer, Seconds};
use partywall_row::Row;
use partywall_session::{
    Binding, BundleKind, BundleSecret, FirstFlight, HandshakeId, Identity, LinkKeys, Session,
    UnverifiedBundle, draw_link_secret,
};
use partywall_world::Dice;
use stateright::{Checker, Model, Property};

const NOW: Seconds = Seconds::new(1_800_000_000);
const NOT_AFTER: Seconds = Seconds::new(1_800_000_000 + 90 * 86_400);
const TODAY: Day = Day::new(20_833);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Side {
    Alice,
    Bob,
}

impl Side {
    const BOTH: [Self; 2] = [Self::Alice, Self::Bob];

    const fn other(self) -> Self {
        match self {
            Self::Alice => Self::Bob,
            Self::Bob => Self::Alice,
        }
    }
}

/// An envelope on the street, with what it says: its number.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Letter {
    from: Side,
    number: u8,
    arrived: bool,
    envelope: Arc<[u8]>,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrived = if self.arrived { "arrived" } else { "under way" };
        write!(f, "{:?} {} {arrived}", self.from, self.number)
    }
}

/// Both sides' sessions as they are stored (nothing while there is none), and all that was ever said.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    alice: Arc<[u8]>,
    bob: Option<Arc<[u8]>>,
    letters: Vec<Letter>,
    /// What went wrong on the way here.
    wrong: Option<&'static str>,
    /// How often somebody answered what came, which begins a new chain.
    turns: u8,
    last: Option<Side>,
}

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The street is what was said and what has arrived; its bytes follow from the sessions.
        (&self.alice, &self.bob, self.wrong, self.turns, self.last).hash(state);
        for letter in &self.letters {
            (letter.from, letter.number, letter.arrived).hash(state);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Says(Side),
    Arrives(Side, u8),
}

/// Everything that does not change.
struct Street {
    secret: LinkSecret,
    identity: Identity<Peer>,
    bundle: BundleSecret<Peer>,
    begun: Arc<[u8]>,
    handshake: HandshakeId<Peer>,
    each: u8,
}

impl Street {
    fn with_seed(seed: u64, each: u8) -> Self {
        let mut dice = Dice::seeded(seed);
        let secret = draw_link_secret(&mut dice);
        let link = LinkKeys::of(&secret);
        let identity = Identity::draw(&mut dice);
        let bundle = BundleSecret::draw(BundleKind::OneTime, NOT_AFTER, &mut dice);
        let drop = link.drop_id();
        let sealed = bundle
            .publish(&identity, &drop)
            .seal(link.shelf_key(), &mut dice);
        let taken = UnverifiedBundle::unseal(&sealed, link.shelf_key())
            .and_then(|bundle| bundle.verify(&identity.id(), &drop, NOW))
            .expect("an honest shelf");
        let alice = Identity::draw(&mut dice);
        let session = Session::initiate(&alice, &taken, &link, Binding::NONE, &mut dice)
            .expect("an honest bundle");
        Self {
            begun: session.to_bytes().as_slice().into(),
            handshake: session.handshake(),
            secret,
            identity,
            bundle,
            each,
        }
    }

    fn session(&self, place: &Place, side: Side) -> Option<Session<Peer>> {
        let bytes = match side {
            Side::Alice => Some(&place.alice),
            Side::Bob => place.bob.as_ref(),
        };
        bytes.map(|bytes| Session::from_bytes(bytes).expect("what was stored"))
    }

    fn says(&self, place: &mut Place, side: Side) -> Option<()> {
        let mut session = self.session(place, side)?;
        let number = place.said(side) + 1;
        // The same draws whatever came before, so that orders meet again in the same state.
        let mut dice = Dice::seeded(u64::from(number) << 1 | u64::from(side == Side::Bob));
        let envelope = session.seal(&[number], &mut dice).ok()?;
        place.store(side, &session);
        place.letters.push(Letter {
            from: side,
            number,
            arrived: false,
            envelope: envelope.into(),
        });
        place
            .letters
            .sort_by_key(|letter| (letter.from, letter.number));
        place.turns += u8::from(place.last == Some(side.other()));
        place.last = Some(side);
        Some(())
    }

    fn arrives(&self, place: &mut Place, from: Side, number: u8) -> Option<()> {
        let at = |letter: &Letter| letter.from == from && letter.number == number;
        let at = place.letters.iter().position(at)?;
        let envelope = Arc::clone(&place.letters[at].envelope);
        let opened = match self.session(place, from.other()) {
            Some(mut session) => {
                let opened = session.open(&envelope, TODAY).ok();
                place.store(from.other(), &session);
                opened
            }
            None => self.first_flight(place, &envelope),
        };
        place.letters[at].arrived = true;
        match opened {
            None => place.wrong = Some("an honest message did not open"),
            Some(opened) if opened.content.as_slice() != [number] => {
                place.wrong = Some("a message said something else");
            }
            Some(_) => {}
        }
        Some(())
    }

    fn first_flight(
        &self,
        place: &mut Place,
        envelope: &[u8],
    ) -> Option<partywall_session::Opened> {
        let link = LinkKeys::of(&self.secret);
        let flight =
            FirstFlight::unlock(envelope, &self.bundle, &self.identity, &link, Binding::NONE)
                .ok()?;
        if flight.handshake() != self.handshake {
            place.wrong = Some("the two sides know the session by different names");
        }
        let (session, opened) = flight.begin(TODAY).ok()?;
        place.store(Side::Bob, &session);
        Some(opened)
    }

    /// What has arrived is handed over again, to both sides: nothing opens, and no trace is left.
    fn replays(&self, place: &mut Place) {
        for side in Side::BOTH {
            let Some(mut session) = self.session(place, side) else {
                continue;
            };
            let before = session.to_bytes();
            for letter in place
                .letters
                .iter()
                .filter(|letter| letter.arrived || letter.from == side)
            {
                if session.open(&letter.envelope, TODAY).is_ok() {
                    place.wrong = Some("a replayed or reflected message opened");
                    return;
                }
            }
            if session.to_bytes() != before {
                place.wrong = Some("a replay left a trace");
            }
        }
    }
}

impl Place {
    fn said(&self, side: Side) -> u8 {
        let said = self
            .letters
            .iter()
            .filter(|letter| letter.from == side)
            .count();
        u8::try_from(said).unwrap_or(u8::MAX)
    }

    fn store(&mut self, side: Side, session: &Session<Peer>) {
        let bytes: Arc<[u8]> = session.to_bytes().as_slice().into();
        match side {
            Side::Alice => self.alice = bytes,
            Side::Bob => self.bob = Some(bytes),
        }
    }
}

impl Model for Street {
    type State = Place;
    type Action = Event;

    fn init_states(&self) -> Vec<Place> {
        vec![Place {
            alice: Arc::clone(&self.begun),
            bob: None,
            letters: Vec::new(),
            wrong: None,
            turns: 0,
            last: None,
        }]
    }

    fn actions(&self, place: &Place, events: &mut Vec<Event>) {
        for side in Side::BOTH {
            let speaks = side == Side::Alice || place.bob.is_some();
            if speaks && place.said(side) < self.each {
                events.push(Event::Says(side));
            }
        }
        let under_way = place.letters.iter().filter(|letter| !letter.arrived);
        events.extend(under_way.map(|letter| Event::Arrives(letter.from, letter.number)));
    }

    fn next_state(&self, place: &Place, event: Event) -> Option<Place> {
        let mut next = place.clone();
        match event {
            Event::Says(side) => self.says(&mut next, side)?,
            Event::Arrives(from, number) => self.arrives(&mut next, from, number)?,
        }
        self.replays(&mut next);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing goes wrong", |_, place: &Place| {
                place.wrong.is_none()
            }),
            Property::sometimes(
                "everything was said and has arrived",
                |street: &Self, place: &Place| {
                    let all = 2 * usize::from(street.each);
                    place.letters.len() == all && place.letters.iter().all(|letter| letter.arrived)
                },
            ),
            Property::sometimes("both have turned", |_, place: &Place| place.turns >= 2),
            Property::sometimes("the last came first", |street: &Self, place: &Place| {
                let arrived = |letter: &&Letter| letter.arrived && letter.from == Side::Alice;
                let arrived: BTreeSet<u8> = place
                    .letters
                    .iter()
                    .filter(arrived)
                    .map(|letter| letter.number)
                    .collect();
                arrived.first() == Some(&street.each)
            }),
        ]
    }
}

#[test]
fn in_whichever_order_messages_come_each_opens_once_as_what_was_said() {
    let mut row = Row::of("S09");
    let each = u8::try_from(row.times(3, 5)).expect("small");
    let checker = Street::with_seed(row.seed(), each)
        .checker()
        .threads(2)
        .spawn_bfs()
        .join();
    checker.assert_properties();
    row.tried(checker.unique_state_count() as u64);
    row.figure(format!(
        "every order of {each} messages from each side: {} states, {} steps",
        checker.unique_state_count(),
        checker.state_count()
    ));
}
