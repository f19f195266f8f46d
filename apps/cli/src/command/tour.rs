//! `partywall tour`: two people, a relay of their own, and everything that it wrote down.
//! Knows: the order of the story. Never knows: how a step is done; that is in `tour`.

use partywall_world::Dice;

use crate::arguments::Tour;
use crate::opening::Interrupts;
use crate::screen::Screen;
use crate::tour::claims::Claims;
use crate::tour::evidence::Evidence;
use crate::tour::folder::Folder;
use crate::tour::people::{People, Script};
use crate::tour::relay::Relay;
use crate::tour::telling::Telling;
use crate::trouble::{Exit, Trouble};

/// Plays the story, and fails if something that it says is not true.
pub(super) async fn run(what: &Tour, screen: &Screen) -> Result<(), Trouble> {
    let mut interrupts = Interrupts::listen()?;
    let mut dice = Dice::from_os().map_err(partywall_client::OpenError::from)?;
    let folder = Folder::make(&mut dice, what.keep)?;
    let telling = Telling::new(*screen);
    let script = Script::with(&mut dice);
    tokio::select! {
        played = Box::pin(play(what, &folder, &script, &telling)) => played?,
        () = interrupts.next() => {
            return Err(Trouble::new(Exit::Interrupted, "the tour was interrupted", "start it again"));
        }
    }
    telling.folder(folder.path(), what.keep)
}

async fn play(
    what: &Tour,
    folder: &Folder,
    script: &Script,
    telling: &Telling,
) -> Result<(), Trouble> {
    let mut claims = Claims::default();

    telling.section(
        "A relay starts",
        "It runs on this machine, over TLS, with a database of its own in a temporary folder. It listens to nobody but this machine.",
    )?;
    let relay = Box::pin(Relay::start(what.relay_binary.as_deref(), folder)).await?;
    telling.fact("its link", &relay.link().to_string())?;

    telling.section(
        "Two people meet",
        "Anna makes an invitation and gives it to Ben. Nobody has an account, a number or a name at the relay.",
    )?;
    let mut people = Box::pin(People::meet(folder, relay.link(), script)).await?;
    telling.fact("Anna's invitation", people.invitation())?;
    telling.fact("Anna calls him", script.ben())?;
    telling.fact("Ben calls her", script.anna())?;

    telling.section(
        "They talk",
        "Each message is sealed on the writer's machine and opened on the reader's.",
    )?;
    Box::pin(people.talk(script, telling, &mut claims)).await?;

    telling.section(
        "Ben goes offline, and Anna goes on writing",
        "The relay keeps what it cannot read. Below, what was said meanwhile, and what lies in its database at this moment. (What was acknowledged just before may lie there for another second.)",
    )?;
    Box::pin(people.write_to_absent(script, telling)).await?;
    let waiting = Evidence::gather(&relay, folder)?;
    telling.side_by_side(script.while_away(), &waiting)?;
    claims.while_mail_waits(script, &waiting);

    telling.section(
        "Ben comes back",
        "What waited is handed over, and acknowledged; then both close, and the relay is stopped.",
    )?;
    Box::pin(people.come_back(script, telling, &mut claims)).await?;
    Box::pin(people.part()).await?;
    let clean = Box::pin(relay.stop()).await?;
    claims.add("the relay ended cleanly when it was asked to", clean);

    telling.section(
        "Everything that the relay wrote down",
        "On the left all that was said. On the right every file, every table, every row and the whole log that it leaves behind.",
    )?;
    let left = Evidence::of_folder(folder)?;
    telling.side_by_side(&script.all(), &left)?;
    telling.rows(&left)?;
    claims.afterwards(script, &waiting, &left);

    telling.section("Is that true?", "The tour has checked what it says:")?;
    telling.claims(&claims)?;
    claims.verdict()
}
