//! The published JSON Schema of policy files, used by a tool that is not ours: PyPI's jsonschema.
//! Knows: where the judge lies (`tests/exports`). Never knows: what it does.
//! `cargo xtask test` sets Python up and names it in `PARTYWALL_PYTHON`; without it this test says so and, in CI, fails.

use super::Shipped;
use std::path::Path;
use std::process::Command;

#[test]
fn other_peoples_tools_accept_every_shipped_policy_and_refuse_broken_ones() {
    let Some(python) = std::env::var_os("PARTYWALL_PYTHON") else {
        partywall_row::not_run("no PARTYWALL_PYTHON; `cargo xtask test` sets it up");
        return;
    };
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let judged = Command::new(python)
        .arg(project.join("tests/exports/judge.py"))
        .arg("policies")
        .arg(project.join("docs/policy.schema.json"))
        .arg(project.join("server/business/policies"))
        .output()
        .unwrap();
    let faults = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success(), "{faults}");
    let counted: serde_json::Value = serde_json::from_slice(&judged.stdout).unwrap();
    let accepted = counted["policies"].as_array().unwrap();
    assert_eq!(accepted.len(), Shipped::ALL.len(), "{counted}");
    for policy in Shipped::ALL {
        assert!(
            accepted.iter().any(|name| *name == policy.name),
            "{counted}"
        );
    }
    assert!(counted["broken"].as_u64() > Some(15), "{counted}");
}
