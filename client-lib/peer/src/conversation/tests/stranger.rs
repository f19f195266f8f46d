//! Somebody who holds a contact link says whatever a content can say, and hears nothing back. (SPEC C-5, row D02)
//! Knows: what is promised, and the wire as it is or broken. Never knows: how it is refused.

use partywall_ground::{AtMost, Capability, Peer, RelayKey, Seconds};
use partywall_proof::link::Authority;
use partywall_row::Row;
use partywall_session::{
    Binding, BundleKind, BundleSecret, Identity, LinkKeys, Session, UnverifiedBundle,
    draw_link_secret,
};
use partywall_world::{Clock, Dice};
use zeroize::Zeroizing;

use super::relay::Attached;
use super::street::Street;
use crate::conversation::content::{Content, Moved, Renewal, ReplyTo, Span};
use crate::conversation::records::Blob;
use crate::link::Link;
use crate::seam::{Collect, Slot};

/// Somebody with a link who speaks the protocol, and keeps to nothing else.
struct Stranger {
    to: [u8; 32],
    identity: Identity<Peer>,
    session: Session<Peer>,
    dice: Dice,
    /// A mailbox of the stranger's own, at which anything would be heard.
    own: [u8; 32],
    relay: RelayKey,
    last: Vec<u8>,
    sequence: u64,
}

impl Stranger {
    fn comes(street: &mut Street, link: &Link, seed: u64) -> Self {
        let mut dice = Dice::seeded(seed).stream("stranger");
        let link = link.parsed();
        let keys = LinkKeys::<Peer>::of(link.secret());
        let to = *keys.capability().as_bytes();
        let sealed = street.relay.take(&to).expect("a bundle lies there");
        let now = Seconds::new(street.clock.wall().seconds());
        let bundle = UnverifiedBundle::unseal(&sealed, keys.shelf_key())
            .and_then(|bundle| bundle.verify(link.maker(), &keys.drop_id(), now))
            .expect("the bundle is the link's");
        let identity = Identity::draw(&mut dice);
        let session = Session::initiate(&identity, &bundle, &keys, Binding::NONE, &mut dice);
        let (own, reader) = (dice.bytes(), Zeroizing::new(dice.bytes()));
        let create = Collect::Create {
            slot: Slot(1),
            reader,
            drop: partywall_peer::drop_id(&Capability::new(own)).into_bytes(),
            pass: None,
            credit: None,
        };
        street.relay.collect(&mut Attached::default(), create);
        Self {
            to,
            identity,
            session: session.expect("the bundle is verified"),
            dice,
            own,
            relay: *link.relay(),
            last: Vec::new(),
            sequence: 0,
        }
    }

    fn content(&mut self, seen: u64) -> Content {
        self.sequence += 1;
        let authority = Authority::new("relay.example", 7_443).expect("a good name");
        let mut content = Content::bare(self.sequence, 1_800_000_000_000, seen);
        content.reply_to = Some(ReplyTo {
            epoch: 1,
            authorities: AtMost::try_from(vec![authority]).expect("one fits"),
            relay: self.relay,
            capability: Capability::new(self.own),
        });
        content
    }

    /// A good bundle of the stranger's, to begin anew with.
    fn renewal(&mut self) -> Renewal {
        let until = Seconds::new(1_800_000_000 + 300 * 86_400);
        let secret = BundleSecret::<Peer>::draw(BundleKind::LastResort, until, &mut self.dice);
        let link = draw_link_secret(&mut self.dice);
        let keys = LinkKeys::<Peer>::of(&link);
        let bundle = secret.publish(&self.identity, &keys.drop_id());
        Renewal {
            bundle: Blob(bundle.as_bytes().to_vec()),
            secret: link,
        }
    }

    fn sealed(&mut self, content: &[u8]) -> Vec<u8> {
        let sealed = self.session.seal(content, &mut self.dice);
        self.last = sealed.expect("not too long, and no turn is due");
        self.last.clone()
    }

    /// An envelope of one of fifteen kinds.
    fn crafts(&mut self, kind: u64) -> Vec<u8> {
        let span = |first, last| AtMost::try_from(vec![Span { first, last }]).ok();
        let mut content = self.content(0);
        match kind {
            0 => content.text = Some("anybody there?".to_owned()),
            1 => {} // says nothing
            2 => content.taken = span(1, 4_000),
            3 => content.seen = u64::MAX,
            4 => content.moved = Some(Moved { epoch: 7, last: 3 }),
            5 => content.renewal = Some(self.renewal()),
            6 => {
                self.sequence += 1_000;
                content.sequence = self.sequence;
                content.text = Some("after a gap".to_owned());
            }
            7 => content.text = Some("x".repeat(40_000)),
            // As if we had written, and had lost our store since: begin anew with me.
            8 => {
                content.seen = 1;
                content.taken = span(1, 1);
                content.renewal = Some(self.renewal());
                content.text = Some("as I said".to_owned());
            }
            // The last one again.
            9 if !self.last.is_empty() => return self.last.clone(),
            // A bit of it is another.
            10 => {
                let bytes = content.to_bytes();
                let mut envelope = self.sealed(&bytes);
                let at = usize::try_from(self.dice.below(4_096)).expect("small");
                envelope[at] ^= 1;
                return envelope;
            }
            // Sealed well, and no content.
            11 => return self.sealed(&[]),
            12 => return self.sealed(&[0xff; 300]),
            // Nothing at all.
            13 => {
                let noise = (0..128).flat_map(|_| self.dice.bytes::<32>());
                return noise.collect();
            }
            // The preamble of a bundle that nobody made.
            _ => {
                let bytes = content.to_bytes();
                let mut envelope = self.sealed(&bytes);
                envelope[..16].copy_from_slice(&self.dice.bytes::<16>());
                return envelope;
            }
        }
        let bytes = content.to_bytes();
        self.sealed(&bytes)
    }
}

#[test]
fn whatever_a_stranger_says_not_one_byte_goes_back_and_nothing_is_woken() {
    let mut row = Row::of("D02");
    let mut street = Street::with_seed(row.seed());
    street.opens("alice");
    let link = street.invites("alice", "visitor", true).unwrap();
    let each = row.times(3, 1_000);
    let mut said = 0;
    for kind in 0..15 {
        let mut stranger = Stranger::comes(&mut street, &link, kind);
        for number in 0..each {
            // The first flight is a good one, so that there is somebody to answer.
            let kind = if number == 0 { 0 } else { kind };
            let envelope = stranger.crafts(kind);
            assert!(street.relay.deposit(&stranger.to, &envelope));
            said += 1;
            street.runs();
        }
    }
    street.waits(60);
    let back = street.relay.seen.len() - said;
    assert_eq!(back, 0, "envelopes that went back");
    assert_eq!(street.relay.waiting(), 0, "all of it was taken in");
    assert!(
        street.is_still("alice"),
        "no timer of hers runs because of it"
    );
    let texts = street.texts("alice");
    assert!(texts.iter().any(|text| text == "anybody there?"));
    row.tried(said as u64);
    row.figure(format!(
        "{said} messages of 15 kinds, 0 bytes back, 0 timers"
    ));

    // One who is answered does get receipts: the silence is no accident.
    let card = "visitor";
    street.says("alice", card, "yes").unwrap();
    street.settles();
    assert!(street.relay.seen.len() > said + 1);
}
