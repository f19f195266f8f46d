//! The street: real processes, real files, what the stories of the whole house stand on.
//! Knows: the two binaries' command lines, the repository's folders. Never knows: anything inside the crates.

pub mod house;
pub mod machine;
pub mod person;
pub mod relay;
pub mod scan;
pub mod small_disk;
pub mod text;
