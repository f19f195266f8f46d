//! `vouch`: vouches for a proxy's certificate, lists and revokes vouches.
//! Knows: a certificate's public key. Never knows: its private one.

use std::process::ExitCode;

use anyhow::bail;

use super::arguments::{Vouch, VouchCommand};
use super::asking::{Missing, ask, print_answer};
use crate::admin::words::{Answer, Ask};
use crate::identity::certificate::{readable, spki_of_pem};
use crate::wing::Wing;

pub(super) fn run(vouch: Vouch) -> anyhow::Result<ExitCode> {
    let wing = match vouch.business {
        true => Wing::Business,
        false => Wing::Peer,
    };
    let (question, missing) = match (vouch.command, vouch.certificate) {
        (Some(VouchCommand::List), _) => (Ask::ListVouches { wing }, Missing::Refuse),
        (Some(VouchCommand::Revoke { id }), _) => (Ask::RevokeVouch { id, wing }, Missing::Refuse),
        (None, Some(file)) => {
            let spki = spki_of_pem(&readable(&file)?, &file)?;
            (
                Ask::Vouch {
                    spki: hex::encode(spki.as_bytes()),
                    days: vouch.days,
                    wing,
                },
                Missing::Make,
            )
        }
        (None, None) => bail!("name the proxy's certificate: `partywall-relay vouch CERT.pem`"),
    };
    let answer = ask(&vouch.place, question, missing)?;
    if vouch.place.json {
        print_answer(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    match answer {
        Answer::Vouched { vouch } => {
            super::print(&format!(
                "The relay vouches for this certificate's key until {} (id {}). Links stay as they are.",
                vouch.until, vouch.id
            ))?;
        }
        Answer::Vouches { vouches } if vouches.is_empty() => {
            super::print("No proxy's certificate is vouched for. The relay's own always is.")?;
        }
        Answer::Vouches { vouches } => {
            super::print("id        until")?;
            for vouch in vouches {
                super::print(&format!("{:<8}  {}", vouch.id, vouch.until))?;
            }
        }
        Answer::Revoked { id } => super::print(&format!(
            "The relay no longer vouches for {id}; clients refuse that certificate from now on."
        ))?,
        _ => bail!(
            "the relay gave an answer to another question; use the program of the same version"
        ),
    }
    Ok(ExitCode::SUCCESS)
}
