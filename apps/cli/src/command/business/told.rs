//! What happened to a shop, told: as an object for scripts, in words for people.
//! Knows: events. Never knows: who the customers are.

use partywall_client::shop::{EventKind, Pseudonym, Seconds};
use serde_json::{Map, Value, json};

use super::echo::short;
use crate::counter::{content, moments, value};
use crate::screen::{bad, careful, faint, good, strong};

/// The object of an event.
pub(super) fn object(number: u64, kind: &EventKind) -> Value {
    let moment = |at: &Option<Seconds>| at.map(moments::rfc3339);
    let mut object = match kind {
        EventKind::Message {
            from,
            id,
            event,
            sequence,
            said,
            at,
            what,
            window_expires_at,
        } => {
            let mut object = Map::new();
            object.insert("conversation".into(), json!(from.to_string()));
            object.insert("id".into(), json!(hex::encode(event.as_bytes())));
            object.insert("message".into(), json!(id.number()));
            object.insert("sequence".into(), json!(sequence));
            object.insert("said".into(), json!(said));
            object.insert("at".into(), json!(moments::rfc3339(*at)));
            object.insert("window_expires_at".into(), json!(moment(window_expires_at)));
            content::into(&mut object, what);
            Value::Object(object)
        }
        EventKind::Began {
            from,
            opted_in,
            region,
        } => {
            let categories: Vec<&str> = opted_in.iter().map(|one| one.word()).collect();
            json!({
                "type": "began", "conversation": from.to_string(), "opted_in": categories,
                "region": region.map(|one| one.word()),
            })
        }
        EventKind::Left { from } => json!({"type": "left", "conversation": from.to_string()}),
        EventKind::Opted {
            from,
            category,
            may_come,
        } => json!({
            "type": "opted", "conversation": from.to_string(), "category": category.word(),
            "on": may_come,
        }),
        EventKind::Disclosed { from, what } => json!({
            "type": "disclosed", "conversation": from.to_string(),
            "field": what.value.field().word(), "value": value::typed(&what.value),
            "purpose": what.purpose.word(), "basis": what.basis.word(),
            "at": moments::rfc3339(what.time), "keep_days": what.keep_days, "proven": true,
            "index": what.index, "table": hex::encode(what.table.as_bytes()),
        }),
        EventKind::Accepted {
            to,
            id,
            event,
            window_expires_at,
        } => json!({
            "type": "accepted", "conversation": to.to_string(), "message": id.number(),
            "id": hex::encode(event.as_bytes()), "window_expires_at": moment(window_expires_at),
        }),
        EventKind::Refused {
            to,
            id,
            rule,
            until,
        } => json!({
            "type": "refused", "conversation": to.to_string(), "message": id.number(),
            "rule": rule.word(), "sentence": rule.sentence(), "until": moment(until),
        }),
        EventKind::Withdrawn { to, id, reason } => json!({
            "type": "withdrawn", "conversation": to.to_string(),
            "message": id.map(|id| id.number()), "reason": reason.word(),
        }),
        EventKind::Suspended { reason } => json!({"type": "suspended", "reason": reason.word()}),
        EventKind::Revoked { reason } => json!({"type": "revoked", "reason": reason.word()}),
        EventKind::Quarantined { from, event } => json!({
            "type": "quarantined", "conversation": from.to_string(),
            "id": hex::encode(event.as_bytes()),
        }),
        EventKind::Gap { from, missing } => {
            json!({"type": "gap", "conversation": from.to_string(), "missing": missing})
        }
        _ => json!({"type": "unknown"}),
    };
    object["event"] = json!(number);
    object
}

/// The words of an event.
pub(super) fn people(kind: &EventKind) -> String {
    let now = moments::now();
    let name = |who: &Pseudonym| short(&who.to_string());
    match kind {
        EventKind::Message {
            from,
            at,
            what,
            window_expires_at,
            ..
        } => {
            let window = window_expires_at.map_or_else(String::new, |until| {
                faint(&format!("  (answer freely {})", moments::until(until, now)))
            });
            format!(
                "{} {}: {}{window}",
                faint(&moments::clock(*at, now)),
                strong(&name(from)),
                content::people(what)
            )
        }
        EventKind::Began { from, .. } => {
            faint(&format!("-- {} has begun a conversation", name(from)))
        }
        EventKind::Left { from } => careful(&format!(
            "-- {} has left; nothing more can be said to them",
            name(from)
        )),
        EventKind::Opted {
            from,
            category,
            may_come,
        } => {
            let may = if *may_come { "lets" } else { "does not let" };
            faint(&format!(
                "-- {} {may} {category} templates come",
                name(from)
            ))
        }
        EventKind::Disclosed { from, what } => format!(
            "{} {} = {} {}",
            faint(&format!("-- disclosed by {}:", name(from))),
            what.value.field(),
            value::typed(&what.value),
            good(&format!(
                "(proven, entry {}; for {}, keep it {} days)",
                what.index, what.purpose, what.keep_days
            ))
        ),
        EventKind::Accepted { to, id, .. } => faint(&format!(
            "-- {}: the relay has your message {}",
            name(to),
            id.number()
        )),
        EventKind::Refused {
            to,
            id,
            rule,
            until,
        } => {
            let from = until.map_or_else(String::new, |until| {
                format!(" It would be allowed {}.", moments::from(until, now))
            });
            careful(&format!(
                "-- {}: your message {} was refused. {}{from}",
                name(to),
                id.number(),
                rule.sentence()
            ))
        }
        EventKind::Withdrawn { to, reason, .. } => careful(&format!(
            "-- {}: a message of yours was withdrawn before it was collected (reason {reason})",
            name(to)
        )),
        EventKind::Suspended { reason } => bad(&format!(
            "-- the operator has suspended you (reason {reason}); nothing can be said until that is lifted"
        )),
        EventKind::Revoked { reason } => bad(&format!(
            "-- the operator has revoked you (reason {reason}); nothing can be said any more"
        )),
        EventKind::Quarantined { from, .. } => careful(&format!(
            "-- {}: something arrived that does not open or is not what it says; it is not shown",
            name(from)
        )),
        EventKind::Gap { from, missing } => careful(&format!(
            "-- {}: the relay left out {missing} events, against its own rule",
            name(from)
        )),
        _ => careful("-- something happened that this program does not know; update it"),
    }
}
