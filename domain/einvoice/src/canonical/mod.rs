//! The invoice as the engine stores it: complete, typed, owned, and the same whatever syntax it came in.
//!
//! What means the same is the same here: no zeros behind the point, blanks collapsed, identifiers and breakdown in order,
//! a price basis of 1 where none is stated, sums of nothing as 0, the tax point codes of UBL.

mod document;
mod line;
mod party;
mod payment;

pub use document::{
    CanonicalAdjustment, CanonicalAttachment, CanonicalDelivery, CanonicalInvoice, CanonicalNote, CanonicalPeriod, CanonicalReferences,
    CanonicalTax, CanonicalTotals, PrecedingNumber,
};
pub use line::{CanonicalAttribute, CanonicalClassification, CanonicalItem, CanonicalLine, CanonicalPrice};
pub use party::{CanonicalAddress, CanonicalContact, CanonicalParty, Identifier};
pub use payment::{
    CanonicalAccount, CanonicalCard, CanonicalDiscount, CanonicalPayment, CanonicalPaymentMeans, CanonicalPrepayment,
    CanonicalThirdPartyPayment, Instalment,
};
