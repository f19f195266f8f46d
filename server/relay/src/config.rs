//! Configuration: flags beat environment beat file beat defaults, every value with the place it came from.
//! Knows: the knobs and their sources. Never knows: sockets, mailboxes, keys.

pub mod business;
pub mod error;
pub mod file;
pub mod host;
pub mod kind;
pub mod knob;
pub mod settings;
pub mod template;
pub mod tls;
mod values;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

pub use error::ConfigError;
use kind::Value;
use knob::{ENVIRONMENT_PREFIX, KNOBS, Knob};
use settings::Settings;

/// The name of the file inside the data folder.
pub const FILE_NAME: &str = "partywall.toml";

/// The environment's way to say `--config FILE`.
pub const CONFIG_VARIABLE: &str = "PARTYWALL_RELAY_CONFIG";

/// What the operator said, before any of it was believed.
#[derive(Debug, Default, Clone)]
pub struct Said {
    /// Knobs set by flags.
    pub flags: BTreeMap<&'static str, String>,
    /// The environment; only names that begin with `PARTYWALL_RELAY_` are looked at.
    pub environment: BTreeMap<String, String>,
    /// `--config FILE`; otherwise the file inside the data folder, if there is one.
    pub file: Option<PathBuf>,
}

impl Said {
    /// Nothing but this process's environment.
    #[must_use]
    pub fn by_environment() -> Self {
        let readable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let environment = std::env::vars_os()
            .filter_map(readable)
            .filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX))
            .collect();
        Self {
            environment,
            ..Self::default()
        }
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A line of the file.
    File(PathBuf, usize),
    /// An environment variable.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::File(path, line) => write!(out, "{}:{line}", path.display()),
            Self::Environment(name) => write!(out, "environment {name}"),
            Self::Flag(name) => write!(out, "flag --{name}"),
        }
    }
}

/// One knob as it is in force.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The knob.
    pub knob: &'static Knob,
    /// Its value as text, or none where nothing is set.
    pub text: Option<String>,
    /// Where that came from.
    pub origin: Origin,
}

/// Everything that is in force.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// The values, typed and found to agree with one another.
    pub settings: Settings,
    /// Every knob with its origin, in the order of the table.
    pub in_force: Vec<InForce>,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// Environment variables that begin like ours and mean nothing (orchestrators set some of these by themselves).
    pub strangers: Vec<String>,
}

/// Gathers what was said into what is in force.
pub fn gather(said: &Said) -> Result<Configuration, ConfigError> {
    let named = said
        .file
        .clone()
        .or_else(|| said.environment.get(CONFIG_VARIABLE).map(PathBuf::from));
    let inside = data_folder(said).join(FILE_NAME);
    let file = named.clone().or_else(|| inside.exists().then_some(inside));
    let lines = file
        .as_deref()
        .map(file::read)
        .transpose()?
        .unwrap_or_default();
    if let (None, Some(line)) = (&named, lines.get("data")) {
        same_folder(&data_folder(said), file.as_deref(), line)?;
    }

    let mut in_force = Vec::new();
    let mut values = BTreeMap::new();
    for knob in KNOBS {
        let (text, origin) = loudest(knob, said, &lines, file.as_deref());
        if let Some(text) = &text {
            let value = knob
                .kind
                .read(text)
                .map_err(|allowed| ConfigError::BadValue {
                    place: origin.to_string(),
                    name: knob.name.to_owned(),
                    allowed,
                })?;
            values.insert(knob.name, value);
        }
        in_force.push(InForce { knob, text, origin });
    }
    let settings = Settings::from_values(&Values(values))?;
    Ok(Configuration {
        settings,
        in_force,
        file,
        strangers: strangers(said),
    })
}

/// The folder before the file was read: flag, environment or default.
fn data_folder(said: &Said) -> PathBuf {
    let knob = Knob::named("data").expect("the table has a knob for the data folder");
    let text = said
        .flags
        .get(knob.name)
        .or_else(|| said.environment.get(&knob.environment()));
    PathBuf::from(text.map_or(knob.default.unwrap_or_default(), String::as_str))
}

fn same_folder(folder: &Path, file: Option<&Path>, line: &file::Line) -> Result<(), ConfigError> {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if real(folder) == real(Path::new(&line.text)) {
        return Ok(());
    }
    let place = file
        .map(|file| file.display().to_string())
        .unwrap_or_default();
    Err(ConfigError::Disagreement(format!(
        "{place}:{}: a file inside the data folder cannot name another folder as `data`; start with `--config FILE` or `--data DIR`",
        line.number
    )))
}

