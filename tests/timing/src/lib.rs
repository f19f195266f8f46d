//! Constant time, measured with dudect: see `tests/constant_time`. Two classes of inputs in random turns, and
//! Welch's t between the times that they took; what the machine does besides falls on both alike.
