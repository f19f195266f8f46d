//! Nothing is compressed, on the wire or before it is sealed: no guess makes anything shorter. (SPEC P-1; row D09)
//! Knows: the listeners' answers, lengths.

use std::collections::BTreeSet;

use hyper::Request;
use hyper::header::SEC_WEBSOCKET_EXTENSIONS;
use partywall_relay::listener::{business, peer};
use partywall_row::Row;
use partywall_world::Dice;

use crate::pair::Pair;

/// What clients offer that would have it.
const OFFERS: [&str; 5] = [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_no_context_takeover, permessage-deflate",
    "x-webkit-deflate-frame",
    "permessage-bzip2, permessage-deflate",
];

#[test]
fn whatever_compression_is_offered_at_a_door_none_is_taken() {
    let mut row = Row::of("D09");
    for offer in OFFERS {
        for path in ["/v1/collect", "/v1/deposit", "/v1/business"] {
            let request = Request::builder()
                .uri(path)
                .header("host", "relay.example")
                .header("upgrade", "websocket")
                .header("connection", "Upgrade")
                .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
                .header("sec-websocket-version", "13")
                .header(SEC_WEBSOCKET_EXTENSIONS, offer)
                .header("accept-encoding", "gzip, br, deflate")
                .body(())
                .unwrap()
                .into_parts()
                .0;
            let answer = if path == "/v1/business" {
                business::route(&request).answer()
            } else {
                peer::route(&request).answer()
            };
            assert_eq!(answer.status(), 101, "the door opens all the same");
            assert!(!answer.headers().contains_key(SEC_WEBSOCKET_EXTENSIONS));
            assert!(!answer.headers().contains_key("content-encoding"));
            row.tried(1);
        }
    }
}

#[test]
fn no_guess_at_a_secret_makes_the_message_that_holds_both_any_shorter() {
    let mut row = Row::of("D09");
    let mut dice = Dice::seeded(row.seed()).stream("guesses");
    let mut pair = Pair::with_seed(row.seed());
    let secret = "the door's code is 814730";
    let mut lengths = BTreeSet::new();
    let guesses = row.times(1_000, 10_000);
    for number in 0..guesses {
        // The first guess is right.
        let guess = if number == 0 {
            814_730
        } else {
            dice.below(1_000_000)
        };
        let both = format!(
            "{secret}\n{}",
            format!("the door's code is {guess:06}").repeat(20)
        );
        lengths.insert(pair.seals(both.as_bytes()).len());
    }
    assert_eq!(lengths.len(), 1, "{lengths:?}");
    row.tried(guesses);
    row.figure(format!("{guesses} guesses, lengths vary by 0 bytes"));
}
