//! Certificates, revocations, approvals, receipts, logins and links: one changed bit anywhere, and
//! they are refused. (SPEC §11.1 to §11.3, §11.6, §11.7)

use partywall_business::certificate::{
    Certificate, CertificateError, Certified, Hosting, Industry, LONGEST_VALIDITY, Name,
    UnverifiedCertificate,
};
use partywall_business::ledger::Index;
use partywall_business::revocation::{Revocation, Revoked, UnverifiedRevocation};
use partywall_business::rights::Erasure;
use partywall_business::template::{Approved, Draft, Template, UnverifiedApproval};
use partywall_business::{
    AccountKey, BusinessId, BusinessLink, Caller, Category, ConversationId, Domain, Endpoint,
    Login, Reason, RevocationSequence, Role, Serial, Signed, TemplateId, Version,
};
use partywall_ground::cbor;
use partywall_ground::{Close, Days, Nonce32, RelayKey, Seconds, Spki};
use partywall_proof::link::{Authority, LinkError};
use partywall_proof::{Hello, Signature, SigningKey, Vouch};

const NOW: Seconds = Seconds::new(1_000_000);

fn operator() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn says() -> Certified {
    let account = SigningKey::from_seed(&[2; 32]).public();
    let account = AccountKey::new(*account.as_bytes());
    Certified {
        serial: Serial::new(7),
        business: BusinessId::of(&account),
        account,
        name: Name::new("Bäckerei am Markt").expect("made to fit"),
        domain: Domain::new("bakery.example").expect("made to fit"),
        industry: Industry::Food,
        hosting: Hosting::Provider(Name::new("Hosts & Co").expect("made to fit")),
        endpoint: Endpoint::new([3; 64]),
        not_before: NOW,
        not_after: Seconds::new(NOW.value() + LONGEST_VALIDITY),
        revocations: RevocationSequence::new(0),
    }
}

fn verified(signed: &Signed, now: Seconds) -> Result<Certificate, CertificateError> {
    UnverifiedCertificate::new(signed.clone()).verify(&operator().public(), now)
}

/// Every signed body that differs from this one in one bit, of its bytes or its signature.
fn flipped(signed: &Signed) -> impl Iterator<Item = Signed> {
    let bits = signed.bytes.len() * 8;
    (0..bits + 512).map(move |bit| {
        let mut changed = signed.clone();
        if bit < bits {
            changed.bytes[bit / 8] ^= 1 << (bit % 8);
        } else {
            let mut signature = *changed.signature.as_bytes();
            signature[(bit - bits) / 8] ^= 1 << (bit % 8);
            changed.signature = Signature::from_bytes(signature);
        }
        changed
    })
}

#[test]
fn a_certificate_holds_from_its_first_second_to_its_last() {
    let issued = Certificate::issue(&operator(), says()).unwrap();
    let last = NOW.value() + LONGEST_VALIDITY;
    for good in [NOW.value(), last] {
        let read = verified(issued.signed(), Seconds::new(good)).unwrap();
        assert_eq!(read, issued);
        assert_eq!(read.hash(), issued.hash());
    }
    let early = verified(issued.signed(), Seconds::new(NOW.value() - 1));
    assert_eq!(early, Err(CertificateError::NotYet));
    let late = verified(issued.signed(), Seconds::new(last + 1));
    assert_eq!(late, Err(CertificateError::Expired));
}

#[test]
fn every_flipped_bit_of_a_certificate_is_refused() {
    let issued = Certificate::issue(&operator(), says()).unwrap();
    for changed in flipped(issued.signed()) {
        assert_eq!(verified(&changed, NOW), Err(CertificateError::NotSigned));
    }
    let stranger = Certificate::issue(&SigningKey::from_seed(&[9; 32]), says()).unwrap();
    assert_eq!(
        verified(stranger.signed(), NOW),
        Err(CertificateError::NotSigned)
    );
}

#[test]
fn what_an_operator_may_not_certify_is_refused_though_it_is_signed() {
    let long = Certified {
        not_after: Seconds::new(NOW.value() + LONGEST_VALIDITY + 1),
        ..says()
    };
    let backwards = Certified {
        not_after: Seconds::new(NOW.value() - 1),
        ..says()
    };
    let other = Certified {
        business: BusinessId::new([4; 32]),
        ..says()
    };
    for (bad, why) in [
        (long, CertificateError::Malformed),
        (backwards, CertificateError::Malformed),
        (other, CertificateError::OtherBusiness),
    ] {
        let label = partywall_business::labels::CERTIFICATE;
        let signed = Signed::make(&operator(), label, cbor::encode(&bad));
        assert_eq!(verified(&signed, NOW), Err(why));
        assert_eq!(Certificate::issue(&operator(), bad), Err(why));
    }
    let mut trailing = cbor::encode(&says());
    trailing.push(0);
    let signed = Signed::make(
        &operator(),
        partywall_business::labels::CERTIFICATE,
        trailing,
    );
    assert_eq!(verified(&signed, NOW), Err(CertificateError::Malformed));
}

