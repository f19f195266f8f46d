//! The business wing played through.
