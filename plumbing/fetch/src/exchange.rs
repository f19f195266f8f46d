//! HTTP/1.1 over one connection, driven by whoever waits for it: nothing goes on in the background.
//! Knows: from which moment on something may have left. Never knows: certificates, addresses.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONNECTION, HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connect::Stream;
use crate::{Request, Trouble};

/// The longest head of an answer, in bytes.
const HEAD: usize = 32 * 1024;
/// The most headers of an answer.
const HEADERS: usize = 128;

/// Whether anything of the request was given to the connection.
#[derive(Clone, Default)]
pub(crate) struct Spoken(Arc<AtomicBool>);

impl Spoken {
    pub(crate) fn anything(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The head of an answer, and where its body comes from.
pub(crate) type Head = hyper::Response<Incoming>;

type Driven = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One connection. Dropping it closes it.
pub(crate) struct Exchange {
    stream: Option<Watched>,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// The connection's own work, until it ends.
    driven: Option<Driven>,
}

impl Exchange {
    pub(crate) fn begin(stream: Box<dyn Stream>, spoken: Spoken) -> Self {
        Self {
            stream: Some(Watched { stream, spoken }),
            sender: None,
            driven: None,
        }
    }

    /// Sends the request and waits for the head of its answer.
    pub(crate) async fn ask(&mut self, request: Request) -> Result<Head, Trouble> {
        let stream = self.stream.take().ok_or(Trouble::Broken)?;
        let (mut sender, connection) = http1::Builder::new()
            .max_headers(HEADERS)
            .max_buf_size(HEAD)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|_| Trouble::Broken)?;
        // How the connection ended is told to whoever waits for the answer.
        self.driven = Some(Box::pin(async move { drop(connection.await) }));
        let asked = written(request).ok_or(Trouble::Broken)?;
        let waiting = sender.send_request(asked);
        self.sender = Some(sender);
        self.while_driven(waiting).await.map_err(|error| {
            if error.is_parse() {
                Trouble::NotHttp
            } else {
                Trouble::Broken
            }
        })
    }

    /// The next piece of the answer's body; none after its end.
    pub(crate) async fn next(
        &mut self,
        body: &mut Incoming,
    ) -> Result<Option<Bytes>, hyper::Error> {
        loop {
            match self.while_driven(body.frame()).await {
                None => return Ok(None),
                Some(frame) => {
                    // Trailers end here unread.
                    if let Ok(piece) = frame?.into_data() {
                        return Ok(Some(piece));
                    }
                }
            }
        }
    }

    /// Waits for something that only happens while the connection does its work.
    async fn while_driven<T>(&mut self, wanted: impl Future<Output = T>) -> T {
        let mut wanted = std::pin::pin!(wanted);
        loop {
            let Some(driven) = &mut self.driven else {
                return wanted.await;
            };
            tokio::select! {
                biased;
                found = &mut wanted => return found,
                () = driven => self.driven = None,
            }
        }
    }
}

/// The request in hyper's words.
fn written(request: Request) -> Option<hyper::Request<Full<Bytes>>> {
    let mut asked = hyper::Request::new(Full::new(request.body));
    *asked.method_mut() = request.method;
    *asked.uri_mut() = request.url.path.into();
    *asked.headers_mut() = request.headers;
    let host = HeaderValue::from_str(&request.url.authority).ok()?;
    asked.headers_mut().insert(HOST, host);
    asked
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    Some(asked)
}

/// A connection that remembers that it was given something to send.
struct Watched {
    stream: Box<dyn Stream>,
    spoken: Spoken,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.spoken.0.store(true, Ordering::Release);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
