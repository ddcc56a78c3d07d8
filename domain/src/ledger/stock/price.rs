//! A new price of goods that came in: it follows them to where they were sent. What nobody has any more is a difference of prices
//! where they came in.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::StockAccount;
use super::movement::{Against, Moved};
use super::worth::Worth;
use crate::chart::Code;
use crate::ledger::books::Books;
use crate::ledger::rate::RateTable;
use crate::stock::{CostCause, ReceiptLine, StockEvent};

/// So many goods of a receipt cost more or less than they came in at.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPrice {
    pub effective_date: NaiveDate,
    receipt: ReceiptLine,
    quantity: Decimal,
    difference: Worth,
    against: Against,
}

impl NewPrice {
    pub fn of(event: &StockEvent, books: &Books, rates: &RateTable) -> Option<Self> {
        let StockEvent::Revalued { cause, receipt, quantity, difference, effective_date, rate_day } = event else { return None };
        let difference = Worth::of(*difference, rate_day.unwrap_or(*effective_date), books, rates);
        Some(Self { effective_date: *effective_date, receipt: *receipt, quantity: *quantity, difference, against: Against::of(cause) })
    }

    /// What each bears: first the stock that the goods came to, also what is nobody's; then those that they were sent to. Nothing
    /// where it has none of them.
    pub fn shared(self, came_to: &StockAccount, sent_to: &[&StockAccount]) -> (Option<Self>, Vec<Option<Self>>) {
        let own = self.borne_by(came_to);
        let (mut first, mut rest) = (self.clone(), self);
        rest.take(own);
        let mut taken = |stock: &&StockAccount| {
            let part = rest.take(rest.borne_by(stock))?;
            first.take_out(&part);
            Some(part)
        };
        let others: Vec<Option<Self>> = sent_to.iter().map(&mut taken).collect();
        let all_elsewhere = first.quantity.is_zero() && others.iter().any(Option::is_some);
        ((!all_elsewhere).then_some(first), others)
    }

    pub(super) fn moved(&self) -> Moved {
        let Self { receipt, quantity, difference, against, .. } = self.clone();
        Moved::Repriced { receipt, quantity, difference, against }
    }

    fn borne_by(&self, stock: &StockAccount) -> Decimal {
        stock.pile.bears(self.receipt, self.against.invoice(), self.quantity)
    }

    /// The last part takes what remains, so that nothing is lost to rounding.
    fn take(&mut self, quantity: Decimal) -> Option<Self> {
        let difference = self.difference.share(quantity, self.quantity);
        let part = Self { quantity, difference, ..self.clone() };
        (!quantity.is_zero()).then(|| {
            self.take_out(&part);
            part
        })
    }

    fn take_out(&mut self, part: &Self) {
        self.quantity -= part.quantity;
        self.difference = self.difference.without(part.difference);
    }
}

impl Against {
    fn of(cause: &CostCause) -> Self {
        match cause {
            CostCause::Invoice { invoice_id } => Self::Invoice(*invoice_id),
            CostCause::CreditNote { invoice_id } => Self::CreditNote(*invoice_id),
            CostCause::LandedCost { cost_account, .. } => Self::Account(Code::clone(cost_account)),
        }
    }
}
