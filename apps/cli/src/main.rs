//! The `partywall` command: people's and scripts' way to the client library.
//! Knows: arguments, terminals, exit codes. Never knows: keys, sockets, how anything is sealed.

mod arguments;
mod guard;

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

use clap::Parser;

use arguments::Arguments;
use screen::Screen;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    guard::harden();
    let arguments = Arguments::parse();
    let screen = Screen::new(&arguments.common);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => {
            let ended = runtime.block_on(Box::pin(command::run(arguments, &screen)));
            // A thread may still sit in a read of standard input; nobody waits for it.
            runtime.shutdown_background();
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
