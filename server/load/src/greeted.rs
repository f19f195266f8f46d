//! A connection to a relay that has proven who it is. (SPEC R-2)
//! Knows: the relay's key from its link. Never knows: what is said after hello.

use partywall_ground::{Seconds, Spki};
use partywall_peer::{collect, deposit};
use partywall_proof::{Greeting, Hello};
use partywall_world::{Clock, SystemClock};

use crate::dialect::Dialect;
use crate::wire::Wire;
use crate::{LoadError, Target};

/// Nothing but hello was said so far.
pub(crate) struct Greeted {
    pub(crate) wire: Wire,
    pub(crate) greeting: Greeting,
}

impl Greeted {
    pub(crate) async fn enter(target: &Target, path: &str) -> Result<Self, LoadError> {
        let Dialect::Relay(door) = &target.dialect else {
            return Err(LoadError::Nonsense);
        };
        let (stream, shown) = target.connect().await?;
        let mut wire = Wire::upgrade(stream, &target.host, path).await?;
        let hello = hello(path, &wire.hear().await?).ok_or(LoadError::Nonsense)?;
        let shown = shown.or_else(|| first(&hello)).ok_or(LoadError::Nonsense)?;
        let now = Seconds::new(SystemClock::new().wall().seconds());
        let greeting = hello
            .prove(door.key(), &shown, now)
            .map_err(|stranger| LoadError::Stranger(stranger.to_string()))?;
        Ok(Self { wire, greeting })
    }
}

fn hello(path: &str, message: &[u8]) -> Option<Hello> {
    if path.ends_with("collect") {
        match collect::FromRelay::decode(message) {
            Ok(collect::FromRelay::Hello(hello)) => Some(hello),
            _ => None,
        }
    } else {
        match deposit::FromRelay::decode(message) {
            Ok(deposit::FromRelay::Hello(hello)) => Some(hello),
            _ => None,
        }
    }
}

/// What stands for the certificate where nobody shows one.
fn first(hello: &Hello) -> Option<Spki> {
    hello.vouches.iter().next().map(|vouch| vouch.spki)
}
