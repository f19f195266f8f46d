//! An output for lines that keeps nobody waiting: a thread of its own writes them, and while nobody takes
//! them and there is no room for more, further ones are dropped. A log that is full or blocked must not
//! stop a relay. (docs/decisions/a-log-keeps-nobody-waiting.md)
//! Knows: whole lines. Never knows: what they say.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that may wait to be written.
const WAITING: usize = 1_024;

/// Where lines are left.
pub struct Aside(SyncSender<Word>);

/// What the thread is told.
enum Word {
    Line(Vec<u8>),
    /// Say so when all before this is written.
    Tell(SyncSender<()>),
}

impl Aside {
    /// Starts the thread, which writes to `out` for as long as anybody may leave a line.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn before(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, left) = sync_channel(WAITING);
        let thread = thread::Builder::new().name("log".to_owned());
        thread.spawn(move || write_all(&left, out))?;
        Ok(Self(lines))
    }

    /// Another end of the same output.
    #[must_use]
    pub fn also(&self) -> Self {
        Self(self.0.clone())
    }

    /// Waits until everything that was left is written, and no longer than so.
    pub fn written(&self, patience: Duration) {
        let (told, tells) = sync_channel(1);
        if self.0.try_send(Word::Tell(told)).is_ok() {
            let _or_not = tells.recv_timeout(patience);
        }
    }
}

/// Each call is one line.
impl Write for Aside {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _dropped_when_full = self.0.try_send(Word::Line(line.to_vec()));
        if partywall_mutant::is("X26") {
            self.written(Duration::MAX);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_all(left: &Receiver<Word>, mut out: impl Write) {
    for word in left {
        match word {
            Word::Line(line) => {
                // Nobody is left to be told when the log itself cannot be written.
                let _unwritable = out.write_all(&line);
            }
            Word::Tell(told) => {
                let _nobody_waits = told.try_send(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// Takes a line when it is told to, and hands it on.
    struct Slow(Receiver<()>, Sender<Vec<u8>>);

    impl Write for Slow {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(io::Error::other)?;
            self.1.send(line.to_vec()).map_err(io::Error::other)?;
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_logs_never_waits_and_what_there_is_no_room_for_is_dropped() {
        let ((go_on, told), (hand_on, taken)) = (channel(), channel());
        let mut log = Aside::before(Slow(told, hand_on)).unwrap();
        for number in 0..2 * WAITING {
            writeln!(log, "{number}").unwrap();
        }
        drop(go_on);
        log.written(Duration::from_secs(10));
        assert_eq!(taken.try_iter().count(), 0);
    }

    #[test]
    fn lines_come_in_their_order_and_an_end_can_wait_for_them() {
        let ((go_on, told), (hand_on, taken)) = (channel(), channel());
        let log = Aside::before(Slow(told, hand_on)).unwrap();
        for number in 0..100 {
            log.also()
                .write_all(format!("{number}").as_bytes())
                .unwrap();
            go_on.send(()).unwrap();
        }
        log.written(Duration::from_secs(10));
        let lines: Vec<_> = taken.try_iter().collect();
        let expected = (0..100).map(|number| format!("{number}").into_bytes());
        assert_eq!(lines, expected.collect::<Vec<_>>());
    }
}
