//! A business's certificate: who it is and with which key it answers, for an hour. (SPEC §11.3)
//! Knows: what it says, whose signature it needs, until when it holds. Never knows: ledgers, clocks.

mod hosting;
mod industry;

pub use hosting::Hosting;
pub use industry::Industry;

use crate::{
    AccountKey, BusinessId, CertificateHash, Domain, Endpoint, Line, RevocationSequence, Serial,
    Signed, labels,
};
use minicbor::{Decode, Encode};
use partywall_ground::Seconds;
use partywall_ground::cbor;
use partywall_proof::{PublicKey, SigningKey, hash};

/// A business's verified name: 1 to 80 characters.
pub type Name = Line<80>;

/// For how many seconds a certificate is valid at most. (SPEC B-7)
pub const LONGEST_VALIDITY: u64 = 3_600;

/// What a certificate says of a business. (SPEC §11.3)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Certified {
    /// Which certificate.
    #[n(0)]
    pub serial: Serial,
    /// Which business: the hash of its account key.
    #[n(1)]
    pub business: BusinessId,
    /// Its account key.
    #[n(2)]
    pub account: AccountKey,
    /// Its verified name.
    #[n(3)]
    pub name: Name,
    /// The domain by which it is found.
    #[n(4)]
    pub domain: Domain,
    /// What it does.
    #[n(5)]
    pub industry: Industry,
    /// On whose machines it answers.
    #[n(6)]
    pub hosting: Hosting,
    /// With which identity it answers.
    #[n(7)]
    pub endpoint: Endpoint,
    /// The first second at which it is valid.
    #[n(8)]
    pub not_before: Seconds,
    /// The last.
    #[n(9)]
    pub not_after: Seconds,
    /// The newest revocation when it was issued.
    #[n(10)]
    pub revocations: RevocationSequence,
}

/// Why a certificate does not hold. (SPEC B-7, B-8)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not the operator's signature.
    #[error("the certificate is not signed by this relay's operator: do not rely on it")]
    NotSigned,
    /// Not of the form that the SPEC gives, or valid for longer than an hour.
    #[error("the certificate is not made as it has to be: tell the relay's operator")]
    Malformed,
    /// The business id is not the hash of the account key.
    #[error("the certificate names another business than its key's: do not rely on it")]
    OtherBusiness,
    /// Its first second has not come.
    #[error("the certificate is not valid yet: check this machine's clock")]
    NotYet,
    /// Its last second has passed.
    #[error("the certificate has run out: look the business up again")]
    Expired,
}

/// As it was received: nothing about it is proven. (SPEC §11.3)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedCertificate(Signed);

/// A certificate whose signature, dates and business id were found right. Only
/// [`UnverifiedCertificate::verify`] and [`Certificate::issue`] make one. Whether it stands in the
/// ledger is to be proven besides. (SPEC B-8)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    signed: Signed,
    says: Certified,
}

impl UnverifiedCertificate {
    /// Takes a signed certificate as it came.
    #[must_use]
    pub const fn new(signed: Signed) -> Self {
        Self(signed)
    }

    /// Proves that the operator says this of the business at `now`. The only door to a
    /// [`Certificate`] for who did not issue it. (SPEC B-7, B-8)
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(
        self,
        operator: &PublicKey,
        now: Seconds,
    ) -> Result<Certificate, CertificateError> {
        let signed = self.0.verify(operator, labels::CERTIFICATE);
        if signed.is_err() && !partywall_mutant::is("P23") {
            return Err(CertificateError::NotSigned);
        }
        let says: Certified =
            cbor::decode(&self.0.bytes).map_err(|_| CertificateError::Malformed)?;
        whole(&says)?;
        if now < says.not_before {
            return Err(CertificateError::NotYet);
        }
        if now > says.not_after {
            return Err(CertificateError::Expired);
        }
        Ok(Certificate {
            signed: self.0,
            says,
        })
    }
}

/// What has to hold at any time.
fn whole(says: &Certified) -> Result<(), CertificateError> {
    let seconds = says.not_after.value().checked_sub(says.not_before.value());
    if seconds.is_none_or(|seconds| seconds > LONGEST_VALIDITY) {
        return Err(CertificateError::Malformed);
    }
    if says.business != BusinessId::of(&says.account) {
        return Err(CertificateError::OtherBusiness);
    }
    Ok(())
}

impl Certificate {
    /// Signs for what it says, as the operator.
    ///
    /// # Errors
    /// When it says what no certificate may: a business id that is not its key's, or a validity of
    /// more than an hour.
    pub fn issue(operator: &SigningKey, says: Certified) -> Result<Self, CertificateError> {
        whole(&says)?;
        let signed = Signed::make(operator, labels::CERTIFICATE, cbor::encode(&says));
        Ok(Self { signed, says })
    }

    /// What it says.
    #[must_use]
    pub const fn says(&self) -> &Certified {
        &self.says
    }

    /// The bytes and their signature, as received or issued.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        &self.signed
    }

    /// `H("certificate", bytes)`: what `begin` names. (SPEC §11.3, B-11)
    #[must_use]
    pub fn hash(&self) -> CertificateHash {
        CertificateHash::new(hash(labels::CERTIFICATE, &[&self.signed.bytes]))
    }

    /// Whether it is less than half of its time from running out, so that another is issued to who
    /// asks. (SPEC B-7)
    #[must_use]
    pub fn is_waning(&self, now: Seconds) -> bool {
        let (from, until) = (self.says.not_before.value(), self.says.not_after.value());
        until.saturating_sub(now.value()) < (until - from) / 2
    }

    /// Whether a session bound to `self` may go on under `other`: the same business, account key,
    /// hosting and endpoint. If not, the person decides. (SPEC B-8)
    #[must_use]
    pub fn binds_like(&self, other: &Self) -> bool {
        let bound = |says: &Certified| {
            (
                says.business,
                says.account,
                says.hosting.clone(),
                says.endpoint,
            )
        };
        bound(&self.says) == bound(&other.says)
    }
}
