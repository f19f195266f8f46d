//! What a shop makes of each event. (SPEC §11.5, B-16 to B-18, S-4, S-5)
//! Knows: kinds of events, first flights. Never knows: lines.

use std::sync::Arc;

use partywall_business::disclosure::Record;
use partywall_business::event::{Event, News};
use partywall_business::field::Recipient;
use partywall_business::frank::Speaker;
use partywall_business::id::Subject;
use partywall_business::ledger::UnverifiedProof;
use partywall_business::{Categories, ConversationId, OptIn, Rule, business_link_secret};
use partywall_ground::Business;
use partywall_session::{
    Binding, BundleKind, BundleSecret, Clear, FirstFlight, Identity, LinkKeys, PreambleId,
    bundle_id_of,
};

use super::{Disclosed, EventKind, Progress, Pseudonym, enrol, pump};
use crate::core::{Core, Work};
use crate::error::Stopped;
use crate::inbox::{self, Arrived, Judged, Place};
use crate::records::{self, Bundle, Guest, Relay, ShopRecord, Thread};
use crate::store::{StoreTrouble, Table};
use crate::{outbox, trust, words};

/// Takes one event in. When this returns well it may be acknowledged.
pub(super) async fn take(core: &Arc<Core>, event: Event) -> Result<(), Stopped> {
    core.work(move |work| take_in(work, event)).await
}

fn take_in(work: &mut Work<'_>, event: Event) -> Result<(), StoreTrouble> {
    let from = Pseudonym(event.conversation);
    let (row, mut guest) = match pump::guest(work, from)? {
        Some(known) => known,
        None => new_guest(work, event.conversation)?,
    };
    match inbox::place(&mut guest.thread, event.sequence.value().get()) {
        Place::Again => return Ok(()),
        Place::Next => {}
        Place::After(missing) => work.tell(&EventKind::Gap { from, missing })?,
    }
    guest.thread.opens_until(event.window_expires_at);
    match event.news {
        News::Message {
            clear,
            envelope,
            mark,
        } => {
            let arrived = Arrived {
                event: event.id,
                at: event.at,
                clear: &clear,
                envelope: &envelope,
                mark,
                speaker: Speaker::Customer,
            };
            let sequence = event.sequence.value().get();
            message(work, row, &mut guest, &arrived, sequence)?;
        }
        News::Began { opted_in, region } => {
            let listed = opted_in.iter().collect();
            (guest.opted_in, guest.region, guest.left) = (opted_in, region, false);
            work.tell(&EventKind::Began {
                from,
                opted_in: listed,
                region,
            })?;
        }
        News::Left => {
            guest.left = true;
            work.tell(&EventKind::Left { from })?;
            refuse_queued(work, row, from)?;
            records::delete_of(work, "session", row)?;
        }
        News::Opted { category, opt_in } => {
            let may_come = opt_in == OptIn::In;
            let now = std::mem::take(&mut guest.opted_in);
            guest.opted_in = if may_come {
                now.with(category)
            } else {
                now.without(category)
            };
            work.tell(&EventKind::Opted {
                from,
                category,
                may_come,
            })?;
        }
        News::Disclosed { disclosure, entry } => {
            let known = disclosed(work, &event.conversation, disclosure.as_bytes(), entry)?;
            let event = event.id;
            match known {
                Some(what) => work.tell(&EventKind::Disclosed { from, what })?,
                None => work.tell(&EventKind::Quarantined { from, event })?,
            }
        }
        News::Withdrawn { message, reason } => {
            let id = outbox::withdrawn(work, &message)?;
            work.tell(&EventKind::Withdrawn {
                to: from,
                id,
                reason,
            })?;
        }
        News::Suspended(reason) => work.tell(&EventKind::Suspended { reason })?,
        News::Revoked(reason) => work.tell(&EventKind::Revoked { reason })?,
        // A customer's.
        News::Table(_) | News::Certificate(_) => {}
    }
    records::update(work, Table::Talk, row, &guest)
}

/// Nothing that waits for a customer who left will be said.
fn refuse_queued(work: &mut Work<'_>, row: i64, to: Pseudonym) -> Result<(), StoreTrouble> {
    while let Some((out, _)) = records::next_out(work, row)? {
        let (rule, until) = (Rule::Left, None);
        if let Some(id) = outbox::settle(work, out, Progress::Refused(rule), None, None)? {
            work.tell(&EventKind::Refused {
                to,
                id,
                rule,
                until,
            })?;
        }
    }
    Ok(())
}

