//! A payment by cheque: one payee, one number of the account's series, cashed or voided whole.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::event::{PaymentEvent, PaymentPlan};
use super::method::Method;
use super::refusal::PaymentRefusal;
use super::state::{InFlight, Payment};
use crate::aggregate::Claim;
use crate::ids::{BankAccountId, UserId};

/// A cheque that was written; the plan says to whom and over what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cheque {
    /// The company's account that it is drawn on.
    pub bank_account_id: BankAccountId,
    pub number: u64,
    pub issued_on: NaiveDate,
}

/// The unique fact that a number of an account's cheques was used.
pub fn cheque_claim(account: BankAccountId, number: u64) -> Claim {
    Claim::of(format!("cheque:{account}:{number}"), "cheque_number_taken")
}

impl PaymentPlan {
    /// A cheque is made out to one.
    pub(super) fn has_one_payee(&self) -> bool {
        self.items.windows(2).all(|pair| pair[0].vendor_id == pair[1].vendor_id)
    }
}

impl Payment {
    pub fn cheque(&self) -> Option<&Cheque> {
        if let Self::Sent(sent) = self { sent.cheque.as_ref() } else { None }
    }

    pub(super) fn write_cheque(&self, by: UserId, at: DateTime<Utc>, cheque: Cheque) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        if self.cheque() == Some(&cheque) {
            return Ok(vec![]);
        }
        let mut events = self.start(by, at, |method| method == Method::Cheque)?;
        events.push(PaymentEvent::ChequeWritten { cheque });
        Ok(events)
    }
}

impl InFlight {
    /// Nobody cashes part of a cheque.
    pub(super) fn is_whole(&self, named: Option<&Vec<u32>>) -> Result<(), PaymentRefusal> {
        match named {
            Some(lines) if self.cheque.is_some() && self.items.iter().any(|item| !lines.contains(&item.line)) => {
                Err(PaymentRefusal::ChequeIsWhole)
            }
            _ => Ok(()),
        }
    }
}
