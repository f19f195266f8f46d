//! Waits until the relay has what was said, or refuses it.
//! Knows: patience, and what an answer means. Never knows: which side of the counter it waits for.

use std::time::Duration;

use partywall_business::Reason;
use partywall_client::business::error::{DownReason, Rule};
use partywall_client::business::{Event, EventId, MessageId, Seconds};
use serde_json::{Value, json};

use super::moments;
use crate::opening::Interrupts;
use crate::screen::{Screen, good};
use crate::trouble::{self, Exit, Trouble};
use crate::words::one_line;

/// How often is looked whether anything stands in the way.
const TICK: Duration = Duration::from_millis(500);

/// What became of something that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is on the relay's disk.
    Accepted(EventId, Option<Seconds>),
    /// A rule forbids it.
    Refused(Rule, Option<Seconds>),
    /// It was withdrawn before anybody collected it.
    Withdrawn(Reason),
}

/// What the relay took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Which message.
    pub(crate) message: MessageId,
    /// The relay's id of it.
    pub(crate) event: EventId,
    /// Until when the business may write freely.
    pub(crate) window: Option<Seconds>,
}

/// Waits. `next` gives events, `fate` says whether one of them is the answer, `look` says why the
/// relay is not reached, or fails when waiting is of no use. Other events stay to be received.
///
/// # Errors
/// Refused, withdrawn, interrupted, or out of patience.
pub(crate) async fn until_taken<K>(
    message: MessageId,
    mut next: impl AsyncFnMut() -> Option<Event<K>>,
    fate: impl Fn(&K) -> Option<Fate>,
    look: impl AsyncFn() -> Result<Option<DownReason>, Trouble>,
    wait: Option<Duration>,
    screen: &Screen,
) -> Result<Taken, Trouble> {
    let mut interrupts = Interrupts::listen()?;
    let mut ticks = tokio::time::interval(TICK);
    let patience = async {
        match wait {
            Some(wait) => tokio::time::sleep(wait).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(patience);
    let mut down = None;
    loop {
        tokio::select! {
            event = next() => {
                let Some(event) = event else {
                    look().await?;
                    return Err(interrupted());
                };
                if let Some(fate) = fate(event.kind()) {
                    event.done().await?;
                    return taken(message, fate);
                }
            }
            _ = ticks.tick() => {
                let now = look().await?;
                if let Some(reason) = now.filter(|reason| down != Some(*reason)) {
                    screen.remark(&one_line(&reason.to_string()));
                }
                down = now;
            }
            () = interrupts.next() => return Err(interrupted()),
            () = &mut patience => return Err(gave_up(down)),
        }
    }
}

fn taken(message: MessageId, fate: Fate) -> Result<Taken, Trouble> {
    match fate {
        Fate::Accepted(event, window) => Ok(Taken {
            message,
            event,
            window,
        }),
        Fate::Refused(rule, until) => Err(Trouble::by_rule(rule, until, moments::now())),
        Fate::Withdrawn(reason) => Err(Trouble::new(
            Exit::Rule,
            format!("it was withdrawn before it was collected (reason {reason})"),
            "ask the operator why",
        )),
    }
}

fn interrupted() -> Trouble {
    Trouble::new(
        Exit::Interrupted,
        "interrupted before the relay had it",
        "it is kept, and leaves the next time this store is used",
    )
}

fn gave_up(down: Option<DownReason>) -> Trouble {
    let exit = down.map_or(Exit::Unreachable, trouble::down);
    let why = down.map_or_else(String::new, |reason| {
        format!(" ({})", one_line(&reason.to_string()))
    });
    Trouble::new(
        exit,
        format!("the relay did not take it in the time you gave{why}"),
        "it is kept, and leaves the next time this store is used",
    )
}

/// Says that the relay has it.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn tell(taken: &Taken, where_: (&str, &str), screen: &Screen) -> Result<(), Trouble> {
    let (key, value) = where_;
    let mut object = json!({
        "id": hex::encode(taken.event.as_bytes()), "message": taken.message.number(),
        "state": "accepted", "window_expires_at": taken.window.map(moments::rfc3339),
    });
    object[key] = Value::from(value);
    screen.either(&object, &good("accepted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_on_the_relays_disk_counts_as_said() {
        let message = MessageId::from_number(3).unwrap();
        let event = EventId::new([1; 16]);
        assert!(taken(message, Fate::Accepted(event, None)).is_ok());
        let refused = taken(message, Fate::Refused(Rule::WindowClosed, None)).unwrap_err();
        assert_eq!(refused.exit, Exit::Rule);
        assert!(refused.what.contains("24 hours") && refused.what.contains("window-closed"));
        let withdrawn = taken(message, Fate::Withdrawn(Reason::Spam)).unwrap_err();
        assert_eq!(withdrawn.exit, Exit::Rule);
    }

    #[test]
    fn giving_up_says_whether_the_relay_was_there() {
        assert_eq!(gave_up(None).exit, Exit::Unreachable);
        assert_eq!(gave_up(Some(DownReason::WrongRelay)).exit, Exit::Relay);
    }
}
