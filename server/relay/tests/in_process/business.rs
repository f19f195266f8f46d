//! The business wing beside the peer wing: two listeners, two keys, two certificates, and no door from one into the other.
//! Knows: both wings' first frames. Never knows: what is sealed.

use std::time::Duration;

use partywall_business::BusinessLink;
use partywall_business::answer::FromRelay;
use partywall_ground::{Close, RelayKey, Spki};
use partywall_peer::Link;
use partywall_peer::collect::FromRelay as FromPeers;
use partywall_proof::{Hello, Stranger};
use partywall_relay::Settings;
use partywall_relay::admin::words::{Answer, Ask};
use partywall_relay::config::settings::{Tls, Wings};
use partywall_relay::identity::certificate::{self, Pair};
use partywall_relay::identity::tls::provider;
use partywall_relay::wing::Wing;
use partywall_socket::{FrameSocket, Incoming};
use partywall_world::Wall;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::dial::{door, get, next, now, plain, relay, start, status, tls, upgraded};

const DOOR: &str = "/v1/business";

/// What the relay says first at the business door.
async fn hello<S: AsyncRead + AsyncWrite + Unpin + Send>(socket: &mut FrameSocket<S>) -> Hello {
    let Incoming::Frame(frame) = socket.recv().await.unwrap() else {
        panic!("hello comes first")
    };
    match FromRelay::decode(&frame).unwrap() {
        FromRelay::Hello(hello) => hello,
        _ => panic!("hello comes first"),
    }
}

async fn closed<S: AsyncRead + AsyncWrite + Unpin + Send>(socket: &mut FrameSocket<S>) -> u16 {
    loop {
        match socket.recv().await.unwrap() {
            Incoming::Frame(_) => {}
            Incoming::Closed(code) => return code.map_or(0, u16::from),
        }
    }
}

