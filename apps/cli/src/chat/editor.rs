//! The line that is being typed.
//! Knows: letters. Never knows: the terminal, whom the line is for.

use partywall_client::GREATEST_TEXT;
use zeroize::Zeroizing;

use super::keys::Key;
use crate::words::steers;

/// A line being typed. The end is where the typing happens.
#[derive(Default)]
pub(crate) struct Editor {
    line: Zeroizing<String>,
}

/// What a key led to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// The line looks different now.
    Changed,
    /// Nothing.
    Nothing,
    /// The line is complete.
    Line(Zeroizing<String>),
    /// The person wants to end.
    End,
}

impl Editor {
    /// Takes a key.
    pub(crate) fn press(&mut self, key: Key) -> Typed {
        match key {
            Key::Letter(letter) if steers(letter) => Typed::Nothing,
            Key::Letter(letter) if self.line.len() + letter.len_utf8() > GREATEST_TEXT => {
                Typed::Nothing
            }
            Key::Letter(letter) => {
                self.line.push(letter);
                Typed::Changed
            }
            Key::Enter if self.line.trim().is_empty() => {
                self.line.clear();
                Typed::Changed
            }
            Key::Enter => Typed::Line(std::mem::take(&mut self.line)),
            Key::Backspace => {
                self.line.pop();
                Typed::Changed
            }
            Key::ClearLine => {
                self.line.clear();
                Typed::Changed
            }
            Key::ClearWord => {
                let kept = self.line.trim_end();
                let start = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                let start = (start..=kept.len())
                    .find(|at| kept.is_char_boundary(*at))
                    .unwrap_or(0);
                self.line.truncate(start);
                Typed::Changed
            }
            Key::End if !self.line.is_empty() => Typed::Nothing,
            Key::End | Key::Interrupt => Typed::End,
            Key::Other => Typed::Nothing,
        }
    }

    /// The end of the line, as much of it as fits into so many columns.
    pub(crate) fn tail(&self, columns: usize) -> &str {
        let mut width = console::measure_text_width(&self.line);
        let mut letters = self.line.chars();
        while width > columns {
            let Some(letter) = letters.next() else { break };
            width -= console::measure_text_width(letter.encode_utf8(&mut [0; 4]));
        }
        letters.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(editor: &mut Editor, text: &str) {
        for letter in text.chars() {
            editor.press(Key::Letter(letter));
        }
    }

    #[test]
    fn a_typed_line_is_handed_over_whole_and_the_next_begins_empty() {
        let mut editor = Editor::default();
        typed(&mut editor, "grüße 👋");
        assert_eq!(
            editor.press(Key::Enter),
            Typed::Line(Zeroizing::new("grüße 👋".into()))
        );
        assert_eq!(editor.tail(80), "");
        typed(&mut editor, "  ");
        assert_eq!(
            editor.press(Key::Enter),
            Typed::Changed,
            "nothing but blanks is no message"
        );
    }

    #[test]
    fn letters_words_and_lines_are_taken_back() {
        let mut editor = Editor::default();
        typed(&mut editor, "eins zwei\u{3000}dreiß ");
        editor.press(Key::Backspace);
        editor.press(Key::Backspace);
        assert_eq!(editor.tail(80), "eins zwei\u{3000}drei");
        editor.press(Key::ClearWord);
        assert_eq!(editor.tail(80), "eins zwei\u{3000}");
        editor.press(Key::ClearWord);
        assert_eq!(editor.tail(80), "eins ");
        editor.press(Key::ClearLine);
        editor.press(Key::Backspace);
        editor.press(Key::ClearWord);
        assert_eq!(editor.tail(80), "");
    }

    #[test]
    fn ctrl_d_ends_only_an_empty_line_and_ctrl_c_ends_always() {
        let mut editor = Editor::default();
        typed(&mut editor, "half");
        assert_eq!(editor.press(Key::End), Typed::Nothing);
        assert_eq!(editor.press(Key::Interrupt), Typed::End);
        assert_eq!(Editor::default().press(Key::End), Typed::End);
    }

    #[test]
    fn a_line_never_grows_beyond_a_message_and_takes_nothing_that_steers() {
        let mut editor = Editor::default();
        typed(&mut editor, &"ß".repeat(GREATEST_TEXT));
        assert_eq!(editor.tail(usize::MAX).len(), GREATEST_TEXT);
        assert_eq!(
            Editor::default().press(Key::Letter('\u{202e}')),
            Typed::Nothing
        );
    }

    #[test]
    fn only_the_end_of_a_long_line_is_shown() {
        let mut editor = Editor::default();
        typed(&mut editor, "0123456789");
        assert_eq!(editor.tail(4), "6789");
        editor.press(Key::ClearLine);
        typed(&mut editor, "日本語");
        assert_eq!(editor.tail(5), "本語");
    }
}
