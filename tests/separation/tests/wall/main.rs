//! What the wall promises, world by world.
//! Knows: both wings, as tests do.

#[cfg(test)]
mod joins;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod linker;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod rogues;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod worlds;
