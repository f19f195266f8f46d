//! Makes one content, seals it and puts it in the outbox. After an order or a chore, before `outbox`.
//! Knows: what a content carries when. Never knows: sockets. (SPEC §6, C-1, C-3, C-5, C-6, C-8)

use partywall_ground::{AtMost, Capability, LinkSecret, RelayKey, Seconds};
use partywall_proof::link::Authority;
use partywall_session::{
    BundleKind, BundleSecret, Identity, LinkKeys, SealError, draw_link_secret,
};
use zeroize::Zeroizing;

use super::content::{Content, MOST_SPANS, Renewal, ReplyTo};
use super::records::{Blob, BundleOwner, BundleRecord, Key32, MailboxState, MessageRecord};
use super::rows::written;
use super::turn::Turn;
use crate::contact::Said;
use crate::error::{GREATEST_TEXT, SayError, StoreTrouble};
use crate::message::{MessageId, Sent};

/// A renewal is good for a year.
const RENEWAL_SECONDS: u64 = 365 * 86_400;

/// How far a message of ours has come, as it is stored.
pub(crate) const QUEUED: u8 = 0;
pub(crate) const ACCEPTED: u8 = 1;
pub(crate) const DELIVERED: u8 = 2;
pub(crate) const FAILED: u8 = 3;
pub(crate) const EXPIRED: u8 = 4;

/// What a content is sealed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saying<'a> {
    /// The person says something.
    Text(&'a str),
    /// A sign of our own, at once.
    Sign,
    /// A sign of our own that was delayed, so it may carry receipts.
    Receipt,
}

type Texts = Vec<(Option<Vec<u8>>, Zeroizing<String>)>;

impl Turn<'_, '_> {
    /// Takes texts until one is refused.
    pub(super) fn say(
        &mut self,
        contact: i64,
        texts: Texts,
    ) -> Result<Result<Vec<Sent>, Said>, StoreTrouble> {
        let mut taken = Vec::new();
        for (key, text) in texts {
            match self.say_one(contact, key.as_deref(), &text)? {
                Ok(sent) => taken.push(sent),
                Err(why) => return Ok(Err(Said { taken, why })),
            }
        }
        Ok(Ok(taken))
    }

    fn say_one(
        &mut self,
        contact: i64,
        key: Option<&[u8]>,
        text: &str,
    ) -> Result<Result<Sent, SayError>, StoreTrouble> {
        if self.mind.contacts.get(contact).is_none() {
            return Ok(Err(SayError::Forgotten));
        }
        if let Some(key) = key
            && let Some(message) = self.hands.said(contact, key)?
        {
            let row = self.hands.message(message)?.ok_or(StoreTrouble::Damaged)?;
            let record: MessageRecord = super::rows::read(&row.plain)?;
            let id = name_of(&record)?;
            return Ok(Ok(Sent { id, repeated: true }));
        }
        if text.len() > GREATEST_TEXT {
            let length = text.len();
            return Ok(Err(SayError::TooLong { length }));
        }
        let (id, row) = match self.compose(contact, Saying::Text(text))? {
            Ok(done) => done,
            Err(why) => return Ok(Err(why)),
        };
        if let (Some(key), Some(message)) = (key, row) {
            self.hands.remember_said(contact, key, message)?;
        }
        let repeated = false;
        Ok(Ok(Sent { id, repeated }))
    }

    /// Seals the next content: with a text, or one of our own. Gives its id and its message's row.
    pub(super) fn compose(
        &mut self,
        contact: i64,
        saying: Saying<'_>,
    ) -> Result<Result<(MessageId, Option<i64>), SayError>, StoreTrouble> {
        let channel = self.contact(contact)?.sending;
        self.compose_in(contact, channel, saying)
    }

    /// As [`Turn::compose`], in a session that need not be the one that seals.
    pub(super) fn compose_in(
        &mut self,
        contact: i64,
        channel: i64,
        saying: Saying<'_>,
    ) -> Result<Result<(MessageId, Option<i64>), SayError>, StoreTrouble> {
        let record = self.contact(contact)?;
        let target = record.target;
        if record.rolled_back {
            return Ok(Err(SayError::RolledBack));
        }
        // A peer may claim to have seen any number; after the last one there is no next.
        let last = record.sent == u64::MAX;
        if last || self.mind.targets.get(target).is_none_or(|to| to.gone) {
            return Ok(Err(SayError::Ended));
        }
        let content = self.content(contact, saying)?;
        let bytes = content.to_bytes();
        let session = self.mind.channels.get(channel).map(|known| known.session);
        let session = session.ok_or(StoreTrouble::Damaged)?;
        let mut dice = self.mind.dice.stream("peer/seal");
        let sealed = self.session(session)?.seal(&bytes, &mut dice);
        let envelope = match sealed {
            Ok(envelope) => envelope,
            Err(SealError::TooLong { length, .. }) => return Ok(Err(SayError::TooLong { length })),
            Err(SealError::TurnDue) => return Ok(Err(SayError::Unanswered)),
            Err(SealError::BadPeerKey) => return Ok(Err(SayError::Ended)),
        };
        if !partywall_mutant::is("B11") {
            self.mind.stepped.insert(session);
        }
        let id = message_id(&envelope);
        let message = match saying {
            Saying::Text(text) => Some(self.keep_ours(contact, id, &content, text)?),
            Saying::Sign | Saying::Receipt => None,
        };
        let row = self
            .hands
            .insert_outbox(target, contact, message, &envelope)?;
        self.sealed_on_trust(contact, row, message)?;
        self.mind.drops.entry(target).or_default().waiting = true;
        self.told(contact, channel, &content)?;
        Ok(Ok((id, message)))
    }

