//! How much a run pays: items and one total a currency.

use serde::{Deserialize, Serialize};

use crate::money::Money;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Sums {
    /// Transfers are to one vendor's account each; an item is one instalment of one invoice.
    pub payments: u32,
    pub items: u32,
    /// What leaves, in the order in which the currencies were first met.
    pub totals: Vec<Money>,
    /// Tax that is kept back: with it, the totals are what the run settles in money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Money>,
}

impl Sums {
    pub fn put_in(&mut self, leaves: Money, withheld: Option<Money>) {
        self.items += 1;
        add(&mut self.totals, leaves);
        if let Some(tax) = withheld.filter(|tax| !tax.is_zero()) {
            add(&mut self.withheld, tax);
        }
    }

    pub fn take_out(&mut self, leaves: Money, withheld: Option<Money>, last_of_payment: bool) {
        self.items = self.items.saturating_sub(1);
        self.payments = self.payments.saturating_sub(u32::from(last_of_payment));
        take(&mut self.totals, leaves);
        if let Some(tax) = withheld {
            take(&mut self.withheld, tax);
        }
    }
}

fn add(sums: &mut Vec<Money>, amount: Money) {
    match sums.iter_mut().find(|sum| sum.currency() == amount.currency()) {
        Some(sum) => *sum = Money::rounded(sum.amount() + amount.amount(), amount.currency()),
        None => sums.push(amount),
    }
}

fn take(sums: &mut [Money], amount: Money) {
    if let Some(sum) = sums.iter_mut().find(|sum| sum.currency() == amount.currency()) {
        *sum = Money::rounded(sum.amount() - amount.amount(), amount.currency());
    }
}
