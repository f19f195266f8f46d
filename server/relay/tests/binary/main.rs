//! The binary itself, by its text, its exit codes and its signals: what scripts rely on.
//! Knows: the command line. Never knows: the library behind it.

#[cfg(test)]
mod run;

#[cfg(test)]
mod bench;
mod businesses;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod named;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod wings;
