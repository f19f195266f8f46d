//! Hands events on until it is quiet, or for ever.
//! Knows: whether silence means that there is nothing. Never knows: what the events say.

use std::time::Duration;

use partywall_client::business::Event;
use partywall_client::business::error::DownReason;

use crate::opening::Interrupts;
use crate::screen::Screen;
use crate::trouble::Trouble;
use crate::words::one_line;

/// How often is looked whether the relay went away.
const TICK: Duration = Duration::from_secs(1);

/// Hands on every event. With `idle`, ends when nothing has come for so long since the relay was
/// reached: `reached` ends when it was, or could not be. An answer of silence is no answer when the
/// relay could not speak.
///
/// # Errors
/// Something could not be handed on; or it is quiet, and the relay was not reached.
pub(crate) async fn until_quiet<K>(
    mut next: impl AsyncFnMut() -> Option<Event<K>>,
    mut tell: impl AsyncFnMut(Event<K>) -> Result<(), Trouble>,
    reached: impl Future<Output = Result<(), Trouble>>,
    down: impl Fn() -> Option<DownReason>,
    idle: Option<Duration>,
    screen: &Screen,
) -> Result<(), Trouble> {
    let mut interrupts = Interrupts::listen()?;
    let mut ticks = tokio::time::interval(TICK);
    tokio::pin!(reached);
    let mut spoken: Option<Result<(), Trouble>> = None;
    let mut was_down = None;
    let quiet = tokio::time::sleep(idle.unwrap_or_default());
    tokio::pin!(quiet);
    loop {
        let counts = idle.is_some() && spoken.is_some();
        tokio::select! {
            biased;
            event = next() => {
                let Some(event) = event else { return Ok(()) };
                tell(event).await?;
            }
            answered = &mut reached, if spoken.is_none() => spoken = Some(answered),
            () = interrupts.next() => return Ok(()),
            () = &mut quiet, if counts => return nothing_more(spoken, down()),
            _ = ticks.tick() => {
                let now = down();
                match (now, was_down) {
                    (Some(reason), before) if before != Some(reason) => {
                        screen.remark(&one_line(&reason.to_string()));
                    }
                    (None, Some(_)) => screen.remark("connected again"),
                    _ => {}
                }
                was_down = now;
                continue;
            }
        }
        if let Some(idle) = idle {
            quiet.set(tokio::time::sleep(idle));
        }
    }
}

/// Silence is an answer only if the relay could have spoken.
fn nothing_more(
    reached: Option<Result<(), Trouble>>,
    down: Option<DownReason>,
) -> Result<(), Trouble> {
    let why = match (reached, down) {
        (_, Some(reason)) => Trouble::from(reason),
        (Some(Err(trouble)), None) => trouble,
        _ => return Ok(()),
    };
    Err(Trouble {
        what: format!("there may be more, but {}", why.what),
        ..why
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trouble::Exit;

    #[test]
    fn silence_is_an_answer_only_when_the_relay_could_have_spoken() {
        let exit = |reached, down| nothing_more(Some(reached), down).err().map(|why| why.exit);
        assert_eq!(exit(Ok(()), None), None);
        assert_eq!(
            exit(Ok(()), Some(DownReason::Lost)),
            Some(Exit::Unreachable)
        );
        let unreached = Err(Trouble::from(DownReason::WrongRelay));
        assert_eq!(exit(unreached, None), Some(Exit::Relay));
    }
}
