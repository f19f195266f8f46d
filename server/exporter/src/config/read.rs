//! Reads `exporter.toml`, and says on which line what is wrong.
//! Knows: TOML and the keys. Never knows: whether a file that is named is there.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use partywall_business::field::Recipient;
use partywall_fetch::{Plain, Roots, Url};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ConfigError, MOST_SINKS, Settings, SinkSettings, Way};

/// A file larger than this is no configuration of ours.
const GREATEST_FILE: usize = 256 * 1024;
const KEYS: &[&str] = &[
    "name",
    "recipient",
    "kind",
    "path",
    "url",
    "secret_file",
    "ca_file",
    "attempt_timeout",
];
const USUAL_TIMEOUT: Duration = Duration::from_secs(5);

/// What is wrong, and where in the text.
type Wrong = (Range<usize>, String);

pub(super) fn file(file: &Path) -> Result<Settings, ConfigError> {
    let unreadable = |error: std::io::Error| ConfigError::Unreadable {
        file: file.to_owned(),
        why: error.kind(),
    };
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    parse(&text, folder).map_err(|(span, why)| {
        let line = 1 + text
            .bytes()
            .take(span.start)
            .filter(|byte| *byte == b'\n')
            .count();
        ConfigError::Line {
            file: file.to_owned(),
            line,
            why,
        }
    })
}

fn parse(text: &str, folder: &Path) -> Result<Settings, Wrong> {
    if text.len() > GREATEST_FILE {
        return Err((0..0, "it is too long for a configuration file".into()));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let first = error.message().lines().next().unwrap_or("not TOML");
        (error.span().unwrap_or(0..0), first.to_owned())
    })?;
    let mut sinks = Vec::new();
    for (key, value) in table.into_inner() {
        if key.get_ref() != "sink" {
            return Err((key.span(), unknown(key.get_ref(), &["sink"])));
        }
        let span = value.span();
        let DeValue::Array(tables) = value.into_inner() else {
            return Err((span, "write [[sink]], in two brackets".into()));
        };
        for table in tables {
            let span = table.span();
            let DeValue::Table(table) = table.into_inner() else {
                return Err((span, "write [[sink]], in two brackets".into()));
            };
            let read = sink(span.clone(), table, folder)?;
            alone(&read, &sinks, span.clone())?;
            sinks.push(read);
            if sinks.len() > MOST_SINKS {
                return Err((span, format!("there are at most {MOST_SINKS} sinks")));
            }
        }
    }
    if sinks.is_empty() {
        return Err((
            0..0,
            "there is no [[sink]]; `partywall-exporter config example` prints two".into(),
        ));
    }
    Ok(Settings { sinks })
}

/// A name or a file that two sinks share would mix what they were sent.
fn alone(one: &SinkSettings, others: &[SinkSettings], span: Range<usize>) -> Result<(), Wrong> {
    let path = |sink: &SinkSettings| match &sink.way {
        Way::File { path } => Some(path.clone()),
        Way::Webhook { .. } => None,
    };
    for other in others {
        if other.name == one.name {
            return Err((span, format!("there are two sinks named `{}`", one.name)));
        }
        if path(one).is_some() && path(other) == path(one) {
            return Err((
                span,
                format!(
                    "the sinks `{}` and `{}` have one file; give each its own",
                    other.name, one.name
                ),
            ));
        }
    }
    Ok(())
}

/// The keys of one sink, and where each stands.
struct Keys<'a> {
    whole: Range<usize>,
    texts: BTreeMap<&'static str, (Range<usize>, String)>,
    folder: &'a Path,
}

