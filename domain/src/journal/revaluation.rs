//! What vendors are owed, customers owe and bank accounts hold in other currencies, brought to a period's closing rate (SEMANTICS 6):
//! posted on its last day, taken back on the next, never touching what documents and lines of statements themselves are carried at.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ManualLine;
use crate::chart::{Chart, Code, PostingRole};
use crate::ids::BankAccountId;
use crate::money::{Currency, Money};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revaluation {
    /// The last position of the log that was looked at.
    pub through: i64,
    /// What vendors are owed, one a currency.
    pub currencies: Vec<RevaluedCurrency>,
    /// What customers owe, one a currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receivables: Vec<RevaluedCurrency>,
    /// One a bank account that is kept in another currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holdings: Vec<RevaluedHolding>,
}

/// A bank account on the day: how it came to its difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevaluedHolding {
    pub bank_account_id: BankAccountId,
    /// What the books keep of it: its value in their currency moves, its amount does not.
    pub account_code: Code,
    /// Debit above zero.
    pub held: Money,
    #[serde(flatten)]
    pub value: ClosingValue,
}

/// One currency on the day: how it came to its difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevaluedCurrency {
    /// What is open in it.
    pub open: Money,
    #[serde(flatten)]
    pub value: ClosingValue,
}

/// What an amount is worth in the books' currency, and at the closing rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClosingValue {
    /// What the books carry it at: the rates of what moved it, and what was revalued before as of the same day.
    pub carried: Money,
    /// An amount becomes one of the books' currency by `× numerator ÷ denominator`.
    pub numerator: Decimal,
    pub denominator: Decimal,
    /// The day of the rate, and who said so.
    pub quoted_on: NaiveDate,
    pub source: String,
    /// The amount at that rate.
    pub closing: Money,
}

impl ClosingValue {
    /// Above zero it is more than the books carry.
    pub fn difference(&self) -> Money {
        Money::rounded(self.closing.amount() - self.carried.amount(), self.closing.currency())
    }
}

/// Where a revaluation is posted.
pub struct RevaluationAccounts {
    pub payables: Code,
    pub receivables: Code,
    pub gain: Code,
    pub loss: Code,
}

impl RevaluationAccounts {
    /// `None` where the chart has no account for one of them.
    pub fn of(chart: &Chart) -> Option<Self> {
        let account = |role| chart.posting_account(role).cloned();
        Some(Self {
            payables: account(PostingRole::PayablesRevaluation)?,
            receivables: account(PostingRole::ReceivablesRevaluation)?,
            gain: account(PostingRole::UnrealisedFxGain)?,
            loss: account(PostingRole::UnrealisedFxLoss)?,
        })
    }
}

impl Revaluation {
    /// Without what is carried at its closing rate already.
    pub fn lines(&self, accounts: &RevaluationAccounts) -> Vec<ManualLine> {
        let owed = self.currencies.iter().map(|one| (&accounts.payables, one.open.currency(), one.value.difference().negated()));
        let due = self.receivables.iter().map(|one| (&accounts.receivables, one.open.currency(), one.value.difference()));
        let held = self.holdings.iter().map(|one| (&one.account_code, one.held.currency(), one.value.difference()));
        owed.chain(due)
            .chain(held)
            .filter(|(.., debit)| !debit.is_zero())
            .flat_map(|(account, about, debit)| accounts.lines(account, about, debit))
            .collect()
    }
}

impl RevaluationAccounts {
    /// In the books' currency alone, under the currency that it is about.
    fn lines(&self, account: &Code, about: Currency, debit: Money) -> [ManualLine; 2] {
        let line = |account: &Code, base| ManualLine {
            account: account.clone(),
            cost_centre: None,
            project: None,
            tax_code: None,
            amount: Money::zero(about),
            base,
        };
        let against = if debit.is_positive() { &self.gain } else { &self.loss };
        [line(account, debit), line(against, debit.negated())]
    }
}
