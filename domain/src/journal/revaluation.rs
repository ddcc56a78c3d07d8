//! What vendors are owed and what bank accounts hold in other currencies, brought to a period's closing rate (SEMANTICS 6): posted on its
//! last day, taken back on the next, never touching what invoices and lines of statements themselves are carried at.

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
    /// One a currency.
    pub currencies: Vec<RevaluedCurrency>,
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
    /// What the books carry that at: the rates of what moved it, and what was revalued before as of the same day.
    pub carried: Money,
    /// An amount becomes one of the books' currency by `× numerator ÷ denominator`.
    pub numerator: Decimal,
    pub denominator: Decimal,
    /// The day of the rate, and who said so.
    pub quoted_on: NaiveDate,
    pub source: String,
    /// What is held at that rate.
    pub closing: Money,
}

impl RevaluedHolding {
    /// Above zero, more is held than the books carry: a gain.
    pub fn difference(&self) -> Money {
        Money::rounded(self.closing.amount() - self.carried.amount(), self.closing.currency())
    }

    fn lines(&self, accounts: &RevaluationAccounts) -> [ManualLine; 2] {
        let difference = self.difference();
        let against = if difference.is_positive() { &accounts.gain } else { &accounts.loss };
        let about = self.held.currency();
        [in_base_alone(&self.account_code, about, difference), in_base_alone(against, about, difference.negated())]
    }
}

/// In the books' currency alone, under the currency that it is about.
fn in_base_alone(account: &Code, about: Currency, base: Money) -> ManualLine {
    ManualLine { account: account.clone(), cost_centre: None, project: None, tax_code: None, amount: Money::zero(about), base }
}

/// One currency on the day: how it came to its difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevaluedCurrency {
    /// What is owed in it.
    pub open: Money,
    /// What the books carry that at: the invoices' own rates, and what was revalued before as of the same day.
    pub carried: Money,
    /// An amount becomes one of the books' currency by `× numerator ÷ denominator`.
    pub numerator: Decimal,
    pub denominator: Decimal,
    /// The day of the rate, and who said so.
    pub quoted_on: NaiveDate,
    pub source: String,
    /// What is owed at that rate.
    pub closing: Money,
}

impl RevaluedCurrency {
    /// Above zero, more is owed than the books carry: a loss.
    pub fn difference(&self) -> Money {
        Money::rounded(self.closing.amount() - self.carried.amount(), self.closing.currency())
    }

    fn lines(&self, accounts: &RevaluationAccounts) -> [ManualLine; 2] {
        let difference = self.difference();
        let against = if difference.is_positive() { &accounts.loss } else { &accounts.gain };
        let about = self.open.currency();
        [in_base_alone(&accounts.payables, about, difference.negated()), in_base_alone(against, about, difference)]
    }
}

/// Where a revaluation is posted.
pub struct RevaluationAccounts {
    pub payables: Code,
    pub gain: Code,
    pub loss: Code,
}

impl RevaluationAccounts {
    /// `None` where the chart has no account for one of them.
    pub fn of(chart: &Chart) -> Option<Self> {
        let account = |role| chart.posting_account(role).cloned();
        Some(Self {
            payables: account(PostingRole::PayablesRevaluation)?,
            gain: account(PostingRole::UnrealisedFxGain)?,
            loss: account(PostingRole::UnrealisedFxLoss)?,
        })
    }
}

impl Revaluation {
    /// Without what is carried at its closing rate already.
    pub fn lines(&self, accounts: &RevaluationAccounts) -> Vec<ManualLine> {
        let moved = self.currencies.iter().filter(|currency| !currency.difference().is_zero());
        let held = self.holdings.iter().filter(|holding| !holding.difference().is_zero());
        moved.flat_map(|currency| currency.lines(accounts)).chain(held.flat_map(|holding| holding.lines(accounts))).collect()
    }
}
