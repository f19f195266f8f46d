//! What happened to a customer, told: as an object for scripts, in words for people.
//! Knows: events. Never knows: where they are written, whether they were done.

use partywall_client::business::{EventKind, Seconds};
use serde_json::{Map, Value, json};

use crate::counter::{content, moments};
use crate::screen::{bad, careful, faint, strong};
use crate::words::one_line;

/// The object of an event.
pub(super) fn object(number: u64, kind: &EventKind) -> Value {
    let window = |at: &Option<Seconds>| at.map(moments::rfc3339);
    let mut object = match kind {
        EventKind::Message {
            chat,
            id,
            event,
            said,
            at,
            what,
            window_expires_at,
        } => {
            let mut object = Map::new();
            object.insert("chat".into(), json!(chat));
            object.insert("id".into(), json!(hex::encode(event.as_bytes())));
            object.insert("message".into(), json!(id.number()));
            object.insert("sequence".into(), json!(said));
            object.insert("at".into(), json!(moments::rfc3339(*at)));
            object.insert("window_expires_at".into(), json!(window(window_expires_at)));
            content::into(&mut object, what);
            Value::Object(object)
        }
        EventKind::Accepted {
            chat,
            id,
            event,
            window_expires_at,
        } => json!({
            "type": "accepted", "chat": chat, "message": id.number(),
            "id": hex::encode(event.as_bytes()), "window_expires_at": window(window_expires_at),
        }),
        EventKind::Refused {
            chat,
            id,
            rule,
            until,
        } => json!({
            "type": "refused", "chat": chat, "message": id.number(), "rule": rule.word(),
            "sentence": rule.sentence(), "until": window(until),
        }),
        EventKind::Withdrawn { chat, id, reason } => json!({
            "type": "withdrawn", "chat": chat, "message": id.map(|id| id.number()),
            "reason": reason.word(),
        }),
        EventKind::Suspended { chat, reason } => {
            json!({"type": "suspended", "chat": chat, "reason": reason.word()})
        }
        EventKind::Revoked { chat, reason } => {
            json!({"type": "revoked", "chat": chat, "reason": reason.word()})
        }
        EventKind::TermsChanged { chat, table } => json!({
            "type": "terms-changed", "chat": chat, "table": hex::encode(table.as_bytes()),
        }),
        EventKind::CertificateChanged { chat } => {
            json!({"type": "certificate-changed", "chat": chat})
        }
        EventKind::Quarantined { chat, event } => json!({
            "type": "quarantined", "chat": chat, "id": hex::encode(event.as_bytes()),
        }),
        EventKind::Gap { chat, missing } => {
            json!({"type": "gap", "chat": chat, "missing": missing})
        }
        EventKind::Distrusted { chat, why } => {
            json!({"type": "distrusted", "chat": chat, "why": why})
        }
        EventKind::Renamed {
            chat,
            name,
            name_before,
            industry,
            industry_before,
        } => json!({
            "type": "renamed", "chat": chat, "name": name, "name_before": name_before,
            "industry": industry, "industry_before": industry_before,
        }),
        _ => json!({"type": "unknown"}),
    };
    object["event"] = json!(number);
    object
}

/// The words of an event.
pub(super) fn people(kind: &EventKind) -> String {
    let now = moments::now();
    let from = |until: &Option<Seconds>| {
        until.map_or_else(String::new, |until| {
            format!(" It would be allowed {}.", moments::from(until, now))
        })
    };
    match kind {
        EventKind::Message { chat, at, what, .. } => format!(
            "{} {}: {}",
            faint(&moments::clock(*at, now)),
            strong(&one_line(chat)),
            content::people(what)
        ),
        EventKind::Accepted { chat, id, .. } => faint(&format!(
            "-- {}: the relay has your message {}",
            one_line(chat),
            id.number()
        )),
        EventKind::Refused {
            chat,
            id,
            rule,
            until,
        } => careful(&format!(
            "-- {}: your message {} was refused. {}{}",
            one_line(chat),
            id.number(),
            rule.sentence(),
            from(until)
        )),
        EventKind::Withdrawn { chat, reason, .. } => careful(&format!(
            "-- {}: a message of yours was withdrawn before it was collected (reason {reason})",
            one_line(chat)
        )),
        EventKind::Suspended { chat, reason } => careful(&format!(
            "-- {}: the operator suspended this business (reason {reason}); nothing can be said until that is lifted",
            one_line(chat)
        )),
        EventKind::Revoked { chat, reason } => bad(&format!(
            "-- {}: the operator revoked this business (reason {reason}); it cannot be written to any more",
            one_line(chat)
        )),
        EventKind::TermsChanged { chat, .. } => careful(&format!(
            "-- {0}: there are new terms; until you accept them only what both allow is told: partywall customer changes {0}",
            one_line(chat)
        )),
        EventKind::CertificateChanged { chat } => bad(&format!(
            "-- {0}: the business's keys, hosting or domain changed; nothing is said before you have looked: partywall customer changes {0}",
            one_line(chat)
        )),
        EventKind::Quarantined { chat, .. } => careful(&format!(
            "-- {}: something arrived that does not open or is not what it says; it is not shown",
            one_line(chat)
        )),
        EventKind::Gap { chat, missing } => careful(&format!(
            "-- {}: the relay left out {missing} events, against its own rule",
            one_line(chat)
        )),
        EventKind::Distrusted { chat, why } => {
            bad(&format!("-- {}: {}", one_line(chat), one_line(why)))
        }
        EventKind::Renamed {
            chat,
            name,
            name_before,
            industry,
            industry_before,
        } => careful(&format!(
            "-- {}: it was called {} ({industry_before}) and is called {} ({industry}) now",
            one_line(chat),
            one_line(name_before),
            one_line(name)
        )),
        _ => careful("-- something happened that this program does not know; update it"),
    }
}

