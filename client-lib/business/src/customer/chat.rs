//! A conversation with a business, as its customer holds it.
//! Knows: what can be asked for. Never knows: how it is done.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use partywall_business::table::Row;
use partywall_business::value::Value;
use partywall_business::{Category, Why};

use super::{
    ChangedCertificate, ChatCard, Choices, ErasureReceipt, Export, Held, Message, MessageId,
    PendingTerms, Shared, Switched, cards, changes, export, held, pending, pump, shared,
};
use crate::core::Front;
use crate::error::{
    BeginError, ChangeError, DownReason, LookError, ReportError, RightsError, SayError, Stopped,
};
use crate::outbox::Words;
use crate::what::{Amount, Item, What};

/// A conversation. Cheap to clone.
#[derive(Clone)]
pub struct Chat {
    pub(super) front: Arc<Front>,
    pub(super) talk: i64,
}

/// Saying something.
impl Chat {
    /// Says a text. When this returns it is in the outbox, durably; [`EventKind::Accepted`] or
    /// [`EventKind::Refused`] follows.
    ///
    /// # Errors
    /// [`SayError`]; nothing has changed then.
    ///
    /// [`EventKind::Accepted`]: super::EventKind::Accepted
    /// [`EventKind::Refused`]: super::EventKind::Refused
    pub async fn say(&self, text: &str) -> Result<MessageId, SayError> {
        self.put(What::Text(text.to_owned())).await
    }

    /// Orders items that come to `total`.
    ///
    /// # Errors
    /// As [`Chat::say`].
    pub async fn order(&self, items: Vec<Item>, total: Amount) -> Result<MessageId, SayError> {
        self.put(What::Order { items, total }).await
    }

    /// Chooses a button or row, by its id, of the message with this `said` number.
    ///
    /// # Errors
    /// As [`Chat::say`].
    pub async fn choose(&self, id: &str, of: u64) -> Result<MessageId, SayError> {
        let id = id.to_owned();
        self.put(What::Chosen { id, of }).await
    }

    /// Asks for a person.
    ///
    /// # Errors
    /// As [`Chat::say`].
    pub async fn ask_for_a_person(&self) -> Result<MessageId, SayError> {
        self.put(What::AskForAPerson).await
    }

    /// Says where the customer is, in millionths of a degree.
    ///
    /// # Errors
    /// As [`Chat::say`].
    pub async fn location(&self, latitude: i32, longitude: i32) -> Result<MessageId, SayError> {
        self.put(What::Location {
            latitude,
            longitude,
        })
        .await
    }

    /// Says anything that a customer may say.
    ///
    /// # Errors
    /// As [`Chat::say`].
    pub async fn put(&self, what: What) -> Result<MessageId, SayError> {
        pump::say(&self.front.0, self.talk, Words::Plain(what)).await
    }

    /// How the conversation stands, as far as it is known here.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn card(&self) -> Result<ChatCard, LookError> {
        cards::card(&self.front.0, self.talk).await
    }

    /// Messages of both sides, the newest last; at most `most`, before a message or from the end.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn history(
        &self,
        before: Option<MessageId>,
        most: u32,
    ) -> Result<Vec<Message>, LookError> {
        cards::history(&self.front.0, self.talk, before, most).await
    }

    /// Why the relay is not connected now, or `None` when it is.
    #[must_use]
    pub fn down(&self) -> Option<DownReason> {
        self.front.0.talks.down(self.talk)
    }
}

/// Knowing and choosing what is told.
impl Chat {
    /// The switches, and everything that was told, each with a proof that was verified.
    ///
    /// # Errors
    /// [`RightsError`]: also when a single proof does not hold.
    pub async fn shared(&self) -> Result<Shared, RightsError> {
        shared::shared(&self.front.0, self.talk).await
    }

