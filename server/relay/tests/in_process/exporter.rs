//! The exporter's socket: whom it takes, whom it turns away, and what is in its way.
//! Knows: a Unix socket. Never knows: what an exporter carries.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::Duration;

use partywall_relay::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::dial::{plain, relay, start};

/// Whether the other side hangs up without a word.
async fn is_turned_away(mut stream: UnixStream) -> bool {
    let mut said = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut said)).await;
    ended.is_ok() && said.is_empty()
}

async fn metric(relay: &partywall_relay::Relay, name: &str) -> String {
    let metrics = plain(relay.operator_addr(), "/metrics").await;
    let begins = format!("partywall_business_exporter_{name} ");
    let line = metrics.lines().find(|line| line.starts_with(&begins));
    line.unwrap()[begins.len()..].to_owned()
}

#[tokio::test]
async fn one_exporter_is_taken_at_a_time_and_the_next_when_it_has_left() {
    let (folder, relay) = relay().await;
    let socket = folder.path().join("exporter.sock");
    let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut first = UnixStream::connect(&socket).await.unwrap();
    // The second comes only after the first was accepted: they wait in one line.
    let second = UnixStream::connect(&socket).await.unwrap();
    assert!(is_turned_away(second).await);
    assert_eq!(metric(&relay, "connected").await, "1");
    assert_eq!(metric(&relay, "refused_total").await, "1");
    first.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _left = first.read_to_end(&mut rest).await;
    drop(first);
    while metric(&relay, "connected").await == "1" {
        tokio::task::yield_now().await;
    }
    let third = UnixStream::connect(&socket).await.unwrap();
    while metric(&relay, "connected").await == "0" {
        tokio::task::yield_now().await;
    }
    drop(third);
    relay.shutdown().await;
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_group_that_the_operator_names_may_come_to_the_socket_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::for_tests(folder.path().to_owned());
    let socket = folder.path().join("elsewhere.sock");
    let group = std::fs::metadata(folder.path()).unwrap().gid();
    settings.business.exporter.group = Some(group);
    settings.business.exporter.socket = Some(socket.clone());
    let relay = start(settings).await.unwrap();
    let about = std::fs::metadata(&socket).unwrap();
    assert_eq!(
        (about.permissions().mode() & 0o777, about.gid()),
        (0o660, group)
    );
    assert!(!folder.path().join("exporter.sock").exists());
    relay.shutdown().await;
}

#[tokio::test]
async fn a_socket_that_another_relay_listens_at_and_a_file_in_its_place_are_refused() {
    let (folder, first) = relay().await;
    let other = tempfile::tempdir().unwrap();
    let mut settings = Settings::for_tests(other.path().to_owned());
    settings.business.exporter.socket = Some(folder.path().join("exporter.sock"));
    let refused = start(settings.clone()).await.err().unwrap().to_string();
    assert!(
        refused.contains("something else listens there already")
            && refused.contains("--exporter-socket"),
        "{refused}"
    );
    let file = other.path().join("a file");
    std::fs::write(&file, "mine").unwrap();
    settings.business.exporter.socket = Some(file.clone());
    let refused = start(settings).await.err().unwrap().to_string();
    assert!(refused.contains("a file is in its place"), "{refused}");
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    first.shutdown().await;
}

#[tokio::test]
async fn an_exporter_that_cannot_be_started_is_refused_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::for_tests(folder.path().to_owned());
    let config = folder.path().join("exporter.toml");
    settings.business.exporter.config = Some(config.clone());
    let refused = start(settings.clone()).await.err().unwrap().to_string();
    assert!(
        refused.contains("cannot read the exporter's file"),
        "{refused}"
    );
    std::fs::write(&config, "").unwrap();
    settings.business.exporter.binary = Some(folder.path().join("nothing"));
    let mut long = settings.clone();
    long.business.exporter.socket = Some(folder.path().join("a".repeat(120)));
    let refused = start(long).await.err().unwrap().to_string();
    assert!(refused.contains("too long for a socket"), "{refused}");
    let refused = start(settings).await.err().unwrap().to_string();
    assert!(
        refused.contains("name the binary with `--exporter FILE`"),
        "{refused}"
    );
}