#[test]
fn a_certificate_is_not_read_as_anything_else_that_the_operator_signs() {
    let issued = Certificate::issue(&operator(), says()).unwrap();
    let key = operator().public();
    let revocation = UnverifiedRevocation::new(issued.signed().clone());
    assert!(revocation.verify(&key).is_err());
    assert!(Erasure::verify(issued.signed(), &key).is_err());
}

#[test]
fn a_certificate_wanes_when_less_than_half_of_its_hour_is_left() {
    let issued = Certificate::issue(&operator(), says()).unwrap();
    let at = |second| issued.is_waning(Seconds::new(NOW.value() + second));
    assert!(!at(0) && !at(1_800) && at(1_801) && at(9_999));
}

#[test]
fn a_session_goes_on_only_under_the_same_key_hosting_and_endpoint() {
    let of = |says| Certificate::issue(&operator(), says).unwrap();
    let shown = of(says());
    let later = Certified {
        serial: Serial::new(8),
        name: Name::new("Another name").unwrap(),
        ..says()
    };
    assert!(shown.binds_like(&of(later)));
    let moved = Certified {
        hosting: Hosting::Operator,
        ..says()
    };
    let rekeyed = Certified {
        endpoint: Endpoint::new([5; 64]),
        ..says()
    };
    for changed in [moved, rekeyed] {
        assert!(!shown.binds_like(&of(changed)));
    }
}

#[test]
fn every_hosting_has_bytes_of_its_own_and_reads_back() {
    let names = ["a", "b"].map(|name| Hosting::Provider(Name::new(name).unwrap()));
    let all = [&[Hosting::Itself, Hosting::Operator][..], &names].concat();
    for (place, hosting) in all.iter().enumerate() {
        assert_eq!(
            cbor::decode::<Hosting>(&hosting.to_bytes()).as_ref(),
            Ok(hosting)
        );
        assert!(
            all[..place]
                .iter()
                .all(|other| other.to_bytes() != hosting.to_bytes())
        );
    }
    for bad in [
        &[0xa1, 0, 0][..],
        &[0xa1, 0, 2],
        &[0xa1, 0, 4],
        b"\xa2\0\x01\x01\x61a",
    ] {
        assert!(cbor::decode::<Hosting>(bad).is_err());
    }
}

#[test]
fn every_flipped_bit_of_a_revocation_is_refused() {
    let says = Revoked {
        sequence: RevocationSequence::new(1),
        business: BusinessId::new([4; 32]),
        reason: Reason::Spam,
        at: NOW,
    };
    let issued = Revocation::issue(&operator(), says).unwrap();
    let read =
        |signed: &Signed| UnverifiedRevocation::new(signed.clone()).verify(&operator().public());
    assert_eq!(read(issued.signed()), Ok(issued.clone()));
    assert_eq!(issued.says(), &says);
    for changed in flipped(issued.signed()) {
        assert!(read(&changed).is_err());
    }
    let none = Revoked {
        sequence: RevocationSequence::new(0),
        ..says
    };
    assert!(Revocation::issue(&operator(), none).is_err());
}

#[test]
fn every_flipped_bit_of_a_receipt_of_erasure_is_refused() {
    let entries = |list: &[u64]| {
        let list: Vec<Index> = list.iter().copied().map(Index::new).collect();
        Erasure {
            conversation: ConversationId::new([6; 32]),
            at: NOW,
            entries: list.try_into().unwrap(),
        }
    };
    let says = entries(&[3, 9, u64::MAX]);
    let receipt = says.sign(&operator());
    let key = operator().public();
    assert_eq!(Erasure::verify(&receipt, &key), Ok(says));
    for changed in flipped(&receipt) {
        assert!(Erasure::verify(&changed, &key).is_err());
    }
    let disordered = entries(&[9, 3]).sign(&operator());
    assert!(Erasure::verify(&disordered, &key).is_err());
}

