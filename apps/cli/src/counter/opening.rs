//! From the command line to an open store of the business wing: a customer's, or a shop's.
//! Knows: which file, which passphrase. Never knows: what the store is then asked to do.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use partywall_client::business::error::{OpenError, VaultError};
use partywall_client::business::{BusinessLink, Chat, Customer, World};
use partywall_client::shop::Shop;
use partywall_client::{Client, Store};

use crate::arguments::Common;
use crate::opening::{Absent, named_store, not_a_directory, read};
use crate::passphrase::{For, passphrase};
use crate::trouble::{Exit, Trouble};
use crate::words::one_line;

/// The name of the customer's store that is used when none is named: the person's.
const PERSON: &str = "me";
/// The name of the shop's store that is used when none is named.
const SHOP: &str = "shop";
/// How like a domain another must be to be asked after.
const ALIKE: f64 = 0.85;

/// Opens the customer's store beside the person's. Where there is none both are made, under one
/// passphrase: apps open them together.
///
/// # Errors
/// No store, no or a wrong passphrase, in use, damaged, cannot be written.
pub(crate) async fn customer(common: &Common, absent: Absent) -> Result<Customer, Trouble> {
    let store = named_store(common, PERSON)?;
    let path = store.business_path();
    not_a_directory(&path, PERSON)?;
    not_a_directory(store.path(), PERSON)?;
    if !path.exists() && absent == Absent::Said {
        return Err(Trouble::new(
            Exit::Store,
            format!("there is no store at {}", path.display()),
            "`partywall customer begin` makes one; another is named with --store FILE",
        ));
    }
    let whose = whose(path.exists() || store.exists());
    let passphrase = passphrase(common.passphrase_file.as_deref(), whose)?;
    if !path.exists() {
        make_both(store, &passphrase).await?;
    }
    let world = World::from_os().map_err(OpenError::from)?;
    let opened = Box::pin(Customer::open(&path, &passphrase, world)).await;
    opened.map_err(|error| named(error, &path))
}

async fn make_both(store: Store, passphrase: &str) -> Result<(), Trouble> {
    let client = Box::pin(Client::open(store, passphrase)).await?;
    Ok(Box::pin(client.close()).await?)
}

/// Opens the shop's store.
///
/// # Errors
/// As [`customer`].
pub(crate) async fn shop(common: &Common, absent: Absent) -> Result<Shop, Trouble> {
    let path: PathBuf = named_store(common, SHOP)?.path().to_owned();
    not_a_directory(&path, SHOP)?;
    if !path.exists() && absent == Absent::Said {
        return Err(Trouble::new(
            Exit::Store,
            format!("there is no store at {}", path.display()),
            "`partywall business enrol` makes one; another is named with --store FILE",
        ));
    }
    let passphrase = passphrase(common.passphrase_file.as_deref(), whose(path.exists()))?;
    let world = World::from_os().map_err(OpenError::from)?;
    let opened = Box::pin(Shop::open(&path, &passphrase, world)).await;
    opened.map_err(|error| named(error, &path))
}

fn whose(exists: bool) -> For {
    if exists {
        For::AnExistingStore
    } else {
        For::ANewStore
    }
}

/// The library's sentence about a file does not always say which file.
fn named(error: OpenError, path: &Path) -> Trouble {
    let of_the_file = matches!(
        error,
        OpenError::Vault(VaultError::Store(_)) | OpenError::OtherSide
    );
    let mut trouble = Trouble::from(error);
    if of_the_file {
        trouble.what = format!("the store {}: {}", path.display(), trouble.what);
    }
    trouble
}

/// A link to a relay's business wing from the command line, or from standard input for `-`.
///
/// # Errors
/// It is damaged or of the wrong kind.
pub(crate) fn link(said: &str) -> Result<BusinessLink, Trouble> {
    let link = read(said)?;
    BusinessLink::from_str(&link).map_err(|bad| Trouble::of_a_link(&bad))
}

/// Which business: the domain that was said, or the one in the link.
///
/// # Errors
/// Neither names one, or what was said is no domain.
pub(crate) fn domain(said: Option<&str>, link: &BusinessLink) -> Result<String, Trouble> {
    let named = match said {
        Some(said) => partywall_business::Domain::new(said)?.as_str().to_owned(),
        None => match link.domain() {
            Some(domain) => domain.as_str().to_owned(),
            None => {
                return Err(Trouble::usage(
                    "this link leads to a relay and names no business",
                    "say the business's domain behind it, such as bakery.example",
                ));
            }
        },
    };
    Ok(named)
}

/// The conversation with the business of this domain.
///
/// # Errors
/// There is none; the hint says what would make one.
pub(crate) async fn chat(customer: &Customer, domain: &str) -> Result<Chat, Trouble> {
    use partywall_client::business::error::LookError;
    match customer.chat(domain).await {
        Ok(chat) => return Ok(chat),
        Err(LookError::NoSuchChat) => {}
        Err(other) => return Err(other.into()),
    }
    let chats = customer.chats().await?;
    let nearest = chats
        .iter()
        .map(|card| (strsim::jaro_winkler(&card.domain, domain), &card.domain))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .filter(|(near, _)| *near >= ALIKE);
    let hint = match nearest {
        Some((_, near)) => format!("did you mean {}?", one_line(near)),
        None => "`partywall customer chats` lists them; `partywall customer begin` begins one"
            .to_owned(),
    };
    Err(Trouble::new(
        Exit::Contact,
        format!("you have no conversation with {}", one_line(domain)),
        hint,
    ))
}
