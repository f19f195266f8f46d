//! A few random things of which every body can be made.
//! Knows: parts. Never knows: frames.

use partywall_business::ledger::{
    Hash, Inclusion, Index, Opening, Payload, Salt, Size, UnverifiedCheckpoint, UnverifiedProof,
};
use partywall_business::value::Value;
use partywall_business::*;
use partywall_ground::{AtMost, EnvelopeSize, Seconds};
use partywall_proof::Signature;
use proptest::prelude::*;
use std::num::NonZeroU64;

/// What the bodies below are made of.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    pub(crate) number: NonZeroU64,
    pub(crate) count: u64,
    pub(crate) byte: u8,
    pub(crate) flag: bool,
    pub(crate) size: EnvelopeSize,
    pub(crate) length: usize,
}

pub(crate) fn dice() -> impl Strategy<Value = Dice> {
    let size = prop::sample::select(&EnvelopeSize::ALL);
    (
        any::<NonZeroU64>(),
        any::<u64>(),
        any::<(u8, bool)>(),
        size,
        0..4_usize,
    )
        .prop_map(|(number, count, (byte, flag), size, length)| Dice {
            number,
            count,
            byte,
            flag,
            size,
            length,
        })
}

impl Dice {
    pub(crate) fn number(&self) -> Number {
        Number::new(self.number)
    }
    pub(crate) fn tag(&self) -> Tag {
        Tag::new(self.number)
    }
    pub(crate) fn sequence(&self) -> Sequence {
        Sequence::new(self.number)
    }
    pub(crate) fn count(&self) -> Count {
        Count::new(self.count)
    }
    pub(crate) fn at(&self) -> Seconds {
        Seconds::new(self.count)
    }
    pub(crate) fn b16(&self) -> [u8; 16] {
        [self.byte; 16]
    }
    pub(crate) fn b32(&self) -> [u8; 32] {
        [self.byte; 32]
    }
    pub(crate) fn pick<T: Copy>(&self, all: &[T]) -> T {
        all[usize::from(self.byte) % all.len()]
    }
    pub(crate) fn maybe<T>(&self, value: T) -> Option<T> {
        self.flag.then_some(value)
    }
    pub(crate) fn text(&self) -> String {
        "bäckerei".repeat(1 + self.length)
    }
    pub(crate) fn bytes(&self) -> Vec<u8> {
        vec![self.byte; self.length * 70]
    }
    pub(crate) fn many<T>(&self, make: impl Fn() -> T) -> Vec<T> {
        (0..self.length).map(|_| make()).collect()
    }
    pub(crate) fn listed<T, const N: usize>(&self, make: impl Fn() -> T) -> AtMost<T, N> {
        AtMost::try_from(self.many(make)).expect("made to fit")
    }
    pub(crate) fn signature(&self) -> Signature {
        Signature::from_bytes([self.byte; 64])
    }
    pub(crate) fn signed(&self) -> Signed {
        Signed {
            bytes: self.bytes(),
            signature: self.signature(),
        }
    }
    pub(crate) fn envelope(&self) -> Envelope {
        Envelope::try_from(vec![self.byte; self.size.bytes()]).expect("made to fit")
    }
    pub(crate) fn bundle(&self) -> SealedBundle {
        SealedBundle::try_from(vec![self.byte; 1_409]).expect("made to fit")
    }
    pub(crate) fn clear(&self) -> Clear {
        let frank = Commitment::new(self.b32());
        match self.length {
            0 => Clear::Reply(frank),
            1 => Clear::Control(frank),
            _ => Clear::Template(frank, self.template(), Version::new(self.count)),
        }
    }
    pub(crate) fn template(&self) -> TemplateId {
        TemplateId::new(self.b16())
    }
    pub(crate) fn domain(&self) -> Domain {
        Domain::new("bakery.example").expect("made to fit")
    }
    pub(crate) fn categories(&self) -> Categories {
        Category::ALL.into_iter().take(self.length).collect()
    }
    pub(crate) fn declared(&self) -> Declared {
        let all = [Value::AdReferral(7)];
        Declared::of(all[..self.length.min(1)].to_vec()).expect("made to fit")
    }
    pub(crate) fn checkpoint(&self) -> UnverifiedCheckpoint {
        UnverifiedCheckpoint::from_bytes(&[self.byte; 200]).expect("made to fit")
    }
    pub(crate) fn opening(&self) -> Opening {
        Opening {
            index: Index::new(self.count),
            salt: Salt::new(self.b32()),
            payload: Payload::new(vec![self.byte; 1 + self.length * 90]).expect("made to fit"),
        }
    }
    pub(crate) fn inclusion(&self) -> Inclusion {
        Inclusion {
            index: Index::new(self.count),
            size: Size::new(self.count),
            path: self.listed(|| Hash::new(self.b32())),
        }
    }
    pub(crate) fn proof(&self) -> UnverifiedProof {
        UnverifiedProof {
            opening: self.opening(),
            inclusion: self.inclusion(),
            checkpoint: self.checkpoint(),
        }
    }
    pub(crate) fn line<const N: usize>(&self) -> Line<N> {
        Line::new(&self.text()).expect("made to fit")
    }
}
