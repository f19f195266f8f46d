//! A report: a customer opens one message to the operator, and no other. (SPEC §11.6, B-19)
//! Knows: what has to hold. Never knows: what the operator does about it.

use crate::content::Content;
use crate::frank::{self, FrankKey, Speaker};
use crate::request::Report;
use crate::{Class, ConversationId, Refusal, Rule};

/// A report whose proof held: the business said exactly this, in this conversation, at that time.
/// Only [`Report::prove`] makes one.
pub struct ProvenReport(Report);

impl Report {
    /// Proves that the business said this in the reporter's conversation. The only door to a
    /// [`ProvenReport`]. (SPEC B-19)
    ///
    /// # Errors
    /// `not-proven`, whatever is wrong.
    pub fn prove(
        self,
        key: &FrankKey,
        conversation: &ConversationId,
    ) -> Result<ProvenReport, Refusal> {
        let commitment = self.clear.commitment();
        let speaker = Speaker::Business;
        let content = Content::open(self.content.as_bytes(), &self.clear, speaker);
        let opened = content.is_ok_and(|content| content.key == self.key);
        let marked = frank::marked(key, commitment, conversation, speaker, self.at, &self.mark);
        let opened = opened || partywall_mutant::is("E03");
        if opened && marked {
            Ok(ProvenReport(self))
        } else {
            Err(Rule::NotProven.into())
        }
    }
}

impl ProvenReport {
    /// The report.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.0
    }

    /// Of which class the message was.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.0.clear.class()
    }
}

partywall_ground::silent!(ProvenReport);
