//! Answers what an operator asks. The same code behind the socket of a running relay and in a command that opened the folder itself.
//! Knows: passes by their short ids, vouches, vitals. Never knows: mailboxes; a pass, once given out, is gone from here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use partywall_ground::Spki;
use partywall_peer::{Link, RelayLink};
use partywall_proof::link::Authority;
use partywall_world::{Clock, Day};

use super::words::{Answer, Ask, PassLine, StatusLine, VouchLine};
use crate::config::settings::Admission;
use crate::identity::key::RelayIdentity;
use crate::identity::vouches::{Proxy, VouchBook};
use crate::vitals::Vitals;
use partywall_peer_plane::Plane;

/// What the office needs to answer.
pub struct Office {
    /// The peer wing.
    pub plane: Arc<Plane>,
    /// The relay's key.
    pub identity: Arc<RelayIdentity>,
    /// What it vouches for.
    pub vouches: Mutex<VouchBook>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where links lead; none while the port is not picked yet.
    pub authority: Option<Authority>,
    /// Who may make mailboxes.
    pub admission: Admission,
    /// How the relay is; none when none is running.
    pub vitals: Option<Arc<Vitals>>,
}

const DAY: Duration = Duration::from_secs(86_400);
/// 9999-12-31: dates are written with four digits for the year.
const LAST_DAY: Day = Day::from_number(2_932_896);
/// A vouch is for ten years at the most.
const MOST_DAYS: u32 = 3650;

impl Office {
    /// Answers one question.
    pub async fn answer(&self, ask: Ask) -> Answer {
        let answered = match ask {
            Ask::MakePass { mailboxes } => self.make_pass(mailboxes).await,
            Ask::ListPasses => self.passes().await,
            Ask::RevokePass { id } => self.revoke_pass(id).await,
            Ask::Vouch { spki, days } => self.vouch(&spki, days),
            Ask::ListVouches => Ok(Answer::Vouches {
                vouches: self.book().proxies().iter().map(vouch_line).collect(),
            }),
            Ask::RevokeVouch { id } => self.revoke_vouch(id),
            Ask::Status => Ok(Answer::Status(self.status())),
        };
        answered.unwrap_or_else(|sentence| Answer::Refused { sentence })
    }

    /// The relay link, without a pass.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        let link = RelayLink::new(self.authority.clone()?, self.identity.public(), None);
        Some(Link::Relay(link).as_web_link().to_string())
    }

    /// Tells the plane what to say in `Hello`; as often as something changed, and once a day.
    pub fn renew_vouches(&self) {
        let signed = self.book().signed(&self.identity, self.clock.wall());
        self.plane.set_vouches(signed);
    }

    /// Another certificate is served from now on.
    pub fn serves(&self, spki: Spki) {
        self.book().serves(spki);
        self.renew_vouches();
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
        let link = Link::Relay(RelayLink::new(
            authority,
            self.identity.public(),
            Some(pass),
        ));
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

    fn vouch(&self, spki: &str, days: u32) -> Result<Answer, String> {
        let mut bytes = [0; Spki::LENGTH];
        hex::decode_to_slice(spki, &mut bytes)
            .map_err(|_| "this is not the hash of a certificate's key")?;
        let now = self.clock.wall();
        let until = now + DAY.saturating_mul(days.min(MOST_DAYS));
        let added = self
            .book()
            .add(Spki::new(bytes), until, now)
            .map_err(|error| error.to_string())?;
        self.renew_vouches();
        Ok(Answer::Vouched {
            vouch: vouch_line(&added),
        })
    }

    fn revoke_vouch(&self, id: String) -> Result<Answer, String> {
        self.book().revoke(&id).map_err(|error| error.to_string())?;
        self.renew_vouches();
        Ok(Answer::Revoked { id })
    }

    fn status(&self) -> StatusLine {
        let vitals = self.vitals.as_ref();
        StatusLine {
            running: vitals.is_some(),
            version: env!("CARGO_PKG_VERSION").into(),
            host: self
                .authority
                .as_ref()
                .map(|authority| authority.as_str().to_owned())
                .unwrap_or_default(),
            admission: match self.admission {
                Admission::Open => "open".into(),
                Admission::Pass => "pass".into(),
            },
            low_disk: vitals.is_some_and(|vitals| vitals.readiness().low_disk),
            disk_free: vitals.map_or(0, |vitals| vitals.disk_free()),
            connections: vitals.map_or(0, |vitals| vitals.gate().connections() as u64),
            uptime_seconds: vitals.map_or(0, |vitals| vitals.uptime().as_secs()),
        }
    }

    fn book(&self) -> MutexGuard<'_, VouchBook> {
        self.vouches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn vouch_line(proxy: &Proxy) -> VouchLine {
    VouchLine {
        id: proxy.id().to_owned(),
        until: date(partywall_world::Wall::from_seconds(proxy.not_after).day()),
    }
}

/// `YYYY-MM-DD`.
fn date(day: Day) -> String {
    let start = day.min(LAST_DAY).start();
    humantime::format_rfc3339_seconds(std::time::UNIX_EPOCH + Duration::from_millis(start.millis()))
        .to_string()
        .chars()
        .take(10)
        .collect()
}
