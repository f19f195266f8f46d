//! What a business says is shown, and nothing of it is fetched from anywhere.

use std::io::ErrorKind;
use std::net::TcpListener;

use partywall_row::Row;

use super::house::{Visit, accepted, next};

/// P37: the business waits at an address that it writes to its customer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_a_business_writes_is_shown_and_nobody_goes_there() {
    let mut row = Row::of("P37");
    let waiting = TcpListener::bind("127.0.0.1:0").unwrap();
    waiting.set_nonblocking(true).unwrap();
    let address = waiting.local_addr().unwrap();
    let mut visit = Visit::new().await;
    let from = visit.says("good morning").await;
    next(&mut visit.mine, accepted).await;
    // No more than it may say at once. (SPEC B-15)
    for _ in 0..row.times(3, 20) {
        let link = format!("our prices: http://{address}");
        visit.answers(from, &link).await;
        row.tried(1);
    }
    let history = visit.chat.history(None, 50).await.unwrap();
    assert!(history.len() > 3, "all of it was shown");
    let came = waiting.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(came, Err(ErrorKind::WouldBlock), "nobody came");
    row.figure("0 connections to the address that a business wrote");
}
