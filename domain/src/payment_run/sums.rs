//! How much a run pays: items and one total a currency.

use serde::{Deserialize, Serialize};

use crate::money::Money;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Sums {
    /// Transfers are to one vendor's account each; an item is one instalment of one invoice.
    pub payments: u32,
    pub items: u32,
    /// In the order in which the currencies were first met.
    pub totals: Vec<Money>,
}

impl Sums {
    pub fn put_in(&mut self, amount: Money) {
        self.items += 1;
        match self.totals.iter_mut().find(|total| total.currency() == amount.currency()) {
            Some(total) => *total = Money::rounded(total.amount() + amount.amount(), amount.currency()),
            None => self.totals.push(amount),
        }
    }

    pub fn take_out(&mut self, amount: Money, last_of_payment: bool) {
        self.items = self.items.saturating_sub(1);
        self.payments = self.payments.saturating_sub(u32::from(last_of_payment));
        if let Some(total) = self.totals.iter_mut().find(|total| total.currency() == amount.currency()) {
            *total = Money::rounded(total.amount() - amount.amount(), amount.currency());
        }
    }
}
