//! The table of knobs: the one place that knows which settings exist, what they are called, what they may hold and what they mean. The commented file, the flags, the environment names and every check are made from it.
//! Knows: names, defaults, sentences for people. Never knows: where a value came from, what is done with it.

use super::kind::Kind;

/// One thing that an operator may set.
#[derive(Debug)]
pub struct Knob {
    /// Its key in the file; with dashes its flag, in capitals behind `PARTYWALL_RELAY_` its environment name.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// What holds when nobody says anything; absent where "not set" is a meaning of its own.
    pub default: Option<&'static str>,
    /// A value that may be written down as an example where there is no default.
    pub example: &'static str,
    /// One or more sentences for the operator.
    pub says: &'static str,
}

impl Knob {
    /// The environment variable that sets it.
    #[must_use]
    pub fn environment(&self) -> String {
        format!("{ENVIRONMENT_PREFIX}{}", self.name.to_uppercase())
    }

    /// The flag that sets it, without its two dashes.
    #[must_use]
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// The knob of that name in the file.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        KNOBS.iter().find(|knob| knob.name == name)
    }

    /// The known name that looks most like `name`, if any looks like it at all.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        KNOBS
            .iter()
            .map(|knob| {
                (
                    strsim::normalized_damerau_levenshtein(name, knob.name),
                    knob.name,
                )
            })
            .filter(|(likeness, _)| *likeness >= 0.5)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name)
    }
}

/// What every environment variable of the relay begins with.
pub const ENVIRONMENT_PREFIX: &str = "PARTYWALL_RELAY_";

/// The industries that an operator may prohibit, beside those that always are. (SPEC B-10)
const INDUSTRIES: &[&str] = &[
    "retail",
    "food",
    "travel",
    "health",
    "finance",
    "education",
    "public_service",
    "media",
    "services",
    "manufacturing",
    "non_profit",
    "other",
];

