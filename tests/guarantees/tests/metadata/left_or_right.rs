//! Left or right: an `Eavesdropper` chooses pairs of texts, and is given all that the relay sees of one of each.
//! (docs/guarantees.md, confidentiality; row D06)
//! Knows: frames as they come to the relay. Never knows: which text is in which.

use partywall_peer::deposit::{Deposit, FromClient};
use partywall_peer::{Envelope, Number};
use partywall_row::Row;

use crate::classify::{Classifier, all, auc, tolerance};
use crate::pair::Pair;

/// As unlike as two contents of one size can be: what they say, how long they are, how they are spread.
const LEFT: &[u8] = b"yes";
const RIGHT: [u8; 1_700] = [0; 1_700];

/// All that the relay sees of one message, and whether it was the right one.
struct Seen {
    frame: Vec<u8>,
    is_right: bool,
}

/// The frame of an envelope at the deposit door: with its number, it is all that comes. (An envelope that is none
/// is shown as it is.)
fn frame(envelope: Vec<u8>, number: Number) -> Vec<u8> {
    match Envelope::try_from(envelope.clone()) {
        Ok(envelope) => FromClient::from(Deposit { number, envelope }).encode(),
        Err(_) => envelope,
    }
}

/// Both of a pair, in an order that a coin decides, one connection for all of them.
struct Challenger {
    pair: Pair,
    next: Number,
}

impl Challenger {
    fn with_seed(seed: u64) -> Self {
        let (pair, next) = (Pair::with_seed(seed), Number::FIRST);
        Self { pair, next }
    }

    fn sends(&mut self) -> [Seen; 2] {
        let first = self.pair.dice().below(2) == 1;
        [first, !first].map(|is_right| {
            let content = if is_right { &RIGHT[..] } else { LEFT };
            let envelope = self.pair.seals(content);
            let number = self.next;
            self.next = number.next();
            let frame = frame(envelope, number);
            Seen { frame, is_right }
        })
    }
}

/// Learns from half of the pairs, judges the other half: each classifier's name and AUC, and of how many each.
fn play(pairs: u64, mut send: impl FnMut() -> [Seen; 2]) -> (Vec<(&'static str, f64)>, usize) {
    let mut classifiers: Vec<Box<dyn Classifier>> = all();
    for _ in 0..pairs / 2 {
        for seen in send() {
            for classifier in &mut classifiers {
                classifier.learn(&seen.frame, seen.is_right);
            }
        }
    }
    let mut scores = vec![[Vec::new(), Vec::new()]; classifiers.len()];
    for _ in 0..pairs / 2 {
        for seen in send() {
            for (scores, classifier) in scores.iter_mut().zip(&classifiers) {
                scores[usize::from(seen.is_right)].push(classifier.score(&seen.frame));
            }
        }
    }
    let each = scores[0][0].len();
    let judged = classifiers.iter().zip(&scores);
    let judged = judged.map(|(classifier, [left, right])| (classifier.name(), auc(left, right)));
    (judged.collect(), each)
}

#[test]
fn of_two_texts_of_one_size_nobody_can_tell_which_was_sent() {
    let mut row = Row::of("D06");
    let pairs = row.times(2_000, 100_000);
    let mut challenger = Challenger::with_seed(row.seed());
    let (judged, each) = play(pairs, || challenger.sends());
    let allowed = tolerance(each);
    let farthest = |(_, auc): &(&str, f64)| (auc - 0.5).abs();
    let best = judged
        .iter()
        .max_by(|one, other| farthest(one).total_cmp(&farthest(other)))
        .expect("there are classifiers");
    println!("{judged:?}, allowed {allowed}");
    assert!(farthest(best) <= allowed, "{best:?}: more than {allowed}");
    row.tried(pairs);
    row.figure(format!(
        "left or right over {pairs} pairs: the best of {} classifiers ({}) has AUC {:.4} (0.5 ± {allowed:.3} is chance)",
        judged.len(),
        best.0,
        best.1
    ));
}

/// A flaw for each classifier, planted in the right ones.
type Flaw = fn(&mut Vec<u8>);

#[test]
fn the_same_classifiers_find_a_difference_where_one_is_planted() {
    let flaws: [(&str, Flaw); 5] = [
        ("length", |frame| frame.push(0)),
        ("frequencies", |frame| {
            for byte in frame.iter_mut().skip(100).step_by(23) {
                *byte |= 0x80;
            }
        }),
        ("evenness", |frame| frame[100..500].fill(7)),
        ("means of places", |frame| frame[2_000] |= 0xf0),
        ("logistic regression", |frame| frame[3_000] &= 0x3f),
    ];
    for (finder, plant) in flaws {
        let mut challenger = Challenger::with_seed(7);
        let (judged, _) = play(1_000, || {
            challenger.sends().map(|mut seen| {
                if seen.is_right && seen.frame.len() > 3_001 {
                    plant(&mut seen.frame);
                }
                seen
            })
        });
        let (_, auc) = judged
            .iter()
            .find(|(name, _)| *name == finder)
            .expect("there is such a classifier");
        assert!((auc - 0.5).abs() > 0.1, "{finder} sees {auc}");
    }
}
