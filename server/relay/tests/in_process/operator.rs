//! What the operator's listener shows, and that it shows nothing else.
//! Knows: three routes. Never knows: what the numbers are made of.

use partywall_relay::Settings;
use tokio::net::TcpStream;

use crate::dial::{exchange, plain, relay, start, status};

#[tokio::test]
async fn health_ready_and_metrics_answer_and_nothing_else_does() {
    let (_folder, relay) = relay().await;
    let operator = relay.operator_addr();
    assert!(operator.ip().is_loopback());
    assert!(plain(operator, "/health").await.ends_with("ok\n"));
    assert!(
        plain(operator, "/ready")
            .await
            .ends_with("{\"ready\":true,\"low_disk\":false}\n")
    );
    let metrics = plain(operator, "/metrics").await;
    assert!(
        metrics.contains("\npartywall_ready 1\n") && metrics.ends_with("# EOF\n"),
        "{metrics}"
    );
    for path in [
        "/",
        "/v1/collect",
        "/v1/deposit",
        "/admin",
        "/pass",
        "/debug",
    ] {
        assert_eq!(status(&plain(operator, path).await), 404, "{path}");
    }
    let stream = TcpStream::connect(operator).await.unwrap();
    assert_eq!(
        status(
            &exchange(
                stream,
                "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
            )
            .await
        ),
        405
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn metrics_carry_no_label_and_nothing_that_identifies() {
    let (_folder, relay) = relay().await;
    let metrics = plain(relay.operator_addr(), "/metrics").await;
    let body = metrics.split("\r\n\r\n").nth(1).unwrap();
    assert!(!body.contains('{') && !body.contains("127.0.0.1"), "{body}");
    relay.shutdown().await;
}

#[tokio::test]
async fn a_low_disk_shows_on_ready_and_metrics_while_the_relay_stays_ready() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        min_free_disk: u64::MAX / 2,
        ..Settings::for_tests(folder.path().to_owned())
    };
    let relay = start(settings).await.unwrap();
    assert!(
        plain(relay.operator_addr(), "/ready")
            .await
            .ends_with("{\"ready\":true,\"low_disk\":true}\n")
    );
    assert!(
        plain(relay.operator_addr(), "/metrics")
            .await
            .contains("\npartywall_low_disk 1\n")
    );
    relay.shutdown().await;
}
