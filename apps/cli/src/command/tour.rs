//! `partywall tour`: two people, a bakery, a relay of their own, and everything that it wrote down.
//! Knows: the order of the story. Never knows: how a step is done; that is in `tour`.

use partywall_world::Dice;

use crate::arguments::Tour;
use crate::opening::Interrupts;
use crate::screen::Screen;
use crate::tour::bakery::{Counter, Errand};
use crate::tour::claims::Claims;
use crate::tour::evidence::Evidence;
use crate::tour::folder::Folder;
use crate::tour::notebooks;
use crate::tour::people::{People, Script};
use crate::tour::policies::{self, Policy};
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
    let errand = Errand::with(&mut dice, script.passphrase());
    tokio::select! {
        played = Box::pin(play(what, &folder, &script, &errand, &telling)) => played?,
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
    errand: &Errand,
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
        "What waited is handed over, and acknowledged; then both close.",
    )?;
    Box::pin(people.come_back(script, telling, &mut claims)).await?;
    Box::pin(people.part()).await?;

    Box::pin(at_the_counter(&relay, folder, errand, telling, &mut claims)).await?;
    Box::pin(the_news(&relay, folder, telling, &mut claims)).await?;

    let clean = Box::pin(relay.stop()).await?;
    claims.add("the relay ended cleanly when it was asked to", clean);
    telling.section(
        "Everything that the relay wrote down",
        "The relay is stopped. On the left all that two people said. On the right, and below, every file, every table, every row and the whole log that it leaves behind.",
    )?;
    let left = Evidence::of_folder(folder)?;
    telling.side_by_side(&script.all(), &left)?;
    telling.rows(&left)?;
    claims.afterwards(script, &waiting, &left);
    claims.after_the_errand(errand, &left);

    telling.section("Is that true?", "The tour has checked what it says:")?;
    telling.claims(&claims)?;
    claims.verdict()
}

/// The other wing: Anna and the bakery, and what the relay has of it.
async fn at_the_counter(
    relay: &Relay,
    folder: &Folder,
    errand: &Errand,
    telling: &Telling,
    claims: &mut Claims,
) -> Result<(), Trouble> {
    telling.section(
        "Through the other door: a bakery",
        "People and businesses have a wing of their own: another port, another key, another database. A bakery asked to be verified, and the operator did. Anna, the same Anna, looks it up and reads what may be told of her, before she says a word.",
    )?;
    let mut counter = Box::pin(Counter::open(folder, relay, errand)).await?;
    telling.fact("the link", &relay.business_link().to_string())?;
    let chat = Box::pin(counter.begin(relay, telling, claims)).await?;

    telling.section(
        "She orders",
        "With the essential only. What is said is sealed here, too; to the bakery she is a pseudonym that nobody else sees.",
    )?;
    let from = Box::pin(counter.order(&chat, errand, telling, claims)).await?;

    telling.section(
        "She turns one thing on, and sees it",
        "The bakery may have her number, for this order. What leaves is in a ledger that the operator signs and cannot change any more; her own app checks that.",
    )?;
    Box::pin(counter.turn_on(&chat, errand, telling, claims)).await?;
    Box::pin(counter.turn_off(&chat, errand, telling, claims)).await?;

    telling.section(
        "The two notebooks",
        "Both wings at this moment, every table in words, with how many rows it has. What they have in common: this machine, and nothing that is written down.",
    )?;
    let open = Evidence::gather(relay, folder)?;
    notebooks::tell(telling, &open)?;
    claims.at_the_counter(errand, &open);

    telling.section(
        "She leaves, takes her data, and has it erased",
        "Leaving is at once. What she could see, take and erase before, she still can.",
    )?;
    Box::pin(counter.end(&chat, from, telling, claims)).await?;
    Box::pin(counter.close()).await
}

/// Two policies, compiled by the same compiler.
async fn the_news(
    relay: &Relay,
    folder: &Folder,
    telling: &Telling,
    claims: &mut Claims,
) -> Result<(), Trouble> {
    telling.section(
        "What the news was about",
        "In 2021 a messenger with a billion users told them that chats with businesses would share numbers, devices, network addresses, purchases and more with its parent company: accept, or lose the app; in the EU and the UK less of it. Beside the reconstruction of that policy stands the one that this relay began with.",
    )?;
    let there = Box::pin(Policy::shipped(relay, folder, "wa2021")).await?;
    let here = Box::pin(Policy::shipped(relay, folder, "strict")).await?;
    policies::tell(telling, &[&there, &here])?;
    claims.of_policies(&there, &here);
    Ok(())
}
