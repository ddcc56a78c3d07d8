//! Orders and despatch advices: what was ordered and what is on its way, as documents of UBL or Order-X state them.
//!
//! Built like the invoice and of the same parts: [`Order`] and [`DespatchAdvice`] are views on an outline, complete or not;
//! [`capture_order`] and [`capture_despatch_advice`] make them complete and owned, or name the terms in the way. Terms that an
//! invoice has too keep its numbers in the docs of their parts; the others have names only.

mod advice;
mod canonical;
mod capture;
mod document;
mod line;

pub use advice::{DespatchAdvice, DespatchLine};
pub use canonical::{
    CanonicalDespatchAdvice, CanonicalDespatchLine, CanonicalOrder, CanonicalOrderLine, CanonicalOrderReferences, CanonicalOrderTotals,
};
pub use capture::{capture_despatch_advice, capture_order};
pub use document::{Order, OrderKind, OrderReferences, OrderSyntax};
pub use line::OrderLine;
