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
//! A reader of one's own names elements and says which of them states which term; the rules then work on it as on any other:
//!
//! ```
//! use quittance_einvoice::outline::OutlineBuilder;
//! use quittance_einvoice::rules::{RuleSet, validate};
//! use quittance_einvoice::{Invoice, Syntax};
//!
//! let mut builder = OutlineBuilder::for_text_of(64);
//! for (name, text) in [("ubl:Invoice", ""), ("cbc:ID", "2026-7")] {
//!     let name = builder.name(name);
//!     builder.open(name)?;
//!     builder.text(text)?;
//! }
//! builder.close();
//! builder.close();
//! let outline = builder.finish().expect("a root");
//! let mut invoice = Invoice::new(&outline, Syntax::UblInvoice);
//! outline.root().children().for_each(|number| invoice.number.state(number));
//! let report = validate(&invoice, &[RuleSet::En16931Ubl]);
//! assert!(report.findings.iter().any(|finding| finding.rule == "BR-03")); // it has no issue date ...
//! assert!(report.findings.iter().all(|finding| finding.rule != "BR-02")); // ... but a number
//! # Ok::<(), quittance_einvoice::outline::OutlineFull>(())
//! ```
//!
//! No input or output, no clock, no float; nothing here panics on any document.

pub mod canonical;
mod capture;
pub mod model;
pub mod order;
pub mod outline;
pub mod rules;
mod skonto;
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
pub use skonto::{DiscountOffer, discount_offers};
pub use specification::Specification;
pub use syntax::Syntax;
pub use term::{Term, Terms};
pub use totals::{Level, TotalsCheck, TotalsFinding, check_totals};