#[tokio::test]
async fn the_wings_have_keys_links_and_certificates_of_their_own() {
    let (_folder, relay) = relay().await;
    let (peer, business) = (relay.peer_addr().unwrap(), relay.business_addr().unwrap());
    let link: BusinessLink = relay.business_link().unwrap().parse().unwrap();
    assert_eq!(link.authority().as_str(), business.to_string());
    assert_eq!(*link.operator(), relay.business_key().unwrap());
    assert!(link.domain().is_none());
    assert_ne!(relay.key(), relay.business_key());
    assert!(Link::parse(&relay.business_link().unwrap()).is_err());

    let (mut socket, shown) = door(business, DOOR).await;
    let said = hello(&mut socket).await;
    assert!(said.clone().prove(link.operator(), &shown, now()).is_ok());
    assert_eq!(
        said.clone().prove(&relay.key().unwrap(), &shown, now()),
        Err(Stranger::OtherRelay)
    );
    let (_, at_peer) = tls(peer).await;
    assert_ne!(shown, at_peer);
    assert_eq!(
        said.prove(link.operator(), &at_peer, now()),
        Err(Stranger::NotVouched),
        "one wing does not vouch for the other's certificate"
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn a_frame_of_one_wing_at_a_door_of_the_other_closes_with_wrong_wing() {
    let (_folder, relay) = relay().await;
    let (peer, business) = (relay.peer_addr().unwrap(), relay.business_addr().unwrap());
    let (mut at_business, _) = door(business, DOOR).await;
    let (mut at_peer, _) = door(peer, "/v1/collect").await;
    let (mut at_deposit, _) = door(peer, "/v1/deposit").await;
    let Incoming::Frame(of_business) = at_business.recv().await.unwrap() else {
        panic!("hello")
    };
    let Incoming::Frame(of_peers) = at_peer.recv().await.unwrap() else {
        panic!("hello")
    };
    at_business.send(of_peers.to_vec()).await.unwrap();
    at_peer.send(of_business.to_vec()).await.unwrap();
    at_deposit.send(of_business.to_vec()).await.unwrap();
    let wrong = Close::WrongWing.code();
    assert_eq!(closed(&mut at_business).await, wrong);
    assert_eq!(closed(&mut at_peer).await, wrong);
    assert_eq!(closed(&mut at_deposit).await, wrong);
    relay.shutdown().await;
}

#[tokio::test]
async fn no_listener_opens_the_others_doors() {
    let mut row = partywall_row::Row::of("P10");
    let (_folder, relay) = relay().await;
    let (peer, business) = (relay.peer_addr().unwrap(), relay.business_addr().unwrap());
    for path in [DOOR, "/checkpoint", "/tile/0/000.p/1"] {
        assert_eq!(status(&get(peer, path, "").await), 404, "{path}");
    }
    for path in ["/v1/collect", "/v1/deposit", "/metrics", "/admin"] {
        assert_eq!(status(&get(business, path, "").await), 404, "{path}");
    }
    row.tried(7);
    assert_eq!(status(&get(business, DOOR, "").await), 426);
    assert_eq!(status(&get(business, DOOR, "Cookie: a=b\r\n").await), 400);
    let page = get(business, "/", "").await;
    assert!(
        status(&page) == 200 && page.contains("businesses"),
        "{page}"
    );
    assert!(page.contains("default-src 'none'"), "{page}");
    relay.shutdown().await;
}

#[tokio::test]
async fn the_ledger_is_read_by_whoever_asks_and_tiles_may_be_kept_for_good() {
    let (_folder, relay) = relay().await;
    let business = relay.business_addr().unwrap();
    let checkpoint = get(business, "/checkpoint", "").await;
    assert_eq!(status(&checkpoint), 200);
    let note = checkpoint.split("\r\n\r\n").nth(1).unwrap();
    assert!(
        note.starts_with(&format!("partywall/{business}\n1\n")),
        "the first policy is the first entry: {note}"
    );
    assert!(checkpoint.contains("cache-control: no-store"));
    for path in ["/tile/0/000.p/1", "/tile/entries/000.p/1"] {
        let tile = get(business, path, "").await;
        assert_eq!(status(&tile), 200, "{path}");
        assert!(
            tile.contains("content-type: application/octet-stream"),
            "{tile}"
        );
        assert!(
            tile.contains("cache-control: public, max-age=31536000, immutable"),
            "{tile}"
        );
    }
    for path in [
        "/tile/0/000",
        "/tile/0/000.p/2",
        "/tile/",
        "/tile/0/x",
        "/checkpoint/",
    ] {
        assert_eq!(status(&get(business, path, "").await), 404, "{path}");
    }
    let (stream, _) = tls(business).await;
    let post = "POST /checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(status(&crate::dial::exchange(stream, post).await), 405);
    relay.shutdown().await;
}

#[tokio::test]
async fn either_wing_runs_alone_and_the_others_files_are_not_made() {
    for (wings, there, absent) in [
        (Wings::OnlyPeer, "relay-identity.key", "business"),
        (Wings::OnlyBusiness, "business.key", "relay-identity.key"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            wings,
            ..Settings::for_tests(folder.path().to_owned())
        };
        let relay = start(settings).await.unwrap();
        let peer_runs = wings == Wings::OnlyPeer;
        assert_eq!(relay.peer_addr().is_some(), peer_runs);
        assert_eq!(relay.link().is_some(), peer_runs);
        assert_eq!(relay.key().is_some(), peer_runs);
        assert_eq!(relay.business_addr().is_some(), !peer_runs);
        assert_eq!(relay.business_link().is_some(), !peer_runs);
        let names: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(names.iter().any(|name| name == there), "{names:?}");
        assert!(
            !names.iter().any(|name| name.starts_with(absent)),
            "{names:?}"
        );
        let refused = relay.office().answer(match wings {
            Wings::OnlyPeer => Ask::ListVouches {
                wing: Wing::Business,
            },
            _ => Ask::MakePass { mailboxes: 1 },
        });
        let Answer::Refused { sentence } = refused.await else {
            panic!("refused")
        };
        assert!(sentence.contains("--only"), "{sentence}");
        let ready = plain(relay.operator_addr(), "/ready").await;
        assert!(
            ready.ends_with("{\"ready\":true,\"low_disk\":false}\n"),
            "{ready}"
        );
        relay.shutdown().await;
    }
}

#[tokio::test]
async fn each_wing_has_its_own_section_of_metrics_and_its_own_caps() {
    let mut row = partywall_row::Row::of("P32");
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        max_connections: 1,
        ..Settings::for_tests(folder.path().to_owned())
    };
    let relay = start(settings).await.unwrap();
    let (mut socket, _) = door(relay.business_addr().unwrap(), DOOR).await;
    hello(&mut socket).await;
    // The one place of the business wing is taken, that of the peer wing is not.
    let (mut peers, _) = door(relay.peer_addr().unwrap(), "/v1/collect").await;
    assert!(matches!(next(&mut peers).await, FromPeers::Hello(_)));
    let metrics = plain(relay.operator_addr(), "/metrics").await;
    for line in [
        "\npartywall_connections 1\n",
        "\npartywall_business_connections 1\n",
        "\npartywall_business_door_connections 1\n",
        "\npartywall_business_exporter_connected 0\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    row.tried(4);
    assert!(!metrics.split("\r\n\r\n").nth(1).unwrap().contains('{'));
    drop((socket, peers));
    relay.shutdown().await;
}

#[tokio::test]
async fn a_vouch_for_one_wing_is_not_said_by_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::for_tests(folder.path().to_owned());
    settings.tls = Tls::Proxy;
    settings.host = Some("relay.example".parse().unwrap());
    settings.business.tls = Tls::Proxy;
    let relay = start(settings).await.unwrap();
    let link: BusinessLink = relay.business_link().unwrap().parse().unwrap();
    assert_eq!(link.authority().as_str(), "relay.example:443");
    let shown = Spki::new([7; 32]);
    let proven = async |wing, key: RelayKey| match wing {
        Wing::Business => {
            let stream = TcpStream::connect(relay.business_addr().unwrap())
                .await
                .unwrap();
            let said = hello(&mut upgraded(stream, DOOR).await).await;
            said.prove(&key, &shown, now()).is_ok()
        }
        Wing::Peer => {
            let stream = TcpStream::connect(relay.peer_addr().unwrap())
                .await
                .unwrap();
            let FromPeers::Hello(said) = next(&mut upgraded(stream, "/v1/collect").await).await
            else {
                panic!("hello")
            };
            said.prove(&key, &shown, now()).is_ok()
        }
    };
    let vouched = relay.office().answer(Ask::Vouch {
        spki: hex::encode(shown.as_bytes()),
        days: 9,
        wing: Wing::Business,
    });
    let Answer::Vouched { vouch } = vouched.await else {
        panic!("vouched")
    };
    assert!(proven(Wing::Business, relay.business_key().unwrap()).await);
    assert!(!proven(Wing::Peer, relay.key().unwrap()).await);
    let of_peers = relay.office().answer(Ask::ListVouches { wing: Wing::Peer });
    assert_eq!(of_peers.await, Answer::Vouches { vouches: vec![] });
    let id = vouch.id;
    let wing = Wing::Business;
    relay.office().answer(Ask::RevokeVouch { id, wing }).await;
    assert!(!proven(Wing::Business, relay.business_key().unwrap()).await);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_restart_keeps_the_business_key_the_certificate_and_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::for_tests(folder.path().to_owned());
    settings.business.host = Some("shops.example:7444".parse().unwrap());
    let relay = start(settings.clone()).await.unwrap();
    let (link, address) = (relay.business_link(), relay.business_addr().unwrap());
    let (_, shown) = tls(address).await;
    let body = |answer: String| answer.split("\r\n\r\n").nth(1).unwrap().to_owned();
    let note = body(get(address, "/checkpoint", "").await);
    assert!(note.starts_with("partywall/shops.example:7444\n"), "{note}");
    relay.shutdown().await;
    let relay = start(settings).await.unwrap();
    let address = relay.business_addr().unwrap();
    assert_eq!(relay.business_link(), link);
    assert_eq!(tls(address).await.1, shown);
    assert_eq!(body(get(address, "/checkpoint", "").await), note);
    relay.shutdown().await;
}

#[tokio::test]
async fn damaged_business_keys_are_refused_with_a_sentence_and_left_alone() {
    let (folder, relay) = relay().await;
    relay.shutdown().await;
    let file = folder.path().join("business.key");
    let whole = std::fs::read(&file).unwrap();
    assert_eq!(whole.len(), 64);
    std::fs::write(&file, &whole[..63]).unwrap();
    let again = || start(Settings::for_tests(folder.path().to_owned()));
    let refused = again().await.err().unwrap().to_string();
    assert!(
        refused.contains("does not hold the business keys"),
        "{refused}"
    );
    assert_eq!(std::fs::read(&file).unwrap().len(), 63);
    let kept = folder.path().join("kept.key");
    std::fs::rename(&file, &kept).unwrap();
    let refused = again().await.err().unwrap().to_string();
    assert!(refused.contains("restore it from a backup"), "{refused}");
    assert!(!file.exists());
    std::fs::write(&kept, whole).unwrap();
    std::fs::rename(&kept, &file).unwrap();
    again().await.unwrap().shutdown().await;
}

#[tokio::test]
async fn a_stop_tells_whoever_is_at_the_business_door_to_come_back() {
    let (_folder, relay) = relay().await;
    let (mut socket, _) = door(relay.business_addr().unwrap(), DOOR).await;
    hello(&mut socket).await;
    let stopping = tokio::spawn(relay.shutdown());
    assert_eq!(closed(&mut socket).await, Close::ComeBack.code());
    drop(socket);
    let stopped = tokio::time::timeout(Duration::from_secs(30), stopping).await;
    assert!(stopped.is_ok(), "the stop does not wait for ever");
}

#[tokio::test]
async fn replacing_one_wings_certificate_leaves_the_others_alone() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let pair = Pair::of(Wing::Business, files.path());
    let fresh = || {
        let _absent = std::fs::remove_file(&pair.key);
        let now = Wall::from_seconds(1_800_000_000);
        certificate::self_signed(&pair, "shops.example", now, &provider())
            .unwrap()
            .spki
    };
    let first = fresh();
    let mut settings = Settings::for_tests(folder.path().to_owned());
    settings.business.tls = Tls::Files {
        certificate: pair.certificate.clone(),
        key: pair.key.clone(),
    };
    let relay = start(settings).await.unwrap();
    let (business, peer) = (relay.business_addr().unwrap(), relay.peer_addr().unwrap());
    let before = tls(peer).await.1;
    assert_eq!(tls(business).await.1, first);
    let second = fresh();
    relay.reload_certificate().await;
    let (mut socket, shown) = door(business, DOOR).await;
    assert_eq!(shown, second);
    let key = relay.business_key().unwrap();
    let said = hello(&mut socket).await;
    assert!(said.clone().prove(&key, &second, now()).is_ok());
    assert!(
        said.prove(&key, &first, now()).is_ok(),
        "connections that stand stay proven"
    );
    assert_eq!(tls(peer).await.1, before);
    drop(socket);
    relay.shutdown().await;
}
