//! What others may know of cheques.

use quittance_domain::chequebook::{ChequebookEvent as Event, PositivePayFile};
use quittance_domain::payment::{Cheque, SentFile};
use serde_json::Value;

use super::data;

pub fn book(event: &Event) -> Value {
    match event {
        Event::Opened { bank_account_id, first_number, by } => data! { bank_account_id, first_number, by },
        Event::NumberTaken { number, payment_id } => data! { number, payment_id },
        Event::NumberVoided { number, on, by, reason } => data! { number, on, by, reason },
        Event::PositivePayLayoutAgreed { layout, by } => data! { layout, by },
        Event::PositivePayWritten { file: written, by } => {
            let PositivePayFile { from, to, payment_run_id, file } = &**written;
            let SentFile { format, message_id, transactions, control_sum, sha256, ach_control: _ } = file;
            let file = data! { format, message_id, transactions, control_sum, sha256 };
            data! { file: data! { from, to, payment_run_id, file }, by }
        }
    }
}

pub(super) fn written(Cheque { bank_account_id, number, issued_on }: &Cheque) -> Value {
    data! { bank_account_id, number, issued_on }
}
