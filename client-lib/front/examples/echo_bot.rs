//! A bot behind a contact link: it answers everybody with their own words.
//! Knows: the library's front. Keeps its store between runs; interrupt it when you like.

use std::error::Error;

use partywall_client::{Client, EventKind, Peer, RelayLink, Store};

const USAGE: &str =
    "Start a relay (cargo run --bin partywall-relay), then give its link and a passphrase:
    cargo run --example echo_bot -- 'https://127.0.0.1:7443/#…' PASSPHRASE";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(relay), Some(passphrase)) = (arguments.next(), arguments.next()) else {
        println!("{USAGE}");
        return Ok(());
    };
    let me = Client::open(Store::default_path("echo-bot")?, &passphrase).await?;
    let peer = me.peer();
    println!("Write to me: {}", link(&peer, &relay.parse()?).await?);

    let mut events = peer.events();
    while let Some(event) = events.next().await {
        if let EventKind::Message { from, id, text, .. } = event.kind() {
            let contact = peer.contact(from).await?;
            // Killed between the two lines, the bot is told again and must not answer twice: the
            // message's id is the answer's key.
            contact.say_once(id.as_bytes(), text).await?;
        }
        event.done().await?;
    }
    Ok(())
}

/// The link of an earlier run, or a new one.
async fn link(peer: &Peer, relay: &RelayLink) -> Result<String, Box<dyn Error>> {
    let earlier = peer.links().await?.into_iter().find(|card| card.reusable);
    match earlier {
        Some(card) => Ok(card.link.to_string()),
        None => Ok(peer
            .invite_reusable(relay)
            .named("visitor")
            .await?
            .to_string()),
    }
}
