//! Anna and Ben: what they say, and two clients that say it.
//! Knows: everything that is said. Never knows: the relay, except by its link.

use std::time::Duration;

use partywall_client::{Client, Contact, EventKind, Events, Link, RelayLink, Store};
use partywall_world::Dice;
use tokio::time::timeout;

use super::claims::Claims;
use super::folder::Folder;
use super::telling::Telling;
use crate::trouble::Trouble;

/// How long a message may take on one machine before the tour gives up on it.
const ARRIVES: Duration = Duration::from_secs(15);

/// A line of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Who says it.
    pub(crate) who: &'static str,
    /// What is said; it ends with a mark that occurs nowhere else in the world.
    pub(crate) text: String,
}

/// Everything that will be said, with marks drawn for this tour.
pub(crate) struct Script {
    anna: String,
    ben: String,
    passphrase: String,
    talk: Vec<Line>,
    while_away: Vec<Line>,
    answer: Line,
}

impl Script {
    /// Draws the marks.
    pub(crate) fn with(dice: &mut Dice) -> Self {
        let mut mark = || hex::encode(dice.bytes::<8>());
        let mut line = |who, words: &str| Line {
            who,
            text: format!("{words} [{}]", mark()),
        };
        let talk = vec![
            line("Ben", "Hello Anna, your link works."),
            line(
                "Anna",
                "Good to hear you, Ben. Is the garden gate still open?",
            ),
            line("Ben", "Yes, until six. Grüße an deine Mutter!"),
        ];
        let while_away = vec![
            line("Anna", "I will be late, the bus stands still."),
            line("Anna", "Leave the key under the third stone."),
            line("Anna", "And water the beans, please."),
        ];
        let answer = line("Ben", "Done. The beans say thank you.");
        Self {
            anna: format!("Anna-{}", hex::encode(dice.bytes::<5>())),
            ben: format!("Ben-{}", hex::encode(dice.bytes::<5>())),
            passphrase: hex::encode(dice.bytes::<16>()),
            talk,
            while_away,
            answer,
        }
    }

    /// What Ben calls Anna.
    pub(crate) fn anna(&self) -> &str {
        &self.anna
    }

    /// What Anna calls Ben.
    pub(crate) fn ben(&self) -> &str {
        &self.ben
    }

    /// What both lock their stores with.
    pub(crate) fn passphrase(&self) -> &str {
        &self.passphrase
    }

    /// What Anna says while Ben is offline.
    pub(crate) fn while_away(&self) -> &[Line] {
        &self.while_away
    }

    /// All that is said, in order.
    pub(crate) fn all(&self) -> Vec<Line> {
        let answer = std::slice::from_ref(&self.answer);
        [&self.talk, &self.while_away, answer].concat()
    }

    /// Every word that the relay must never see: texts, their marks, names.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![self.anna.clone(), self.ben.clone(), self.passphrase.clone()];
        for line in self.all() {
            if let Some((words, mark)) = line.text.rsplit_once(" [") {
                secrets.push(words.to_owned());
                secrets.push(mark.trim_end_matches(']').to_owned());
            }
        }
        secrets
    }
}

/// One of the two, online.
struct Person {
    client: Client,
    events: Events,
    other: Contact,
}

/// The two of them.
pub(crate) struct People {
    anna: Person,
    ben: Option<Person>,
    ben_store: Store,
    invitation: Link,
}

impl People {
    /// Opens two stores; Anna invites, Ben adds, and says the first line so that Anna sees him.
    pub(crate) async fn meet(
        folder: &Folder,
        relay: &RelayLink,
        script: &Script,
    ) -> Result<Self, Trouble> {
        let ben_store = Store::at(folder.store("ben"));
        let (anna, ben) = tokio::join!(
            Client::open(Store::at(folder.store("anna")), &script.passphrase),
            Client::open(ben_store.clone(), &script.passphrase),
        );
        let (anna, ben) = (anna?, ben?);
        let mut anna_events = anna.peer().events();
        let ben_events = ben.peer().events();
        let invitation = anna.peer().invite(relay).named(&script.ben).await?;
        let her = ben.peer().add(&invitation, &script.anna).await?;
        // Anna knows Ben from the moment at which something of his arrives.
        let appeared = async {
            while let Some(event) = anna_events.next().await {
                let new = matches!(event.kind(), EventKind::NewContact { .. });
                event.done().await?;
                if new {
                    break;
                }
            }
            Ok::<_, Trouble>(())
        };
        timeout(ARRIVES, appeared)
            .await
            .map_err(|_late| lost("Ben's first sign"))??;
        let him = anna.peer().contact(&script.ben).await?;
        Ok(Self {
            anna: Person {
                client: anna,
                events: anna_events,
                other: him,
            },
            ben: Some(Person {
                client: ben,
                events: ben_events,
                other: her,
            }),
            ben_store,
            invitation,
        })
    }

