//! Where tables come from: a policy file, or a relay that published them.
//! Knows: files, versions. Never knows: what is done with a table.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use partywall_business::id::TableHash;
use partywall_business::table::{Table, UnverifiedTable};
use partywall_business_plane::policy::{self, Compiled, PolicyError};
use partywall_proof::{PublicKey, SigningKey};
use partywall_world::Dice;

use crate::admin::words::{Answer, BusinessAsk};
use crate::command::arguments::Place;
use crate::command::asking::{ask_business, other_version};
use crate::words::in_words;

/// No policy file is longer than this.
const GREATEST: u64 = 256 * 1024;

/// What is wrong with a file.
pub(super) struct Wrong {
    pub(super) file: PathBuf,
    pub(super) errors: Vec<PolicyError>,
}

/// A policy file's text.
pub(super) fn text(file: &Path) -> anyhow::Result<String> {
    let cannot = || format!("cannot read {}", file.display());
    let about = std::fs::metadata(file);
    let about = about.map_err(|error| anyhow::Error::msg(in_words(error.kind())));
    if about.with_context(cannot)?.len() > GREATEST {
        bail!(
            "{} is too long for a policy; it may have 256 KiB",
            file.display()
        );
    }
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| anyhow::Error::msg(in_words(error.kind())));
    text.with_context(cannot)
}

/// A policy file, compiled.
pub(super) fn compiled(file: &Path) -> anyhow::Result<Result<Compiled, Vec<PolicyError>>> {
    Ok(policy::compile(&text(file)?))
}

/// The table of a published version; a number alone is one, everything else is a file.
pub(super) fn either(place: &Place, named: &str) -> anyhow::Result<Result<Table, Wrong>> {
    if let Ok(version) = named.parse() {
        return Ok(Ok(published(place, Some(version))?));
    }
    of_file(Path::new(named))
}

/// The table that a file comes to.
pub(super) fn of_file(file: &Path) -> anyhow::Result<Result<Table, Wrong>> {
    let file = file.to_owned();
    let compiled = match compiled(&file)? {
        Ok(compiled) => compiled,
        Err(errors) => return Ok(Err(Wrong { file, errors })),
    };
    // Only to be looked at here: the key is thrown away, and nobody else ever sees the signature.
    let key = SigningKey::draw(&mut Dice::from_os()?);
    let predecessor = (compiled.version() > 1).then(|| TableHash::new([0; 32]));
    let signed = compiled
        .behind(predecessor)
        .sign(&key)
        .with_context(|| file.display().to_string())?;
    Ok(Ok(signed.verify(&key.public())?))
}

/// A version as the relay published it; the one that holds now if none is named.
pub(super) fn published(place: &Place, version: Option<u32>) -> anyhow::Result<Table> {
    let answer = ask_business(place, BusinessAsk::Table { version })?;
    let Answer::Table { signed, key } = answer else {
        return Err(other_version());
    };
    read(&signed, &key).ok_or_else(other_version)
}

fn read(signed: &str, key: &str) -> Option<Table> {
    let mut operator = [0; 32];
    hex::decode_to_slice(key, &mut operator).ok()?;
    let operator = PublicKey::from_bytes(&operator).ok()?;
    let signed = UnverifiedTable::decode(&hex::decode(signed).ok()?).ok()?;
    signed.verify(&operator).ok()
}
