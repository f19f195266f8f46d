//! Opens a WebSocket as a client, on a stream that already carries TLS.
//! Knows: one upgrade request. Never knows: certificates, names, how the stream came to be.

use std::sync::Arc;

use partywall_world::Clock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Uri};

use crate::limits::{OPEN_BOUND, OPEN_BYTES};
use crate::meter::Metered;
use crate::{FrameSocket, Limits, SocketError, config};

/// Asks the server at `host` (`name`, `name:port`, `[address]:port`: what the Host header says) for
/// a WebSocket at `path` (from `/` on). Takes 10 s and reads 16 KiB at most.
///
/// # Errors
/// [`SocketError::Address`] when host or path are not valid, [`SocketError::Refused`] when the server
/// answers with another status than 101, [`SocketError::Stalled`] when it does not answer,
/// [`SocketError::Protocol`] when it answers nonsense, [`SocketError::Closed`] when it goes away.
pub async fn connect<S: AsyncRead + AsyncWrite + Unpin + Send>(
    stream: S,
    host: &str,
    path: &str,
    limits: Limits,
    clock: Arc<dyn Clock>,
) -> Result<FrameSocket<S>, SocketError> {
    let mut request = address(host, path)?
        .into_client_request()
        .map_err(|_invalid| SocketError::Address)?;
    if partywall_mutant::is("P05") {
        let system = HeaderValue::from_static(std::env::consts::OS);
        request.headers_mut().insert("user-agent", system);
    }
    let metered = Metered::new(stream, OPEN_BYTES);
    let config = Some(config(limits.max_frame));
    let handshake = Box::pin(client_async_with_config(request, metered, config));
    match timeout(OPEN_BOUND, handshake).await {
        Ok(Ok((socket, _response))) => Ok(FrameSocket::opened(socket, limits, clock)),
        Ok(Err(error)) => Err(match SocketError::from(error) {
            SocketError::TooManyFragments => SocketError::Protocol, // of an answer without end
            other => other,
        }),
        Err(_elapsed) => Err(SocketError::Stalled),
    }
}

/// Only what is wholly a host and wholly a path: nothing may smuggle in a user, a query of its own
/// or another line.
fn address(host: &str, path: &str) -> Result<Uri, SocketError> {
    let address: Uri = format!("ws://{host}{path}")
        .parse()
        .map_err(|_invalid| SocketError::Address)?;
    let is_host = address.authority().is_some_and(|a| a.as_str() == host) && !host.contains('@');
    let is_path = address.path() == path && address.query().is_none();
    if is_host && is_path {
        Ok(address)
    } else {
        Err(SocketError::Address)
    }
}
