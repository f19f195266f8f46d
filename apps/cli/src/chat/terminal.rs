//! The terminal of a chat: keys come singly and unechoed, and it is put right again at the end.
//! Knows: terminal modes, the bottom line. Never knows: what is said.

use std::io::{Read, Write};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use tokio::sync::mpsc;

use super::keys::{Key, Keys};
use crate::trouble::Trouble;

/// Keys that may wait: more than a pasted page.
const ROOM: usize = 4_096;

/// A terminal in the chat's mode; as it was before, once this is dropped.
pub(crate) struct Terminal {
    before: Termios,
}

impl Terminal {
    /// Changes the mode of the terminal on standard input.
    ///
    /// # Errors
    /// There is no terminal.
    pub(crate) fn take() -> Result<Self, Trouble> {
        let input = std::io::stdin();
        let no_terminal = |_error| {
            Trouble::usage(
                "a chat needs a terminal",
                "use `partywall send` and `partywall receive` where there is none",
            )
        };
        let before = tcgetattr(&input).map_err(no_terminal)?;
        let mut ours = before.clone();
        ours.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG | LocalModes::IEXTEN);
        ours.special_codes[SpecialCodeIndex::VMIN] = 1;
        ours.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&input, OptionalActions::Now, &ours).map_err(no_terminal)?;
        Ok(Self { before })
    }

    /// The keys, from a thread that reads until nobody takes them any more.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub(crate) fn keys(&self) -> Result<mpsc::Receiver<Key>, Trouble> {
        let (pressed, taken) = mpsc::channel(ROOM);
        let reading = move || {
            let mut keys = Keys::default();
            let mut bytes = [0; 1_024];
            let mut input = std::io::stdin().lock();
            while let Ok(count @ 1..) = input.read(&mut bytes) {
                for key in bytes[..count].iter().filter_map(|byte| keys.byte(*byte)) {
                    if pressed.blocking_send(key).is_err() {
                        return;
                    }
                }
            }
        };
        std::thread::Builder::new()
            .name("keys".into())
            .spawn(reading)
            .map_err(|error| {
                Trouble::failure(
                    format!("the terminal cannot be read ({error})"),
                    "close other programs and try again",
                )
            })?;
        Ok(taken)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _gone = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// The columns there are for a line behind its prompt.
pub(crate) fn columns(prompt: &str) -> usize {
    let (_rows, columns) = console::Term::stdout().size();
    usize::from(columns)
        .saturating_sub(console::measure_text_width(prompt) + 1)
        .max(8)
}

/// Writes words above the bottom line, then the bottom line again.
///
/// # Errors
/// The terminal cannot be written.
pub(crate) fn above(words: &str, prompt: &str, line: &str) -> Result<(), Trouble> {
    write(&format!("\r\u{1b}[2K{words}\n{prompt}{line}"))
}

/// Writes the bottom line anew.
///
/// # Errors
/// The terminal cannot be written.
pub(crate) fn bottom(prompt: &str, line: &str) -> Result<(), Trouble> {
    write(&format!("\r\u{1b}[2K{prompt}{line}"))
}

/// Leaves the bottom line behind.
pub(crate) fn left() {
    let _gone = write("\r\u{1b}[2K");
}

fn write(whole: &str) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    out.write_all(whole.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Trouble::output(&error))
}
