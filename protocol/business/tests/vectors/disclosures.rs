//! Disclosures of the second implementation, whole and broken. (SPEC §12.6)
//! Knows: what each was made of. Nothing here can be sent: it is read, or written to compare.

use crate::file::{Judge, array, bytes, code, number, valid, vectors};
use crate::told::{self, hexed};
use crate::values;
use partywall_business::disclosure::Record;
use partywall_business::field::{Basis, Region};
use partywall_business::id::{RecordKey, TableHash};
use partywall_business::precision::{KeepDays, Precision};
use partywall_business::value::rounded_to_hour;
use partywall_business::{BusinessId, ConversationId, Subject};
use partywall_ground::{Seconds, cbor};
use serde_json::{Value, json};

pub(crate) fn fields(record: &Record) -> Value {
    json!({
        "kind": 1,
        "record": hexed(record.key),
        "subject": hexed(record.subject),
        "business_id": hexed(record.business),
        "field": record.value.field().code(),
        "value": told::value(&record.value),
        "recipient": record.recipient.code(),
        "purpose": record.purpose.code(),
        "basis": record.basis.code(),
        "table": hexed(record.table),
        "seconds": record.time.value(),
        "keep_days": record.keep.days(),
        "region": record.region.map_or(0, Region::code),
        "precision": record.precision.code(),
    })
}

/// What the second implementation made it of, made into one here.
fn made(vector: &Value) -> Record {
    let row = values::row(&vector["row"]);
    let [basis, precision, days] = [0, 1, 2].map(|place| number(&vector["grant"][place]));
    let precision = Precision::from_code(precision.try_into().unwrap()).unwrap();
    let given = values::value(row.field.code(), &bytes(&vector["value"])).unwrap();
    let conversation = ConversationId::new(array(&vector["conversation"]));
    Record {
        key: RecordKey::new(array(&vector["record"])),
        subject: Subject::of(&conversation, row.recipient),
        business: BusinessId::new(array(&vector["business_id"])),
        value: given.rounded(precision).unwrap(),
        recipient: row.recipient,
        purpose: row.purpose,
        basis: Basis::from_code(basis.try_into().unwrap()).unwrap(),
        table: TableHash::new(array(&vector["table"])),
        time: rounded_to_hour(Seconds::new(number(&vector["now"]))),
        keep: KeepDays::new(days.try_into().unwrap()).unwrap(),
        region: Region::from_code(code(&vector["region"])),
        precision,
    }
}

#[test]
fn disclosures_are_made_and_read_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in vectors("policy-disclosures") {
        let given = bytes(&vector["hex"]);
        let read = Record::decode(&given).ok();
        if let Some(read) = &read {
            assert_eq!(cbor::encode(read), given, "{}", vector["name"]);
        }
        if valid(&vector) {
            assert_eq!(read.as_ref(), Some(&made(&vector)), "{}", vector["name"]);
        }
        let theirs = valid(&vector).then(|| vector["fields"].clone());
        judge.same(&vector, read.as_ref().map(fields), theirs);
    }
    judge.agrees(500);
}
