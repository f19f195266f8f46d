//! The contact as `feed` sees it: lines go to its outbox, the record lies beside it.
//! Knows: the contact. Never knows: which lines come next.

use std::time::Duration;

use partywall_client::{Contact, SayError};

use super::bar::Bar;
use super::feed::{Mouth, Taken, Tally};
use super::record::Record;
use super::run::Keyed;
use crate::screen::Screen;
use crate::trouble::Trouble;

/// How often it is tried again to say something while the other side gives no sign. (SPEC S-9)
const AGAIN: Duration = Duration::from_secs(2);

const UNANSWERED: &str =
    "20,000 messages wait for a sign of the other side; this goes on when they were online";

/// A contact, and the bar that shows how far it is.
pub(crate) struct ToContact {
    pub(crate) contact: Contact,
    pub(crate) bar: Bar,
    pub(crate) screen: Screen,
}

impl Mouth for ToContact {
    async fn record(&mut self) -> Result<Option<Record>, Trouble> {
        Ok(Record::from_bytes(&self.contact.note().await?))
    }

    async fn keep(&mut self, record: Option<&Record>) -> Result<(), Trouble> {
        let bytes = record.map(Record::to_bytes).unwrap_or_default();
        Ok(self.contact.keep_note(&bytes).await?)
    }

    async fn say(&mut self, lines: Vec<Keyed>) -> Result<Taken, Trouble> {
        let mut taken = Taken::default();
        let mut from = 0;
        let mut waited = false;
        while from < lines.len() {
            let rest = borrowed(&lines[from..]);
            let (sent, refused) = match self.contact.say_many(rest).await {
                Ok(sent) => (sent, None),
                Err(said) => (said.taken, Some(said.why)),
            };
            from += sent.len();
            taken
                .ids
                .extend(sent.iter().map(partywall_client::Sent::id));
            taken.repeated += sent.iter().filter(|sent| sent.repeated()).count() as u64;
            match refused {
                None => {}
                Some(SayError::Unanswered) => {
                    if !std::mem::replace(&mut waited, true) {
                        self.bar.aside(|| self.screen.remark(UNANSWERED));
                    }
                    tokio::time::sleep(AGAIN).await;
                }
                Some(why) => return Err(why.into()),
            }
        }
        Ok(taken)
    }

    async fn show(&mut self, tally: &Tally) {
        let queued = self.contact.queued().await.unwrap_or(0);
        self.bar.shows(tally.ids.len(), queued);
    }
}

fn borrowed(lines: &[Keyed]) -> Vec<(&[u8], &str)> {
    let mut borrowed = Vec::with_capacity(lines.len());
    for (key, text) in lines {
        borrowed.push((key.as_slice(), text.as_str()));
    }
    borrowed
}
