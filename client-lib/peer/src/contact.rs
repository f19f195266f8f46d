//! One contact: say, look back, compare, forget.
//! Knows: what can be asked for. Never knows: how it is done.

use zeroize::Zeroizing;

use crate::desk::{ContactRow, Desk, Order};
use crate::error::{GREATEST_NOTE, LookError, SayError};
use crate::message::{Message, MessageId, Page, Sent, State};
use crate::peer::ContactCard;

/// A contact of an open client. Cheap to clone; stays valid when others come and go.
#[derive(Clone, Debug)]
pub struct Contact {
    pub(crate) desk: Desk,
    pub(crate) row: ContactRow,
}

/// The sixty digits both people see alike, if nobody stands between them. (SPEC §6.1)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    /// Twelve groups of five digits, separated by spaces.
    pub digits: String,
    /// You have said before that they are equal.
    pub verified: bool,
}

/// A batch stopped before its end: the texts before were taken, this and those after were not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Said {
    /// What was taken, in order.
    pub taken: Vec<Sent>,
    /// Why the next one was not.
    #[source]
    pub why: SayError,
}

impl Contact {
    /// Says a text of at most 60,000 bytes of UTF-8. When this returns it is sealed and on this
    /// machine's disk, in the outbox; it leaves for the relay by itself, now or after a restart.
    ///
    /// # Errors
    /// [`SayError`]; nothing was sealed.
    pub async fn say(&self, text: &str) -> Result<Sent, SayError> {
        self.say_one(None, text).await
    }

    /// As [`Contact::say`], once for each `key`: the same key again, also after a crash and a
    /// restart, sends nothing and gives back the message that was taken the first time.
    ///
    /// # Errors
    /// [`SayError`]; nothing was sealed.
    pub async fn say_once(&self, key: &[u8], text: &str) -> Result<Sent, SayError> {
        self.say_one(Some(key.to_vec()), text).await
    }

    async fn say_one(&self, key: Option<Vec<u8>>, text: &str) -> Result<Sent, SayError> {
        let texts = vec![(key, Zeroizing::new(text.to_owned()))];
        match self.say_all(texts).await {
            Ok(sent) => Ok(*sent.first().expect("one text gives one message")),
            Err(said) => Err(said.why),
        }
    }

    /// Says many texts in order, each with a key as in [`Contact::say_once`]. They are taken in
    /// groups of up to 256 that are written to disk together, which is much faster than one by one.
    ///
    /// # Errors
    /// [`Said`]: what was taken before one was refused. Call again with the same keys to go on.
    pub async fn say_many<K, T>(
        &self,
        texts: impl IntoIterator<Item = (K, T)>,
    ) -> Result<Vec<Sent>, Said>
    where
        K: AsRef<[u8]>,
        T: AsRef<str>,
    {
        let mut taken = Vec::new();
        let mut group = Vec::new();
        let mut bytes = 0;
        for (key, text) in texts {
            let text = Zeroizing::new(text.as_ref().to_owned());
            bytes += text.len();
            group.push((Some(key.as_ref().to_vec()), text));
            if group.len() >= 256 || bytes >= 1 << 20 {
                self.say_group(std::mem::take(&mut group), &mut taken)
                    .await?;
                bytes = 0;
            }
        }
        self.say_group(group, &mut taken).await?;
        Ok(taken)
    }

    async fn say_group(
        &self,
        group: Vec<(Option<Vec<u8>>, Zeroizing<String>)>,
        taken: &mut Vec<Sent>,
    ) -> Result<(), Said> {
        if group.is_empty() {
            return Ok(());
        }
        match self.say_all(group).await {
            Ok(sent) => taken.extend(sent),
            Err(said) => {
                taken.extend(said.taken);
                let taken = std::mem::take(taken);
                return Err(Said {
                    taken,
                    why: said.why,
                });
            }
        }
        Ok(())
    }

    async fn say_all(
        &self,
        texts: Vec<(Option<Vec<u8>>, Zeroizing<String>)>,
    ) -> Result<Vec<Sent>, Said> {
        let contact = self.row;
        match self
            .desk
            .ask(|reply| Order::Say {
                contact,
                texts,
                reply,
            })
            .await
        {
            Ok(answer) => answer,
            Err(stopped) => Err(Said {
                taken: Vec::new(),
                why: stopped.into(),
            }),
        }
    }

