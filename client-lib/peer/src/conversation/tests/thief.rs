//! Somebody read a store once and comes back with its renewal, long after the ratchet has healed. (SPEC C-7, S-13)
//! Knows: what is promised; what lies in a store. Never knows: how it is done.

use partywall_ground::{AtMost, Capability, LinkSecret, Peer, RelayKey, Seconds};
use partywall_proof::link::Authority;
use partywall_row::Row;
use partywall_session::{
    Binding, BundleKind, BundleSecret, Identity, IdentityKeys, Line, LinkKeys, Session, Speaker,
    simulate_transcript,
};
use partywall_world::Dice;

use super::street::{PASSPHRASE, Street};
use crate::conversation::content::{Content, Renewal, ReplyTo, Span};
use crate::conversation::records::{Blob, BundleOwner, BundleRecord, ChannelRecord, ContactRecord};
use crate::conversation::rows::read;
use crate::event::EventKind;
use crate::store::{LITTLE, Table, Vault};

/// What was read in Bob's store.
struct Thief {
    contact: ContactRecord,
    bundle: BundleRecord,
    dice: Dice,
}

/// What stands in a table of somebody's store, for whoever has the passphrase.
pub(super) fn rows(street: &mut Street, who: &'static str, table: Table) -> Vec<Vec<u8>> {
    street.dies(who);
    let path = street.path(who);
    let mut vault = Vault::open(&path, PASSPHRASE, LITTLE, Dice::seeded(1)).unwrap();
    let all = vault.transaction(|hands| hands.all(table)).unwrap();
    drop(vault);
    street.opens(who);
    all.into_iter().map(|(_, plain)| plain.to_vec()).collect()
}

impl Thief {
    fn reads_bobs_store(street: &mut Street) -> Thief {
        let contact = read(&rows(street, "bob", Table::Contact)[0]).unwrap();
        let bundles = rows(street, "bob", Table::Bundle).into_iter();
        let mut bundles = bundles.map(|plain| read::<BundleRecord>(&plain).unwrap());
        let bundle = bundles.find(|bundle| matches!(bundle.owner, BundleOwner::Contact(_)));
        Thief {
            contact,
            bundle: bundle.expect("Bob gave a renewal"),
            dice: Dice::seeded(66),
        }
    }

    /// A key of its own to begin anew with.
    fn renewal(&mut self) -> Renewal {
        let secret = LinkSecret::new(self.dice.bytes());
        let drop = LinkKeys::<Peer>::of(&secret).drop_id();
        let until = Seconds::new(1_800_000_000 + 86_400);
        let bundle = BundleSecret::draw(BundleKind::LastResort, until, &mut self.dice);
        let own = Identity::<Peer>::draw(&mut self.dice);
        let bundle = Blob(bundle.publish(&own, &drop).as_bytes().to_vec());
        Renewal { bundle, secret }
    }

    /// Begins anew "as Alice": the first flight, and the session to go on in.
    fn begins(&mut self, text: &str) -> (Vec<u8>, Session<Peer>) {
        let peer: &[u8; 64] = self.contact.peer[..].try_into().unwrap();
        let peer = IdentityKeys::from_bytes(peer).unwrap();
        let secret = BundleSecret::<Peer>::from_bytes(&self.bundle.secret).unwrap();
        let identity = Identity::from_bytes(&self.contact.identity).unwrap();
        let link = LinkKeys::<Peer>::of(&LinkSecret::new(self.bundle.link.0));
        let content = lies(text).to_bytes();
        let script = [Line::<Peer>::of(Speaker::Initiator, &content)];
        let made = simulate_transcript(
            &peer,
            &secret,
            &identity,
            &link,
            Binding::NONE,
            &script,
            &mut self.dice,
        );
        let mut made = made.unwrap();
        (made.envelopes.remove(0), made.initiator)
    }
}

/// Everything that a content can say, to Bob's harm.
fn lies(text: &str) -> Content {
    let authority = Authority::new("thief.example", 443).unwrap();
    let mut content = Content::bare(5, 1_800_000_000_000, 4_000);
    content.text = Some(text.to_owned());
    content.reply_to = Some(ReplyTo {
        epoch: 99,
        authorities: AtMost::try_from(vec![authority]).unwrap(),
        relay: RelayKey::new([9; 32]),
        capability: Capability::new([9; 32]),
    });
    let (first, last) = (1, 4_000);
    content.taken = AtMost::try_from(vec![Span { first, last }]).ok();
    content
}

fn heals(street: &mut Street) {
    for round in 0..3 {
        street.says("alice", "bob", &format!("a {round}")).unwrap();
        street.says("bob", "alice", &format!("b {round}")).unwrap();
    }
    street.settles();
}