#[cfg(test)]
mod tests {
    use partywall_client::business::error::Rule;
    use partywall_client::business::what::What;
    use partywall_client::business::{EventId, MessageId, Reason, TableHash};

    use super::*;

    fn chat() -> String {
        "bakery.example".into()
    }

    fn message(text: &str) -> EventKind {
        EventKind::Message {
            chat: chat(),
            id: MessageId::from_number(4).unwrap(),
            event: EventId::new([9; 16]),
            said: 2,
            at: Seconds::new(1_700_000_000),
            what: What::Text(text.into()),
            window_expires_at: Some(Seconds::new(1_700_086_400)),
        }
    }

    #[test]
    fn a_message_has_exactly_the_keys_that_scripts_rely_on() {
        assert_eq!(
            object(7, &message("hi\n")),
            json!({
                "chat": "bakery.example", "id": "09".repeat(16), "message": 4, "sequence": 2,
                "at": "2023-11-14T22:13:20.000Z", "window_expires_at": "2023-11-15T22:13:20.000Z",
                "kind": "text", "text": "hi\n", "event": 7,
            })
        );
    }

    #[test]
    fn everything_but_a_message_has_a_type_and_words() {
        let id = MessageId::from_number(4).unwrap();
        let (event, reason) = (EventId::new([9; 16]), Reason::Spam);
        let table = TableHash::new([1; 32]);
        for (kind, named) in [
            (
                EventKind::Accepted {
                    chat: chat(),
                    id,
                    event,
                    window_expires_at: None,
                },
                "accepted",
            ),
            (
                EventKind::Refused {
                    chat: chat(),
                    id,
                    rule: Rule::Pace,
                    until: None,
                },
                "refused",
            ),
            (
                EventKind::Withdrawn {
                    chat: chat(),
                    id: None,
                    reason,
                },
                "withdrawn",
            ),
            (
                EventKind::Suspended {
                    chat: chat(),
                    reason,
                },
                "suspended",
            ),
            (
                EventKind::Revoked {
                    chat: chat(),
                    reason,
                },
                "revoked",
            ),
            (
                EventKind::TermsChanged {
                    chat: chat(),
                    table,
                },
                "terms-changed",
            ),
            (
                EventKind::CertificateChanged { chat: chat() },
                "certificate-changed",
            ),
            (
                EventKind::Renamed {
                    chat: chat(),
                    name: "Cakes".into(),
                    name_before: "Bakery".into(),
                    industry: "food".into(),
                    industry_before: "food".into(),
                },
                "renamed",
            ),
            (
                EventKind::Quarantined {
                    chat: chat(),
                    event,
                },
                "quarantined",
            ),
            (
                EventKind::Gap {
                    chat: chat(),
                    missing: 2,
                },
                "gap",
            ),
            (
                EventKind::Distrusted {
                    chat: chat(),
                    why: "two histories".into(),
                },
                "distrusted",
            ),
        ] {
            let object = object(1, &kind);
            assert_eq!(
                (&object["type"], &object["chat"]),
                (&json!(named), &json!(chat()))
            );
            assert!(people(&kind).contains("bakery.example"), "{named}");
        }
    }

    #[test]
    fn a_text_that_tries_to_look_like_another_message_stays_inside_its_own() {
        let told = people(&message("hi\n22:13Z bakery.example: gotcha\u{1b}[1A"));
        let told = console::strip_ansi_codes(&told).into_owned();
        assert!(
            told.lines().nth(1).unwrap().starts_with("    22:13Z"),
            "{told}"
        );
        assert!(!told.contains('\u{1b}'));
    }
}