    fn keep_ours(
        &mut self,
        contact: i64,
        id: MessageId,
        content: &Content,
        text: &str,
    ) -> Result<i64, StoreTrouble> {
        let record = MessageRecord {
            id: Blob(id.0.to_vec()),
            ours: true,
            milliseconds: content.milliseconds,
            text: text.to_owned(),
            late: false,
            sequence: content.sequence,
            crossed: None,
        };
        let ours = Some((content.sequence, QUEUED));
        self.hands
            .insert_message(contact, &id.0, ours, &written(&record))
    }

    fn content(&mut self, contact: i64, saying: Saying<'_>) -> Result<Content, StoreTrouble> {
        let (text, renewal) = match saying {
            Saying::Text(text) => (Some(text), None),
            Saying::Sign | Saying::Receipt => (None, self.renewal(contact)?),
        };
        // Never with a text: how soon somebody answers would be how soon they read. (C-5)
        let receipts = self.setting().receipts && saying == Saying::Receipt;
        let record = self.contact(contact)?;
        let spans: Vec<_> = if receipts && self.is_confirmed(record) {
            record.receipts.iter().take(MOST_SPANS).copied().collect()
        } else {
            Vec::new()
        };
        Ok(Content {
            sequence: record.sent.saturating_add(1),
            milliseconds: self.now.wall.millis(),
            seen: record.seen,
            text: text.map(str::to_owned),
            reply_to: self.reply_to(contact)?,
            moved: self.contact(contact)?.moved,
            taken: match spans.is_empty() {
                true => None,
                false => AtMost::try_from(spans).ok(),
            },
            renewal,
        })
    }

    /// Our newest mailbox, until mail arrives there. (C-1)
    fn reply_to(&self, contact: i64) -> Result<Option<ReplyTo>, StoreTrouble> {
        let record = self.contact(contact)?;
        let Some(mailbox) = record.announce.and_then(|id| self.mind.mailboxes.get(id)) else {
            return Ok(None);
        };
        if mailbox.state != MailboxState::Open {
            return Ok(None);
        }
        let relay = self.mind.relays.get(mailbox.relay);
        let relay = relay.ok_or(StoreTrouble::Damaged)?;
        let authorities: Vec<Authority> = relay
            .authorities
            .iter()
            .filter_map(|text| Authority::parse(text).ok())
            .collect();
        Ok(Some(ReplyTo {
            epoch: record.epoch,
            authorities: AtMost::try_from(authorities).map_err(|_| StoreTrouble::Damaged)?,
            relay: RelayKey::new(relay.key.0),
            capability: Capability::new(mailbox.capability.0),
        }))
    }

    /// A bundle to begin anew with, once to each confirmed peer, and again when it was used. (C-8)
    fn renewal(&mut self, contact: i64) -> Result<Option<Renewal>, StoreTrouble> {
        let record = self.contact(contact)?;
        if !self.is_confirmed(record) || record.gave.is_some() {
            return Ok(None);
        }
        let identity = Identity::from_bytes(&record.identity).map_err(|_| StoreTrouble::Damaged)?;
        let mut dice = self.mind.dice.stream("peer/renewal");
        let until = Seconds::new(self.now.wall.seconds() + RENEWAL_SECONDS);
        let secret =
            BundleSecret::<partywall_ground::Peer>::draw(BundleKind::LastResort, until, &mut dice);
        let link: LinkSecret = draw_link_secret(&mut dice);
        let keys = LinkKeys::<partywall_ground::Peer>::of(&link);
        let bundle = secret.publish(&identity, &keys.drop_id());
        let kept = BundleRecord {
            owner: BundleOwner::Contact(contact),
            secret: Blob(secret.to_bytes().to_vec()),
            one_time: false,
            link: Key32(*link.as_bytes()),
            until: None,
        };
        let row = self
            .hands
            .insert_bundle(secret.id().as_bytes(), &written(&kept))?;
        self.edit_contact(contact)?.gave = Some(row);
        Ok(Some(Renewal {
            bundle: Blob(bundle.as_bytes().to_vec()),
            secret: link,
        }))
    }

    /// What a sealed content has settled.
    fn told(&mut self, contact: i64, channel: i64, content: &Content) -> Result<(), StoreTrouble> {
        let known = self.mind.channels.get(channel);
        if known.is_some_and(|known| known.confirmed && known.first.is_none())
            && let Some(known) = self.mind.channels.edit(channel)
        {
            known.first = Some(content.sequence);
        }
        let record = self.edit_contact(contact)?;
        record.sent = content.sequence;
        if content.text.is_some() {
            record.said = Some(content.sequence);
        }
        record.unanswered = 0;
        // What is said in another session does not tell the peer which one seals.
        record.hello &= record.sending != channel;
        if content.reply_to.is_some() {
            record.announced = true;
        }
        if content.moved.is_some() {
            record.moved_told.get_or_insert(content.sequence);
        }
        if let Some(spans) = &content.taken {
            record.receipts.drain(..spans.len());
            record.receipt_due = !record.receipts.is_empty();
        }
        Ok(())
    }
}

/// A message's id: the first half of its envelope's digest.
pub(super) fn message_id(envelope: &[u8]) -> MessageId {
    let digest = partywall_proof::sha256(envelope);
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    MessageId(half)
}

/// The id a message was stored under.
pub(super) fn name_of(record: &MessageRecord) -> Result<MessageId, StoreTrouble> {
    let bytes: [u8; 16] = record.id[..]
        .try_into()
        .map_err(|_| StoreTrouble::Damaged)?;
    Ok(MessageId(bytes))
}
