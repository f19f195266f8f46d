//! Bounded models, checked by stateright: see `tests/bounded`. Every order of events up to a bound that is said,
//! not some of them. Where the real machine is pure and small enough, it is the model's own step.
