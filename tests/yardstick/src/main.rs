//! The yardsticks: what the same work costs where nothing but the work is done. A bare forwarder, or a
//! forwarder that commits every message in groups to a plain SQLite table before it says `accepted`.
//! Knows: WebSocket, numbers of pairs, one table. Never knows: proofs, capabilities, quotas, Partywall.

mod bare;
mod hello;
mod kept;
mod socket;
mod store;
mod street;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::bare::Bare;
use crate::hello::Role;
use crate::kept::Kept;
use crate::store::Desk;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a relay is measured against. Prints one line of JSON when it is ready.
#[derive(Parser)]
#[command(name = "partywall-yardstick")]
struct Arguments {
    /// Forwards and keeps nothing.
    #[arg(
        long,
        required_unless_present = "group_commit",
        conflicts_with = "group_commit"
    )]
    bare: bool,
    /// Keeps every message in a table until its reader acknowledges it.
    #[arg(long, requires = "db")]
    group_commit: bool,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// With TLS 1.3, under a certificate made now.
    #[arg(long)]
    tls: bool,
    /// The database file; its folder must be there.
    #[arg(long)]
    db: Option<PathBuf>,
}

/// What serves a connection once its role is known.
enum House {
    Bare(Arc<Bare>),
    Kept(Arc<Kept>),
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> Result<()> {
    let house = match &arguments.db {
        Some(db) if arguments.group_commit => House::Kept(Arc::new(Kept::over(Desk::open(db)?))),
        _ => House::Bare(Arc::default()),
    };
    let house = Arc::new(house);
    let acceptor = arguments.tls.then(street::acceptor).transpose()?;
    let listener = TcpListener::bind(arguments.listen).await?;
    let ready = serde_json::json!({ "ready": true, "address": listener.local_addr()? });
    println!("{ready}");
    std::io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await.context("nobody can come in")?;
        stream.set_nodelay(true)?;
        let (house, acceptor) = (Arc::clone(&house), acceptor.clone());
        tokio::spawn(async move {
            // How a connection ends is its client's business.
            let _ended = welcome(&house, acceptor, stream).await;
        });
    }
}

async fn welcome(
    house: &House,
    acceptor: Option<TlsAcceptor>,
    stream: tokio::net::TcpStream,
) -> Result<()> {
    match acceptor {
        None => enter(house, stream).await,
        Some(acceptor) => enter(house, Box::new(acceptor.accept(stream).await?)).await,
    }
}

async fn enter<S: street::Stream>(house: &House, stream: S) -> Result<()> {
    let mut socket = socket::Socket::accept(stream).await?;
    let hello = hello::Hello::heard(&mut socket).await?;
    match (house, hello.role) {
        (House::Bare(bare), Role::Reader) => bare.read(&mut socket, hello).await,
        (House::Bare(bare), Role::Writer) => bare.write(&mut socket, hello).await,
        (House::Kept(kept), Role::Reader) => kept.read(&mut socket, hello).await,
        (House::Kept(kept), Role::Writer) => kept.write(&mut socket, hello).await,
    }
}
