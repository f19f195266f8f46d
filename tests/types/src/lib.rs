//! Misuse that does not compile. Everything is in `cases`: each file of `cases/fail` has a twin of
//! the same name in `cases/pass`, which differs by the one thing that is misused.
//! Knows: both wings, because it tries to mix them. Never knows: how anything behaves when it runs.
