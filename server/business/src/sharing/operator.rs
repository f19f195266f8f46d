//! What the operator does about policies. (SPEC §12.3)
//! Knows: compiled policies. Never knows: the policy file, who accepted what.

use super::publish::{PolicyLine, Published, lines, publish};
use crate::plane::{Plane, PlaneError};
use crate::policy::{Compiled, Unpublishable};
use crate::wing::{NotDone, settled};

/// Bytes that a published table may take up.
const GROWTH: usize = 65_536;

/// A policy was not published, and nothing changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// It cannot follow what is published.
    #[error(transparent)]
    Unpublishable(#[from] Unpublishable),
    /// The wing cannot do it now.
    #[error(transparent)]
    Plane(#[from] PlaneError),
}

impl Plane {
    /// Publishes a policy: it is signed, entered in the ledger, and every customer is told. What is
    /// published already is not published again.
    ///
    /// # Errors
    /// [`PublishError::Unpublishable`] says what to write instead.
    pub async fn publish(&self, compiled: Compiled) -> Result<Published, PublishError> {
        let published = self
            .wing
            .ask(GROWTH, move |desk| settled(publish(desk, &compiled)))
            .await
            .map_err(PlaneError::from)?;
        // No rule of the wire stands in a policy's way.
        let published = published.map_err(|_| PlaneError::from(NotDone::Stopped))?;
        Ok(published?)
    }

    /// Every policy that was published, the newest first, with how many customers accepted it last.
    ///
    /// # Errors
    /// [`PlaneError::Stopped`] when the database cannot be read.
    pub async fn policies(&self) -> Result<Vec<PolicyLine>, PlaneError> {
        let operator = self.wing.keys.business().public();
        let read = self.wing.read(move |rows| lines(rows, &operator));
        read.await.ok_or(PlaneError::Stopped)
    }
}
