//! Every knob as a flag, made from the table of knobs.
//! Knows: the table. Never knows: what a value means.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::config::kind::Kind;
use crate::config::knob::{KNOBS, Knob};

/// The knobs that were set by flags.
#[derive(Debug, Default, Clone)]
pub struct KnobFlags(BTreeMap<&'static str, String>);

impl KnobFlags {
    /// Each knob that was set, by its name in the file.
    #[must_use]
    pub fn said(&self) -> &BTreeMap<&'static str, String> {
        &self.0
    }
}

impl Args for KnobFlags {
    fn augment_args(command: Command) -> Command {
        KNOBS
            .iter()
            .fold(command, |command, knob| command.arg(flag(knob)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for KnobFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let said = |knob: &'static Knob| {
            matches
                .get_one::<String>(knob.name)
                .map(|text| (knob.name, text.clone()))
        };
        Ok(Self(KNOBS.iter().filter_map(said).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

fn flag(knob: &'static Knob) -> Arg {
    let first = knob.says.lines().next().unwrap_or_default();
    let words: Vec<&str> = knob.says.lines().map(str::trim).collect();
    let default = knob
        .default
        .map(|value| format!(" [default: {value}]"))
        .unwrap_or_default();
    let sources = format!("[env: {}]{default}", knob.environment());
    Arg::new(knob.name)
        .long(knob.flag())
        .value_name(shape(knob.kind))
        .help(format!("{first} {sources}"))
        .long_help(format!("{}\n{sources}", words.join("\n")))
}

fn shape(kind: Kind) -> String {
    match kind {
        Kind::Folder => "DIR".into(),
        Kind::File => "FILE".into(),
        Kind::Host => "NAME[:PORT]".into(),
        Kind::Address | Kind::LoopbackAddress => "IP:PORT".into(),
        Kind::Choice(words) => words.join("|"),
        Kind::Words(_) => "WORD,…".into(),
        Kind::Count { .. } => "N".into(),
        Kind::Bytes { .. } => "SIZE".into(),
    }
}
