//! Work that stands apart: if its rows are not what they should be, it is undone alone, said in the log,
//! and everything else of the group goes on. (SPEC §11.8, busy)
//! Knows: which faults are one row's and which the file's. Never says: whose row it was.

use partywall_store::StoreError;
use partywall_store::sql::{self, ErrorCode};

use crate::desk::Desk;
use crate::refusal::{Judged, Trouble};

/// Whether a fault is of the rows that one job asked for. A disk that fails, is full or damaged is
/// everybody's.
pub(crate) fn is_of_one(error: &StoreError) -> bool {
    let StoreError::Sql(error) = error else {
        return false;
    };
    match error {
        sql::Error::QueryReturnedNoRows
        | sql::Error::IntegralValueOutOfRange(..)
        | sql::Error::FromSqlConversionFailure(..)
        | sql::Error::ToSqlConversionFailure(_)
        | sql::Error::InvalidColumnType(..) => true,
        _ => matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
        ),
    }
}

/// One row is not what it should be, and whatever does not need it goes on.
pub(crate) fn broken_row() -> StoreError {
    sql::Error::QueryReturnedNoRows.into()
}

/// Says in the log that something was left undone, and no more.
pub(crate) fn log() {
    tracing::error!(
        "a row of the business wing is not what it should be: what needed it was left undone, everything else goes on; please report it"
    );
}

/// Works in a savepoint of its own. `None` when a fault of its own undid it.
///
/// # Errors
/// Refusals, and faults that are everybody's.
pub(crate) fn apart<T>(
    desk: &mut Desk<'_>,
    work: impl FnOnce(&mut Desk<'_>) -> Judged<T>,
) -> Judged<Option<T>> {
    let tell = |desk: &Desk<'_>, what: &str| -> Judged<()> {
        desk.tx.prepare_cached(what)?.execute([])?;
        Ok(())
    };
    tell(desk, "SAVEPOINT apart")?;
    match work(desk) {
        Err(Trouble::Store(error)) if is_of_one(&error) => {
            tell(desk, "ROLLBACK TO apart")?;
            tell(desk, "RELEASE apart")?;
            desk.memory
                .policies
                .read_again(desk.tx, &desk.keys.business().public())?;
            log();
            Ok(None)
        }
        Err(trouble) => {
            // A refusal wrote nothing; after anything else the group is undone.
            if matches!(trouble, Trouble::Refused(_)) {
                tell(desk, "RELEASE apart")?;
            }
            Err(trouble)
        }
        Ok(done) => {
            tell(desk, "RELEASE apart")?;
            Ok(Some(done))
        }
    }
}