fn new_guest(
    work: &mut Work<'_>,
    conversation: ConversationId,
) -> Result<(i64, Guest), StoreTrouble> {
    let guest = Guest {
        thread: Thread::new(conversation),
        opted_in: Categories::none(),
        region: None,
        left: false,
    };
    let plain = partywall_ground::cbor::encode(&guest);
    let row = records::insert_by(work, "talk", conversation.as_bytes(), &plain)?;
    Ok((row, guest))
}

fn message(
    work: &mut Work<'_>,
    row: i64,
    guest: &mut Guest,
    arrived: &Arrived<'_>,
    sequence: u64,
) -> Result<(), StoreTrouble> {
    let from = Pseudonym(guest.thread.conversation);
    let opened = match inbox::open(work, row, arrived)? {
        Some(opened) => Some(opened),
        None => first_flight(work, row, arrived)?,
    };
    let shown = opened.and_then(|opened| {
        let what = words::from_wire(opened.content.what.clone())?;
        Some((opened, what))
    });
    let Some((opened, what)) = shown else {
        let event = arrived.event;
        return work.tell(&EventKind::Quarantined { from, event });
    };
    let (id, said, what) = inbox::keep(work, row, &mut guest.thread, arrived, opened, what)?;
    work.tell(&EventKind::Message {
        from,
        id,
        event: arrived.event,
        sequence,
        said,
        at: arrived.at,
        what,
        window_expires_at: guest.thread.window,
    })
}

/// Begins a session with a first flight: session, message and the erasure of a one-time bundle are
/// one transaction. (SPEC S-4, S-5)
fn first_flight(
    work: &mut Work<'_>,
    row: i64,
    arrived: &Arrived<'_>,
) -> Result<Option<Judged>, StoreTrouble> {
    let envelope = arrived.envelope.as_bytes();
    let (Some(bundle_id), Some(preamble)) =
        (bundle_id_of(envelope), PreambleId::<Business>::of(envelope))
    else {
        return Ok(None);
    };
    if records::by_key(work, "session", preamble.as_bytes())?.is_some() {
        return Ok(None);
    }
    let Some((bundle_row, plain)) = records::by_key(work, "bundle", bundle_id.as_bytes())? else {
        return Ok(None);
    };
    let Some(shop) = enrol::shop(work)? else {
        return Ok(None);
    };
    let bundle: Bundle = records::read(&plain)?;
    let Some((session, judged)) = unlocked(work, &shop, &bundle, arrived)? else {
        return Ok(None);
    };
    let by = Some(preamble.as_bytes().as_slice());
    records::insert_of(work, "session", row, by, &session)?;
    if bundle.last_resort {
        let mut shop = shop;
        shop.last_resort = None;
        enrol::keep(work, &shop)?;
    } else {
        work.hands.delete(Table::Bundle, bundle_row)?;
    }
    Ok(Some(judged))
}

type Begun = (zeroize::Zeroizing<Vec<u8>>, Judged);

/// The session of a first flight that is bound to what this shop's certificate says, or said.
fn unlocked(
    work: &mut Work<'_>,
    shop: &ShopRecord,
    bundle: &Bundle,
    arrived: &Arrived<'_>,
) -> Result<Option<Begun>, StoreTrouble> {
    let secret = BundleSecret::<Business>::from_bytes(&bundle.secret)
        .map_err(|_state| StoreTrouble::Damaged)?;
    let identity = Identity::<Business>::from_bytes(shop.identity.bytes())
        .map_err(|_state| StoreTrouble::Damaged)?;
    let link = LinkKeys::<Business>::of(&business_link_secret(&shop.business));
    let clear = arrived.clear.to_bytes();
    let Ok(clear) = Clear::of(&clear) else {
        return Ok(None);
    };
    debug_assert_eq!(secret.kind() == BundleKind::LastResort, bundle.last_resort);
    let endpoint = identity.public();
    for hosting in std::iter::once(&shop.hosting).chain(shop.before.iter().rev()) {
        let hosting = hosting.to_bytes();
        let binding = Binding::<Business>::of(shop.business.as_bytes(), &hosting, &endpoint);
        let envelope = arrived.envelope.as_bytes();
        let flight = FirstFlight::unlock(envelope, &secret, &identity, &link, binding);
        let Ok((session, opened)) = flight.and_then(|flight| flight.begin(clear, work.today()))
        else {
            continue;
        };
        let judged = inbox::judged(&opened.content, arrived);
        return Ok(judged.map(|judged| (session.to_bytes(), judged)));
    }
    Ok(None)
}

