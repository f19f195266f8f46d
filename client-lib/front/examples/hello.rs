//! Two clients in one process meet over a relay and say hello.
//! Knows: the library's front. Run it with the link that `partywall-relay` prints.

use std::error::Error;

use partywall_client::{Client, EventKind, RelayLink, Store};

const PASSPHRASE: &str = "only for this example";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Some(relay) = std::env::args().nth(1) else {
        println!("Start a relay (cargo run --bin partywall-relay), then give its link:");
        println!("    cargo run --example hello -- 'https://127.0.0.1:7443/#…'");
        return Ok(());
    };
    let relay: RelayLink = relay.parse()?;
    let folder = std::env::temp_dir().join(format!("partywall-hello-{}", std::process::id()));

    let alice = Client::open(Store::at(folder.join("alice.store")), PASSPHRASE).await?;
    let invitation = alice.peer().invite(&relay).named("bob").await?;
    println!(
        "Alice invites with a link of {} characters.",
        invitation.as_str().len()
    );

    let bob = Client::open(Store::at(folder.join("bob.store")), PASSPHRASE).await?;
    let to_alice = bob.peer().add(&invitation, "alice").await?;
    let sent = to_alice.say("hello").await?;
    println!("Bob said hello; the message is {}.", sent.id());

    let mut events = alice.peer().events();
    while let Some(event) = events.next().await {
        let text = match event.kind() {
            EventKind::Message { from, text, .. } => Some(format!("{from}: {text}")),
            _ => None,
        };
        event.done().await?;
        if let Some(text) = text {
            println!("Alice reads  {text}");
            break;
        }
    }
    bob.close().await?;
    alice.close().await?;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
