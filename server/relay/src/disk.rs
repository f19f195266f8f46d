//! Watches how much disk is left, with a margin so that the answer does not flicker.
//! Knows: free bytes and a floor. Never knows: mailboxes; the plane is told by others.

/// How the disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// There is room.
    Roomy,
    /// No new mailboxes; the old ones are served.
    Low,
}

impl Disk {
    /// How it is after `free` bytes were found to be left, with `floor` the least that is wanted.
    ///
    /// Once low, it counts as roomy again only with an eighth more than the floor.
    #[must_use]
    pub fn after(self, free: u64, floor: u64) -> Self {
        let wanted = match self {
            Self::Roomy => floor,
            Self::Low => floor.saturating_add(floor / 8),
        };
        if free < wanted {
            Self::Low
        } else {
            Self::Roomy
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Disk;

    #[test]
    fn a_disk_is_low_below_its_floor_and_roomy_again_only_with_a_margin() {
        let disk = Disk::Roomy.after(800, 800);
        assert_eq!(disk, Disk::Roomy);
        let disk = disk.after(799, 800);
        assert_eq!(disk, Disk::Low);
        let disk = disk.after(899, 800);
        assert_eq!(disk, Disk::Low);
        assert_eq!(disk.after(900, 800), Disk::Roomy);
    }

    #[test]
    fn a_floor_of_nothing_is_never_undercut() {
        assert_eq!(Disk::Low.after(0, 0), Disk::Roomy);
    }
}
