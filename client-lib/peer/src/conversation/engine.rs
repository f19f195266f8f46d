//! The engine: takes inputs, steps once in one transaction, gives back effects.
//! Knows: the order of a step. Never knows: sockets, clocks.

use partywall_world::{Dice, Monotonic, Wall};
use zeroize::Zeroizing;

use super::turn::{Effect, Input, Mind, Turn, load};
use crate::desk::{Order, Reply};
use crate::error::StoreTrouble;
use crate::store::{Cost, Vault};

/// What time it is in a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) wall: Wall,
    pub(crate) monotonic: Monotonic,
}

/// What came out of a step that is durable now.
pub(crate) struct Outcome {
    pub(crate) effects: Vec<Effect>,
    /// The newest durable event's number.
    pub(crate) newest: i64,
    /// Grows when messages of ours came further.
    pub(crate) moved: u64,
}

/// The conversations of one store.
pub(crate) struct Engine {
    vault: Vault,
    mind: Mind,
    cost: Cost,
}

impl Engine {
    /// Reads the store.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub(crate) fn open(mut vault: Vault, cost: Cost, dice: Dice) -> Result<Engine, StoreTrouble> {
        let mind = vault.transaction(|hands| load(hands, dice))?;
        Ok(Engine { vault, mind, cost })
    }

    /// The first step: lines to the relays, what was left half done.
    ///
    /// # Errors
    /// [`StoreTrouble`]: nothing may be relied on any more but what was durable before.
    pub(crate) fn begin(&mut self, now: Now) -> Result<Outcome, StoreTrouble> {
        self.turn(now, |turn| turn.begin())
    }

    /// One step.
    ///
    /// # Errors
    /// As [`Engine::begin`].
    pub(crate) fn step(&mut self, inputs: Vec<Input>, now: Now) -> Result<Outcome, StoreTrouble> {
        let mut passphrases: Vec<(Zeroizing<String>, Reply<()>)> = Vec::new();
        let mut outcome = self.turn(now, |turn| {
            for input in inputs {
                match input {
                    Input::Order(Order::ChangePassphrase { new, reply }) => {
                        passphrases.push((new, reply));
                    }
                    Input::Order(order) => turn.order(order)?,
                    Input::Collect(relay, event) => turn.collected(relay, event)?,
                    Input::Deposit(target, event) => turn.deposited(target, event)?,
                }
            }
            Ok(())
        })?;
        for (new, reply) in passphrases {
            self.vault.change_passphrase(&new, self.cost)?;
            outcome.effects.push(Effect::Answer(Box::new(move || {
                let _ = reply.send(());
            })));
        }
        Ok(outcome)
    }

    /// When a step is wanted although nothing comes in.
    pub(crate) fn next_due(&self) -> Option<Monotonic> {
        let owed = self.mind.due.values().copied();
        let invites = self.mind.inviting.iter().map(|inviting| inviting.deadline);
        let adds = self.mind.adding.iter().map(|adding| adding.deadline);
        let revoked = self.mind.revoking.iter().map(|revoking| revoking.deadline);
        owed.chain(invites).chain(adds).chain(revoked).min()
    }

    /// Whether somebody waits behind a gap, so that steps are wanted every second.
    pub(crate) fn waits(&self) -> bool {
        self.mind.held.values().any(|held| !held.is_empty())
    }

    /// Whether deleted bytes may still lie in the write-ahead log.
    pub(crate) fn untidy(&self) -> bool {
        self.mind.deleted
    }

    /// Makes sure that what was deleted is in no file.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub(crate) fn tidy(&mut self) -> Result<(), StoreTrouble> {
        self.mind.deleted = false;
        self.vault.tidy()
    }

    fn turn(
        &mut self,
        now: Now,
        work: impl FnOnce(&mut Turn<'_, '_>) -> Result<(), StoreTrouble>,
    ) -> Result<Outcome, StoreTrouble> {
        let mind = &mut self.mind;
        let effects = self.vault.transaction(|hands| {
            let effects = Vec::new();
            let mut turn = Turn {
                mind,
                hands,
                now,
                effects,
            };
            turn.sweep_if_a_day_passed()?;
            turn.wait_for_the_missing()?;
            work(&mut turn)?;
            turn.give_up_late_orders()?;
            turn.chores()?;
            turn.pump()?;
            turn.acknowledge();
            turn.flush()?;
            turn.mind.last_step = Some(now.monotonic);
            Ok(turn.effects)
        })?;
        Ok(Outcome {
            effects,
            newest: self.mind.newest,
            moved: self.mind.moved,
        })
    }
}
