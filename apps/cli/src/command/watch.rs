//! What a command hears of the relays while it waits for something else.
//! Knows: which relay cannot be reached, and why. Never knows: messages; they stay for `receive`.

use std::collections::BTreeMap;

use partywall_client::{DownReason, EventKind, Events};

/// Which relays cannot be reached at the moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Relays {
    down: BTreeMap<String, DownReason>,
    spoke: bool,
    connected: bool,
}

impl Relays {
    /// Takes notice of an event. A remark when it changes something that people should know.
    pub(super) fn hear(&mut self, kind: &EventKind) -> Option<String> {
        self.spoke |= matches!(
            kind,
            EventKind::RelayUnreachable { .. } | EventKind::RelayReachable { .. }
        );
        self.connected |= matches!(kind, EventKind::RelayReachable { .. });
        match kind {
            EventKind::RelayUnreachable { relay, reason } => {
                let before = self.down.insert(relay.clone(), *reason);
                (before != Some(*reason)).then(|| format!("{relay}: {reason}"))
            }
            EventKind::RelayReachable { relay } => {
                let before = self.down.remove(relay);
                before.map(|_reason| format!("{relay}: connected again"))
            }
            EventKind::ReadElsewhere { relay } => Some(format!(
                "{relay}: another program reads your mail there with a copy of this store; end it"
            )),
            _ => None,
        }
    }

    /// Whether it is known of any relay that it can be reached, or cannot.
    pub(super) fn spoke(&self) -> bool {
        self.spoke
    }

    /// Whether any relay was connected, then or now.
    pub(super) fn connected(&self) -> bool {
        self.connected
    }

    /// Why one of them cannot be reached; the first by name.
    pub(super) fn trouble(&self) -> Option<DownReason> {
        self.down.values().next().copied()
    }
}

/// Listens until the client is closed, and hands on every remark. Ends only then.
pub(super) async fn relays(
    mut events: Events,
    known: &std::sync::Mutex<Relays>,
    tell: impl Fn(&str),
) {
    while let Some(event) = events.next().await {
        let remark = {
            let mut known = known
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            known.hear(event.kind())
        };
        if let Some(remark) = remark {
            tell(&crate::words::one_line(&remark));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_goes_and_comes_is_told_of_once_each_time() {
        let relay = || "relay.example:7443".to_owned();
        let gone = EventKind::RelayUnreachable {
            relay: relay(),
            reason: DownReason::Unreachable,
        };
        let back = EventKind::RelayReachable { relay: relay() };
        let mut relays = Relays::default();
        assert!(
            relays.hear(&back).is_none(),
            "the first connection is no news"
        );
        assert!(
            relays
                .hear(&gone)
                .is_some_and(|told| told.starts_with("relay.example:7443: "))
        );
        assert!(relays.hear(&gone).is_none());
        assert_eq!(relays.trouble(), Some(DownReason::Unreachable));
        assert!(relays.hear(&back).is_some());
        assert_eq!(relays.trouble(), None);
    }
}
