//! UN/CEFACT CII to the model, element by element in the binding of EN 16931-3-3, with what Factur-X EXTENDED adds.
//!
//! The order of Order-X is built of the same parts. ZUGFeRD 1 has the same tree under older names, so each old name stands beside the new one.

mod adjustment;
mod agreement;
mod delivery;
mod document;
mod line;
mod order;
mod order_line;
mod party;
mod payment;
mod product;
mod reference;
mod settlement;

pub(crate) use document::invoice;
pub(crate) use order::order;
