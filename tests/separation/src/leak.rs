//! Leaks planted on purpose: each breaks the wall in one way, in the house's assembly, so that it is
//! seen that the comparison would have found it. Product code has none of this.
//! Knows: names, and a sentence each. How they are built in, `plumbing` says.

mod plumbing;
mod surgery;

pub(crate) use plumbing::Plumbing;

macro_rules! leaks {
    ($($(#[doc = $says:literal])* $name:ident,)*) => {
        /// A way in which the wall is broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Leak {
            $($(#[doc = $says])* $name,)*
            /// None: a house that could leak, and does not. The control of the controls.
            Nothing,
        }

        impl Leak {
            /// All that are leaks.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What is wrong with the house, in a sentence.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($says,)*),)*
                    Self::Nothing => "Nothing is wrong.",
                }
            }
        }
    };
}

leaks! {
    /// The business wing's dice are drawn from what the peer wing left of its own.
    SharedDice,
    /// One gate counts who is inside of both wings.
    SharedGate,
    /// Work in the peer wing makes the business wing's clock go on.
    ClockAdvancedByPeerWork,
    /// A start of the peer wing sets the business wing's clock.
    ClockSetByPeerRestart,
    /// A line of the business log says how many people are connected.
    LogLabel,
    /// The last fault of either wing stands in the business log.
    SharedErrorString,
    /// A metric is summed over both wings.
    MetricSummed,
    /// Broken frames at the peer doors are counted as the business door's.
    ViolationsCountedTogether,
    /// The writers share the bound of their queues.
    SharedQueueBound,
    /// The network address that came last to a peer door is kept beside a business.
    KeptAddress,
    /// A reader id becomes a customer's rights key.
    ReaderIdInBusinessRow,
    /// The hash of a pass lies in a business table.
    PassHashInBusinessTable,
    /// Closed mailboxes are buried where erased conversations are.
    SharedTombstones,
    /// Rows of the business database are numbered behind the mailboxes.
    RowidOffset,
    /// Templates are ordered by a counter that envelopes move.
    SharedIdCounter,
    /// Batches are counted from the number of mailboxes on.
    MailboxCountAsSequence,
    /// The ledger's ETag has the number of mailboxes in it.
    MailboxCountAsEtag,
    /// A drop id stands where an exported subject should.
    DropIdAsSubject,
    /// Exported batches are padded by what people left.
    ExportPaddedByPeerBytes,
    /// Claims wait until the peer wing is quiet.
    ExportTimedByPeerLoad,
    /// A claim asks for fewer records while people are busy.
    BatchSizeByPeerLoad,
    /// After a failed batch the exporter waits longer when people are busy.
    RetryBackoffByPeerLoad,
    /// A checkpoint is worked on whenever mail is left.
    CheckpointOnPeerActivity,
    /// Who goes first is decided by the hash of a drop.
    OrderByPeerHash,
    /// The business listener vouches for the peer listener's certificate too.
    SharedCertificate,
    /// Mail of people makes the business wing believe that the disk is nearly full.
    SharedQuota,
    /// While a mailbox is full, a customer's message is lost.
    FullMailboxRefusesCustomer,
    /// Connections that stay half open at a peer door keep a business out.
    HalfOpenKeepsBusinessOut,
}
