//! Withholding taxes.

use quittance_domain::withholding::{WithholdingEvent, WithholdingRate, WithholdingRule};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

pub fn withholding_taxes() -> Vec<Sample<WithholdingEvent>> {
    let rates = vec![
        WithholdingRate { from: day("2020-01-01"), percent: dec!(7.5) },
        WithholdingRate { from: day("2026-01-01"), percent: dec!(10) },
    ];
    let rule = WithholdingRule { name: "Services of contractors".to_owned(), account_code: "2200".parse().expect("a code"), rates };
    vec![("", WithholdingEvent::Adopted { code: "WHT-10".to_owned(), version: 2, rule, by: DORA })]
}
