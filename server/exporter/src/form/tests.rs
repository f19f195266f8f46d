//! What sinks read, byte for byte.

use partywall_business::value::{Currency, DeviceClass, Initials, Locale, MessageBucket};
use serde_json::{Value as Json, json};

use super::*;
use crate::scene::Ledger;

fn json(bytes: &[u8]) -> Json {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn a_webhook_is_sent_one_object_with_every_record_and_its_proof() {
    let draft = Ledger::new().draft(2, 1, partywall_business::field::Recipient::Parent);
    let parcel = Ledger::new().parcel(2, 1);
    let sent = json(&object(&parcel));
    assert_eq!(sent["batch"], "01".repeat(16));
    assert_eq!(sent["sequence"], 1);
    assert!(
        sent["checkpoint"]
            .as_str()
            .unwrap()
            .starts_with("partywall/relay.example:7444\n5\n")
    );
    assert_eq!(sent["retract"], json!(["00000000000186a00101010101010101"]));
    let carried = &draft.records[0];
    assert_eq!(
        sent["records"][0],
        json!({
            "record": "00000000000000000101010101010101", "subject": "09".repeat(16), "business": "08".repeat(32),
            "field": "phone_number", "value": "+491510000000", "recipient": "parent",
            "purpose": "ads_product_improvement", "basis": "consent", "table": "06".repeat(32),
            "time": "2023-11-14T22:00:00Z", "keep_days": 90, "region": "eu",
            "payload": hex::encode(&carried.payload), "salt": hex::encode(carried.salt), "index": 3,
            "path": carried.path.iter().map(hex::encode).collect::<Vec<_>>(),
        })
    );
    assert_eq!(
        (
            &sent["records"][1]["value"],
            sent["records"].as_array().unwrap().len()
        ),
        (&json!("DE"), 2)
    );
    assert_eq!(object(&parcel), object(&parcel));
}

#[test]
fn a_line_of_a_file_is_a_record_with_its_batch_or_a_retraction() {
    let parcel = Ledger::new().parcel(1, 1);
    let written = lines(&parcel);
    let text = std::str::from_utf8(written.bytes()).unwrap();
    let [record, retraction] = &text.lines().collect::<Vec<_>>()[..] else {
        unreachable!("two lines")
    };
    let mut expected = json(&object(&parcel))["records"][0].clone();
    for key in ["batch", "sequence", "checkpoint"] {
        expected[key] = json(&object(&parcel))[key].clone();
    }
    assert_eq!(json(record.as_bytes()), expected);
    assert_eq!(
        *retraction,
        r#"{"batch":"01010101010101010101010101010101","sequence":1,"retract":"00000000000186a00101010101010101"}"#
    );
}

#[test]
fn every_shape_of_value_has_its_text() {
    use partywall_business::value::{Money, PhoneNumber, PurchaseCategory, Value, Version};
    let told = |value, precision| serde_json::to_value(Told::of(&value, precision)).unwrap();
    let seconds = partywall_ground::Seconds::new;
    use partywall_business::precision::Precision::{
        Bucket, Class, CountryCode, Day, Full, Initials as Short, Major, Network,
    };
    for (value, precision, text) in [
        (
            Value::PhoneNumber(PhoneNumber::new(49).unwrap()),
            CountryCode,
            json!("+49"),
        ),
        (
            Value::DisplayName(Initials::new("AB").unwrap()),
            Short,
            json!("AB"),
        ),
        (
            Value::Locale(Locale::new("deAT").unwrap()),
            Full,
            json!("de-AT"),
        ),
        (Value::Locale(Locale::new("de").unwrap()), Full, json!("de")),
        (
            Value::DeviceModel(DeviceClass::Iphone),
            Class,
            json!("iphone"),
        ),
        (
            Value::OsVersion(Version {
                major: 17,
                minor: Some(2),
            }),
            Full,
            json!("17.2"),
        ),
        (
            Value::ClientVersion(Version {
                major: 17,
                minor: None,
            }),
            Major,
            json!("17"),
        ),
        (
            Value::LastActive(seconds(86_400)),
            Day,
            json!("1970-01-02T00:00:00Z"),
        ),
        (
            Value::InteractionTime(seconds(u64::MAX)),
            Day,
            json!("9999-12-31T23:59:59Z"),
        ),
        (
            Value::MessageCount(MessageBucket::Over),
            Bucket,
            json!("over 100"),
        ),
        (
            Value::PurchaseTotal(Money {
                minor: 1_250,
                currency: Currency::Aud,
            }),
            Full,
            json!({"minor": 1250, "currency": "AUD"}),
        ),
        (
            Value::PurchaseCategory(PurchaseCategory::Food),
            Full,
            json!("food"),
        ),
        (
            Value::IpAddress("192.0.2.0".parse().unwrap()),
            Network,
            json!("192.0.2.0/24"),
        ),
        (
            Value::IpAddress("2001:db8::".parse().unwrap()),
            Network,
            json!("2001:db8::/48"),
        ),
        (
            Value::IpAddress("192.0.2.7".parse().unwrap()),
            Full,
            json!("192.0.2.7"),
        ),
        (Value::AdReferral(7), Full, json!(7)),
    ] {
        assert_eq!(told(value, precision), text);
    }
}

/// Vectors of a second implementation. (SPEC §10)
pub(crate) fn vectors(what: &str) -> Vec<Json> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../protocol/vectors/exporter.json"
    );
    let file: Json = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut vectors = file["vectors"].as_array().unwrap().clone();
    vectors.retain(|vector| vector["what"] == what);
    vectors
}

