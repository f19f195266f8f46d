//! Takes typed values out of what was gathered, by the knob's name.
//! Knows: which kinds of values there are. Never knows: what they are for.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::Values;
use super::host::Host;
use super::kind::Value;

pub(super) fn host(values: &Values, name: &str) -> Option<Host> {
    match values.of(name) {
        Some(Value::Host(host)) => Some(host.clone()),
        _ => None,
    }
}

pub(super) fn path(values: &Values, name: &str) -> Option<PathBuf> {
    match values.of(name) {
        Some(Value::Path(path)) => Some(path.clone()),
        _ => None,
    }
}

pub(super) fn address(values: &Values, name: &str) -> SocketAddr {
    address_if_any(values, name).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)))
}

pub(super) fn address_if_any(values: &Values, name: &str) -> Option<SocketAddr> {
    match values.of(name) {
        Some(Value::Address(address)) => Some(*address),
        _ => None,
    }
}

pub(super) fn word(values: &Values, name: &str) -> &'static str {
    match values.of(name) {
        Some(Value::Word(word)) => word,
        _ => "",
    }
}

pub(super) fn words(values: &Values, name: &str) -> Vec<&'static str> {
    match values.of(name) {
        Some(Value::Words(words)) => words.clone(),
        _ => Vec::new(),
    }
}

pub(super) fn number(values: &Values, name: &str) -> u64 {
    number_if_any(values, name).unwrap_or(0)
}

pub(super) fn number_if_any(values: &Values, name: &str) -> Option<u64> {
    match values.of(name) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

pub(super) fn count(values: &Values, name: &str) -> u32 {
    u32::try_from(number(values, name)).expect("the table keeps counts below 2^32")
}

pub(super) fn size(values: &Values, name: &str) -> usize {
    usize::try_from(number(values, name)).expect("the table keeps sizes below 2^32")
}
