//! A customer's export, judged by tools that are not ours: PyPI's jsonschema and PyLD. (BUSINESS §3)
//! Knows: how to come by exports with everything in them, and where the judge lies. Never knows:
//! what it looks at: that is in `tests/exports`.
//! `cargo xtask test` sets Python up and names it in `PARTYWALL_PYTHON`; without it these tests say so and, in CI, fail.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::export::{
    Carry, Claim, CloseBatch, FromExporter, FromRelay, Head, Most, Outcome, Sink, SinkName,
};
use partywall_business::value::{Initials, Locale, PhoneNumber, Value};
use partywall_business_plane::policy::{self, STRICT};
use partywall_business_plane::{EndExporter, Plane};
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::house::{BAKERY, Visit, accepted, next};
use crate::customer::{Chat, Choices, EventKind, Switched};
use crate::shop::EventKind as ShopEvent;
use crate::{Field, Purpose, Recipient, Region, Row};

const LOCALE: Row = Row::new(
    Field::Locale,
    Recipient::Business,
    Purpose::ServiceOperation,
);
const PHONE: Row = Row::new(
    Field::PhoneNumber,
    Recipient::Business,
    Purpose::ServiceOperation,
);
const ADS: Row = Row::new(
    Field::PhoneNumber,
    Recipient::Parent,
    Purpose::AdsProductImprovement,
);
const DAY: Duration = Duration::from_secs(86_400);

/// `strict`, with a parent who may be told of everything that a customer lets it be told of.
fn wide() -> String {
    let text = STRICT.text.replacen("version = 1", "version = 2", 1);
    let text = text.replacen("effective = 2026-01-01", "effective = 2027-02-20", 1);
    let text = text.replacen(
        "notice_days",
        "parent = \"Parent Ltd\"\nservice_provider = \"Printer Ltd\"\nnotice_days",
        1,
    );
    let (text, _never) = text.split_once("[[never]]").unwrap();
    let fields: Vec<String> = Field::ALL
        .iter()
        .map(|field| format!("{:?}", field.word()))
        .collect();
    let purposes: Vec<String> = Purpose::ALL
        .iter()
        .map(|purpose| format!("{:?}", purpose.word()))
        .collect();
    let shares = fields.iter().map(|field| {
        let precision = precision(field);
        format!(
            "[[share]]\nfield = {field}\nwith = [\"parent\", \"service_provider\"]\nfor = [{}]\n\
             basis = \"consent\"\nregions = \"all\"\nkeep_days = 90\n{precision}\n",
            purposes.join(", ")
        )
    });
    text.to_owned() + &shares.collect::<String>()
}

fn precision(field: &str) -> &'static str {
    match field.trim_matches('"') {
        "last_active" | "interaction_time" => "precision = \"hour\"",
        "phone_number" | "locale" | "os_version" | "client_version" | "purchase_total"
        | "ip_address" => "precision = \"full\"",
        _ => "",
    }
}

/// An exporter that carries what is for the parent, and then does not deliver it.
struct Exporter(DuplexStream);

#[derive(Clone, Copy)]
struct Nobody;

impl EndExporter for Nobody {
    fn end(&self) {}
}

impl Exporter {
    async fn connects(plane: &Arc<Plane>) -> Self {
        let (theirs, ours) = duplex(1 << 16);
        let plane = Arc::clone(plane);
        tokio::spawn(async move { plane.exporter(ours, Nobody).await });
        let mut exporter = Self(theirs);
        let sink = Sink {
            sink: parent(),
            recipient: Recipient::Parent,
        };
        let sinks = vec![sink].try_into().unwrap();
        exporter.says(Carry { sinks }).await;
        let hello = exporter.hears().await;
        assert!(matches!(hello, FromRelay::Carried(_)));
        exporter
    }

    async fn says(&mut self, words: impl Into<FromExporter>) {
        self.0.write_all(&words.into().encode()).await.unwrap();
    }

    async fn hears(&mut self) -> FromRelay {
        let mut head = [0; Head::LENGTH];
        self.0.read_exact(&mut head).await.unwrap();
        let head = Head::parse(&head).unwrap();
        let mut body = vec![0; head.length()];
        self.0.read_exact(&mut body).await.unwrap();
        FromRelay::decode(&head, &body).unwrap()
    }

    /// Claims once and says that it did not come to it.
    async fn fails_once(&mut self) {
        let most = Most::LARGEST;
        let sink = parent();
        self.says(Claim { sink, most }).await;
        let FromRelay::Batch(batch) = self.hears().await else {
            panic!("something is to be carried");
        };
        let outcome = Outcome::Void;
        let batch = batch.batch;
        self.says(CloseBatch { batch, outcome }).await;
        assert!(matches!(self.hears().await, FromRelay::Closed(_)));
    }
}

fn parent() -> SinkName {
    SinkName::new("parent").unwrap()
}