/// A batch of one record, so that its proof has no hashes.
#[derive(minicbor::Encode)]
#[cbor(map)]
struct Carried {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    payload: Vec<u8>,
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    salt: Vec<u8>,
    #[n(2)]
    index: u64,
    #[n(3)]
    path: Vec<u8>,
}

#[derive(minicbor::Encode)]
#[cbor(map)]
struct Alone {
    #[n(0)]
    sink: &'static str,
    #[n(1)]
    batch: partywall_business::BatchId,
    #[n(2)]
    sequence: u64,
    #[n(3)]
    records: [Carried; 1],
    #[n(4)]
    retractions: Vec<u8>,
    #[n(5)]
    checkpoint: partywall_business::ledger::UnverifiedCheckpoint,
}

/// What has one leaf has it for its root: the record's line, proven.
fn told(carried: Carried) -> Json {
    use partywall_business::ledger::{
        Checkpoint, Entry, Hash, Operator, Origin, Payload, Salt, Size,
    };
    let key = partywall_proof::SigningKey::from_seed(&[1; 32]);
    let origin = Origin::of_authority("relay.example:7444").unwrap();
    let salt = Salt::new(carried.salt.as_slice().try_into().unwrap());
    let root = Hash::leaf(&Entry::commit(
        &salt,
        &Payload::new(carried.payload.clone()).unwrap(),
    ));
    let batch = minicbor::to_vec(Alone {
        sink: "crm",
        batch: partywall_business::BatchId::new([1; 16]),
        sequence: 1,
        records: [carried],
        retractions: Vec::new(),
        checkpoint: Checkpoint::sign(&origin, Size::new(1), root, &key).into_unverified(),
    });
    let batch: partywall_business::export::Batch =
        partywall_ground::cbor::decode(&batch.unwrap()).unwrap();
    let proven = batch.verify(&Operator::new(origin, key.public())).unwrap();
    serde_json::to_value(Line::of(&proven.records()[0])).unwrap()
}

fn carried(vector: &Json) -> Option<Carried> {
    use partywall_business::disclosure::Record;
    let bytes = |name: &str| hex::decode(vector[name].as_str().unwrap()).unwrap();
    let carried = Carried {
        payload: bytes("disclosure"),
        salt: bytes("salt"),
        index: 0,
        path: Vec::new(),
    };
    Record::decode(&carried.payload).ok()?;
    Some(carried)
}

#[test]
fn a_record_reads_as_the_second_implementation_says() {
    let mut seen = 0;
    for vector in vectors("record") {
        let line = carried(&vector).map(told);
        let expected = vector["valid"].as_bool().unwrap().then(|| {
            // Where it stands in the ledger is this test's own.
            let mut object = vector["object"].clone();
            (object["index"], object["path"]) = (json!(0), json!([]));
            object
        });
        assert_eq!(line, expected, "{}", vector["name"]);
        seen += 1;
    }
    assert!(seen > 100);
}
