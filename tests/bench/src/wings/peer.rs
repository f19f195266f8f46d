//! Writers at the deposit door, each with a mailbox of somebody's to leave envelopes in.
//! Knows: the peer wing's wire. Never knows: the business wing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use partywall_ground::{Capability, RelayKey, Seconds, Spki};
use partywall_peer::collect::{self, Create};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission as By;
use partywall_peer::{Envelope, Number, Slot, drop_id};
use partywall_peer_plane::{Admission, NoFailpoints, Plane, PlaneSettings};
use partywall_proof::{SigningKey, Vouch};
use partywall_store::{Hand, Place};
use partywall_world::{Dice, ManualClock, Wall};

use super::guest::Guest;
use super::{GROUP, write};

const NOW: u64 = 1_800_000_000;
const SHOWN: Spki = Spki::new([9; 32]);

/// As many writers as messages in a group.
pub(super) struct Writers {
    plane: Arc<Plane>,
    hand: Hand,
    clock: ManualClock,
    guests: Vec<Guest>,
    said: u64,
}

impl Writers {
    pub(super) async fn meet(folder: &Path) -> Result<Self> {
        let relay = SigningKey::from_seed(&[1; 32]);
        let mut settings = PlaneSettings::new(RelayKey::new(*relay.public().as_bytes()));
        settings.admission = Admission::Open;
        let clock = ManualClock::at(Wall::from_seconds(NOW));
        let (plane, hand) = Plane::open_by_hand(
            &Place::file(folder.join("peer.db")),
            settings,
            Arc::new(clock.clone()),
            Dice::seeded(1),
            Arc::new(NoFailpoints),
        )?;
        plane.set_vouches(vec![Vouch::make(&relay, SHOWN, Seconds::new(u64::MAX))]);
        let mut writers = Self {
            plane: Arc::new(plane),
            hand,
            clock,
            guests: Vec::new(),
            said: 0,
        };
        for number in 0..GROUP {
            let guest = writers.enter(u8::try_from(number)?).await?;
            writers.guests.push(guest);
        }
        Ok(writers)
    }

    /// Somebody makes a mailbox and goes; somebody else comes to write to it.
    async fn enter(&mut self, number: u8) -> Result<Guest> {
        let reader = SigningKey::from_seed(&[number; 32]);
        let capability = Capability::new([number ^ 0x80; 32]);
        let (mut owner, served) = Guest::pair(&self.clock).await;
        let plane = Arc::clone(&self.plane);
        let collecting = tokio::spawn(async move { plane.collect(served).await });
        let hello = owner.hear(&mut self.hand).await?;
        let Ok(collect::FromRelay::Hello(hello)) = collect::FromRelay::decode(&hello) else {
            bail!("hello comes first");
        };
        let relay = RelayKey::new(*SigningKey::from_seed(&[1; 32]).public().as_bytes());
        let greeting = hello.prove(&relay, &SHOWN, Seconds::new(NOW))?;
        let (slot, mut dice) = (Slot::new(1), Dice::seeded(number.into()));
        let drop = drop_id(&capability);
        let create = Create::sign(&reader, &greeting, slot, drop, By::Open, &mut dice);
        let create: collect::FromClient = create.into();
        owner.say(create.encode()).await?;
        owner.hear(&mut self.hand).await?;
        std::mem::drop(owner);
        super::guest::moved(&mut self.hand, collecting).await??;

        let (mut writer, served) = Guest::pair(&self.clock).await;
        let plane = Arc::clone(&self.plane);
        tokio::spawn(async move { plane.deposit(served).await });
        writer.hear(&mut self.hand).await?;
        let using: deposit::FromClient = Use { capability }.into();
        writer.say(using.encode()).await?;
        let opened = writer.hear(&mut self.hand).await?;
        match deposit::FromRelay::decode(&opened) {
            Ok(deposit::FromRelay::Opened(_)) => Ok(writer),
            _ => bail!("the mailbox was made a moment ago"),
        }
    }

    /// Every writer leaves an envelope; how long it took to write them, if at once.
    pub(super) async fn leave(&mut self) -> Result<Option<Duration>> {
        self.said += 1;
        let number = Number::new(self.said.try_into()?);
        for guest in &mut self.guests {
            let envelope = vec![7; 4_096];
            let envelope = Envelope::try_from(envelope).map_err(|_| anyhow!("a size"))?;
            let deposit: deposit::FromClient = Deposit { number, envelope }.into();
            guest.say(deposit.encode()).await?;
        }
        let took = write(&mut self.hand).await?;
        for guest in &mut self.guests {
            let answer = guest.hear(&mut self.hand).await?;
            let answer = deposit::FromRelay::decode(&answer).ok();
            let accepted = matches!(answer, Some(deposit::FromRelay::Accepted(_)));
            accepted.then_some(()).context("it was not accepted")?;
        }
        Ok(took)
    }
}
