//! What is named, signed and franked by the second implementation. (SPEC §11.1 to §11.3, §11.6,
//! §11.7) Knows: keys, bytes, signatures, and which of them hold.

use crate::file::{Judge, about, array, bytes, code, number, read, valid};
use crate::told::{certified, hexed};
use partywall_business::certificate::{Certificate, Certified, UnverifiedCertificate};
use partywall_business::content::Content;
use partywall_business::frank::{FrankKey, FrankingKey, Speaker, commitment};
use partywall_business::request::Report;
use partywall_business::revocation::{Revocation, Revoked, UnverifiedRevocation};
use partywall_business::rights::Erasure;
use partywall_business::template::UnverifiedApproval;
use partywall_business::{
    AccountKey, BusinessId, CallerKey, Clear, ConversationId, EventId, Login, Mark, Number,
    PairwiseKey, Role, Signed, TemplateId, Tombstone, Why, business_link_secret,
};
use partywall_ground::{Nonce32, RelayKey, Seconds, Spki, cbor};
use partywall_proof::{Challenge, PublicKey, Signature, SigningKey, Vouch};
use serde_json::{Value, json};

fn of(what: &str) -> Vec<Value> {
    about("business-proofs", what)
}

fn operator(vector: &Value) -> Option<PublicKey> {
    PublicKey::from_bytes(&array(&vector["business_key"])).ok()
}

fn seconds(value: &Value) -> Seconds {
    Seconds::new(number(value))
}

#[test]
fn ids_are_the_second_implementations() {
    for vector in of("business id") {
        let account = AccountKey::new(array(&vector["account_key"]));
        let business = BusinessId::of(&account);
        assert_eq!(business.as_bytes(), &array(&vector["business_id"]));
        let secret = business_link_secret(&business);
        assert_eq!(
            secret.as_bytes(),
            &array(&vector["L"]),
            "{}",
            vector["name"]
        );
    }
    for vector in of("conversation id") {
        let business = BusinessId::new(array(&vector["business_id"]));
        let pairwise = PairwiseKey::new(array(&vector["pairwise_key"]));
        let conversation = ConversationId::of(&business, &pairwise);
        assert_eq!(conversation.as_bytes(), &array(&vector["conversation"]));
        let tombstone = Tombstone::of(&conversation);
        assert_eq!(tombstone.as_bytes(), &array(&vector["tombstone"]));
    }
    for vector in of("template id") {
        let business = BusinessId::new(array(&vector["business_id"]));
        let id = TemplateId::of(&business, &bytes(&vector["template"]));
        assert_eq!(id.as_bytes(), &array(&vector["template_id"]));
    }
}

#[test]
fn a_login_holds_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in of("login") {
        let spki = Spki::new(array(&vector["spki"]));
        let vouch = Vouch::make(
            &SigningKey::from_seed(&[1; 32]),
            spki,
            Seconds::new(u64::MAX),
        );
        let login = || {
            Some(Login {
                role: Role::from_code(code(&vector["role"]))?,
                key: CallerKey::new(bytes(&vector["key"]).try_into().ok()?),
                nonce: Nonce32::new(array(&vector["nonce"])),
                spki,
                signature: Signature::from_bytes(bytes(&vector["signature"]).try_into().ok()?),
            })
        };
        let said = Challenge {
            relay: &RelayKey::new(array(&vector["business_key"])),
            nonce: &Nonce32::new(array(&vector["hello_nonce"])),
            vouches: &[vouch],
        };
        let holds = login().is_some_and(|login| login.prove(&said).is_ok());
        judge.taken(&vector, holds);
    }
    judge.agrees(30);
}

#[test]
fn a_certificate_holds_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in of("certificate") {
        let ours = held_certificate(&vector);
        if let Some(certificate) = &ours {
            assert_eq!(certificate.signed().bytes, bytes(&vector["bytes"]));
            assert_eq!(certificate.hash().as_bytes(), &array(&vector["hash"]));
            let seed = array(&vector["business_seed"]);
            let again =
                Certificate::issue(&SigningKey::from_seed(&seed), certificate.says().clone());
            assert_eq!(again.as_ref(), Ok(certificate), "{}", vector["name"]);
        }
        let theirs = valid(&vector).then(|| vector["fields"].clone());
        judge.same(&vector, ours.map(|one| certified(one.says())), theirs);
    }
    judge.agrees(90);
}

/// With what a customer checks besides: that the domain is the one asked for. (B-8)
fn held_certificate(vector: &Value) -> Option<Certificate> {
    let signed = read::<Signed>(&bytes(&vector["signed"]))?;
    let unverified = UnverifiedCertificate::new(signed);
    let certificate = unverified
        .verify(&operator(vector)?, seconds(&vector["now"]))
        .ok()?;
    let says: &Certified = certificate.says();
    (says.domain.as_str() == vector["domain"]).then_some(certificate)
}

