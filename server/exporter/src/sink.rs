//! Where parcels go: a file or a webhook, one attempt at a time.
//! Knows: what an attempt may end in. Never knows: how often it is tried, the relay.

mod lines;

mod file;
mod webhook;

use std::future::Future;
use std::io::ErrorKind;
use std::sync::Arc;

use partywall_fetch::{Bytes, Trouble};

use crate::form;
use crate::parcel::Parcel;
use crate::words::in_words;

pub(crate) use file::FileSink;
pub(crate) use lines::Lines;
pub(crate) use webhook::Webhook;

/// A place to which parcels go.
pub(crate) enum Sink {
    File(FileSink),
    Webhook(Webhook),
}

/// A parcel in the form of its sink. Made once: every attempt sends these bytes.
pub(crate) enum Ready<'a> {
    File(&'a FileSink, Arc<Lines>),
    Webhook(&'a Webhook, String, Bytes),
}

/// What one attempt ended in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The sink has all of it, durably as far as it can be known.
    Taken,
    /// It has not, as far as can be known.
    Failed(Left, Why),
}

/// What of a parcel left by an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Left {
    /// Nothing, for certain.
    Nothing,
    /// Something may have.
    Perhaps,
}

/// Why an attempt failed: one sentence, without a name, an address or a word of the parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Why {
    #[error("the webhook could not be asked: {0}")]
    Trouble(Trouble),
    #[error("the webhook answered {0} without a receipt")]
    NoReceipt(u16),
    #[error(
        "the webhook answered {0} with a receipt that does not verify: is its secret the same?"
    )]
    WrongReceipt(u16),
    #[error(
        "the webhook answered {0}, a redirect, which is not followed: write the place it leads to into the configuration"
    )]
    Redirected(u16),
    #[error("the webhook answered {0}")]
    Answered(u16),
    #[error("the file could not be written: {}", in_words(*.0))]
    File(ErrorKind),
    #[error("the file is being written by another process")]
    FileBusy,
    #[error("the file ends with something that is not this exporter's; name another file")]
    FileForeign,
    #[error("the file was not written in time")]
    FileSlow,
}

impl Sink {
    /// The parcel in this sink's form.
    pub(crate) fn wrap(&self, parcel: &Parcel) -> Ready<'_> {
        match self {
            Self::File(file) => Ready::File(file, Arc::new(form::lines(parcel))),
            Self::Webhook(webhook) => {
                let body = form::object(parcel).into();
                Ready::Webhook(webhook, hex::encode(parcel.proven().batch()), body)
            }
        }
    }
}

impl Ready<'_> {
    /// Tries once, until `until` says that it is enough.
    pub(crate) async fn attempt(&self, until: impl Future<Output = ()>) -> Attempt {
        match self {
            Self::File(file, lines) => file.attempt(Arc::clone(lines), until).await,
            Self::Webhook(webhook, batch, body) => {
                webhook.attempt(batch, body.clone(), until).await
            }
        }
    }
}
