//! Runs that are cut at every step, over a store made of a list.
//! Knows: the promises of `send --lines`. Never knows: a real store.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::*;
use crate::trouble::Exit;

/// A contact and its store. Fails at the step it is told to, before or after it became durable.
#[derive(Default)]
struct Paper {
    said: Vec<String>,
    keys: BTreeSet<[u8; 32]>,
    note: Vec<u8>,
    steps_left: Option<usize>,
    runs: u8,
}

impl Paper {
    /// Whether there is strength left for a step.
    fn step(&mut self) -> Result<(), Trouble> {
        match &mut self.steps_left {
            None => Ok(()),
            Some(0) => Err(Trouble::new(Exit::Interrupted, "cut", "")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }

    fn wanted(&mut self) -> Wanted {
        self.runs += 1;
        Wanted::Resumed(RunId([self.runs; 16]))
    }

    /// One start of the command: feeds, and completes as the command does.
    async fn start(&mut self, lines: &[&str], wanted: Wanted) -> Result<Tally, Trouble> {
        let (input, mut taken) = mpsc::channel(lines.len().max(1));
        for (number, text) in (1..).zip(lines) {
            let text = Zeroizing::new((*text).to_owned());
            input.try_send(Ok(Line { number, text })).unwrap();
        }
        drop(input);
        let (run, tally) = feed(self, &mut taken, wanted).await?;
        self.step()?;
        complete(self, &run).await?;
        Ok(tally)
    }
}

impl Mouth for Paper {
    async fn record(&mut self) -> Result<Option<Record>, Trouble> {
        Ok(Record::from_bytes(&self.note))
    }

    async fn keep(&mut self, record: Option<&Record>) -> Result<(), Trouble> {
        self.step()?;
        self.note = record.map(Record::to_bytes).unwrap_or_default();
        // Once the record is gone the run is complete, whoever hears of it.
        if record.is_some() {
            self.step()
        } else {
            Ok(())
        }
    }

    async fn say(&mut self, lines: Vec<Keyed>) -> Result<Taken, Trouble> {
        let mut taken = Taken::default();
        for (key, text) in lines {
            self.step()?;
            if self.keys.insert(key) {
                self.said.push(text.to_string());
            } else {
                taken.repeated += 1;
            }
            taken
                .ids
                .push("00112233445566778899aabbccddeeff".parse().unwrap());
        }
        self.step()?;
        Ok(taken)
    }

    async fn show(&mut self, _tally: &Tally) {}
}

const POEM: [&str; 7] = ["roses", "", "red", "roses", "roses", "", "end"];

#[tokio::test]
async fn a_run_that_is_cut_anywhere_and_started_again_neither_loses_nor_repeats_a_line() {
    for first_cut in 0..16 {
        for second_cut in 0..16 {
            let mut paper = Paper::default();
            for cut in [Some(first_cut), Some(second_cut), None] {
                paper.steps_left = cut;
                let wanted = paper.wanted();
                if paper.start(&POEM, wanted).await.is_ok() {
                    break;
                }
            }
            assert_eq!(paper.said, POEM, "{first_cut} {second_cut}");
            assert!(paper.note.is_empty(), "{first_cut} {second_cut}");
        }
    }
}

#[tokio::test]
async fn the_same_input_after_a_complete_run_is_sent_again() {
    let mut paper = Paper::default();
    for _ in 0..2 {
        let wanted = paper.wanted();
        let tally = paper.start(&POEM, wanted).await.unwrap();
        assert_eq!((tally.ids.len(), tally.repeated), (7, 0));
    }
    assert_eq!(paper.said, [POEM, POEM].concat());
}

#[tokio::test]
async fn a_resumed_run_tells_what_had_been_taken_before() {
    let mut paper = Paper {
        steps_left: Some(5),
        ..Paper::default()
    };
    let wanted = paper.wanted();
    paper.start(&POEM, wanted).await.unwrap_err();
    assert_eq!(paper.said.len(), 3);
    paper.steps_left = None;
    let wanted = paper.wanted();
    let tally = paper.start(&POEM, wanted).await.unwrap();
    assert_eq!((tally.ids.len(), tally.repeated), (7, 3));
}

#[tokio::test]
async fn another_input_after_an_interruption_is_sent_whole_even_if_it_begins_alike() {
    let mut paper = Paper {
        steps_left: Some(4),
        ..Paper::default()
    };
    let wanted = paper.wanted();
    paper
        .start(&["report", "monday", "fine"], wanted)
        .await
        .unwrap_err();
    assert_eq!(paper.said, ["report", "monday"]);
    paper.steps_left = None;
    for other in [
        &["report", "tuesday"][..],
        &["report"],
        &["report", "monday", "bad"],
    ] {
        paper.said.clear();
        let wanted = paper.wanted();
        paper.start(other, wanted).await.unwrap();
        assert_eq!(paper.said, other);
    }
}

#[tokio::test]
async fn an_empty_input_leaves_an_interrupted_run_as_it_is() {
    let mut paper = Paper {
        steps_left: Some(4),
        ..Paper::default()
    };
    let wanted = paper.wanted();
    paper.start(&POEM, wanted).await.unwrap_err();
    paper.steps_left = None;
    let wanted = paper.wanted();
    paper.start(&[], wanted).await.unwrap();
    let wanted = paper.wanted();
    paper.start(&POEM, wanted).await.unwrap();
    assert_eq!(paper.said, POEM);
}

#[tokio::test]
async fn a_named_run_is_sent_once_however_often_it_is_started() {
    let mut paper = Paper::default();
    for _ in 0..3 {
        paper
            .start(&POEM, Wanted::Named("nightly".into()))
            .await
            .unwrap();
    }
    assert_eq!(paper.said, POEM);
    let more = [&POEM[..], &["more"]].concat();
    paper
        .start(&more, Wanted::Named("nightly".into()))
        .await
        .unwrap();
    assert_eq!(paper.said, [&POEM[..], &["more"]].concat());
    paper
        .start(&POEM, Wanted::Named("weekly".into()))
        .await
        .unwrap();
    assert_eq!(paper.said.len(), 15);
}

#[tokio::test]
async fn anew_begins_with_the_first_line_whatever_was_interrupted() {
    let mut paper = Paper {
        steps_left: Some(4),
        ..Paper::default()
    };
    let wanted = paper.wanted();
    paper.start(&POEM, wanted).await.unwrap_err();
    paper.said.clear();
    paper.steps_left = None;
    paper
        .start(&POEM, Wanted::Anew(RunId([99; 16])))
        .await
        .unwrap();
    assert_eq!(paper.said, POEM);
}

#[tokio::test]
async fn a_bad_line_stops_the_run_after_the_good_ones_before_it() {
    let mut paper = Paper::default();
    let (input, mut taken) = mpsc::channel(4);
    let text = Zeroizing::new("good".to_owned());
    input.try_send(Ok(Line { number: 1, text })).unwrap();
    input.try_send(Err(Trouble::failure("line 2", ""))).unwrap();
    drop(input);
    let wanted = paper.wanted();
    let ended = feed(&mut paper, &mut taken, wanted).await;
    assert_eq!(
        ended.err().map(|trouble| trouble.what).as_deref(),
        Some("line 2")
    );
    assert_eq!(paper.said, ["good"]);
    assert!(!paper.note.is_empty(), "it can be resumed");
}

#[tokio::test]
async fn a_long_input_is_known_by_its_first_lines_and_resumed_behind_them() {
    let lines: Vec<String> = (0..1_000).map(|n| format!("line {n}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut paper = Paper {
        steps_left: Some(700),
        ..Paper::default()
    };
    let wanted = paper.wanted();
    paper.start(&lines, wanted).await.unwrap_err();
    assert!(paper.said.len() > 500 && paper.said.len() < 1_000);
    paper.steps_left = None;
    let wanted = paper.wanted();
    paper.start(&lines, wanted).await.unwrap();
    assert_eq!(paper.said, lines);
}
