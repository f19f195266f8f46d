//! Bytes and a signature on exactly these bytes: `{0 => bstr, 1 => bstr .size 64}`. (SPEC §12.3)
//! Knows: that what is signed is what was received (G-5). Never knows: whose key, nor what the
//! bytes mean.

use minicbor::{Decode, Encode};
use partywall_ground::Label;
use partywall_ground::cbor::{self, BodyError};
use partywall_proof::{BadSignature, PublicKey, Signature, SigningKey};

/// As it was received or made: nothing about it is proven.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Signed {
    /// What is signed, exactly.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// The signature on `LP(label, bytes)`.
    #[n(1)]
    #[cbor(with = "signature")]
    pub signature: Signature,
}

impl Signed {
    /// Signs bytes under a label.
    #[must_use]
    pub fn make(key: &SigningKey, label: Label, bytes: Vec<u8>) -> Self {
        let signature = key.sign(label, &[&bytes]);
        Self { bytes, signature }
    }

    /// Reads the outer map, strictly. (SPEC G-3)
    ///
    /// # Errors
    /// When the bytes are not such a map.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        cbor::decode(bytes)
    }

    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Proves that the key's holder signed the bytes under the label.
    ///
    /// # Errors
    /// Whatever the cause, the same.
    pub fn verify(&self, key: &PublicKey, label: Label) -> Result<(), BadSignature> {
        key.verify(label, &[&self.bytes], &self.signature)
    }
}

/// A signature as a byte string of 64.
pub mod signature {
    use minicbor::decode::{Decoder, Error};
    use minicbor::encode::{Encoder, Write};
    use partywall_proof::Signature;

    /// Writes the 64 bytes.
    ///
    /// # Errors
    /// When the writer refuses.
    pub fn encode<C, W: Write>(
        signature: &Signature,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(signature.as_bytes())?.ok()
    }

    /// Reads 64 bytes.
    ///
    /// # Errors
    /// When they are not 64.
    pub fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Signature, Error> {
        let bytes = decoder.bytes()?;
        let bytes = bytes
            .try_into()
            .map_err(|_| Error::message("wrong length"))?;
        Ok(Signature::from_bytes(bytes))
    }
}
