//! The shipped policies against an oracle that shares nothing with the compiler: for each of the
//! 3,150 cells, and for every permit with opt-outs.
//! Knows: the rules as people wrote them down. Never knows: how the compiler works.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod oracle;
