//! The rows of handshake and identity that need both wings at once: nothing made for one purpose serves another.
//! Knows: both wires, both wings' sessions, the registry of labels. Never knows: a relay, a client.

#[cfg(test)]
mod frames;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod sealed;
#[cfg(test)]
mod wings;