fn sink(whole: Range<usize>, table: DeTable<'_>, folder: &Path) -> Result<SinkSettings, Wrong> {
    let mut texts = BTreeMap::new();
    for (key, value) in table {
        let name = KEYS.iter().find(|name| *name == key.get_ref());
        let name = *name.ok_or_else(|| (key.span(), unknown(key.get_ref(), KEYS)))?;
        let text = text(value)
            .map_err(|span| (span, format!("`{name}` needs a text in quotation marks")))?;
        texts.insert(name, text);
    }
    let mut keys = Keys {
        whole,
        texts,
        folder,
    };
    let name = keys.read(
        "name",
        |text| good_name(text).then(|| text.to_owned()),
        "1 to 64 of a-z, 0-9, - and _",
    )?;
    let recipient = keys.read(
        "recipient",
        |text| Recipient::from_word(text).filter(|recipient| *recipient != Recipient::Business),
        "\"parent\" or \"service_provider\"",
    )?;
    let is_file = keys.read(
        "kind",
        |text| match text {
            "file" => Some(true),
            "webhook" => Some(false),
            _ => None,
        },
        "\"file\" or \"webhook\"",
    )?;
    let way = if is_file {
        keys.file()?
    } else {
        keys.webhook()?
    };
    Ok(SinkSettings {
        name,
        recipient,
        way,
        attempt_timeout: keys.timeout()?,
    })
}

fn text(value: Spanned<DeValue<'_>>) -> Result<(Range<usize>, String), Range<usize>> {
    let span = value.span();
    match value.into_inner() {
        DeValue::String(text) => Ok((span, text.into_owned())),
        _ => Err(span),
    }
}

fn good_name(name: &str) -> bool {
    let good = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    };
    (1..=64).contains(&name.len()) && name.bytes().all(good)
}

impl Keys<'_> {
    fn take(&mut self, name: &'static str, needs: &str) -> Result<(Range<usize>, String), Wrong> {
        let missing = || {
            (
                self.whole.clone(),
                format!("this sink has no `{name}`; it needs {needs}"),
            )
        };
        self.texts.remove(name).ok_or_else(missing)
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        meant: impl FnOnce(&str) -> Option<T>,
        needs: &str,
    ) -> Result<T, Wrong> {
        let (span, text) = self.take(name, needs)?;
        meant(&text).ok_or_else(|| (span, format!("`{name}` needs {needs}")))
    }

    fn path(&mut self, name: &'static str) -> Result<PathBuf, Wrong> {
        let folder = self.folder;
        self.read(
            name,
            |text| (!text.is_empty()).then(|| folder.join(text)),
            "the path of a file",
        )
    }

    fn file(&mut self) -> Result<Way, Wrong> {
        self.has_none_of(&["url", "secret_file", "ca_file"], "file")?;
        Ok(Way::File {
            path: self.path("path")?,
        })
    }

    fn webhook(&mut self) -> Result<Way, Wrong> {
        self.has_none_of(&["path"], "webhook")?;
        let (span, url) = self.take("url", "https://HOST/PATH")?;
        let url =
            Url::parse(&url, Plain::Refused).map_err(|why| (span, format!("`url`: {why}")))?;
        let secret_file = self.path("secret_file")?;
        let roots = if self.texts.contains_key("ca_file") {
            Roots::File(self.path("ca_file")?)
        } else {
            Roots::Platform
        };
        Ok(Way::Webhook {
            url,
            secret_file,
            roots,
        })
    }

    fn has_none_of(&self, names: &[&str], kind: &str) -> Result<(), Wrong> {
        match names.iter().find_map(|name| self.texts.get_key_value(name)) {
            Some((name, (span, _))) => Err((
                span.clone(),
                format!("a sink of kind \"{kind}\" has no `{name}`"),
            )),
            None => Ok(()),
        }
    }

    fn timeout(&mut self) -> Result<Duration, Wrong> {
        if !self.texts.contains_key("attempt_timeout") {
            return Ok(USUAL_TIMEOUT);
        }
        let allowed = Duration::from_secs(1)..=Duration::from_secs(60);
        let meant = |text: &str| {
            humantime::parse_duration(text)
                .ok()
                .filter(|time| allowed.contains(time))
        };
        self.read("attempt_timeout", meant, "a time from \"1s\" to \"60s\"")
    }
}

fn unknown(key: &str, known: &[&str]) -> String {
    let likeness = |name: &&&str| strsim::normalized_damerau_levenshtein(key, name);
    let nearest = known
        .iter()
        .filter(|name| likeness(name) >= 0.5)
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest {
        Some(name) => format!("unknown key `{key}`; did you mean `{name}`?"),
        None => format!("unknown key `{key}`; `partywall-exporter config example` shows every key"),
    }
}
