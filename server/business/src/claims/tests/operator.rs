//! The operator's words, through the plane as the binary holds it.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::ledger::Origin;
use partywall_proof::SigningKey;
use partywall_world::{Dice, ManualClock, Wall};

use crate::policy::{self, Publication, Unpublishable};
use crate::{AuditReport, OperatorKeys, Plane, PublishError, WingSettings};

#[tokio::test]
async fn an_operator_publishes_lists_and_audits() {
    let origin = Origin::of_authority("relay.example:7444").unwrap();
    let clock = ManualClock::at(Wall::from_seconds(1_780_272_000));
    let plane = Plane::open_in_memory(
        WingSettings::new(origin),
        OperatorKeys::new(SigningKey::from_seed(&[7; 32]), [8; 32]),
        Arc::new(clock),
        Dice::seeded(5),
        |_| {},
    )
    .unwrap();
    let written = |version: &str| {
        let text = super::house::WIDE
            .replace("VERSION", version)
            .replace("EFFECTIVE", "2026-08-01")
            .replace("SUNSET", "2026-08-10");
        policy::compile(&text).unwrap()
    };
    let published = plane.publish(written("2")).await.unwrap();
    assert_eq!(published.version, 2);
    assert!(matches!(published.publication, Publication::Next(_)));
    let again = plane.publish(written("2")).await.unwrap();
    assert_eq!(
        (again.hash, again.publication),
        (published.hash, Publication::Unchanged)
    );
    let gap = plane.publish(written("4")).await.unwrap_err();
    assert!(matches!(
        gap,
        PublishError::Unpublishable(Unpublishable::Gap {
            published: 2,
            next: 4
        })
    ));
    let lines = plane.policies().await.unwrap();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| (line.version, line.name.as_str()))
        .collect();
    assert_eq!(shown, [(2, "wide"), (1, "strict")]);
    assert_eq!(lines[0].accepted, 0);
    let report = plane.audit(Cursor::new("")).await.unwrap();
    assert_eq!(report, AuditReport::default());
    let noise = plane.audit(Cursor::new("{}\n\n\u{0}\n")).await.unwrap();
    assert_eq!(noise.unproven, [1, 3]);
    plane.drain(Duration::from_secs(1)).await;
}
