//! Which door of a listener a request is for, or why it is for none. Pure, and the same for both wings.
//! Knows: paths, methods, headers. Never knows: sockets, frames, who asks; no answer repeats anything of the request.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode, Version};
use partywall_socket::{AcceptKey, HttpVersion, UpgradeRefused, accept_checks};

use super::page::STRICT;

/// What is answered over HTTP.
pub type Answer = Response<Full<Bytes>>;

/// What a request leads to, at a listener with doors `D`.
#[derive(Debug, PartialEq, Eq)]
pub enum Route<D> {
    /// The page for people.
    Page(&'static str),
    /// A WebSocket at a door.
    Upgrade(D, AcceptKey),
    /// Nothing but an answer.
    Refused(Refusal),
}

/// Why a request leads to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No such path.
    NotFound,
    /// The page is for reading.
    Method,
    /// It carries a credential, and nobody is known here by one. (SPEC P-1)
    Credential,
    /// It is no upgrade that we take.
    Upgrade(UpgradeRefused),
}

/// Decides: `page` lies at `/`, and `door` knows the paths of the doors.
pub fn route<D>(
    request: &Parts,
    page: &'static str,
    door: impl FnOnce(&str) -> Option<D>,
) -> Route<D> {
    if request.uri.path() == "/" {
        return if is_reading(request) {
            Route::Page(page)
        } else {
            Route::Refused(Refusal::Method)
        };
    }
    let Some(door) = door(request.uri.path()) else {
        return Route::Refused(Refusal::NotFound);
    };
    if request.headers.contains_key(COOKIE) || request.headers.contains_key(AUTHORIZATION) {
        return Route::Refused(Refusal::Credential);
    }
    let version = if request.version == Version::HTTP_11 {
        HttpVersion::Http11
    } else {
        HttpVersion::Other
    };
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    match accept_checks(request.method.as_str(), version, headers) {
        Ok(accept) => Route::Upgrade(door, accept),
        Err(refused) => Route::Refused(Refusal::Upgrade(refused)),
    }
}

/// Whether a request wants to read something, and no more.
#[must_use]
pub fn is_reading(request: &Parts) -> bool {
    matches!(request.method, Method::GET | Method::HEAD)
}

impl<D> Route<D> {
    /// What is answered, and at which door the connection goes on after that, if at any.
    #[must_use]
    pub fn received(self) -> (Answer, Option<D>) {
        let answer = self.answer();
        match self {
            Self::Upgrade(door, _) => (answer, Some(door)),
            Self::Page(_) | Self::Refused(_) => (answer, None),
        }
    }

    /// What is answered.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self {
            Self::Page(page) => strict(StatusCode::OK, "text/html; charset=utf-8", *page),
            Self::Upgrade(_, accept) => {
                let mut answer = Response::new(Full::default());
                *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                for (name, value) in accept.headers() {
                    if let Ok(value) = HeaderValue::from_str(value) {
                        answer
                            .headers_mut()
                            .insert(HeaderName::from_static(name), value);
                    }
                }
                if partywall_mutant::is("F07") || partywall_mutant::is("D09") {
                    let compressed = HeaderValue::from_static("permessage-deflate");
                    answer
                        .headers_mut()
                        .insert("sec-websocket-extensions", compressed);
                }
                answer
            }
            Self::Refused(refusal) => refusal.answer(),
        }
    }
}

