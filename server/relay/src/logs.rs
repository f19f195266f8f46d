//! Log lines, as text or JSON. A field is written only if its name is on the list below and its value is a plain word or number.
//! Knows: the list. Never knows: an id, a capability, a network address; values that merely implement `Debug` or `Display` are dropped.

mod aside;

pub use aside::Aside;

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use partywall_world::Clock;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::config::settings::{LogFormat, LogLevel};

/// Every field that may appear. None of them can tell two people, mailboxes or machines apart.
const ALLOWED: &[&str] = &[
    "admission",
    "bytes",
    "code",
    "count",
    "days",
    "door",
    "failure",
    "file",
    "knob",
    "limit",
    "milliseconds",
    "phase",
    "reason",
    "rows",
    "seconds",
    "tls",
    "variable",
    "version",
    "wing",
];

/// Only our own crates speak; libraries would mention addresses.
const OURS: &str = "partywall";

/// A subscriber that writes lines to `out`.
pub fn subscriber<W>(
    format: LogFormat,
    level: LogLevel,
    clock: Arc<dyn Clock>,
    out: W,
) -> impl Subscriber + Send + Sync
where
    W: Write + Send + 'static,
{
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    tracing_subscriber::registry().with(Lines {
        format,
        level,
        clock,
        out: Mutex::new(out),
    })
}

struct Lines<W> {
    format: LogFormat,
    level: LevelFilter,
    clock: Arc<dyn Clock>,
    out: Mutex<W>,
}

impl<S: Subscriber, W: Write + Send + 'static> Layer<S> for Lines<W> {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_event()
            && metadata.target().starts_with(OURS)
            && *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut words = Words::default();
        event.record(&mut words);
        let since_epoch = Duration::from_secs(self.clock.wall().seconds());
        let time = humantime::format_rfc3339_seconds(UNIX_EPOCH + since_epoch).to_string();
        let line = match self.format {
            LogFormat::Text => text_line(&time, event.metadata(), &words),
            LogFormat::Json => json_line(time, event.metadata(), words),
        };
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody is left to be told when the log itself cannot be written.
        let _unwritable = out.write_all(line.as_bytes());
    }
}

fn text_line(time: &str, about: &Metadata<'_>, words: &Words) -> String {
    let mut line = format!("{time} {:<5} {}", about.level().as_str(), words.message);
    for (name, value) in &words.fields {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        line.push_str(&format!(" {name}={value}"));
    }
    let mut line: String = line
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    line.push('\n');
    line
}

fn json_line(time: String, about: &Metadata<'_>, words: Words) -> String {
    let mut line = Map::new();
    line.insert("time".into(), time.into());
    line.insert("level".into(), about.level().as_str().to_lowercase().into());
    line.insert("message".into(), words.message.into());
    line.extend(words.fields);
    format!("{}\n", Value::Object(line))
}

/// What an event says, as far as it may be said.
#[derive(Default)]
struct Words {
    message: String,
    fields: Map<String, Value>,
}

impl Words {
    fn keep(&mut self, field: &Field, value: Value) {
        if ALLOWED.contains(&field.name())
            || partywall_mutant::is("P07")
            || partywall_mutant::is("D13")
        {
            self.fields.insert(field.name().into(), value);
        }
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, json!(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use partywall_world::{ManualClock, Wall};

    use super::{LogFormat, LogLevel, subscriber};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, level: LogLevel, speak: impl FnOnce()) -> String {
        let page = Page::default();
        let clock = Arc::new(ManualClock::at(Wall::from_seconds(1_700_000_000)));
        tracing::subscriber::with_default(subscriber(format, level, clock, page.clone()), speak);
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_log_line_carries_only_fields_on_the_list() {
        let mut row = partywall_row::Row::of("P07");
        let address = "203.0.113.7:5000".parse::<std::net::SocketAddr>().unwrap();
        for format in [LogFormat::Text, LogFormat::Json] {
            row.tried(3);
            let line = written(format, LogLevel::Debug, || {
                tracing::info!(count = 3, mailbox = "canary", peer = %address, reason = ?address, phase = "drain", "a thing happened");
            });
            assert!(
                line.contains("a thing happened") && line.contains("drain") && line.contains('3'),
                "{line}"
            );
            assert!(
                !line.contains("canary") && !line.contains("203.0.113"),
                "{line}"
            );
        }
    }

    #[test]
    fn a_json_log_line_is_one_object_and_a_text_line_stays_one_line() {
        let line = written(LogFormat::Json, LogLevel::Info, || {
            tracing::warn!(days = 3, "wait\nfor it")
        });
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            object,
            serde_json::json!({"time": "2023-11-14T22:13:20Z", "level": "warn", "message": "wait\nfor it", "days": 3})
        );
        let line = written(LogFormat::Text, LogLevel::Info, || {
            tracing::warn!(days = 3, "wait\nfor it")
        });
        assert_eq!(line, "2023-11-14T22:13:20Z WARN  wait for it days=3\n");
    }

    #[test]
    fn libraries_and_finer_levels_stay_silent() {
        let line = written(LogFormat::Text, LogLevel::Info, || {
            tracing::info!(target: "hyper::server", "203.0.113.7 came");
            tracing::debug!("too fine");
        });
        assert_eq!(line, "");
    }
}
