//! The comparison as the operator asks for it. (SPEC §14)
//! Knows: a file's lines. Never knows: whose file it is.

use std::io::BufRead;
use std::sync::Arc;

use partywall_business::ledger::Operator;

use super::{AuditError, AuditReport, audit};
use crate::plane::Plane;

impl Plane {
    /// Compares a sink's file, JSON Lines, with the ledger and with what was closed as sent. Reads a
    /// line at a time.
    ///
    /// # Errors
    /// When the file or the database cannot be read.
    pub async fn audit(
        &self,
        lines: impl BufRead + Send + 'static,
    ) -> Result<AuditReport, AuditError> {
        let readers = Arc::clone(&self.wing.readers);
        let origin = self.wing.settings.origin.clone();
        let operator = Operator::new(origin, self.wing.keys.business().public());
        let now = self.wing.clock.now();
        let compared = tokio::task::spawn_blocking(move || {
            readers.with(|rows| audit(rows, &operator, now, lines))
        });
        match compared.await {
            Ok(report) => report,
            Err(_panicked) => Err(partywall_store::StoreError::Panicked.into()),
        }
    }
}
