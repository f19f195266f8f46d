//! Whoever is slow on purpose: F06, with `slowhttptest` and by hand.
//! Knows: that program's flags, sockets that drip. Never knows: who waits for whom inside.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partywall_row::Row;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::guest::{Guest, UPGRADE};
use crate::people::{Pair, p99};
use crate::target::Target;

/// The four ways of the program, and its flags for each.
const WAYS: [(&str, &[&str]); 4] = [
    ("slowloris", &["-H", "-i", "1", "-t", "GET"]),
    ("slow body", &["-B", "-i", "1", "-s", "8192"]),
    ("ranges", &["-R", "-a", "10", "-b", "3000"]),
    (
        "slow read",
        &["-X", "-n", "1", "-w", "8", "-y", "16", "-z", "8"],
    ),
];

/// The relay's ten seconds, and as many more on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// So many at each listener say nothing at all.
const SILENT: u32 = 300;

/// The program, running: it writes what becomes of its connections, second by second.
struct Slow {
    child: Child,
    way: &'static str,
}

impl Slow {
    fn start(at: SocketAddr, into: &Path, index: usize, connections: u64, seconds: u64) -> Self {
        let (way, flags) = WAYS[index];
        let [count, rate, length] =
            [connections, connections.div_ceil(3), seconds].map(|number| number.to_string());
        let child = Command::new("slowhttptest")
            .args(flags)
            .args(["-c", &count, "-r", &rate, "-l", &length, "-p", "10"])
            .args(["-u", &format!("https://{at}/"), "-g", "-o"])
            .arg(into.join(index.to_string()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self {
            child: child.expect("slowhttptest starts"),
            way,
        }
    }

    fn is_over(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        let _over = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Whether the relay answered others in every second of it.
fn served(page: &str) -> bool {
    let mut rows = page.lines().filter(|line| !line.trim().is_empty());
    let names = rows.next().unwrap_or_default();
    let column = names
        .split(',')
        .position(|name| name.trim() == "Service Available");
    let answered: Vec<bool> = rows
        .map(|row| {
            let field = column.and_then(|at| row.split(',').nth(at));
            field.is_some_and(|field| field.trim() != "0")
        })
        .collect();
    !answered.is_empty() && answered.into_iter().all(|answered| answered)
}

/// Waits until the relay hangs up, whatever it says before; whether it did.
async fn hung_up_on(mut stream: impl AsyncReadExt + Unpin) -> bool {
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes))
        .await
        .is_ok()
}

/// Ways to be slow before one is let in. Each ends when the relay hangs up, or is not ended in time.
async fn drips(address: SocketAddr, way: usize) -> bool {
    let stream = async || TcpStream::connect(address).await.expect("it listens");
    match way {
        // Says nothing.
        0 => hung_up_on(stream().await).await,
        // The first bytes of TLS, and no more.
        1 => {
            let mut stream = stream().await;
            let _sent = stream.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00]).await;
            hung_up_on(stream).await
        }
        // TLS, and then no request.
        2 => {
            let mut guest = Guest::dial(address).await;
            guest.ear.patience = PATIENCE;
            guest.ear.rest().await.is_some()
        }
        // A request without its last line.
        3 => {
            let mut guest = Guest::dial(address).await;
            let head = format!("GET /v1/collect HTTP/1.1\r\nHost: a\r\n{UPGRADE}");
            guest.put(head.as_bytes()).await;
            guest.ear.patience = PATIENCE;
            guest.ear.rest().await.is_some()
        }
        // A request byte by byte.
        _ => {
            let mut guest = Guest::dial(address).await;
            let drip = async {
                for byte in b"GET / HTTP/1.1\r\nX-Slow: "
                    .iter()
                    .chain([b'a'; 200].iter())
                {
                    if guest.try_put(&[*byte]).await.is_err() {
                        return true;
                    }
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                false
            };
            timeout(PATIENCE, drip).await.unwrap_or(false)
        }
    }
}

#[tokio::test]
async fn whoever_is_slow_is_hung_up_on_and_keeps_nobody_waiting() {
    let mut row = Row::of("F06");
    let is_here = Command::new("slowhttptest").arg("-h").output().is_ok();
    if !is_here {
        partywall_row::not_run("slowhttptest, which is Debian's package slowhttptest");
    }
    let (each, seconds) = (row.times(60, 1_250), row.times(12, 60));
    let target = Target::start(&[]);
    let pair = Pair::meet(&target, 6, 4_096).await;
    let files = target.open_files();
    let folder = tempfile::tempdir().expect("a test has a temporary folder");
    let mut slow: Vec<Slow> = Vec::new();
    if is_here {
        let start = |way| Slow::start(target.peer(), folder.path(), way, each, seconds);
        slow.extend((0..WAYS.len()).map(start));
    }
    let mut by_hand = JoinSet::new();
    for address in [target.peer(), target.business()] {
        for way in 0..5 {
            for _ in 0..if way == 0 { SILENT } else { 5 } {
                by_hand.spawn(drips(address, way));
            }
        }
    }
    let over = Arc::new(AtomicBool::new(false));
    let times = tokio::spawn(pair.keeps_on(Arc::clone(&over)));
    let mut most = files;
    while slow.iter_mut().any(|slow| !slow.is_over()) || !by_hand.is_empty() {
        // Newcomers are let in all the while.
        Guest::at((target.peer(), "/v1/deposit")).await;
        most = most.max(target.open_files());
        while let Some(hung_up) = by_hand.try_join_next() {
            let hung_up = hung_up.expect("a slow one waits to its end");
            assert!(hung_up, "a slow one was not hung up on");
            row.tried(1);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    over.store(true, Ordering::Relaxed);
    let mut times = times.await.expect("two honest people are served");
    for (index, slow) in slow.iter().enumerate() {
        let page = std::fs::read_to_string(folder.path().join(format!("{index}.csv")));
        let page = page.expect("it tells what became of it");
        assert!(
            served(&page),
            "{}: others were not answered: {page}",
            slow.way
        );
        row.tried(each);
    }
    drop(slow);
    let left = target.files_come_down_to(files);
    assert!(
        left <= files,
        "{left} files are open, and {files} were before"
    );
    row.figure(format!(
        "slowhttptest in 4 ways with {each} connections each: others were answered in every second, {most} files open at the most, {left} after it ({files} before)"
    ));
    row.figure(format!(
        "two honest people meanwhile: p99 {:.1} ms over {} messages",
        p99(&mut times),
        times.len()
    ));
}
