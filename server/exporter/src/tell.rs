//! What the exporter says about itself: a line when something changes, and none while it stays as it is.
//! Knows: names of sinks and kinds of trouble. Never knows: records, ids, values, addresses.

use tracing::{error, info, warn};

use crate::parcel::Unproven;
use crate::sink::Why;

/// How a sink is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It took nothing yet.
    Fresh,
    /// It took the last batch.
    Well,
    /// It is tried again and again.
    Failing(Why),
    /// Nothing is sent to it: what the relay gave for it is not proven.
    Unproven(Unproven),
}

impl Condition {
    /// Moves on, and says so if it is a change.
    pub(crate) fn becomes(&mut self, next: Self, sink: &str) {
        if *self == next {
            return;
        }
        *self = next;
        match next {
            Self::Fresh => {}
            Self::Well => info!(sink, "the sink takes what it is sent"),
            Self::Failing(why) => warn!(
                sink,
                reason = why.to_string(),
                "the sink does not take what it is sent; trying again"
            ),
            Self::Unproven(why) => error!(
                sink,
                reason = why.to_string(),
                "the relay's batch is not proven: nothing of it is sent, and this sink stands still until the relay offers another"
            ),
        }
    }
}

/// How the way to the relay is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relay {
    /// Nobody asked yet.
    Unknown,
    /// It answers.
    There,
    /// It does not.
    Away(Lost),
}

/// Why there is no relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Lost {
    #[error("nobody listens on its socket")]
    NotThere,
    #[error("its socket may not be opened by this user")]
    NotAllowed,
    #[error("the connection ended")]
    Ended,
    #[error("it does not answer")]
    Silent,
    #[error("it does not speak as SPEC §14 says; are relay and exporter of one release?")]
    Nonsense,
    #[error("it has another business key than before; start the exporter anew if that is meant")]
    OtherKey,
}

impl Relay {
    /// Moves on, and says so if it is a change.
    pub(crate) fn becomes(&mut self, next: Self) {
        if *self == next {
            return;
        }
        *self = next;
        match next {
            Self::Unknown => {}
            Self::There => info!("the relay is there"),
            Self::Away(why) => warn!(
                reason = why.to_string(),
                "no relay; everything is called off until it is back"
            ),
        }
    }
}
