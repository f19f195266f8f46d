//! Stories of the business wing's channel: what it binds that the peer wing has not. (SPEC S-14, S-15)
//! Knows: a customer and an endpoint. Never knows: certificates, a relay, what a clear part says.

use partywall_ground::{Business, LinkSecret, Peer};
use partywall_session::{
    Binding, BundleKind, BundleSecret, Clear, ClearTooLong, FirstFlight, Identity, IdentityKeys,
    Line, LinkKeys, OpenError, Session, Speaker, UnverifiedBundle, simulate_transcript,
};
use partywall_world::Dice;

use crate::common::{NOT_AFTER, NOW, TODAY};

const BAKERY: [u8; 32] = [7; 32];
const HOSTING: &[u8] = b"self";

fn clear(bytes: &[u8]) -> Clear<'_> {
    Clear::of(bytes).unwrap()
}

fn copy(session: &Session<Business>) -> Session<Business> {
    Session::from_bytes(&session.to_bytes()).unwrap()
}

/// A business with a bundle on its shelf, and a customer who has begun.
struct Counter {
    dice: Dice,
    endpoint: Identity<Business>,
    link: LinkKeys<Business>,
    bundle: BundleSecret<Business>,
    customer_identity: Identity<Business>,
    customer: Session<Business>,
}

impl Counter {
    fn with_seed(seed: u64) -> Self {
        println!("seed {seed}");
        let mut dice = Dice::seeded(seed);
        let endpoint = Identity::draw(&mut dice);
        let link = LinkKeys::of(&LinkSecret::new(dice.bytes()));
        let bundle = BundleSecret::draw(BundleKind::OneTime, NOT_AFTER, &mut dice);
        let sealed = bundle
            .publish(&endpoint, &link.drop_id())
            .seal(link.shelf_key(), &mut dice);
        let verified = UnverifiedBundle::unseal(&sealed, link.shelf_key())
            .unwrap()
            .verify(&endpoint.id(), &link.drop_id(), NOW)
            .unwrap();
        let customer_identity = Identity::draw(&mut dice);
        let customer = Session::initiate(
            &customer_identity,
            &verified,
            &link,
            Binding::<Business>::of(&BAKERY, HOSTING, &endpoint.public()),
            &mut dice,
        )
        .unwrap();
        Self {
            dice,
            endpoint,
            link,
            bundle,
            customer_identity,
            customer,
        }
    }

    fn says(&mut self, text: &[u8], beside: &[u8]) -> Vec<u8> {
        let envelope = self.customer.seal(text, clear(beside), &mut self.dice);
        envelope.unwrap()
    }

    /// What an endpoint with this certificate makes of a first flight.
    fn begins(
        &self,
        envelope: &[u8],
        beside: &[u8],
        business: &[u8; 32],
        hosting: &[u8],
        endpoint: &IdentityKeys<Business>,
    ) -> Result<Session<Business>, OpenError> {
        let binding = Binding::<Business>::of(business, hosting, endpoint);
        let flight =
            FirstFlight::unlock(envelope, &self.bundle, &self.endpoint, &self.link, binding)?;
        let (session, _) = flight.begin(Clear::of(beside)?, TODAY)?;
        Ok(session)
    }

    fn begins_as_shown(
        &self,
        envelope: &[u8],
        beside: &[u8],
    ) -> Result<Session<Business>, OpenError> {
        let endpoint = self.endpoint.public();
        self.begins(envelope, beside, &BAKERY, HOSTING, &endpoint)
    }
}

#[test]
fn customer_and_business_talk_through_many_turns_with_a_clear_part_beside_each_envelope() {
    let mut counter = Counter::with_seed(1);
    let first = counter.says(b"two rye, please", b"\x01");
    let mut business = counter.begins_as_shown(&first, b"\x01").unwrap();
    for turn in 0..10u8 {
        let beside = vec![turn; usize::from(turn) * 50];
        let envelope = business
            .seal(b"certainly", clear(&beside), &mut counter.dice)
            .unwrap();
        assert_eq!(envelope.len(), 4_096, "the clear part takes no room");
        let opened = counter.customer.open(&envelope, clear(&beside), TODAY);
        assert_eq!(opened.unwrap().content.as_slice(), b"certainly");
        let envelope = counter.says(b"and one more", &beside);
        let opened = business.open(&envelope, clear(&beside), TODAY).unwrap();
        assert_eq!(opened.content.as_slice(), b"and one more");
        business = copy(&business);
        counter.customer = copy(&counter.customer);
    }
    assert!(business.confirmed() && counter.customer.confirmed());
}

#[test]
fn a_clear_part_changed_in_any_bit_opens_nothing_and_leaves_the_state_as_it_was() {
    // S-14
    let mut counter = Counter::with_seed(2);
    let first = counter.says(b"hello", b"first");
    let mut business = counter.begins_as_shown(&first, b"first").unwrap();
    let beside = b"\xa2\x00\x01\x01\x19\x01\x00";
    let next = counter.says(b"next", beside);
    let answer = business
        .seal(b"answer", clear(beside), &mut counter.dice)
        .unwrap();
    for (session, envelope) in [
        (&mut business, &next),           // along a chain
        (&mut counter.customer, &answer), // on a turn
    ] {
        let before = session.to_bytes();
        let mut refused = |beside: &[u8]| {
            let opened = session.open(envelope, clear(beside), TODAY);
            assert!(matches!(opened, Err(OpenError)), "{beside:?}");
            assert_eq!(session.to_bytes(), before, "{beside:?}");
        };
        for bit in 0..beside.len() * 8 {
            let mut changed = *beside;
            changed[bit / 8] ^= 1 << (bit % 8);
            refused(&changed);
        }
        refused(b"");
        refused(&beside[1..]);
        refused(&beside[..beside.len() - 1]);
        refused(&[beside, &[0][..]].concat());
        refused(&[0; Clear::LONGEST]);
        assert!(session.open(envelope, clear(beside), TODAY).is_ok());
    }
}

