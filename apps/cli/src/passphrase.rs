//! Where the passphrase comes from: a file, the environment, or the person at the terminal.
//! Knows: the passphrase, for as long as it takes. Never knows: what it opens.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::trouble::{Exit, Trouble};
use crate::words::in_words;

const VARIABLE: &str = "PARTYWALL_PASSPHRASE";
const NEW_VARIABLE: &str = "PARTYWALL_NEW_PASSPHRASE";

/// A passphrase is a line; a file with a longer one is something else.
const GREATEST: u64 = 4_096;

/// Whether the store is there already or will be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// It is there: asked for once.
    AnExistingStore,
    /// It will be made: asked for twice.
    ANewStore,
}

/// The passphrase of the store.
///
/// # Errors
/// There is none to be had; the file cannot be read.
pub(crate) fn passphrase(file: Option<&Path>, whose: For) -> Result<Zeroizing<String>, Trouble> {
    let no_way = Trouble::new(
        Exit::Passphrase,
        "there is no passphrase and nobody at a terminal to ask",
        format!(
            "give it with --passphrase-file FILE, or in the variable {VARIABLE}, or start this on a terminal"
        ),
    );
    found(file, VARIABLE, no_way, || match whose {
        For::AnExistingStore => ask("Passphrase", None),
        For::ANewStore => ask("Choose a passphrase for the new store", Some("Once more")),
    })
}

/// The new passphrase, when it is changed.
///
/// # Errors
/// As [`passphrase`].
pub(crate) fn new_passphrase(file: Option<&Path>) -> Result<Zeroizing<String>, Trouble> {
    let no_way = Trouble::new(
        Exit::Passphrase,
        "there is no new passphrase and nobody at a terminal to ask",
        format!(
            "give it with --new-passphrase-file FILE, or in the variable {NEW_VARIABLE}, or start this on a terminal"
        ),
    );
    found(file, NEW_VARIABLE, no_way, || {
        ask("New passphrase", Some("Once more"))
    })
}

fn found(
    file: Option<&Path>,
    variable: &str,
    no_way: Trouble,
    asked: impl FnOnce() -> Result<Zeroizing<String>, Trouble>,
) -> Result<Zeroizing<String>, Trouble> {
    let passphrase = if let Some(file) = file {
        from_file(file)?
    } else if let Some(value) = std::env::var_os(variable) {
        let value = value.into_string().map_err(|_not_utf8| {
            Trouble::new(
                Exit::Passphrase,
                format!("the variable {variable} is not UTF-8 text"),
                "set it again",
            )
        })?;
        Zeroizing::new(value)
    } else if somebody_is_there() {
        asked()?
    } else {
        return Err(no_way);
    };
    if passphrase.is_empty() {
        return Err(Trouble::new(
            Exit::Passphrase,
            "an empty passphrase protects nothing",
            "choose one",
        ));
    }
    Ok(passphrase)
}

/// Standard input may be a pipe with lines to send; the terminal can be asked all the same.
fn somebody_is_there() -> bool {
    let terminal = std::io::stdin().is_terminal() || File::open("/dev/tty").is_ok();
    std::io::stderr().is_terminal() && terminal
}

fn from_file(path: &Path) -> Result<Zeroizing<String>, Trouble> {
    let unreadable = |why: String| {
        Trouble::new(
            Exit::Passphrase,
            format!(
                "the passphrase file {} cannot be used: {why}",
                path.display()
            ),
            "write the passphrase into its first line, readable for you only",
        )
    };
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)
        .and_then(|file| file.take(GREATEST + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(in_words(error.kind())))?;
    if bytes.len() as u64 > GREATEST {
        return Err(unreadable(format!("it has more than {GREATEST} bytes")));
    }
    let text =
        std::str::from_utf8(&bytes).map_err(|_| unreadable("it is not UTF-8 text".into()))?;
    let line = text.split('\n').next().unwrap_or_default();
    Ok(Zeroizing::new(line.trim_end_matches('\r').to_owned()))
}

fn ask(prompt: &str, again: Option<&str>) -> Result<Zeroizing<String>, Trouble> {
    let mut question = dialoguer::Password::new().with_prompt(prompt);
    if let Some(again) = again {
        question = question.with_confirmation(again, "They differ; once more from the beginning");
    }
    let answer = question.interact().map_err(|_gone| {
        Trouble::new(
            Exit::Passphrase,
            "no passphrase was given",
            "start the command again",
        )
    })?;
    Ok(Zeroizing::new(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn the_first_line_of_the_file_is_the_passphrase_without_its_end() {
        for content in [
            &b"open sesame"[..],
            b"open sesame\n",
            b"open sesame\r\nand more\n",
        ] {
            let read = from_file(file(content).path()).unwrap();
            assert_eq!(read.as_str(), "open sesame");
        }
        assert_eq!(
            from_file(file(b" two  spaces \n").path()).unwrap().as_str(),
            " two  spaces "
        );
    }

    #[test]
    fn a_file_that_cannot_hold_a_passphrase_is_refused_with_a_sentence() {
        let long = vec![b'a'; 5_000];
        for content in [&long[..], b"\xff\xfe"] {
            assert_eq!(
                from_file(file(content).path()).unwrap_err().exit,
                Exit::Passphrase
            );
        }
        let empty = passphrase(Some(file(b"\n").path()), For::ANewStore).unwrap_err();
        assert_eq!(empty.what, "an empty passphrase protects nothing");
        let absent = from_file(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(
            absent.what,
            "the passphrase file /nowhere/at/all cannot be used: there is no such file"
        );
    }
}
