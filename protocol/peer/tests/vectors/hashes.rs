//! Drop ids, vouches and readers' signatures of the second implementation. (SPEC §2.3, §3, §5.3)
//! Knows: keys, fields, signatures, and which of them hold.

use crate::file::{array, bytes, valid, vectors};
use partywall_ground::{Capability, DropId, Nonce32, ReaderId, RelayKey, Seconds, Spki};
use partywall_peer::collect::{Attach, Create};
use partywall_peer::{Slot, drop_id};
use partywall_proof::{Challenge, Signature, SigningKey, Vouch};
use serde_json::Value;

fn of(what: &str) -> Vec<Value> {
    let mut chosen = vectors("hashes");
    chosen.retain(|vector| vector["what"] == what);
    assert!(!chosen.is_empty(), "vectors of {what}");
    chosen
}

fn signature(vector: &Value) -> Option<Signature> {
    let bytes = bytes(&vector["signature"]);
    bytes.try_into().ok().map(Signature::from_bytes)
}

fn drop_of(vector: &Value) -> DropId {
    DropId::new(array(&vector["drop"]))
}

#[test]
fn a_drop_id_is_the_second_implementations() {
    let mut seen = 0;
    for vector in of("link secret") {
        if vector["wing"] == "peer" {
            let capability = Capability::new(array(&vector["capability"]));
            assert_eq!(drop_id(&capability), drop_of(&vector), "{}", vector["name"]);
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_vouch_holds_where_the_second_implementation_says_so() {
    for vector in of("vouch") {
        let not_after = Seconds::new(vector["not_after"].as_u64().unwrap());
        let spki = Spki::new(array(&vector["spki"]));
        let vouch = Vouch {
            spki,
            not_after,
            signature: signature(&vector).unwrap(),
        };
        let key = RelayKey::new(array(&vector["relay_key"]));
        let now = Seconds::new(vector["now"].as_u64().unwrap());
        let holds = vouch.clone().prove(&key, now).is_ok();
        assert_eq!(holds, valid(&vector), "{}", vector["name"]);
        if holds {
            let relay = SigningKey::from_seed(&array(&vector["relay_seed"]));
            assert_eq!(Vouch::make(&relay, spki, not_after), vouch);
        }
    }
}

#[test]
fn a_readers_signature_holds_where_the_second_implementation_says_so() {
    for vector in of("create") {
        let create = Create {
            slot: Slot::new(0),
            reader: ReaderId::new(array(&vector["reader"])),
            drop: drop_of(&vector),
            nonce: Nonce32::new(array(&vector["nonce"])),
            spki: Spki::new(array(&vector["spki"])),
            signature: signature(&vector).unwrap(),
            pass: None,
            credit: None,
        };
        let said = Said::of(&vector);
        let holds = create.prove(&said.challenge()).is_ok();
        assert_eq!(holds, valid(&vector), "{}", vector["name"]);
    }
    for vector in of("attach") {
        let attach = Attach {
            slot: Slot::new(0),
            reader: ReaderId::new(array(&vector["reader"])),
            nonce: Nonce32::new(array(&vector["nonce"])),
            spki: Spki::new(array(&vector["spki"])),
            signature: signature(&vector).unwrap(),
        };
        let said = Said::of(&vector);
        let holds = attach.prove(&said.challenge()).is_ok();
        assert_eq!(holds, valid(&vector), "{}", vector["name"]);
    }
}

/// What the relay of a vector said: it vouches for the certificate that the vector names.
struct Said {
    relay: RelayKey,
    nonce: Nonce32,
    vouches: [Vouch; 1],
}

impl Said {
    fn of(vector: &Value) -> Self {
        let anybody = SigningKey::from_seed(&[1; 32]);
        let spki = Spki::new(array(&vector["spki"]));
        Self {
            relay: RelayKey::new(array(&vector["relay_key"])),
            nonce: Nonce32::new(array(&vector["hello_nonce"])),
            vouches: [Vouch::make(&anybody, spki, Seconds::new(u64::MAX))],
        }
    }

    fn challenge(&self) -> Challenge<'_> {
        Challenge {
            relay: &self.relay,
            nonce: &self.nonce,
            vouches: &self.vouches,
        }
    }
}
