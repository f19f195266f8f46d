//! How long each table keeps its rows: a rule for every table there is, by the days that the current
//! policy states. (SPEC §12.3, terms)
//! Knows: columns that say how old a row is. Never knows: what the row says.

use partywall_business::precision::KeepDays;
use partywall_business::table::Retention;
use partywall_store::sql::params;

use crate::clock::RelayTime;
use crate::desk::Desk;
use crate::refusal::Judged;

/// Rows of one table that one round deletes.
const ROWS: i64 = 512;

/// For how long a table keeps its rows.
pub(crate) enum Kept {
    /// So many days.
    Days(Days),
    /// Deleted by a rule of its own, with what else goes then.
    Otherwise,
    /// As long as the row that it belongs to: goes with it, in the same transaction.
    With,
    /// For good.
    Always,
}

/// What is deleted when.
pub(crate) struct Days {
    /// How many, as the policy states it.
    days: fn(&Retention) -> KeepDays,
    /// Columns that name a row.
    key: &'static str,
    /// When it became old, in milliseconds of relay time.
    since: &'static str,
    /// What else has to hold.
    only: &'static str,
}

/// The rule of one table.
pub(crate) struct Rule {
    pub(crate) table: &'static str,
    pub(crate) kept: Kept,
}

const fn rule(table: &'static str, kept: Kept) -> Rule {
    Rule { table, kept }
}

const fn days(
    days: fn(&Retention) -> KeepDays,
    key: &'static str,
    since: &'static str,
    only: &'static str,
) -> Kept {
    Kept::Days(Days {
        days,
        key,
        since,
        only,
    })
}

/// Every table of the schema, each once.
pub(crate) const RULES: &[Rule] = &[
    rule(
        "consents",
        days(
            |kept| kept.receipts,
            "conversation, counter",
            "stored",
            REPLACED,
        ),
    ),
    rule(
        "declared",
        days(|kept| kept.declared, "conversation, field", "stored", "1"),
    ),
    rule(
        "records",
        days(|kept| kept.disclosures, "record", "made", "state <> 1"),
    ),
    rule("reports", days(|kept| kept.reports, "place", "at", "1")),
    // By age, with their openings: `old`.
    rule("disclosures", Kept::Otherwise),
    // By age, and the sender is told: `old`.
    rule("events", Kept::Otherwise),
    // Once left, by age, as by an erasure: `old`.
    rule("conversations", Kept::Otherwise),
    // Once run out, by age, with their openings: `old`.
    rule("certificates", Kept::Otherwise),
    rule(
        "batches",
        days(|kept| kept.disclosures, "batch", "opened", "outcome <> 0"),
    ),
    // When the sink has taken them, however late: random keys, of records that nobody should have.
    rule("retractions", Kept::Otherwise),
    // With its conversation.
    rule("acceptances", Kept::With),
    // With its conversation.
    rule("counts", Kept::With),
    // With its disclosure or certificate; those of tables and revocations are public.
    rule("openings", Kept::With),
    // When a redaction named them: `redact`.
    rule("redactions", Kept::Otherwise),
    // When everybody was told: `talk::notices`.
    rule("notices", Kept::Otherwise),
    // With its business.
    rule("bundles", Kept::With),
    // With its business.
    rule("last_resorts", Kept::With),
    // With its business.
    rule("templates", Kept::With),
    // 30 days, unless it was verified: `registry`.
    rule("enrolments", Kept::Otherwise),
    // Legal entities, which the operator answers for; who was never verified goes with its enrolment.
    rule("businesses", Kept::Otherwise),
    // Why the operator verified a legal entity.
    rule("evidence", Kept::Always),
    // Public; they hold from then on.
    rule("revocations", Kept::Always),
    // So that no old consent comes back; hashes of random keys.
    rule("tombstones", Kept::Always),
    // Public; customers accepted them.
    rule("policies", Kept::Always),
    // The operator's own names.
    rule("sinks", Kept::Always),
    // Commitments that say nothing without their salt.
    rule("ledger_entry", Kept::Always),
    // Hashes over these.
    rule("ledger_node", Kept::Always),
    // One row.
    rule("ledger_frontier", Kept::Always),
    // One row, public.
    rule("ledger_checkpoint", Kept::Always),
    // One row.
    rule("clock", Kept::Always),
];

/// Receipts that newer ones replaced.
const REPLACED: &str = "NOT EXISTS (SELECT 1 FROM acceptances newest
    WHERE newest.conversation = consents.conversation AND newest.counter = consents.counter)";

/// Deletes some of what is too old; `true` when there may be more.
pub(crate) fn round(desk: &mut Desk<'_>, kept: &Retention) -> Judged<bool> {
    let mut more = false;
    for rule in RULES {
        if let Kept::Days(days) = &rule.kept {
            let before = before(desk.now, (days.days)(kept));
            let (table, key) = (rule.table, days.key);
            let (since, only) = (days.since, days.only);
            let deleted = desk
                .tx
                .prepare_cached(&format!(
                    "DELETE FROM {table} WHERE ({key}) IN
                       (SELECT {key} FROM {table} WHERE {since} < ?1 AND {only} LIMIT ?2)"
                ))?
                .execute(params![before, ROWS])?;
            desk.effects.erased |= deleted > 0;
            more |= i64::try_from(deleted).is_ok_and(|deleted| deleted == ROWS);
        }
    }
    Ok(more)
}

/// What is older than so many days is older than this, in milliseconds of relay time.
pub(crate) fn before(now: RelayTime, days: KeepDays) -> i64 {
    before_days(now, days.days().into())
}

/// The same of a number of days that no policy states.
pub(super) fn before_days(now: RelayTime, days: u64) -> i64 {
    const DAY: u64 = 86_400_000;
    let age = days.saturating_mul(DAY);
    RelayTime::from_millis(now.millis().saturating_sub(age)).stored()
}
