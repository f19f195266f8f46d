//! Why a command ended without having done what it was asked: one sentence, one hint, one exit code.
//! Knows: the library's errors. Never knows: texts, keys, passphrases.

pub(crate) mod counter;

use partywall_client::{
    AddError, DownReason, InviteError, LinkError, LookError, NameError, NoPath, OpenError,
    RelayTrouble, Said, SayError, Stopped, VaultError,
};

/// What the shell is told. The numbers are part of the contract with scripts, and in `--help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Anything that has no number of its own.
    Failure,
    /// The command line cannot be understood; clap says this by itself, too.
    Usage,
    /// No passphrase, or not this store's.
    Passphrase,
    /// The relay does not answer.
    Unreachable,
    /// The relay answers and refuses, or is not the one that the link names.
    Relay,
    /// The store is in use, damaged, absent or cannot be written.
    Store,
    /// A link is damaged, of the wrong kind, used or revoked.
    Link,
    /// There is no such contact, or the name cannot be used.
    Contact,
    /// A rule of the business wing forbids it.
    Rule,
    /// What the relay shows of a business is not proven, or changed unseen.
    Unproven,
    /// Stopped by a signal; what was taken is kept.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Passphrase => 3,
            Self::Unreachable => 4,
            Self::Relay => 5,
            Self::Store => 6,
            Self::Link => 7,
            Self::Contact => 8,
            Self::Rule => 9,
            Self::Unproven => 10,
            Self::Interrupted => 130,
        }
    }
}

/// Why a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What the shell is told.
    pub(crate) exit: Exit,
    /// One sentence; empty when there is nobody left to tell.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

impl Trouble {
    /// A sentence and what to do about it.
    pub(crate) fn new(exit: Exit, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            hint: Some(hint.into()),
        }
    }

    /// Exit code 1.
    pub(crate) fn failure(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Failure, what, hint)
    }

    /// Exit code 2.
    pub(crate) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what, hint)
    }

    /// The library's sentences say what is wrong and, behind the last semicolon, what to do.
    fn of(exit: Exit, sentence: &dyn std::fmt::Display) -> Self {
        let sentence = sentence.to_string();
        match sentence.rsplit_once("; ") {
            Some((what, hint)) => Self::new(exit, what, hint),
            None => Self {
                exit,
                what: sentence,
                hint: None,
            },
        }
    }

    /// Standard output cannot be written. A reader that went away needs no sentence.
    pub(crate) fn output(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self {
                exit: Exit::Failure,
                what: String::new(),
                hint: None,
            };
        }
        Self::failure(
            format!("standard output cannot be written ({error})"),
            "what was not written is shown again the next time",
        )
    }
}

impl From<OpenError> for Trouble {
    fn from(error: OpenError) -> Self {
        let exit = match &error {
            OpenError::Vault(VaultError::WrongPassphrase | VaultError::EmptyPassphrase) => {
                Exit::Passphrase
            }
            OpenError::NoEntropy(_) => Exit::Failure,
            _ => Exit::Store,
        };
        Self::of(exit, &error)
    }
}

impl From<NoPath> for Trouble {
    fn from(error: NoPath) -> Self {
        match error {
            NoPath::NoHome => Self::usage(
                "this account has no home folder",
                "say where the store is to be with --store FILE",
            ),
            other => Self::of(Exit::Usage, &other),
        }
    }
}

impl From<Stopped> for Trouble {
    fn from(stopped: Stopped) -> Self {
        let exit = match stopped {
            Stopped::Closed => Exit::Failure,
            _ => Exit::Store,
        };
        Self::of(exit, &stopped)
    }
}

impl From<NameError> for Trouble {
    fn from(error: NameError) -> Self {
        Self::of(Exit::Contact, &error)
    }
}

impl From<LinkError> for Trouble {
    fn from(error: LinkError) -> Self {
        let trouble = Self::of(Exit::Link, &error);
        let hint = "copy it again, from its beginning to its end";
        Self {
            hint: trouble.hint.or_else(|| Some(hint.to_owned())),
            ..trouble
        }
    }
}

