//! Judges, from what the shim saw alone, whether an `accepted` came before its message was on the disk.
//! Knows: the order of events. Never knows: clocks.

use std::collections::BTreeMap;

use crate::event::{Event, Moment, Watched};
use crate::mailbox::Writer;

/// Where a wing's messages go, and how its frames begin.
#[derive(Clone, Copy, Debug)]
pub struct Wing {
    /// Its write-ahead log.
    pub log: Watched,
    /// The first byte of its frames.
    pub byte: u8,
}

/// People's.
pub const PEER: Wing = Wing {
    log: Watched::PeerLog,
    byte: b'P',
};
/// That of people and businesses.
pub const BUSINESS: Wing = Wing {
    log: Watched::BusinessLog,
    byte: b'B',
};

/// What one writer knows of its messages.
pub struct History {
    /// How its messages are marked.
    pub who: u32,
    /// Where its end is.
    pub port: u16,
    /// Requests on its connection that were counted before the first message.
    pub number_before: u64,
    /// For each message, from the first on: a moment before it was said.
    pub said: Vec<Moment>,
    /// Up to which it was told that they are accepted.
    pub accepted: u32,
}

impl History {
    /// Of a writer that noted when it said each.
    #[must_use]
    pub fn of(writer: &Writer, said: Vec<Moment>) -> Self {
        Self {
            who: writer.who,
            port: writer.line.port(),
            number_before: 0,
            said,
            accepted: writer.accepted,
        }
    }
}

/// What was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Messages that were accepted, all of them after a commit and an fsync.
    pub accepted: usize,
    /// Of them those that never went to the disk, because their reader had them already.
    pub left_out: usize,
}

/// Each message that was accepted was first said, then written, then committed; then an fsync of the log began, and
/// came back well; and only then was it said to be accepted. Of a message that was left out the commit is the first
/// that came after it was said.
///
/// # Errors
/// The first message of which this is not so.
pub fn judge(
    wing: Wing,
    events: &[(Moment, Event)],
    histories: &[History],
) -> Result<Judged, String> {
    let seen = Seen::of(wing, events);
    let mut judged = Judged::default();
    for history in histories {
        for number in 1..=history.accepted {
            let message = (history.who, number);
            let before = history.said[number as usize - 1];
            let written = seen.marked.get(&message).copied();
            if written.is_some_and(|written| written < before) {
                return Err(format!("{message:?} was written before it was said"));
            }
            let told = seen.told(history.port, history.number_before + u64::from(number));
            let told = told.ok_or_else(|| format!("nobody saw {message:?} accepted"))?;
            let durable = seen.durable_after(written.unwrap_or(before));
            if durable.is_none_or(|durable| told < durable) {
                return Err(format!(
                    "{message:?} was said at {before}, written at {written:?}, accepted at {told}, durable at {durable:?}"
                ));
            }
            judged.accepted += 1;
            judged.left_out += usize::from(written.is_none());
        }
    }
    Ok(judged)
}

/// The events, by what is asked of them.
struct Seen {
    marked: BTreeMap<(u32, u32), Moment>,
    commits: Vec<Moment>,
    /// Those that ended well: when they began, when they ended.
    fsyncs: Vec<(Moment, Moment)>,
    accepted: BTreeMap<u16, Vec<(Moment, u64)>>,
}

impl Seen {
    fn of(wing: Wing, events: &[(Moment, Event)]) -> Self {
        let mut seen = Self {
            marked: BTreeMap::new(),
            commits: Vec::new(),
            fsyncs: Vec::new(),
            accepted: BTreeMap::new(),
        };
        let mut begun = BTreeMap::new();
        for (moment, event) in events {
            match event {
                Event::Marked(file, who, number) if *file == wing.log => {
                    seen.marked.entry((*who, *number)).or_insert(*moment);
                }
                Event::Committed(file) if *file == wing.log => seen.commits.push(*moment),
                Event::FsyncBegins(file, nth) if *file == wing.log => {
                    begun.insert(*nth, *moment);
                }
                Event::FsyncEnded(file, nth) if *file == wing.log => {
                    seen.fsyncs
                        .extend(begun.remove(nth).map(|began| (began, *moment)));
                }
                Event::Accepted(byte, port, number) if *byte == wing.byte => {
                    seen.accepted
                        .entry(*port)
                        .or_default()
                        .push((*moment, *number));
                }
                _ => {}
            }
        }
        seen
    }

    /// When whatever was written at that moment had reached the disk.
    fn durable_after(&self, written: Moment) -> Option<Moment> {
        let commit = self.commits.partition_point(|commit| *commit < written);
        let commit = self.commits.get(commit)?;
        let fsync = self.fsyncs.partition_point(|(began, _)| began < commit);
        Some(self.fsyncs.get(fsync)?.1)
    }

    /// When the first `accepted` left that covers the number.
    fn told(&self, port: u16, number: u64) -> Option<Moment> {
        let accepted = self.accepted.get(&port)?;
        let first = accepted.iter().find(|(_, up_to)| *up_to >= number)?;
        Some(first.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: Watched = Watched::PeerLog;

    /// One message of writer 1, through port 9, said at the beginning.
    fn verdict(order: &[Event]) -> Result<Judged, String> {
        let events: Vec<_> = (0..).zip(order.iter().copied()).collect();
        let history = History {
            who: 1,
            port: 9,
            number_before: 0,
            said: vec![0],
            accepted: 1,
        };
        judge(PEER, &events, &[history])
    }

    #[test]
    fn a_message_is_accepted_after_its_commit_and_the_fsync_of_that() {
        let marked = Event::Marked(LOG, 1, 1);
        let committed = Event::Committed(LOG);
        let (begins, ended) = (Event::FsyncBegins(LOG, 1), Event::FsyncEnded(LOG, 1));
        let accepted = Event::Accepted(b'P', 9, 1);
        let good = [marked, committed, begins, ended, accepted];
        assert_eq!(
            verdict(&good),
            Ok(Judged {
                accepted: 1,
                left_out: 0
            })
        );
        assert_eq!(
            verdict(&good[1..]),
            Ok(Judged {
                accepted: 1,
                left_out: 1
            })
        );
    }

    #[test]
    fn forged_histories_are_found_out() {
        let marked = Event::Marked(LOG, 1, 1);
        let committed = Event::Committed(LOG);
        let (begins, ended) = (Event::FsyncBegins(LOG, 1), Event::FsyncEnded(LOG, 1));
        let failed = Event::FsyncFailed(LOG, 1);
        let accepted = Event::Accepted(b'P', 9, 1);
        let other = Event::FsyncEnded(Watched::Peer, 1);
        for forged in [
            vec![accepted, marked, committed, begins, ended],
            vec![marked, committed, begins, accepted, ended],
            vec![marked, begins, committed, ended, accepted],
            vec![committed, begins, marked, ended, accepted],
            vec![begins, ended, marked, committed, accepted],
            vec![marked, committed, begins, failed, accepted],
            vec![marked, committed, begins, other, accepted],
            vec![marked, begins, ended, accepted],
            vec![marked, committed, accepted],
            vec![marked, committed, begins, ended],
            vec![accepted],
            vec![
                marked,
                committed,
                begins,
                ended,
                Event::Accepted(b'B', 9, 1),
            ],
            vec![
                marked,
                committed,
                begins,
                ended,
                Event::Accepted(b'P', 8, 1),
            ],
        ] {
            assert!(verdict(&forged).is_err(), "{forged:?}");
        }
    }
}
