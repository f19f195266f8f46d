//! `pass`: makes, lists and revokes passes.
//! Knows: words. Never knows: a pass longer than it takes to print it.

use std::process::ExitCode;

use anyhow::bail;

use super::announce::qr;
use super::arguments::{Pass, PassCommand};
use super::asking::{Missing, ask, print_answer};
use crate::admin::words::{Answer, Ask};

pub(super) fn run(pass: Pass) -> anyhow::Result<ExitCode> {
    let (question, missing) = match pass.command {
        None => (
            Ask::MakePass {
                mailboxes: pass.mailboxes,
            },
            Missing::Make,
        ),
        Some(PassCommand::List) => (Ask::ListPasses, Missing::Refuse),
        Some(PassCommand::Revoke { id }) => (Ask::RevokePass { id }, Missing::Refuse),
    };
    let answer = ask(&pass.place, question, missing)?;
    if pass.place.json {
        print_answer(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    match answer {
        Answer::Pass {
            link,
            id,
            mailboxes,
        } => {
            super::print(&link)?;
            if let Some(qr) = qr(&link) {
                super::print(&qr)?;
            }
            let mailboxes = match mailboxes {
                1 => "1 mailbox".to_owned(),
                many => format!("{many} mailboxes"),
            };
            eprintln!(
                "Whoever has this link can make {mailboxes} here; give it to somebody you trust. It is shown this once."
            );
            eprintln!("Take it back with: partywall-relay pass revoke {id}");
        }
        Answer::Passes { passes } if passes.is_empty() => {
            super::print("There are no passes. `partywall-relay pass` makes one.")?
        }
        Answer::Passes { passes } => {
            super::print("id        left  made")?;
            for pass in passes {
                super::print(&format!("{:<8}  {:>4}  {}", pass.id, pass.left, pass.made))?;
            }
        }
        Answer::Revoked { id } => super::print(&format!(
            "The pass {id} is worthless from now on; mailboxes made with it stay."
        ))?,
        _ => bail!(
            "the relay gave an answer to another question; use the program of the same version"
        ),
    }
    Ok(ExitCode::SUCCESS)
}