impl From<DownReason> for Trouble {
    fn from(reason: DownReason) -> Self {
        Self::of(down(reason), &reason)
    }
}

impl From<RelayTrouble> for Trouble {
    fn from(trouble: RelayTrouble) -> Self {
        match trouble {
            RelayTrouble::Down(reason) => reason.into(),
            RelayTrouble::TimedOut => Self::of(Exit::Unreachable, &trouble),
            _ => Self::of(Exit::Relay, &trouble),
        }
    }
}

/// What the shell is told of a connection that is not there.
pub(crate) fn down(reason: DownReason) -> Exit {
    match reason {
        DownReason::Unreachable | DownReason::Lost | DownReason::Busy => Exit::Unreachable,
        _ => Exit::Relay,
    }
}

impl From<InviteError> for Trouble {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Name(name) => name.into(),
            InviteError::Relay(relay) => relay.into(),
            InviteError::Stopped(stopped) => stopped.into(),
            other => Self::of(Exit::Failure, &other),
        }
    }
}

impl From<AddError> for Trouble {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Name(name) => name.into(),
            AddError::Relay(relay) => relay.into(),
            AddError::Stopped(stopped) => stopped.into(),
            other => Self::of(Exit::Link, &other),
        }
    }
}

impl From<SayError> for Trouble {
    fn from(error: SayError) -> Self {
        match error {
            SayError::Stopped(stopped) => stopped.into(),
            SayError::Forgotten => Self::of(Exit::Contact, &error),
            other => Self::of(Exit::Failure, &other),
        }
    }
}

impl From<Said> for Trouble {
    fn from(said: Said) -> Self {
        said.why.into()
    }
}

impl From<LookError> for Trouble {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Stopped(stopped) => stopped.into(),
            LookError::NoSuchLink => Self::of(Exit::Link, &error),
            LookError::NoSuchMessage => Self::failure(
                "there is no such message in this conversation",
                "`partywall history NAME --json` shows the ids",
            ),
            LookError::NoSuchContact => Self::new(
                Exit::Contact,
                "you have no contact of this name",
                "`partywall contacts` lists them; `partywall add LINK --name NAME` makes one",
            ),
            other => Self::of(Exit::Failure, &other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_end_has_an_exit_code_of_its_own() {
        let all = [
            Exit::Failure,
            Exit::Usage,
            Exit::Passphrase,
            Exit::Unreachable,
            Exit::Relay,
            Exit::Store,
            Exit::Link,
            Exit::Contact,
            Exit::Rule,
            Exit::Unproven,
            Exit::Interrupted,
        ];
        let codes: std::collections::BTreeSet<u8> = all.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes.len(), all.len());
        assert!(!codes.contains(&0));
    }

    #[test]
    fn a_librarys_sentence_becomes_what_is_wrong_and_what_to_do() {
        let trouble = Trouble::from(OpenError::Vault(VaultError::WrongPassphrase));
        assert_eq!(trouble.exit, Exit::Passphrase);
        assert_eq!(trouble.what, "the passphrase does not open this store");
        assert_eq!(trouble.hint.as_deref(), Some("check it and try again"));
    }

    #[test]
    fn an_unreachable_relay_and_a_wrong_one_are_told_apart() {
        let trouble = |reason| Trouble::from(InviteError::from(RelayTrouble::from(reason)));
        assert_eq!(trouble(DownReason::Unreachable).exit, Exit::Unreachable);
        assert_eq!(trouble(DownReason::WrongRelay).exit, Exit::Relay);
        assert_eq!(
            trouble(DownReason::WrongRelay).hint.as_deref(),
            Some("ask its operator")
        );
    }

    #[test]
    fn a_reader_that_went_away_is_told_nothing() {
        let gone = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert!(Trouble::output(&gone).what.is_empty());
    }
}