/// A disclosure to this business about this customer, if the operator's ledger has it. (SPEC L-8)
fn disclosed(
    work: &mut Work<'_>,
    conversation: &ConversationId,
    bytes: &[u8],
    entry: UnverifiedProof,
) -> Result<Option<Disclosed>, StoreTrouble> {
    let Some(shop) = enrol::shop(work)? else {
        return Ok(None);
    };
    let relay: Relay = records::must(work, Table::Relay, shop.relay)?;
    let operator = trust::operator(&relay)?;
    let proven = entry.verify(&operator).ok();
    let proven = proven.filter(|proven| proven.payload().as_bytes() == bytes);
    let read = |proven: partywall_business::ledger::Proven| {
        let says = Record::decode(bytes).ok()?;
        let ours = says.business == shop.business
            && says.recipient == Recipient::Business
            && says.subject == Subject::of(conversation, Recipient::Business);
        ours.then(|| Disclosed::of(says, proven.index().value()))
    };
    Ok(proven.and_then(read))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use partywall_business::{Category, EventId, Sequence, Tag};
    use partywall_ground::Seconds;
    use partywall_street::Direct;
    use partywall_world::{Dice, ManualClock, Wall};

    use super::*;
    use crate::World;
    use crate::outbox::Words;
    use crate::store::LITTLE;
    use crate::what::What;

    async fn shop(folder: &std::path::Path) -> Arc<Core> {
        let clock = Arc::new(ManualClock::at(Wall::from_seconds(1_000)));
        let world = World::of(clock, Dice::seeded(1), Arc::new(Direct));
        let path = folder.join("shop");
        let opened = Core::open(&path, "good", world, LITTLE, "test").await;
        opened.unwrap()
    }

    fn opted(sequence: u64) -> Event {
        let (category, opt_in) = (Category::Utility, OptIn::In);
        event(sequence, News::Opted { category, opt_in })
    }

    fn event(sequence: u64, news: News) -> Event {
        let mut number = Sequence::FIRST;
        for _ in 1..sequence {
            number = number.next();
        }
        Event {
            tag: Tag::FIRST,
            id: EventId::new([1; 16]),
            conversation: ConversationId::new([2; 32]),
            sequence: number,
            at: Seconds::new(1),
            window_expires_at: Seconds::new(0),
            news,
        }
    }

    #[tokio::test]
    async fn an_event_that_comes_again_is_acknowledged_and_told_to_nobody() {
        // B-16
        let folder = tempfile::tempdir().unwrap();
        let core = shop(folder.path()).await;
        let mut told = Vec::new();
        for sequence in [1, 1, 2, 1, 2, 5, 4, 5, 6] {
            take(&core, opted(sequence)).await.unwrap();
            let events = core.work(|work| work.events(0, 100)).await.unwrap();
            told.push(events.len());
        }
        // The fifth is told together with the gap before it.
        assert_eq!(told, [1, 1, 2, 2, 2, 4, 4, 4, 5]);
    }

    #[tokio::test]
    async fn what_waits_for_a_customer_who_leaves_is_told_as_refused() {
        let folder = tempfile::tempdir().unwrap();
        let core = shop(folder.path()).await;
        take(&core, opted(1)).await.unwrap();
        let to = Pseudonym(ConversationId::new([2; 32]));
        let queued = core.work(move |work| {
            let (row, mut guest) = pump::guest(work, to)?.unwrap();
            let words = Words::Plain(What::Text("still there?".to_owned()));
            let put = outbox::put(work, row, &mut guest.thread, words, Speaker::Business)?;
            records::update(work, Table::Talk, row, &guest)?;
            Ok(put.unwrap())
        });
        let queued = queued.await.unwrap();
        take(&core, event(2, News::Left)).await.unwrap();
        let events = core.work(|work| work.events(0, 100)).await.unwrap();
        let told: Vec<EventKind> = events
            .iter()
            .map(|(_, plain)| records::read(plain).unwrap())
            .collect();
        let refused = EventKind::Refused {
            to,
            id: queued,
            rule: Rule::Left,
            until: None,
        };
        assert_eq!(told[1..], [EventKind::Left { from: to }, refused]);
        let said = core.work(move |work| {
            let (row, _) = pump::guest(work, to)?.unwrap();
            let left = records::queued(work, row)?;
            Ok((left, records::messages(work, row, i64::MAX, 9)?))
        });
        let (left, said) = said.await.unwrap();
        assert_eq!(left, 0);
        assert_eq!(said[0].1.progress, Progress::Refused(Rule::Left));
    }
}
