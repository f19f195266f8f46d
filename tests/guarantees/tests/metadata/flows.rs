//! Somebody who watches both ends of the street: which of the flows that leave is which of those that arrive?
//! (docs/guarantees.md, row D08: bounded, not defeated)
//! Knows: sizes and times on either side. Never knows: what TLS carries.

use partywall_row::Row;
use partywall_world::Dice;

use crate::classify::{auc, tolerance};
use crate::pair::Pair;

/// Messages of a flow that is watched.
const WATCHED: usize = 25;
/// How long a message is on its way, at most, in seconds: the relay hands it on at once.
const LONGEST_WAY: f64 = 0.25;

/// What is seen of one flow at one end: when, and how many bytes.
type Flow = Vec<(f64, usize)>;

/// How long people's texts are.
#[derive(Clone, Copy)]
enum Texts {
    /// Up to 1,500 bytes.
    Short,
    /// The same, but three of a hundred have up to 12,000.
    SomeLong,
}

impl Texts {
    fn draw(self, dice: &mut Dice) -> usize {
        let is_long = matches!(self, Self::SomeLong) && dice.below(100) < 3;
        let (least, most) = if is_long { (2_000, 12_000) } else { (1, 1_500) };
        usize::try_from(least + dice.below(most - least)).expect("small")
    }
}

fn unit(dice: &mut Dice) -> f64 {
    dice.below(1 << 52) as f64 / (1_u64 << 52) as f64
}

/// A conversation as it leaves, and as it arrives.
fn watched(pair: &mut Pair, texts: Texts, dice: &mut Dice) -> [Flow; 2] {
    let mut now = 0.0;
    let leaves: Flow = (0..WATCHED)
        .map(|_| {
            now += -20.0 * (1.0 - unit(dice)).ln();
            let content = vec![b'x'; texts.draw(dice)];
            (now, pair.seals(&content).len())
        })
        .collect();
    let way = |(at, size): &(f64, usize)| (at + 0.03 + (LONGEST_WAY - 0.03) * unit(dice), *size);
    let arrives = leaves.iter().map(way).collect();
    [leaves, arrives]
}

/// How many of two flows' messages have the same size, in order.
fn same_sizes(leaves: &Flow, arrives: &Flow) -> f64 {
    let both = leaves.iter().zip(arrives);
    both.filter(|((_, one), (_, other))| one == other).count() as f64
}

/// How many of the messages that left arrived as soon as a message does.
fn same_times(leaves: &Flow, arrives: &Flow) -> f64 {
    let soon = |at: f64| {
        let on_time = |(when, _): &(f64, usize)| (at..=at + LONGEST_WAY).contains(when);
        arrives.iter().any(on_time)
    };
    leaves.iter().filter(|(at, _)| soon(*at)).count() as f64
}

/// How well a score tells flows that belong together from flows that do not, over all pairs of neighbours.
fn told_apart(flows: &[[Flow; 2]], score: fn(&Flow, &Flow) -> f64) -> f64 {
    let together: Vec<f64> = flows
        .iter()
        .map(|[leaves, arrives]| score(leaves, arrives))
        .collect();
    let apart = (0..flows.len()).map(|at| {
        let other = (at + 1) % flows.len();
        score(&flows[at][0], &flows[other][1])
    });
    auc(&apart.collect::<Vec<_>>(), &together)
}

#[test]
fn sizes_do_not_tell_which_flows_belong_together_and_times_do() {
    let mut row = Row::of("D08");
    let mut dice = Dice::seeded(row.seed()).stream("flows");
    let mut pair = Pair::with_seed(row.seed());
    let count = row.times(200, 4_000);
    let mut flows = |texts| -> Vec<[Flow; 2]> {
        (0..count)
            .map(|_| watched(&mut pair, texts, &mut dice))
            .collect()
    };
    let (short, some_long) = (flows(Texts::Short), flows(Texts::SomeLong));
    let by_size = told_apart(&short, same_sizes);
    let with_long = told_apart(&some_long, same_sizes);
    let by_time = told_apart(&short, same_times);
    let allowed = tolerance(short.len());
    assert!(
        (by_size - 0.5).abs() <= allowed,
        "by the sizes of short texts: {by_size}, and {allowed} is chance"
    );
    // Not a defence, and said so: whoever sees both ends sees the times.
    assert!(by_time > 0.9, "the control: times tell, {by_time}");
    row.tried(2 * count);
    row.figure(format!(
        "matched flows of {WATCHED} messages, AUC by sizes {by_size:.3} (short texts) and {with_long:.3} (3 of 100 long), by times {by_time:.3}: not protected against who watches both ends"
    ));
}
