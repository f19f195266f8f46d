//! From the command line to an open client: which store, which passphrase, which link.
//! Knows: arguments. Never knows: what the client is then asked to do.

use std::io::{BufRead, Read};
use std::path::Path;
use std::str::FromStr;

use partywall_client::{
    Client, Contact, Link, LookError, OpenError, Peer, RelayLink, Stopped, Store, VaultError, World,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use zeroize::Zeroizing;

use crate::arguments::Common;
use crate::passphrase::{For, passphrase};
use crate::trouble::{Exit, Trouble};
use crate::words::one_line;

/// The name of the store that is used when none is named.
const DEFAULT_STORE: &str = "me";

/// What is done when there is no store yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It is made.
    Made,
    /// It is said.
    Said,
}

/// A person's side of an open store. The customer's side is a file of its own: what is done here
/// neither waits for it nor opens it.
pub(crate) struct Person(Peer);

impl Person {
    /// The peer wing.
    pub(crate) fn peer(&self) -> Peer {
        self.0.clone()
    }

    /// Stops, and lets go of the store.
    ///
    /// # Errors
    /// It had failed before.
    pub(crate) async fn close(self) -> Result<(), Stopped> {
        self.0.close().await
    }
}

/// Opens the store that the command line names.
///
/// # Errors
/// No store, no or a wrong passphrase, in use, damaged, cannot be written.
pub(crate) async fn open(common: &Common, absent: Absent) -> Result<Person, Trouble> {
    let (store, passphrase) = unlocked(common, absent)?;
    let path = store.path();
    let world = World::from_os().map_err(OpenError::from)?;
    let opened = Box::pin(Peer::open(path, &passphrase, world)).await;
    Ok(Person(opened.map_err(|error| named(error, path))?))
}

/// Opens the person's store and the customer's beside it, if there is one.
///
/// # Errors
/// As [`open`].
pub(crate) async fn open_both(common: &Common) -> Result<Client, Trouble> {
    let (store, passphrase) = unlocked(common, Absent::Said)?;
    let path = store.path().to_owned();
    let opened = Box::pin(Client::open(store, &passphrase)).await;
    opened.map_err(|error| named(error, &path))
}

fn unlocked(common: &Common, absent: Absent) -> Result<(Store, Zeroizing<String>), Trouble> {
    let store = named_store(common, DEFAULT_STORE)?;
    not_a_directory(store.path(), DEFAULT_STORE)?;
    let whose = if store.exists() {
        For::AnExistingStore
    } else {
        For::ANewStore
    };
    if whose == For::ANewStore && absent == Absent::Said {
        return Err(Trouble::new(
            Exit::Store,
            format!("there is no store at {}", store.path().display()),
            "`partywall invite` and `partywall add` make one; another is named with --store FILE",
        ));
    }
    let passphrase = passphrase(common.passphrase_file.as_deref(), whose)?;
    Ok((store, passphrase))
}

/// The store that the command line names, or the one of this name.
///
/// # Errors
/// There is no home folder.
pub(crate) fn named_store(common: &Common, otherwise: &str) -> Result<Store, Trouble> {
    match &common.store {
        Some(path) => Ok(Store::at(path)),
        None => Ok(Store::default_path(otherwise)?),
    }
}

/// Refuses a directory where a store is wanted.
///
/// # Errors
/// It is one.
pub(crate) fn not_a_directory(path: &Path, name: &str) -> Result<(), Trouble> {
    if !path.is_dir() {
        return Ok(());
    }
    let path = path.display();
    Err(Trouble::new(
        Exit::Store,
        format!("{path} is a directory, and a store is a file"),
        format!("name a file in it: --store {path}/{name}.store"),
    ))
}

/// The library's sentence about a file does not always say which file.
fn named(error: OpenError, path: &Path) -> Trouble {
    let of_the_file = matches!(error, OpenError::Vault(VaultError::Store(_)));
    let mut trouble = Trouble::from(error);
    if of_the_file {
        trouble.what = format!("the store {}: {}", path.display(), trouble.what);
    }
    trouble
}

/// The contact of this name. An open invitation is none yet.
///
/// # Errors
/// There is none; the hint says what would make one.
pub(crate) async fn contact(client: &Person, name: &str) -> Result<Contact, Trouble> {
    let peer = client.peer();
    let missing = match peer.contact(name).await {
        Ok(contact) => return Ok(contact),
        Err(missing) => missing,
    };
    let links = peer.links().await?;
    if missing == LookError::NoSuchContact && links.iter().any(|link| link.name == name) {
        let name = one_line(name);
        return Err(Trouble::new(
            Exit::Contact,
            format!("{name} is an open invitation, and no contact yet"),
            "as far as this store knows nobody has used the invitation yet; run `partywall receive`, which hears of it",
        ));
    }
    Err(missing.into())
}

/// A person's link from the command line, or from standard input for `-`.
///
/// # Errors
/// It is damaged or of the wrong kind.
pub(crate) fn link(said: &str) -> Result<Link, Trouble> {
    Ok(Link::from_str(&read(said)?)?)
}

/// A relay's link from the command line, or from standard input for `-`.
///
/// # Errors
/// It is damaged or of the wrong kind.
pub(crate) fn relay_link(said: &str) -> Result<RelayLink, Trouble> {
    Ok(RelayLink::from_str(&read(said)?)?)
}

/// What was said, or a line of standard input for `-`.
///
/// # Errors
/// Standard input cannot be read.
pub(crate) fn read(said: &str) -> Result<Zeroizing<String>, Trouble> {
    let mut text = Zeroizing::new(String::new());
    if said == "-" {
        let mut input = std::io::stdin().lock().take(8_192);
        input.read_line(&mut text).map_err(|error| {
            Trouble::new(
                Exit::Link,
                format!("no link can be read from standard input ({error})"),
                "write it into one line",
            )
        })?;
    } else {
        text.push_str(said);
    }
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// Ctrl-C, and the system's wish that the program end.
pub(crate) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Interrupts {
    /// From now on they are ours. Made after the last prompt, which Ctrl-C ends by itself.
    ///
    /// # Errors
    /// The operating system does not let us listen.
    pub(crate) fn listen() -> Result<Self, Trouble> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Trouble::failure(
                    format!("signals cannot be received ({error})"),
                    "close other programs and try again",
                )
            })
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for one of them.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}
