//! What every invoice of a series says: all but its number and its date.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::RecurringInvoiceRefusal;
use crate::ids::VendorId;
use crate::invoice::{DocumentKind, InvoiceDocument, InvoiceLine, PaymentInstructions, References, normalised_number, totals};
use crate::money::{Currency, Money};
use crate::party::Party;

/// Each line's net amount has been computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Template {
    pub vendor_id: VendorId,
    /// An invoice's number is this, a dash and its date.
    pub number_prefix: String,
    pub currency: Currency,
    #[serde(default)]
    pub references: References,
    /// BT-83.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance: Option<String>,
    pub lines: Vec<InvoiceLine>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Template {
    pub(super) fn check(&self) -> Result<(), RecurringInvoiceRefusal> {
        if normalised_number(&self.number_prefix).is_empty() {
            return Err(RecurringInvoiceRefusal::NumberMissing);
        }
        match self.payable() {
            Some(payable) if payable.is_positive() => Ok(()),
            _ => Err(RecurringInvoiceRefusal::AmountNotPositive),
        }
    }

    /// What each invoice comes to.
    pub fn payable(&self) -> Option<Money> {
        let (_, totals) = totals::totals(&self.lines, &[], Default::default(), Default::default(), self.currency)?;
        Money::exact(totals.payable, self.currency).ok()
    }

    /// The invoice of a day, with what is payable. `None` if it cannot be reckoned, which a template that was taken always can.
    pub fn invoice(&self, on: NaiveDate, seller: Party) -> Option<(InvoiceDocument, Money)> {
        let (tax_breakdown, totals) = totals::totals(&self.lines, &[], Default::default(), Default::default(), self.currency)?;
        let payable = Money::exact(totals.payable, self.currency).ok()?;
        let document = InvoiceDocument {
            kind: DocumentKind::Invoice,
            type_code: "380".to_owned(),
            number: format!("{}-{on}", self.number_prefix),
            issue_date: on,
            due_date: None,
            currency: self.currency,
            seller,
            buyer: None,
            payee: None,
            references: self.references.clone(),
            payment: PaymentInstructions { remittance: self.remittance.clone(), ..PaymentInstructions::default() },
            lines: self.lines.clone(),
            adjustments: vec![],
            tax_breakdown,
            totals,
            accounted_tax: None,
            notes: self.notes.clone(),
        };
        Some((document, payable))
    }
}
