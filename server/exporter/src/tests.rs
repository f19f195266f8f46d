//! What the exporter promises, between a scripted relay and scripted sinks.
//! Knows: SPEC §14. Never knows: the inside of a sink.

mod relay;

mod server;

mod ending;
mod files;
mod silence;
mod webhooks;
