//! A peer wing with mailboxes and mail in its file, and people at its two doors over pipes in memory.
//! Knows: the peer wing's wire, a writer that works when it is told to. Never knows: the wing's rooms.

mod guest;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use partywall_ground::{Capability, RelayKey, Seconds, Spki};
use partywall_peer::collect::{self, Ack, Attach, Create};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission as By;
use partywall_peer::{Envelope, Number, Slot, drop_id};
use partywall_peer_plane::{Admission, NoFailpoints, Plane, PlaneSettings};
use partywall_proof::{Greeting, SigningKey, Vouch};
use partywall_store::{Hand, Place};
use partywall_world::{Dice, ManualClock, Wall};

use self::guest::Guest;

const NOW: u64 = 1_800_000_000;
const SHOWN: Spki = Spki::new([9; 32]);
/// Mailboxes that are written to and read from, however many others there are.
pub const ACTIVE: u32 = 10;
/// What each writer leaves in one round.
pub const EACH: u32 = 6;
/// Mailboxes of one connection that only makes them.
const SLOTS: usize = 1_000;
/// Connections that ask for something at the same time.
const TOGETHER: usize = 40;
/// Until then the wing has gathered whatever was acknowledged into writes.
const GATHERED: Duration = Duration::from_millis(300);

/// A wing over a file.
pub struct Town {
    plane: Arc<Plane>,
    hand: Hand,
    clock: ManualClock,
}

/// At the deposit door, each with an active mailbox.
pub struct Writers {
    guests: Vec<Guest>,
    said: u64,
}

/// At the collect door.
struct Reader {
    guest: Guest,
    greeting: Greeting,
    dice: Dice,
}

impl Town {
    /// Opens the wing of this folder, or makes it.
    ///
    /// # Errors
    /// When there is something else.
    pub fn open(folder: &Path) -> Result<Self> {
        let relay = SigningKey::from_seed(&[1; 32]);
        let mut settings = PlaneSettings::new(relay_key());
        settings.admission = Admission::Open;
        settings.quota_envelopes = u32::MAX;
        settings.quota_bytes = u64::MAX;
        let clock = ManualClock::at(Wall::from_seconds(NOW));
        let (plane, hand) = Plane::open_by_hand(
            &Place::file(folder.join("peer.db")),
            settings,
            Arc::new(clock.clone()),
            Dice::seeded(1),
            Arc::new(NoFailpoints),
        )?;
        plane.set_vouches(vec![Vouch::make(&relay, SHOWN, Seconds::new(u64::MAX))]);
        Ok(Self {
            plane: Arc::new(plane),
            hand,
            clock,
        })
    }

    /// Makes so many mailboxes, some at once: a connection's requests are written one after the other.
    ///
    /// # Errors
    /// When the wing does not want to.
    pub async fn settle(&mut self, mailboxes: u32) -> Result<()> {
        let mut owners = Vec::new();
        for first in (0..mailboxes).step_by(TOGETHER) {
            // A connection has a slot for each of so many.
            if (first as usize).is_multiple_of(TOGETHER * SLOTS) {
                owners.clear();
                for _ in 0..TOGETHER {
                    owners.push(self.reader().await?);
                }
            }
            let here = first..mailboxes.min(first + TOGETHER as u32);
            for (owner, number) in owners.iter_mut().zip(here.clone()) {
                let drop = drop_id(&Capability::new(named(number, 2)));
                let key = SigningKey::from_seed(&named(number, 1));
                let (greeting, dice) = (&owner.greeting, &mut owner.dice);
                let create = Create::sign(&key, greeting, Slot::new(number), drop, By::Open, dice);
                let create: collect::FromClient = create.into();
                owner.guest.say(&[create.encode()]).await?;
            }
            guest::settle().await;
            for (owner, _) in owners.iter_mut().zip(here) {
                let heard = owner.guest.hear(&mut self.hand).await?;
                let answer = collect::FromRelay::decode(&heard);
                let attached = matches!(answer, Ok(collect::FromRelay::Attached(_)));
                ensure!(attached, "a mailbox was refused");
            }
        }
        Ok(())
    }

    /// Leaves so many envelopes in all, spread evenly over the mailboxes from `first` to before `end`.
    ///
    /// # Errors
    /// When one is not accepted.
    pub async fn fill(&mut self, (first, end): (u32, u32), many: u64) -> Result<()> {
        let mailboxes = u64::from(end.saturating_sub(first));
        let share =
            |place: u64| many / mailboxes.max(1) + u64::from(place < many % mailboxes.max(1));
        let wanted: Vec<(u32, u64)> = (first..end)
            .zip((0..).map(share))
            .filter(|(_, share)| *share > 0)
            .collect();
        for together in wanted.chunks(TOGETHER) {
            let mut guests = Vec::new();
            for (number, share) in together {
                guests.push((self.writer(*number).await?, *share));
            }
            let most = guests.iter().map(|(_, share)| *share).max();
            for from in (1..=most.unwrap_or(0)).step_by(EACH as usize) {
                let until = |share: u64| share.min(from + u64::from(EACH) - 1);
                for (guest, share) in &mut guests {
                    let words: Vec<Vec<u8>> =
                        (from..=until(*share)).map(deposit).collect::<Result<_>>()?;
                    guest.say(&words).await?;
                }
                for (guest, share) in guests.iter_mut().filter(|(_, share)| from <= *share) {
                    accepted(guest, until(*share), &mut self.hand).await?;
                }
            }
        }
        Ok(())
    }

