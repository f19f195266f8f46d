//! Relays started inside the test's process, asked over real sockets.
//! Knows: the library's API and the wire. Never knows: the relay's inside.

#[cfg(test)]
mod dial;

#[cfg(test)]
mod business;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod exporter;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod http;
#[cfg(test)]
mod life;
#[cfg(test)]
mod operating;
#[cfg(test)]
mod operator;
