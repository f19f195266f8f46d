//! Frames of the second implementation, whole and broken. (SPEC §1.4, §5)
//! Knows: their bytes, the fields that they are said to have, and the codes that close on them.

use crate::file::{bytes, valid, vectors};
use partywall_ground::Close;
use partywall_peer::collect::{self, Ack, Attach, Create, Deliver};
use partywall_peer::deposit::{self, Deposit};
use partywall_peer::{SealedBundle, ShelfBefore};
use partywall_proof::Hello;
use serde_json::{Map, Value, json};

/// What a frame says, in the second implementation's words, and the frame written again.
struct Read {
    fields: Value,
    again: Vec<u8>,
}

fn read(vector: &Value) -> Result<Read, Close> {
    let frame = bytes(&vector["hex"]);
    let place = (&vector["door"], &vector["direction"]);
    match (place.0.as_str().unwrap(), place.1.as_str().unwrap()) {
        ("collect", "c2r") => collect::FromClient::decode(&frame).map(|said| Read {
            fields: from_reader(&said),
            again: said.encode(),
        }),
        ("collect", "r2c") => collect::FromRelay::decode(&frame).map(|said| Read {
            fields: to_reader(&said),
            again: said.encode(),
        }),
        ("deposit", "c2r") => deposit::FromClient::decode(&frame).map(|said| Read {
            fields: from_writer(&said),
            again: said.encode(),
        }),
        ("deposit", "r2c") => deposit::FromRelay::decode(&frame).map(|said| Read {
            fields: to_writer(&said),
            again: said.encode(),
        }),
        other => panic!("no such door and direction: {other:?}"),
    }
}

#[test]
fn frames_are_read_and_written_as_the_second_implementation_does() {
    let mut seen = 0;
    for vector in vectors("frames").iter().filter(|vector| valid(vector)) {
        let read = read(vector).unwrap_or_else(|close| panic!("{}: {close:?}", vector["name"]));
        assert!(read.fields == vector["fields"], "{}", vector["name"]);
        assert!(read.again == bytes(&vector["hex"]), "{}", vector["name"]);
        seen += 1;
    }
    assert!(seen > 30);
}

#[test]
fn a_broken_frame_closes_with_the_code_of_the_first_check_that_fails() {
    let mut seen = 0;
    for vector in vectors("frames").iter().filter(|vector| !valid(vector)) {
        let close = read(vector).err().map(Close::code).map(u64::from);
        assert_eq!(close, vector["close"].as_u64(), "{}", vector["name"]);
        seen += 1;
    }
    assert!(seen > 300);
}

fn from_reader(said: &collect::FromClient) -> Value {
    use collect::FromClient as Said;
    match said {
        Said::Create(create) => of_create(create),
        Said::Attach(attach) => of_attach(attach),
        Said::CloseMailbox(close) => json!({ "slot": close.slot.value() }),
        Said::Shelve(shelve) => {
            let one_time: Vec<_> = shelve.one_time.iter().map(sealed).collect();
            with(
                json!({
                    "slot": shelve.slot.value(),
                    "clear": shelve.before == ShelfBefore::Cleared,
                    "one_time": one_time,
                }),
                "last_resort",
                shelve.last_resort.as_ref().map(sealed),
            )
        }
        Said::Ack(Ack { slot, tag }) => json!({ "slot": slot.value(), "tag": tag.value() }),
    }
}

fn to_reader(said: &collect::FromRelay) -> Value {
    use collect::FromRelay as Said;
    match said {
        Said::Hello(hello) => of_hello(hello),
        Said::Attached(attached) => json!({
            "slot": attached.slot.value(),
            "acks": attached.acks.value(),
            "one_time": attached.one_time_left.value(),
        }),
        Said::Refused(refused) => with(
            json!({ "slot": refused.slot.value(), "reason": refused.reason.number() }),
            "seconds",
            refused.try_again_after.map(|wait| json!(wait.value())),
        ),
        Said::Detached(detached) => json!({ "slot": detached.slot.value() }),
        Said::Closed(closed) => with(
            json!({ "slot": closed.slot.value() }),
            "credit",
            closed.credit.as_ref().map(|credit| hex(credit.as_bytes())),
        ),
        Said::Shelved(shelved) => json!({
            "slot": shelved.slot.value(),
            "one_time": shelved.one_time_left.value(),
        }),
        Said::Deliver(Deliver {
            slot,
            tag,
            envelope,
        }) => json!({
            "slot": slot.value(),
            "tag": tag.value(),
            "envelope": hex(envelope.as_bytes()),
        }),
    }
}

fn from_writer(said: &deposit::FromClient) -> Value {
    use deposit::FromClient as Said;
    match said {
        Said::Use(using) => json!({ "capability": hex(using.capability.as_bytes()) }),
        Said::Deposit(Deposit { number, envelope }) => json!({
            "number": number.value(),
            "envelope": hex(envelope.as_bytes()),
        }),
        Said::Take(_) => json!({}),
    }
}

fn to_writer(said: &deposit::FromRelay) -> Value {
    use deposit::FromRelay as Said;
    match said {
        Said::Hello(hello) => of_hello(hello),
        Said::Opened(_) => json!({}),
        Said::Accepted(accepted) => json!({ "number": accepted.number.value() }),
        Said::Taken(taken) => with(json!({}), "sealed", taken.bundle.as_ref().map(sealed)),
    }
}

fn of_hello(hello: &Hello) -> Value {
    let vouches: Vec<_> = hello
        .vouches
        .iter()
        .map(|vouch| {
            json!({
                "spki": hex(vouch.spki.as_bytes()),
                "not_after": vouch.not_after.value(),
                "signature": hex(vouch.signature.as_bytes()),
            })
        })
        .collect();
    json!({
        "key": hex(hello.relay.as_bytes()),
        "nonce": hex(hello.nonce.as_bytes()),
        "vouches": vouches,
        "seconds": hello.clock.value(),
        "days": hello.retention.value(),
    })
}

fn of_create(create: &Create) -> Value {
    let fields = json!({
        "slot": create.slot.value(),
        "reader": hex(create.reader.as_bytes()),
        "drop": hex(create.drop.as_bytes()),
        "nonce": hex(create.nonce.as_bytes()),
        "spki": hex(create.spki.as_bytes()),
        "signature": hex(create.signature.as_bytes()),
    });
    let pass = create.pass.as_ref().map(|pass| hex(pass.as_bytes()));
    let credit = create.credit.as_ref().map(|credit| hex(credit.as_bytes()));
    with(with(fields, "pass", pass), "credit", credit)
}

fn of_attach(attach: &Attach) -> Value {
    json!({
        "slot": attach.slot.value(),
        "reader": hex(attach.reader.as_bytes()),
        "nonce": hex(attach.nonce.as_bytes()),
        "spki": hex(attach.spki.as_bytes()),
        "signature": hex(attach.signature.as_bytes()),
    })
}

fn sealed(bundle: &SealedBundle) -> Value {
    hex(bundle.as_bytes())
}

fn hex(bytes: &[u8]) -> Value {
    Value::String(hex::encode(bytes))
}

/// The fields, and one more if there is one.
fn with(fields: Value, name: &str, value: Option<Value>) -> Value {
    let mut fields: Map<String, Value> = serde_json::from_value(fields).unwrap();
    fields.extend(value.map(|value| (name.to_owned(), value)));
    Value::Object(fields)
}