    /// The invitation that Anna gave to Ben.
    pub(crate) fn invitation(&self) -> &str {
        self.invitation.as_str()
    }

    /// Both online.
    pub(crate) async fn talk(
        &mut self,
        script: &Script,
        telling: &Telling,
        claims: &mut Claims,
    ) -> Result<(), Trouble> {
        let ben = self.ben.as_mut().ok_or_else(|| lost("Ben"))?;
        let mut equal = true;
        for line in &script.talk {
            let (from, to) = match line.who {
                "Anna" => (&mut self.anna, &mut *ben),
                _ => (&mut *ben, &mut self.anna),
            };
            from.other.say(&line.text).await?;
            equal &= to.hears().await? == line.text;
            telling.said(line)?;
        }
        claims.add(
            "what was said while both were online arrived word for word, in order",
            equal,
        );
        Ok(())
    }

    /// Ben closes; Anna says what she has to say, until the relay has it.
    pub(crate) async fn write_to_absent(
        &mut self,
        script: &Script,
        telling: &Telling,
    ) -> Result<(), Trouble> {
        if let Some(ben) = self.ben.take() {
            // His last acknowledgements leave first.
            ben.other.wait_all_accepted().await?;
            ben.client.close().await?;
        }
        for line in &script.while_away {
            let sent = self.anna.other.say(&line.text).await?;
            timeout(ARRIVES, self.anna.other.wait_accepted(sent.id()))
                .await
                .map_err(|_late| lost("the relay's word"))??;
            telling.said(line)?;
        }
        Ok(())
    }

    /// Ben opens his store again, reads, answers.
    pub(crate) async fn come_back(
        &mut self,
        script: &Script,
        telling: &Telling,
        claims: &mut Claims,
    ) -> Result<(), Trouble> {
        let client = Client::open(self.ben_store.clone(), &script.passphrase).await?;
        let events = client.peer().events();
        let other = client.peer().contact(&script.anna).await?;
        let mut ben = Person {
            client,
            events,
            other,
        };
        let mut equal = true;
        for line in &script.while_away {
            let heard = ben.hears().await?;
            equal &= heard == line.text;
            telling.read("Ben", &heard)?;
        }
        claims.add("what waited arrived word for word, in order", equal);
        ben.other.say(&script.answer.text).await?;
        let answered = self.anna.hears().await? == script.answer.text;
        telling.said(&script.answer)?;
        claims.add("Ben's answer arrived word for word", answered);
        self.ben = Some(ben);
        Ok(())
    }

    /// Both close, after everything of theirs has left.
    pub(crate) async fn part(self) -> Result<(), Trouble> {
        for person in [Some(self.anna), self.ben].into_iter().flatten() {
            let _late = timeout(ARRIVES, person.other.wait_all_accepted()).await;
            person.client.close().await?;
        }
        Ok(())
    }
}

impl Person {
    /// The next text that arrives.
    async fn hears(&mut self) -> Result<String, Trouble> {
        let hears = async {
            while let Some(event) = self.events.next().await {
                let text = match event.kind() {
                    EventKind::Message { text, .. } => Some(text.clone()),
                    _ => None,
                };
                event.done().await?;
                if let Some(text) = text {
                    return Ok(text);
                }
            }
            Err(lost("a client"))
        };
        timeout(ARRIVES, hears)
            .await
            .map_err(|_late| lost("a message"))?
    }
}

fn lost(what: &str) -> Trouble {
    Trouble::failure(
        format!("{what} did not come"),
        "run the tour again with --keep, and look at relay.log in its folder",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_mark_of_its_own_and_both_are_secrets() {
        let script = Script::with(&mut Dice::seeded(1));
        let secrets = script.secrets();
        assert_eq!(secrets.len(), 3 + 2 * script.all().len());
        let distinct: std::collections::BTreeSet<_> = secrets.iter().collect();
        assert_eq!(distinct.len(), secrets.len());
        assert!(
            secrets.iter().all(|secret| secret.len() >= 13),
            "too short to be no chance"
        );
    }
}