    /// The choices as they stand, region and objection too.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn choices(&self) -> Result<Choices, Stopped> {
        let (core, row) = (&self.front.0, self.talk);
        let now = core.work(move |work| changes::standpoint(work, row));
        Ok(now.await?.choices())
    }

    /// Turns one switch.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn turn(&self, row: Row, to: Switched) -> Result<(), ChangeError> {
        changes::turn(&self.front.0, self.talk, row, to).await
    }

    /// Chooses all switches anew. Opt-ins that are not in the choices are taken back; region and
    /// objection stay as they are unless the choices say otherwise.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn change(&self, choices: Choices) -> Result<(), ChangeError> {
        changes::change(&self.front.0, self.talk, choices).await
    }

    /// Switches everything off that can be. When this returns nothing more of it leaves. (B-23)
    ///
    /// # Errors
    /// [`ChangeError`]; what is not reached is said again by itself until it is.
    pub async fn withdraw_all(&self) -> Result<(), ChangeError> {
        changes::withdraw_all(&self.front.0, self.talk).await
    }

    /// Objects to personalisation, advertising and analytics (GDPR 21, CCPA).
    ///
    /// # Errors
    /// As [`Chat::withdraw_all`].
    pub async fn object(&self) -> Result<(), ChangeError> {
        changes::object(&self.front.0, self.talk).await
    }

    /// Declares values of fields. They stay here, but for those that a switch, need or law asks
    /// for: these the relay is told, as exactly as may be and no more. What is not in `values` is
    /// forgotten, here and there.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn declare(&self, values: Vec<Value>) -> Result<(), ChangeError> {
        changes::declare(&self.front.0, self.talk, values).await
    }

    /// Lets templates of a category come, or not.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn opt(&self, category: Category, to: Switched) -> Result<(), ChangeError> {
        changes::opt(&self.front.0, self.talk, category, to).await
    }

    /// The categories that are let in.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn opted_in(&self) -> Result<BTreeSet<Category>, LookError> {
        Ok(self.card().await?.opted_in)
    }

    /// A newer table, and in sentences what it would newly share and what it stops.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn pending_terms(&self) -> Result<Option<PendingTerms>, RightsError> {
        pending::terms(&self.front.0, self.talk).await
    }

    /// Accepts the newer table with these choices. Region and objection stay as they are unless
    /// the choices say otherwise.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn accept_terms(&self, choices: Choices) -> Result<(), ChangeError> {
        pending::accept_terms(&self.front.0, self.talk, choices).await
    }

    /// A certificate with other keys or hosting, until it was accepted. (SPEC B-8)
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn pending_certificate(&self) -> Result<Option<ChangedCertificate>, LookError> {
        pending::certificate(&self.front.0, self.talk).await
    }

    /// Accepts it: a new session begins, and what waits is said in it.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn accept_certificate(&self) -> Result<(), ChangeError> {
        pending::accept_certificate(&self.front.0, self.talk).await
    }
}

/// Ending, and rights that outlast the end.
impl Chat {
    /// Hears the business no more, until unblocked. It is not told.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn block(&self) -> Result<(), ChangeError> {
        changes::block(&self.front.0, self.talk, Switched::On).await
    }

    /// Hears it again.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn unblock(&self) -> Result<(), ChangeError> {
        changes::block(&self.front.0, self.talk, Switched::Off).await
    }

    /// Ends the conversation: a hard stop, at once. Where the relay is not reached it is said
    /// again by itself until it is; nothing is taken in from now on either way. (SPEC B-14)
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn leave(&self) -> Result<(), ChangeError> {
        changes::leave(&self.front.0, self.talk).await
    }

    /// Opens one message of the business to the operator, and no other. (SPEC B-19)
    ///
    /// # Errors
    /// [`ReportError`].
    pub async fn report(&self, message: MessageId, why: Why) -> Result<(), ReportError> {
        changes::report(&self.front.0, self.talk, message, why).await
    }

    /// What the relay holds of this conversation. Also after leaving.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn held(&self) -> Result<Held, RightsError> {
        held::held(&self.front.0, self.talk).await
    }

    /// Everything, as a JSON-LD document in the words of DPV: consents, receipts, disclosures with
    /// their proofs. Its shape is `docs/export.schema.json`. Also after leaving.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn export(&self) -> Result<serde_json::Value, RightsError> {
        Ok(self.exported().await?.to_json())
    }

    /// As [`Chat::export`], in types.
    ///
    /// # Errors
    /// As [`Chat::export`].
    pub async fn exported(&self) -> Result<Export, RightsError> {
        export::export(&self.front.0, self.talk).await
    }

    /// Has the relay destroy what it can of this conversation, which ends with it. The receipt is
    /// verified and kept. Also after leaving.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn erase(&self) -> Result<ErasureReceipt, RightsError> {
        held::erase(&self.front.0, self.talk).await
    }

    /// The receipt of an erasure that was done.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn erasure(&self) -> Result<Option<ErasureReceipt>, LookError> {
        held::kept(&self.front.0, self.talk).await
    }

    /// Makes the session that an accepted certificate asks for, and says what waits. Happens by
    /// itself; for who wants to know whether it works.
    ///
    /// # Errors
    /// [`BeginError`].
    pub async fn connect(&self) -> Result<(), BeginError> {
        pump::connect(&self.front.0, self.talk).await
    }
}

/// The type's name and nothing of the conversation.
impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chat")
    }
}
