//! Both sides of a business chat: the customer's and the shop's.
//! Knows: everything its owner knows. Never knows: the peer wing.
