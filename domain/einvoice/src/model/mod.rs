//! The invoice as its document states it: EN 16931 business terms by their names, complete or not.
//!
//! Every term is a [`Terms`](crate::Terms): how often it stands there, what was read, and where. A group that may occur once
//! holds what all its occurrences state together, as the rules of the standard read it; `at` is its first occurrence.

mod adjustment;
mod delivery;
mod invoice;
mod line;
mod party;
mod payment;
mod reference;
mod tax;
mod totals;

pub use adjustment::AllowanceCharge;
pub use delivery::{Delivery, Period};
pub use invoice::{Invoice, Note};
pub use line::{Classification, Item, ItemAttribute, Line, Price};
pub use party::{Address, Contact, Party, TaxRegistration, TaxRegistrationKind};
pub use payment::{Account, Card, DiscountTerms, Payment, PaymentMeans, PaymentTerms, PrepaidPayment, ThirdPartyPayment};
pub use reference::{PrecedingInvoice, References, SupportingDocument};
pub use tax::{TaxBreakdown, TaxCategory};
pub use totals::Totals;
