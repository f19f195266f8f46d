//! What a relay says when it is ready: one block for people, or exactly one line for scripts.
//! Knows: words, QR codes. Never knows: more of the relay than its link and addresses.

use std::path::PathBuf;

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde::Serialize;

use crate::Relay;
use crate::config::settings::{Admission, Settings, Tls};

/// What there is to say beyond the relay itself.
pub(super) struct Announcement {
    data: PathBuf,
    admission: Admission,
    proxy: bool,
    business_proxy: bool,
}

/// The line for scripts. What belongs to a wing that does not run is absent.
#[derive(Serialize)]
struct Ready {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<String>,
    operator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    relay: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_link: Option<String>,
}

impl Announcement {
    /// Prepared before the settings go into the relay.
    pub(super) fn about(settings: &Settings) -> Self {
        Self {
            data: settings.data.clone(),
            admission: settings.admission,
            proxy: settings.tls == Tls::Proxy,
            business_proxy: settings.business.tls == Tls::Proxy,
        }
    }

    /// Says it. A relay whose standard output nobody reads runs all the same.
    pub(super) fn make(&self, relay: &Relay, json: bool) {
        let ready = Ready {
            ready: true,
            peer: relay.peer_addr().map(|address| address.to_string()),
            operator: relay.operator_addr().to_string(),
            relay: relay.link(),
            business: relay.business_addr().map(|address| address.to_string()),
            business_link: relay.business_link(),
        };
        let said = if json {
            super::print_json(&ready)
        } else {
            super::print(&self.block(&ready))
        };
        if said.is_err() {
            tracing::warn!("standard output is closed; the relay runs all the same");
        }
    }

    fn block(&self, ready: &Ready) -> String {
        let mut parts = vec!["The relay is ready.".to_owned()];
        parts.extend(ready.relay.as_deref().map(|link| self.for_people(link)));
        parts.extend(
            ready
                .business_link
                .as_deref()
                .map(|link| self.for_businesses(link)),
        );
        let listening: Vec<&str> = ready
            .peer
            .iter()
            .chain(&ready.business)
            .map(String::as_str)
            .collect();
        parts.push(format!(
            "Listening on {}; health and metrics on http://{}; everything is kept in {}.\nCtrl-C stops it.",
            listening.join(" and "),
            ready.operator,
            self.data.display()
        ));
        parts.join("\n\n")
    }

    fn for_people(&self, link: &str) -> String {
        let data = self.data.display();
        let next = match self.admission {
            Admission::Open => format!(
                "Whoever has this link can make mailboxes here. Next, each in a terminal of their own:\n\
                 \x20 partywall invite --relay '{link}' --name bob\n\
                 and on Bob's side, with the link that it prints:\n\
                 \x20 partywall add LINK --name alice"
            ),
            Admission::Pass => format!(
                "Making mailboxes here needs a pass. A link that carries one:\n\
                 \x20 partywall-relay pass --data '{data}'"
            ),
        };
        let proxy = if self.proxy {
            format!(
                "\n\nTLS is the proxy's. Once, so that clients trust its certificate:\n  partywall-relay vouch CERT.pem --data '{data}'"
            )
        } else {
            String::new()
        };
        format!(
            "For people to talk to people, its relay link:\n\n  {}\n\n{}{next}{proxy}",
            console::style(link).bold(),
            qr(link).unwrap_or_default(),
        )
    }

    fn for_businesses(&self, link: &str) -> String {
        let data = self.data.display();
        let proxy = if self.business_proxy {
            format!(
                "\nIts TLS is the proxy's. Once:\n  partywall-relay vouch --business CERT.pem --data '{data}'"
            )
        } else {
            String::new()
        };
        format!(
            "For people to talk to businesses, its business link:\n\n  {}\n\n\
             Businesses ask to be verified with it, customers find them by it. Who asked, and what may be shared:\n\
             \x20 partywall-relay business list --data '{data}'\n\
             \x20 partywall-relay policy show --data '{data}'{proxy}",
            console::style(link).bold(),
        )
    }
}

/// The link as a QR code, if a person is looking and it fits.
pub(super) fn qr(link: &str) -> Option<String> {
    let terminal = console::Term::stdout();
    if !terminal.is_term() {
        return None;
    }
    let code = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
    let (rows, columns) = terminal.size();
    let needed = code.width() + 8;
    if needed > usize::from(columns) || needed / 2 > usize::from(rows) {
        return None;
    }
    let drawn = code
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .build();
    Some(format!("{drawn}\n\n"))
}
