//! Real peer traffic of several kinds, for as long as it is wanted.
//! Knows: the peer doors. Never knows: the business wing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use partywall_ground::{Capability, RelayKey, Seconds};
use partywall_peer::collect::{Ack, Create, FromClient, FromRelay};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Number, Slot, drop_id};
use partywall_proof::SigningKey;
use partywall_world::{Clock, Dice, SystemClock};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::street::Door;

/// What people do all the while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// Mailboxes and mail, as fast as it goes.
    Heavy,
    /// What is no TLS, no HTTP, no frame.
    Malformed,
    /// Connections that stop in the middle, and stay.
    HalfOpen,
    /// All of it.
    All,
}

impl Traffic {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Heavy, Self::Malformed, Self::HalfOpen, Self::All];
}

/// Goes on until it is stopped, and has done something of its kind at least once.
pub(super) async fn flows(
    kind: Traffic,
    peer: SocketAddr,
    stop: Arc<AtomicBool>,
) -> anyhow::Result<()> {
    let mut dice = Dice::from_os()?;
    let mut held = Vec::new();
    loop {
        if matches!(kind, Traffic::Heavy | Traffic::All) {
            mail(peer, &mut dice).await.context("mail")?;
        }
        if matches!(kind, Traffic::Malformed | Traffic::All) {
            malformed(peer, &mut dice).await.context("malformed")?;
        }
        if matches!(kind, Traffic::HalfOpen | Traffic::All) {
            held.push(half_open(peer).await.context("half open")?);
            // Forty at once: the oldest goes.
            held = held.split_off(held.len().saturating_sub(40));
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
}

/// A mailbox, some mail, and its acknowledgement.
async fn mail(peer: SocketAddr, dice: &mut Dice) -> anyhow::Result<()> {
    let mut reader = Door::at(peer, "/v1/collect").await?;
    let FromRelay::Hello(hello) = said(&reader.hears().await?)? else {
        anyhow::bail!("no hello");
    };
    let relay = RelayKey::new(*hello.relay.as_bytes());
    let now = Seconds::new(SystemClock::new().wall().seconds());
    let greeting = hello.prove(&relay, &reader.spki, now)?;
    let (key, capability) = (SigningKey::draw(dice), dice.bytes::<32>());
    let drop = drop_id(&Capability::new(capability));
    let slot = Slot::new(1);
    let create = Create::sign(&key, &greeting, slot, drop, Admission::Open, dice);
    reader
        .socket
        .send(FromClient::from(create).encode())
        .await?;
    let _attached = reader.hears().await?;

    let mut writer = Door::at(peer, "/v1/deposit").await?;
    let _hello = writer.hears().await?;
    let capability = Capability::new(capability);
    let uses = deposit::FromClient::from(Use { capability });
    writer.socket.send(uses.encode()).await?;
    let _opened = writer.hears().await?;
    let mut number = Number::FIRST;
    for size in [4_096, 16_384, 65_536, 4_096] {
        let envelope = vec![dice.bytes::<1>()[0]; size];
        let envelope = Envelope::try_from(envelope).context("an envelope")?;
        let deposit = Deposit { number, envelope };
        writer
            .socket
            .send(deposit::FromClient::from(deposit).encode())
            .await?;
        number = number.next();
        let _accepted = writer.hears().await?;
        let FromRelay::Deliver(deliver) = said(&reader.hears().await?)? else {
            anyhow::bail!("no delivery");
        };
        let (slot, tag) = (deliver.slot, deliver.tag);
        reader
            .socket
            .send(FromClient::from(Ack { slot, tag }).encode())
            .await?;
    }
    Ok(())
}

fn said(frame: &[u8]) -> anyhow::Result<FromRelay> {
    FromRelay::decode(frame).map_err(|close| anyhow::anyhow!("{close}"))
}

/// Bytes that are no TLS; a good connection with a frame of the other wing; one with none at all.
async fn malformed(peer: SocketAddr, dice: &mut Dice) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(peer).await?;
    let _refused = stream.write_all(&dice.bytes::<200>()).await;
    let wrong_wing = vec![b'B', 1, 1, 0x10, 0, 0, 0, 1, 0xa0];
    for bytes in [wrong_wing, dice.bytes::<40>().to_vec()] {
        let mut door = Door::at(peer, "/v1/deposit").await?;
        let _hello = door.hears().await?;
        door.socket.send(bytes).await?;
        let _closed = door.hears().await;
    }
    Ok(())
}

/// A connection that begins TLS and says nothing more.
async fn half_open(peer: SocketAddr) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(peer).await?;
    stream.write_all(&[0x16, 3, 1, 2, 0]).await?;
    Ok(stream)
}
