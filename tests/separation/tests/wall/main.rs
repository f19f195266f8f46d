//! What the wall promises, world by world.
//! Knows: both wings, as tests do.

mod joins;
mod leaks;
mod processes;
mod rows;
mod worlds;
