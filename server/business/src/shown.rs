//! What the operator is shown: published tables, and what customers reported. (SPEC §12.3, B-19)
//! Knows: what is on disk for the operator's eyes. Never knows: who reported; messages that nobody opened.

use partywall_business::request::Report;
use partywall_business::{BusinessId, Domain};
use partywall_ground::{Seconds, cbor};
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension};

use crate::clock::RelayTime;
use crate::{Plane, PlaneError, registry};

/// Reports that are shown at once.
const SHOWN: u32 = 1_000;

/// A report as its operator sees it.
pub struct ReportSummary {
    /// Of which business.
    pub business: BusinessId,
    /// Its verified domain, if it has one.
    pub domain: Option<Domain>,
    /// When it came.
    pub at: Seconds,
    /// What the customer opened: proven, when it was kept, to be what the business said.
    pub report: Report,
}

impl Plane {
    /// A published table with its signature, as it was published: that version, or the one that holds
    /// now. [`partywall_business::table::UnverifiedTable::decode`] reads it.
    ///
    /// # Errors
    /// [`PlaneError::Stopped`] when the database cannot be read.
    pub async fn table(&self, version: Option<u32>) -> Result<Option<Vec<u8>>, PlaneError> {
        let version = match version {
            Some(version) => version,
            None => match self.current().await? {
                Some(current) => current,
                None => return Ok(None),
            },
        };
        let read = self.wing.read(move |rows| signed(rows, version));
        read.await.ok_or(PlaneError::Stopped)
    }

    /// The newest reports, the newest first: at most 1,000.
    ///
    /// # Errors
    /// [`PlaneError::Stopped`] when the database cannot be read.
    pub async fn reports(&self) -> Result<Vec<ReportSummary>, PlaneError> {
        let read = self.wing.read(reports);
        read.await.ok_or(PlaneError::Stopped)
    }

    async fn current(&self) -> Result<Option<u32>, PlaneError> {
        let now = self.wing.clock.now().wire();
        let lines = self.policies().await?;
        let holds = lines.iter().find(|line| line.effective <= now);
        Ok(holds.map(|line| line.version))
    }
}

fn signed(rows: &Connection, version: u32) -> Result<Option<Vec<u8>>, StoreError> {
    let found = rows
        .prepare_cached("SELECT signed FROM policies WHERE version = ?1")?
        .query_row([version], |row| row.get(0))
        .optional()?;
    Ok(found)
}

fn reports(rows: &Connection) -> Result<Vec<ReportSummary>, StoreError> {
    let mut select = rows.prepare_cached(
        "SELECT business, at, shown FROM reports ORDER BY at DESC, place DESC LIMIT ?1",
    )?;
    let mut found = select.query([SHOWN])?;
    let mut reports = Vec::new();
    while let Some(row) = found.next()? {
        let business = registry::load(rows, row.get(0)?)?;
        let shown: Vec<u8> = row.get(2)?;
        reports.push(ReportSummary {
            business: business.id,
            domain: business.facts.map(|facts| facts.domain),
            at: RelayTime::read(row.get(1)?).wire(),
            report: cbor::decode(&shown).map_err(|_| StoreError::Corrupt)?,
        });
    }
    Ok(reports)
}
