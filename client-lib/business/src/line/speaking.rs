//! One proven connection: log in, ask, match answers to questions, hand events over.
//! Knows: frames of the business door. Never knows: what they are for.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::sync::Arc;

use partywall_business::answer::{Answer, FromRelay};
use partywall_business::request::{Ack, FromClient};
use partywall_business::{Kind, Login, Number};
use partywall_ground::Close;
use partywall_proof::{Greeting, SigningKey};
use partywall_socket::{CloseCode, FrameSocket, Incoming};
use partywall_street::{Greeted, Quiet, Stream, Trouble, closed, say_malformed};
use tokio::sync::oneshot;

use super::{Caller, Connection, Delivery, Gone, LineState, Operating, Question, Told};
use crate::error::AskError;
use crate::inbox;

/// Unanswered questions on one connection; beyond that no more are taken.
const UNANSWERED: usize = 32;

/// A question that was asked.
struct Asked {
    number: Number,
    answered_by: Kind,
    reply: oneshot::Sender<Result<Answer, AskError>>,
}

impl Operating {
    pub(super) async fn serve(&mut self, greeted: Greeted) -> Result<Trouble, Gone> {
        self.serve_first(greeted, None).await
    }

    /// Speaks until the connection breaks; `first` is asked before anything else.
    pub(super) async fn serve_first(
        &mut self,
        greeted: Greeted,
        first: Option<Question>,
    ) -> Result<Trouble, Gone> {
        let Greeted {
            greeting,
            mut socket,
        } = greeted;
        self.last += 1;
        let connection = Connection(self.last);
        if let Err(trouble) = self.log_in(&greeting, &mut socket).await {
            if let Some(question) = first {
                super::fail(Told::Ask(question), (&trouble).into());
            }
            return Ok(trouble);
        }
        let now = self.dialler.clock().monotonic();
        self.backoff.connected(now);
        self.states.send_replace(LineState::Up(connection));
        let mut unanswered = VecDeque::new();
        let trouble = self
            .speak(connection, &mut socket, &mut unanswered, first)
            .await;
        if let Ok(trouble) = &trouble {
            for asked in unanswered {
                let _ = asked.reply.send(Err(AskError::Down(trouble.into())));
            }
        }
        trouble
    }

    async fn log_in(
        &mut self,
        greeting: &Greeting,
        socket: &mut FrameSocket<Stream>,
    ) -> Result<(), Trouble> {
        let Caller::Proven(role, seed) = &self.caller else {
            return Ok(());
        };
        let key = SigningKey::from_seed(seed);
        let login = Login::sign(&key, *role, greeting, &mut self.dice);
        socket.send(FromClient::from(login).encode()).await?;
        let frame = match socket.recv().await? {
            Incoming::Frame(frame) => frame,
            Incoming::Closed(code) => return Err(closed(code)),
        };
        match FromRelay::decode(&frame) {
            Ok(FromRelay::Welcome(welcome)) if welcome.role() == *role => Ok(()),
            _ => {
                say_malformed(socket).await;
                Err(Trouble::Misbehaved)
            }
        }
    }

