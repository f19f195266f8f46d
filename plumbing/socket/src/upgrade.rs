//! Decides whether an HTTP request may become a WebSocket. Pure, for use behind any HTTP server.
//! Knows: RFC 6455 §4.2.1 and this house's stricter reading. Never knows: sockets, doors, wings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

const KEY_CHARACTERS: usize = 24;
const KEY_BYTES: usize = 16;

/// The version a request was made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.1, the only one an upgrade exists in.
    Http11,
    /// Any other.
    Other,
}

/// The request may be upgraded; this is what `Sec-WebSocket-Accept` must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptKey(String);

/// Why a request is not upgraded. Each has an HTTP status and one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeRefused {
    /// The method is not GET.
    #[error("this address takes GET requests only")]
    Method,
    /// The request is not HTTP/1.1.
    #[error("this address speaks HTTP/1.1 only")]
    Version,
    /// The request announces a body: what lies between us might take its bytes for frames, or frames for it.
    #[error("a request for an upgrade has no body")]
    Body,
    /// The request asks for no upgrade to WebSocket.
    #[error("this address speaks WebSocket only; use a client of this protocol")]
    NotWebSocket,
    /// The WebSocket version is not 13, or is not said exactly once.
    #[error("this address speaks version 13 of WebSocket only")]
    WebSocketVersion,
    /// The key is not 16 bytes in base64, or is not said exactly once.
    #[error("the Sec-WebSocket-Key is not valid")]
    Key,
    /// A web page made the request.
    #[error("web pages may not connect to this address")]
    Origin,
}

impl AcceptKey {
    /// The value of the header `Sec-WebSocket-Accept`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// All headers of the answer `101 Switching Protocols`. No extension and no subprotocol is ever
    /// among them, whatever the request offered.
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-accept", &self.0),
        ]
    }
}

impl UpgradeRefused {
    /// The HTTP status to answer with.
    pub const fn status(self) -> u16 {
        match self {
            Self::Method => 405,
            Self::Version => 505,
            Self::NotWebSocket | Self::WebSocketVersion => 426,
            Self::Body | Self::Key => 400,
            Self::Origin => 403,
        }
    }

    /// The headers that belong to that status.
    pub const fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Method => &[("allow", "GET")],
            Self::NotWebSocket => &[("connection", "Upgrade"), ("upgrade", "websocket")],
            Self::WebSocketVersion => &[
                ("connection", "Upgrade"),
                ("upgrade", "websocket"),
                ("sec-websocket-version", "13"),
            ],
            Self::Version | Self::Body | Self::Key | Self::Origin => &[],
        }
    }
}

/// Checks an upgrade request: its method (as written), its version and its headers as (name, value)
/// pairs, names in any case, in the order received, repeated ones repeated.
///
/// A browser says on whose page a request was made in `Origin`, and no other client sends one. There
/// is no page that may speak to a relay, so every request that carries one is refused.
///
/// # Errors
/// The first reason found, in the order of [`UpgradeRefused`]'s variants.
pub fn accept_checks<'a>(
    method: &str,
    version: HttpVersion,
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<AcceptKey, UpgradeRefused> {
    let said = Said::among(headers);
    if method != "GET" {
        return Err(UpgradeRefused::Method);
    }
    if version != HttpVersion::Http11 {
        return Err(UpgradeRefused::Version);
    }
    if said.body {
        return Err(UpgradeRefused::Body);
    }
    if !(said.connection_upgrade && said.upgrade_websocket) {
        return Err(UpgradeRefused::NotWebSocket);
    }
    if said.version != Once::Said(b"13") {
        return Err(UpgradeRefused::WebSocketVersion);
    }
    let key = match said.key {
        Once::Said(key) if is_key(key) => key,
        _ => return Err(UpgradeRefused::Key),
    };
    if said.origin && !partywall_mutant::is("F01") {
        return Err(UpgradeRefused::Origin);
    }
    Ok(AcceptKey(derive_accept_key(key)))
}

/// What the headers say, as far as it matters here.
#[derive(Default)]
struct Said<'a> {
    connection_upgrade: bool,
    upgrade_websocket: bool,
    version: Once<'a>,
    key: Once<'a>,
    origin: bool,
    body: bool,
}

/// A header that may be said once.
#[derive(Default, PartialEq, Eq)]
enum Once<'a> {
    #[default]
    Unsaid,
    Said(&'a [u8]),
    Repeated,
}

impl<'a> Said<'a> {
    fn among(headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut said = Self::default();
        for (name, value) in headers {
            match name.to_ascii_lowercase().as_str() {
                "connection" => said.connection_upgrade |= names(value, "upgrade"),
                "upgrade" => said.upgrade_websocket |= names(value, "websocket"),
                "sec-websocket-version" => said.version.say(value),
                "sec-websocket-key" => said.key.say(value),
                "origin" => said.origin = true,
                "content-length" => said.body |= value.trim_ascii() != b"0",
                "transfer-encoding" => said.body = true,
                "user-agent" => said.origin |= partywall_mutant::is("S01"),
                _ => {}
            }
        }
        said
    }
}

