//! Secrets that travel or lie in links: whoever has the bytes has the right.
//! Knows: how CBOR holds them, and to wipe them when they are dropped. They have no `Debug`, no
//! `Clone` and no comparison here; who must compare does so in constant time with
//! `partywall-proof`.

use crate::WrongLength;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use zeroize::{Zeroize, ZeroizeOnDrop};

macro_rules! secrets {
    ($($(#[$about:meta])* $name:ident;)*) => {$(
        $(#[$about])*
        #[derive(Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl $name {
            /// How many bytes it has.
            pub const LENGTH: usize = 32;

            /// From its bytes; every value is one. The caller wipes its own copy.
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Its bytes, for hashing, deriving and writing. Copies of them are the caller's to
            /// wipe.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = WrongLength;

            fn try_from(bytes: &[u8]) -> Result<Self, WrongLength> {
                let mut secret = Self([0; 32]);
                if bytes.len() != secret.0.len() {
                    return Err(WrongLength);
                }
                secret.0.copy_from_slice(bytes);
                Ok(secret)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                encoder: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(
                decoder: &mut Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::try_from(decoder.bytes()?)
                    .map_err(|_| minicbor::decode::Error::message("wrong length"))
            }
        }
    )*};
}

secrets! {
    /// The right to leave mail in one mailbox. Only ever shown on the deposit door.
    /// (SPEC §3, §5.6, R-5)
    Capability;
    /// The right to make mailboxes on a relay, as often as the operator said. (SPEC §3, P-6)
    Pass;
    /// The right to make one mailbox, given back when another was closed. (SPEC §5.3, P-6)
    Credit;
    /// A link's `L`: capability, shelf key and PSK come from it. Never sent to a relay.
    /// (SPEC §3, R-5)
    LinkSecret;
}
