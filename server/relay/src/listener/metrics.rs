//! The numbers for Prometheus. No labels: nothing here can tell two people or mailboxes apart.
//! Knows: the relay's vitals and the plane's gauges. Never knows: an id.

use std::fmt;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

/// The content type of what [`page`] gives.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One number.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Its name, without the prefix `partywall_`; a counter's without `_total`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub says: &'static str,
    /// How much.
    pub value: Value,
}

/// How a number moves.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// Up and down.
    Gauge(u64),
    /// Up only.
    Counter(u64),
}

/// All of them as one OpenMetrics page. The registry lives as long as the page is written.
pub fn page(measures: &[Measure]) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("partywall");
    for measure in measures {
        match measure.value {
            Value::Gauge(value) => {
                registry.register(
                    measure.name,
                    measure.says,
                    ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)),
                );
            }
            Value::Counter(value) => {
                registry.register(measure.name, measure.says, ConstCounter::new(value))
            }
        }
    }
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Measure, Value, page};

    #[test]
    fn the_page_is_openmetrics_without_a_single_label() {
        let text = page(&[
            Measure {
                name: "connections",
                says: "Connections now",
                value: Value::Gauge(3),
            },
            Measure {
                name: "turned_away",
                says: "Connections turned away",
                value: Value::Counter(4),
            },
        ])
        .unwrap();
        assert!(
            text.contains("partywall_connections 3\n")
                && text.contains("partywall_turned_away_total 4\n"),
            "{text}"
        );
        assert!(text.ends_with("# EOF\n") && !text.contains('{'));
    }
}