    async fn speak(
        &mut self,
        connection: Connection,
        socket: &mut FrameSocket<Stream>,
        unanswered: &mut VecDeque<Asked>,
        first: Option<Question>,
    ) -> Result<Trouble, Gone> {
        let mut number = NonZeroU64::MIN;
        let mut quiet = Quiet::new(Arc::clone(self.dialler.clock()), &mut self.dice);
        if let Some(question) = first
            && let Err(trouble) = ask(question, &mut number, socket, unanswered).await
        {
            return Ok(trouble);
        }
        let mut held: Option<Delivery> = None;
        loop {
            if held.is_some() {
                quiet.deaf();
            }
            let went_on = tokio::select! {
                room = self.deliveries.reserve(), if held.is_some() => {
                    let Ok(room) = room else { return Err(Gone) };
                    if let Some(delivery) = held.take() {
                        room.send(delivery);
                    }
                    Ok(())
                }
                told = self.told.recv(), if unanswered.len() < UNANSWERED => {
                    quiet.spoke();
                    match told {
                        None => {
                            let _whether_heard = socket.close(CloseCode::NORMAL).await;
                            return Err(Gone);
                        }
                        Some(Told::Ask(question)) => {
                            ask(question, &mut number, socket, unanswered).await
                        }
                        Some(Told::Ack(of, tag)) if of == connection => {
                            let ack = FromClient::from(Ack { tag }).encode();
                            socket.send(ack).await.map_err(Trouble::from)
                        }
                        Some(Told::Ack(..)) => Ok(()),
                    }
                }
                heard = socket.recv(), if held.is_none() => match heard {
                    Ok(Incoming::Frame(frame)) => {
                        hear(&frame, connection, unanswered).map(|event| held = event)
                    }
                    Ok(Incoming::Closed(code)) => Err(closed(code)),
                    Err(error) => Err(error.into()),
                },
                () = quiet.over() => quiet.look(socket, &mut self.dice).await,
            };
            match went_on {
                Ok(()) => {}
                Err(Trouble::Misbehaved) => {
                    say_malformed(socket).await;
                    return Ok(Trouble::Misbehaved);
                }
                Err(trouble) => return Ok(trouble),
            }
        }
    }
}

async fn ask(
    question: Question,
    number: &mut NonZeroU64,
    socket: &mut FrameSocket<Stream>,
    unanswered: &mut VecDeque<Asked>,
) -> Result<(), Trouble> {
    if question.reply.is_closed() {
        return Ok(());
    }
    let this = Number::new(*number);
    *number = number.saturating_add(1);
    let request = (question.ask)(this);
    unanswered.push_back(Asked {
        number: this,
        answered_by: request.answer(),
        reply: question.reply,
    });
    socket.send(FromClient::from(request).encode()).await?;
    Ok(())
}

/// A frame of the relay: an event, or the answer to the oldest question. (SPEC §11.2)
fn hear(
    frame: &[u8],
    connection: Connection,
    unanswered: &mut VecDeque<Asked>,
) -> Result<Option<Delivery>, Trouble> {
    let malformed = |_close: Close| Trouble::Misbehaved;
    match FromRelay::decode(frame).map_err(malformed)? {
        FromRelay::Event(event) if inbox::can_be_placed(&event) => {
            Ok(Some(Delivery { connection, event }))
        }
        FromRelay::Answer(answer) => {
            let asked = unanswered.pop_front().ok_or(Trouble::Misbehaved)?;
            let fits = matches!(answer, Answer::Refused(_)) || answer.kind() == asked.answered_by;
            if answer.number() != asked.number || !fits {
                return Err(Trouble::Misbehaved);
            }
            // Who no longer waits does not want to know.
            let _ = asked.reply.send(Ok(answer));
            Ok(None)
        }
        FromRelay::Event(_) | FromRelay::Hello(_) | FromRelay::Welcome(_) => {
            Err(Trouble::Misbehaved)
        }
    }
}

#[cfg(test)]
mod tests {
    use partywall_business::event::{Event, News};
    use partywall_business::{ConversationId, EventId, Sequence, Tag};
    use partywall_ground::Seconds;

    use super::*;

    fn numbered(sequence: u64) -> Vec<u8> {
        let event = Event {
            tag: Tag::FIRST,
            id: EventId::new([1; 16]),
            conversation: ConversationId::new([2; 32]),
            sequence: Sequence::new(NonZeroU64::new(sequence).unwrap()),
            at: Seconds::new(1),
            window_expires_at: Seconds::new(0),
            news: News::Left,
        };
        FromRelay::Event(event).encode()
    }

    #[test]
    fn a_relay_that_numbers_an_event_as_none_can_be_numbered_is_not_listened_to() {
        let hear = |sequence| {
            let mut unanswered = VecDeque::new();
            hear(&numbered(sequence), Connection(1), &mut unanswered)
        };
        let highest = i64::MAX.unsigned_abs();
        assert!(matches!(hear(highest), Ok(Some(_))));
        for beyond in [highest + 1, u64::MAX] {
            assert!(matches!(hear(beyond), Err(Trouble::Misbehaved)));
        }
    }
}
