//! Events on their way to whoever holds the other end of a line.
//! Knows: a bounded channel and what waits before it. Never knows: what the events say.

use std::collections::VecDeque;
use std::future::pending;

use tokio::sync::mpsc;

/// Nobody holds the other end any more: the line has no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

/// How many events may wait before the line stops to listen to the relay.
const ROOM: usize = 64;

/// Events in order. Saying one never blocks; a line that finds no room stops to listen, so that the
/// relay, and not this memory, holds what nobody takes.
pub(super) struct Outbox<T> {
    sender: mpsc::Sender<T>,
    waiting: VecDeque<T>,
}

impl<T> Outbox<T> {
    pub(super) fn new(sender: mpsc::Sender<T>) -> Self {
        let waiting = VecDeque::new();
        Self { sender, waiting }
    }

    /// Puts an event behind the others.
    pub(super) fn say(&mut self, event: T) {
        self.waiting.push_back(event);
    }

    /// Whether the line should go on listening.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < ROOM
    }

    /// Hands one event over; waits for as long as there is none, or no room for it. Cancel safe.
    ///
    /// # Errors
    /// [`Gone`], at any time.
    pub(super) async fn hand_over(&mut self) -> Result<(), Gone> {
        if self.waiting.is_empty() {
            self.sender.closed().await;
            return Err(Gone);
        }
        let place = self.sender.reserve().await.map_err(|_closed| Gone)?;
        match self.waiting.pop_front() {
            Some(event) => place.send(event),
            None => pending().await,
        }
        Ok(())
    }

    /// Hands everything over: the last words of a line that ends.
    ///
    /// # Errors
    /// [`Gone`].
    pub(super) async fn hand_over_all(&mut self) -> Result<(), Gone> {
        while !self.waiting.is_empty() {
            self.hand_over().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn events_arrive_in_order_and_none_is_lost_when_handing_over_is_cut_short() {
        let (sender, mut receiver) = mpsc::channel(1);
        let mut outbox = Outbox::new(sender);
        for number in 0..3 {
            outbox.say(number);
        }
        outbox.hand_over().await.unwrap();
        let cut_short = tokio::select! {
            biased;
            handed = outbox.hand_over() => Some(handed),
            () = std::future::ready(()) => None,
        };
        assert_eq!(cut_short, None, "the channel is full");
        assert_eq!(receiver.recv().await, Some(0));
        outbox.hand_over().await.unwrap();
        assert_eq!(receiver.recv().await, Some(1));
        outbox.hand_over().await.unwrap();
        assert_eq!(receiver.recv().await, Some(2));
    }

    #[tokio::test]
    async fn a_line_learns_that_nobody_listens_even_with_nothing_to_say() {
        let (sender, receiver) = mpsc::channel::<u8>(1);
        let mut outbox = Outbox::new(sender);
        drop(receiver);
        assert_eq!(outbox.hand_over().await, Err(Gone));
        outbox.say(1);
        assert_eq!(outbox.hand_over().await, Err(Gone));
        assert_eq!(outbox.hand_over_all().await, Err(Gone));
    }
}
