//! Bytes in, lines out, none longer than a message may be.
//! Knows: where a line ends. Never knows: whom it is for.

use std::io::{BufRead, Read};

use partywall_client::GREATEST_TEXT;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::trouble::Trouble;

/// Lines that may wait between the thread that reads and the task that says them.
const ROOM: usize = 512;

/// A line of the input, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number in the input, from 1.
    pub(crate) number: u64,
    /// Its text; may be empty.
    pub(crate) text: Zeroizing<String>,
}

/// Reads lines one after another. After an error nothing more comes.
pub(crate) struct Lines<R> {
    input: Option<R>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of this input.
    pub(crate) fn of(input: R) -> Self {
        Self {
            input: Some(input),
            number: 0,
        }
    }

    fn read(&mut self) -> Result<Option<Line>, Trouble> {
        let Some(input) = &mut self.input else {
            return Ok(None);
        };
        let number = self.number + 1;
        let mut bytes = Zeroizing::new(Vec::new());
        input
            .take(GREATEST_TEXT as u64 + 3)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| {
                Trouble::failure(
                    format!("standard input cannot be read any further ({error})"),
                    "start it again with the same input to go on",
                )
            })?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number = number;
        let text = without_end(&bytes);
        if text.len() > GREATEST_TEXT {
            return Err(Trouble::failure(
                format!("line {number} has more than {GREATEST_TEXT} bytes"),
                "break it into parts and start again: lines that were taken are not sent twice",
            ));
        }
        let text = std::str::from_utf8(text).map_err(|_not_utf8| {
            Trouble::failure(
                format!("line {number} is not UTF-8 text"),
                "convert the input (iconv does) and start again: lines that were taken are not sent twice",
            )
        })?;
        let text = Zeroizing::new(text.to_owned());
        Ok(Some(Line { number, text }))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Line, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.read().transpose();
        if !matches!(line, Some(Ok(_))) {
            self.input = None;
        }
        line
    }
}

fn without_end(bytes: &[u8]) -> &[u8] {
    let Some(bytes) = bytes.strip_suffix(b"\n") else {
        return bytes;
    };
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Reads standard input on a thread of its own, as fast as the lines are taken and no faster.
///
/// # Errors
/// The operating system gives no thread.
pub(crate) fn standard_input() -> Result<mpsc::Receiver<Result<Line, Trouble>>, Trouble> {
    let (lines, taken) = mpsc::channel(ROOM);
    let reading = move || {
        for line in Lines::of(std::io::stdin().lock()) {
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("standard input".into())
        .spawn(reading)
        .map_err(|error| {
            Trouble::failure(
                format!("standard input cannot be read ({error})"),
                "close other programs and try again",
            )
        })?;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(input: &[u8]) -> Vec<Result<String, u8>> {
        Lines::of(input)
            .map(|line| match line {
                Ok(line) => Ok(line.text.to_string()),
                Err(trouble) => Err(trouble.exit.code()),
            })
            .collect()
    }

    #[test]
    fn a_line_is_what_stands_before_its_end() {
        let read = texts(b"one\n\ntwo \r\nth\rree\n  \nlast");
        let wanted = ["one", "", "two ", "th\rree", "  ", "last"];
        assert_eq!(read, wanted.map(|text| Ok(text.to_owned())));
        assert!(texts(b"").is_empty());
        assert_eq!(texts(b"\n"), [Ok(String::new())]);
    }

    #[test]
    fn a_line_of_the_greatest_length_is_taken_and_a_longer_one_ends_the_reading() {
        for (end, length, taken) in [
            ("\n", GREATEST_TEXT, true),
            ("\r\n", GREATEST_TEXT, true),
            ("", GREATEST_TEXT, true),
            ("\n", GREATEST_TEXT + 1, false),
            ("", GREATEST_TEXT + 1, false),
            ("\n", GREATEST_TEXT * 3, false),
        ] {
            let after = if end.is_empty() { "" } else { "after" };
            let input = format!("{}{end}{after}", "x".repeat(length));
            let read = texts(input.as_bytes());
            assert_eq!(read[0].is_ok(), taken, "{length} {end:?}");
            let more = taken && !end.is_empty();
            assert_eq!(read.len(), 1 + usize::from(more), "{length} {end:?}");
        }
    }

    #[test]
    fn a_line_that_is_not_text_is_named_by_its_number() {
        let mut lines = Lines::of(&b"good\n\nbad \xff\nnever read\n"[..]);
        assert_eq!(lines.by_ref().filter_map(Result::ok).count(), 2);
        let mut lines = Lines::of(&b"good\n\nbad \xff\nnever read\n"[..]);
        let trouble = lines.find_map(Result::err).unwrap();
        assert!(
            trouble.what.starts_with("line 3 is not UTF-8"),
            "{}",
            trouble.what
        );
        assert!(lines.next().is_none());
    }
}
