//! Memory against connections: what each further one costs, and what each of them costs at most.
//! Knows: counts and bytes. Never knows: whose they are.

const KIBIBYTE: f64 = 1_024.0;

/// A process at rest with so many connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) connections: usize,
    /// Of its own.
    pub(super) bytes: u64,
}

/// The same process with more and more of them.
pub(super) struct Resting {
    seen: Vec<Rest>,
    most: Rest,
}

impl Resting {
    /// None unless there are more connections each time.
    pub(super) fn of(seen: Vec<Rest>) -> Option<Self> {
        let more =
            |pair: &[Rest]| matches!(pair, [few, many] if few.connections < many.connections);
        let most = *seen.last()?;
        seen.windows(2).all(more).then_some(Self { seen, most })
    }

    /// With the most connections.
    pub(super) fn most(&self) -> Rest {
        self.most
    }

    /// From each count to the next one: both, and KiB for each further connection.
    pub(super) fn stretches(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let pairs = self.seen.iter().zip(self.seen.iter().skip(1));
        pairs.map(|(few, many)| (few.connections, many.connections, slope(*few, *many)))
    }

    /// KiB for each further connection between two counts that were looked at.
    pub(super) fn slope(&self, (from, to): (usize, usize)) -> Option<f64> {
        let at = |count| self.seen.iter().find(|rest| rest.connections == count);
        Some(slope(*at(from)?, *at(to)?))
    }
}

impl Rest {
    /// KiB for each connection, if it had so many bytes without any.
    pub(super) fn each_beyond(self, bytes: u64) -> f64 {
        (self.bytes as f64 - bytes as f64) / KIBIBYTE / self.connections as f64
    }
}

/// What the process had before any connection came, and what it keeps whatever comes, is in both and goes out.
fn slope(few: Rest, many: Rest) -> f64 {
    let further = many.connections as f64 - few.connections as f64;
    (many.bytes as f64 - few.bytes as f64) / KIBIBYTE / further
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A relay with so many KiB whatever comes, and so many for each connection.
    fn line(kept: u64, each: u64) -> Vec<Rest> {
        let rest = |connections: usize| Rest {
            connections,
            bytes: (kept + each * connections as u64) * 1_024,
        };
        [2_000, 6_000, 10_000, 18_000].map(rest).to_vec()
    }

    #[test]
    fn a_further_connection_costs_the_same_whatever_the_relay_kept_before() {
        for kept in [10_000, 48_000] {
            let seen = Resting::of(line(kept, 3)).unwrap();
            let stretches: Vec<_> = seen.stretches().collect();
            let wanted = [
                (2_000, 6_000, 3.0),
                (6_000, 10_000, 3.0),
                (10_000, 18_000, 3.0),
            ];
            assert_eq!(stretches, wanted);
            assert_eq!(seen.slope((2_000, 10_000)), Some(3.0));
            assert_eq!(seen.slope((2_000, 9_999)), None);
        }
    }

    #[test]
    fn pages_that_were_given_back_make_a_stretch_cheaper_and_are_not_hidden() {
        let mut seen = line(48_000, 3);
        seen[1].bytes -= 16 << 20;
        let stretches: Vec<_> = Resting::of(seen).unwrap().stretches().collect();
        assert!(stretches[0].2 < 0.0 && stretches[1].2 > 3.0);
    }

    #[test]
    fn a_bend_shows_in_the_upper_half() {
        let mut seen = line(10_000, 3);
        seen[3].bytes += 8_000 * 1_024;
        let seen = Resting::of(seen).unwrap();
        assert_eq!(seen.slope((2_000, 10_000)), Some(3.0));
        assert_eq!(seen.slope((10_000, 18_000)), Some(4.0));
    }

    #[test]
    fn the_plain_figure_leaves_out_only_what_a_fresh_relay_has() {
        let most = Resting::of(line(46_000, 3)).unwrap().most();
        assert_eq!(most.each_beyond(10_000 * 1_024), 5.0);
    }

    #[test]
    fn fewer_connections_than_before_make_no_line() {
        let mut seen = line(0, 1);
        seen.swap(0, 1);
        assert!(Resting::of(seen).is_none());
        assert!(Resting::of(Vec::new()).is_none());
    }
}