#[test]
fn a_thief_of_a_renewal_cannot_speak_in_the_peers_name_nor_draw_answers_away() {
    let mut street = Street::with_friends(50);
    let mut thief = Thief::reads_bobs_store(&mut street);
    heals(&mut street);
    street.says("alice", "bob", "known").unwrap();
    let to_bob = street.people["alice"].newest_capability();

    let (flight, mut session) = thief.begins("send money");
    assert!(street.relay.deposit(&to_bob, &flight));
    street.runs();
    let more = session.seal(&lies("at once").to_bytes(), &mut thief.dice);
    assert!(street.relay.deposit(&to_bob, &more.unwrap()));
    street.settles();

    assert_eq!(street.texts("bob"), ["a 0", "a 1", "a 2", "known"]);
    let card = street.card("bob", "alice");
    assert!(card.confirmed && !card.weak && !card.rolled_back);
    let heard = street.says("bob", "alice", "to the real one").unwrap();
    assert_eq!(street.texts("alice").last().unwrap(), "to the real one");
    street.says("alice", "bob", "by the real one").unwrap();
    assert_eq!(street.texts("bob").last().unwrap(), "by the real one");
    street.settles();
    assert_eq!(
        street.state("bob", "alice", heard),
        crate::message::State::Delivered
    );
    let harmed = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::RolledBack { .. } | EventKind::Gap { .. } | EventKind::Failed { .. }
        )
    };
    assert!(!street.was_told("bob", harmed) && !street.was_told("alice", harmed));

    // Not even over a restart; and after retention and a week, nothing of it is there.
    assert_eq!(rows(&mut street, "bob", Table::Channel).len(), 2);
    let days = std::time::Duration::from_secs(39 * 86_400);
    street.clock.advance(days);
    street.waits(1);
    let left = rows(&mut street, "bob", Table::Channel);
    assert_eq!(left.len(), 1);
    assert!(read::<ChannelRecord>(&left[0]).unwrap().unproven.is_none());
    let texts = street.texts("bob");
    assert!(!texts.iter().any(|text| text == "send money"), "{texts:?}");
    street.says("alice", "bob", "still here").unwrap();
    assert_eq!(street.texts("bob").last().unwrap(), "still here");
}

#[test]
fn a_thief_cannot_push_out_the_real_one_who_begins_anew() {
    let mut street = Street::with_friends(51);
    let copy = street.copies("alice");
    let mut thief = Thief::reads_bobs_store(&mut street);
    heals(&mut street);
    let to_bob = street.people["alice"].newest_capability();
    for number in 0..20 {
        let (flight, _) = thief.begins(&format!("forged {number}"));
        assert!(street.relay.deposit(&to_bob, &flight));
    }
    street.settles();
    street.restores("alice", &copy);
    street.says("alice", "bob", "from the copy").unwrap();
    street.settles();
    let texts = street.texts("bob");
    assert_eq!(texts, ["a 0", "a 1", "a 2", "from the copy"]);
    street.says("bob", "alice", "welcome back").unwrap();
    assert_eq!(street.texts("alice").last().unwrap(), "welcome back");
    // Sixteen of them wait at most; of those before, only their preambles are known.
    assert!(rows(&mut street, "bob", Table::Channel).len() <= 18);
}

#[test]
fn a_key_that_nobody_asked_for_is_not_kept_before_its_giver_is_proven() {
    let mut row = Row::of("A23");
    for seed in 0..row.times(2, 100) {
        let mut street = Street::with_friends(4_000 + row.seed() + seed);
        let mut thief = Thief::reads_bobs_store(&mut street);
        heals(&mut street);
        let kept = |street: &mut Street| {
            let contact: ContactRecord = read(&rows(street, "bob", Table::Contact)[0]).unwrap();
            let (bundle, secret) = contact.has.expect("Alice gave a renewal");
            (bundle.to_vec(), secret.0)
        };
        let before = kept(&mut street);
        let to_bob = street.people["alice"].newest_capability();
        let (flight, mut session) = thief.begins("take this key");
        assert!(street.relay.deposit(&to_bob, &flight));
        for number in 0..5 {
            let mut content = lies("and this");
            content.sequence += 1 + number;
            content.renewal = Some(thief.renewal());
            let envelope = session.seal(&content.to_bytes(), &mut thief.dice);
            assert!(street.relay.deposit(&to_bob, &envelope.unwrap()));
            row.tried(1);
        }
        street.settles();
        assert!(kept(&mut street) == before, "another key is kept");
        // The control: the one that Alice gave is taken as it was, and another when she gives one.
        street.says("alice", "bob", "still here").unwrap();
        assert_eq!(street.texts("bob").last().unwrap(), "still here");
    }
}
