//! Too much of something, once inside: fragments, lengths, control frames. F03, F04 and F05.
//! Knows: frames byte by byte. Never knows: what they say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use partywall_ground::Close;
use partywall_ground::limits::{CONTROL_FRAMES, CONTROL_FRAMES_SECONDS, FRAME};
use partywall_row::Row;
use partywall_world::{Clock, SystemClock};
use tokio::task::JoinSet;

use crate::guest::{
    BINARY, BINARY_BEGINS, CLOSE, CONTINUES, Ending, Guest, PING, PONG, header, raw,
};
use crate::people::{Pair, p99};
use crate::target::Target;

const MALFORMED: Ending = Ending::Code(Close::Malformed as u16);
const TOO_LARGE: Ending = Ending::Code(Close::TooLarge as u16);

/// So many fragments to a message.
const FRAGMENTS: u64 = 1_000_000;

#[tokio::test]
async fn a_message_in_a_million_crumbs_is_cut_off_and_fills_no_memory() {
    let mut row = Row::of("F03");
    let target = Target::start(&[]);
    for door in target.doors() {
        Guest::at(door).await;
    }
    target.forget_peak();
    let memory = target.peak();
    for door in target.doors() {
        for crumb in [&[][..], &[7]] {
            let mut guest = Guest::at(door).await;
            guest.put(&raw(BINARY_BEGINS, crumb)).await;
            let hundred = raw(CONTINUES, crumb).repeat(100);
            let (ending, _) = guest.floods(&hundred, FRAGMENTS / 100).await;
            assert_eq!(ending, MALFORMED, "{} with {crumb:?}", door.1);
            row.tried(1);
        }
    }
    let grown = target.peak() - memory;
    assert!(grown < 1_024, "{grown} KiB");
    row.figure(format!(
        "{FRAGMENTS} fragments to a message; +{grown} KiB at the most"
    ));
}

#[tokio::test]
async fn a_frame_that_promises_too_much_is_refused_at_its_header() {
    let mut row = Row::of("F04");
    let target = Target::start(&[]);
    for door in target.doors() {
        Guest::at(door).await;
    }
    target.forget_peak();
    let memory = target.peak();
    let promises = [
        FRAME as u64 + 1,
        1 << 20,
        1 << 29,
        (1 << 32) - 1,
        1 << 32,
        1 << 40,
        (1 << 63) - 1,
        1 << 63,
        (1 << 63) + 5,
        u64::MAX,
    ];
    for door in target.doors() {
        for promised in promises {
            for first in [BINARY, BINARY_BEGINS] {
                let mut guest = Guest::at(door).await;
                // The header, and not a byte of what it promises.
                guest.put(&header(first, promised)).await;
                let (ending, _) = guest.ear.ending().await;
                assert_eq!(ending, TOO_LARGE, "{promised} bytes promised");
                row.tried(1);
            }
        }
    }
    let grown = target.peak() - memory;
    assert!(grown < 1_024, "{grown} KiB");
    row.figure(format!("+{grown} KiB"));
}

/// Who sends what, over and over.
const FLOODS: [(&str, u8, &[u8]); 4] = [
    ("pings", PING, b""),
    ("long pings", PING, &[7; 125]),
    ("pongs that nobody asked for", PONG, b""),
    ("closes", CLOSE, &[0x03, 0xE8]),
];

#[tokio::test]
async fn whoever_floods_with_control_frames_is_hung_up_on_and_nobody_else_feels_it() {
    let mut row = Row::of("F05");
    let target = Target::start(&[]);
    let clock = SystemClock::new();
    let mut pair = Pair::meet(&target, 5, 4_096).await;
    let mut at_rest = Vec::new();
    for _ in 0..50 {
        at_rest.push(pair.exchange().await);
    }
    let mut flooders = JoinSet::new();
    let each = row.times(6, 60);
    for door in target.doors() {
        for (what, first, payload) in FLOODS {
            flooders.spawn(async move {
                let mut seen = Vec::new();
                for _ in 0..each {
                    let clock = SystemClock::new();
                    let begin = clock.monotonic();
                    let guest = Guest::at(door).await;
                    let (ending, pongs) = guest.floods(&raw(first, payload), 100_000).await;
                    let seconds = clock.monotonic().since(begin).as_secs();
                    seen.push((what, ending, pongs, seconds));
                    if ending == Ending::Open {
                        break;
                    }
                }
                seen
            });
        }
    }
    let begin = clock.monotonic();
    let over = Arc::new(AtomicBool::new(false));
    let meanwhile = tokio::spawn(pair.keeps_on(Arc::clone(&over)));
    let mut ended = Vec::new();
    while let Some(seen) = flooders.join_next().await {
        ended.extend(seen.expect("a flooder floods to its end"));
    }
    let lasted = clock.monotonic().since(begin);
    over.store(true, Ordering::Relaxed);
    let mut meanwhile = meanwhile.await.expect("two honest people are served");
    for (what, ending, pongs, seconds) in ended {
        if what == "closes" {
            // The first one is answered, and the rest is not read.
            assert_eq!(ending, Ending::Code(1_000), "{what}");
        } else {
            assert_eq!(ending, MALFORMED, "{what}");
        }
        let allowed = u64::from(CONTROL_FRAMES) * (1 + seconds / CONTROL_FRAMES_SECONDS + 1);
        assert!(pongs <= allowed, "{what}: {pongs} were answered");
        row.tried(1);
    }
    row.figure(format!(
        "two honest people meanwhile: p99 {:.1} ms over {} messages in {} s of flood, {:.1} ms at rest",
        p99(&mut meanwhile),
        meanwhile.len(),
        lasted.as_secs() + 1,
        p99(&mut at_rest),
    ));
}
