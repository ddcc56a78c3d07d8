//! The provider rail: transfers over HTTP, and the messages that a provider sends of itself.

mod address;
mod client;
mod message;
mod webhook;

pub use address::{AddressRefusal, Reach, admitted};
pub use client::HttpRail;
pub use message::StatedTransfer;
pub use webhook::{SECRET_BYTES_MIN, SignatureRefusal, SignedHeaders, WebhookSecret, verify};
