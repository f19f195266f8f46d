//! Why a request is not done, as the wire says it, and what else can stop a job.
//! Knows: a rule and a second. Never knows: who asked.

pub(crate) use partywall_business::{Refusal, Rule};
use partywall_store::{StoreError, sql};

/// Why a job ends early. A refusal wrote nothing; an error of the store undoes the whole group.
#[derive(Debug)]
pub(crate) enum Trouble {
    Refused(Refusal),
    Store(StoreError),
}

/// What a job comes to.
pub(crate) type Judged<T> = Result<T, Trouble>;

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Rule> for Trouble {
    fn from(rule: Rule) -> Self {
        Self::Refused(Refusal::by(rule))
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sql::Error> for Trouble {
    fn from(error: sql::Error) -> Self {
        Self::Store(error.into())
    }
}
