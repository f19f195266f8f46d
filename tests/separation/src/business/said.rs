//! What frames of the business wing say, as their receivers read them.
//! Knows: shapes. Never knows: who received them.

use partywall_business::answer::{Answer, FromRelay};
use partywall_business::event::Event;

/// The event in a frame, if it is one.
pub(crate) fn last_event(frame: &[u8]) -> Option<Event> {
    match FromRelay::decode(frame) {
        Ok(FromRelay::Event(event)) => Some(event),
        _ => None,
    }
}

/// The answer in a frame, if it is one.
pub(crate) fn answer(frame: &[u8]) -> Option<Answer> {
    match FromRelay::decode(frame) {
        Ok(FromRelay::Answer(answer)) => Some(answer),
        _ => None,
    }
}
