//! The temporary folder of a tour.
//! Knows: where everything lies. Never knows: what is in it.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use partywall_world::Dice;

use crate::trouble::Trouble;

/// A folder for this tour alone; gone at its end unless it is kept.
pub(crate) struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    /// Makes it, for nobody else to look into.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn make(dice: &mut Dice, keep: bool) -> Result<Self, Trouble> {
        let name = format!("partywall-tour-{}", hex::encode(dice.bytes::<6>()));
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| {
                Trouble::failure(
                    format!(
                        "no folder can be made in {} ({error})",
                        std::env::temp_dir().display()
                    ),
                    "say where there is room in the variable TMPDIR",
                )
            })?;
        Ok(Self { path, keep })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The relay's data folder.
    pub(crate) fn relay_data(&self) -> PathBuf {
        self.path.join("relay")
    }

    /// Where the relay's log goes.
    pub(crate) fn relay_log(&self) -> PathBuf {
        self.path.join("relay.log")
    }

    /// The store of one of the two.
    pub(crate) fn store(&self, who: &str) -> PathBuf {
        self.path.join(format!("{who}.store"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            let _in_use = std::fs::remove_dir_all(&self.path);
        }
    }
}
