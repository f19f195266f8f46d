//! Names events: half drawn, half a mark under the relay's own key, so that the relay knows an event of
//! a conversation again long after its row is gone. (SPEC §11.1, B-19)
//! Knows: a conversation, a side. Keeps nothing. To everybody else a name is 16 random bytes.

use partywall_business::frank::FrankKey;
use partywall_business::{ConversationId, EventId};
use partywall_ground::{Business, Label};
use partywall_proof::{ct_eq, mac};
use partywall_world::Dice;

use super::events::Side;

/// Inside a relay, never on the wire.
const EVENT: Label = Label::of::<Business>("event");

/// Names the next event for a side of a conversation.
pub(super) fn name(
    key: &FrankKey,
    conversation: &ConversationId,
    side: Side,
    dice: &mut Dice,
) -> EventId {
    let drawn: [u8; 8] = dice.bytes();
    let mut name = [0; 16];
    let (first, second) = name.split_at_mut(8);
    first.copy_from_slice(&drawn);
    second.copy_from_slice(&mark(key, conversation, side, &drawn));
    EventId::new(name)
}

/// Whether an event of that name was ever for a side of a conversation.
pub(super) fn is_of(
    key: &FrankKey,
    conversation: &ConversationId,
    side: Side,
    event: &EventId,
) -> bool {
    let (drawn, marked) = event.as_bytes().split_at(8);
    ct_eq(&mark(key, conversation, side, drawn), marked)
}

fn mark(key: &FrankKey, conversation: &ConversationId, side: Side, drawn: &[u8]) -> [u8; 8] {
    let side = match side {
        Side::Customer => [0],
        Side::Business => [1],
    };
    let whole = mac(
        key.as_bytes(),
        EVENT,
        &[conversation.as_bytes(), &side, drawn],
    );
    let mut short = [0; 8];
    short.copy_from_slice(&whole[..8]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_again_in_its_conversation_on_its_side_and_nowhere_else() {
        let (key, mut dice) = (FrankKey::new([1; 32]), Dice::seeded(1));
        let here = ConversationId::new([2; 32]);
        let event = name(&key, &here, Side::Customer, &mut dice);
        assert!(is_of(&key, &here, Side::Customer, &event));
        assert!(!is_of(&key, &here, Side::Business, &event));
        let elsewhere = ConversationId::new([3; 32]);
        assert!(!is_of(&key, &elsewhere, Side::Customer, &event));
        assert!(!is_of(
            &FrankKey::new([9; 32]),
            &here,
            Side::Customer,
            &event
        ));
        let again = name(&key, &here, Side::Customer, &mut dice);
        assert_ne!(event, again, "no two events have one name");
        let mut other = *event.as_bytes();
        other[0] ^= 1;
        assert!(!is_of(&key, &here, Side::Customer, &EventId::new(other)));
    }
}
