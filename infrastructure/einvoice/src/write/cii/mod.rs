//! UN/CEFACT CII, in the order of its schemas (D16B and D22B) and the binding of EN 16931-3-3.

mod adjustment;
mod agreement;
mod document;
mod line;
mod party;
mod payment;
mod settlement;

pub use document::write_cii;
