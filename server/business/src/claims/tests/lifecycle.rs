//! The life of a consent as a bounded model, over the real rules and a real database: every sequence of so many
//! steps, each from the beginning. (SPEC T-14 to T-16, X-1 to, B-23)
//! Knows: sequences of steps. Never knows: what a step does.

mod world;

use std::sync::Mutex;

use partywall_row::Row;
use stateright::{Checker, Model, Property};
use world::{Ending, Step, World, Wrong};

const STEPS: [Step; 13] = [
    Step::Says,
    Step::Claims,
    Step::Sends,
    Step::Closes(Ending::Sent),
    Step::Closes(Ending::Void),
    Step::Closes(Ending::Uncertain),
    Step::Withdraws,
    Step::AgreesToAll,
    Step::AgreesToLess,
    Step::PolicyChanges,
    Step::Expires,
    Step::Dies,
    Step::Leaves,
];

/// How far life is when the sequences begin.
const BEGINNINGS: [&[Step]; 3] = [
    &[],
    &[Step::Says, Step::Claims],
    &[Step::Says, Step::Claims, Step::Sends],
];

/// One sequence of steps, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Past {
    steps: Vec<Step>,
    /// How many steps more there may be.
    left: usize,
    wrong: Option<Wrong>,
    was_told: bool,
    was_aborted: bool,
}

/// All sequences of so many steps.
struct Life {
    longest: usize,
    told: Mutex<u64>,
}

impl Life {
    fn past(&self, steps: Vec<Step>, left: usize) -> Past {
        let mut world = World::begins();
        let wrong = steps.iter().find_map(|step| world.does(*step).err());
        *self.told.lock().unwrap() += world.taken.len() as u64;
        Past {
            steps,
            left,
            wrong,
            was_told: !world.taken.is_empty(),
            was_aborted: world.aborted > 0,
        }
    }
}

const PROMISE: &str = "nothing leaves that is not consented to, and nothing twice";

impl Model for Life {
    type State = Past;
    type Action = Step;

    fn init_states(&self) -> Vec<Past> {
        let pasts = BEGINNINGS.iter();
        pasts
            .map(|steps| self.past(steps.to_vec(), self.longest))
            .collect()
    }

    fn actions(&self, past: &Past, possible: &mut Vec<Step>) {
        if past.left > 0 {
            possible.extend(STEPS);
        }
    }

    fn next_state(&self, past: &Past, step: Step) -> Option<Past> {
        let mut steps = past.steps.clone();
        steps.push(step);
        Some(self.past(steps, past.left - 1))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(PROMISE, |_, past: &Past| past.wrong.is_none()),
            Property::sometimes("something was told", |_, past: &Past| past.was_told),
            Property::sometimes("something was barred on its way", |_, past: &Past| {
                past.was_aborted
            }),
        ]
    }
}

#[test]
fn in_whichever_order_consent_is_given_taken_back_and_used_nothing_leaves_without_it() {
    let mut row = Row::of("S11");
    let longest = usize::try_from(row.times(2, 4)).unwrap();
    let life = Life {
        longest,
        told: Mutex::default(),
    };
    let checker = life.checker().threads(2).spawn_bfs().join();
    if let Some(path) = checker.discovery(PROMISE) {
        panic!("{:?}", path.last_state());
    }
    checker.assert_properties();
    row.tried(checker.unique_state_count() as u64);
    row.figure(format!(
        "every sequence of {longest} of {} steps, from {} beginnings: {} lives, {} records told",
        STEPS.len(),
        BEGINNINGS.len(),
        checker.unique_state_count(),
        checker.model().told.lock().unwrap()
    ));
}
