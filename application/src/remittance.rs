//! Remittance advice: what one payment pays a vendor for, to be sent to the vendor.

use chrono::NaiveDate;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{InvoiceId, PaymentId, VendorId};
use quittance_domain::invoice::Invoice;
use quittance_domain::party::Address;
use quittance_domain::payment::{CreditSetOff, CreditorItem, Method, Payment, PaymentPlan};
use quittance_domain::withholding::Withholding;
use quittance_domain::{Currency, Money};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// One vendor's part of a payment.
#[derive(Clone, Debug, PartialEq)]
pub struct RemittanceAdvice {
    pub payment_id: PaymentId,
    pub method: Method,
    pub payer: String,
    /// When the bank is asked to move the money.
    pub payment_date: NaiveDate,
    pub vendor_id: VendorId,
    pub payee: String,
    pub payee_address: Address,
    pub account: Option<BankAccount>,
    pub lines: Vec<RemittanceLine>,
    /// Credits that its run has set off, so that less is paid.
    pub set_off: Vec<CreditSetOff>,
    pub paid: Money,
    pub discount: Money,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RemittanceLine {
    pub invoice_id: InvoiceId,
    pub invoice_number: String,
    pub invoice_date: NaiveDate,
    pub invoice_amount: Money,
    /// Taken off for paying early, by this payment.
    pub discount: Money,
    /// Kept back by this payment, and owed to the tax authority.
    pub withheld: Option<Withholding>,
    pub paid: Money,
    /// What the bank's statement names the transfer by.
    pub end_to_end_id: String,
}

/// Looks a payment up with its invoices; answers one advice a vendor, in the order of the plan.
pub struct AdviseRemittance(pub PaymentId);

impl UseCase for AdviseRemittance {
    type Output = Vec<RemittanceAdvice>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Vec<RemittanceAdvice>, Failure> {
        let payment = work.load::<Payment>(self.0).await?;
        let plan = payment.plan()?;
        let mut advices: Vec<RemittanceAdvice> = Vec::new();
        for item in &plan.items {
            let line = self.line(work, item).await?;
            match advices.iter_mut().find(|advice| advice.vendor_id == item.vendor_id && advice.account == item.creditor_account) {
                Some(advice) => advice.add(line),
                None => advices.push(RemittanceAdvice::begin(self.0, plan, item, line)),
            }
        }
        Ok(advices)
    }
}

impl AdviseRemittance {
    async fn line(&self, work: &mut Work<'_>, item: &CreditorItem) -> Result<RemittanceLine, Failure> {
        let invoice = work.load::<Invoice>(item.invoice_id).await?;
        let payable = invoice.received()?;
        Ok(RemittanceLine {
            invoice_id: item.invoice_id,
            invoice_number: item.invoice_number.clone(),
            invoice_date: payable.document.issue_date,
            invoice_amount: payable.payable,
            discount: payable.discount_of(self.0),
            withheld: item.withheld.clone(),
            paid: item.amount,
            end_to_end_id: item.end_to_end_id.clone(),
        })
    }
}

impl RemittanceAdvice {
    fn begin(payment_id: PaymentId, plan: &PaymentPlan, item: &CreditorItem, line: RemittanceLine) -> Self {
        Self {
            payment_id,
            method: plan.method,
            payer: plan.debtor_name.clone(),
            payment_date: plan.execution_date,
            vendor_id: item.vendor_id,
            payee: item.creditor_name.clone(),
            payee_address: item.creditor_address.clone(),
            account: item.creditor_account.clone(),
            // A run's payment is to one account of one vendor.
            set_off: plan.set_off.clone(),
            paid: line.paid,
            discount: line.discount,
            lines: vec![line],
        }
    }

    fn add(&mut self, line: RemittanceLine) {
        // A payment is in one currency, so the sums exist.
        let sum = |a: Money, b: Money| Money::rounded(a.amount() + b.amount(), a.currency());
        (self.paid, self.discount) = (sum(self.paid, line.paid), sum(self.discount, line.discount));
        self.lines.push(line);
    }

    /// All of a payment to one vendor, whichever accounts its invoices name.
    pub fn joined(advices: Vec<Self>) -> Option<Self> {
        advices.into_iter().reduce(|mut all, next| {
            next.lines.into_iter().for_each(|line| all.add(line));
            all
        })
    }

    pub fn currency(&self) -> Currency {
        self.paid.currency()
    }
}
