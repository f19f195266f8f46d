//! `Flooder` fills what it can reach: rows E06, E07 and E08 of the guarantee catalogue.
//! Knows: both doors. Never knows: what it costs the Flooder.

use partywall_ground::{Close, Credit, Pass};
use partywall_peer::proofs::Admission;
use partywall_peer::{Reason, ShelfBefore};
use partywall_row::Row;
use partywall_world::Dice;

use super::people::{Owner, Reader, Writer, bundle, settle};
use super::world::World;
use crate::rules::admission::digest_of_pass;
use crate::rules::limits::SHELF;
use crate::store::Write;

const QUOTA: u64 = 500;

#[test]
fn a_flooded_mailbox_takes_its_quota_and_a_friends_message_to_another_still_arrives_at_once() {
    let mut row = Row::of("E06");
    let mut world = World::with(row.seed(), |settings| {
        settings.admission = crate::Admission::Open;
        settings.quota_envelopes = u32::try_from(QUOTA).unwrap();
    });
    let (link, friends) = (Owner::number(1), Owner::number(2));
    // The owner of both reads at the friends' only: what lies at the link's stays there.
    drop(Reader::of_new(&mut world, &link));
    let mut reader = Reader::of_new(&mut world, &friends);
    let flood = row.times(3_000, 1_000_000);
    let (mut accepted, mut refused, mut friendly) = (0, 0, 0);
    let mut flooder = Writer::to(&mut world, &link);
    let mut friend = Writer::to(&mut world, &friends);
    let junk = world.envelope();
    for number in 1..=flood {
        if flooder.closed.is_some() {
            accepted += flooder.accepted();
            refused += u64::from(flooder.closed == Some(Close::Full));
            flooder = Writer::to(&mut world, &link);
        }
        flooder.leaves(&mut world, &junk);
        settle(&mut world, &mut [&mut flooder]);
        if number % 300 == 0 {
            let envelope = world.envelope();
            friend.leaves(&mut world, &envelope);
            settle(&mut world, &mut [&mut friend, &mut reader]);
            friendly += 1;
            assert_eq!(friend.accepted(), friendly, "accepted");
            let (slot, tag, last) = reader.delivered.pop().expect("something arrived");
            assert_eq!((slot, &last), (1, &envelope), "and delivered at once");
            reader.ack(&mut world, slot, tag);
            reader.delivered.clear();
        }
    }
    accepted += flooder.accepted();
    let lies = world.numbers(&link).unwrap().held.envelopes;
    assert!(lies <= QUOTA, "{lies} lie there");
    assert_eq!(accepted, QUOTA, "the Flooder got its quota in");
    assert!(refused > 0 && friendly > 0);
    assert!(world.core.router.in_memory() <= 2);
    row.tried(flood);
    row.figure(format!(
        "{flood} envelopes at a mailbox of {QUOTA}: {accepted} kept; {friendly} of {friendly} of a friend's arrived at once"
    ));
}

#[test]
fn however_many_mailboxes_are_asked_for_a_pass_makes_as_many_as_it_counts() {
    const COUNTS: u32 = 10;
    let mut row = Row::of("E07");
    let mut world = World::with(row.seed(), |_| {});
    let mut dice = Dice::seeded(row.seed()).stream("crawler");
    let pass: [u8; 32] = dice.bytes();
    let write = Write::MakePass {
        digest: digest_of_pass(&pass),
        mailboxes: COUNTS,
    };
    assert!(world.core.router.submit(write, |_| {}).is_ok());
    assert!(world.commit());
    let asks = row.times(400, 10_000);
    for _ in 0..asks {
        let owner = Owner {
            reader: partywall_proof::SigningKey::from_seed(&dice.bytes()),
            capability: dice.bytes(),
        };
        let by = match dice.below(4) {
            0 => Admission::Open,
            1 => Admission::Credit(Credit::new(dice.bytes())),
            2 => Admission::Pass(Pass::new(dice.bytes())),
            _ => Admission::Pass(Pass::new(pass)),
        };
        let mut crawler = Reader::enter(&world);
        crawler.create_with(&mut world, &owner, 1, by);
        settle(&mut world, &mut [&mut crawler]);
        let made = crawler.attached(1).is_some();
        assert_eq!(crawler.refused(), (!made).then_some(Reason::Admission));
    }
    let made = world.gauges().mailboxes;
    assert_eq!(made, u64::from(COUNTS), "of {asks} asked for");
    row.tried(asks);
    row.figure(format!(
        "{asks} asked for with a pass for {COUNTS}: {made} made"
    ));
}

#[test]
fn however_many_bundles_are_uploaded_a_shelf_keeps_a_hundred() {
    const EACH: u64 = 32;
    let mut row = Row::of("E08");
    let mut world = World::with_seed(row.seed());
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let bundles: Vec<_> = (0..32).map(bundle).collect();
    let uploads = row.times(3_200, 1_000_000) / EACH;
    for _ in 0..uploads {
        reader.shelve(&mut world, ShelfBefore::Kept, &bundles, Some(&bundles[0]));
        settle(&mut world, &mut [&mut reader]);
    }
    assert_eq!(reader.refused(), Some(Reason::ShelfFull));
    drop(reader);
    let (_, kept) = Reader::of(&mut world, &owner).attached(1).unwrap();
    assert!(kept <= SHELF as u64, "{kept} lie there");
    row.tried(uploads * EACH);
    row.figure(format!("{} bundles uploaded: {kept} kept", uploads * EACH));
}
