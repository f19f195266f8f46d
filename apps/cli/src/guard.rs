//! What is done before anything else: files private, memory not dumped, mistakes told without contents.
//! Knows: the operating system's switches. Never knows: what the program is asked to do.

use std::io::Write;

use rustix::fs::Mode;

/// Closes what an ordinary process leaves open to others.
pub(crate) fn harden() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Where the kernel refuses, the program is no worse off than any other.
        let _refused = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    std::panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map_or_else(
            || "an unknown place".to_owned(),
            |at| format!("{}:{}", at.file(), at.line()),
        );
        let words = format!(
            "error: this program made a mistake, at {place}\n\
             hint: nothing that was acknowledged is lost; start it again, and report the place\n"
        );
        let _nobody_listens = std::io::stderr().write_all(words.as_bytes());
    }));
}
