//! A deposit line in bad weather, seed by seed: connections break at any moment, answers get lost, the relay is slow or
//! full; everything arrives, first in its order, as the same bytes. (SPEC P-18, P-19)
//! Knows: frames and events. Never knows: real sockets, real time.

use std::time::Duration;

use partywall_ground::Close;
use partywall_row::Row;
use partywall_world::Dice;
use tokio::time::timeout;

use super::tests::{Caller, ScriptedRelay, accepts, let_in, line, submit};
use super::*;

/// Longer than any backoff.
const PATIENCE: Duration = Duration::from_secs(7_200);
const A_MOMENT: Duration = Duration::from_secs(1);

struct Weather {
    dice: Dice,
    line: DepositLine,
    count: u64,
    submitted: u64,
    /// Up to here the line was told that the relay has it.
    told: u64,
    /// What the relay was left, in order, repetitions included.
    kept: Vec<u8>,
    breaks: u64,
}

impl Weather {
    async fn submits(&mut self, most: u64) {
        for _ in 0..most {
            if self.submitted < self.count {
                self.submitted += 1;
                let fill = u8::try_from(self.submitted).expect("fewer than 256");
                submit(&self.line, self.submitted, fill).await;
            }
        }
    }

    fn hears(&mut self) {
        while let Ok(event) = self.line.events.try_recv() {
            if let DepositEvent::Accepted { id } = event {
                assert!(id.0 > self.told, "told once, and in order");
                let highest = self.kept.iter().max();
                assert!(highest.is_some_and(|kept| u64::from(*kept) >= id.0));
                self.told = id.0;
            }
        }
    }

    /// One connection, until it breaks or everything is accepted.
    async fn one_connection(&mut self, mut caller: Caller) {
        let (mut read, mut answered) = (0, 0);
        loop {
            match self.dice.below(12) {
                // It breaks, and with it goes every answer that was on its way.
                0 => break,
                1 => {
                    caller.close(Close::Full).await;
                    break;
                }
                2 => self.submits(3).await,
                3..6 if read > answered => {
                    accepts(&mut caller, read).await;
                    answered = read;
                    if self.dice.below(4) == 0 {
                        break;
                    }
                }
                _ => match timeout(A_MOMENT, caller.hears()).await {
                    Ok(Ok(Incoming::Frame(frame))) => {
                        let Ok(FromClient::Deposit(deposit)) = FromClient::decode(&frame) else {
                            panic!("nothing but deposits is said");
                        };
                        read += 1;
                        assert_eq!(deposit.number.value().get(), read, "numbers count");
                        self.kept.push(deposit.envelope.as_bytes()[0]);
                    }
                    // There was nothing to do for a while.
                    Ok(_) => return,
                    Err(_) => {}
                },
            }
            tokio::time::sleep(Duration::from_millis(self.dice.below(400))).await;
            self.hears();
            if self.told == self.count {
                return;
            }
        }
        self.breaks += 1;
    }
}

/// Gives how often connections broke.
async fn a_storm(seed: u64) -> u64 {
    let mut dice = Dice::seeded(seed);
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let mut weather = Weather {
        count: 1 + dice.below(30),
        dice,
        line: line(&relay),
        submitted: 0,
        told: 0,
        kept: Vec::new(),
        breaks: 0,
    };
    while weather.told < weather.count {
        weather.submits(5).await;
        let Ok(caller) = timeout(PATIENCE, let_in(&mut relay)).await else {
            panic!("seed {seed}: what was not answered is not said again");
        };
        weather.one_connection(caller).await;
        weather.hears();
    }
    let mut first = weather.kept.clone();
    let mut seen = std::collections::BTreeSet::new();
    first.retain(|fill| seen.insert(*fill));
    let everything: Vec<u8> = (1..=u8::try_from(weather.count).expect("few")).collect();
    assert_eq!(first, everything, "seed {seed}: first in its order");
    weather.breaks
}

#[tokio::test(start_paused = true)]
async fn however_often_connections_break_everything_is_deposited_in_order_and_known_to_be() {
    let mut row = Row::of("X13");
    let (first, seeds, mut breaks) = (row.seed() * 1_000_000, row.times(100, 10_000), 0);
    for seed in first..first + seeds {
        breaks += a_storm(seed).await;
        row.tried(1);
    }
    assert!(breaks > seeds / 2, "there was weather");
    row.figure(format!(
        "{seeds} seeds in simulation, {breaks} connections broke"
    ));
}
