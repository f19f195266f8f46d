//! What log lines say, and what they never say.