/// Every knob there is, in the order in which the file explains them.
pub const KNOBS: &[Knob] = &[
    Knob {
        name: "data",
        kind: Kind::Folder,
        default: Some("./partywall-data"),
        example: "",
        says: "The folder that holds everything: identity, certificate, mailboxes, this file.\n\
               A file that lies inside the folder cannot name another one; with `--config FILE` it can.",
    },
    Knob {
        name: "only",
        kind: Kind::Choice(&["both", "peer", "business"]),
        default: Some("both"),
        example: "",
        says: "Which wings run: both, people's alone (peer), or that of people and businesses alone (business).",
    },
    Knob {
        name: "host",
        kind: Kind::Host,
        default: None,
        example: "relay.example.org",
        says: "What links say: NAME or NAME:PORT, where people reach this relay.\n\
               Needed as soon as `peer` is not a loopback address, and behind a proxy.\n\
               Without :PORT, links carry the port of `peer`, or 443 with tls = \"proxy\".",
    },
    Knob {
        name: "peer",
        kind: Kind::Address,
        default: Some("127.0.0.1:7443"),
        example: "",
        says: "Where people's clients connect: IP:PORT. Port 0 picks a free one.",
    },
    Knob {
        name: "business",
        kind: Kind::Address,
        default: None,
        example: "127.0.0.1:7444",
        says: "Where businesses and their customers connect: IP:PORT. Port 0 picks a free one.\n\
               If nothing is said: 127.0.0.1:7444, or a free port of 127.0.0.1 where `peer` has port 0, too.",
    },
    Knob {
        name: "business_host",
        kind: Kind::Host,
        default: None,
        example: "shops.example.org",
        says: "What business links say, and what the ledger is called: NAME or NAME:PORT.\n\
               Without it, the name of `host` with the port of `business` (443 with business_tls = \"proxy\").\n\
               Choose it before the first customer comes: a ledger under another name is another ledger.",
    },
    Knob {
        name: "operator",
        kind: Kind::LoopbackAddress,
        default: Some("127.0.0.1:7445"),
        example: "",
        says: "Where /health, /ready and /metrics answer: a loopback IP:PORT. Port 0 picks a free one.",
    },
    Knob {
        name: "admission",
        kind: Kind::Choice(&["auto", "open", "pass"]),
        default: Some("auto"),
        example: "",
        says: "Who may make mailboxes: everybody (open), or holders of a pass (pass; see `partywall-relay pass`).\n\
               auto is open while both `peer` and `host` stay on this machine, pass otherwise.",
    },
    Knob {
        name: "tls",
        kind: Kind::Choice(&["self-signed", "files", "proxy"]),
        default: Some("self-signed"),
        example: "",
        says: "self-signed: a certificate is made on first start; links vouch for it, nothing else is needed.\n\
               files: your own certificate and key, read again on SIGHUP and when they change.\n\
               proxy: plain HTTP for a TLS-terminating proxy on this machine; only on a loopback `peer`.\n\
               With proxy, tell clients about its certificate once: `partywall-relay vouch CERT.pem`.",
    },
    Knob {
        name: "tls_certificate",
        kind: Kind::File,
        default: None,
        example: "/etc/partywall/fullchain.pem",
        says: "The certificate chain (PEM) for tls = \"files\".",
    },
    Knob {
        name: "tls_key",
        kind: Kind::File,
        default: None,
        example: "/etc/partywall/privkey.pem",
        says: "The private key (PEM) for tls = \"files\".",
    },
    Knob {
        name: "business_tls",
        kind: Kind::Choice(&["self-signed", "files", "proxy"]),
        default: Some("self-signed"),
        example: "",
        says: "As `tls`, for the `business` listener, which has a certificate and a key of its own.\n\
               With proxy, once: `partywall-relay vouch --business CERT.pem`.",
    },
    Knob {
        name: "business_tls_certificate",
        kind: Kind::File,
        default: None,
        example: "/etc/partywall/business-fullchain.pem",
        says: "The certificate chain (PEM) for business_tls = \"files\".",
    },
    Knob {
        name: "business_tls_key",
        kind: Kind::File,
        default: None,
        example: "/etc/partywall/business-privkey.pem",
        says: "The private key (PEM) for business_tls = \"files\".",
    },
    Knob {
        name: "auto_approve_utility",
        kind: Kind::Choice(&["yes", "no"]),
        default: Some("yes"),
        example: "",
        says: "Whether UTILITY templates without a lint are approved at once, or wait for `template approve`.",
    },
    Knob {
        name: "prohibited_industries",
        kind: Kind::Words(INDUSTRIES),
        default: Some(""),
        example: "",
        says: "Industries whose businesses are not verified here, besides those that nobody verifies\n\
               (gambling, cryptocurrency, weapons, drugs, adult, payday_loans, multi_level_marketing).",
    },
    Knob {
        name: "first_policy",
        kind: Kind::File,
        default: None,
        example: "/etc/partywall/policy.toml",
        says: "The policy to begin with: published when the relay starts for the first time, and holding at once,\n\
               because nobody was promised anything yet. Without it: `strict`, under which nothing leaves.\n\
               Not read any more once a policy is published; later versions come by `partywall-relay policy publish`.",
    },
    Knob {
        name: "accept_clock",
        kind: Kind::Choice(&["yes", "no"]),
        default: Some("no"),
        example: "",
        says: "yes, for one start, when this machine's clock was ahead once and is right now: the business wing begins from its date again.",
    },
    Knob {
        name: "exporter_config",
        kind: Kind::File,
        default: None,
        example: "/etc/partywall/exporter.toml",
        says: "The exporter's own file, with the sinks: when it is named, the relay starts `partywall-exporter` and looks after it.\n\
               Without it nothing is exported, unless an exporter that you start yourself comes to `exporter_socket`.",
    },
    Knob {
        name: "exporter_socket",
        kind: Kind::File,
        default: None,
        example: "/run/partywall/exporter.sock",
        says: "The Unix socket where the exporter claims what may leave; exporter.sock in the data folder if nothing is said.\n\
               One exporter at a time; for the relay's own user alone, unless `exporter_group` says otherwise.",
    },
    Knob {
        name: "exporter_group",
        kind: Kind::Count {
            least: 0,
            most: 4_294_967_294,
        },
        default: None,
        example: "992",
        says: "The number of a group (`getent group NAME`) whose users may come to `exporter_socket`, too.\n\
               They need a way to it: put the socket outside the data folder.",
    },
    Knob {
        name: "exporter",
        kind: Kind::File,
        default: None,
        example: "/usr/bin/partywall-exporter",
        says: "The exporter's binary; if nothing is said, the one beside the relay's own, or else the one on PATH.",
    },
    Knob {
        name: "well_known_ca",
        kind: Kind::File,
        default: None,
        example: "/etc/partywall/ca.pem",
        says: "Certificates (PEM) to believe when `business verify --well-known` looks at a domain, in place of\n\
               this machine's own. For networks with an authority of their own; hosts inside may then be asked, too.",
    },
    Knob {
        name: "retention_days",
        kind: Kind::Count {
            least: 1,
            most: 365,
        },
        default: Some("30"),
        example: "",
        says: "How long mail waits for its reader, in days.",
    },
    Knob {
        name: "mailbox_idle_days",
        kind: Kind::Count {
            least: 7,
            most: 3650,
        },
        default: Some("180"),
        example: "",
        says: "A mailbox that nobody read for so many days is closed.",
    },
    Knob {
        name: "quota_envelopes",
        kind: Kind::Count {
            least: 100,
            most: 1_000_000,
        },
        default: Some("25000"),
        example: "",
        says: "How many uncollected envelopes one mailbox may hold. After that, senders are told that it is full.",
    },
    Knob {
        name: "quota_bytes",
        kind: Kind::Bytes {
            least: 1 << 20,
            most: 1 << 40,
        },
        default: Some("128 MiB"),
        example: "",
        says: "How many uncollected bytes one mailbox may hold.",
    },
    Knob {
        name: "memory_bytes",
        kind: Kind::Bytes {
            least: 4 << 20,
            most: 4_294_967_295,
        },
        default: Some("64 MiB"),
        example: "",
        says: "How many bytes of envelopes each wing may have in memory at once, over all connections.\n\
               When they are used up, senders wait and nothing is lost.",
    },
    Knob {
        name: "min_free_disk",
        kind: Kind::Bytes {
            least: 0,
            most: 1 << 60,
        },
        default: Some("256 MiB"),
        example: "",
        says: "With less free disk than this no new mailboxes are made and no new customers taken in; the old ones are served as ever.",
    },
    Knob {
        name: "max_connections",
        kind: Kind::Count {
            least: 8,
            most: 1_000_000,
        },
        default: Some("10000"),
        example: "",
        says: "How many client connections each wing may have at once. Further ones are closed at once.",
    },
    Knob {
        name: "max_connections_per_source",
        kind: Kind::Count {
            least: 1,
            most: 1_000_000,
        },
        default: Some("256"),
        example: "",
        says: "How many of them one network address (IPv6: one /64) may hold. Not counted for this machine itself.\n\
               Addresses are held in memory only, under a keyed hash whose key changes every hour.",
    },
    Knob {
        name: "log_format",
        kind: Kind::Choice(&["text", "json"]),
        default: Some("text"),
        example: "",
        says: "How log lines on standard error look.",
    },
    Knob {
        name: "log_level",
        kind: Kind::Choice(&["error", "warn", "info", "debug"]),
        default: Some("info"),
        example: "",
        says: "How much is logged. No level logs an id, a capability or a network address.",
    },
];

