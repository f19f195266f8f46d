//! Reads the second implementation's vectors: fields, draws, bindings, clear parts. (SPEC §10)
//! Knows: what each field is called. Never knows: how the vectors were made.
//!
//! A vector is of the peer wing unless its `wing` says `business`. Such a one has `binding` with `business_id`,
//! `hosting` and `endpoint` (Ed ‖ IK) beside B's keys, and `clear` beside each envelope that is sealed or opened.

use std::path::Path;

use partywall_ground::{Business, LinkSecret, Peer, Wing};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

use crate::binding::Binding;
use crate::bundle::BundleSecret;
use crate::clear::{Aside, Clear};
use crate::identity::{Identity, IdentityKeys};
use crate::secret::LinkKeys;

/// A wing as vectors tell of it.
pub(super) trait Told: Wing {
    /// What a vector's `binding` says.
    fn binding(certified: &Certified) -> Binding<'_, Self>;
    /// What a vector's `clear` says; nothing if it is too long.
    fn aside(clear: &[u8]) -> Option<Aside<'_, Self>>;
}

impl Told for Peer {
    fn binding(certified: &Certified) -> Binding<'_, Self> {
        assert!(certified.0.is_none(), "the peer wing binds nothing");
        Binding::NONE
    }
    fn aside(clear: &[u8]) -> Option<Aside<'_, Self>> {
        assert!(clear.is_empty(), "the peer wing has no clear part");
        Some(Aside::NONE)
    }
}

impl Told for Business {
    fn binding(certified: &Certified) -> Binding<'_, Self> {
        let (business, hosting, endpoint) = certified.0.as_ref().expect("no binding");
        Binding::<Self>::of(business, hosting, endpoint)
    }
    fn aside(clear: &[u8]) -> Option<Aside<'_, Self>> {
        Clear::of(clear).ok().map(Aside::from)
    }
}

/// A vector's `binding`: business id, hosting label, endpoint key.
pub(super) struct Certified(Option<([u8; 32], Vec<u8>, IdentityKeys<Business>)>);

impl Certified {
    pub(super) fn of(vector: &Value) -> Self {
        let binding = &vector["binding"];
        Self((!binding.is_null()).then(|| {
            let endpoint = IdentityKeys::from_bytes(&array(binding, "endpoint")).unwrap();
            let hosting = bytes(binding, "hosting");
            (array(binding, "business_id"), hosting, endpoint)
        }))
    }
}

/// The clear part beside a vector's envelope; empty in the peer wing.
pub(super) fn clear(vector: &Value) -> Vec<u8> {
    if vector["clear"].is_null() {
        Vec::new()
    } else {
        bytes(vector, "clear")
    }
}

/// Dice that fall as a vector says: the draws of §4.2 and §4.4 in their order.
pub(super) struct Draws(pub(super) Vec<u8>);

impl TryRng for Draws {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        assert!(
            self.0.len() >= bytes.len(),
            "more was drawn than the vector gives"
        );
        let rest = self.0.split_off(bytes.len());
        bytes.copy_from_slice(&self.0);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Draws {}

/// A file's vectors of one wing.
pub(super) fn vectors<W: Wing>(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../vectors")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let all = file["vectors"].as_array().unwrap().iter();
    let told = |vector: &&Value| vector["wing"].as_str().unwrap_or(Peer::NAME) == W::NAME;
    all.filter(told).cloned().collect()
}

pub(super) fn bytes(vector: &Value, key: &str) -> Vec<u8> {
    hex::decode(vector[key].as_str().unwrap_or_else(|| panic!("no {key}"))).unwrap()
}

pub(super) fn maybe<const N: usize>(vector: &Value, key: &str) -> Option<[u8; N]> {
    (!vector[key].is_null()).then(|| array(vector, key))
}

pub(super) fn array<const N: usize>(vector: &Value, key: &str) -> [u8; N] {
    bytes(vector, key).try_into().unwrap()
}

pub(super) fn number(vector: &Value, key: &str) -> u32 {
    u32::try_from(vector[key].as_u64().unwrap()).unwrap()
}

pub(super) fn name(vector: &Value) -> &str {
    vector["name"].as_str().unwrap()
}

pub(super) fn valid(vector: &Value) -> bool {
    vector["valid"].as_bool().unwrap()
}

pub(super) fn identity<W: Wing>(vector: &Value, ed: &str, ik: &str) -> Identity<W> {
    Identity::from_bytes(&[bytes(vector, ed), bytes(vector, ik)].concat()).unwrap()
}

pub(super) fn link<W: Wing>(vector: &Value) -> LinkKeys<W> {
    LinkKeys::of(&LinkSecret::new(array(vector, "L")))
}

pub(super) fn bundle_secret<W: Wing>(vector: &Value) -> BundleSecret<W> {
    let kind = [u8::try_from(vector["kind"].as_u64().unwrap()).unwrap()];
    let not_after = vector["not_after"].as_u64().unwrap().to_be_bytes();
    let parts = [
        bytes(vector, "bid"),
        kind.to_vec(),
        not_after.to_vec(),
        bytes(vector, "p_secret"),
        bytes(vector, "kem_seed"),
    ];
    BundleSecret::from_bytes(&parts.concat()).unwrap()
}
