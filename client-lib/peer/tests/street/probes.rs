//! Probes of a relay that is as it should be, and of one that is not.
//! Knows: reports. Never knows: mailboxes.

use partywall_peer_client::street::probe::{Check, Target, Verdict, probe};
use partywall_test_relay::{Door, TestRelay, Visitors};

use crate::clock;

#[tokio::test]
async fn a_probe_of_a_relay_as_it_should_be_finds_nothing_to_do() {
    let relay = TestRelay::start().await;
    let target: Target = relay.relay_link().parse().unwrap();
    let reports = probe(&target, clock()).await;
    assert_eq!(reports.len(), 1);
    assert_eq!(
        reports[0].verdict(),
        Verdict::Good,
        "{:?}",
        reports[0].steps
    );
    assert_eq!(reports[0].identity_proven, Some(true));
    assert_eq!(reports[0].key_exchange.as_deref(), Some("X25519MLKEM768"));
    assert_eq!(reports[0].retention_days, Some(30));
}

#[tokio::test]
async fn a_probe_says_where_the_walk_ends() {
    let mut relay = TestRelay::start().await;
    let target: Target = relay.relay_link().parse().unwrap();
    let ends_at = async || {
        let reports = probe(&target, clock()).await;
        let last = reports[0].steps.last().cloned().unwrap();
        assert_eq!(last.verdict, Verdict::Bad);
        last.check
    };
    relay.knobs().visitors(Door::Deposit, Visitors::HungUp);
    assert_eq!(ends_at().await, Check::Relay);
    relay.stop().await;
    assert_eq!(ends_at().await, Check::Reach);
}