fn draft() -> Draft {
    Draft {
        name: "order".to_owned(),
        version: Version::new(2),
        language: "de".to_owned(),
        category: Category::Utility,
        header: None,
        body: "Your order is on its way.".to_owned(),
        footer: None,
        buttons: vec![],
        slots: vec![],
    }
}

fn template() -> Template {
    draft().checked().expect("made to fit")
}

#[test]
fn every_flipped_bit_of_an_approved_template_is_refused() {
    let business = BusinessId::new([4; 32]);
    let approved = Approved::sign(&operator(), business, template());
    let key = operator().public();
    let sent = cbor::encode(&approved.to_unverified());
    let read = |bytes: &[u8]| {
        let unverified: UnverifiedApproval = cbor::decode(bytes).ok()?;
        unverified.verify(&key).ok()
    };
    let whole = read(&sent).unwrap();
    assert_eq!(whole, approved);
    let bytes = template().bytes().as_bytes().to_vec();
    assert_eq!(whole.id(), TemplateId::of(&business, &bytes));
    for bit in 0..sent.len() * 8 {
        let mut changed = sent.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(read(&changed), None, "bit {bit}");
    }
}

#[test]
fn a_template_that_a_rule_refuses_is_not_shown_though_it_is_approved() {
    let business = BusinessId::new([4; 32]);
    let mut bad = draft();
    bad.body = "See https://bakery.example".to_owned();
    let template = bad.to_bytes().unwrap();
    let label = partywall_business::labels::TEMPLATE;
    let signed = [business.as_bytes().as_slice(), template.as_bytes()];
    let signature = operator().sign(label, &signed);
    let unverified = UnverifiedApproval {
        template,
        business,
        signature,
    };
    assert!(unverified.verify(&operator().public()).is_err());
}

fn hello(vouches: Vec<Vouch>) -> Hello {
    Hello {
        relay: RelayKey::new(*operator().public().as_bytes()),
        nonce: Nonce32::new([8; 32]),
        vouches: vouches.try_into().expect("made to fit"),
        clock: NOW,
        retention: Days::new(30),
    }
}

#[test]
fn a_login_is_proven_for_this_relay_connection_certificate_and_role_alone() {
    let shown = Spki::new([2; 32]);
    let said = hello(vec![Vouch::make(&operator(), shown, NOW)]);
    let relay = said.relay;
    let greeting = said.clone().prove(&relay, &shown, NOW).unwrap();
    let key = SigningKey::from_seed(&[7; 32]);
    let mut dice = Counting(0);
    let login = Login::sign(&key, Role::Customer, &greeting, &mut dice);
    let proven = login.clone().prove(&said.challenge()).unwrap();
    assert_eq!(proven.caller(), Caller::Proven(Role::Customer));
    assert_eq!(proven.key().as_bytes(), key.public().as_bytes());

    let other_nonce = Hello {
        nonce: Nonce32::new([9; 32]),
        ..said.clone()
    };
    let other_relay = Hello {
        relay: RelayKey::new([9; 32]),
        ..said.clone()
    };
    let not_vouched = hello(vec![]);
    for elsewhere in [other_nonce, other_relay, not_vouched] {
        let proven = login.clone().prove(&elsewhere.challenge());
        assert_eq!(proven.err(), Some(Close::Malformed));
    }
    let bytes = cbor::encode(&login);
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let read = cbor::decode::<Login>(&changed).ok();
        let proven = read.and_then(|login| login.prove(&said.challenge()).ok());
        assert_eq!(proven, None, "bit {bit}");
    }
}

/// Bytes that differ with every draw.
struct Counting(u8);

impl rand_core::TryRng for Counting {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.0 = self.0.wrapping_add(1);
        Ok(u32::from(self.0))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.try_next_u32().map(u64::from)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Counting {}

#[test]
fn a_business_link_gives_back_what_was_put_in_and_notices_one_changed_character() {
    let authority = Authority::new("relay.example", 7_444).unwrap();
    let relay = RelayKey::new([7; 32]);
    let further = vec![Authority::new("192.0.2.7", 443).unwrap()];
    let link = BusinessLink::new(authority, relay, None)
        .with_further(further)
        .unwrap()
        .to(Domain::new("bakery.example").unwrap());
    for text in [link.as_web_link(), link.as_app_link()] {
        assert_eq!(BusinessLink::parse(&text).as_ref(), Ok(&link));
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert!(BusinessLink::parse(&changed).is_err(), "{place}");
        }
    }
    assert_eq!(link.authorities().count(), 2);
    assert_eq!(BusinessLink::parse("hello"), Err(LinkError::NotALink));
}
