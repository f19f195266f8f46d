//! Asks, and says what became of it.
//! Knows: in which order things happen, and after which of them something may have left. Never knows: what time it is.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;

use rustls::ClientConfig;
use tokio::select;

use crate::connect::connected;
use crate::exchange::{Exchange, Spoken};
use crate::{Answer, Outcome, Reach, Request, Rest, Roots, RootsError, Trouble};

/// Asks one thing at a time, each over a connection of its own. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    tls: Arc<ClientConfig>,
    reach: Reach,
}

impl Client {
    /// Reads the roots. Blocks for as long as reading files takes.
    ///
    /// # Errors
    /// [`RootsError`] with what to do.
    pub fn new(roots: &Roots, reach: Reach) -> Result<Self, RootsError> {
        Ok(Self {
            tls: roots.config()?,
            reach,
        })
    }

    /// Asks once. It is over when `until` is: a timer, a wish to stop, or both. Not a byte of the request is given to a connection
    /// before the certificate was verified.
    ///
    /// Dropping the future closes the connection; what had left by then is not known to anybody.
    pub async fn fetch(&self, request: Request, until: impl Future<Output = ()>) -> Outcome {
        let mut until = pin!(until);
        let most = request.most;
        let connection = select! {
            connection = Box::pin(connected(&request.url, &self.tls, self.reach)) => connection,
            () = &mut until => return Outcome::NotSent(Trouble::OutOfTime),
        };
        let stream = match connection {
            Ok(stream) => stream,
            Err(trouble) => return Outcome::NotSent(trouble),
        };
        let spoken = Spoken::default();
        let mut exchange = Exchange::begin(stream, spoken.clone());
        let head = select! {
            biased; // an answer that is there counts, though the time is over as well
            head = exchange.ask(request) => head,
            () = &mut until => Err(Trouble::OutOfTime),
        };
        match head {
            Ok(head) => Outcome::Answered(read(exchange, head, most, until).await),
            Err(trouble) if spoken.anything() => Outcome::MaybeSent(trouble),
            Err(trouble) => Outcome::NotSent(trouble),
        }
    }
}

/// Reads the body for as long as there is time, room and something to read.
async fn read(
    mut exchange: Exchange,
    head: crate::exchange::Head,
    most: usize,
    mut until: Pin<&mut impl Future<Output = ()>>,
) -> Answer {
    let (parts, mut incoming) = head.into_parts();
    let mut body = Vec::new();
    let rest = loop {
        let piece = select! {
            biased; // an endless body does not outrun the time
            () = &mut until => break Rest::Cut,
            piece = exchange.next(&mut incoming) => piece,
        };
        match piece {
            Ok(None) => break Rest::Whole,
            Ok(Some(piece)) if piece.len() > most - body.len() => {
                body.extend_from_slice(&piece[..most - body.len()]);
                break Rest::Cut;
            }
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Err(_broke_off) => break Rest::Cut,
        }
    };
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.into(),
        rest,
    }
}
