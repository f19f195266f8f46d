//! What a consent promises.

use super::*;
use crate::field::{Basis, Field, Purpose, Recipient};
use crate::precision::{KeepDays, Precision};
use crate::table;
use partywall_proof::SigningKey;

const NOW: Seconds = Seconds::new(5_000);

fn row(purpose: Purpose) -> Row {
    Row::new(Field::Country, Recipient::Parent, purpose)
}

/// Offers the country to the parent for everything, by consent, everywhere.
pub(crate) fn offering(seed: u16) -> Table {
    let mut draft = table::tests::draft(1);
    for purpose in Purpose::ALL {
        for region in Region::ALL {
            let rule = table::Rule::new(Precision::Full, KeepDays::new(seed).unwrap());
            draft.allow(row(purpose).at(region, Basis::Consent), rule);
        }
    }
    table::tests::signed(&draft)
}

fn customer() -> SigningKey {
    SigningKey::from_seed(&[5; 32])
}

fn party() -> Party {
    Party {
        business: BusinessId::new([9; 32]),
        pairwise: PairwiseKey::new(*customer().public().as_bytes()),
    }
}

fn wish(accepted: &Table) -> Draft<'_> {
    Draft {
        business: party().business,
        accepted,
        choices: [row(Purpose::ServiceOperation), row(Purpose::Analytics)]
            .into_iter()
            .collect(),
        region: Some(Region::Eu),
        counter: NonZeroU64::new(3).unwrap(),
        issued: Seconds::new(4_000),
        expiry: Seconds::new(6_000),
        refusal: Refusal::None,
    }
}

#[test]
fn a_consent_is_read_as_it_was_signed() {
    let table = offering(9);
    let signed = wish(&table).sign(&customer()).unwrap();
    let read = UnverifiedConsent::decode(&signed.encode()).unwrap();
    assert_eq!(read, signed);
    let consent = read.verify(&party(), &table).unwrap();
    assert_eq!(consent.signed(), signed.encode());
    assert_eq!(consent.party(), party());
    assert_eq!(consent.choices().count(), 2);
    assert!(consent.chose(row(Purpose::Analytics), Seconds::new(6_000)));
    assert!(!consent.chose(row(Purpose::Analytics), Seconds::new(6_001)));
    assert!(!consent.chose(row(Purpose::SafetySecurity), NOW));
}

#[test]
fn every_bit_of_a_signed_consent_flipped_is_refused() {
    let mut row = partywall_row::Row::of("P18");
    let table = offering(9);
    let bytes = wish(&table).sign(&customer()).unwrap().encode();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let verdict =
            UnverifiedConsent::decode(&flipped).map(|consent| consent.verify(&party(), &table));
        assert!(!matches!(verdict, Ok(Ok(_))), "bit {bit}");
        row.tried(1);
    }
}

#[test]
fn five_kinds_of_replay_are_refused_and_a_tombstone_still_refuses() {
    let mut row = partywall_row::Row::of("P19");
    let (table, other_table) = (offering(9), offering(8));
    let signed = wish(&table).sign(&customer()).unwrap();
    let judged = |party: &Party, table: &Table, memory: u64, now: u64| {
        let memory = Counter::new(memory);
        let taken = judge(signed.clone(), party, table, memory, Seconds::new(now));
        taken.map(|(_, counter)| counter.value())
    };
    assert_eq!(judged(&party(), &table, 0, 5_000), Ok(3));
    assert_eq!(judged(&party(), &table, 2, 6_000), Ok(3));
    assert_eq!(
        judged(&party(), &table, 3, 5_000),
        Err(Refused::Older),
        "again"
    );
    assert_eq!(
        judged(&party(), &table, 4, 5_000),
        Err(Refused::Older),
        "older"
    );
    let elsewhere = Party {
        business: BusinessId::new([8; 32]),
        ..party()
    };
    assert_eq!(
        judged(&elsewhere, &table, 0, 5_000),
        Err(Refused::Bad),
        "other business"
    );
    let pairwise = PairwiseKey::new(*SigningKey::from_seed(&[6; 32]).public().as_bytes());
    let other = Party {
        pairwise,
        ..party()
    };
    assert_eq!(
        judged(&other, &table, 0, 5_000),
        Err(Refused::Bad),
        "other key"
    );
    assert_eq!(judged(&party(), &table, 0, 6_001), Err(Refused::Expired));
    assert_eq!(
        judged(&party(), &other_table, 0, 5_000),
        Err(Refused::Bad),
        "other table"
    );

    let tombstone = Counter::NONE
        .after(&signed.clone().verify(&party(), &table).unwrap())
        .unwrap();
    let stored = Counter::new(tombstone.value());
    let after_erasure = judge(signed, &party(), &table, stored, NOW);
    assert_eq!(after_erasure.unwrap_err(), Refused::Older);
    row.tried(7);
}

