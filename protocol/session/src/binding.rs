//! What the handshake binds beside keys: nothing in the peer wing, who the business is in the other. (SPEC §4.2, S-15)
//! Knows: three parts of a certificate. Never knows: the certificate, who verified it, when it ends.

use core::marker::PhantomData;

use partywall_ground::{Business, Peer, Wing, lp_vec};

use crate::identity::IdentityKeys;

/// What `h0` binds beside keys. (SPEC §4.2)
///
/// There is no business handshake without a binding (S-15):
///
/// ```compile_fail
/// use partywall_ground::Business;
/// use partywall_session::Binding;
/// let unbound: Binding<'_, Business> = Binding::<Business>::NONE;
/// ```
///
/// Nor does the peer wing's fit there:
///
/// ```compile_fail
/// use partywall_ground::{Business, Peer};
/// use partywall_session::Binding;
/// let unbound: Binding<'_, Business> = Binding::<Peer>::NONE;
/// ```
///
/// Each wing has its own:
///
/// ```
/// use partywall_ground::{Business, Peer};
/// use partywall_session::{Binding, IdentityKeys};
/// let unbound: Binding<'_, Peer> = Binding::<Peer>::NONE;
/// fn bound<'a>(endpoint: &IdentityKeys<Business>) -> Binding<'a, Business> {
///     Binding::<Business>::of(&[7; 32], b"self", endpoint)
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Binding<'a, W: Wing> {
    certified: Option<Certified<'a>>,
    wing: PhantomData<W>,
}

/// The parts, as the certificate says them.
#[derive(Clone, Copy)]
struct Certified<'a> {
    business: &'a [u8; 32],
    hosting: &'a [u8],
    endpoint: [u8; 64],
}

impl Binding<'_, Peer> {
    /// The peer wing binds nothing more.
    pub const NONE: Self = Self {
        certified: None,
        wing: PhantomData,
    };
}

impl<'a> Binding<'a, Business> {
    /// The business id, the hosting label's bytes as they stand in the certificate, and its endpoint key. Both sides
    /// must name the same, bit by bit, or the first flight does not open. (SPEC S-15)
    #[must_use]
    pub fn of(
        business: &'a [u8; 32],
        hosting: &'a [u8],
        endpoint: &IdentityKeys<Business>,
    ) -> Self {
        Self {
            certified: Some(Certified {
                business,
                hosting,
                endpoint: endpoint.to_bytes(),
            }),
            wing: PhantomData,
        }
    }
}

impl<W: Wing> Binding<'_, W> {
    /// `binding`: empty, or `LP(business id, hosting, endpoint)`.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.certified.map_or_else(Vec::new, |certified| {
            let Certified {
                business,
                hosting,
                endpoint,
            } = certified;
            lp_vec(&[business, hosting, &endpoint])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dh;
    use partywall_proof::SigningKey;

    #[test]
    fn the_bytes_are_three_parts_each_behind_its_length_and_none_in_the_peer_wing() {
        assert!(Binding::<Peer>::NONE.bytes().is_empty());
        let endpoint = IdentityKeys::new(
            SigningKey::from_seed(&[1; 32]).public(),
            dh::SecretKey::from_bytes(&[2; 32]).public(),
        );
        let expected = [
            &[0, 0, 0, 32][..],
            &[3; 32],
            &[0, 0, 0, 4],
            b"self",
            &[0, 0, 0, 64],
            endpoint.sign.as_bytes(),
            endpoint.dh.as_bytes(),
        ]
        .concat();
        assert_eq!(
            Binding::<Business>::of(&[3; 32], b"self", &endpoint).bytes(),
            expected
        );
    }
}
