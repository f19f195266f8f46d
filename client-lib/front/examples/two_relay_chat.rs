//! Two people, each with a relay of their own, talk: a link names its relay, so no relay knows another.
//! Knows: the library's front. Give it two relays' links (the same one twice works as well).

use std::error::Error;

use partywall_client::{Client, EventKind, Events, RelayLink, Store};

const PASSPHRASE: &str = "only for this example";
const USAGE: &str = "Start two relays, then give both links:
    cargo run --bin partywall-relay -- serve --data relay-a --peer 127.0.0.1:7443 --operator 127.0.0.1:0
    cargo run --bin partywall-relay -- serve --data relay-b --peer 127.0.0.1:7543 --operator 127.0.0.1:0
    cargo run --example two_relay_chat -- 'https://127.0.0.1:7443/#…' 'https://127.0.0.1:7543/#…'";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let links: Vec<String> = std::env::args().skip(1).collect();
    let [first, second] = links.as_slice() else {
        println!("{USAGE}");
        return Ok(());
    };
    let (first, second): (RelayLink, RelayLink) = (first.parse()?, second.parse()?);
    let folder = std::env::temp_dir().join(format!("partywall-chat-{}", std::process::id()));
    let alice = Client::open(Store::at(folder.join("alice.store")), PASSPHRASE).await?;
    let bob = Client::open(Store::at(folder.join("bob.store")), PASSPHRASE).await?;

    let invitation = alice.peer().invite(&first).named("bob").await?;
    let add = bob.peer().add(&invitation, "alice").collecting_at(&second);
    let to_alice = add.await?;
    println!("Alice reads at {}, Bob at {}.", first.host(), second.host());

    let (mut at_alice, mut at_bob) = (alice.peer().events(), bob.peer().events());
    for (question, answer) in [
        ("is your relay up?", "it is. yours?"),
        ("it carries this", "and mine the answer"),
    ] {
        to_alice.say(question).await?;
        println!("Alice reads  {}", next_text(&mut at_alice).await?);
        alice.peer().contact("bob").await?.say(answer).await?;
        println!("Bob reads    {}", next_text(&mut at_bob).await?);
    }
    bob.close().await?;
    alice.close().await?;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

async fn next_text(events: &mut Events) -> Result<String, Box<dyn Error>> {
    while let Some(event) = events.next().await {
        let text = match event.kind() {
            EventKind::Message { text, .. } => Some(text.clone()),
            _ => None,
        };
        event.done().await?;
        if let Some(text) = text {
            return Ok(text);
        }
    }
    Err("the client was closed".into())
}
