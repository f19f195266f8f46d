//! The binary `partywall-relay`: an allocator and a call into the library.
//! Knows: nothing. Never knows: anything.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    partywall_relay::command::main()
}
