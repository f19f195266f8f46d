//! How each step of a trace is done: at which door, with which frames.
//! Knows: the wire as clients speak it, and how it is broken. Never knows: what the other wing does.

use std::sync::Arc;

use partywall_ground::{Capability, Pass};
use partywall_peer::collect::{Ack, Attach, CloseMailbox, Create, FromClient, FromRelay, Shelve};
use partywall_peer::deposit::{self, Deposit, Take, Use};
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Number, SealedBundle, ShelfBefore, Slot, Tag, drop_id};
use partywall_proof::{Greeting, SigningKey};

use super::trace::Step;
use super::{Door, PeerWing, SHOWN, relay};
use crate::line::{Line, raw, street};

/// Somebody with a mailbox, and whoever writes to it.
pub(crate) struct Owner {
    key: SigningKey,
    capability: [u8; 32],
    pub(crate) reading: Option<Line>,
    pub(crate) writing: Option<(Line, Number)>,
}

impl PeerWing {
    /// Does one step of a trace, and lets everything come to rest.
    pub fn does(&mut self, step: &Step) {
        self.activity.steps += 1;
        let owners = self.owners.len();
        let of = |who: usize| who % owners.max(1);
        match step {
            Step::Pass(mailboxes) => self.pass(*mailboxes),
            Step::Make => self.make(),
            Step::Astray => self.astray(),
            Step::Malformed(how) => self.malformed(*how),
            Step::WrongWing => self.wrong_wing(),
            Step::HalfOpen => self.half_open(),
            Step::Release => self.half_open.clear(),
            Step::Crash => self.crash(),
            Step::Look => self.look(),
            _ if owners == 0 => {}
            Step::Attach(who) => self.attach(of(*who)),
            Step::Deposit(who, size) => self.deposit(of(*who), *size),
            Step::Ack(who) => self.ack(of(*who)),
            Step::Shelve(who) => self.shelve(of(*who)),
            Step::Take(who) => self.take(of(*who)),
            Step::Close(who) => self.close(of(*who)),
            Step::Fill(who) => {
                self.vanish(of(*who));
                (0..8).for_each(|_| self.deposit(of(*who), 0));
            }
            Step::Vanish(who) => self.vanish(of(*who)),
        }
        self.rig.settle();
    }

    fn pass(&mut self, mailboxes: u32) {
        let plane = self.plane();
        let made = self
            .rig
            .ask(async move { plane.make_pass(mailboxes).await });
        if let Some(Ok((pass, id))) = made {
            self.activity.passes += 1;
            self.activity.last_pass = Some(partywall_proof::sha256(pass.as_bytes()));
            self.passes.push(pass);
            self.tells("pass", id);
        }
    }

    fn look(&mut self) {
        let plane = self.plane();
        let seen = self
            .rig
            .ask(async move { format!("{:?}", plane.passes().await) });
        self.tells("passes", seen);
    }

    /// A connection at the collect door, and what the relay proved there.
    fn greeted(&mut self) -> Option<(Line, Greeting)> {
        let line = self.dial(Door::Collect)?;
        let hello = line.heard().frames.first().cloned()?;
        let Ok(FromRelay::Hello(hello)) = FromRelay::decode(&hello) else {
            return None;
        };
        let now = partywall_ground::Seconds::new(self.clock.wall().seconds());
        let greeting = hello.prove(&relay(), &SHOWN, now).ok()?;
        Some((line, greeting))
    }

    fn make(&mut self) {
        if self.passes.is_empty() {
            self.pass(3);
        }
        let key = SigningKey::draw(&mut self.dice);
        let capability: [u8; 32] = self.dice.bytes();
        let drop = drop_id(&Capability::new(capability));
        let Some((line, greeting)) = self.greeted() else {
            return;
        };
        let pass = self.passes.last().map(|pass| Pass::new(*pass.as_bytes()));
        let admission = pass.map_or(Admission::Open, Admission::Pass);
        let slot = Slot::new(1);
        let create = Create::sign(&key, &greeting, slot, drop, admission, &mut self.dice);
        line.say(FromClient::from(create).encode());
        self.rig.settle();
        self.activity.mailboxes += 1;
        self.activity.last_drop = Some(*drop.as_bytes());
        self.activity.last_reader = Some(*key.public().as_bytes());
        self.owners.push(Owner {
            key,
            capability,
            reading: Some(line),
            writing: None,
        });
    }

    fn attach(&mut self, who: usize) {
        let Some((line, greeting)) = self.greeted() else {
            return;
        };
        let key = &self.owners[who].key;
        let attach = Attach::sign(key, &greeting, Slot::new(1), &mut self.dice);
        self.activity.last_reader = Some(*self.owners[who].key.public().as_bytes());
        line.say(FromClient::from(attach).encode());
        self.owners[who].reading = Some(line);
    }

    /// A line on which mail can be left for somebody.
    fn writes(&mut self, who: usize) -> bool {
        let writing = self.owners[who].writing.as_ref();
        if writing.is_some_and(|(line, _)| !line.is_over()) {
            return true;
        }
        let Some(line) = self.dial(Door::Deposit) else {
            return false;
        };
        let capability = Capability::new(self.owners[who].capability);
        line.say(deposit::FromClient::from(Use { capability }).encode());
        self.owners[who].writing = Some((line, Number::FIRST));
        self.rig.settle();
        true
    }

