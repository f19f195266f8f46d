//! Looks for planted bytes in files, in every form that a careless program would leave them in.
//! Knows: the planted bytes. Never knows: where they could have come from.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The forms of one planted value: raw, hex, base64 at three alignments, UTF-16, reversed, percent.
#[must_use]
pub fn forms(planted: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let lower = hex::encode(planted);
    let mut forms = vec![
        ("raw", planted.to_vec()),
        ("upper hex", lower.to_uppercase().into_bytes()),
        ("hex", lower.into_bytes()),
        ("reversed", planted.iter().rev().copied().collect()),
        (
            "utf-16",
            planted.iter().flat_map(|byte| [*byte, 0]).collect(),
        ),
        (
            "percent",
            planted
                .iter()
                .flat_map(|byte| format!("%{byte:02X}").into_bytes())
                .collect(),
        ),
    ];
    for shift in 0..3 {
        let shifted = [&[0; 2][..shift], planted].concat();
        for (name, engine) in [
            ("base64", &STANDARD_NO_PAD),
            ("base64url", &URL_SAFE_NO_PAD),
        ] {
            let text = engine.encode(&shifted).into_bytes();
            // The characters that also depend on neighbours are left out at both ends.
            forms.push((name, text[4..text.len() - 4].to_vec()));
        }
    }
    forms
}

/// Where a planted value was found: file and form.
#[must_use]
pub fn found(planted: &[u8], files: &[PathBuf]) -> Vec<(PathBuf, &'static str)> {
    let forms = forms(planted);
    let mut hits = Vec::new();
    for path in files {
        let Ok(bytes) = std::fs::read(path) else {
            continue;
        };
        for (name, form) in &forms {
            if contains(&bytes, form) {
                hits.push((path.clone(), *name));
            }
        }
    }
    hits
}

/// Every file below a folder.
#[must_use]
pub fn files(below: &Path) -> Vec<PathBuf> {
    crate::house::files(below, "")
}

/// Whether the bytes contain the form.
#[must_use]
pub fn contains(bytes: &[u8], form: &[u8]) -> bool {
    memchr::memmem::find(bytes, form).is_some()
}
