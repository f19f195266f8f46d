//! Answers what an operator asks. The same code behind the socket of a running relay and in a command that opened the folder itself.
//! Knows: passes by their short ids, vouches, vitals. Never knows: mailboxes; a pass, once given out, is gone from here.

use std::io::BufRead;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::{RelayKey, Spki};
use partywall_peer::{Link, RelayLink};
use partywall_peer_plane::Plane;
use partywall_proof::link::Authority;
use partywall_world::{Clock, Wall};

use super::business::BusinessOffice;
use super::dates::date;
use super::words::{Answer, Ask, PassLine, StatusLine, VouchLine};
use crate::config::settings::Admission;
use crate::identity::vouches::Proxy;
use crate::identity::vouching::Vouching;
use crate::vitals::Vitals;
use crate::wing::Wing;

/// What the office needs to answer.
pub struct Office {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The peer wing, if it runs.
    pub peer: Option<PeerOffice>,
    /// The business wing, if it runs.
    pub business: Option<BusinessOffice>,
}

/// What the office needs of the peer wing.
pub struct PeerOffice {
    /// What it keeps and carries.
    pub plane: Arc<Plane>,
    /// The key that relay links carry.
    pub key: RelayKey,
    /// Who vouches.
    pub vouching: Arc<Vouching>,
    /// Where links lead; none while the port is not picked yet.
    pub authority: Option<Authority>,
    /// Who may make mailboxes.
    pub admission: Admission,
    /// How the wing is; none when none is running.
    pub vitals: Option<Arc<Vitals>>,
}

const DAY: Duration = Duration::from_secs(86_400);
/// A vouch is for ten years at the most.
const MOST_DAYS: u32 = 3650;

impl Office {
    /// Answers one question.
    pub async fn answer(&self, ask: Ask) -> Answer {
        let answered = match ask {
            Ask::MakePass { .. } | Ask::ListPasses | Ask::RevokePass { .. } => match &self.peer {
                Some(peer) => peer.answer(ask).await,
                None => Err(not_running(Wing::Peer)),
            },
            Ask::Vouch { spki, days, wing } => self.vouch(wing, &spki, days),
            Ask::ListVouches { wing } => self.vouching(wing).map(|vouching| Answer::Vouches {
                vouches: vouching.proxies().iter().map(vouch_line).collect(),
            }),
            Ask::RevokeVouch { id, wing } => self.revoke_vouch(wing, id),
            Ask::Business { question } => match &self.business {
                Some(business) => business.answer(question, self.clock.wall()).await,
                None => Err(not_running(Wing::Business)),
            },
            Ask::Audit => {
                Err("a sink's file is sent behind this question, to a running relay".into())
            }
            Ask::Status => Ok(Answer::Status(self.status())),
        };
        answered.unwrap_or_else(|sentence| Answer::Refused { sentence })
    }

    /// Compares a sink's file with the ledger. (SPEC §14)
    pub async fn audit(&self, lines: impl BufRead + Send + 'static) -> Answer {
        let compared = match &self.business {
            Some(business) => business.audit(lines).await,
            None => Err(not_running(Wing::Business)),
        };
        compared.unwrap_or_else(|sentence| Answer::Refused { sentence })
    }

    fn vouching(&self, wing: Wing) -> Result<&Vouching, String> {
        let vouching = match wing {
            Wing::Peer => self.peer.as_ref().map(|peer| peer.vouching.as_ref()),
            Wing::Business => self.business.as_ref().map(|wing| wing.vouching.as_ref()),
        };
        vouching.ok_or_else(|| not_running(wing))
    }

    fn vouch(&self, wing: Wing, spki: &str, days: u32) -> Result<Answer, String> {
        let mut bytes = [0; Spki::LENGTH];
        hex::decode_to_slice(spki, &mut bytes)
            .map_err(|_| "this is not the hash of a certificate's key")?;
        let life = DAY.saturating_mul(days.min(MOST_DAYS));
        let added = self
            .vouching(wing)?
            .add(Spki::new(bytes), life)
            .map_err(|error| error.to_string())?;
        Ok(Answer::Vouched {
            vouch: vouch_line(&added),
        })
    }

