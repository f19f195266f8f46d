//! A configuration to begin with.
//! Knows: every key. Never knows: anybody's values.

/// What `config example` prints; it is a valid configuration itself, but for the files that it names.
pub const EXAMPLE: &str = r#"# partywall-exporter: where permitted records go.
# One [[sink]] for each place, at most 64. A sink that does not answer holds up no other.
# Paths are relative to this file's folder.

[[sink]]
name = "archive"                 # a-z, 0-9, - and _; the relay knows the sink by it, so do not change it later
recipient = "service_provider"   # "parent" or "service_provider": whose records it gets
kind = "file"                    # one JSON object a line, appended and fsynced
path = "archive.jsonl"
attempt_timeout = "5s"           # 1s to 60s; 5s if nothing is said

[[sink]]
name = "parent-ads"
recipient = "parent"
kind = "webhook"                 # POST over HTTPS; taken when the answer carries the right Partywall-Receipt
url = "https://sink.example/partywall"
secret_file = "parent-ads.secret"   # openssl rand -hex 32 > parent-ads.secret && chmod 600 parent-ads.secret
# ca_file = "sink-ca.pem"        # believe the certificates of this file and no others; the machine's own if nothing is said
"#;
