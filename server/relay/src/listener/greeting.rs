//! From an accepted stream to an upgraded one: TLS, one HTTP request, one answer. All of it within ten seconds.
//! Knows: handshakes and their bounds. Never knows: frames.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::{TokioIo, TokioTimer};
use partywall_ground::limits::HANDSHAKE_SECONDS;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::street::Reception;

/// Ten seconds.
const PATIENCE: Duration = Duration::from_secs(HANDSHAKE_SECONDS);
/// Bytes of a request's head.
const HEAD_BYTES: usize = 8 * 1024;
/// Its headers.
const HEADERS: usize = 64;

/// How long a greeting is waited for, TLS, HTTP and WebSocket together. (SPEC §8)
pub fn patience() -> Duration {
    match partywall_mutant::is("F06") {
        true => 360 * PATIENCE,
        false => PATIENCE,
    }
}

/// How the connection came to its end or to a door.
pub enum Greeted<D> {
    /// It is a WebSocket now.
    AtDoor(D, TokioIo<Upgraded>),
    /// It was answered and is over.
    Answered,
    /// It did not get so far.
    Failed,
}

/// The upgrade that was agreed on, if one was.
type Noted<D> = Mutex<Option<(D, OnUpgrade)>>;

/// Greets one connection, in the clear for a proxy or with TLS. The caller bounds the time.
pub async fn greet<R: Reception>(
    stream: TcpStream,
    tls: Option<(TlsAcceptor, Arc<Semaphore>)>,
    reception: Arc<R>,
) -> Greeted<R::Door> {
    let Some((acceptor, turns)) = tls else {
        return converse(stream, reception).await;
    };
    match handshake(stream, acceptor, &turns).await {
        Some(stream) => converse(stream, reception).await,
        None => Greeted::Failed,
    }
}

/// TLS, in its turn. Who says nothing takes no turn, nobody has one for longer than three seconds, and it is given
/// back before the request is waited for: or a few hundred who dawdle would keep everybody out.
async fn handshake(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    turns: &Semaphore,
) -> Option<TlsStream<TcpStream>> {
    stream.readable().await.ok()?;
    let turn = turns.acquire().await.ok()?;
    let accepted = timeout(patience() * 3 / 10, acceptor.accept(stream)).await;
    drop(turn);
    accepted.ok()?.ok()
}

async fn converse<R, S>(stream: S, reception: Arc<R>) -> Greeted<R::Door>
where
    R: Reception,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let upgrade: Arc<Noted<R::Door>> = Arc::default();
    let noted = Arc::clone(&upgrade);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let on_upgrade = hyper::upgrade::on(&mut request);
        let (reception, noted) = (Arc::clone(&reception), Arc::clone(&noted));
        async move {
            let (answer, door) = reception.receive(&request.into_parts().0).await;
            if let Some(door) = door {
                *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some((door, on_upgrade));
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let head_bytes = match partywall_mutant::is("F02") {
        true => 64 * 1024 * 1024,
        false => HEAD_BYTES,
    };
    // Keep-alive stays on for the library, which would otherwise add `close` to the 101; every other
    // answer of ours says `connection: close` itself.
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience())
        .max_buf_size(head_bytes)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    if served.is_err() {
        return Greeted::Failed;
    }
    let noted = upgrade
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    match noted {
        None => Greeted::Answered,
        Some((door, on_upgrade)) => match on_upgrade.await {
            Ok(upgraded) => Greeted::AtDoor(door, TokioIo::new(upgraded)),
            Err(_) => Greeted::Failed,
        },
    }
}
