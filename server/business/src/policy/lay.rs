//! Lays the rows over the whole domain: denied unless shared, and `never` wins. (SPEC §12.3)
//! Knows: rows and cells. Never knows: how the rows were read.

use super::fault::{Place, PolicyError, Warning};
use super::file::{Policy, Share};
use super::read::Reading;
use partywall_business::field::Basis;
use partywall_business::id::TableHash;
use partywall_business::precision::Precision;
use partywall_business::table::{Cell, Draft, Rule};

pub(super) fn lay(text: &str, policy: &Policy) -> Result<(Draft, Vec<Warning>), Vec<PolicyError>> {
    let mut reading = Reading::of(text);
    let mut draft = Draft::denying(policy.version, policy.effective, policy.terms.clone());
    draft.sunset = policy.sunset;
    let mut owners: Vec<Option<&Share>> = vec![None; Cell::COUNT];
    for share in &policy.shares {
        lay_share(text, &mut reading, &mut draft, &mut owners, share);
    }
    for basis in Basis::ALL {
        for cell in policy
            .nevers
            .iter()
            .flat_map(|never| never.scope.cells(basis))
        {
            draft.deny(cell);
        }
    }
    let warnings = cancelled(text, policy, &draft);
    // A fault of a row is told at its own line, and not again here.
    if reading.is_clean()
        && let Err(flaw) = as_it_will_be(&draft).bytes()
    {
        reading.fault(&policy.span, flaw.to_string());
    }
    reading.ended(Some((draft, warnings)))
}

fn lay_share<'p>(
    text: &str,
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    owners: &mut [Option<&'p Share>],
    share: &'p Share,
) {
    match (share.basis, &share.law) {
        (Basis::Legal, None) => reading.fault(
            &share.span,
            "sharing on legal grounds names the law: add `law`".to_owned(),
        ),
        (Basis::Consent | Basis::Necessary, Some(_)) => reading.fault(
            &share.span,
            "`law` belongs to basis legal: remove it, or change the basis".to_owned(),
        ),
        _ => {}
    }
    for cell in share.scope.cells(share.basis) {
        let Some(precision) = precision(reading, share, cell) else {
            return;
        };
        let rule = Rule {
            law: share.law.clone(),
            ..Rule::new(precision, share.keep)
        };
        let earlier = owners[cell.place()].replace(share);
        if let (Some(earlier), true) = (
            earlier,
            draft.cell(cell).is_some_and(|known| *known != rule),
        ) {
            let line = |share: &Share| Place::of(text, share.span.start).line;
            let (this, other) = (line(share), line(earlier));
            let row = cell.row;
            reading.fault(
                &share.span,
                format!(
                    "lines {other} and {this} both share {} with {} for {} in {} on basis {}, but not alike: give both the same precision, days and law, or make them apart",
                    row.field, row.recipient, row.purpose, cell.region, cell.basis
                ),
            );
            return;
        }
        draft.allow(cell, rule);
    }
}

/// The row's precision for a cell's field: the one it names, or the only one that the field knows.
fn precision(reading: &mut Reading<'_>, share: &Share, cell: Cell) -> Option<Precision> {
    let field = cell.row.field;
    let known = field.precisions();
    let words: Vec<&str> = known.iter().map(|known| known.word()).collect();
    let words = words.join(", ");
    match (share.precision, known) {
        (Some(precision), _) if field.knows(precision) => Some(precision),
        (Some(precision), _) => {
            reading.fault(
                &share.span,
                format!("{field} does not know the precision {precision}: it knows {words}"),
            );
            None
        }
        (None, [only]) => Some(*only),
        (None, _) => {
            reading.fault(
                &share.span,
                format!("say with which `precision` {field} is shared: {words}"),
            );
            None
        }
    }
}

/// Rows of which nothing is left.
fn cancelled(text: &str, policy: &Policy, draft: &Draft) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for share in &policy.shares {
        if share
            .scope
            .cells(share.basis)
            .any(|cell| draft.cell(cell).is_some())
        {
            continue;
        }
        let lines: Vec<String> = policy
            .nevers
            .iter()
            .filter(|never| {
                never
                    .scope
                    .cells(share.basis)
                    .any(|denied| share.scope.cells(share.basis).any(|cell| cell == denied))
            })
            .map(|never| Place::of(text, never.span.start).line.to_string())
            .collect();
        warnings.push(Warning {
            place: Place::of(text, share.span.start),
            sentence: format!(
                "this row shares nothing: [[never]] in line {} cancels all of it",
                lines.join(", ")
            ),
        });
    }
    warnings
}

/// The draft with some predecessor, if it has to have one, so that all else can be checked.
fn as_it_will_be(draft: &Draft) -> Draft {
    let predecessor = (draft.version.get() > 1).then_some(TableHash::new([0; 32]));
    draft.behind(predecessor)
}
