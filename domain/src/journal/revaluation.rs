//! What vendors are owed in other currencies, brought to a period's closing rate (SEMANTICS 6): posted on its last day,
//! taken back on the next, never touching what the invoices themselves are carried at.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ManualLine;
use crate::chart::{Chart, Code, PostingRole};
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revaluation {
    /// The last position of the log that was looked at.
    pub through: i64,
    /// One a currency.
    pub currencies: Vec<RevaluedCurrency>,
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
        [self.line(&accounts.payables, difference.negated()), self.line(against, difference)]
    }

    /// In the books' currency alone, under the currency that it is about.
    fn line(&self, account: &Code, base: Money) -> ManualLine {
        let amount = Money::zero(self.open.currency());
        ManualLine { account: account.clone(), cost_centre: None, project: None, tax_code: None, amount, base }
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
        moved.flat_map(|currency| currency.lines(accounts)).collect()
    }
}