#[cfg(test)]
mod tests {
    use super::{KNOBS, Knob};

    #[test]
    fn every_default_and_example_is_a_value_that_its_own_knob_accepts() {
        for knob in KNOBS {
            let sample = knob.default.unwrap_or(knob.example);
            assert!(knob.kind.read(sample).is_ok(), "{}", knob.name);
        }
    }

    #[test]
    fn every_industry_that_is_not_prohibited_anyway_can_be_prohibited() {
        let open: Vec<_> = partywall_business::certificate::Industry::ALL
            .iter()
            .filter(|industry| !industry.is_prohibited())
            .map(|industry| industry.word())
            .collect();
        assert_eq!(open, super::INDUSTRIES);
    }

    #[test]
    fn no_two_knobs_share_a_name() {
        for (place, knob) in KNOBS.iter().enumerate() {
            assert!(
                KNOBS
                    .iter()
                    .skip(place + 1)
                    .all(|other| other.name != knob.name),
                "{}",
                knob.name
            );
        }
    }

    #[test]
    fn a_slip_of_the_pen_finds_its_nearest_knob_and_nonsense_finds_none() {
        assert_eq!(Knob::nearest("retention_day"), Some("retention_days"));
        assert_eq!(Knob::nearest("hots"), Some("host"));
        assert_eq!(Knob::nearest("zzzzzzzz"), None);
    }
}
