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
}

/// The line for scripts.
#[derive(Serialize)]
struct Ready<'a> {
    ready: bool,
    peer: &'a str,
    operator: &'a str,
    relay: &'a str,
}

impl Announcement {
    /// Prepared before the settings go into the relay.
    pub(super) fn about(settings: &Settings) -> Self {
        Self {
            data: settings.data.clone(),
            admission: settings.admission,
            proxy: settings.tls == Tls::Proxy,
        }
    }

    /// Says it. A relay whose standard output nobody reads runs all the same.
    pub(super) fn make(&self, relay: &Relay, json: bool) {
        let (peer, operator) = (
            relay.peer_addr().to_string(),
            relay.operator_addr().to_string(),
        );
        let link = relay.link();
        let said = if json {
            super::print_json(&Ready {
                ready: true,
                peer: &peer,
                operator: &operator,
                relay: &link,
            })
        } else {
            super::print(&self.block(&link, &peer, &operator))
        };
        if said.is_err() {
            tracing::warn!("standard output is closed; the relay runs all the same");
        }
    }

    fn block(&self, link: &str, peer: &str, operator: &str) -> String {
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
                "\nTLS is the proxy's. Once, so that clients trust its certificate:\n  partywall-relay vouch CERT.pem --data '{data}'\n"
            )
        } else {
            String::new()
        };
        format!(
            "The relay is ready. Its link:\n\n  {}\n\n{}{next}\n{proxy}\nListening on {peer}; health and metrics on http://{operator}; everything is kept in {data}.\nCtrl-C stops it.",
            console::style(link).bold(),
            qr(link).unwrap_or_default(),
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
