//! What leaves, and that nothing leaves after: the business wing on disk and the real exporter, with sinks of every temper, killed at
//! every gap and at any moment, and judged from outside.
//! Knows: the wire, a folder, a file, a webhook. Never knows: what a rule of the wing looks like inside.
//!
//! In the order of a walk: [`disk`] is a crash, `relay` and `exporter` are the two processes, `wire` lies between them, [`webhook`]
//! and `sinks` are where things arrive, `people` come to the door, [`oracle`] and [`book`] judge with code of their own, [`world`]
//! holds all of it, [`story`] plays it.

pub mod disk;

pub mod exporter;
pub mod relay;
pub mod wire;

pub mod sinks;
pub mod webhook;

pub mod door;
pub mod people;
pub mod policy;

pub mod book;
pub mod oracle;

pub mod deeds;
pub mod judge;
pub mod story;
pub mod world;
