//! UBL 2.1 to the models, element by element: Invoice and CreditNote in the binding of EN 16931-3-2, Order and DespatchAdvice.

mod adjustment;
mod despatch;
mod document;
mod line;
mod order;
mod party;
mod payment;
mod reference;

pub(crate) use despatch::despatch_advice;
pub(crate) use document::invoice;
pub(crate) use order::order;
