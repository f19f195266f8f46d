//! Writes the commented `partywall.toml`: every knob, what it means, what it may hold, what holds if nothing is said.
//! Knows: the table of knobs. Never knows: what is in force.

use super::knob::{KNOBS, Knob};

/// The whole file. Read back as it stands it changes nothing: every line that sets a knob is commented out.
#[must_use]
pub fn text() -> String {
    let mut file = String::from(HEAD);
    for knob in KNOBS {
        file.push('\n');
        for line in knob.says.lines() {
            file.push_str(&format!("# {}\n", line.trim()));
        }
        file.push_str(&format!("# Allowed: {}.\n", knob.kind.allowed()));
        file.push_str(&format!(
            "# Also: --{} or {}\n",
            knob.flag(),
            knob.environment()
        ));
        file.push_str(&format!("#{}\n", assignment(knob)));
    }
    file
}

/// `name = value`, as the file writes it.
fn assignment(knob: &Knob) -> String {
    let value = knob.default.unwrap_or(knob.example);
    if knob.kind.is_bare_number() {
        format!("{} = {value}", knob.name)
    } else {
        format!("{} = \"{value}\"", knob.name)
    }
}

const HEAD: &str = "\
# Partywall relay. Everything here is optional: take the `#` off a line to change it.
# A flag beats an environment variable, which beats this file, which beats the default shown.
# `partywall-relay config check` says what is in force and where each value came from.
# Relative paths start from the folder in which the relay is started.
";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::file;
    use super::super::knob::KNOBS;
    use super::text;

    #[test]
    fn the_written_file_mentions_every_knob_and_sets_none() {
        let written = text();
        for knob in KNOBS {
            assert!(
                written.contains(&format!("\n#{} = ", knob.name)),
                "{}",
                knob.name
            );
            assert!(written.contains(&knob.environment()), "{}", knob.name);
        }
        assert!(file::parse(&written, Path::new("f")).unwrap().is_empty());
    }

    #[test]
    fn with_its_comments_taken_off_the_file_says_exactly_the_defaults() {
        let bare: String = text()
            .lines()
            .filter_map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')))
            .map(|line| format!("{line}\n"))
            .collect();
        let lines = file::parse(&bare, Path::new("f")).unwrap();
        assert_eq!(lines.len(), KNOBS.len());
        for knob in KNOBS {
            assert_eq!(
                lines[knob.name].text,
                knob.default.unwrap_or(knob.example),
                "{}",
                knob.name
            );
        }
    }
}
