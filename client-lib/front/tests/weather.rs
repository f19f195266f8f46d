//! Two people over a network that does what networks do: latency, drips, resets, half-closed connections, partitions,
//! cuts at any byte. What was said is surfaced once and in order, over real sockets and real TLS. (SPEC C-2, C-3, P-19)
//! Knows: the library's front, a proxy's knobs. Never knows: how anything is done behind them.

use std::time::Duration;

use partywall_client::{Client, Contact, EventKind, Events, RelayLink, State, Store};
use partywall_row::Row;
use partywall_test_histories::{History, Letter, judge};
use partywall_test_relay::{Direction, Door, Knobs, Road, TestRelay};
use partywall_world::Dice;

const PASSPHRASE: &str = "only for a test";
const PATIENCE: Duration = Duration::from_secs(50);

/// Turns the knobs to some weather, for every connection.
fn turns(knobs: &Knobs, dice: &mut Dice) {
    knobs.clear();
    let bytes = dice.below(30_000);
    knobs.road(match dice.below(6) {
        0 => Road::Smooth,
        1 => Road::Dripping(128, 1),
        2 => Road::Reset(bytes),
        3 => Road::HalfClosed(bytes),
        4 => Road::Partition(bytes, Duration::from_millis(400)),
        _ => Road::Dripping(1_024, 2),
    });
    for door in [Door::Collect, Door::Deposit] {
        for direction in [Direction::ToRelay, Direction::ToClient] {
            match dice.below(4) {
                0 => {
                    let late = Duration::from_millis(1 + dice.below(60));
                    knobs.of(door, direction).delay(late);
                }
                1 => knobs.of(door, direction).cut_after(dice.below(20_000)),
                _ => {}
            }
        }
    }
    knobs.cut_all();
}

struct Person {
    number: u64,
    to: Contact,
    events: Events,
    history: History,
    said: Vec<(Letter, partywall_client::MessageId)>,
}

impl Person {
    async fn says(&mut self) {
        let number = self.said.len() as u64 + 1;
        let letter = Letter {
            conversation: 1,
            sender: self.number,
            number,
        };
        let text = format!("{} {number}", self.number);
        let sent = self.to.say(&text).await.expect("it is durable here");
        self.said.push((letter, sent.id()));
    }

    /// Reads until so many have been surfaced, and a little longer in case there are more.
    async fn reads(&mut self, all: u64) {
        let (mut surfaced, mut patience) = (0, PATIENCE);
        while let Ok(Some(event)) = tokio::time::timeout(patience, self.events.next()).await {
            if let EventKind::Message { text, .. } = event.kind() {
                let (sender, number) = text.split_once(' ').expect("a text of this story");
                let letter = Letter {
                    conversation: 1,
                    sender: sender.parse().expect("a text of this story"),
                    number: number.parse().expect("a text of this story"),
                };
                self.history.surfaced(letter);
                self.history.done(letter);
                surfaced += 1;
            }
            event.done().await.expect("the client lives");
            if surfaced >= all {
                patience = Duration::from_millis(300);
            }
        }
    }

    async fn hears_of_its_own(&mut self) {
        for (letter, id) in &self.said {
            let state = tokio::time::timeout(PATIENCE, self.to.wait_accepted(*id)).await;
            let state = state.expect("what was said is accepted, however bad the weather was");
            assert!(matches!(state, Ok(State::Accepted | State::Delivered)));
            self.history.accepted(*letter);
        }
    }
}

async fn a_storm(seed: u64, rounds: u64) -> u64 {
    let mut dice = Dice::seeded(seed);
    let here = tempfile::tempdir().expect("room for a folder");
    let server = TestRelay::builder().seed(seed).start().await;
    let relay: RelayLink = server.relay_link().parse().expect("a link");
    let mut clients = Vec::new();
    for name in ["alice", "bob"] {
        let store = Store::at(here.path().join(name));
        clients.push(Client::open(store, PASSPHRASE).await.expect("a new store"));
    }
    let [alice, bob] = &clients[..] else { return 0 };
    let invitation = alice
        .peer()
        .invite(&relay)
        .named("bob")
        .await
        .expect("made");
    let to_alice = bob.peer().add(&invitation, "alice").await.expect("added");
    to_alice.say("hello").await.expect("said");
    let (mut of_alice, of_bob) = (alice.peer().events(), bob.peer().events());
    // Until Alice knows him.
    let hello = async {
        while let Some(event) = of_alice.next().await {
            let is_it = matches!(event.kind(), EventKind::Message { .. });
            event.done().await.expect("the client lives");
            if is_it {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, hello)
        .await
        .expect("hello arrives");
    let to_bob = alice.peer().contact("bob").await.expect("known");
    let person = |number, to, events| Person {
        number,
        to,
        events,
        history: History::default(),
        said: Vec::new(),
    };
    let mut people = [person(1, to_bob, of_alice), person(2, to_alice, of_bob)];
    for _ in 0..rounds {
        turns(server.knobs(), &mut dice);
        for _ in 0..3 {
            for person in &mut people {
                person.says().await;
            }
            tokio::time::sleep(Duration::from_millis(dice.below(120))).await;
        }
    }
    server.knobs().clear();
    server.knobs().cut_all();
    let said = rounds * 3;
    for person in &mut people {
        person.hears_of_its_own().await;
    }
    for person in &mut people {
        person.reads(said).await;
    }
    let histories = people.map(|person| person.history);
    let judged = judge(&histories).expect("what was promised");
    assert_eq!((judged.accepted, judged.surfaced), (2 * said, 2 * said));
    for client in clients {
        client.close().await.expect("it closes");
    }
    2 * said
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_network_does_what_was_said_is_surfaced_once_and_in_order() {
    let mut row = Row::of("X13");
    let (worlds, rounds, mut letters) = (row.times(1, 40), 8, 0);
    for world in 0..worlds {
        letters += a_storm(row.seed() * 1_000 + world, rounds).await;
        row.tried(rounds);
    }
    row.figure(format!(
        "{letters} messages through a real proxy in {} kinds of weather, each surfaced once",
        worlds * rounds
    ));
}
