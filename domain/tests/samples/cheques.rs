//! Chequebooks.

use quittance_domain::chequebook::{
    ChequeColumn, ChequeFact, ChequebookEvent, DatePattern, ListColumn, ListFact, ListShape, PositivePayFile, PositivePayLayout,
};
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
        ("", ChequebookEvent::PositivePayLayoutAgreed { layout: Box::new(PositivePayLayout::usual()), by: ERIN }),
        ("fixed", ChequebookEvent::PositivePayLayoutAgreed { layout: Box::new(fixed()), by: ERIN }),
        ("of_run", ChequebookEvent::PositivePayWritten { file: Box::new(of_run), by: ERIN }),
    ]
}

/// Every fact and every way to write a date.
fn fixed() -> PositivePayLayout {
    let dates = {
        use DatePattern::{Iso, MonthDayShortYear, MonthDayYear, MonthDayYearSlashed, ShortYearMonthDay, YearMonthDay};
        [YearMonthDay, MonthDayYear, MonthDayShortYear, ShortYearMonthDay, MonthDayYearSlashed, Iso]
    };
    let cheque = |(fact, width)| ChequeColumn { fact, width: Some(width) };
    let list = |(fact, width)| ListColumn { fact, width: Some(width) };
    let constant = |text: &str| text.to_owned();
    let facts = [
        (ChequeFact::Constant { text: constant("D") }, 2),
        (ChequeFact::RoutingNumber {}, 9),
        (ChequeFact::Account {}, 12),
        (ChequeFact::ChequeNumber {}, 10),
        (ChequeFact::Amount {}, 13),
        (ChequeFact::AmountInMinorUnits {}, 12),
        (ChequeFact::State { issued: constant("320"), void: constant("370") }, 3),
        (ChequeFact::Payee {}, 40),
    ];
    let dated = dates.map(|pattern| (ChequeFact::IssuedOn { pattern }, 10));
    let header = [(ListFact::Constant { text: constant("H") }, 1), (ListFact::RoutingNumber {}, 9), (ListFact::Account {}, 12)];
    let dated_list = dates.map(|pattern| (ListFact::LastDay { pattern }, 10));
    let trailer = [(ListFact::Cheques {}, 6), (ListFact::Total {}, 14), (ListFact::TotalInMinorUnits {}, 14)];
    PositivePayLayout {
        shape: ListShape::Fixed {},
        with_names: false,
        header: header.into_iter().chain(dated_list).map(list).collect(),
        columns: facts.into_iter().chain(dated).map(cheque).collect(),
        trailer: trailer.into_iter().map(list).collect(),
    }
}
