//! What a plan must be before anybody authorises it.

use super::event::PaymentPlan;
use super::method::Method;
use super::refusal::PaymentRefusal;
use crate::money::Money;

impl PaymentPlan {
    /// An invoice claims once for a payment, so an invoice that stood twice would be paid twice and claimed once.
    pub(super) fn checked(self: Box<Self>) -> Result<Box<Self>, PaymentRefusal> {
        if self.items.is_empty() {
            return Err(PaymentRefusal::NoItems);
        }
        if self.method == Method::Provider && self.provider_account_id.is_none() {
            return Err(PaymentRefusal::ProviderAccountMissing);
        }
        let mut sum = Money::zero(self.currency);
        for (index, item) in self.items.iter().enumerate() {
            let line = item.line;
            if self.items[..index].iter().any(|earlier| earlier.line == line || earlier.invoice_id == item.invoice_id) {
                return Err(PaymentRefusal::ItemRepeated { line });
            }
            if !item.amount.is_positive() {
                return Err(PaymentRefusal::AmountNotPositive { line });
            }
            sum = sum.plus(item.amount).map_err(|_| PaymentRefusal::TotalMismatch)?;
        }
        if sum != self.total {
            return Err(PaymentRefusal::TotalMismatch);
        }
        if self.method == Method::Cheque && (self.debtor_account_id.is_none() || !self.has_one_payee()) {
            return Err(PaymentRefusal::ChequeUndrawable);
        }
        let scattered = self.method == Method::Provider && !self.has_one_creditor();
        if scattered { Err(PaymentRefusal::SeveralCreditors) } else { Ok(self) }
    }
}
