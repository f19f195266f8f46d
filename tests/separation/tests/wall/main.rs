//! What the wall promises, world by world.
//! Knows: both wings, as tests do.

mod worlds;
