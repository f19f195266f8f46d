//! The relay's first words on every door of either wing, and the proof that it is the relay which the link names. (SPEC §5.2)
//! Knows: vouches, and the key of the certificate that was shown. Never knows: sockets, clocks, the
//! number of the frame that it comes in.

use crate::vouch::{BadVouch, Vouch};
use minicbor::{Decode, Encode};
use partywall_ground::limits::VOUCHES;
use partywall_ground::{AtMost, Days, Nonce32, RelayKey, Seconds, Spki};

/// As it was received: nothing about the relay is proven yet. (SPEC §5.2)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// The permanent key of the relay that this claims to be.
    #[n(0)]
    pub relay: RelayKey,
    /// Drawn for this connection; readers sign it.
    #[n(1)]
    pub nonce: Nonce32,
    /// Which TLS keys are the relay's.
    #[n(2)]
    pub vouches: AtMost<Vouch, VOUCHES>,
    /// The relay's clock, Unix time.
    #[n(3)]
    pub clock: Seconds,
    /// How long uncollected envelopes are kept.
    #[n(4)]
    pub retention: Days,
}

/// What a relay said on a connection, against which signatures of clients are held. (SPEC §5.3)
#[derive(Clone, Copy, Debug)]
pub struct Challenge<'a> {
    /// The relay's permanent key.
    pub relay: &'a RelayKey,
    /// The nonce of this connection's `hello`.
    pub nonce: &'a Nonce32,
    /// The vouches of this connection's `hello`.
    pub vouches: &'a [Vouch],
}

/// The connection leads to the relay that the link names, and only now may anything be sent.
/// Only [`Hello::prove`] makes one. (SPEC R-2)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    relay: RelayKey,
    nonce: Nonce32,
    spki: Spki,
    clock: Seconds,
    retention: Days,
}

/// Whoever answered is not proven to be the relay that the link names: close, having sent
/// nothing. (SPEC R-2)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stranger {
    /// Another relay key than the link's.
    #[error("another relay answers at this host: ask for a new link")]
    OtherRelay,
    /// No vouch for the certificate that was shown.
    #[error(
        "the relay does not vouch for the certificate that was shown: somebody may be in between, \
         or its operator has to vouch for a proxy"
    )]
    NotVouched,
    /// The vouch for the certificate that was shown does not hold.
    #[error(transparent)]
    Vouch(#[from] BadVouch),
}

impl Hello {
    /// Proves that this connection leads to the relay `expected`: `shown` is the key of the
    /// certificate of this very connection. (SPEC R-2)
    ///
    /// # Errors
    /// Why it is not proven. Nothing may be sent then.
    pub fn prove(
        self,
        expected: &RelayKey,
        shown: &Spki,
        now: Seconds,
    ) -> Result<Greeting, Stranger> {
        if self.relay != *expected {
            return Err(Stranger::OtherRelay);
        }
        let mut verdict = Err(Stranger::NotVouched);
        for vouch in self
            .vouches
            .into_iter()
            .filter(|vouch| vouch.spki == *shown)
        {
            verdict = vouch.prove(expected, now).map_err(Stranger::from);
            if verdict.is_ok() {
                break;
            }
        }
        let vouched = verdict?;
        Ok(Greeting {
            relay: self.relay,
            nonce: self.nonce,
            spki: *vouched.spki(),
            clock: self.clock,
            retention: self.retention,
        })
    }

    /// What readers' signatures on this connection are held against.
    #[must_use]
    pub fn challenge(&self) -> Challenge<'_> {
        Challenge {
            relay: &self.relay,
            nonce: &self.nonce,
            vouches: &self.vouches,
        }
    }
}

impl Greeting {
    /// The relay's permanent key.
    #[must_use]
    pub const fn relay(&self) -> &RelayKey {
        &self.relay
    }

    /// The relay's nonce for this connection.
    #[must_use]
    pub const fn nonce(&self) -> &Nonce32 {
        &self.nonce
    }

    /// The key of this connection's certificate, which the relay vouches for.
    #[must_use]
    pub const fn spki(&self) -> &Spki {
        &self.spki
    }

    /// What the relay's clock said, in Unix time.
    #[must_use]
    pub const fn clock(&self) -> Seconds {
        self.clock
    }

    /// How long the relay keeps uncollected envelopes.
    #[must_use]
    pub const fn retention(&self) -> Days {
        self.retention
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    const SHOWN: Spki = Spki::new([2; 32]);
    const NOW: Seconds = Seconds::new(1_000);

    fn key(relay: &SigningKey) -> RelayKey {
        RelayKey::new(*relay.public().as_bytes())
    }

    fn hello(relay: &SigningKey, vouches: Vec<Vouch>) -> Hello {
        Hello {
            relay: key(relay),
            nonce: Nonce32::new([4; 32]),
            vouches: vouches.try_into().unwrap(),
            clock: NOW,
            retention: Days::new(30),
        }
    }

    #[test]
    fn a_relay_is_greeted_when_it_vouches_for_the_certificate_that_was_shown() {
        let relay = SigningKey::from_seed(&[1; 32]);
        let old = Vouch::make(&relay, SHOWN, Seconds::new(999));
        let other = Vouch::make(&relay, Spki::new([3; 32]), Seconds::new(2_000));
        let good = Vouch::make(&relay, SHOWN, NOW);
        for vouches in [
            vec![old.clone(), other.clone(), good.clone()],
            vec![good, other, old],
        ] {
            let greeting = hello(&relay, vouches)
                .prove(&key(&relay), &SHOWN, NOW)
                .unwrap();
            assert_eq!(greeting.spki(), &SHOWN);
            assert_eq!(greeting.retention(), Days::new(30));
        }
    }

    #[test]
    fn whoever_is_not_proven_stays_a_stranger() {
        let relay = SigningKey::from_seed(&[1; 32]);
        let thief = SigningKey::from_seed(&[6; 32]);
        let good = Vouch::make(&relay, SHOWN, NOW);
        let asked = |hello: Hello| hello.prove(&key(&relay), &SHOWN, NOW);

        let not_the_links = hello(&thief, vec![Vouch::make(&thief, SHOWN, NOW)]);
        assert_eq!(asked(not_the_links), Err(Stranger::OtherRelay));
        assert_eq!(asked(hello(&relay, vec![])), Err(Stranger::NotVouched));
        let proxied = Vouch::make(&relay, Spki::new([3; 32]), NOW);
        assert_eq!(
            asked(hello(&relay, vec![proxied])),
            Err(Stranger::NotVouched)
        );
        let forged = Vouch::make(&thief, SHOWN, NOW);
        assert_eq!(
            asked(hello(&relay, vec![forged])),
            Err(Stranger::Vouch(BadVouch::NotSigned))
        );
        assert_eq!(
            hello(&relay, vec![good]).prove(&key(&relay), &SHOWN, Seconds::new(1_001)),
            Err(Stranger::Vouch(BadVouch::Expired))
        );
    }
}
