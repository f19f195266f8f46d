//! Bounded models: every order of events, up to the bound that each says.
//! Knows: rules, and the real machines where they are pure. Never knows: sockets, clocks.

#[cfg(test)]
mod channel;
