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

#[test]
fn what_scripts_of_customers_and_shops_may_rely_on_is_understood() {
    for line in [
        "customer find L bakery.example --json",
        "customer find L",
        "customer --store f terms bakery.example --link L --details --region eu",
        "customer begin bakery.example --link L --share locale/business/service_operation --region UK",
        "customer begin --link L --opt-in utility --opt-in marketing --initials AB --declare locale=de",
        "customer begin bakery.example --link L --gpc",
        "customer say bakery.example hello --wait 5",
        "customer order bakery.example --item r1,Bread,4.20EUR,2 --item r2,Roll,1EUR,1",
        "customer choose bakery.example yes --of 12",
        "customer agent bakery.example",
        "customer receive --until-idle 1 --json",
        "customer shared bakery.example --details",
        "customer consent bakery.example --on locale/business/analytics --off country/parent/analytics",
        "customer consent bakery.example --withdraw-all",
        "customer consent bakery.example --accept-new-terms --object --region eu",
        "customer declare bakery.example locale=de country=DE --forget ad_referral",
        "customer opt bakery.example marketing off",
        "customer export-my-data bakery.example --out f",
        "customer erase bakery.example --yes",
        "customer leave bakery.example",
        "customer report bakery.example 4 --why spam",
        "customer changes bakery.example --accept-certificate",
        "customer history bakery.example --before 4 --limit 5",
        "business enrol L --name B --domain bakery.example --industry food --hosting operator",
        "business send 9f hello --buttons yes=Yes,no=No",
        "business template submit f.toml",
        "business template send 9f order_ready 3 -4 2026-11-22 option:1 code:7XK2",
        "business inbox --until-idle 1 --json --store f",
        "business passphrase --new-passphrase-file f",
    ] {
        let parsed = parsed(line);
        assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
    }
}

#[test]
fn a_word_that_the_business_wing_does_not_know_is_answered_with_the_nearest() {
    for (line, near) in [
        ("customer declare d.e locle=de", "did you mean locale?"),
        ("customer declare d.e last_active=1", "seen by the relay"),
        (
            "customer begin --link L --share locale/busness/analytics",
            "did you mean business?",
        ),
        (
            "customer begin --link L --region mars",
            "eu, uk, us_ca, in, other",
        ),
        (
            "customer begin --link L --initials Anna",
            "one to three letters",
        ),
        ("customer opt d.e utlity on", "did you mean utility?"),
        ("customer report d.e 4 --why spm", "did you mean spam?"),
        ("customer order d.e --item bread", "ID,NAME,PRICE,QUANTITY"),
        (
            "business enrol L --name B --domain d.e --industry fod",
            "did you mean food?",
        ),
        (
            "business enrol L --name B --domain d.e --industry food --hosting me",
            "provider NAME",
        ),
        ("business send 9f hi --buttons yes", "ID=TITLE"),
        ("business template send 9f t buy!", "no free text"),
    ] {
        let refused = parsed(line).unwrap_err().to_string();
        assert!(refused.contains(near), "{line}: {refused}");
    }
}

#[test]
fn choices_that_contradict_each_other_are_refused() {
    for line in [
        "customer begin --link L --object --gpc",
        "customer consent d.e",
        "customer consent d.e --withdraw-all --on locale/business/analytics",
        "customer consent d.e --object --gpc",
        "customer consent d.e --gpc --on locale/business/analytics",
        "customer declare d.e",
        "customer order d.e",
        "customer opt d.e utility perhaps",
        "business template",
    ] {
        assert!(parsed(line).is_err(), "{line}");
    }
}

#[test]
fn every_command_of_the_counter_explains_itself_and_gives_an_example() {
    fn explain(command: &clap::Command, path: &str) {
        let mut whole = command.clone();
        let help = whole.render_long_help().to_string();
        assert!(help.contains("Examples:"), "{path}");
        assert!(help.contains(path), "{path}");
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{path} {}",
                argument.get_id()
            );
        }
        for inner in command
            .get_subcommands()
            .filter(|one| one.get_name() != "help")
        {
            explain(inner, &format!("{path} {}", inner.get_name()));
        }
    }
    let mut whole = Arguments::command();
    whole.build();
    for side in ["customer", "business"] {
        let command = whole.find_subcommand(side).unwrap();
        explain(command, &format!("partywall {side}"));
    }
}