#[test]
fn a_choice_that_the_table_does_not_offer_can_neither_be_signed_nor_taken() {
    let table = offering(9);
    let mut wish = wish(&table);
    wish.choices.switch_on(Row::new(
        Field::PhoneNumber,
        Recipient::Parent,
        Purpose::Analytics,
    ));
    assert_eq!(wish.sign(&customer()), Err(BadDraft::NotOffered));

    let wide = offering(9);
    let mut narrow = table::tests::draft(1);
    narrow.effective = Seconds::new(1_001);
    let narrow = table::tests::signed(&narrow);
    let mut smuggled = super::Body {
        table: narrow.hash(),
        ..self::wish(&wide).sign(&customer()).unwrap().body
    };
    let take = |body: &super::Body| {
        let signed = Signed::make(&customer(), labels::CONSENT, cbor::encode(body));
        UnverifiedConsent::decode(&signed.encode())
            .unwrap()
            .verify(&party(), &narrow)
    };
    assert_eq!(take(&smuggled), Err(BadConsent));
    smuggled.choices = Choices::essential_only();
    assert!(take(&smuggled).is_ok());
}

#[test]
fn an_objection_leaves_no_choice_that_it_bars() {
    let table = offering(9);
    for refusal in [Refusal::Objection, Refusal::GlobalPrivacyControl] {
        let mut wish = wish(&table);
        wish.refusal = refusal;
        assert_eq!(wish.sign(&customer()), Err(BadDraft::Contradiction));
        wish.choices.switch_off(row(Purpose::Analytics));
        let signed = wish.sign(&customer()).unwrap();
        let mut body = signed.body;
        body.choices.switch_on(row(Purpose::AdsProductImprovement));
        let signed = Signed::make(&customer(), labels::CONSENT, cbor::encode(&body));
        assert!(UnverifiedConsent::decode(&signed.encode()).is_err());
    }
}

#[test]
fn choices_out_of_order_or_twice_are_refused() {
    let one = [0x83, 4, 2, 1];
    let two = [0x83, 4, 2, 2];
    let list = |rows: &[[u8; 4]]| {
        [
            &[0x80 + u8::try_from(rows.len()).unwrap()][..],
            &rows.concat(),
        ]
        .concat()
    };
    assert!(cbor::decode::<Choices>(&list(&[one, two])).is_ok());
    assert!(cbor::decode::<Choices>(&list(&[two, one])).is_err());
    assert!(cbor::decode::<Choices>(&list(&[one, one])).is_err());
    assert!(cbor::decode::<Choices>(&[0x81, 0x82, 4, 2]).is_err());
    let all: Choices = Row::all().collect();
    assert_eq!(all.count(), Row::COUNT);
    assert!(cbor::decode::<Choices>(&cbor::encode(&all)) == Ok(all));
    assert!(cbor::encode(&all).len() + 256 < LONGEST);
}

#[test]
fn a_number_that_no_database_keeps_is_no_number_of_a_consent() {
    let table = offering(9);
    let numbered = |counter| Draft {
        counter: NonZeroU64::new(counter).unwrap(),
        ..wish(&table)
    };
    let mut last = numbered(HIGHEST).sign(&customer()).unwrap();
    assert!(UnverifiedConsent::decode(&last.encode()).is_ok());
    for beyond in [HIGHEST + 1, u64::MAX - 1, u64::MAX] {
        let refused = numbered(beyond).sign(&customer());
        assert_eq!(refused.err(), Some(BadDraft::Exhausted));
        last.body.counter = NonZeroU64::new(beyond).unwrap();
        let signed = Signed::make(&customer(), labels::CONSENT, cbor::encode(&last.body));
        assert!(UnverifiedConsent::decode(&signed.encode()).is_err());
    }
}
