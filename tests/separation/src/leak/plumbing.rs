//! Where each leak is built in: when the business wing opens, after a peer step, around a turn, when
//! it is looked at.
//! Knows: both wings' insides, as a careless assembly would.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use partywall_business::export::Outcome;
use partywall_business_plane::{Failpoints, Gap};
use partywall_ground::{Seconds, Spki};
use partywall_proof::Vouch;
use partywall_world::{Clock, Dice, Monotonic, Wall};

use super::{Leak, surgery};
use crate::business::trace::Step;
use crate::business::{BusinessWing, Opening, SHOWN, operator_key};
use crate::peer::{Activity, PeerWing};
use crate::view::View;

/// What a broken house has besides.
#[derive(Default)]
pub(crate) struct Plumbing {
    /// Milliseconds by which the business wing's clock goes wrong.
    extra: Arc<AtomicU64>,
    /// The business wing's writer finds no room.
    full: Arc<AtomicBool>,
    /// What was known at the end of the turn before.
    seen: Activity,
    /// Claims that are left out.
    skip: u64,
}

/// A clock that somebody else moves.
struct MovedClock {
    clock: Arc<dyn Clock>,
    extra: Arc<AtomicU64>,
}

impl MovedClock {
    fn extra(&self) -> Duration {
        Duration::from_millis(self.extra.load(Ordering::Relaxed))
    }
}

impl Clock for MovedClock {
    fn wall(&self) -> Wall {
        self.clock.wall() + self.extra()
    }

    fn monotonic(&self) -> Monotonic {
        self.clock.monotonic() + self.extra()
    }
}

/// A disk that is full when somebody else's queue is.
struct SharedBound(Arc<AtomicBool>);

impl Failpoints for SharedBound {
    fn reach(&self, gap: Gap) -> Result<(), ErrorKind> {
        let full = self.0.load(Ordering::Relaxed);
        if gap == Gap::BeforeCommit && full {
            // Once: what was refused may be tried again.
            self.0.store(false, Ordering::Relaxed);
            return Err(ErrorKind::StorageFull);
        }
        Ok(())
    }
}

impl Plumbing {
    /// The business wing opens.
    pub(crate) fn open(
        &mut self,
        leak: Leak,
        mut opening: Opening,
        peer: &PeerWing,
    ) -> BusinessWing {
        opening.clock = Arc::new(MovedClock {
            clock: opening.clock,
            extra: Arc::clone(&self.extra),
        });
        opening.failpoints = Arc::new(SharedBound(Arc::clone(&self.full)));
        let mut business = BusinessWing::open(opening);
        if leak == Leak::SharedGate {
            business.gate = Arc::clone(&peer.gate);
        }
        business
    }

    /// Somebody did something in the peer wing.
    pub(crate) fn after_peer_step(
        &mut self,
        leak: Leak,
        business: Option<&mut BusinessWing>,
        peer: &PeerWing,
        master: &mut Dice,
    ) {
        let now = &peer.activity;
        match leak {
            Leak::SharedDice => drop(master.bytes::<1>()),
            Leak::ClockAdvancedByPeerWork => self.extra.store(now.steps, Ordering::Relaxed),
            Leak::ClockSetByPeerRestart => {
                self.extra.store(1_000 * now.restarts, Ordering::Relaxed);
            }
            Leak::CheckpointOnPeerActivity if now.envelopes > self.seen.envelopes => {
                self.seen.envelopes = now.envelopes;
                business.into_iter().for_each(BusinessWing::poke);
            }
            _ => {}
        }
    }

    /// A turn of the business wing, lived by the broken house.
    pub(crate) fn turn(
        &mut self,
        leak: Leak,
        business: &mut BusinessWing,
        peer: &PeerWing,
        steps: &[Step],
    ) {
        let now = peer.activity.clone();
        let mut steps = steps.to_vec();
        self.before(leak, business, &now);
        self.bend(leak, &now, &mut steps);
        for step in &steps {
            if leak == Leak::MailboxCountAsEtag && *step == Step::Ledger {
                business.get("/checkpoint", &format!(" etag {}", now.mailboxes));
            }
            business.does(step);
        }
        surgery::after_turn(leak, business, &now, &self.seen);
        self.seen = now;
    }