    fn deposit(&mut self, who: usize, size: u64) {
        if !self.writes(who) {
            return;
        }
        let seed: [u8; 64] = self.dice.bytes();
        let size = [4_096, 4_096, 4_096, 4_096, 4_096, 4_096, 16_384, 65_536][size as usize % 8];
        let bytes: Vec<u8> = seed.iter().copied().cycle().take(size).collect();
        let (Ok(envelope), Some((line, number))) =
            (Envelope::try_from(bytes), self.owners[who].writing.as_mut())
        else {
            return;
        };
        let deposit = Deposit {
            number: *number,
            envelope,
        };
        *number = number.next();
        line.say(deposit::FromClient::from(deposit).encode());
        self.rig.settle();
        self.activity.envelopes += 1;
        self.activity.bytes += size as u64;
        let drop = drop_id(&Capability::new(self.owners[who].capability));
        self.activity.last_drop = Some(*drop.as_bytes());
        let writing = self.owners[who].writing.as_ref();
        let end = writing.and_then(|(line, _)| line.heard().end);
        self.activity.full += u64::from(end == Some(Some(4008)));
    }

    fn ack(&mut self, who: usize) {
        let Some(line) = &self.owners[who].reading else {
            return;
        };
        let last: Option<(Slot, Tag)> = {
            let heard = line.heard();
            let mut delivered =
                heard
                    .frames
                    .iter()
                    .rev()
                    .filter_map(|frame| match FromRelay::decode(frame) {
                        Ok(FromRelay::Deliver(deliver)) => Some((deliver.slot, deliver.tag)),
                        _ => None,
                    });
            delivered.next()
        };
        if let Some((slot, tag)) = last {
            line.say(FromClient::from(Ack { slot, tag }).encode());
        }
    }

    fn shelve(&mut self, who: usize) {
        let mut bundle = || {
            let bytes: [u8; SealedBundle::LENGTH] = self.dice.bytes();
            SealedBundle::try_from(bytes.to_vec()).ok()
        };
        let one_time: Vec<SealedBundle> = bundle().into_iter().chain(bundle()).collect();
        let shelve = Shelve {
            slot: Slot::new(1),
            before: ShelfBefore::Kept,
            one_time: one_time.try_into().unwrap_or_default(),
            last_resort: bundle(),
        };
        if let Some(line) = &self.owners[who].reading {
            line.say(FromClient::from(shelve).encode());
            self.activity.bundles += 3;
        }
    }

    fn take(&mut self, who: usize) {
        if !self.writes(who) {
            return;
        }
        if let Some((line, _)) = &self.owners[who].writing {
            line.say(deposit::FromClient::from(Take {}).encode());
            self.activity.bundles += 1;
        }
    }

    fn close(&mut self, who: usize) {
        let slot = Slot::new(1);
        if let Some(line) = &self.owners[who].reading {
            line.say(FromClient::from(CloseMailbox { slot }).encode());
            self.activity.closed += 1;
        }
    }

    fn vanish(&mut self, who: usize) {
        self.owners[who].reading = None;
        self.rig.settle();
    }

    fn astray(&mut self) {
        let Some(line) = self.dial(Door::Deposit) else {
            return;
        };
        let capability = Capability::new(self.dice.bytes());
        line.say(deposit::FromClient::from(Use { capability }).encode());
        self.rig.settle();
    }

    fn malformed(&mut self, how: u64) {
        self.activity.malformed += 1;
        let door = if how.is_multiple_of(2) {
            Door::Collect
        } else {
            Door::Deposit
        };
        let Some(line) = self.dial(door) else { return };
        let bytes: [u8; 300] = self.dice.bytes();
        line.say(match how / 2 {
            // Nothing that is a header.
            0 => bytes[..40].to_vec(),
            // A header that lies about its length.
            1 => [&[b'P', 1, 0, 0x10, 0xff, 0xff, 0xff, 0xff], &bytes[..]].concat(),
            // A good header and no CBOR.
            _ => [&[b'P', 1, 0, 0x10, 0, 0, 1, 44], &bytes[..]].concat(),
        });
        self.rig.settle();
    }

    fn wrong_wing(&mut self) {
        self.activity.malformed += 1;
        let Some(line) = self.dial(Door::Collect) else {
            return;
        };
        line.say(vec![b'B', 1, 1, 0x10, 0, 0, 0, 1, 0xa0]);
        self.rig.settle();
    }

    /// Half a frame, and then nothing, for as long as nobody lets go.
    fn half_open(&mut self) {
        self.activity.half_open += 1;
        let from = self.address();
        let Some(inside) = self.enter(from) else {
            return;
        };
        let (near, far) = street();
        let (plane, clock) = (self.plane(), Arc::clone(&self.clock));
        let _served = self.rig.spawn(async move {
            let limits = crate::line::LIMITS;
            let socket = partywall_socket::FrameSocket::server(far, limits, clock).await;
            plane.deposit(socket).await;
        });
        let begins = vec![0x82, 0xfe, 0x10, 0x00, 1, 2, 3, 4, 9, 9, 9];
        let holds = raw(&self.rig, near, begins);
        self.half_open.push((holds, inside));
    }
}