fn loudest(
    knob: &Knob,
    said: &Said,
    lines: &BTreeMap<&'static str, file::Line>,
    file: Option<&Path>,
) -> (Option<String>, Origin) {
    let variable = knob.environment();
    if let Some(text) = said.flags.get(knob.name) {
        (Some(text.clone()), Origin::Flag(knob.flag()))
    } else if let Some(text) = said.environment.get(&variable) {
        (Some(text.clone()), Origin::Environment(variable))
    } else if let (Some(line), Some(file)) = (lines.get(knob.name), file) {
        (
            Some(line.text.clone()),
            Origin::File(file.to_owned(), line.number),
        )
    } else {
        (knob.default.map(str::to_owned), Origin::Default)
    }
}

fn strangers(said: &Said) -> Vec<String> {
    let ours =
        |name: &str| name == CONFIG_VARIABLE || KNOBS.iter().any(|knob| knob.environment() == name);
    let begins = |name: &&String| name.starts_with(ENVIRONMENT_PREFIX);
    said.environment
        .keys()
        .filter(begins)
        .filter(|name| !ours(name))
        .cloned()
        .collect()
}

/// The values that passed their own check, by the knob's name.
#[derive(Debug)]
pub struct Values(BTreeMap<&'static str, Value>);

impl Values {
    /// The value of a knob, if anything is set.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Said, gather};

    fn said(
        flags: &[(&'static str, &str)],
        environment: &[(&str, &str)],
        file: &str,
    ) -> (tempfile::TempDir, Said) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("partywall.toml"), file).unwrap();
        let mut said = Said::default();
        said.flags
            .insert("data", folder.path().display().to_string());
        said.flags.extend(
            flags
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        said.environment.extend(
            environment
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        (folder, said)
    }

    #[test]
    fn flags_beat_environment_beats_file_beats_defaults() {
        let (folder, said) = said(
            &[("retention_days", "1")],
            &[
                ("PARTYWALL_RELAY_RETENTION_DAYS", "2"),
                ("PARTYWALL_RELAY_QUOTA_ENVELOPES", "200"),
            ],
            "retention_days = 3\nquota_envelopes = 300\nmailbox_idle_days = 30\n",
        );
        let found = gather(&said).unwrap();
        assert_eq!(found.settings.retention_days, 1);
        assert_eq!(found.settings.quota_envelopes, 200);
        assert_eq!(found.settings.mailbox_idle_days, 30);
        assert_eq!(found.settings.quota_bytes, 128 << 20);
        let origin = |name: &str| {
            found
                .in_force
                .iter()
                .find(|one| one.knob.name == name)
                .map(|one| one.origin.clone())
                .unwrap()
        };
        assert_eq!(
            origin("retention_days"),
            Origin::Flag("retention-days".into())
        );
        assert_eq!(
            origin("quota_envelopes"),
            Origin::Environment("PARTYWALL_RELAY_QUOTA_ENVELOPES".into())
        );
        assert_eq!(
            origin("mailbox_idle_days"),
            Origin::File(folder.path().join("partywall.toml"), 3)
        );
        assert_eq!(origin("quota_bytes"), Origin::Default);
    }

    #[test]
    fn a_bad_value_is_refused_with_its_place_and_what_is_allowed() {
        let (folder, from_file) = said(&[], &[], "\nretention_days = 0\n");
        let place = folder.path().join("partywall.toml");
        let sentence = format!(
            "{}:2: `retention_days` needs a whole number from 1 to 365",
            place.display()
        );
        assert_eq!(gather(&from_file).unwrap_err().to_string(), sentence);

        let (_folder, from_environment) = said(&[], &[("PARTYWALL_RELAY_PEER", "7443")], "");
        let sentence = gather(&from_environment).unwrap_err().to_string();
        assert!(
            sentence.starts_with("environment PARTYWALL_RELAY_PEER: `peer` needs IP:PORT"),
            "{sentence}"
        );
    }

    #[test]
    fn a_file_that_was_named_must_exist_and_one_that_was_not_need_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut said = Said::default();
        said.flags
            .insert("data", folder.path().join("none").display().to_string());
        assert!(gather(&said).is_ok());
        said.file = Some(folder.path().join("none.toml"));
        assert!(
            gather(&said)
                .unwrap_err()
                .to_string()
                .starts_with("cannot read ")
        );
    }

    #[test]
    fn a_file_inside_the_folder_cannot_name_another_folder() {
        let (_folder, said) = said(&[], &[], "data = \"/elsewhere\"\n");
        let sentence = gather(&said).unwrap_err().to_string();
        assert!(
            sentence.contains(":1: a file inside the data folder cannot name another"),
            "{sentence}"
        );
    }

    #[test]
    fn variables_that_only_look_like_ours_are_named_and_change_nothing() {
        let (_folder, said) = said(
            &[],
            &[
                ("PARTYWALL_RELAY_SERVICE_HOST", "192.0.2.1"),
                ("HOME", "/root"),
            ],
            "",
        );
        assert_eq!(
            gather(&said).unwrap().strangers,
            ["PARTYWALL_RELAY_SERVICE_HOST"]
        );
    }
}