#[test]
fn a_first_flight_with_another_clear_part_makes_no_session() {
    // S-14
    let mut counter = Counter::with_seed(3);
    let first = counter.says(b"hello", b"say");
    for bit in 0..24 {
        let mut changed = *b"say";
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(counter.begins_as_shown(&first, &changed).is_err());
    }
    assert!(counter.begins_as_shown(&first, b"").is_err());
    assert!(counter.begins_as_shown(&first, &[0; 513]).is_err());
    assert!(counter.begins_as_shown(&first, b"say").is_ok());
}

#[test]
fn an_empty_clear_part_is_a_part_and_five_hundred_and_twelve_bytes_are_the_most() {
    // S-14
    let mut counter = Counter::with_seed(4);
    let first = counter.says(b"hello", b"");
    assert!(counter.begins_as_shown(&first, b"\x00").is_err());
    let mut business = counter.begins_as_shown(&first, b"").unwrap();
    let longest = [9; Clear::LONGEST];
    let envelope = counter.says(b"long", &longest);
    assert!(business.open(&envelope, clear(&longest), TODAY).is_ok());
    assert!(matches!(Clear::of(&[9; 513]), Err(ClearTooLong)));
}

#[test]
fn another_business_id_opens_no_first_flight() {
    // S-15
    let mut counter = Counter::with_seed(5);
    let first = counter.says(b"hello", b"");
    let endpoint = counter.endpoint.public();
    for bit in 0..256 {
        let mut other = BAKERY;
        other[bit / 8] ^= 1 << (bit % 8);
        let begun = counter.begins(&first, b"", &other, HOSTING, &endpoint);
        assert!(begun.is_err(), "bit {bit}");
    }
    assert!(counter.begins_as_shown(&first, b"").is_ok());
}

#[test]
fn another_hosting_label_opens_no_first_flight() {
    // S-15
    let mut counter = Counter::with_seed(6);
    let first = counter.says(b"hello", b"");
    let endpoint = counter.endpoint.public();
    for other in [&b"operator"[..], b"", b"sel", b"self\0", b"Self"] {
        let begun = counter.begins(&first, b"", &BAKERY, other, &endpoint);
        assert!(begun.is_err(), "{other:?}");
    }
    assert!(counter.begins_as_shown(&first, b"").is_ok());
}

#[test]
fn another_endpoint_key_opens_no_first_flight() {
    // S-15
    let mut counter = Counter::with_seed(7);
    let first = counter.says(b"hello", b"");
    let (right, other) = (
        counter.endpoint.public().to_bytes(),
        Identity::<Business>::draw(&mut counter.dice)
            .public()
            .to_bytes(),
    );
    let mut signs_otherwise = right;
    signs_otherwise[..32].copy_from_slice(&other[..32]);
    let mut agrees_otherwise = right;
    agrees_otherwise[32..].copy_from_slice(&other[32..]);
    for endpoint in [other, signs_otherwise, agrees_otherwise] {
        let endpoint = IdentityKeys::from_bytes(&endpoint).unwrap();
        let begun = counter.begins(&first, b"", &BAKERY, HOSTING, &endpoint);
        assert!(begun.is_err());
    }
    assert!(counter.begins_as_shown(&first, b"").is_ok());
}

#[test]
fn one_link_secret_and_one_identity_give_each_wing_values_of_its_own() {
    let mut row = partywall_row::Row::of("P31");
    // G-2
    let secret = LinkSecret::new([5; 32]);
    let (people, trade) = (
        LinkKeys::<Peer>::of(&secret),
        LinkKeys::<Business>::of(&secret),
    );
    assert!(people.drop_id() != trade.drop_id());
    let drawn = Identity::<Peer>::draw(&mut Dice::seeded(8)).to_bytes();
    let person = Identity::<Peer>::from_bytes(&*drawn).unwrap();
    let business = Identity::<Business>::from_bytes(&*drawn).unwrap();
    assert!(person.id() != business.id());
    row.tried(2);
    assert_eq!(person.public().to_bytes(), business.public().to_bytes());
}

#[test]
fn a_forged_business_transcript_is_accepted_like_a_real_one() {
    let mut counter = Counter::with_seed(9);
    let endpoint = counter.endpoint.public();
    let binding = Binding::<Business>::of(&BAKERY, HOSTING, &endpoint);
    let script = [
        Line::<Business>::of(Speaker::Initiator, b"i ordered ten", clear(b"say")),
        Line::<Business>::of(Speaker::Responder, b"ten it is", clear(b"reply")),
        Line::<Business>::of(Speaker::Initiator, b"thank you", clear(b"say")),
    ];
    let forged = simulate_transcript(
        &counter.customer_identity.public(),
        &counter.bundle,
        &counter.endpoint,
        &counter.link,
        binding,
        &script,
        &mut counter.dice,
    )
    .unwrap();
    assert!(forged.responder.confirmed());
    let judge = counter.begins_as_shown(&forged.envelopes[0], b"say");
    assert!(judge.unwrap().peer() == counter.customer_identity.public());
}
