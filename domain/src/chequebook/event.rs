//! What happened to a chequebook. Stored for ever: change only by a new version and an upcaster.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::PositivePayLayout;
use crate::ids::{BankAccountId, PaymentId, PaymentRunId, UserId};
use crate::payment::SentFile;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChequebookEvent {
    Opened {
        bank_account_id: BankAccountId,
        first_number: u64,
        by: UserId,
    },
    /// A payment's cheque has this number.
    NumberTaken {
        number: u64,
        payment_id: PaymentId,
    },
    /// Nothing was ever written on it.
    NumberVoided {
        number: u64,
        on: NaiveDate,
        by: UserId,
        reason: String,
    },
    /// The bank was told which cheques it may pay; the bytes are kept by their hash.
    PositivePayWritten {
        file: Box<PositivePayFile>,
        by: UserId,
    },
    /// From now on the bank reads its lists in this form.
    PositivePayLayoutAgreed {
        layout: Box<PositivePayLayout>,
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PositivePayFile {
    /// Cheques that were issued or voided from this day on.
    pub from: NaiveDate,
    /// The last such day.
    pub to: NaiveDate,
    /// The cheques of this run alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_run_id: Option<PaymentRunId>,
    /// Its transactions are cheques; its control sum is of those that may be paid.
    pub file: SentFile,
}
