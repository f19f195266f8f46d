//! What may not show in the time that something takes: where a comparison fails, where a forgery is broken.
//! Knows: inputs of two classes. Never knows: how the answer is found.

#[cfg(test)]
mod comparison;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod opening;
