//! The doors of a wing, as a caller asks for them. (SPEC §5.1)
//! Knows: a path, and the number of the relay's first frame behind it. Never knows: what is said
//! after that.

use std::marker::PhantomData;

use partywall_ground::{Close, Frame, Wing, cbor};
use partywall_proof::Hello;

/// One door of the wing `W`. A connection asks for one and never for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door<W: Wing> {
    path: &'static str,
    hello: u16,
    wing: PhantomData<W>,
}

impl<W: Wing> Door<W> {
    /// The door at `path`, behind which the relay says Hello in a frame of the type `hello`.
    #[must_use]
    pub const fn new(path: &'static str, hello: u16) -> Self {
        let wing = PhantomData;
        Self { path, hello, wing }
    }

    /// The path of the upgrade request, such as `/v1/collect`.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The frame type of Hello behind this door.
    #[must_use]
    pub const fn hello(&self) -> u16 {
        self.hello
    }

    /// The first frame as Hello, which comes before everything else.
    ///
    /// # Errors
    /// What is wrong with it, as a relay would close for it: [`Close::Version`], [`Close::WrongWing`],
    /// [`Close::OutOfTurn`] for a frame of another type, [`Close::Malformed`].
    pub(crate) fn first_words(&self, frame: &[u8]) -> Result<Hello, Close> {
        let frame = Frame::<W>::parse(frame)?;
        if frame.kind != self.hello {
            return Err(Close::OutOfTurn);
        }
        cbor::decode(frame.body).map_err(|_whatever| Close::Malformed)
    }
}
