//! Pairs that stand ready: a reader at each mailbox, a writer before it.
//! Knows: connections. Never knows: what is done with them.

use std::num::NonZeroUsize;

use crate::mailboxes::Mailboxes;
use crate::reader::Reader;
use crate::writer::Writer;
use crate::{LoadError, Target};

/// Connections that stand ready for a load, and stay open from one load to the next.
pub struct Lanes {
    pub(crate) target: Target,
    pub(crate) readers: Vec<Reader>,
    pub(crate) writers: Vec<Writer>,
}

impl Lanes {
    /// So many pairs of a writer and a reader, each with a mailbox and two connections of its own.
    ///
    /// # Errors
    /// The target refuses or cannot be reached.
    pub async fn open(target: &Target, pairs: NonZeroUsize) -> Result<Self, LoadError> {
        Self::at(&Mailboxes::make(target, pairs).await?).await
    }

    /// The same at mailboxes that there are already.
    ///
    /// # Errors
    /// As [`Lanes::open`].
    pub async fn at(mailboxes: &Mailboxes) -> Result<Self, LoadError> {
        let mut lanes = Self {
            target: mailboxes.target().clone(),
            readers: Vec::new(),
            writers: Vec::new(),
        };
        for share in mailboxes.shares(1) {
            lanes.readers.push(share.reader().await?);
            lanes.writers.push(share.writer().await?);
        }
        Ok(lanes)
    }
}
