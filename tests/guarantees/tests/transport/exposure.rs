//! What a port scan finds: F16.
//! Knows: which sockets the kernel says a process listens at. Never knows: what the operator reads there.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use partywall_row::Row;
use partywall_test_street::house;

use crate::guest::{Guest, UPGRADE, status};
use crate::target::Target;

/// Where a process listens for TCP, as the kernel tells it.
fn listens(target: &Target) -> Vec<SocketAddr> {
    let id = target.relay.id();
    let links = fs::read_dir(format!("/proc/{id}/fd")).expect("it runs");
    let sockets: Vec<String> = links
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .filter_map(|link| {
            let inode = link.to_str()?.strip_prefix("socket:[")?;
            Some(inode.trim_end_matches(']').to_owned())
        })
        .collect();
    let page = fs::read_to_string(format!("/proc/{id}/net/tcp")).expect("the kernel tells");
    let six = fs::read_to_string(format!("/proc/{id}/net/tcp6")).unwrap_or_default();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .chain(six.lines())
        .map(|line| line.split_whitespace().collect())
        .collect();
    rows.iter()
        .filter(|row| row.get(3) == Some(&"0A"))
        .filter(|row| {
            row.get(9)
                .is_some_and(|inode| sockets.iter().any(|is| is == inode))
        })
        .filter_map(|row| address(row.get(1)?))
        .collect()
}

/// An address as the kernel writes it: of version 4 backwards, of version 6 never ours.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let ip = match ip.len() {
        8 => IpAddr::V4(Ipv4Addr::from(
            u32::from_str_radix(ip, 16).ok()?.swap_bytes(),
        )),
        _ => IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED),
    };
    Some(SocketAddr::new(ip, port))
}

/// The address of this machine that others see, if it has one. Nothing is sent.
fn from_outside() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then_some(ip)
}

#[tokio::test]
async fn nobody_on_the_street_reaches_the_operators_pages() {
    let mut row = Row::of("F16");
    let target = Target::start(&[]);
    let mut there = listens(&target);
    let mut said = [target.peer(), target.business(), target.operator()];
    there.sort_unstable();
    said.sort_unstable();
    assert_eq!(there, said, "three listeners and no fourth");
    assert!(target.operator().ip().is_loopback());
    if let Some(ip) = from_outside() {
        let operator = SocketAddr::new(ip, target.operator().port());
        let reached = TcpStream::connect_timeout(&operator, Duration::from_secs(5));
        assert!(reached.is_err(), "the operator's port answers on {ip}");
        row.tried(1);
    }
    // The operator's commands come by a socket in a folder that is its owner's alone.
    let folder = fs::metadata(target.relay.folder()).expect("it is there");
    assert_eq!(folder.permissions().mode() & 0o077, 0);
    for file in fs::read_dir(target.relay.folder())
        .expect("it is there")
        .flatten()
    {
        let mode = file.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", file.file_name());
        row.tried(1);
    }
    for address in [target.peer(), target.business()] {
        for path in [
            "/metrics",
            "/health",
            "/ready",
            "/admin",
            "/pass",
            "/status",
            "/debug",
            "/.well-known/admin",
            "/v1/admin",
            "/v1/metrics",
            "/server-status",
            "//metrics",
            "/./metrics",
            "/%6detrics",
            "/metrics/",
            "/v1/collect/../../metrics",
        ] {
            for headers in [
                "",
                UPGRADE,
                "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\n",
            ] {
                let answer = Guest::dial(address).await.ask("GET", path, headers).await;
                assert_eq!(status(&answer), 404, "{path}");
                row.tried(1);
            }
        }
    }
}

#[test]
fn the_operators_pages_cannot_be_opened_to_the_street() {
    let mut row = Row::of("F16");
    let folder = tempfile::tempdir().expect("a test has a temporary folder");
    for operator in ["0.0.0.0:0", "[::]:0", "192.0.2.1:7445"] {
        let mut relay = Command::new(house::binary("partywall-relay").expect("built"))
            .args([
                "serve",
                "--json",
                "--peer",
                "127.0.0.1:0",
                "--business",
                "127.0.0.1:0",
            ])
            .args(["--operator", operator, "--data"])
            .arg(folder.path().join("relay"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        // It says that it is ready, or it ends.
        let mut ready = String::new();
        let stdout = relay.stdout.take().expect("it was asked for");
        let read = BufReader::new(stdout).read_line(&mut ready);
        let _ended = relay.kill();
        let output = relay.wait_with_output().expect("it ended");
        assert!(read.is_ok_and(|bytes| bytes == 0), "it runs: {ready}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("loopback"), "{said}");
        row.tried(1);
    }
}
