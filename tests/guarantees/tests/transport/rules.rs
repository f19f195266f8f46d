//! The rules of WebSocket, as Autobahn's cases try them: F08, and what is compressed nevertheless (F07).
//! Knows: RFC 6455, byte by byte. Never knows: what frames say.

use partywall_ground::{Capability, Close};
use partywall_peer::deposit::{self, Use};
use partywall_row::Row;

use crate::guest::{
    BINARY, BINARY_BEGINS, CLOSE, CONTINUES, Ending, Guest, PING, PONG, TEXT, header, raw,
};
use crate::people::Pair;
use crate::target::Target;

const MALFORMED: Ending = Ending::Code(Close::Malformed as u16);
/// The last fragment of a message.
const ENDS: u8 = 0x80;

/// What breaks a rule, by Autobahn's chapters.
fn broken() -> Vec<(String, Vec<u8>)> {
    let mut cases = Vec::new();
    let mut case = |what: String, bytes: Vec<u8>| cases.push((what, bytes));
    for text in [&b""[..], b"hello", b"\xFF\xFE", b"\xCE\xBA\xED\xA0\x80"] {
        case(format!("text {text:?}"), raw(TEXT, text));
    }
    for length in [126_u16, 127, 1_000, 65_535] {
        for kind in [PING, PONG, CLOSE] {
            let bytes = [header(kind, length.into()), vec![0; usize::from(length)]].concat();
            case(format!("2: a control frame {kind:#x} of {length}"), bytes);
        }
    }
    for bits in 1..8_u8 {
        for kind in [BINARY, TEXT, PING, CLOSE] {
            let first = kind | bits << 4;
            case(format!("3: reserved bits {bits:03b}"), raw(first, b"x"));
        }
    }
    for unknown in [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF_u8] {
        case(format!("4: opcode {unknown:#x}"), raw(0x80 | unknown, b""));
        case(format!("4: opcode {unknown:#x}"), raw(0x80 | unknown, b"x"));
    }
    for kind in [PING, PONG, CLOSE] {
        let fragmented = raw(kind & 0x0F, b"x");
        case(format!("5: {kind:#x} in fragments"), fragmented);
    }
    case("5: continues nothing".into(), raw(ENDS, b"x"));
    case(
        "5: continues nothing, and goes on".into(),
        raw(CONTINUES, b"x"),
    );
    let begins = raw(BINARY_BEGINS, b"x");
    for inside in [BINARY, BINARY_BEGINS, TEXT, 0x01] {
        let bytes = [begins.clone(), raw(inside, b"x")].concat();
        case(format!("5: {inside:#x} inside a message"), bytes);
    }
    case("7: a close of one byte".into(), raw(CLOSE, b"x"));
    let reason = [&1_000_u16.to_be_bytes()[..], b"\xFF\xFE"].concat();
    case("7: a reason that is no text".into(), raw(CLOSE, &reason));
    for length in [0_u8, 1, 125] {
        let bytes = [vec![BINARY, length], vec![7; length.into()]].concat();
        case(format!("not masked, {length} bytes"), bytes);
        let ping = [vec![PING, length], vec![7; length.into()]].concat();
        case(format!("a ping not masked, {length} bytes"), ping);
    }
    let middle = [vec![BINARY, 126, 0x01, 0x00], vec![7; 256]].concat();
    case("not masked, 256 bytes".into(), middle);
    case("not masked, a text".into(), vec![TEXT, 2, b'h', b'i']);
    // One that would be understood, were it masked.
    let capability = Capability::new([9; 32]);
    let word = deposit::FromClient::from(Use { capability }).encode();
    let length = u8::try_from(word.len()).expect("it is short");
    case(
        "not masked, a word".into(),
        [vec![BINARY, length], word].concat(),
    );
    cases
}

#[tokio::test]
async fn whoever_breaks_a_rule_of_websocket_is_told_so_and_hung_up_on() {
    let mut row = Row::of("F08");
    let target = Target::start(&[]);
    let cases = broken();
    for door in target.doors() {
        for (what, bytes) in &cases {
            let mut guest = Guest::at(door).await;
            guest.put(bytes).await;
            let (ending, _) = guest.ear.ending().await;
            assert_eq!(ending, MALFORMED, "{} at {}", what, door.1);
            row.tried(1);
        }
    }
    // The relay has lost nothing by it.
    Pair::meet(&target, 8, 4_096).await.exchange().await;
    row.figure(format!("{} cases at each of three doors", cases.len()));
}

#[tokio::test]
async fn whatever_the_rules_allow_is_understood() {
    let mut row = Row::of("F08");
    let target = Target::start(&[]);
    let pair = Pair::meet(&target, 9, 4_096).await;
    // Nobody's capability: understood and answered with "nobody reads here", however it is cut.
    let capability = Capability::new([9; 32]);
    let word = deposit::FromClient::from(Use { capability }).encode();
    let ping = raw(PING, b"are you there?");
    for pieces in [1, 2, 3, word.len()] {
        for between in [&[][..], &ping] {
            let mut guest = Guest::at((target.peer(), "/v1/deposit")).await;
            let length = word.len().div_ceil(pieces);
            let mut bytes = Vec::new();
            for (index, piece) in word.chunks(length).enumerate() {
                let begins = if index == 0 { BINARY_BEGINS } else { CONTINUES };
                let ends = (index + 1) * length >= word.len();
                // As many pings as may come at once, and no more; behind the last piece one may come too late.
                if index < 10 {
                    bytes.extend_from_slice(between);
                }
                bytes.extend(raw(begins | if ends { 0x80 } else { 0 }, piece));
            }
            // A frame need not come in one packet, either.
            for byte in bytes.chunks(7) {
                guest.put(byte).await;
            }
            let (ending, pongs) = guest.ear.ending().await;
            assert_eq!(ending, Ending::Code(Close::NoSuchDrop as u16));
            assert!(between.is_empty() || pongs > 0, "a ping is answered");
            row.tried(1);
        }
    }
    for (said, heard) in [
        (&[][..], Ending::Silent),
        (&1_000_u16.to_be_bytes(), Ending::Code(1_000)),
        (&4_999_u16.to_be_bytes(), Ending::Code(4_999)),
    ] {
        let mut guest = Guest::at((target.peer(), "/v1/collect")).await;
        guest.put(&raw(CLOSE, said)).await;
        assert_eq!(guest.ear.ending().await.0, heard);
        row.tried(1);
    }
    drop(pair);
}

#[tokio::test]
async fn a_compressed_frame_is_not_inflated() {
    let mut row = Row::of("F07");
    let target = Target::start(&[]);
    for door in target.doors() {
        Guest::at(door).await;
    }
    target.forget_peak();
    let memory = target.peak();
    // The beginning of a stream that inflates to a thousand times its length.
    let bomb = [&[0xEC, 0xC1, 0x01, 0x01, 0x00][..], &[0; 60_000]].concat();
    for door in target.doors() {
        for first in [BINARY | 0x40, TEXT | 0x40, BINARY_BEGINS | 0x40] {
            let mut guest = Guest::at(door).await;
            guest.put(&raw(first, &bomb)).await;
            let (ending, _) = guest.ear.ending().await;
            assert_eq!(ending, MALFORMED);
            row.tried(1);
        }
    }
    let grown = target.peak() - memory;
    assert!(grown < 1_024, "{grown} KiB");
}
