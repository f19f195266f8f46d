//! From where somebody comes, and which mailbox is theirs, is written down nowhere. (SPEC §9, rows D12 and D13)
//! Knows: an address of this machine that nobody else uses, the ids of one mailbox; a relay as a process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::limits::FRAME;
use partywall_ground::{Capability, Seconds};
use partywall_peer::collect::{self, Create};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Link, Number, Slot, drop_id};
use partywall_proof::SigningKey;
use partywall_row::Row;
use partywall_socket::{FrameSocket, Incoming, Limits};
use partywall_test_street::relay::Relay;
use partywall_test_street::scan;
use partywall_world::{Clock, Dice, SystemClock};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::client::TlsStream;

/// All of 127/8 is this machine.
const FROM: &str = "127.203.113.77";

type Socket = FrameSocket<TlsStream<TcpStream>>;

async fn dial(relay: &Relay) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    let from = format!("{FROM}:0").parse().expect("an address");
    socket.bind(from).expect("all of 127/8 is this machine");
    let to = relay.peer.parse().expect("an address");
    socket.connect(to).await.expect("the relay listens")
}

async fn door(relay: &Relay, path: &str) -> (Socket, partywall_ground::Spki) {
    let (stream, shown) = partywall_test_relay::tls_over(dial(relay).await)
        .await
        .expect("the relay speaks TLS");
    let limits = Limits {
        max_frame: FRAME,
        stall: Duration::from_secs(10),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let socket = partywall_socket::connect(stream, "relay.example", path, limits, clock);
    (socket.await.expect("the door opens"), shown)
}

async fn next(socket: &mut Socket) -> Vec<u8> {
    match socket.recv().await.expect("the relay answers") {
        Incoming::Frame(frame) => frame.to_vec(),
        Incoming::Closed(_) => Vec::new(),
    }
}

/// Makes a mailbox and stays; leaves an envelope there; breaks the protocol in some ways. Gives the connection that
/// stays, and what identifies the mailbox.
async fn visits(relay: &Relay, dice: &mut Dice) -> (Socket, [Vec<u8>; 3]) {
    let link = match Link::parse(&relay.link) {
        Ok(Link::Relay(link)) => Some(link),
        _ => None,
    };
    let link = link.expect("a relay prints a relay link");
    let (mut reader, shown) = door(relay, "/v1/collect").await;
    let hello = match collect::FromRelay::decode(&next(&mut reader).await) {
        Ok(collect::FromRelay::Hello(hello)) => Some(hello),
        _ => None,
    };
    let hello = hello.expect("hello comes first");
    let now = Seconds::new(SystemClock::new().wall().seconds());
    let greeting = hello
        .prove(link.relay(), &shown, now)
        .expect("it is the link's");
    let (key, capability) = (SigningKey::draw(dice), dice.bytes::<32>());
    let drop = drop_id(&Capability::new(capability));
    let create = Create::sign(&key, &greeting, Slot::new(1), drop, Admission::Open, dice);
    let create = collect::FromClient::from(create).encode();
    reader.send(create).await.expect("it listens");
    next(&mut reader).await;

    let (mut writer, _) = door(relay, "/v1/deposit").await;
    next(&mut writer).await;
    let use_it = Use {
        capability: Capability::new(capability),
    };
    let bytes: Vec<u8> = (0..128).flat_map(|_| dice.bytes::<32>()).collect();
    let leave = Deposit {
        number: Number::FIRST,
        envelope: Envelope::try_from(bytes).expect("4,096 bytes"),
    };
    for said in [deposit::FromClient::from(use_it), leave.into()] {
        writer.send(said.encode()).await.expect("it listens");
        next(&mut writer).await;
    }
    // What is malformed, in TLS and before it, is where careless programs speak of addresses.
    writer.send(vec![7; 40]).await.expect("it listens");
    next(&mut writer).await;
    let mut plain = dial(relay).await;
    let _gone = plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await;
    let ids = [
        key.public().as_bytes().to_vec(),
        drop.as_bytes().to_vec(),
        capability.to_vec(),
    ];
    (reader, ids)
}

fn core_of(relay: &Relay, into: &Path) -> PathBuf {
    let id = relay.id().to_string();
    let made = Command::new("gcore")
        .arg("-o")
        .arg(into.join("core"))
        .arg(&id)
        .output()
        .expect("gcore is installed (package gdb)");
    let core = into.join(format!("core.{id}"));
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(core.is_file(), "gcore: {said}");
    core
}

#[tokio::test]
async fn from_where_somebody_came_and_which_mailbox_is_theirs_is_written_down_nowhere() {
    let (mut address, mut ids) = (Row::of("D12"), Row::of("D13"));
    let mut dice = Dice::seeded(address.seed()).stream("visitor");
    let folder = tempfile::tempdir().unwrap();
    let control = "a-folder-with-a-name-that-nobody-has";
    let relay = Relay::start(&folder.path().join(control), &["--log-level", "debug"]).unwrap();
    let (_stays, names) = visits(&relay, &mut dice).await;

    let evidence = tempfile::tempdir().unwrap();
    let metrics = evidence.path().join("metrics");
    std::fs::write(&metrics, relay.page("/metrics").unwrap()).unwrap();
    let core = core_of(&relay, evidence.path());
    let written = [relay.log().to_path_buf(), metrics];
    let mut files = scan::files(relay.folder());
    files.extend(written.iter().cloned());
    assert!(files.len() > 5, "databases, log and metrics");

    let in_bytes = [127, 203, 113, 77];
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        for form in [in_bytes.to_vec(), in_bytes.iter().rev().copied().collect()] {
            assert!(!scan::contains(&bytes, &form), "{}", path.display());
        }
        address.tried(1);
    }
    files.push(core.clone());
    let hits = scan::found(FROM.as_bytes(), &files);
    assert!(hits.is_empty(), "the address: {hits:?}");
    for name in &names {
        let hits = scan::found(name, &written);
        assert!(hits.is_empty(), "an id: {hits:?}");
        ids.tried(u64::try_from(written.len()).unwrap());
    }
    address.tried(u64::try_from(files.len()).unwrap());
    address.figure(format!("{} files and a core image", files.len() - 1));
    let found = scan::found(control.as_bytes(), &[core]);
    assert!(
        !found.is_empty(),
        "the control: the folder's name is in memory"
    );
    let spoke = std::fs::read_to_string(relay.log()).unwrap();
    assert!(!spoke.is_empty(), "the log speaks");
}
