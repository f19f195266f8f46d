//! The two doors: a small task for each connection, which owns its socket.
//! Knows: sockets, frames, one machine each. Never knows: network addresses, who somebody is; the
//! two doors share nothing that would tie a reader to a depositor.

mod asking;
mod collect;
mod deposit;
mod street;

pub(crate) use collect::collect;
pub(crate) use deposit::deposit;
pub(crate) use street::Street;
