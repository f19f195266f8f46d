//! One HTTP request over TLS: bounded, never redirected, and honest about whether anything of it left this machine.
//! Knows: names, addresses, certificates, bytes. Never knows: what is asked, why, and what time it is: the caller says when it is over.
//!
//! Dropping the future of [`Client::fetch`] closes the connection at once.

mod outcome;
mod request;
mod url;

mod reach;
mod roots;

mod client;
mod connect;
mod exchange;

pub use client::Client;
pub use outcome::{Answer, Outcome, Rest, Trouble};
pub use reach::Reach;
pub use request::Request;
pub use roots::{Roots, RootsError};
pub use url::{BadUrl, Plain, Url};

pub use hyper::body::Bytes;
pub use hyper::{HeaderMap, Method, StatusCode, header};
