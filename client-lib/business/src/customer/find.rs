//! Finding a business, and what is known of it before the first word.
//! Knows: one look-up that held. Never knows: how it was proven.

use std::fmt;
use std::sync::Arc;

use partywall_business::Domain;
use partywall_business::certificate::{Certificate, Hosting, Industry};
use partywall_business::field::Region;
use partywall_business::table::Table;
use partywall_ground::Seconds;

use super::{Chat, Choices, Terms, begin};
use crate::core::{Core, Front};
use crate::error::{BeginError, FindError, Stopped};
use crate::link::{self, BusinessLink};
use crate::records::{self, Relay};
use crate::trust::Wanted;
use crate::{line, look, store};

/// A business that was found, its certificate and its table verified.
#[derive(Clone)]
pub struct Found {
    pub(super) front: Arc<Front>,
    pub(super) relay: i64,
    pub(super) certificate: Certificate,
    pub(super) table: Table,
}

impl Found {
    /// Its verified name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.certificate.says().name.as_str()
    }

    /// Its domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.certificate.says().domain.as_str()
    }

    /// What it does.
    #[must_use]
    pub fn industry(&self) -> Industry {
        self.certificate.says().industry
    }

    /// On whose machines it answers.
    #[must_use]
    pub fn hosting(&self) -> &Hosting {
        &self.certificate.says().hosting
    }

    /// Until when its certificate holds, Unix seconds. It is renewed before that, by the relay.
    #[must_use]
    pub fn certificate_until(&self) -> Seconds {
        self.certificate.says().not_after
    }

    /// What may be told of a customer whose region is not known: only what is allowed everywhere.
    #[must_use]
    pub fn terms(&self) -> Terms {
        self.terms_in(None)
    }

    /// What may be told of a customer who lives there.
    #[must_use]
    pub fn terms_in(&self, region: Option<Region>) -> Terms {
        Terms::of(&self.table, self.name(), region)
    }

    /// Begins a conversation under these choices. What a choice needs that the table does not
    /// offer is an error, before anything is sent.
    ///
    /// # Errors
    /// [`BeginError`].
    pub async fn begin(&self, choices: Choices) -> Result<Chat, BeginError> {
        begin::begin(self, choices).await
    }
}

/// The type's name: whom somebody looked for is nobody's business.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Found")
    }
}

pub(super) async fn find(
    front: &Arc<Front>,
    at: &BusinessLink,
    domain: &str,
) -> Result<Found, FindError> {
    let domain = Domain::new(domain)?;
    let core = &front.0;
    let relay = relay_of(core, at).await?;
    let guest = line::guest(core, link::place(at));
    let shown = look::look(core, relay, &guest, Wanted::Domain(domain)).await?;
    Ok(Found {
        front: Arc::clone(front),
        relay,
        certificate: shown.certificate,
        table: shown.table,
    })
}

/// The row of a link's relay; made if it is new.
async fn relay_of(core: &Arc<Core>, at: &BusinessLink) -> Result<i64, Stopped> {
    let place = link::place(at);
    let origin = link::origin(at);
    core.work(move |work| {
        let known = records::all::<Relay>(work, store::Table::Relay)?;
        let same = |relay: &Relay| relay.key == place.key && relay.origin == origin;
        if let Some((row, mut relay)) = known.into_iter().find(|(_, relay)| same(relay)) {
            if relay.authorities != place.authorities {
                relay.authorities = place.authorities;
                records::update(work, store::Table::Relay, row, &relay)?;
            }
            return Ok(row);
        }
        let relay = Relay {
            authorities: place.authorities,
            key: place.key,
            origin,
            note: None,
            fork: None,
            table: None,
            version: 0,
        };
        records::insert(work, store::Table::Relay, &relay)
    })
    .await
}
