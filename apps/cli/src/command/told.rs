//! An event, told: as a JSON object for scripts, as words for people.
//! Knows: events, and who is confirmed. Never knows: where it is written, whether it was done.

use std::collections::BTreeMap;

use partywall_client::{ContactCard, EventKind};
use serde_json::{Map, Value, json};

use crate::screen::{careful, faint, strong};
use crate::words::{indented, minute, one_line, rfc3339};

/// What is known of the contacts when events are told.
#[derive(Clone, Debug, Default)]
pub(super) struct Cards(BTreeMap<String, bool>);

impl Cards {
    /// From the cards of now.
    pub(super) fn of(cards: Vec<ContactCard>) -> Self {
        Self(
            cards
                .into_iter()
                .map(|card| (card.name, card.confirmed))
                .collect(),
        )
    }

    /// Whether this contact has yet to prove that it holds the keys of its first message.
    fn unconfirmed(&self, name: &str) -> bool {
        self.0.get(name) == Some(&false)
    }
}

/// The object of a durable event; `None` for a fleeting one.
pub(super) fn object(kind: &EventKind, cards: &Cards) -> Option<Value> {
    Some(match kind {
        EventKind::Message {
            from,
            id,
            sent,
            text,
            late,
            crossed,
        } => {
            let mut object = Map::new();
            object.insert("from".into(), json!(from));
            object.insert("id".into(), json!(id.to_string()));
            object.insert("sent".into(), json!(rfc3339(*sent)));
            object.insert("text".into(), json!(text));
            if *late {
                object.insert("late".into(), json!(true));
            }
            if *crossed {
                object.insert("crossed".into(), json!(true));
            }
            if cards.unconfirmed(from) {
                object.insert("unconfirmed".into(), json!(true));
            }
            Value::Object(object)
        }
        EventKind::Gap { from, missing } => {
            json!({"type": "gap", "from": from, "missing": missing})
        }
        EventKind::NewContact { name, weak } => {
            json!({"type": "new-contact", "name": name, "weak": weak})
        }
        EventKind::Confirmed { name } => json!({"type": "confirmed", "name": name}),
        EventKind::Failed { to, id } => {
            json!({"type": "failed", "to": to, "id": id.to_string()})
        }
        EventKind::Expired { to, id } => {
            json!({"type": "expired", "to": to, "id": id.to_string()})
        }
        EventKind::RolledBack { name, begins_anew } => {
            json!({"type": "rolled-back", "name": name, "begins_anew": begins_anew})
        }
        EventKind::Quarantined { kept } => json!({"type": "quarantined", "kept": kept}),
        EventKind::SkippedDropped { from, keys } => {
            json!({"type": "keys-dropped", "from": from, "keys": keys})
        }
        _ => return None,
    })
}

/// The words of a durable event; `None` for a fleeting one.
pub(super) fn people(kind: &EventKind, cards: &Cards) -> Option<String> {
    Some(match kind {
        EventKind::Message {
            from,
            sent,
            text,
            late,
            crossed,
            ..
        } => {
            let mut marks = String::new();
            if *late {
                marks.push_str(&careful(" (late)"));
            }
            if *crossed {
                marks.push_str(&faint(" (before your last)"));
            }
            if cards.unconfirmed(from) {
                marks.push_str(&careful(" (unconfirmed)"));
            }
            message(&minute(*sent), from, &marks, text)
        }
        EventKind::Gap { from, missing } => careful(&format!(
            "-- {missing} of {}'s messages are missing here; they may still come, late",
            one_line(from)
        )),
        EventKind::NewContact { name, weak } => {
            let name = one_line(name);
            let mut words = format!("-- {name} has used your link and is your contact now");
            if *weak {
                words.push_str("; the link's single-use keys were used up, so the first messages are less well protected against a thief of this store");
            }
            faint(&words)
        }
        EventKind::Confirmed { name } => faint(&format!(
            "-- {} has proven to hold the keys of the first message",
            one_line(name)
        )),
        EventKind::Failed { to, .. } => careful(&format!(
            "-- a message to {} will not arrive: the mailbox it was for has ended; ask for a new invitation",
            one_line(to)
        )),
        EventKind::Expired { to, .. } => careful(&format!(
            "-- a message to {} was not collected in the time that the relay keeps it; send it again",
            one_line(to)
        )),
        EventKind::RolledBack { name, begins_anew } => {
            let then = if *begins_anew {
                "the conversation begins anew by itself"
            } else {
                "make a new invitation"
            };
            careful(&format!(
                "-- this store is an older copy of itself: what {} sent after the copy was made is gone; {then}",
                one_line(name)
            ))
        }
        EventKind::Quarantined { kept } => careful(&format!(
            "-- something arrived that no conversation opens; {kept} of that kind are kept aside for a while"
        )),
        EventKind::SkippedDropped { from, keys } => careful(&format!(
            "-- too many of {}'s messages are missing: {keys} of them cannot be read any more, should they come",
            one_line(from)
        )),
        _ => return None,
    })
}