/// One customer's exports: with everything in it, after leaving, after erasing; and another's, who
/// lives elsewhere and gave nothing.
async fn exports(folder: &Path) -> Vec<PathBuf> {
    let mut visit = Visit::new().await;
    visit.says("hello").await;
    let initials = Value::DisplayName(Initials::new("AB").unwrap());
    let locale = Value::Locale(Locale::new("deCH").unwrap());
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    visit
        .chat
        .declare(vec![initials, locale, phone])
        .await
        .unwrap();
    visit.chat.turn(LOCALE, Switched::On).await.unwrap();
    visit.chat.turn(PHONE, Switched::On).await.unwrap();
    visit.chat.say("now you may know").await.unwrap();
    for field in [Field::Locale, Field::PhoneNumber] {
        next(&mut visit.theirs, |kind| told(kind, field)).await;
    }
    visit.chat.turn(LOCALE, Switched::Off).await.unwrap();
    widened(&mut visit).await;
    let everything = Row::all().filter(|row| row.recipient != Recipient::Business);
    let choices = everything.fold(Choices::essential_only().with_row(PHONE), Choices::with_row);
    visit
        .chat
        .accept_terms(choices.region(Region::Eu))
        .await
        .unwrap();
    visit.house.clock.advance(DAY * 40);
    visit.house.pipe.cut();
    visit.chat.say("and the parent").await.unwrap();
    next(&mut visit.theirs, |kind| told(kind, Field::InteractionTime)).await;
    let mut exporter = Exporter::connects(&visit.house.plane).await;
    exporter.fails_once().await;
    visit.chat.turn(ADS, Switched::Off).await.unwrap();
    visit.chat.object().await.unwrap();
    let mut files = vec![kept(folder, "rich", &visit.chat).await];
    nobody_hears(&mut visit).await;
    visit.chat.leave().await.unwrap();
    files.push(kept(folder, "left", &visit.chat).await);
    visit.chat.erase().await.unwrap();
    files.push(kept(folder, "erased", &visit.chat).await);
    let other = visit.house.customer("bob", 5).await;
    let found = other.find(&visit.house.link(), BAKERY).await.unwrap();
    let elsewhere = Choices::essential_only().region(Region::Other);
    let elsewhere = found.begin(elsewhere.objecting()).await.unwrap();
    files.push(kept(folder, "elsewhere", &elsewhere).await);
    files
}

/// The business is told something, and is not there to say that it has it.
async fn nobody_hears(visit: &mut Visit) {
    visit.shop.close().await.unwrap();
    visit.house.clock.advance(DAY);
    visit.house.pipe.cut();
    visit.chat.say("are you there?").await.unwrap();
    for _ in ["and the parent", "are you there?"] {
        next(&mut visit.mine, accepted).await;
    }
}

async fn widened(visit: &mut Visit) {
    let compiled = policy::compile(&wide()).unwrap();
    visit.house.plane.publish(compiled).await.unwrap();
    next(&mut visit.mine, |kind| {
        matches!(kind, EventKind::TermsChanged { .. }).then_some(())
    })
    .await;
}

fn told(kind: &ShopEvent, field: Field) -> Option<()> {
    let ShopEvent::Disclosed { what, .. } = kind else {
        return None;
    };
    (what.value.field() == field).then_some(())
}

async fn kept(folder: &Path, name: &str, chat: &Chat) -> PathBuf {
    let path = folder.join(name).with_extension("json");
    let export = chat.export().await.unwrap();
    std::fs::write(&path, export.to_string()).unwrap();
    path
}

/// What the judge counted; `None` where there is no Python.
fn judged(what: &str, exports: &[PathBuf]) -> Option<Json> {
    let Some(python) = std::env::var_os("PARTYWALL_PYTHON") else {
        partywall_row::not_run("no PARTYWALL_PYTHON; `cargo xtask test` sets it up");
        return None;
    };
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let judged = Command::new(python)
        .arg(project.join("tests/exports/judge.py"))
        .arg(what)
        .arg(project.join("docs/export.schema.json"))
        .args(exports)
        .output()
        .unwrap();
    let faults = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success(), "{faults}");
    Some(serde_json::from_slice(&judged.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_peoples_tools_read_every_word_of_an_export_and_refuse_broken_ones() {
    let folder = tempfile::tempdir().unwrap();
    let exports = exports(folder.path()).await;
    let Some(counted) = judged("exports", &exports) else {
        return;
    };
    println!("{counted}");
    let rich = &counted["rich"];
    for status in ["ConsentGiven", "ConsentWithdrawn", "ConsentRefused"] {
        assert!(rich["statuses"][status].as_u64() > Some(0), "{counted}");
    }
    for (export, outcome) in [("rich", "sent"), ("rich", "void"), ("left", "uncertain")] {
        let disclosures = &counted[export]["disclosures"];
        assert!(disclosures[outcome].as_u64() > Some(0), "{counted}");
    }
    for export in ["rich", "left", "erased"] {
        assert_eq!(counted[export]["records"], 7, "{counted}");
    }
    assert_eq!(counted["erased"]["disclosures"], serde_json::json!({}));
    assert_eq!(counted["elsewhere"]["statuses"]["ConsentRefused"], 1);
    let broken = judged("broken", &exports[..1]).unwrap();
    assert!(broken["broken"].as_u64() > Some(50), "{broken}");
}
