//! Who may use a data folder, and what is in it afterwards.
//! Knows: files, permissions, the admin socket. Never knows: what the files hold.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use partywall_relay::admin::client;
use partywall_relay::admin::words::{Answer, Ask};
use partywall_relay::wing::Wing;
use partywall_relay::{Relay, Settings, StartError};
use partywall_world::{Dice, ManualClock, Wall};

use crate::dial::{relay, start};

#[tokio::test]
async fn a_second_relay_on_the_folder_is_refused_and_the_first_goes_on() {
    let (folder, relay) = relay().await;
    let refused = start(Settings::for_tests(folder.path().to_owned()))
        .await
        .err()
        .unwrap();
    assert!(matches!(refused, StartError::InUse { .. }));
    assert!(
        refused.to_string().contains("another relay is running on"),
        "{refused}"
    );
    let key = relay.key().unwrap();
    relay.shutdown().await;
    let again = start(Settings::for_tests(folder.path().to_owned()))
        .await
        .unwrap();
    assert_eq!(again.key().unwrap(), key, "links stay valid over a restart");
    again.shutdown().await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_once_stops_the_next_start_until_its_date_is_accepted() {
    // B-12
    let folder = tempfile::tempdir().unwrap();
    let settings = || Settings::for_tests(folder.path().to_owned());
    let start = |settings, seconds| {
        let clock = Arc::new(ManualClock::at(Wall::from_seconds(seconds)));
        Relay::start(settings, clock, Dice::from_os().unwrap())
    };
    let (now, ahead) = (1_800_000_000, 2_080_000_000);
    start(settings(), ahead).await.unwrap().shutdown().await;
    let refused = start(settings(), now).await.err().unwrap().to_string();
    assert!(
        refused.contains("set the clock") && refused.contains("`--accept-clock yes`"),
        "{refused}"
    );
    start(settings(), ahead).await.unwrap().shutdown().await;
    let mut accepting = settings();
    accepting.business.accept_clock = true;
    start(accepting, now).await.unwrap().shutdown().await;
    start(settings(), now).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn an_identity_that_others_can_read_is_refused_with_what_to_do() {
    let (folder, relay) = relay().await;
    relay.shutdown().await;
    let key = folder.path().join("relay-identity.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = start(Settings::for_tests(folder.path().to_owned()))
        .await
        .err()
        .unwrap();
    assert!(refused.to_string().contains("chmod 600"), "{refused}");
}

#[tokio::test]
async fn a_taken_port_is_refused_with_what_to_do_and_frees_the_folder() {
    let (_folder, first) = relay().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        peer: first.peer_addr().unwrap(),
        ..Settings::for_tests(folder.path().to_owned())
    };
    let refused = start(settings).await.err().unwrap().to_string();
    assert!(
        refused.contains("something else listens there already") && refused.contains("--peer"),
        "{refused}"
    );
    start(Settings::for_tests(folder.path().to_owned()))
        .await
        .unwrap()
        .shutdown()
        .await;
    first.shutdown().await;
}

#[tokio::test]
async fn a_file_where_the_folder_should_be_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    std::fs::write(&file, "x").unwrap();
    let refused = start(Settings::for_tests(file))
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("cannot use the data folder"), "{refused}");
}

#[tokio::test]
async fn every_file_of_the_folder_is_for_its_owner_alone() {
    let (folder, relay) = relay().await;
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let about = entry.metadata().unwrap();
        let owner_only = about.permissions().mode() & 0o077 == 0;
        // A test process keeps its own umask, so only what is created with a mode is judged here.
        assert!(owner_only, "{:?}", entry.file_name());
        seen += 1;
    }
    assert!(seen >= 5, "identity, certificate, key, lock, socket");
    relay.shutdown().await;
    assert!(!folder.path().join("admin.sock").exists());
}

