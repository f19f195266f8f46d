//! `partywall chat`: history first, then both sides as it happens.
//! Knows: a contact, its events, a terminal. Never knows: how keys become letters.

use std::collections::BTreeSet;
use std::io::IsTerminal;

use partywall_client::{Contact, Event, EventKind, MessageId, Page};
use partywall_world::{Clock, SystemClock};

use super::history;
use super::told::{self, Cards};
use super::watch::Relays;
use crate::arguments::{Common, Named};
use crate::chat::editor::{Editor, Typed};
use crate::chat::terminal::{self, Terminal};
use crate::opening::{Absent, Interrupts, Person, contact, open};
use crate::screen::{Screen, careful, faint, strong};
use crate::trouble::Trouble;
use crate::words;

/// How much of the history is shown first.
const SHOWN: usize = 20;

/// Talks until the person ends it.
pub(super) async fn run(common: &Common, what: &Named, screen: &Screen) -> Result<(), Trouble> {
    if screen.json || !screen.terminal || !std::io::stdin().is_terminal() {
        return Err(Trouble::usage(
            "a chat needs a terminal and a person",
            "use `partywall send` and `partywall receive --json` in scripts",
        ));
    }
    let client = open(common, Absent::Said).await?;
    let ended = Box::pin(talk(&client, &what.name, screen)).await;
    let queued = match client.peer().contact(&what.name).await {
        Ok(contact) => contact.queued().await.unwrap_or(0),
        Err(_gone) => 0,
    };
    let closed = client.close().await;
    if queued > 0 {
        screen.warning(&format!(
            "not at the relay yet: {queued} of your messages; they leave the next time you send or receive"
        ));
    }
    ended?;
    Ok(closed?)
}

struct Chat {
    contact: Contact,
    name: String,
    prompt: String,
    editor: Editor,
    shown: BTreeSet<MessageId>,
    relays: Relays,
    clock: SystemClock,
}

async fn talk(client: &Person, name: &str, screen: &Screen) -> Result<(), Trouble> {
    let peer = client.peer();
    let contact = contact(client, name).await?;
    let mut events = peer.events();
    let latest = contact.history(Page::latest(SHOWN)).await?;
    for message in &latest {
        screen.line(&history::people(message, name))?;
    }
    let mut chat = Chat {
        contact,
        name: name.to_owned(),
        prompt: format!("{} ", strong(&format!("{}>", words::one_line(name)))),
        editor: Editor::default(),
        shown: latest.iter().map(|message| message.id).collect(),
        relays: Relays::default(),
        clock: SystemClock::new(),
    };
    screen.line(&faint("-- Enter sends, Ctrl-D ends"))?;
    let mut interrupts = Interrupts::listen()?;
    let terminal = Terminal::take()?;
    let mut keys = terminal.keys()?;
    chat.redraw()?;
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(event) => {
                    let cards = Cards::of(peer.contacts().await?);
                    Box::pin(chat.hear(event, &cards)).await?;
                }
                None => {
                    // The client has failed; it knows why.
                    terminal::left();
                    peer.contacts().await?;
                    return Ok(());
                }
            },
            key = keys.recv() => match key.map(|key| chat.editor.press(key)) {
                Some(Typed::Changed) => chat.redraw()?,
                Some(Typed::Nothing) => {}
                Some(Typed::Line(text)) => Box::pin(chat.say(&text)).await?,
                Some(Typed::End) | None => break,
            },
            () = interrupts.next() => break,
        }
    }
    terminal::left();
    drop(terminal);
    Ok(())
}

impl Chat {
    async fn say(&mut self, text: &str) -> Result<(), Trouble> {
        let line = match self.contact.say(text).await {
            Ok(_sent) => told::message(&words::minute(self.clock.wall()), "you", "", text),
            Err(partywall_client::SayError::Stopped(stopped)) => return Err(stopped.into()),
            Err(error) => careful(&format!("-- not sent: {error}")),
        };
        self.above(&line)
    }

    async fn hear(&mut self, event: Event, cards: &Cards) -> Result<(), Trouble> {
        if event.id().is_none() {
            return match self.relays.hear(event.kind()) {
                Some(remark) => self.above(&faint(&format!("-- {}", words::one_line(&remark)))),
                None => Ok(()),
            };
        }
        if self.concerns_another(event.kind()) {
            return Ok(());
        }
        let known = match event.kind() {
            EventKind::Message { id, .. } => self.shown.remove(id),
            _ => false,
        };
        if !known && let Some(words) = told::people(event.kind(), cards) {
            self.above(&words)?;
        }
        Ok(event.done().await?)
    }

    /// Other contacts' events stay for `receive`, and for chats with them.
    fn concerns_another(&self, kind: &EventKind) -> bool {
        match kind {
            EventKind::Message { from: name, .. }
            | EventKind::Gap { from: name, .. }
            | EventKind::SkippedDropped { from: name, .. }
            | EventKind::NewContact { name, .. }
            | EventKind::Confirmed { name }
            | EventKind::RolledBack { name, .. }
            | EventKind::Failed { to: name, .. }
            | EventKind::Expired { to: name, .. } => *name != self.name,
            _ => true,
        }
    }

    fn above(&self, words: &str) -> Result<(), Trouble> {
        let line = self.editor.tail(terminal::columns(&self.prompt));
        terminal::above(words, &self.prompt, line)
    }

    fn redraw(&self) -> Result<(), Trouble> {
        let line = self.editor.tail(terminal::columns(&self.prompt));
        terminal::bottom(&self.prompt, line)
    }
}
