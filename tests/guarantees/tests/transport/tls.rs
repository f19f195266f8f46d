//! What scanners find at the TLS of both listeners: F10. `sslyze` always, `testssl.sh` in a full run.
//! Knows: what they call what they find. Never knows: how TLS is set up.

use std::path::{Path, PathBuf};
use std::process::Command;

use partywall_row::Row;
use serde_json::Value;

use crate::target::Target;

/// Where `cargo xtask` puts other people's programs.
pub(crate) fn strangers(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PARTYWALL_STRANGERS").map(PathBuf::from);
    let found = folder.filter(|folder| folder.join(what).exists());
    if found.is_none() {
        partywall_row::not_run(&format!(
            "{what} is not there; `cargo xtask test` sets it up"
        ));
    }
    found
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a scanner writes what it found");
    serde_json::from_str(&text).expect("a scanner writes JSON")
}

/// What no scan may say, where it says it, and what it has to be.
const EXPECTED: [(&str, &str); 10] = [
    ("/tls_compression/result/supports_compression", "false"),
    ("/tls_1_3_early_data/result/supports_early_data", "false"),
    (
        "/openssl_ccs_injection/result/is_vulnerable_to_ccs_injection",
        "false",
    ),
    ("/heartbleed/result/is_vulnerable_to_heartbleed", "false"),
    (
        "/robot/result/robot_result",
        "\"NOT_VULNERABLE_RSA_NOT_SUPPORTED\"",
    ),
    (
        "/session_renegotiation/result/is_vulnerable_to_client_renegotiation_dos",
        "false",
    ),
    (
        "/session_resumption/result/session_id_successful_resumptions_count",
        "0",
    ),
    (
        "/session_resumption/result/tls_ticket_successful_resumptions_count",
        "0",
    ),
    (
        "/tls_1_3_cipher_suites/result/is_tls_version_supported",
        "true",
    ),
    (
        "/tls_extended_master_secret/result/supports_ems_extension",
        "true",
    ),
];
const OLD: [&str; 5] = ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2"];
/// Of Mozilla's strictest demands, those that a certificate of the relay's own cannot meet: links carry the
/// relay's key, and the certificate's names and dates matter to no client (SPEC R-1).
const SELF_SIGNED: [&str; 2] = [
    "certificate_path_validation",
    "maximum_certificate_lifespan",
];

#[test]
fn sslyze_finds_nothing_at_either_listener() {
    let mut row = Row::of("F10");
    let Some(folder) = strangers("python/bin/sslyze") else {
        return;
    };
    let target = Target::start(&[]);
    let out = tempfile::tempdir().expect("a test has a temporary folder");
    let mut tried = 0;
    for (wing, address) in [("peer", target.peer()), ("business", target.business())] {
        let page = out.path().join(wing);
        let scan = Command::new(folder.join("python/bin/python"))
            .args([
                "-m",
                "sslyze",
                "--mozilla_config=modern",
                "--early_data",
                "--resum",
            ])
            .arg(format!("--json_out={}", page.display()))
            .arg(address.to_string())
            .output()
            .expect("sslyze starts");
        let said = String::from_utf8_lossy(&scan.stdout).into_owned();
        let found = read(&page);
        let result = &found["server_scan_results"][0]["scan_result"];
        for old in OLD {
            let suites = &result[format!("{old}_cipher_suites")]["result"];
            assert_eq!(suites["is_tls_version_supported"], false, "{wing}: {old}");
            let refused = suites["rejected_cipher_suites"].as_array();
            tried += refused.map_or(0, Vec::len);
        }
        for (path, expected) in EXPECTED {
            let is = result.pointer(path).map(Value::to_string);
            assert_eq!(is.as_deref(), Some(expected), "{wing}: {path}");
            tried += 1;
        }
        let (_, judged) = said
            .split_once("FAILED - Not compliant.")
            .unwrap_or_default();
        let faults: Vec<&str> = judged
            .lines()
            .filter_map(|line| line.trim().strip_prefix("* ")?.split_once(':'))
            .map(|(name, _)| name)
            .collect();
        assert_eq!(faults, SELF_SIGNED, "{wing}: {judged}");
    }
    row.tried(u64::try_from(tried).unwrap_or(0));
    row.figure(format!(
        "sslyze: 0 findings at both listeners in {tried} handshakes and checks; of Mozilla's modern configuration only the certificate's authority and its life, which is self-signed by design"
    ));
}

/// What `testssl.sh` may remark on: all of it is the certificate's, or the page's for browsers.
const REMARKS: [&str; 6] = [
    "cert_chain_of_trust",
    "cert_validityPeriod",
    "cert_revocation",
    "cert_extlifeSpan",
    "DNS_CAArecord",
    "HSTS",
];

/// What it has to say in these very words: it calls none of it a fault, whichever way it is. One that is
/// pressed for time overlooks tickets in some of its handshakes, so all that would show them is here.
const NOTHING_REMEMBERED: [(&str, &str); 4] = [
    ("TLS_extensions", "'key share/#51' 'supported versions/#43'"),
    ("TLS_session_ticket", "no -- no lifetime advertised"),
    ("sessionresumption_ticket", "not supported"),
    ("sessionresumption_ID", "No Session ID, no resumption"),
];

#[test]
fn testssl_finds_nothing_but_that_the_certificate_is_the_relays_own() {
    let mut row = Row::of("F10");
    if row.times(0, 1) == 0 {
        println!("not run: testssl.sh takes minutes; a full run has it");
        return;
    }
    if Command::new("testssl").arg("--version").output().is_err() {
        partywall_row::not_run("testssl, which is Debian's package testssl.sh");
        return;
    }
    let target = Target::start(&[]);
    let out = tempfile::tempdir().expect("a test has a temporary folder");
    for (wing, address) in [("peer", target.peer()), ("business", target.business())] {
        let page = out.path().join(wing);
        let scan = Command::new("testssl")
            .args(["--quiet", "--warnings", "off", "--color", "0", "--jsonfile"])
            .arg(&page)
            .arg(address.to_string())
            .output();
        scan.expect("testssl starts");
        let found = read(&page);
        let found = found.as_array().expect("a list of findings");
        assert!(found.len() > 100, "{wing}: it looked at {}", found.len());
        for finding in found {
            let (id, severity) = (finding["id"].as_str(), finding["severity"].as_str());
            let is_well = matches!(severity, Some("OK" | "INFO"));
            let is_expected = id.is_some_and(|id| REMARKS.contains(&id));
            assert!(is_well || is_expected, "{wing}: {finding}");
            row.tried(1);
        }
        for (id, expected) in NOTHING_REMEMBERED {
            let said = found.iter().find(|finding| finding["id"] == id);
            let said = said.and_then(|finding| finding["finding"].as_str());
            assert_eq!(said, Some(expected), "{wing}: {id}");
        }
    }
    row.figure("testssl.sh: 0 findings but the self-signed certificate and no HSTS, which would bind the host's other services");
}
