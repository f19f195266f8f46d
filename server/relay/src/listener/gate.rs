//! Counts who is inside: a cap over all, a cap for one source, and a number of handshakes at once.
//! Knows: counts, and sources only as keyed hashes whose key is thrown away every hour. Never knows: who is behind a connection; it never logs.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use partywall_world::{Dice, Monotonic};

/// How long one key is in use.
const KEY_LIFE: Duration = Duration::from_secs(3600);

/// The gate of every listener of the process: where the mutant P14 counts, and nobody else.
static ONE_FOR_ALL: OnceLock<Arc<Gate>> = OnceLock::new();

/// A source as the gate knows it: eight bytes that mean nothing without a key which nobody keeps.
type Shadow = [u8; 8];

/// The caps.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one source that is not this machine.
    pub per_source: usize,
}

/// Lets connections in, and knows how many are inside.
pub struct Gate {
    caps: Caps,
    inside: Mutex<Inside>,
}

struct Inside {
    connections: usize,
    turned_away: u64,
    hour: u64,
    key_since: Monotonic,
    key: [u8; 32],
    by_source: BTreeMap<Shadow, usize>,
    dice: Dice,
}

/// A place inside; whoever drops it has left.
pub struct Place {
    gate: Arc<Gate>,
    counted: Option<(u64, Shadow)>,
}

impl Gate {
    /// An empty gate; `dice` is a stream of its own for the keys.
    #[must_use]
    pub fn new(caps: Caps, mut dice: Dice, now: Monotonic) -> Arc<Self> {
        let key = dice.bytes();
        let inside = Inside {
            connections: 0,
            turned_away: 0,
            hour: 0,
            key_since: now,
            key,
            by_source: BTreeMap::new(),
            dice,
        };
        let gate = Arc::new(Self {
            caps,
            inside: Mutex::new(inside),
        });
        if partywall_mutant::is("P14") {
            return Arc::clone(ONE_FOR_ALL.get_or_init(|| gate));
        }
        gate
    }

    /// A place for a connection from `source`, or nothing if there is none left.
    pub fn enter(self: &Arc<Self>, source: IpAddr, now: Monotonic) -> Option<Place> {
        let mut inside = self.inside();
        inside.turn_key(now);
        let counted = shadow(source, &inside.key).map(|shadow| (inside.hour, shadow));
        let of_source = counted
            .and_then(|(_, shadow)| inside.by_source.get(&shadow))
            .copied()
            .unwrap_or(0);
        if inside.connections >= self.caps.connections || of_source >= self.caps.per_source {
            inside.turned_away += 1;
            return None;
        }
        inside.connections += 1;
        if let Some((_, shadow)) = counted {
            *inside.by_source.entry(shadow).or_default() += 1;
        }
        Some(Place {
            gate: Arc::clone(self),
            counted,
        })
    }

    /// How many are inside.
    pub fn connections(&self) -> usize {
        self.inside().connections
    }

    /// How many were turned away since the start.
    pub fn turned_away(&self) -> u64 {
        self.inside().turned_away
    }

    fn leave(&self, counted: Option<(u64, Shadow)>) {
        let mut inside = self.inside();
        inside.connections -= 1;
        let Some((_, shadow)) = counted.filter(|(hour, _)| *hour == inside.hour) else {
            return;
        };
        if let Some(count) = inside.by_source.get_mut(&shadow) {
            *count -= 1;
            if *count == 0 {
                inside.by_source.remove(&shadow);
            }
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// A new key forgets who is inside (not how many): a source may then fill its share once more.
    fn turn_key(&mut self, now: Monotonic) {
        if now.since(self.key_since) < KEY_LIFE {
            return;
        }
        self.key = self.dice.bytes();
        self.key_since = now;
        self.hour += 1;
        self.by_source.clear();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !partywall_mutant::is("X15") {
            self.gate.leave(self.counted.take());
        }
    }
}

/// The shadow of a source: a whole IPv4 address, or the /64 of an IPv6 one. This machine has none.
fn shadow(source: IpAddr, key: &[u8; 32]) -> Option<Shadow> {
    let prefix: [u8; 8] = match source.to_canonical() {
        here if here.is_loopback() => return None,
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            [0, 0, 0, 0, a, b, c, d]
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, e, f, g, h, ..] = address.octets();
            [a, b, c, d, e, f, g, h]
        }
    };
    let mut input = [0; 40];
    input[..32].copy_from_slice(key);
    input[32..].copy_from_slice(&prefix);
    let [a, b, c, d, e, f, g, h, ..] = partywall_proof::sha256(&input);
    Some([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use partywall_world::{Dice, Monotonic};

    use super::{Caps, Gate};

    fn at(seconds: u64) -> Monotonic {
        Monotonic::from_start(Duration::from_secs(seconds))
    }

    fn gate(connections: usize, per_source: usize) -> std::sync::Arc<Gate> {
        Gate::new(
            Caps {
                connections,
                per_source,
            },
            Dice::seeded(1),
            at(0),
        )
    }

    #[test]
    fn the_gate_lets_in_as_many_as_its_cap_and_one_more_when_one_left() {
        let gate = gate(2, 99);
        let first = gate.enter("127.0.0.1".parse().unwrap(), at(0)).unwrap();
        let _second = gate.enter("192.0.2.1".parse().unwrap(), at(0)).unwrap();
        assert!(gate.enter("192.0.2.2".parse().unwrap(), at(0)).is_none());
        drop(first);
        assert!(gate.enter("192.0.2.2".parse().unwrap(), at(0)).is_some());
        assert_eq!((gate.connections(), gate.turned_away()), (1, 1));
    }

    #[test]
    fn one_source_cannot_take_more_than_its_share_and_takes_nothing_from_others() {
        let gate = gate(99, 1);
        let enter = |source: &str| gate.enter(source.parse().unwrap(), at(0));
        let _inside = enter("192.0.2.1").unwrap();
        assert!(enter("192.0.2.1").is_none());
        assert!(
            enter("::ffff:192.0.2.1").is_none(),
            "the same source in IPv6 clothes"
        );
        let _other = enter("192.0.2.2").unwrap();
        let _net = enter("2001:db8:1:2::1").unwrap();
        assert!(enter("2001:db8:1:2:ffff::9").is_none(), "the same /64");
        assert!(enter("2001:db8:1:3::1").is_some());
        let here: Vec<_> = (0..9).map(|_| enter("127.0.0.1").unwrap()).collect();
        assert_eq!(here.len(), 9, "this machine is not counted");
    }

    #[test]
    fn after_an_hour_the_gate_no_longer_knows_who_was_inside_and_still_counts_right() {
        let gate = gate(99, 1);
        let source = "192.0.2.1".parse().unwrap();
        let old = gate.enter(source, at(0)).unwrap();
        let new = gate.enter(source, at(3600)).unwrap();
        assert!(gate.enter(source, at(3601)).is_none());
        drop(old);
        assert!(
            gate.enter(source, at(3602)).is_none(),
            "one who left an older hour frees nothing in this one"
        );
        drop(new);
        assert_eq!(gate.connections(), 0);
        assert!(gate.enter(source, at(3603)).is_some());
    }
}
