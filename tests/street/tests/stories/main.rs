//! The street's stories: the whole house, seen from outside.
//! Knows: real processes and files. Never knows: anything inside the crates.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod certificate;
#[cfg(test)]
mod files;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod previews;
#[cfg(test)]
mod walkthrough;
#[cfg(test)]
mod wings;
