//! The double ratchet with header encryption and a KEM on every turn. After `handshake`, before `seal`. (SPEC §4.4)
//! Knows: roots, chains, gaps. Never knows: who talks, sockets, clocks; opening uses no randomness.

use core::marker::PhantomData;
use std::collections::VecDeque;

use partywall_ground::{Day, Wing, limits};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::chain::{ChainKey, MessageKey};
use crate::envelope::{self, Parts};
use crate::error::{OpenError, SealError};
use crate::handshake::Agreed;
use crate::header::{ChainFields, Header, HeaderKey};
use crate::padding::{self, Padded};
use crate::root::RootKey;
use crate::seal::Context;
use crate::skipped::{Place, Skipped, same};
use crate::turn::{Answer, Due, Receiving, Sending, Taken, Turn};
use crate::wiped::Wiped;
use crate::{dh, kem};

/// The state of SPEC §4.4. `W` keeps the wings' labels apart.
pub(crate) struct Ratchet<W: Wing> {
    pub(crate) root: RootKey,
    pub(crate) next_receive: HeaderKey,
    pub(crate) receiving: Option<Receiving>,
    pub(crate) turn: Turn,
    pub(crate) answer: Answer,
    pub(crate) skipped: Skipped,
    pub(crate) confirmed: bool,
    pub(crate) wing: PhantomData<W>,
}

/// What an envelope will change once its body has opened.
enum Step {
    Gap(Place),
    Along { receiving: Receiving, gap: Gap },
    Turn(Box<TurnTaken>),
}

struct TurnTaken {
    root: RootKey,
    next_receive: HeaderKey,
    receiving: Receiving,
    due: Due,
    old_gap: Gap,
    gap: Gap,
    answered: bool,
}

/// Keys of skipped messages: at most as many as may be kept, and how many more there were.
#[derive(Default)]
struct Gap {
    keys: VecDeque<(u32, MessageKey)>,
    forgotten: usize,
}

impl<W: Wing> Ratchet<W> {
    /// A starts: a turn is due towards P. (SPEC §4.4)
    pub(crate) fn initiator(agreed: &Agreed<W>, prekey: dh::PublicKey, own: dh::SecretKey) -> Self {
        let due = Due {
            next_header: agreed.header_forth.copy(),
            dh: prekey,
            ek: None,
            sent: 0,
        };
        let receive = agreed.next_header_back.copy();
        Self::start(agreed, receive, Turn::Due(due), Answer::Awaited(own))
    }

    /// B starts: waits for A's first chain with P's secret. (SPEC §4.4)
    pub(crate) fn responder(
        agreed: &Agreed<W>,
        prekey: dh::SecretKey,
        peer: dh::PublicKey,
    ) -> Self {
        let taken = Taken {
            next_header: agreed.next_header_back.copy(),
            dh: prekey,
            kem: None,
            sending: None,
        };
        let receive = agreed.header_forth.copy();
        Self::start(agreed, receive, Turn::Taken(taken), Answer::Owed(peer))
    }

    fn start(agreed: &Agreed<W>, next_receive: HeaderKey, turn: Turn, answer: Answer) -> Self {
        Self {
            root: RootKey(Wiped::copy_of(agreed.root.0.bytes())),
            next_receive,
            receiving: None,
            turn,
            answer,
            skipped: Skipped::default(),
            confirmed: false,
            wing: PhantomData,
        }
    }

    /// Seals one padded text: preamble ‖ r ‖ header ‖ body. Takes a turn first if one is due.
    pub(crate) fn seal(
        &mut self,
        context: &Context<'_, W>,
        preamble: &[u8],
        padded: Padded<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        if let Turn::Due(due) = &self.turn {
            let (root, taken) = self.turned(due, rng)?;
            self.root = root;
            self.turn = Turn::Taken(taken);
            if matches!(self.answer, Answer::Owed(_)) {
                self.answer = Answer::Given;
            }
        }
        let Turn::Taken(Taken {
            sending: Some(sending),
            ..
        }) = &mut self.turn
        else {
            return Err(SealError::TurnDue);
        };
        if sending.n >= limits::CHAIN && !partywall_mutant::is("B15") {
            return Err(SealError::TurnDue);
        }
        let mut random = [0; 24];
        rng.fill_bytes(&mut random);
        let (key, chain) = sending.chain.stepped::<W>();
        let kept_for_the_sender = partywall_mutant::is("B02")
            .then(|| (sending.n, MessageKey(Wiped::copy_of(key.0.bytes()))));
        self.skipped
            .keep(&sending.header, kept_for_the_sender, Day::new(0));
        let mut envelope = envelope::begun(preamble, padded.room);
        envelope.extend_from_slice(&random);
        let header = (&sending.fixed, sending.n);
        let sealed = &mut envelope;
        sending.header.seal(context, &random, header, sealed);
        key.seal(context, &random, padded, sealed);
        sending.chain = chain;
        sending.n += 1;
        Ok(envelope)
    }

