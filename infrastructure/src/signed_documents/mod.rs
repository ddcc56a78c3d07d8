//! Documents that leave the house signed: JWS in compact form (RFC 7515) with Ed25519 (RFC 8037), and the public keys as a JWKS (RFC 7517).
//!
//! Who verifies trusts nothing but the keys: one algorithm, one type, a known key, or it is refused. The cryptography is ring's.

mod jws;
mod keys;

pub use jws::{JwsRefusal, TrustedKeys, Verified};
pub use keys::{PublicKey, SigningKeys, new_key};