    fn before(&mut self, leak: Leak, business: &mut BusinessWing, now: &Activity) {
        let busy = now.envelopes - self.seen.envelopes;
        match leak {
            Leak::LogLabel => {
                let people = now.connections;
                business
                    .rig
                    .logs(|| tracing::info!(people, "a turn begins"));
            }
            Leak::SharedErrorString if now.malformed > self.seen.malformed => {
                business
                    .rig
                    .logs(|| tracing::warn!("a frame was malformed"));
            }
            Leak::SharedQueueBound => self.full.store(busy > 2, Ordering::Relaxed),
            Leak::SharedCertificate => {
                let mut spki = [0x9e; 32];
                spki[0] = u8::try_from(now.restarts % 250).unwrap_or(0);
                let until = Seconds::new(u64::MAX);
                let vouches =
                    [SHOWN, Spki::new(spki)].map(|spki| Vouch::make(&operator_key(), spki, until));
                business.plane.set_vouches(vouches.to_vec());
            }
            Leak::SharedQuota => business.plane.set_low_disk(now.bytes > 30_000),
            _ => {}
        }
    }

    /// What people did changes what happens in the business wing, and when.
    fn bend(&mut self, leak: Leak, now: &Activity, steps: &mut Vec<Step>) {
        let busy = now.load() - self.seen.load();
        match leak {
            Leak::ExportTimedByPeerLoad if busy > 2 => {
                let (claims, others): (Vec<_>, Vec<_>) = steps
                    .drain(..)
                    .partition(|step| matches!(step, Step::Claim(..)));
                steps.extend(others.into_iter().chain(claims));
            }
            Leak::BatchSizeByPeerLoad => steps.iter_mut().for_each(|step| {
                if let Step::Claim(_, most) = step {
                    *most = if busy > 2 { 1 } else { *most };
                }
            }),
            Leak::RetryBackoffByPeerLoad => steps.retain(|step| {
                if matches!(step, Step::Close(_, Outcome::Void | Outcome::Uncertain)) {
                    self.skip = busy % 4;
                }
                let left_out = self.skip > 0 && matches!(step, Step::Claim(..));
                self.skip -= u64::from(left_out);
                !left_out
            }),
            Leak::OrderByPeerHash if now.last_drop.is_some_and(|drop| drop[0] % 2 == 1) => {
                steps.chunks_mut(2).for_each(<[Step]>::reverse);
            }
            Leak::FullMailboxRefusesCustomer if now.full > self.seen.full => {
                let said = steps.iter().position(|step| matches!(step, Step::Say(_)));
                said.map(|lost| steps.remove(lost));
            }
            Leak::HalfOpenKeepsBusinessOut if now.half_open > self.seen.half_open => {
                let out = steps
                    .iter()
                    .position(|step| matches!(step, Step::Answer(_)));
                out.map(|out| steps.remove(out));
            }
            _ => {}
        }
    }

    /// The business wing is looked at from outside.
    pub(crate) fn look(&mut self, leak: Leak, view: &mut View, peer: &PeerWing) {
        let now = &peer.activity;
        match leak {
            Leak::MetricSummed => view.amend("metrics", |lines| lines.push(peer.metrics())),
            Leak::ViolationsCountedTogether => view.amend("metrics", |lines| {
                lines.push(format!("violations {}", now.malformed));
            }),
            Leak::DropIdAsSubject => view.amend("export", |lines| {
                let subject = now.last_drop.map(hex::encode).unwrap_or_default();
                lines
                    .last_mut()
                    .into_iter()
                    .for_each(|frame| frame.push_str(&subject));
            }),
            Leak::ExportPaddedByPeerBytes => view.amend("export", |lines| {
                let padding = "0".repeat(usize::try_from(now.bytes / 4_096).unwrap_or(0));
                lines
                    .last_mut()
                    .into_iter()
                    .for_each(|frame| frame.push_str(&padding));
            }),
            _ => {}
        }
    }
}