    /// A writer for each active mailbox.
    ///
    /// # Errors
    /// When one of them is not there.
    pub async fn writers(&mut self) -> Result<Writers> {
        let mut guests = Vec::new();
        for number in 0..ACTIVE {
            guests.push(self.writer(number).await?);
        }
        Ok(Writers { guests, said: 0 })
    }

    /// Each writer leaves [`EACH`] envelopes; the relay writes them together and says so.
    ///
    /// # Errors
    /// When one is not accepted.
    pub async fn deposit(&mut self, writers: &mut Writers) -> Result<()> {
        let from = writers.said + 1;
        writers.said += u64::from(EACH);
        for guest in &mut writers.guests {
            let words: Vec<Vec<u8>> = (from..=writers.said).map(deposit).collect::<Result<_>>()?;
            guest.say(&words).await?;
        }
        guest::settle().await;
        for guest in &mut writers.guests {
            accepted(guest, writers.said, &mut self.hand).await?;
        }
        Ok(())
    }

    /// A reader takes what lies in the active mailboxes, so many envelopes in all, and acknowledges; the relay erases
    /// them.
    ///
    /// # Errors
    /// When there are fewer.
    pub async fn deliver(&mut self, many: u64) -> Result<()> {
        let mut reader = self.reader().await?;
        for number in 0..ACTIVE {
            let key = SigningKey::from_seed(&named(number, 1));
            let slot = Slot::new(number);
            let attach = Attach::sign(&key, &reader.greeting, slot, &mut reader.dice);
            let attach: collect::FromClient = attach.into();
            reader.guest.say(&[attach.encode()]).await?;
        }
        let mut taken = 0;
        while taken < many {
            let heard = reader.guest.hear(&mut self.hand).await?;
            if let Ok(collect::FromRelay::Deliver(given)) = collect::FromRelay::decode(&heard) {
                taken += 1;
                let (slot, tag) = (given.slot, given.tag);
                let ack: collect::FromClient = Ack { slot, tag }.into();
                reader.guest.say(&[ack.encode()]).await?;
            }
        }
        guest::settle().await;
        tokio::time::sleep(GATHERED).await;
        guest::settle().await;
        self.hand.work()?;
        Ok(())
    }

    async fn writer(&mut self, number: u32) -> Result<Guest> {
        let (mut guest, served) = Guest::pair(&self.clock).await;
        let plane = Arc::clone(&self.plane);
        tokio::spawn(async move { plane.deposit(served).await });
        guest.hear(&mut self.hand).await?;
        let capability = Capability::new(named(number, 2));
        let using: deposit::FromClient = Use { capability }.into();
        guest.say(&[using.encode()]).await?;
        let opened = guest.hear(&mut self.hand).await?;
        match deposit::FromRelay::decode(&opened) {
            Ok(deposit::FromRelay::Opened(_)) => Ok(guest),
            _ => bail!("there is no mailbox {number}"),
        }
    }

    async fn reader(&mut self) -> Result<Reader> {
        let (mut guest, served) = Guest::pair(&self.clock).await;
        let plane = Arc::clone(&self.plane);
        tokio::spawn(async move { plane.collect(served).await });
        let hello = guest.hear(&mut self.hand).await?;
        let Ok(collect::FromRelay::Hello(hello)) = collect::FromRelay::decode(&hello) else {
            bail!("hello comes first");
        };
        Ok(Reader {
            guest,
            greeting: hello.prove(&relay_key(), &SHOWN, Seconds::new(NOW))?,
            dice: Dice::seeded(3),
        })
    }
}

/// Hears until everything up to this number is accepted.
async fn accepted(guest: &mut Guest, number: u64, hand: &mut Hand) -> Result<()> {
    loop {
        let heard = guest.hear(hand).await?;
        match deposit::FromRelay::decode(&heard) {
            Ok(deposit::FromRelay::Accepted(word)) if word.number.value().get() == number => {
                return Ok(());
            }
            Ok(deposit::FromRelay::Accepted(_)) => {}
            _ => bail!("an envelope was not accepted"),
        }
    }
}

fn deposit(number: u64) -> Result<Vec<u8>> {
    let envelope = Envelope::try_from(vec![7; 4_096]).map_err(|_| anyhow!("a size"))?;
    let number = Number::new(number.try_into().context("numbers begin with one")?);
    let deposit: deposit::FromClient = Deposit { number, envelope }.into();
    Ok(deposit.encode())
}

fn relay_key() -> RelayKey {
    RelayKey::new(*SigningKey::from_seed(&[1; 32]).public().as_bytes())
}

/// 32 bytes for one purpose of one mailbox.
fn named(mailbox: u32, purpose: u8) -> [u8; 32] {
    let mut bytes = [purpose; 32];
    bytes[..4].copy_from_slice(&mailbox.to_be_bytes());
    bytes
}
