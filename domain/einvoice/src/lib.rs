//! One neutral electronic invoice (EN 16931 business terms) and its pure calculations.
//!
//! - A reader (crate `quittance-einvoice-formats`, whose head shows the use) makes an [`Outline`] of a document.
//! - An [`Invoice`] is the business terms as a view on the outline, whichever syntax it is in. A term may be missing, empty,
//!   unreadable or repeated, and knows its place: `invoice.number.text()`, `line.net_amount.value()`, `line.at.xpath()`.
//! - [`check_totals`] computes every sum again and names those that do not hold, officially or exactly.
//! - [`rules::validate`] holds it against the official books of rules that [`rules::rule_sets_of`] names.
//! - [`order`] has the same for orders and despatch advices.
//! - [`capture()`] makes a [`CanonicalInvoice`] of it, complete and owned, the same for every syntax, or names the terms in the way.
//!
//! No input or output, no clock, no float; nothing here panics on any document.

pub mod canonical;
mod capture;
pub mod model;
pub mod order;
pub mod outline;
pub mod rules;
mod specification;
mod syntax;
mod term;
mod totals;
pub mod value;

pub use canonical::CanonicalInvoice;
pub use capture::{MissingTerm, Problem, capture};
pub use model::Invoice;
pub use order::{DespatchAdvice, Order, OrderKind, OrderSyntax, capture_despatch_advice, capture_order};
pub use outline::{Element, Outline};
pub use specification::Specification;
pub use syntax::Syntax;
pub use term::{Term, Terms};
pub use totals::{Level, TotalsCheck, TotalsFinding, check_totals};