    fn turned(&self, due: &Due, rng: &mut impl CryptoRng) -> Result<(RootKey, Taken), SealError> {
        let dh = dh::SecretKey::draw(rng);
        let kem = kem::SecretKey::draw(rng);
        let (ct, shared) = match &due.ek {
            Some(ek) => ek.encapsulate(rng),
            None => ([0; kem::CIPHERTEXT_LENGTH], Zeroizing::new([0; 32])),
        };
        let shared: &[u8] = if due.ek.is_some() {
            shared.as_ref()
        } else {
            &[]
        };
        let agreed = dh.agree(&due.dh).map_err(|_| SealError::BadPeerKey)?;
        let stepped = match &self.answer {
            Answer::Owed(peer) => {
                let answer = dh.agree(peer).map_err(|_| SealError::BadPeerKey)?;
                self.root
                    .stepped::<W>(&[agreed.as_ref(), shared, answer.as_ref()])
            }
            Answer::Awaited(_) | Answer::Given | Answer::Simulated(..) => {
                self.root.stepped::<W>(&[agreed.as_ref(), shared])
            }
        };
        let fixed = ChainFields {
            first: due.ek.is_none(),
            dh: dh.public().as_bytes(),
            ek: &kem.expanded().public_bytes(),
            ct: &ct,
            pn: due.sent,
        }
        .joined();
        let sending = Sending {
            header: due.next_header.copy(),
            chain: stepped.chain,
            n: 0,
            fixed,
        };
        let taken = Taken {
            next_header: stepped.next_header,
            dh,
            kem: Some(kem),
            sending: Some(sending),
        };
        Ok((stepped.root, taken))
    }

    /// Whether the peer has turned upon a chain of ours; A's first chain is nobody's answer.
    pub(crate) fn was_answered(&self) -> bool {
        self.receiving.as_ref().is_some_and(|chain| !chain.first)
    }

    /// Opens one envelope: the padded text's content and how many old keys were forgotten. On an error nothing changed.
    pub(crate) fn open(
        &mut self,
        context: &Context<'_, W>,
        parts: &Parts<'_>,
        today: Day,
    ) -> Result<(Zeroizing<Vec<u8>>, usize), OpenError> {
        let (key, step) = self.found(context, parts)?;
        let text = match key.open(context, parts.random, parts.header, parts.body) {
            Err(OpenError) if partywall_mutant::is("B08") => {
                self.commit(step, today);
                return Err(OpenError);
            }
            opened => opened?,
        };
        let length = padding::content_length(&text).ok_or(OpenError)?;
        let content = Zeroizing::new(text[..length].to_vec());
        Ok((content, self.commit(step, today)))
    }

    fn found(
        &self,
        context: &Context<'_, W>,
        parts: &Parts<'_>,
    ) -> Result<(MessageKey, Step), OpenError> {
        let associated = context.of_header();
        let opens = |key: &HeaderKey| key.open(&associated, parts.random, parts.header).ok();
        let current = self.receiving.as_ref();
        let is_current = |key: &HeaderKey| current.is_some_and(|now| same(&now.header, key));
        for chain in &self.skipped.chains {
            if !is_current(&chain.header)
                && let Some(header) = opens(&chain.header)
            {
                let (_, n) = header.split()?;
                return self.in_gap(&chain.header, n);
            }
        }
        if let Some(receiving) = current
            && let Some(header) = opens(&receiving.header)
        {
            let (chain, n) = header.split()?;
            chain.fits(receiving.first)?;
            return self.along(receiving, n);
        }
        let header = opens(&self.next_receive).ok_or(OpenError)?;
        self.turn_from(&header)
    }

    fn in_gap(&self, header: &HeaderKey, n: u32) -> Result<(MessageKey, Step), OpenError> {
        let (place, key) = self.skipped.find(header, n).ok_or(OpenError)?;
        Ok((MessageKey(Wiped::copy_of(key.0.bytes())), Step::Gap(place)))
    }

    fn along(&self, receiving: &Receiving, n: u32) -> Result<(MessageKey, Step), OpenError> {
        if n < receiving.n {
            return self.in_gap(&receiving.header, n);
        }
        capped(receiving.n, n)?;
        let (gap, chain) = skip_to::<W>(&receiving.chain, receiving.n, n);
        let (key, chain) = chain.as_ref().unwrap_or(&receiving.chain).stepped::<W>();
        let receiving = Receiving {
            header: receiving.header.copy(),
            chain,
            n: n.checked_add(1).ok_or(OpenError)?,
            first: receiving.first,
        };
        Ok((key, Step::Along { receiving, gap }))
    }

