//! Every type of frame of both wings, on every channel that there is. (SPEC §1.4, §7.2, G-7)
//! Knows: the vectors' frames and who reads what. Never knows: what a frame does.

use std::collections::BTreeMap;

use partywall_business::export::{self, Head};
use partywall_business::{Caller, answer, request};
use partywall_ground::{Business, Peer, Wing};
use partywall_peer::{collect, deposit};
use partywall_row::Row;
use partywall_test_street::house;
use serde_json::Value;

/// A direction of a door, and whether it takes a whole frame.
type Channel = (&'static str, fn(&[u8]) -> bool);

const CHANNELS: [Channel; 8] = [
    ("collect c2r", |frame| {
        collect::FromClient::decode(frame).is_ok()
    }),
    ("collect r2c", |frame| {
        collect::FromRelay::decode(frame).is_ok()
    }),
    ("deposit c2r", |frame| {
        deposit::FromClient::decode(frame).is_ok()
    }),
    ("deposit r2c", |frame| {
        deposit::FromRelay::decode(frame).is_ok()
    }),
    ("business c2r", of_anybody),
    ("business r2c", |frame| {
        answer::FromRelay::decode(frame).is_ok()
    }),
    ("exporter e2r", |frame| {
        streamed(frame, |head, body| {
            export::FromExporter::decode(head, body).is_ok()
        })
    }),
    ("exporter r2e", |frame| {
        streamed(frame, |head, body| {
            export::FromRelay::decode(head, body).is_ok()
        })
    }),
];

/// Whether the relay takes it from any caller that there can be.
fn of_anybody(frame: &[u8]) -> bool {
    use partywall_business::Role;
    let roles = [Role::Customer, Role::Business, Role::Rights];
    let mut callers = roles.map(Caller::Proven).to_vec();
    callers.push(Caller::Guest);
    let taken = |caller: Caller| request::FromClient::decode(frame, caller).is_ok();
    callers.into_iter().any(taken)
}

fn streamed(frame: &[u8], decode: fn(&Head, &[u8]) -> bool) -> bool {
    let Some((head, body)) = frame.split_first_chunk() else {
        return false;
    };
    Head::parse(head).is_ok_and(|head| head.length() == body.len() && decode(&head, body))
}

/// One whole frame of each type: the channel it is for, its type's number, its bytes.
fn one_of_each() -> Vec<(String, u64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for section in ["frames", "business-frames", "exporter"] {
        let path = house::root().join(format!("protocol/vectors/{section}.json"));
        let page = std::fs::read_to_string(path).unwrap();
        let page: Value = serde_json::from_str(&page).unwrap();
        let vectors = page["vectors"].as_array().unwrap();
        for vector in vectors.iter().filter(|vector| vector["valid"] == true) {
            let direction = vector["direction"].as_str();
            let channel = match (section, vector["door"].as_str(), direction) {
                ("frames", Some(door), Some(direction)) => format!("{door} {direction}"),
                ("business-frames", _, Some(direction)) => format!("business {direction}"),
                ("exporter", _, Some(direction)) if vector["what"] == "frames" => {
                    format!("exporter {direction}")
                }
                _ => continue,
            };
            let frame = hex::decode(vector["hex"].as_str().unwrap()).unwrap();
            let single = frame.len() == 8 + length_of(&frame);
            let kind = u64::from(u16::from_be_bytes([frame[2], frame[3]]));
            if single {
                found.entry((channel, kind)).or_insert(frame);
            }
        }
    }
    let each = found.into_iter();
    each.map(|((channel, kind), frame)| (channel, kind, frame))
        .collect()
}

fn length_of(frame: &[u8]) -> usize {
    usize::try_from(u32::from_be_bytes(frame[4..8].try_into().unwrap())).unwrap()
}

#[test]
fn a_frame_is_taken_on_its_own_channel_and_on_no_other() {
    let mut row = Row::of("A22");
    let frames = one_of_each();
    let mut types: Vec<u64> = frames.iter().map(|(_, kind, _)| *kind).collect();
    types.sort_unstable();
    types.dedup();
    let all = partywall_peer::Kind::ALL.len() + partywall_business::Kind::ALL.len();
    assert_eq!(types.len(), all, "a type without a frame: {types:?}");
    for (own, kind, frame) in &frames {
        for (channel, takes) in CHANNELS {
            // The relay's first words are the same at both doors of the peer wing.
            let greets = *kind == 1 && ["collect r2c", "deposit r2c"].contains(&channel);
            let at_home = channel == own || greets;
            assert_eq!(takes(frame), at_home, "{kind:#06x} on {channel}");
            row.tried(u64::from(!at_home));
            // In the other wing's clothes it is nothing at all.
            let mut dressed = frame.clone();
            let peer = dressed[0] == Peer::BYTE;
            dressed[0] = if peer { Business::BYTE } else { Peer::BYTE };
            assert!(!takes(&dressed), "{kind:#06x} dressed up on {channel}");
            row.tried(1);
        }
    }
    row.figure(format!(
        "{} types of frame on {} channels, each taken on its own alone",
        types.len(),
        CHANNELS.len()
    ));
}

/// Where there is no directory of people and keys, nobody can be shown two of them.
#[test]
fn no_frame_of_the_peer_wing_asks_who_somebody_is() {
    let mut row = Row::of("A02");
    let page = std::fs::read_to_string(house::root().join("protocol/SPEC.md")).unwrap();
    let (_, wire) = page.split_once("## 5. Peer wire").unwrap();
    let (wire, _) = wire.split_once("### 5.7 Closing").unwrap();
    let kinds: Vec<String> = partywall_peer::Kind::ALL
        .iter()
        .map(|kind| {
            format!("{:#06x}", kind.number())
                .to_uppercase()
                .replace("0X", "0x")
        })
        .collect();
    let bodies: Vec<&str> = wire.lines().filter(|line| line.contains("; 0x")).collect();
    assert_eq!(bodies.len(), kinds.len(), "one body for each type");
    for kind in &kinds {
        let body = bodies.iter().find(|line| line.contains(kind.as_str()));
        let (body, _) = body.unwrap().split_once(';').unwrap();
        for word in ["identity", "name", "person", "fingerprint", "id "] {
            assert!(!body.contains(word), "{body}");
        }
        row.tried(1);
    }
}
