//! What a disclosure promises.

use super::*;
use crate::consent::Party;
use crate::field::{Basis, Field, Purpose, Recipient, Region};
use crate::id::{BusinessId, PairwiseKey, TableHash};
use crate::precision::{Grant, KeepDays, Precision};
use crate::table::Row;

fn permit(field: Field, precision: Precision) -> Permit {
    let party = Party {
        business: BusinessId::new([1; 32]),
        pairwise: PairwiseKey::new([2; 32]),
    };
    Permit {
        row: Row::new(field, Recipient::Parent, Purpose::Analytics),
        basis: Basis::Consent,
        grant: Grant {
            precision,
            keep: KeepDays::new(30).unwrap(),
        },
        region: Some(Region::In),
        table: TableHash::new([3; 32]),
        party,
        conversation: party.conversation(),
    }
}

fn facts() -> Facts {
    Facts {
        record: RecordKey::new([4; 16]),
        time: Seconds::new(1_709_215_199),
    }
}

fn disclosed() -> Disclosure {
    let value = Value::LastActive(Seconds::new(1_709_215_199));
    permit(Field::LastActive, Precision::Day)
        .disclose(value, facts())
        .unwrap()
}

#[test]
fn a_disclosure_is_rounded_and_says_why_and_for_how_long() {
    let disclosure = disclosed();
    let record = disclosure.record();
    assert!(record.value == Value::LastActive(Seconds::new(1_709_164_800)));
    assert_eq!(record.time, Seconds::new(1_709_211_600));
    assert_eq!(record.keep.days(), 30);
    assert_eq!(record.basis, Basis::Consent);
    assert_eq!(Record::decode(disclosure.bytes()).unwrap(), *record);
}

#[test]
fn a_permit_tells_no_other_fields_value() {
    let value = Value::AdReferral(1);
    let refused = permit(Field::Country, Precision::Full).disclose(value, facts());
    assert_eq!(refused, Err(WrongField));
}

#[test]
fn a_record_that_is_finer_than_it_says_is_refused() {
    let record = disclosed().record().clone();
    let read = |record: &Record| Record::decode(&cbor::encode(record));
    let finer = Record {
        value: Value::LastActive(Seconds::new(1_709_164_801)),
        ..record.clone()
    };
    assert!(read(&finer).is_err());
    let timed = Record {
        time: Seconds::new(1_709_211_601),
        ..record.clone()
    };
    assert!(read(&timed).is_err());
    let unknown = Record {
        precision: Precision::Network,
        ..record.clone()
    };
    assert!(read(&unknown).is_err());
    let nowhere = Record {
        region: None,
        ..record
    };
    assert!(read(&nowhere).is_ok());
}

#[test]
fn a_record_cut_short_or_changed_in_shape_is_refused() {
    let bytes = disclosed().bytes().to_vec();
    for length in 0..bytes.len() {
        assert!(Record::decode(&bytes[..length]).is_err());
    }
    assert!(Record::decode(&[&bytes[..], &[0]].concat()).is_err());
    let mut kind = bytes.clone();
    kind[2] = 2;
    assert!(Record::decode(&kind).is_err());
}
