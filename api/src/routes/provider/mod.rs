//! The provider rail: accounts at providers, their secrets, the transfers they make, the messages they send.

pub mod account;
pub mod secret;
pub mod webhook;