/// A message in words; further lines are moved in.
pub(super) fn message(when: &str, who: &str, marks: &str, text: &str) -> String {
    let who = one_line(who);
    format!(
        "{} {}{marks}: {}",
        faint(when),
        strong(&who),
        indented(text, 4)
    )
}

#[cfg(test)]
mod tests {
    use partywall_world::Wall;

    use super::*;

    fn message_of(text: &str, late: bool) -> EventKind {
        EventKind::Message {
            from: "bob".into(),
            id: "00112233445566778899aabbccddeeff".parse().unwrap(),
            sent: Wall::from_millis(1_700_000_000_123),
            text: text.into(),
            late,
            crossed: late,
        }
    }

    fn cards(confirmed: bool) -> Cards {
        Cards([("bob".to_owned(), confirmed)].into())
    }

    #[test]
    fn a_message_has_exactly_the_keys_that_scripts_rely_on() {
        let object = object(&message_of("hi\n", false), &cards(true)).unwrap();
        assert_eq!(
            object,
            json!({"from": "bob", "id": "00112233445566778899aabbccddeeff",
                   "sent": "2023-11-14T22:13:20.123Z", "text": "hi\n"})
        );
    }

    #[test]
    fn marks_appear_only_when_they_are_true() {
        let marked = object(&message_of("hi", true), &cards(false)).unwrap();
        assert_eq!(
            (&marked["late"], &marked["unconfirmed"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(marked["crossed"], json!(true));
        let unknown = object(&message_of("hi", false), &Cards::default()).unwrap();
        assert_eq!(unknown.as_object().unwrap().len(), 4);
    }

    #[test]
    fn everything_but_a_message_has_a_type_and_fleeting_things_are_not_told() {
        let name = || "bob".to_owned();
        let id = "00112233445566778899aabbccddeeff".parse().unwrap();
        for (kind, named) in [
            (
                EventKind::Gap {
                    from: name(),
                    missing: 2,
                },
                "gap",
            ),
            (
                EventKind::NewContact {
                    name: name(),
                    weak: true,
                },
                "new-contact",
            ),
            (EventKind::Confirmed { name: name() }, "confirmed"),
            (EventKind::Failed { to: name(), id }, "failed"),
            (EventKind::Expired { to: name(), id }, "expired"),
            (
                EventKind::RolledBack {
                    name: name(),
                    begins_anew: false,
                },
                "rolled-back",
            ),
            (EventKind::Quarantined { kept: 1 }, "quarantined"),
            (
                EventKind::SkippedDropped {
                    from: name(),
                    keys: 1,
                },
                "keys-dropped",
            ),
        ] {
            assert_eq!(object(&kind, &cards(true)).unwrap()["type"], named);
            assert!(people(&kind, &cards(true)).is_some());
        }
        let fleeting = EventKind::Delivered { to: name(), id };
        assert!(
            object(&fleeting, &cards(true)).is_none() && people(&fleeting, &cards(true)).is_none()
        );
    }

    #[test]
    fn a_text_that_tries_to_look_like_another_message_stays_inside_its_own() {
        let told = people(
            &message_of("hi\n2023-11-14 22:13Z bob: gotcha\u{1b}[1A", false),
            &cards(true),
        );
        let told = console::strip_ansi_codes(&told.unwrap()).into_owned();
        let lines: Vec<&str> = told.lines().collect();
        assert!(
            lines.len() == 2 && lines[1].starts_with("    2023"),
            "{told}"
        );
        assert!(!told.contains('\u{1b}'));
    }
}
