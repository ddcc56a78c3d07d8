//! UBL 2.1 Invoice and CreditNote to the model, element by element in the binding of EN 16931-3-2.

mod adjustment;
mod document;
mod line;
mod party;
mod payment;
mod reference;

pub(crate) use document::invoice;
