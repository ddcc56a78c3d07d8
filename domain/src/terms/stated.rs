//! What a document itself says of when which part of it is due.

use rust_decimal::Decimal;

use super::agreed::{AgreedTerms, Instalment};
use crate::invoice::InvoiceDocument;
use crate::money::Money;

impl AgreedTerms {
    /// The parts that the document states, as shares of what is owed; `None` where it states none, or they are not what is due.
    pub(super) fn stated_parts(document: &InvoiceDocument, payable: Money) -> Option<Vec<Instalment>> {
        let stated = &document.payment.instalments;
        let weights: Vec<Decimal> = stated.iter().map(|part| part.amount).collect();
        let hold = stated.len() > 1 && weights.iter().all(|weight| *weight > Decimal::ZERO);
        if !hold || weights.iter().copied().fold(Decimal::ZERO, Decimal::saturating_add) != document.totals.payable {
            return None;
        }
        let amounts = payable.allocate(&weights)?;
        Some(stated.iter().zip(amounts).map(|(part, amount)| Instalment { due_date: part.due_date, amount }).collect())
    }

    /// What is owed at once is due in the parts that the document states, or on its day. Days that count from the goods are not the document's.
    pub fn due_as_stated(mut self, document: &InvoiceDocument, payable: Money) -> Self {
        let parts = Self::stated_parts(document, payable).filter(|_| self.awaiting_goods.is_none() && self.instalments.len() == 1);
        match (parts, document.due_date) {
            (Some(parts), _) => self.instalments = parts,
            (None, Some(stated)) => return self.due_on(stated),
            (None, None) => {}
        }
        self
    }
}