#[test]
fn a_revocation_holds_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in of("revocation") {
        let signed = read::<Signed>(&bytes(&vector["signed"]));
        let held = signed.and_then(|signed| {
            let unverified = UnverifiedRevocation::new(signed);
            unverified.verify(&operator(&vector)?).ok()
        });
        if let Some(held) = &held {
            let key = SigningKey::from_seed(&array(&vector["business_seed"]));
            assert_eq!(Revocation::issue(&key, *held.says()).as_ref(), Ok(held));
        }
        let fields = |says: &Revoked| {
            json!({
                "sequence": says.sequence.value(),
                "business_id": hexed(says.business),
                "reason": says.reason.code(),
                "seconds": says.at.value(),
            })
        };
        let theirs = valid(&vector).then(|| vector["fields"].clone());
        judge.same(&vector, held.map(|held| fields(held.says())), theirs);
    }
    judge.agrees(40);
}

#[test]
fn a_receipt_of_erasure_holds_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in of("erasure") {
        let signed = read::<Signed>(&bytes(&vector["signed"]));
        let held = signed.and_then(|signed| {
            let says = Erasure::verify(&signed, &operator(&vector)?).ok()?;
            let key = SigningKey::from_seed(&array(&vector["business_seed"]));
            assert_eq!(says.sign(&key), signed, "{}", vector["name"]);
            Some(says)
        });
        let fields = |says: &Erasure| {
            let entries: Vec<_> = says.entries.iter().map(|entry| entry.value()).collect();
            json!({
                "conversation": hexed(says.conversation),
                "seconds": says.at.value(),
                "entries": entries,
            })
        };
        let theirs = valid(&vector).then(|| vector["fields"].clone());
        judge.same(&vector, held.as_ref().map(fields), theirs);
    }
    judge.agrees(30);
}

#[test]
fn an_approval_holds_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in of("approval") {
        let held = read::<UnverifiedApproval>(&bytes(&vector["approved"]))
            .and_then(|approval| approval.verify(&operator(&vector)?).ok())
            .filter(|approved| {
                approved.id().as_bytes() == &array(&vector["template_id"])
                    && approved.business().as_bytes() == &array(&vector["business_id"])
            });
        if let Some(held) = &held {
            let template = held.template().bytes();
            assert_eq!(template.as_bytes(), bytes(&vector["template"]));
            let again = cbor::encode(&held.to_unverified());
            assert_eq!(again, bytes(&vector["approved"]));
        }
        judge.taken(&vector, held.is_some());
    }
    judge.agrees(8);
}

#[test]
fn commitments_and_marks_are_the_second_implementations() {
    for vector in of("frank") {
        let key = FrankingKey::new(array(&vector["kf"]));
        let commitment = commitment(&key, &bytes(&vector["content"]));
        assert_eq!(
            commitment.as_bytes(),
            &array(&vector["C"]),
            "{}",
            vector["name"]
        );
        let speaker = match number(&vector["direction"]) {
            0 => Speaker::Customer,
            _ => Speaker::Business,
        };
        assert_eq!(u64::from(speaker.byte()), number(&vector["direction"]));
        let conversation = ConversationId::new(array(&vector["conversation"]));
        let frank_key = FrankKey::new(array(&vector["frank_key"]));
        let mark = frank_key.mark(
            &commitment,
            &conversation,
            speaker,
            seconds(&vector["seconds"]),
        );
        assert_eq!(
            mark.as_bytes(),
            &array(&vector["mark"]),
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn a_report_is_proven_where_the_second_implementation_says_so() {
    let mut judge = Judge::default();
    for vector in of("report") {
        let conversation = ConversationId::new(array(&vector["conversation"]));
        let key = FrankKey::new(array(&vector["frank_key"]));
        let proven =
            report(&vector).is_some_and(|report| report.prove(&key, &conversation).is_ok());
        judge.taken(&vector, proven);
        if valid(&vector) {
            assert!(cbor::decode::<Content>(&bytes(&vector["content"])).is_ok());
        }
    }
    judge.agrees(15);
}

fn report(vector: &Value) -> Option<Report> {
    Some(Report {
        number: Number::FIRST,
        event: EventId::new([1; 16]),
        content: partywall_business::Bytes::new(&bytes(&vector["content"])).ok()?,
        key: FrankingKey::new(bytes(&vector["kf"]).try_into().ok()?),
        clear: read::<Clear>(&bytes(&vector["clear"]))?,
        mark: Mark::new(bytes(&vector["mark"]).try_into().ok()?),
        at: seconds(&vector["seconds"]),
        why: Why::Spam,
    })
}
