//! What a log answers to GET, and under which paths. (SPEC §13.6, L-12; C2SP tlog-tiles)
//! Knows: paths, strictly: one for each thing. Never knows: HTTP, which tiles there are.

use std::fmt::{Display, Formatter};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE: u64 = 256;

/// The level of a tile: its hashes are nodes at eight times that height. 0 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    /// Where the hashes are leaves.
    pub const LOWEST: Self = Self(0);
    /// The highest there is.
    pub const HIGHEST: Self = Self(5);

    /// `None` above 5.
    #[must_use]
    pub const fn new(level: u8) -> Option<Self> {
        if level <= Self::HIGHEST.0 {
            Some(Self(level))
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }
}

/// How many hashes or entries: 1 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Width(u16);

impl Width {
    /// A full tile's.
    pub const FULL: Self = Self(256);

    /// `None` for 0 and above 256.
    #[must_use]
    pub const fn new(width: u16) -> Option<Self> {
        if width >= 1 && width <= Self::FULL.0 {
            Some(Self(width))
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u16 {
        self.0
    }
}

/// Something that a log can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The newest checkpoint.
    Checkpoint,
    /// Hashes of one level, the first of them at `number` × 256.
    Tile {
        /// Which level.
        level: Level,
        /// Which tile of the level.
        number: u64,
        /// How many hashes.
        width: Width,
    },
    /// Entries, each behind its length (u16), the first of them at `number` × 256.
    Entries {
        /// Which bundle.
        number: u64,
        /// How many entries.
        width: Width,
    },
}

impl Resource {
    /// Reads a path without a slash before it, as [`Display`] writes it and in no other form. `None` for everything else.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        const LONGEST: usize = 64;
        if path.len() > LONGEST {
            return None;
        }
        let read = read(path)?;
        (read.to_string() == path).then_some(read)
    }
}

fn read(path: &str) -> Option<Resource> {
    if path == "checkpoint" {
        return Some(Resource::Checkpoint);
    }
    let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, partial(width)?),
        None => (rest, Width::FULL),
    };
    let number = number_of(number)?;
    if kind == "entries" {
        return Some(Resource::Entries { number, width });
    }
    let level = Level::new(kind.parse().ok()?)?;
    Some(Resource::Tile {
        level,
        number,
        width,
    })
}

fn partial(width: &str) -> Option<Width> {
    Width::new(width.parse().ok()?).filter(|width| *width < Width::FULL)
}

/// `x001/x234/067` is 1234067: groups of three digits, all but the last behind an `x`.
fn number_of(path: &str) -> Option<u64> {
    path.split('/').try_fold(0u64, |number, group| {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let value: u64 = digits.parse().ok()?;
        number.checked_mul(1_000)?.checked_add(value)
    })
}

impl Display for Resource {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let (number, width) = match *self {
            Self::Checkpoint => return f.write_str("checkpoint"),
            Self::Tile {
                level,
                number,
                width,
            } => {
                write!(f, "tile/{}/", level.0)?;
                (number, width)
            }
            Self::Entries { number, width } => {
                f.write_str("tile/entries/")?;
                (number, width)
            }
        };
        write_number(f, number)?;
        if width < Width::FULL {
            write!(f, ".p/{}", width.0)?;
        }
        Ok(())
    }
}

fn write_number(f: &mut Formatter<'_>, number: u64) -> std::fmt::Result {
    let digits = number.to_string();
    let groups = digits.len().div_ceil(3);
    let padded = format!("{digits:0>width$}", width = groups * 3);
    for group in 0..groups {
        if group + 1 < groups {
            f.write_str("x")?;
        }
        f.write_str(&padded[group * 3..group * 3 + 3])?;
        if group + 1 < groups {
            f.write_str("/")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_one_thing_and_back() {
        for path in [
            "checkpoint",
            "tile/0/000",
            "tile/5/999",
            "tile/0/x001/000",
            "tile/0/x001/x234/067",
            "tile/1/000.p/1",
            "tile/entries/x001/x234/067.p/255",
            "tile/entries/000",
        ] {
            assert_eq!(Resource::parse(path).unwrap().to_string(), path);
        }
        assert_eq!(
            Resource::parse("tile/3/x001/x234/067.p/5"),
            Some(Resource::Tile {
                level: Level(3),
                number: 1_234_067,
                width: Width(5)
            })
        );
        for path in [
            "",
            "/checkpoint",
            "checkpoint/",
            "tile/0/0",
            "tile/0/0000",
            "tile/00/000",
            "tile/6/000",
            "tile/-1/000",
            "tile/+1/000",
            "tile/0/+00",
            "tile/0/x000/000",
            "tile/0/001/000",
            "tile/0/x001",
            "tile/0/x1/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p/1/",
            "tile/0/000.p/1.p/1",
            "tile/0/",
            "tile//000",
            "tile/entries",
            "tile/entries/000?x",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/٠٠٠",
        ] {
            assert_eq!(Resource::parse(path), None, "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_path_panics(path in "(tile/)?[0-9a-z/.x+-]{0,40}|\\PC{0,70}") {
            if let Some(resource) = Resource::parse(&path) {
                assert_eq!(resource.to_string(), path);
            }
        }
    }
}