    /// How many messages to this contact are not yet on the relay's disk, the client's own ones included.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn queued(&self) -> Result<usize, LookError> {
        let contact = self.row;
        self.desk
            .ask(|reply| Order::Queued { contact, reply })
            .await?
    }

    /// Waits until this message is on the relay's disk or will never be, however long that takes.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn wait_accepted(&self, id: MessageId) -> Result<State, LookError> {
        let mut moved = self.desk.moved.clone();
        loop {
            moved.borrow_and_update();
            let state = self.state(id).await?;
            if state != State::Queued {
                return Ok(state);
            }
            self.desk.wait(&mut moved).await?;
        }
    }

    /// Waits until nothing to this contact is in the outbox any more, however long that takes.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn wait_all_accepted(&self) -> Result<(), LookError> {
        let mut moved = self.desk.moved.clone();
        loop {
            moved.borrow_and_update();
            if self.queued().await? == 0 {
                return Ok(());
            }
            self.desk.wait(&mut moved).await?;
        }
    }

    /// How far a message of yours has come.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn state(&self, id: MessageId) -> Result<State, LookError> {
        let contact = self.row;
        self.desk
            .ask(|reply| Order::StateOf { contact, id, reply })
            .await?
    }

    /// A page of the history, oldest first.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn history(&self, page: Page) -> Result<Vec<Message>, LookError> {
        let contact = self.row;
        self.desk
            .ask(|reply| Order::History {
                contact,
                page,
                reply,
            })
            .await?
    }

    /// What is known of the contact.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn card(&self) -> Result<ContactCard, LookError> {
        let contact = self.row;
        self.desk
            .ask(|reply| Order::Card { contact, reply })
            .await?
    }

    /// The safety number. Compare it over another way, by voice or face to face; if all digits are
    /// equal, [`Contact::verify`].
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn safety(&self) -> Result<Safety, LookError> {
        let contact = self.row;
        self.desk
            .ask(|reply| Order::Safety { contact, reply })
            .await?
    }

    /// Keeps that you compared the safety number and it was equal.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn verify(&self) -> Result<(), LookError> {
        self.set_verified(true).await
    }

    /// Takes [`Contact::verify`] back.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn unverify(&self) -> Result<(), LookError> {
        self.set_verified(false).await
    }

    async fn set_verified(&self, verified: bool) -> Result<(), LookError> {
        let contact = self.row;
        self.desk
            .ask(|reply| Order::Verify {
                contact,
                verified,
                reply,
            })
            .await?
    }

    /// What the app keeps beside this contact, with [`Contact::keep_note`]; empty when nothing.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn note(&self) -> Result<Vec<u8>, LookError> {
        let contact = self.row;
        self.desk
            .ask(|reply| Order::Note { contact, reply })
            .await?
    }

    /// Keeps a note of the app's own beside this contact, sealed like everything else, in place of
    /// the one before; an empty one is none. Durable when this returns, and before anything said
    /// after it; gone with [`Contact::forget`]. At most [`GREATEST_NOTE`](crate::GREATEST_NOTE) bytes.
    ///
    /// # Errors
    /// [`LookError::NoteTooLong`]: what was kept before is still kept. [`LookError::Stopped`].
    pub async fn keep_note(&self, note: &[u8]) -> Result<(), LookError> {
        if note.len() > GREATEST_NOTE {
            return Err(LookError::NoteTooLong);
        }
        let contact = self.row;
        let note = note.to_vec();
        self.desk
            .ask(|reply| Order::KeepNote {
                contact,
                note,
                reply,
            })
            .await?
    }

    /// Erases the contact: name, history, keys, what is still in the outbox, and the mailbox made for it.
    /// The other side is not told. Its link cannot begin the same conversation again.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn forget(self) -> Result<(), LookError> {
        let contact = self.row;
        self.desk
            .ask(|reply| Order::Forget { contact, reply })
            .await?
    }
}
