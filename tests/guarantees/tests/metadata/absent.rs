//! What was never built cannot be asked for: no accounts, numbers, contacts, presence. (Rows D04, and what E07 and D15
//! stand on)
//! Knows: paths, frames, columns. Never knows: what could be asked of a relay that had them.

use hyper::Request;
use hyper::http::request::Parts;
use partywall_relay::listener::route::{Refusal, Route};
use partywall_relay::listener::{business, peer};
use partywall_row::Row;
use partywall_test_separation::{House, Script, schema};

/// What a crawler knows from elsewhere.
const WORDS: [&str; 44] = [
    "account",
    "accounts",
    "register",
    "registration",
    "signup",
    "login",
    "session",
    "verify",
    "code",
    "sms",
    "phone",
    "number",
    "numbers",
    "contact",
    "contacts",
    "directory",
    "discovery",
    "lookup",
    "search",
    "find",
    "users",
    "user",
    "me",
    "profile",
    "avatar",
    "handle",
    "username",
    "keys",
    "prekeys",
    "devices",
    "device",
    "presence",
    "online",
    "lastseen",
    "status",
    "typing",
    "receipts",
    "groups",
    "group",
    "upload",
    "attachments",
    "preview",
    "push",
    "token",
];

/// Ways to ask.
const FORMS: [&str; 12] = [
    "/{}",
    "/{}/",
    "/v1/{}",
    "/v1/{}/",
    "/v2/{}",
    "/api/{}",
    "/api/v1/{}",
    "/{}/+4915112345678",
    "/v1/{}/+4915112345678",
    "/v1/{}?q=alice",
    "/v1/{}/alice",
    "/.well-known/{}",
];

fn asked(method: &str, path: &str, upgrades: bool) -> Parts {
    let mut request = Request::builder().method(method).uri(path);
    if upgrades {
        request = request
            .header("host", "relay.example")
            .header("upgrade", "websocket")
            .header("connection", "Upgrade")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("sec-websocket-version", "13");
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn a_crawler_finds_no_way_to_ask_for_anybody() {
    let mut row = Row::of("D04");
    for word in WORDS {
        for form in FORMS {
            let path = form.replace("{}", word);
            for method in ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"] {
                for upgrades in [false, true] {
                    let request = asked(method, &path, upgrades);
                    let at_peer = peer::route(&request) == Route::Refused(Refusal::NotFound);
                    let at_business =
                        business::route(&request) == Route::Refused(Refusal::NotFound);
                    assert!(at_peer && at_business, "{method} {path}");
                    row.tried(2);
                }
            }
        }
    }
    let opens = |path| matches!(peer::route(&asked("GET", path, true)), Route::Upgrade(..));
    assert!(opens("/v1/collect") && opens("/v1/deposit"), "the control");
}

#[test]
fn no_frame_asks_for_anybody_and_no_column_could_hold_them() {
    let mut row = Row::of("D04");
    let frames = partywall_peer::Kind::ALL.iter();
    let frames: Vec<String> = frames.map(|kind| format!("{kind:?}")).collect();
    let golden = "Hello Create Attach Attached Refused Detached CloseMailbox Closed Shelve Shelved \
                  Deliver Ack Use Opened Deposit Accepted Take Taken";
    assert_eq!(frames.join(" "), golden);

    let mut house = House::of(row.seed(), None);
    house.lives(&Script::of(row.seed()));
    let written = schema(&house.peer.place.look().unwrap()).unwrap();
    let tables = written.iter().filter(|sql| sql.starts_with("CREATE TABLE"));
    let columns: Vec<String> = tables.map(|sql| columns(sql)).collect();
    let golden = "bundles: place mailbox sealed; credits: digest; ended: mailbox; \
                  envelopes: place mailbox day size bytes; last_resorts: mailbox sealed; \
                  mailboxes: mailbox reader drop acks seen_day; \
                  passes: digest mailboxes_left made_day revoked";
    assert_eq!(columns.join("; "), golden);
    row.tried(frames.len() as u64 + columns.len() as u64);
}

/// `table: column column`, of a `CREATE TABLE`.
fn columns(sql: &str) -> String {
    let (head, body) = sql.split_once('(').expect("a table has columns");
    let (body, _) = body.rsplit_once(')').expect("and they end");
    let plain = |word: &str| word.trim_matches(['"', ',', ')']).to_owned();
    let name = plain(head.trim_start_matches("CREATE TABLE").trim());
    let columns = body.split(',').filter_map(|column| {
        let first = column.split_whitespace().next()?;
        Some(plain(first))
    });
    format!("{name}: {}", columns.collect::<Vec<_>>().join(" "))
}
