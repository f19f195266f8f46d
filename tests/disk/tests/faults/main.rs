//! Faults of the machine, done to the relay's process: whatever happens to it, its people's histories are
//! judged afterwards. (Rows X of the guarantee catalogue)

mod kills;
mod power;

mod room;
mod writes;

mod dates;
mod limits;
mod randomness;

mod bits;
mod tables;

mod folder;
mod outsiders;

mod logs;

mod crowds;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use partywall_test_disk::relay::{Relay, Start};
use partywall_world::Dice;
use tempfile::TempDir;

/// A relay's folder inside one that goes away. In memory if the machine has such a place: what dies here is a
/// process, or a disk that is pretended, and no fsync has to be waited for.
struct House {
    around: TempDir,
}

impl House {
    fn new() -> Self {
        let in_memory = tempfile::tempdir_in("/dev/shm");
        let around = in_memory.or_else(|_| tempfile::tempdir());
        Self {
            around: around.expect("there is room for a folder"),
        }
    }

    fn data(&self) -> PathBuf {
        self.around.path().join("relay")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.around.path().join(name)
    }

    /// A relay over the folder, on a disk that nobody touches.
    fn relay(&self) -> Relay {
        self.starts().expect("the relay starts")
    }

    fn starts(&self) -> Result<Relay, String> {
        Start::over(&self.data()).begin()?.ready()
    }
}

impl House {
    /// Another folder with the same files in it.
    fn copy_to(&self, other: &Self) {
        std::fs::create_dir(other.data()).expect("a folder");
        for entry in std::fs::read_dir(self.data()).expect("a folder").flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                let copied = std::fs::copy(entry.path(), other.data().join(entry.file_name()));
                copied.expect("a copy");
            }
        }
    }
}

/// So many worlds side by side, each with dice of its own and its share of all tries; what each says.
fn worlds<T: Send>(
    count: u64,
    (tries, seed): (u64, u64),
    world: impl Fn(Dice, u64) -> T + Sync,
) -> Vec<T> {
    let mut dice = Dice::seeded(seed);
    thread::scope(|scope| {
        let share = |number: u64| tries / count + u64::from(number < tries % count);
        let all: Vec<_> = (0..count)
            .map(|number| {
                let (dice, world) = (dice.stream("world"), &world);
                scope.spawn(move || world(dice, share(number)))
            })
            .collect();
        all.into_iter()
            .map(|world| world.join().expect("nothing is wrong in this world"))
            .collect()
    })
}

/// A moment less than so many milliseconds ahead: when something is done to the relay.
fn moment(dice: &mut Dice, milliseconds: u64) -> Duration {
    Duration::from_micros(dice.below(milliseconds * 1_000))
}