#[tokio::test]
async fn a_running_relay_answers_its_operator_over_the_admin_socket() {
    let (folder, relay) = relay().await;
    let path = folder.path().to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        (
            client::ask(&path, &Ask::Status),
            client::ask(&path, &Ask::ListVouches { wing: Wing::Peer }),
        )
    });
    let (status, vouches) = asked.await.unwrap();
    let Answer::Status(status) = status.unwrap() else {
        panic!("status")
    };
    assert!(status.running);
    assert_eq!(
        status.host,
        relay.peer_addr().map(|address| address.to_string())
    );
    assert_eq!(
        vouches.unwrap(),
        Answer::Vouches {
            vouches: Vec::new()
        }
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn the_admin_socket_works_in_a_folder_with_a_very_long_name() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a".repeat(120)).join("b".repeat(120));
    let relay = start(Settings::for_tests(folder.clone())).await.unwrap();
    let asked = tokio::task::spawn_blocking(move || client::ask(&folder, &Ask::Status));
    assert!(matches!(asked.await.unwrap().unwrap(), Answer::Status(_)));
    relay.shutdown().await;
}

#[tokio::test]
async fn nonsense_on_the_admin_socket_gets_a_sentence_and_harms_nobody() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (folder, relay) = relay().await;
    let socket = folder.path().join("admin.sock");
    for line in [
        "{}\n",
        "nonsense\n",
        "{\"ask\":\"make_pass\",\"mailboxes\":-1}\n",
        "\u{0}\n",
    ] {
        let mut stream = tokio::net::UnixStream::connect(&socket).await.unwrap();
        stream.write_all(line.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(
            answer.contains("refused") && answer.ends_with("}\n"),
            "{line:?}: {answer}"
        );
    }
    let mut endless = tokio::net::UnixStream::connect(&socket).await.unwrap();
    let _cut = endless.write_all(&vec![b'a'; 1 << 20]).await;
    drop(endless);
    let path = folder.path().to_owned();
    assert!(
        tokio::task::spawn_blocking(move || client::ask(&path, &Ask::Status))
            .await
            .unwrap()
            .is_ok()
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn many_relays_live_in_one_process_and_know_nothing_of_each_other() {
    let keys = Arc::new(Mutex::new(Vec::new()));
    let mut running = Vec::new();
    for _ in 0..5 {
        let (folder, relay) = relay().await;
        assert!(!keys.lock().unwrap().contains(&relay.key().unwrap()));
        keys.lock().unwrap().push(relay.key().unwrap());
        running.push((folder, relay));
    }
    for (_folder, relay) in running {
        relay.shutdown().await;
    }
}

/// Pieces of eight bytes that lie in a file, but for runs of one byte and words of SQL, which every such file has.
fn pieces(bytes: &[u8]) -> std::collections::BTreeSet<[u8; 8]> {
    let pieces = bytes.windows(8).map(|piece| piece.try_into().unwrap());
    let varied = |piece: &[u8; 8]| {
        piece
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len()
            > 5
            && !piece.windows(4).any(|word| word.is_ascii())
    };
    pieces.filter(varied).collect()
}

/// P11: what an operator copies for the business wing restores it alone, and holds nothing of the other.
#[tokio::test]
async fn a_backup_of_the_business_wing_holds_no_secret_of_the_peer_wing_and_starts_alone() {
    let mut row = partywall_row::Row::of("P11");
    let (folder, relay) = relay().await;
    let (link, key) = (relay.business_link(), relay.business_key());
    relay.shutdown().await;
    let mut of_peers = std::collections::BTreeSet::new();
    let backup = tempfile::tempdir().unwrap();
    let mut copied = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        let Ok(bytes) = std::fs::read(file.path()) else {
            continue; // a socket
        };
        // business.key, business.db and the certificate that is shown for it.
        if name.starts_with("business") {
            std::fs::copy(file.path(), backup.path().join(&name)).unwrap();
            copied.push((name, bytes));
        } else if name.ends_with(".key") || name.ends_with(".db") {
            of_peers.extend(pieces(&bytes));
            row.tried(1);
        }
    }
    assert!(
        of_peers.len() > 20 && copied.len() >= 2,
        "{}",
        of_peers.len()
    );
    for (name, bytes) in &copied {
        let theirs = pieces(bytes);
        let common: Vec<_> = theirs.intersection(&of_peers).map(hex::encode).collect();
        assert!(
            common.is_empty(),
            "{name} holds something of the peer wing: {common:?}"
        );
        row.tried(1);
    }
    let settings = Settings {
        wings: partywall_relay::config::settings::Wings::OnlyBusiness,
        ..Settings::for_tests(backup.path().to_owned())
    };
    let restored = start(settings).await.unwrap();
    assert_eq!(restored.business_key(), key);
    assert!(restored.business_link().is_some() && link.is_some() && restored.key().is_none());
    restored.shutdown().await;
}
