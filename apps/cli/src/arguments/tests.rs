//! What the command line understands and what it refuses.
//! Knows: words. Never knows: what commands do.

use clap::CommandFactory;

use super::*;

fn parsed(line: &str) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(std::iter::once("partywall").chain(line.split(' ')))
}

#[test]
fn the_command_line_holds_together() {
    Arguments::command().debug_assert();
}

#[test]
fn every_command_explains_itself_and_gives_an_example() {
    let mut whole = Arguments::command();
    assert!(whole.render_long_help().to_string().contains("Exit codes:"));
    whole.build();
    for mut command in whole.get_subcommands().cloned() {
        let help = command.render_long_help().to_string();
        let name = command.get_name();
        assert!(help.contains("Examples:"), "{name}");
        assert!(help.contains(&format!("partywall {name}")), "{name}");
        for flag in ["--store", "--passphrase-file", "--json", "--no-color"] {
            assert!(help.contains(flag), "{name} {flag}");
        }
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{name} {}",
                argument.get_id()
            );
        }
    }
}

#[test]
fn what_scripts_may_rely_on_is_understood() {
    for line in [
        "invite --relay L --name bob",
        "invite --relay L --name bob --reusable --json",
        "--store f revoke L",
        "add L --name bob --store f --passphrase-file p",
        "add L --name bob --relay R",
        "send bob hello",
        "send bob --lines",
        "send bob --lines --run nightly --json",
        "send bob --lines --anew",
        "receive --json --until-idle 2.5",
        "receive",
        "chat bob",
        "contacts --json",
        "history bob --limit 5 --before 00112233445566778899aabbccddeeff",
        "safety bob",
        "verify bob",
        "forget bob --yes",
        "doctor R",
        "passphrase --new-passphrase-file f",
        "tour --json --keep --relay-binary b --no-color",
    ] {
        assert!(parsed(line).is_ok(), "{line}");
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    for line in [
        "send bob",
        "send bob hello --lines",
        "send bob hello --run x",
        "send bob --lines --run x --anew",
        "receive --until-idle -1",
        "receive --until-idle soon",
        "history bob --limit 0",
        "verify bob --yes --undo",
        "invite --name bob",
        "frobnicate",
    ] {
        assert!(parsed(line).is_err(), "{line}");
    }
}