impl<'a> Once<'a> {
    fn say(&mut self, value: &'a [u8]) {
        *self = match self {
            Self::Unsaid => Self::Said(value.trim_ascii()),
            Self::Said(_) | Self::Repeated => Self::Repeated,
        };
    }
}

/// Whether a comma-separated list holds the token, in any case.
fn names(list: &[u8], token: &str) -> bool {
    list.split(|&byte| byte == b',')
        .any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

fn is_key(key: &[u8]) -> bool {
    key.len() == KEY_CHARACTERS
        && STANDARD
            .decode(key)
            .is_ok_and(|bytes| bytes.len() == KEY_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Header = (&'static str, &'static str);

    /// The request of RFC 6455 §1.3, without its Origin.
    const REQUEST: [Header; 6] = [
        ("Host", "server.example.com"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Extensions", "permessage-deflate"),
    ];

    fn ask(headers: &[Header]) -> Result<AcceptKey, UpgradeRefused> {
        let pairs = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()));
        accept_checks("GET", HttpVersion::Http11, pairs)
    }

    /// The request with one header's value replaced.
    fn with(name: &str, value: &'static str) -> Vec<Header> {
        let changed = |&(n, v): &Header| if n == name { (n, value) } else { (n, v) };
        REQUEST.iter().map(changed).collect()
    }

    fn without(name: &str) -> Vec<Header> {
        REQUEST.into_iter().filter(|(n, _)| *n != name).collect()
    }

    fn and(name: &'static str, value: &'static str) -> Vec<Header> {
        REQUEST.into_iter().chain([(name, value)]).collect()
    }

    #[test]
    fn the_example_of_the_standard_is_accepted_and_no_extension_is_echoed() {
        let accepted = ask(&REQUEST).unwrap();
        assert_eq!(accepted.as_str(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        let names: Vec<_> = accepted
            .headers()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["connection", "upgrade", "sec-websocket-accept"]);
    }

    #[test]
    fn tokens_are_found_in_lists_and_in_any_case() {
        assert!(ask(&with("Connection", "keep-alive, UPGRADE")).is_ok());
        assert!(ask(&with("Upgrade", "WebSocket")).is_ok());
        assert!(ask(&with("Upgrade", "h2c,websocket")).is_ok());
        let mut lower = REQUEST;
        lower[3].0 = "sec-websocket-key";
        assert!(ask(&lower).is_ok());
    }

    #[test]
    fn whatever_is_not_an_upgrade_is_refused_with_its_status() {
        let pairs = || REQUEST.iter().map(|(n, v)| (*n, v.as_bytes()));
        for method in ["POST", "get", "CONNECT", ""] {
            let refused = accept_checks(method, HttpVersion::Http11, pairs()).unwrap_err();
            assert_eq!((refused, refused.status()), (UpgradeRefused::Method, 405));
        }
        let refused = accept_checks("GET", HttpVersion::Other, pairs()).unwrap_err();
        assert_eq!((refused, refused.status()), (UpgradeRefused::Version, 505));

        for headers in [
            without("Upgrade"),
            without("Connection"),
            with("Upgrade", "h2c"),
            with("Upgrade", "websocketx"),
            with("Connection", "close"),
            with("Connection", "not upgrade"),
        ] {
            let refused = ask(&headers).unwrap_err();
            assert_eq!(
                (refused, refused.status()),
                (UpgradeRefused::NotWebSocket, 426)
            );
        }
        for headers in [
            without("Sec-WebSocket-Version"),
            with("Sec-WebSocket-Version", "12"),
            with("Sec-WebSocket-Version", "13, 8"),
            and("Sec-WebSocket-Version", "13"),
        ] {
            let refused = ask(&headers).unwrap_err();
            assert_eq!(
                (refused, refused.status()),
                (UpgradeRefused::WebSocketVersion, 426)
            );
            assert!(refused.headers().contains(&("sec-websocket-version", "13")));
        }
    }

    #[test]
    fn a_request_with_a_body_is_no_upgrade() {
        for (name, value) in [
            ("Content-Length", "40"),
            ("content-length", "00"),
            ("Transfer-Encoding", "chunked"),
            ("transfer-encoding", "identity"),
        ] {
            let refused = ask(&and(name, value)).unwrap_err();
            assert_eq!((refused, refused.status()), (UpgradeRefused::Body, 400));
        }
        assert!(ask(&and("Content-Length", "0")).is_ok());
    }

    #[test]
    fn a_key_is_sixteen_bytes_in_exact_base64_said_once() {
        for headers in [
            without("Sec-WebSocket-Key"),
            with("Sec-WebSocket-Key", ""),
            with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ="),
            with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ"),
            with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE="),
            with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR=="),
            with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZ!=="),
            with("Sec-WebSocket-Key", "ZGhlIHNhbXBsZSBub25jZSEhISEh"),
            and("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            let refused = ask(&headers).unwrap_err();
            assert_eq!((refused, refused.status()), (UpgradeRefused::Key, 400));
        }
    }

    #[test]
    fn a_web_page_may_not_connect() {
        for origin in [
            "https://evil.example",
            "null",
            "",
            "http://server.example.com",
        ] {
            let refused = ask(&and("Origin", origin)).unwrap_err();
            assert_eq!((refused, refused.status()), (UpgradeRefused::Origin, 403));
        }
    }
}
