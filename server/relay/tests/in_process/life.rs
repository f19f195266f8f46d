//! Passes, a message through both doors, and an orderly end.
//! Knows: both doors' frames. Never knows: what is sealed.

use partywall_ground::{Capability, Close};
use partywall_peer::collect::FromRelay;
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Link, Number, Reason, Slot, collect, deposit, drop_id};
use partywall_proof::SigningKey;
use partywall_relay::Settings;
use partywall_relay::admin::words::{Answer, Ask};
use partywall_socket::Incoming;
use partywall_world::Dice;
use tokio::net::TcpStream;

use crate::dial::{create, door, next, plain, reader, relay, start};

#[tokio::test]
async fn a_sealed_envelope_goes_in_at_one_door_and_comes_out_at_the_other() {
    let (_folder, relay) = relay().await;
    let (mut bob, greeting) = reader(relay.peer_addr().unwrap(), &relay.key().unwrap()).await;
    let mut dice = Dice::from_os().unwrap();
    let capability = dice.bytes::<32>();
    let key = SigningKey::draw(&mut dice);
    let place = drop_id(&Capability::new(capability));
    let asked = collect::Create::sign(
        &key,
        &greeting,
        Slot::new(1),
        place,
        Admission::Open,
        &mut dice,
    );
    bob.send(collect::FromClient::Create(asked).encode())
        .await
        .unwrap();
    assert!(matches!(next(&mut bob).await, FromRelay::Attached(_)));

    let (mut alice, _) = door(relay.peer_addr().unwrap(), "/v1/deposit").await;
    let mut said = async |frame: Option<deposit::FromClient>| {
        if let Some(frame) = frame {
            alice.send(frame.encode()).await.unwrap();
        }
        match alice.recv().await.unwrap() {
            Incoming::Frame(frame) => deposit::FromRelay::decode(&frame).unwrap(),
            Incoming::Closed(code) => panic!("closed with {code:?}"),
        }
    };
    assert!(matches!(said(None).await, deposit::FromRelay::Hello(_)));
    let capability = Capability::new(capability);
    assert!(matches!(
        said(Some(deposit::FromClient::Use(deposit::Use { capability }))).await,
        deposit::FromRelay::Opened(_)
    ));
    let sealed = vec![0xA5; 4_096];
    let envelope = Envelope::try_from(sealed.clone()).unwrap();
    let asked = deposit::Deposit {
        number: Number::new(std::num::NonZeroU64::MIN),
        envelope,
    };
    assert!(matches!(
        said(Some(deposit::FromClient::Deposit(asked))).await,
        deposit::FromRelay::Accepted(_)
    ));
    let FromRelay::Deliver(delivered) = next(&mut bob).await else {
        panic!("the envelope is delivered")
    };
    assert_eq!(delivered.envelope.as_bytes(), sealed);
    assert!(
        plain(relay.operator_addr(), "/metrics")
            .await
            .contains("\npartywall_peer_accepted_total 1\n")
    );
    drop((alice, bob));
    relay.shutdown().await;
}

#[tokio::test]
async fn with_admission_by_pass_a_link_from_the_office_lets_in_so_many_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        admission: partywall_peer_plane::Admission::Pass,
        ..Settings::for_tests(folder.path().to_owned())
    };
    let relay = start(settings).await.unwrap();
    let (mut socket, greeting) = reader(relay.peer_addr().unwrap(), &relay.key().unwrap()).await;
    let refused = create(&mut socket, &greeting, 1, Admission::Open).await;
    assert!(matches!(refused, FromRelay::Refused(refused) if refused.reason == Reason::Admission));

    let Answer::Pass {
        link,
        id,
        mailboxes: 1,
    } = relay.office().answer(Ask::MakePass { mailboxes: 1 }).await
    else {
        panic!("a pass")
    };
    let Link::Relay(link) = Link::parse(&link).unwrap() else {
        panic!("a relay link")
    };
    let pass = || {
        Admission::Pass(partywall_ground::Pass::new(
            *link.pass().unwrap().as_bytes(),
        ))
    };
    let Answer::Passes { passes } = relay.office().answer(Ask::ListPasses).await else {
        panic!("passes")
    };
    assert_eq!(
        (passes.len(), passes[0].id.as_str(), passes[0].left),
        (1, id.as_str(), 1)
    );
    assert!(matches!(
        create(&mut socket, &greeting, 2, pass()).await,
        FromRelay::Attached(_)
    ));
    let refused = create(&mut socket, &greeting, 3, pass()).await;
    assert!(matches!(refused, FromRelay::Refused(refused) if refused.reason == Reason::Admission));

    let Answer::Pass { id, link, .. } = relay.office().answer(Ask::MakePass { mailboxes: 9 }).await
    else {
        panic!("a pass")
    };
    assert!(matches!(
        relay
            .office()
            .answer(Ask::RevokePass { id: id.clone() })
            .await,
        Answer::Revoked { .. }
    ));
    let Link::Relay(link) = Link::parse(&link).unwrap() else {
        panic!("a relay link")
    };
    let revoked = Admission::Pass(partywall_ground::Pass::new(
        *link.pass().unwrap().as_bytes(),
    ));
    let refused = create(&mut socket, &greeting, 4, revoked).await;
    assert!(matches!(refused, FromRelay::Refused(refused) if refused.reason == Reason::Admission));
    let unknown = relay
        .office()
        .answer(Ask::RevokePass {
            id: "00000000".into(),
        })
        .await;
    assert!(
        matches!(unknown, Answer::Refused { sentence } if sentence.contains("no pass has the id"))
    );
    drop(socket);
    relay.shutdown().await;
}

#[tokio::test]
async fn on_a_low_disk_no_mailbox_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        min_free_disk: u64::MAX / 2,
        ..Settings::for_tests(folder.path().to_owned())
    };
    let relay = start(settings).await.unwrap();
    let (mut socket, greeting) = reader(relay.peer_addr().unwrap(), &relay.key().unwrap()).await;
    let refused = create(&mut socket, &greeting, 1, Admission::Open).await;
    assert!(matches!(refused, FromRelay::Refused(refused) if refused.reason == Reason::LowDisk));
    drop(socket);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_stop_tells_everybody_to_come_back_and_leaves_nothing_listening() {
    let (folder, relay) = relay().await;
    let (mut bob, greeting) = reader(relay.peer_addr().unwrap(), &relay.key().unwrap()).await;
    assert!(matches!(
        create(&mut bob, &greeting, 1, Admission::Open).await,
        FromRelay::Attached(_)
    ));
    let (peer, operator) = (relay.peer_addr().unwrap(), relay.operator_addr());
    let stopped = tokio::spawn(relay.shutdown());
    assert_eq!(
        bob.recv().await.unwrap(),
        Incoming::Closed(Some(Close::ComeBack.code()))
    );
    stopped.await.unwrap();
    assert!(TcpStream::connect(peer).await.is_err());
    assert!(TcpStream::connect(operator).await.is_err());
    // The folder is free, and the mailbox is still there.
    let relay = start(Settings::for_tests(folder.path().to_owned()))
        .await
        .unwrap();
    assert!(
        plain(relay.operator_addr(), "/metrics")
            .await
            .contains("\npartywall_peer_mailboxes 1\n")
    );
    relay.shutdown().await;
}
