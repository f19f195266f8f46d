//! What one request promises, over loopback and real TLS.
//! Knows: a scripted server. Never knows: the inside of the client.

#[cfg(test)]
mod server;

mod bounds;
mod honesty;