    fn turn_from(&self, header: &Header) -> Result<(MessageKey, Step), OpenError> {
        let Turn::Taken(taken) = &self.turn else {
            return Err(OpenError);
        };
        let first = taken.kem.is_none();
        let (theirs, n) = header.split()?;
        theirs.fits(first)?;
        let old = self.receiving.as_ref();
        let received = old.map_or(0, |old| old.n);
        if old.is_none() && theirs.pn != 0 {
            return Err(OpenError);
        }
        capped(received, theirs.pn)?;
        capped(0, n)?;
        let dh = dh::PublicKey::from_bytes(*theirs.dh)?;
        let ek = kem::PublicKey::from_bytes(theirs.ek)?;
        let agreed = taken.dh.agree(&dh)?;
        let shared = taken.kem.as_ref().map(|kem| kem.decapsulate(theirs.ct));
        let shared = shared.as_ref().map_or(&[][..], |shared| shared.as_ref());
        let stepped = match &self.answer {
            Answer::Awaited(own) => {
                let answer = own.agree(&dh)?;
                self.root
                    .stepped::<W>(&[agreed.as_ref(), shared, answer.as_ref()])
            }
            Answer::Simulated(other, own) => {
                let answer = other.agree(own)?;
                self.root
                    .stepped::<W>(&[agreed.as_ref(), shared, answer.as_ref()])
            }
            Answer::Owed(_) | Answer::Given => self.root.stepped::<W>(&[agreed.as_ref(), shared]),
        };
        let old_gap = old.map_or_else(Gap::default, |old| {
            skip_to::<W>(&old.chain, old.n, theirs.pn).0
        });
        let (gap, chain) = skip_to::<W>(&stepped.chain, 0, n);
        let (key, chain) = chain.as_ref().unwrap_or(&stepped.chain).stepped::<W>();
        let step = TurnTaken {
            root: stepped.root,
            next_receive: stepped.next_header,
            receiving: Receiving {
                header: self.next_receive.copy(),
                chain,
                n: n.checked_add(1).ok_or(OpenError)?,
                first,
            },
            due: Due {
                next_header: taken.next_header.copy(),
                dh,
                ek: Some(ek),
                sent: taken.sending.as_ref().map_or(0, |sending| sending.n),
            },
            old_gap,
            gap,
            answered: !first,
        };
        Ok((key, Step::Turn(Box::new(step))))
    }

    /// The body opened: now we move. Returns how many kept keys were forgotten.
    fn commit(&mut self, step: Step, today: Day) -> usize {
        match step {
            Step::Gap(place) => {
                if !partywall_mutant::is("B01") {
                    self.skipped.remove(place);
                }
                0
            }
            Step::Along { receiving, gap } => {
                let forgotten = self.keep(&receiving.header, gap, today);
                self.receiving = Some(receiving);
                forgotten
            }
            Step::Turn(turn) => {
                let turn = *turn;
                let mut forgotten = match self.receiving.take() {
                    Some(old) => self.keep(&old.header, turn.old_gap, today),
                    None => 0,
                };
                forgotten += self.keep(&turn.receiving.header, turn.gap, today);
                self.root = turn.root;
                self.next_receive = turn.next_receive;
                self.receiving = Some(turn.receiving);
                self.turn = Turn::Due(turn.due);
                if turn.answered {
                    self.confirmed = true;
                    self.answer = Answer::Given;
                }
                forgotten
            }
        }
    }

    fn keep(&mut self, header: &HeaderKey, gap: Gap, today: Day) -> usize {
        gap.forgotten + self.skipped.keep(header, gap.keys, today)
    }
}

/// Checked before any derivation. (SPEC S-7)
fn capped(at: u32, to: u32) -> Result<(), OpenError> {
    let jump = to.checked_sub(at).ok_or(OpenError)?;
    if jump <= limits::FORWARD_JUMP || partywall_mutant::is("B06") {
        Ok(())
    } else {
        Err(OpenError)
    }
}

/// Steps a chain from message `at` to message `to`; the chain key at `to`, unless it is the one given.
fn skip_to<W: Wing>(from: &ChainKey, at: u32, to: u32) -> (Gap, Option<ChainKey>) {
    let mut gap = Gap::default();
    let mut chain: Option<ChainKey> = None;
    for n in at..to {
        let (key, next) = chain.as_ref().unwrap_or(from).stepped::<W>();
        gap.keys.push_back((n, key));
        if gap.keys.len() > limits::SKIPPED_KEYS {
            gap.keys.pop_front();
            gap.forgotten += 1;
        }
        chain = Some(next);
    }
    (gap, chain)
}
