//! What is asked.
//! Knows: its parts and its bound. Never knows: how it travels.

use hyper::body::Bytes;
use hyper::{HeaderMap, Method};

use crate::Url;

/// One request. `Host`, `Content-Length` and `Connection: close` are set by itself.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The place.
    pub url: Url,
    /// Further headers.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
    /// At most so many bytes of the answer's body are read; the rest is cut off.
    pub most: usize,
}

impl Request {
    /// Asks for what lies there.
    #[must_use]
    pub fn get(url: Url, most: usize) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            most,
        }
    }
}
