//! The `partywall` command: people's and scripts' way to the client library.
//! Knows: arguments, terminals, exit codes. Never knows: keys, sockets, how anything is sealed.

mod arguments;

mod counter;
mod opening;
mod passphrase;

mod screen;
mod trouble;
mod words;

mod chat;
mod command;
mod lines;
mod tour;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use arguments::Arguments;
use partywall_process::{CoreImages, harden};
use screen::Screen;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long threads have to end.
const LAST_WORDS: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    // Where the system refuses, the program is no worse off than any other.
    let _core_images = harden(CoreImages::Refused, mistake);
    let arguments = Arguments::parse();
    let screen = Screen::new(&arguments.common);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => {
            let ended = runtime.block_on(Box::pin(command::run(arguments, &screen)));
            // The threads end first: one that draws from TLS's randomness while the process takes that
            // down is aborted, and the exit code with it. One may still sit in a read of standard
            // input; it draws nothing, and nobody waits for it for long.
            runtime.shutdown_timeout(LAST_WORDS);
            ended
        }
        Err(error) => Err(trouble::Trouble::failure(
            format!("the operating system gives this program no threads ({error})"),
            "close other programs and try again",
        )),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            screen.trouble(&trouble);
            ExitCode::from(trouble.exit.code())
        }
    }
}

/// What is said of a panic, which takes nothing with it.
fn mistake(place: &str) -> String {
    format!(
        "error: this program made a mistake, at {place}\n\
         hint: nothing that was acknowledged is lost; start it again, and report the place\n"
    )
}
