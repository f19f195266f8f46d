//! Where things lie: the repository's root, the built binaries.
//! Knows: paths. Never knows: what the binaries do.

use std::path::{Path, PathBuf};

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where the binaries are, if not beside the running test: `cargo xtask guarantees` has two builds of them.
const BINARIES: &str = "PARTYWALL_BINARIES";

/// A binary that was built beside the running test (`cargo build --bins` first).
///
/// # Errors
/// One sentence when it is not there.
pub fn binary(name: &str) -> Result<PathBuf, String> {
    let test = std::env::current_exe().map_err(|error| error.to_string())?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let beside = test.ancestors().skip(1).take(2).map(Path::to_path_buf);
    let chosen = std::env::var_os(BINARIES).map(PathBuf::from);
    let folders = match chosen {
        Some(chosen) => vec![chosen],
        None => beside.collect(),
    };
    folders
        .into_iter()
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
        .ok_or_else(|| format!("`{file}` is not built: run `cargo build --bins` first"))
}

/// Every file below a folder with this ending, build folders left out.
#[must_use]
pub fn files(below: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![below.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or("");
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if path.is_file() && name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
