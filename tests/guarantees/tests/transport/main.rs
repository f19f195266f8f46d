//! The transport rows of the catalogue (F01 … F17): strangers at the relay's listeners, as processes see them.
//! Knows: the relay as a process, bytes on its sockets, its figures in /proc. Never knows: the code behind them.

mod guest;
mod people;
mod target;

mod heads;

mod frames;
mod rules;

mod idle;
mod slow;

mod replay;
mod tls;

mod exposure;
mod files;
mod log;

mod servers;
mod strangers;
mod supply;
