//! Where a request goes: `https://HOST[:PORT]/PATH`, read once and strictly.
//! Knows: which texts are such places. Never knows: whether anything is there.

use std::net::IpAddr;

use hyper::Uri;
use hyper::http::uri::PathAndQuery;
use rustls_pki_types::ServerName;

/// Whether `http://` is taken at all. Without TLS nothing but this very machine is ever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// `https://` only.
    Refused,
    /// Also `http://` to an address of this machine's loopback, or `localhost`.
    OnLoopback,
}

/// Why a text is no place that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Not a URL, or longer than 2,048 bytes.
    #[error("not a URL; write it as https://HOST/PATH")]
    NotOne,
    /// Another scheme than `https`.
    #[error("only https:// is taken, so that nobody on the way can read or change it")]
    Scheme,
    /// `http://` to somewhere else than this machine.
    #[error(
        "http:// is taken for this machine's own 127.0.0.1, [::1] or localhost only; use https://"
    )]
    PlainElsewhere,
    /// A user name or a password stands before the host.
    #[error(
        "a URL with a user name or password in it is not taken; secrets do not belong into a URL"
    )]
    Credentials,
    /// Neither a host name nor an address.
    #[error("the host is neither a name nor an address")]
    Host,
    /// No port number.
    #[error("the port is not a number from 0 to 65535")]
    Port,
}

/// A place that can be asked. Has no `Debug`: a path may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    pub(crate) plain: bool,
    /// Without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) authority: String,
    pub(crate) path: PathAndQuery,
}

const LONGEST: usize = 2_048;

impl Url {
    /// Reads a URL. A fragment is dropped, as it never travels.
    ///
    /// # Errors
    /// [`BadUrl`] with what to write instead.
    pub fn parse(text: &str, plain: Plain) -> Result<Self, BadUrl> {
        if text.len() > LONGEST {
            return Err(BadUrl::NotOne);
        }
        let uri: Uri = text.parse().map_err(|_| BadUrl::NotOne)?;
        let is_plain = match (uri.scheme_str(), plain) {
            (Some("https"), _) => false,
            (Some("http"), Plain::OnLoopback) => true,
            (Some(_), _) => return Err(BadUrl::Scheme),
            (None, _) => return Err(BadUrl::NotOne),
        };
        let authority = uri.authority().ok_or(BadUrl::NotOne)?;
        if authority.as_str().contains('@') {
            return Err(BadUrl::Credentials);
        }
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        if ServerName::try_from(host).is_err() {
            return Err(BadUrl::Host);
        }
        if is_plain && !is_this_machine(host) {
            return Err(BadUrl::PlainElsewhere);
        }
        let usual = if is_plain { 80 } else { 443 };
        let behind = &authority.as_str()[authority.host().len()..];
        let port = match behind.strip_prefix(':') {
            Some(port) => port.parse().map_err(|_| BadUrl::Port)?,
            None => usual,
        };
        let path = uri.path_and_query().cloned();
        Ok(Self {
            plain: is_plain,
            host: host.to_owned(),
            port,
            authority: authority.as_str().to_owned(),
            path: path.unwrap_or_else(|| PathAndQuery::from_static("/")),
        })
    }

    /// The name or address that is asked, without port and brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<BadUrl> {
        Url::parse(text, Plain::OnLoopback).err()
    }

    #[test]
    fn a_url_without_tls_is_taken_for_this_machine_only_and_only_if_asked() {
        for here in [
            "http://127.0.0.1:8080/x",
            "http://[::1]/",
            "http://localhost/x?y",
        ] {
            assert_eq!(refusal(here), None, "{here}");
            assert_eq!(Url::parse(here, Plain::Refused).err(), Some(BadUrl::Scheme));
        }
        for elsewhere in [
            "http://example.org/",
            "http://192.0.2.1/",
            "http://127.0.0.1.example.org/",
        ] {
            assert_eq!(
                refusal(elsewhere),
                Some(BadUrl::PlainElsewhere),
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn a_url_says_host_port_and_path() {
        let url = Url::parse("https://shop.example:8443/in?a=b#c", Plain::Refused)
            .ok()
            .unwrap();
        assert_eq!(
            (url.host(), url.port, url.plain),
            ("shop.example", 8443, false)
        );
        assert_eq!(
            (url.authority.as_str(), url.path.as_str()),
            ("shop.example:8443", "/in?a=b")
        );
        let url = Url::parse("https://[2001:db8::1]", Plain::Refused)
            .ok()
            .unwrap();
        assert_eq!(
            (url.host(), url.port, url.path.as_str()),
            ("2001:db8::1", 443, "/")
        );
        assert_eq!(url.authority, "[2001:db8::1]");
    }

    #[test]
    fn what_is_no_place_is_refused_with_what_to_write() {
        for (text, why) in [
            ("", BadUrl::NotOne),
            ("/in", BadUrl::NotOne),
            ("shop.example", BadUrl::NotOne),
            ("ftp://shop.example/", BadUrl::Scheme),
            ("file:///etc/hostname", BadUrl::NotOne),
            ("https://me:secret@shop.example/", BadUrl::Credentials),
            ("https://shop_.exa mple/", BadUrl::NotOne),
            ("https://-/", BadUrl::Host),
            ("https://shop.example:99999/", BadUrl::Port),
        ] {
            assert_eq!(refusal(text), Some(why), "{text}");
        }
        assert_eq!(
            refusal(&format!("https://a.example/{}", "x".repeat(LONGEST))),
            Some(BadUrl::NotOne)
        );
    }
}