impl Refusal {
    /// What is answered.
    #[must_use]
    pub fn answer(self) -> Answer {
        let (status, words) = match self {
            Self::NotFound => (404, "there is nothing here".to_owned()),
            Self::Method => (405, "this page can be read, and that is all".to_owned()),
            Self::Credential => (
                400,
                "nobody is known here by a cookie or an authorization; send neither".to_owned(),
            ),
            Self::Upgrade(refused) => (refused.status(), refused.to_string()),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut answer = strict(status, "text/plain; charset=utf-8", format!("{words}\n"));
        if let Self::Upgrade(refused) = self {
            for (name, value) in refused.headers() {
                // Said beside `close`, not in its place: the connection ends with this answer.
                answer.headers_mut().append(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
        }
        answer
    }
}

/// An answer with the strict headers.
#[must_use]
pub fn strict(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert("content-type", HeaderValue::from_static(kind));
    for (name, value) in STRICT {
        if partywall_mutant::is("F09") && *name == "connection" {
            continue;
        }
        answer.headers_mut().insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    answer
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::super::business;
    use super::super::page::{BUSINESS, PEER};
    use super::super::peer::{self, Door};
    use super::{Refusal, Route, UpgradeRefused};

    const UPGRADE: [(&str, &str); 5] = [
        ("host", "relay.example"),
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-version", "13"),
    ];

    fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> hyper::http::request::Parts {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn asked(method: &str, path: &str, headers: &[(&str, &str)]) -> Route<Door> {
        peer::route(&request(method, path, headers))
    }

    #[test]
    fn neither_listener_opens_a_door_of_the_other() {
        let at_business = |path| business::route(&request("GET", path, &UPGRADE));
        assert!(matches!(at_business("/v1/business"), Route::Upgrade(..)));
        for path in ["/v1/collect", "/v1/deposit", "/v1/business/", "/health"] {
            assert_eq!(
                at_business(path),
                Route::Refused(Refusal::NotFound),
                "{path}"
            );
        }
        for path in ["/v1/business", "/checkpoint", "/tile/0/000"] {
            let at_peer = asked("GET", path, &UPGRADE);
            assert_eq!(at_peer, Route::Refused(Refusal::NotFound), "{path}");
        }
        let with_cookie: Vec<_> = UPGRADE.into_iter().chain([("cookie", "x")]).collect();
        let refused = business::route(&request("GET", "/v1/business", &with_cookie));
        assert_eq!(refused, Route::Refused(Refusal::Credential));
        assert_eq!(
            business::route(&request("GET", "/", &[])),
            Route::Page(BUSINESS)
        );
    }

    #[test]
    fn both_doors_open_to_a_plain_upgrade() {
        assert!(matches!(
            asked("GET", "/v1/collect", &UPGRADE),
            Route::Upgrade(Door::Collect, _)
        ));
        assert!(matches!(
            asked("GET", "/v1/deposit", &UPGRADE),
            Route::Upgrade(Door::Deposit, _)
        ));
        let answer = asked("GET", "/v1/deposit", &UPGRADE).answer();
        assert_eq!(answer.status(), 101);
        assert_eq!(
            answer.headers()["sec-websocket-accept"],
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert_eq!(
            answer.headers().len(),
            3,
            "no extension, no subprotocol, nothing to be recognised by"
        );
    }

    #[test]
    fn a_cookie_or_an_authorization_at_a_door_is_refused_with_400() {
        for name in ["cookie", "authorization"] {
            let headers: Vec<_> = UPGRADE.into_iter().chain([(name, "x")]).collect();
            for path in ["/v1/collect", "/v1/deposit"] {
                let refused = asked("GET", path, &headers);
                assert_eq!(refused, Route::Refused(Refusal::Credential));
                assert_eq!(refused.answer().status(), 400);
            }
        }
    }

    #[test]
    fn a_web_page_is_refused_with_403() {
        let headers: Vec<_> = UPGRADE
            .into_iter()
            .chain([("origin", "https://evil.example")])
            .collect();
        let refused = asked("GET", "/v1/collect", &headers);
        assert_eq!(
            refused,
            Route::Refused(Refusal::Upgrade(UpgradeRefused::Origin))
        );
        assert_eq!(refused.answer().status(), 403);
    }

    #[test]
    fn every_other_path_is_nothing() {
        for path in [
            "/v1",
            "/v1/collect/",
            "/v2/collect",
            "/health",
            "/metrics",
            "/index.html",
            "//",
            "/V1/collect",
        ] {
            assert_eq!(
                asked("GET", path, &UPGRADE),
                Route::Refused(Refusal::NotFound),
                "{path}"
            );
        }
        assert_eq!(asked("GET", "/x", &[]).answer().status(), 404);
    }

    #[test]
    fn the_page_is_the_same_for_everybody_and_runs_nothing() {
        let plain = asked("GET", "/", &[]);
        let busy = asked(
            "GET",
            "/?x=1",
            &[
                ("cookie", "a=b"),
                ("accept-language", "de"),
                ("origin", "https://a.example"),
            ],
        );
        assert_eq!(plain, Route::Page(PEER));
        assert_eq!(busy, Route::Page(PEER));
        let answer = plain.answer();
        assert_eq!(answer.status(), 200);
        assert!(
            answer.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .starts_with("default-src 'none'")
        );
        assert!(!answer.headers().contains_key("set-cookie"));
        for page in [PEER, BUSINESS] {
            assert!(!page.contains("<script") && !page.contains("src="));
        }
        assert_eq!(asked("POST", "/", &[]).answer().status(), 405);
    }

    #[test]
    fn a_refusal_repeats_nothing_of_the_request() {
        let answer = asked("GET", "/canary", &[("x-canary", "canary")]).answer();
        assert!(!format!("{answer:?}").contains("canary"));
    }
}
