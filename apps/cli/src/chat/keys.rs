//! From a terminal's bytes to keys.
//! Knows: UTF-8 and the few control bytes that mean something here. Never knows: the line.

/// A key that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A letter, a digit, a sign.
    Letter(char),
    /// Enter.
    Enter,
    /// Backspace.
    Backspace,
    /// Ctrl-U.
    ClearLine,
    /// Ctrl-W.
    ClearWord,
    /// Ctrl-D.
    End,
    /// Ctrl-C.
    Interrupt,
    /// Something that has no meaning here, an arrow say.
    Other,
}

/// Makes keys of bytes, however they are cut.
#[derive(Default)]
pub(crate) struct Keys {
    state: State,
}

#[derive(Default)]
enum State {
    /// A key begins here.
    #[default]
    Ground,
    /// Inside a letter of several bytes.
    Letter {
        bytes: [u8; 4],
        have: usize,
        want: usize,
    },
    /// Behind ESC.
    Escape,
    /// Inside `ESC [ … letter` or `ESC O letter`.
    Sequence,
}

impl Keys {
    /// Takes a byte; a key when it completes one.
    pub(crate) fn byte(&mut self, byte: u8) -> Option<Key> {
        match std::mem::take(&mut self.state) {
            State::Ground => self.begin(byte),
            State::Letter { bytes, have, want } => self.go_on(bytes, have, want, byte),
            State::Escape if matches!(byte, b'[' | b'O') => {
                self.state = State::Sequence;
                None
            }
            State::Escape => Some(Key::Other),
            State::Sequence if matches!(byte, 0x40..=0x7e) => Some(Key::Other),
            State::Sequence => {
                self.state = State::Sequence;
                None
            }
        }
    }

    fn begin(&mut self, byte: u8) -> Option<Key> {
        let want = match byte {
            b'\r' | b'\n' => return Some(Key::Enter),
            0x7f | 0x08 => return Some(Key::Backspace),
            0x15 => return Some(Key::ClearLine),
            0x17 => return Some(Key::ClearWord),
            0x04 => return Some(Key::End),
            0x03 => return Some(Key::Interrupt),
            b'\t' => return Some(Key::Letter(' ')),
            0x1b => {
                self.state = State::Escape;
                return None;
            }
            0x20..=0x7e => return Some(Key::Letter(char::from(byte))),
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return Some(Key::Other),
        };
        self.state = State::Letter {
            bytes: [byte, 0, 0, 0],
            have: 1,
            want,
        };
        None
    }

    fn go_on(&mut self, mut bytes: [u8; 4], have: usize, want: usize, byte: u8) -> Option<Key> {
        if !matches!(byte, 0x80..=0xbf) {
            return self.begin(byte);
        }
        bytes[have] = byte;
        let have = have + 1;
        if have < want {
            self.state = State::Letter { bytes, have, want };
            return None;
        }
        let letter = std::str::from_utf8(&bytes[..want])
            .ok()
            .and_then(|text| text.chars().next());
        Some(letter.map_or(Key::Other, Key::Letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut keys = Keys::default();
        bytes.iter().filter_map(|byte| keys.byte(*byte)).collect()
    }

    #[test]
    fn letters_of_every_length_come_through() {
        let letters: Vec<Key> = "aß語👋".chars().map(Key::Letter).collect();
        assert_eq!(keys("aß語👋".as_bytes()), letters);
    }

    #[test]
    fn arrows_and_function_keys_type_nothing() {
        assert_eq!(
            keys(b"a\x1b[A\x1b[1;5Cb\x1bOPc"),
            [
                Key::Letter('a'),
                Key::Other,
                Key::Other,
                Key::Letter('b'),
                Key::Other,
                Key::Letter('c'),
            ]
        );
    }

    #[test]
    fn bytes_that_are_no_letter_never_stop_what_follows() {
        assert_eq!(
            keys(b"\xff\xc3a\xe2\x82\r\x80b"),
            [
                Key::Other,
                Key::Letter('a'),
                Key::Enter,
                Key::Other,
                Key::Letter('b'),
            ]
        );
        assert_eq!(keys(b"\xed\xa0\x80x"), [Key::Other, Key::Letter('x')]);
    }

    #[test]
    fn control_keys_mean_what_the_help_says() {
        assert_eq!(
            keys(b"\r\x7f\x15\x17\x04\x03"),
            [
                Key::Enter,
                Key::Backspace,
                Key::ClearLine,
                Key::ClearWord,
                Key::End,
                Key::Interrupt,
            ]
        );
    }
}
