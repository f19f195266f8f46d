//! The operator's approval of a template: what a customer's client asks for before it shows one.
//! (SPEC §11.6, B-21) Knows: whose signature it needs. Never knows: whether it is paused.

use super::{Draft, Template, TemplateBytes};
use crate::{BusinessId, TemplateId, labels};
use minicbor::{Decode, Encode};
use partywall_proof::{PublicKey, Signature, SigningKey};

/// As it was received: nothing about it is proven. (SPEC §11.6)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UnverifiedApproval {
    /// The template's bytes.
    #[n(0)]
    pub template: TemplateBytes,
    /// Whose it is.
    #[n(1)]
    pub business: BusinessId,
    /// The operator's.
    #[n(2)]
    pub signature: Signature,
}

/// Not a template that this operator approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this template is not approved by the relay's operator: it is not shown")]
pub struct BadApproval;

/// A template that the operator approved. Only [`UnverifiedApproval::verify`] and
/// [`Approved::sign`] make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    template: Template,
    business: BusinessId,
    signature: Signature,
}

impl UnverifiedApproval {
    /// Proves that the operator approved the template, and that no rule refuses it. (SPEC B-21)
    ///
    /// # Errors
    /// Whatever is wrong with it, the same.
    pub fn verify(self, operator: &PublicKey) -> Result<Approved, BadApproval> {
        let signed = [
            self.business.as_bytes().as_slice(),
            self.template.as_bytes(),
        ];
        operator
            .verify(labels::TEMPLATE, &signed, &self.signature)
            .map_err(|_| BadApproval)?;
        let draft = Draft::decode(&self.template).map_err(|_| BadApproval)?;
        Ok(Approved {
            template: draft.checked().map_err(|_| BadApproval)?,
            business: self.business,
            signature: self.signature,
        })
    }
}

impl Approved {
    /// Approves a business's template, as the operator.
    #[must_use]
    pub fn sign(operator: &SigningKey, business: BusinessId, template: Template) -> Self {
        let signed = [business.as_bytes().as_slice(), template.bytes().as_bytes()];
        let signature = operator.sign(labels::TEMPLATE, &signed);
        Self {
            template,
            business,
            signature,
        }
    }

    /// The template.
    #[must_use]
    pub const fn template(&self) -> &Template {
        &self.template
    }

    /// Whose it is.
    #[must_use]
    pub const fn business(&self) -> &BusinessId {
        &self.business
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> TemplateId {
        self.template.id(&self.business)
    }

    /// The same as something received, for sending it on and for keeping it.
    #[must_use]
    pub fn to_unverified(&self) -> UnverifiedApproval {
        UnverifiedApproval {
            template: self.template.bytes().clone(),
            business: self.business,
            signature: self.signature,
        }
    }
}
