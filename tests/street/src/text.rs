//! Real text to send: the licence texts that every Debian carries, else our own documents.
//! Knows: files of text. Never knows: who reads them.

use std::path::Path;

use crate::house;

/// So many lines, empty ones among them; the texts start over when they end.
#[must_use]
pub fn lines(count: usize) -> Vec<String> {
    let licences = Path::new("/usr/share/common-licenses");
    let mut files = house::files(licences, "");
    if files.is_empty() {
        files = house::files(&house::root(), ".md");
    }
    let texts: Vec<String> = files
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    texts.iter().cycle().take(count).cloned().collect()
}