    fn revoke_vouch(&self, wing: Wing, id: String) -> Result<Answer, String> {
        let revoked = self.vouching(wing)?.revoke(&id);
        revoked.map_err(|error| error.to_string())?;
        Ok(Answer::Revoked { id })
    }

    fn status(&self) -> StatusLine {
        let (peer, business) = (self.peer.as_ref(), self.business.as_ref());
        let vitals: Vec<&Vitals> = [
            peer.and_then(|peer| peer.vitals.as_deref()),
            business.and_then(|business| business.vitals.as_deref()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let all = || vitals.iter();
        let connections =
            |peer: &PeerOffice| Some(peer.vitals.as_ref()?.gate().connections() as u64);
        StatusLine {
            running: !vitals.is_empty(),
            version: env!("CARGO_PKG_VERSION").into(),
            host: peer.and_then(|peer| Some(peer.authority.as_ref()?.as_str().to_owned())),
            admission: peer.map(|peer| match peer.admission {
                Admission::Open => "open".into(),
                Admission::Pass => "pass".into(),
            }),
            low_disk: all().any(|vitals| vitals.readiness().low_disk),
            disk_free: all().map(|vitals| vitals.disk_free()).min().unwrap_or(0),
            connections: peer.and_then(connections),
            uptime_seconds: all()
                .map(|vitals| vitals.uptime().as_secs())
                .max()
                .unwrap_or(0),
            business: business.and_then(BusinessOffice::status),
        }
    }
}

impl PeerOffice {
    async fn answer(&self, ask: Ask) -> Result<Answer, String> {
        match ask {
            Ask::MakePass { mailboxes } => self.make_pass(mailboxes).await,
            Ask::RevokePass { id } => self.revoke_pass(id).await,
            _ => self.passes().await,
        }
    }

    /// The relay link, without a pass.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        let link = RelayLink::new(self.authority.clone()?, self.key, None);
        Some(Link::Relay(link).as_web_link().to_string())
    }

    async fn make_pass(&self, mailboxes: u32) -> Result<Answer, String> {
        let authority = self.authority.clone().ok_or(
            "the relay picks its port when it starts, so a link has none yet; start the relay first, or give it a `--host NAME:PORT`",
        )?;
        let (pass, id) = self
            .plane
            .make_pass(mailboxes)
            .await
            .map_err(|error| error.to_string())?;
        let link = Link::Relay(RelayLink::new(authority, self.key, Some(pass)));
        Ok(Answer::Pass {
            link: link.as_web_link().to_string(),
            id,
            mailboxes,
        })
    }

    async fn passes(&self) -> Result<Answer, String> {
        let passes = self
            .plane
            .passes()
            .await
            .map_err(|error| error.to_string())?;
        let worth = |pass: &partywall_peer_plane::PassLine| pass.left > 0 && !pass.revoked;
        let line = |pass: partywall_peer_plane::PassLine| PassLine {
            id: pass.id,
            left: pass.left,
            made: date(pass.made),
        };
        Ok(Answer::Passes {
            passes: passes.into_iter().filter(worth).map(line).collect(),
        })
    }

    async fn revoke_pass(&self, id: String) -> Result<Answer, String> {
        match self.plane.revoke_pass(&id).await {
            Ok(true) => Ok(Answer::Revoked { id }),
            Ok(false) => Err(format!(
                "no pass has the id {id}; `partywall-relay pass list` shows them"
            )),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn not_running(wing: Wing) -> String {
    let only = match wing {
        Wing::Peer => "business",
        Wing::Business => "peer",
    };
    format!(
        "this relay runs with `--only {only}`, without its {} wing; start it with both to do this",
        wing.word()
    )
}

fn vouch_line(proxy: &Proxy) -> VouchLine {
    VouchLine {
        id: proxy.id().to_owned(),
        until: date(Wall::from_seconds(proxy.not_after).day()),
    }
}
