//! What a probe reports, and that it says nothing to anybody. (SPEC R-2)
//! Knows: both ends of one walk. Never knows: real sockets, real time.

use partywall_ground::{Pass, Peer, RelayKey, Seconds};
use partywall_peer::{Link, RelayLink};
use partywall_proof::{Hello, Vouch};
use partywall_socket::Incoming;
use partywall_street::scripted::{AUTHORITY, TODAY};

use super::*;

type ScriptedRelay = partywall_street::scripted::ScriptedRelay<Peer>;

const DAY: u64 = 86_400;

/// The link that the relay with this key would print.
fn link(key: [u8; 32]) -> Target {
    let authority = Authority::parse(AUTHORITY).unwrap();
    let pass = Some(Pass::new([1; 32]));
    let link = Link::from(RelayLink::new(authority, RelayKey::new(key), pass));
    link.to_string().parse().unwrap()
}

fn address() -> Target {
    format!("https://{AUTHORITY}").parse().unwrap()
}

/// Probes; every caller is greeted with `hello` and must then leave without a frame.
async fn seen(relay: &mut ScriptedRelay, target: &Target, hello: Hello) -> Report {
    let (way, clock) = (relay.wire.clone(), relay.clock());
    let mut walking = std::pin::pin!(probe_by(way, target, clock));
    loop {
        let mut caller = tokio::select! {
            reports = &mut walking => return reports.into_iter().next().unwrap(),
            caller = relay.caller() => caller,
        };
        caller.greet(hello.clone()).await;
        let heard = tokio::select! {
            reports = &mut walking => return reports.into_iter().next().unwrap(),
            heard = caller.hears() => heard,
        };
        assert_eq!(heard, Ok(Incoming::Closed(None)), "a probe says nothing");
    }
}

fn vouched(relay: &ScriptedRelay, days: u64) -> Hello {
    let until = Seconds::new(TODAY + days * DAY + 1);
    relay.hello(vec![Vouch::make(&relay.key, relay.certificate.spki, until)])
}

fn verdicts(report: &Report) -> Vec<(Check, Verdict)> {
    report
        .steps
        .iter()
        .map(|step| (step.check, step.verdict))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_link_is_walked_to_its_end_and_everything_is_reported() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let hello = Hello {
        clock: Seconds::new(TODAY - 90),
        ..vouched(&relay, 300)
    };
    let target = link(*relay.key.public().as_bytes());
    let report = seen(&mut relay, &target, hello).await;
    assert_eq!(
        verdicts(&report),
        [
            (Check::Reach, Verdict::Good),
            (Check::Tls, Verdict::Good),
            (Check::Relay, Verdict::Good),
            (Check::Certificate, Verdict::Notice),
            (Check::Identity, Verdict::Good),
            (Check::Clock, Verdict::Notice),
            (Check::Retention, Verdict::Good),
            (Check::RoundTrip, Verdict::Good),
        ]
    );
    assert_eq!(report.authority, AUTHORITY);
    assert_eq!(report.tls_version.as_deref(), Some("TLSv1.3"));
    assert_eq!(report.key_exchange.as_deref(), Some("X25519MLKEM768"));
    assert_eq!(report.certificate_dates, Some((0, 365 * DAY)));
    assert_eq!(report.vouched_until, Some(TODAY + 300 * DAY + 1));
    assert_eq!(report.identity_proven, Some(true));
    assert_eq!(report.clock_ahead, Some(-90));
    assert_eq!(report.retention_days, Some(30));
    assert_eq!(report.verdict(), Verdict::Notice);
    let asked = relay.wire.asked.lock().unwrap().len();
    assert_eq!(asked, GREETINGS);
}

#[tokio::test(start_paused = true)]
async fn an_address_alone_pins_nobody_and_says_so() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let hello = vouched(&relay, 3);
    let report = seen(&mut relay, &address(), hello).await;
    assert_eq!(report.identity_proven, None);
    let identity = report
        .steps
        .iter()
        .find(|step| step.check == Check::Identity);
    assert!(identity.unwrap().sentence.contains("not pinned"));
    let certificate = report
        .steps
        .iter()
        .find(|step| step.check == Check::Certificate);
    assert!(certificate.unwrap().sentence.contains("ends in 3 days"));
    assert!(report.round_trip.is_some());
}

#[tokio::test(start_paused = true)]
async fn another_relay_than_the_links_is_the_end_of_the_walk() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let hello = vouched(&relay, 300);
    let report = seen(&mut relay, &link([9; 32]), hello).await;
    let last = report.steps.last().unwrap();
    assert_eq!((last.check, last.verdict), (Check::Identity, Verdict::Bad));
    assert!(
        last.sentence
            .starts_with("relay.example is not the relay that the link names")
    );
    assert_eq!(report.identity_proven, Some(false));
    assert_eq!(report.round_trip, None);
}

#[tokio::test(start_paused = true)]
async fn a_proxys_certificate_without_a_vouch_is_reported_with_what_to_do() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let hello = relay.hello(vec![]);
    let report = seen(&mut relay, &address(), hello).await;
    let certificate = report
        .steps
        .iter()
        .find(|step| step.check == Check::Certificate);
    assert!(
        certificate
            .unwrap()
            .sentence
            .contains("partywall-relay vouch")
    );
    assert_eq!(report.verdict(), Verdict::Bad);
}

#[tokio::test(start_paused = true)]
async fn a_host_where_nobody_answers_is_one_step_and_one_sentence() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let target: Target = "https://nowhere.example".parse().unwrap();
    let hello = vouched(&relay, 300);
    let report = seen(&mut relay, &target, hello).await;
    assert_eq!(verdicts(&report), [(Check::Reach, Verdict::Bad)]);
    assert!(
        report.steps[0]
            .sentence
            .starts_with("nowhere.example does not answer; ")
    );
    assert_eq!(report.verdict(), Verdict::Bad);
}
