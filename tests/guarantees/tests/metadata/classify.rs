//! Simple classifiers over bytes, and how well a score tells two kinds apart.
//! Knows: bytes with a label. Never knows: where they come from.

/// Bytes that are looked at, from the front; shorter ones are taken as if zeros followed.
const LOOKED_AT: usize = 4_160;

/// Learns from labelled bytes, then scores others: a higher score for what looks like the right ones.
pub(crate) trait Classifier {
    /// What it looks at.
    fn name(&self) -> &'static str;
    /// Takes in one that is known.
    fn learn(&mut self, bytes: &[u8], is_right: bool);
    /// Scores one that is not.
    fn score(&self, bytes: &[u8]) -> f64;
}

/// All of them.
pub(crate) fn all() -> Vec<Box<dyn Classifier>> {
    vec![
        Box::new(Length::default()),
        Box::new(Histogram::default()),
        Box::new(Evenness),
        Box::new(Places::new()),
        Box::new(Logistic::new()),
    ]
}

/// How often a right one scores above a left one, ties counted by half: the area under the curve.
pub(crate) fn auc(left: &[f64], right: &[f64]) -> f64 {
    let mut left = left.to_vec();
    left.sort_by(f64::total_cmp);
    let above: f64 = right
        .iter()
        .map(|score| {
            let below = left.partition_point(|other| other < score);
            let up_to = left.partition_point(|other| other <= score);
            (below + up_to) as f64 / 2.0
        })
        .sum();
    above / (left.len() * right.len()) as f64
}

/// How far from a half an AUC over so many of each kind may lie by chance alone: 4.5 standard deviations, which of
/// five classifiers one exceeds once in 30,000 runs; never less than a hundredth.
pub(crate) fn tolerance(each: usize) -> f64 {
    let deviation = (1.0 / (6.0 * each as f64)).sqrt();
    (4.5 * deviation).max(0.01)
}

#[derive(Default)]
struct Length {
    sums: [f64; 2],
}

impl Classifier for Length {
    fn name(&self) -> &'static str {
        "length"
    }

    fn learn(&mut self, bytes: &[u8], is_right: bool) {
        self.sums[usize::from(is_right)] += bytes.len() as f64;
    }

    fn score(&self, bytes: &[u8]) -> f64 {
        bytes.len() as f64 * (self.sums[1] - self.sums[0]).signum()
    }
}

/// Which bytes are how frequent: naive Bayes.
struct Histogram {
    counts: [[f64; 256]; 2],
}

impl Default for Histogram {
    fn default() -> Self {
        let counts = [[1.0; 256]; 2];
        Self { counts }
    }
}

impl Classifier for Histogram {
    fn name(&self) -> &'static str {
        "frequencies"
    }

    fn learn(&mut self, bytes: &[u8], is_right: bool) {
        let counts = &mut self.counts[usize::from(is_right)];
        for byte in bytes {
            counts[usize::from(*byte)] += 1.0;
        }
    }

    fn score(&self, bytes: &[u8]) -> f64 {
        let [left, right] = &self.counts;
        let totals = [left, right].map(|counts| counts.iter().sum::<f64>());
        let mut weights = [0.0; 256];
        for (byte, weight) in weights.iter_mut().enumerate() {
            *weight = (right[byte] / totals[1]).ln() - (left[byte] / totals[0]).ln();
        }
        bytes.iter().map(|byte| weights[usize::from(*byte)]).sum()
    }
}

/// How far a single one's bytes are from even: learns nothing.
struct Evenness;

impl Classifier for Evenness {
    fn name(&self) -> &'static str {
        "evenness"
    }

    fn learn(&mut self, _: &[u8], _: bool) {}

    fn score(&self, bytes: &[u8]) -> f64 {
        let mut counts = [0.0_f64; 256];
        for byte in bytes {
            counts[usize::from(*byte)] += 1.0;
        }
        let even = bytes.len() as f64 / 256.0;
        counts.iter().map(|count| (count - even).powi(2)).sum()
    }
}

/// Means of every place: a linear discriminant of independent bytes.
struct Places {
    sums: [Vec<f64>; 2],
    seen: [f64; 2],
}

impl Places {
    fn new() -> Self {
        let sums = [vec![0.0; LOOKED_AT], vec![0.0; LOOKED_AT]];
        let seen = [1.0; 2];
        Self { sums, seen }
    }
}

impl Classifier for Places {
    fn name(&self) -> &'static str {
        "means of places"
    }

    fn learn(&mut self, bytes: &[u8], is_right: bool) {
        let side = usize::from(is_right);
        self.seen[side] += 1.0;
        for (sum, byte) in self.sums[side].iter_mut().zip(bytes) {
            *sum += f64::from(*byte);
        }
    }

    fn score(&self, bytes: &[u8]) -> f64 {
        let [left, right] = &self.sums;
        let places = left.iter().zip(right).zip(bytes);
        places
            .map(|((left, right), byte)| {
                (right / self.seen[1] - left / self.seen[0]) * f64::from(*byte)
            })
            .sum()
    }
}

/// Logistic regression over the bytes, one pass of gradient descent.
struct Logistic {
    weights: Vec<f64>,
    bias: f64,
}

/// How far one example moves the weights.
const STEP: f64 = 0.002;

impl Logistic {
    fn new() -> Self {
        let weights = vec![0.0; LOOKED_AT];
        Self { weights, bias: 0.0 }
    }
}

impl Classifier for Logistic {
    fn name(&self) -> &'static str {
        "logistic regression"
    }

    fn learn(&mut self, bytes: &[u8], is_right: bool) {
        let said = 1.0 / (1.0 + (-self.score(bytes)).exp());
        let error = f64::from(u8::from(is_right)) - said;
        self.bias += STEP * error;
        for (weight, byte) in self.weights.iter_mut().zip(bytes) {
            *weight += STEP * error * scaled(*byte);
        }
    }

    fn score(&self, bytes: &[u8]) -> f64 {
        let places = self.weights.iter().zip(bytes);
        self.bias
            + places
                .map(|(weight, byte)| weight * scaled(*byte))
                .sum::<f64>()
    }
}

fn scaled(byte: u8) -> f64 {
    (f64::from(byte) - 127.5) / 127.5
}

#[test]
fn scores_that_tell_nothing_are_one_half_and_scores_that_tell_all_are_none_or_one() {
    assert!((auc(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]) - 0.5).abs() < 1e-9);
    assert!((auc(&[1.0, 2.0], &[3.0, 4.0]) - 1.0).abs() < 1e-9);
    assert!(auc(&[3.0, 4.0], &[1.0, 2.0]).abs() < 1e-9);
    assert!(tolerance(50_000) < 0.0101 && tolerance(1_000) < 0.06);
}
