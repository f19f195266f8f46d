//! The binary `partywall-exporter`: a call into the library.
//! Knows: nothing. Never knows: anything.

fn main() -> std::process::ExitCode {
    partywall_exporter::command::main()
}
