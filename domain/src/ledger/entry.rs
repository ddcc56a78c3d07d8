//! An entry of the journal: lines that balance.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::chart::Code;
use crate::money::{Currency, Money};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub effective_date: NaiveDate,
    pub reason: Reason,
    pub document: Document,
    /// The vendor, or the customer, whose account moves.
    pub party: Option<Uuid>,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub account: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<Code>,
    /// Debit above zero, credit below.
    pub amount: Money,
    /// The same in the books' currency; `None` as long as no exchange rate is known.
    pub base: Option<Decimal>,
}

/// What an entry is about, and what moved it beside that: the payment of an invoice, the order of goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub kind: DocumentType,
    pub id: Uuid,
    pub related: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DocumentType {
    Invoice,
    Payment,
    Receivable,
    Stock,
    JournalEntry,
    /// Of a statement.
    BankLine,
}

/// Why something was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    InvoiceReceived,
    /// Takes back what an amendment replaces.
    InvoiceReversed,
    InvoiceAmended,
    /// What it was spent on goes to other accounts, cost centres or projects.
    InvoiceCoded,
    InvoiceRejected,
    /// Submitted once more after a rejection: it counts again.
    InvoiceResubmitted,
    InvoiceVoided,
    PaymentSettled,
    PaymentReturned,
    /// A payment that settles nothing: the vendor owes it.
    PaidOnAccount,
    /// Paid early: part of the liability was never paid.
    DiscountTaken,
    DiscountReversed,
    /// Kept back from a vendor and owed to the tax authority.
    TaxWithheld,
    WithholdingReversed,
    /// A credit note was set off against an invoice: said on both.
    CreditApplied,
    CreditReversed,
    /// An invoice has what was paid before it: said on both.
    PrepaymentApplied,
    PrepaymentTakenBack,
    /// The vendor paid back a credit note, or what was left of a prepayment.
    VendorRefunded,
    RefundReversed,
    /// Kept back: owed still, and payable later.
    Retained,
    RetentionReleased,
    WrittenOff,
    WriteOffReversed,
    ReceivableIssued,
    ReceivableCancelled,
    /// A customer paid.
    ReceivablePaid,
    ReceivablePaymentTakenBack,
    /// Paid early: part of it was never paid.
    DiscountGranted,
    DiscountGrantedTakenBack,
    /// Part of it is not owed after all.
    ReceivableCredited,
    /// A customer has money back.
    CustomerRefunded,
    CustomerRefundTakenBack,
    ReceivableWrittenOff,
    ReceivableReinstated,
    GoodsReceived,
    /// Went back to the vendor.
    GoodsReturned,
    GoodsIssued,
    /// A customer brought back what had been issued.
    GoodsBroughtBack,
    StockAdjusted,
    StockCounted,
    /// From place to place: it stays on one account.
    StockTransferred,
    /// Goods cost something else than they came in at: their invoice's price, or freight and duty.
    StockRevalued,
    /// What had left before cost something else than was booked.
    CostAdjusted,
    Manual,
    ManualReversed,
    /// What is owed, or held at banks, in other currencies, at the closing rate of a period. Named for what was revalued first.
    PayablesRevalued,
    /// On the day after.
    RevaluationReversed,
    /// What a period cost and nobody has invoiced.
    Accrued,
    /// On the next period's first day.
    AccrualReversed,
    /// The bank's account moved by a payment that had left the books' side before.
    StatementMatched,
    StatementUnmatched,
    /// Fees, interest and what else no payment explains.
    StatementBooked,
    StatementBookingReversed,
    /// What a bank account held before its first statement in the books.
    OpeningBalance,
    OpeningBalanceReversed,
    /// The exchange rate became known: what was posted without one is posted with it.
    Translated,
}

/// A defect of ours: such an entry is never written, and never made to fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry does not balance: {difference} {currency} is left over")]
pub struct Unbalanced {
    pub difference: Decimal,
    pub currency: String,
}

impl Entry {
    /// The entry, if debits equal credits in each currency, and in base if every line has a base amount.
    pub fn balanced(self) -> Result<Self, Unbalanced> {
        let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
        for line in &self.lines {
            *sums.entry(line.amount.currency().code()).or_default() += line.amount.amount();
        }
        // Lines have base amounts all together or not at all, also where some replace others.
        sums.insert("base", self.lines.iter().filter_map(|line| line.base).sum());
        match sums.iter().find(|(_, sum)| !sum.is_zero()) {
            Some((currency, difference)) => Err(Unbalanced { difference: *difference, currency: (*currency).to_owned() }),
            None => Ok(self),
        }
    }

    /// The same the other way round: what it posted is gone.
    pub fn reversed(lines: &[Line]) -> Vec<Line> {
        lines.iter().map(Line::reversed).collect()
    }
}

impl Line {
    pub fn on(account: Code, amount: Money) -> Self {
        Self { account, cost_centre: None, project: None, tax_code: None, amount, base: None }
    }

    /// In the books' currency alone: a gain or loss of exchange.
    pub fn in_base(account: Code, base: Decimal, currency: Currency) -> Self {
        Self { base: Some(base), ..Self::on(account, Money::zero(currency)) }
    }

    pub fn reversed(&self) -> Self {
        Self { amount: self.amount.negated(), base: self.base.map(|b| -b), ..self.clone() }
    }
}
