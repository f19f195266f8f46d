//! How bytes get to a host: over TCP, unless somebody brings another way.
//! Knows: a host and a port. Never knows: what is said there, TLS, relays.

use std::future::Future;
use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A stream of bytes in both directions.
pub trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// A stream that is being opened.
pub type Opening<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn Duplex>>> + Send + 'a>>;

/// A way to hosts. [`Direct`] is the plain one; a proxy or a test brings its own.
pub trait Way: Send + Sync {
    /// Opens a stream to `port` of `host`: a DNS name or an address, IPv6 without brackets. The
    /// caller bounds the time.
    fn open<'a>(&'a self, host: &'a str, port: u16) -> Opening<'a>;
}

/// TCP, without Nagle's delay: frames are small and waited for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direct;

impl Way for Direct {
    fn open<'a>(&'a self, host: &'a str, port: u16) -> Opening<'a> {
        Box::pin(async move {
            let stream = TcpStream::connect((host, port)).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream) as Box<dyn Duplex>)
        })
    }
}
