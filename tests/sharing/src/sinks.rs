//! What stands in a sink, down to half a line: which records, about whom, in which batch.
//! Knows: the text of lines and bodies. Never knows: whether any of it was permitted.

use std::path::PathBuf;

use serde_json::Value;

use crate::webhook::Webhook;

/// A place to which the exporter carries.
pub enum Sink {
    /// A file; each start of an exporter may write to another, which begins as a copy.
    File(PathBuf),
    /// A webhook.
    Webhook(Webhook),
}

/// A mention of a record in a sink. Two attempts at a webhook are two mentions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// Which sink.
    pub sink: usize,
    /// Which request; 0 in a file.
    pub request: usize,
    /// In which batch, in hex.
    pub batch: String,
    /// Which record, in hex.
    pub record: String,
    /// About whom, in hex.
    pub subject: String,
}

/// A record that arrived whole.
#[derive(Clone)]
pub struct Arrived {
    /// Where it is mentioned.
    pub mention: Mention,
    /// The line, as it would stand in a file.
    pub line: Value,
}

impl Sink {
    /// Every mention, also in what is torn.
    #[must_use]
    pub fn mentions(&self, sink: usize) -> Vec<Mention> {
        self.pieces()
            .iter()
            .flat_map(|(request, text)| mentions(sink, *request, text))
            .collect()
    }

    /// Every record that arrived whole, and every line of a file.
    #[must_use]
    pub fn arrived(&self, sink: usize) -> Vec<Arrived> {
        let mut arrived = Vec::new();
        for (request, text) in self.pieces() {
            let Ok(object) = serde_json::from_slice::<Value>(&text) else {
                continue;
            };
            for line in lines(&object) {
                let Some(mention) = mention(sink, request, &line) else {
                    continue;
                };
                arrived.push(Arrived { mention, line });
            }
        }
        arrived
    }

    /// The keys that it was asked to forget, in hex.
    #[must_use]
    pub fn retracted(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for (_, text) in self.pieces() {
            let Ok(object) = serde_json::from_slice::<Value>(&text) else {
                continue;
            };
            match &object["retract"] {
                Value::String(key) => keys.push(key.clone()),
                Value::Array(all) => {
                    keys.extend(all.iter().filter_map(|key| key.as_str().map(str::to_owned)));
                }
                _ => {}
            }
        }
        keys
    }

    /// Its content as a file of lines, for the operator's comparison.
    #[must_use]
    pub fn as_file(&self) -> Vec<u8> {
        match self {
            Self::File(path) => std::fs::read(path).unwrap_or_default(),
            Self::Webhook(_) => {
                let mut seen = std::collections::BTreeSet::new();
                let mut file = Vec::new();
                for (_, text) in self.pieces() {
                    let Ok(object) = serde_json::from_slice::<Value>(&text) else {
                        continue;
                    };
                    for line in lines(&object) {
                        // Its keeper tells repetitions by the key.
                        if seen.insert(line["record"].to_string()) {
                            file.extend_from_slice(line.to_string().as_bytes());
                            file.push(b'\n');
                        }
                    }
                }
                file
            }
        }
    }

    /// Lines of a file, bodies of requests, whole or torn.
    fn pieces(&self) -> Vec<(usize, Vec<u8>)> {
        match self {
            Self::File(path) => {
                let bytes = std::fs::read(path).unwrap_or_default();
                bytes
                    .split(|byte| *byte == b'\n')
                    .filter(|line| !line.is_empty())
                    .map(|line| (0, line.to_vec()))
                    .collect()
            }
            Self::Webhook(webhook) => {
                let requests = webhook.requests();
                let bodies = requests.iter().map(|request| request.body().to_vec());
                bodies.enumerate().collect()
            }
        }
    }
}

/// A body's records as lines; a line is its own.
fn lines(object: &Value) -> Vec<Value> {
    let Some(records) = object["records"].as_array() else {
        return vec![object.clone()];
    };
    records
        .iter()
        .map(|record| {
            let mut line = record.clone();
            for key in ["batch", "sequence", "checkpoint"] {
                line[key] = object[key].clone();
            }
            line
        })
        .collect()
}

fn mention(sink: usize, request: usize, line: &Value) -> Option<Mention> {
    let text = |key: &str| line[key].as_str().map(str::to_owned);
    Some(Mention {
        sink,
        request,
        batch: text("batch")?,
        record: text("record")?,
        subject: text("subject")?,
    })
}

/// Looks for the names alone, so that half a line does not hide anybody.
fn mentions(sink: usize, request: usize, text: &[u8]) -> Vec<Mention> {
    let text = String::from_utf8_lossy(text);
    let batch = behind(&text, "\"batch\":\"").unwrap_or_default();
    let mut found = Vec::new();
    for part in text.split("\"record\":\"").skip(1) {
        let (Some(record), Some(subject)) = (part.get(..32), behind(part, "\"subject\":\"")) else {
            continue;
        };
        found.push(Mention {
            sink,
            request,
            batch: batch.clone(),
            record: record.to_owned(),
            subject,
        });
    }
    found
}

fn behind(text: &str, key: &str) -> Option<String> {
    let at = text.find(key)? + key.len();
    text.get(at..at + 32).map(str::to_owned)
}
