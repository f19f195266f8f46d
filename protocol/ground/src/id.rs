//! The names things have on the wire: random or hashed bytes of one exact length, a type each.
//! Knows: how long they are and how CBOR holds them. Never shows what they are: `Debug` prints
//! the type's name, so that no log and no panic can tell one mailbox from another.

/// The bytes are not as many as this type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not as many as they have to be")]
pub struct WrongLength;

ids! {
    /// Where mail is left: `H("drop", capability)`. The relay knows the mailbox's writers by it
    /// alone. (SPEC §3, §5.3)
    DropId, 32;
    /// Who collects a mailbox: an Ed25519 public key drawn for it alone, as received. Nothing is
    /// proven about it until a signature is verified with it. (SPEC §5.3)
    ReaderId, 32;
    /// Whom a link leads to: `H("identity", Ed, IK)`. (SPEC §2.2)
    IdentityId, 32;
    /// Which envelope: `SHA-256(envelope)`. (SPEC C-2)
    EnvelopeId, 32;
    /// 32 bytes drawn for one use, so that what is signed today is worth nothing tomorrow.
    /// (SPEC §5.2, §5.3)
    Nonce32, 32;
    /// Which TLS key: SHA-256 of a certificate's DER SubjectPublicKeyInfo. (SPEC §2.3)
    Spki, 32;
    /// Which relay: its permanent Ed25519 public key, as received. (SPEC §2.3)
    RelayKey, 32;
    /// Which bundle: 16 random bytes. (SPEC §4.1)
    BundleId, 16;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    #[test]
    fn an_id_printed_tells_nothing_but_its_kind() {
        assert_eq!(format!("{:?}", DropId::new([0x41; 32])), "DropId");
        assert_eq!(
            format!("{:#?}", Some(Spki::new([7; 32]))),
            "Some(\n    Spki,\n)"
        );
    }

    #[test]
    fn an_id_of_another_length_is_refused() {
        assert_eq!(DropId::try_from([1; 31].as_slice()), Err(WrongLength));
        assert_eq!(BundleId::try_from([1; 32].as_slice()), Err(WrongLength));
        let encoded = cbor::encode(&BundleId::new([5; 16]));
        assert_eq!(encoded[0], 0x50);
        assert_eq!(cbor::decode(&encoded), Ok(BundleId::new([5; 16])));
        assert!(cbor::decode::<DropId>(&encoded).is_err());
    }
}
