//! A line that names a cheque of ours: what does not fit it is told, and never matched by itself.

use serde::{Deserialize, Serialize};

use super::event::{BankStatementEvent, StatementLine};
use super::state::{BankStatementRefusal, Imported};
use crate::chequebook::Book;
use crate::ids::PaymentId;
use crate::money::Money;
use crate::payment::{ItemState, Payment};

/// What is wrong with a cheque that the bank presents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChequeException {
    pub number: u64,
    /// The payment that it was written for; absent where nothing was ever written on the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    pub finding: ChequeFinding,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChequeFinding {
    /// It was written over another amount.
    AmountDiffers { written: Money },
    /// The cheque, or its empty form, was voided.
    Voided,
    /// Another line of the account tells of it already.
    PresentedBefore,
}

impl StatementLine {
    /// The number of the cheque that the line names, without the zeros that banks put before it.
    pub fn cheque(&self) -> Option<u64> {
        let written = self.cheque_number.as_deref()?.trim();
        let digits = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
        written.parse().ok().filter(|number| digits && (1..=Book::NUMBER_MAX).contains(number))
    }

    /// What is wrong with the cheque of a payment that this line presents, as far as the payment knows.
    pub fn misfit(&self, payment: &Payment) -> Option<ChequeFinding> {
        let plan = payment.plan().ok()?;
        let voided = plan.items.iter().all(|item| payment.item_state(item.line) == Some(ItemState::Failed));
        match self.amount.negated() {
            _ if voided => Some(ChequeFinding::Voided),
            presented if presented != plan.total => Some(ChequeFinding::AmountDiffers { written: plan.total }),
            _ => None,
        }
    }
}

impl Imported {
    pub(super) fn except(&self, line: u32, exception: ChequeException) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        self.line(line)?;
        let explained = self.matched.contains_key(&line) || self.booked.contains_key(&line);
        let told = self.cheque_exceptions.get(&line) == Some(&exception);
        Ok(if explained || told { vec![] } else { vec![BankStatementEvent::ChequeExceptionFound { line, exception }] })
    }
}
