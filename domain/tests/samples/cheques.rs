//! Chequebooks.

use quittance_domain::chequebook::{ChequebookEvent, PositivePayFile};
use quittance_domain::ids::PaymentRunId;
use quittance_domain::payment::SentFile;
use rust_decimal::dec;
use uuid::Uuid;

use super::Sample;
use crate::fixtures::*;

pub fn chequebooks() -> Vec<Sample<ChequebookEvent>> {
    let list = SentFile {
        format: "positive_pay".to_owned(),
        message_id: "POSITIVE-PAY-1-1".to_owned(),
        transactions: 3,
        control_sum: dec!(1200.00),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        ach_control: None,
    };
    let of_day = PositivePayFile { from: day("2026-03-30"), to: day("2026-03-30"), payment_run_id: None, file: list };
    let of_run = PositivePayFile { payment_run_id: Some(PaymentRunId(Uuid::from_u128(7))), ..of_day.clone() };
    let reason = "torn by the printer".to_owned();
    vec![
        ("", ChequebookEvent::Opened { bank_account_id: OTHER_ACCOUNT, first_number: 1001, by: ERIN }),
        ("", ChequebookEvent::NumberTaken { number: 1001, payment_id: PAYMENT }),
        ("", ChequebookEvent::NumberVoided { number: 1002, on: day("2026-03-30"), by: ERIN, reason }),
        ("", ChequebookEvent::PositivePayWritten { file: Box::new(of_day), by: ERIN }),
        ("of_run", ChequebookEvent::PositivePayWritten { file: Box::new(of_run), by: ERIN }),
    ]
}
